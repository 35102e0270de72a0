"""How a request travels: four bytes of length (big endian), then JSON; descriptors come with the first of the bytes."""

import os
import socket

# Loaded by the two calls below, each time they are called.
import array  # noqa: F401


def receive(connection, descriptors):
    """The whole message, its length included, and its descriptors; this process ends when it does not come."""
    data, got, _, _ = socket.recv_fds(connection, 65536, descriptors)
    if len(got) != descriptors:
        os._exit(1)
    while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "big"):
        part = connection.recv(65536)
        if not part:
            os._exit(1)
        data += part
    return data, got


def send(connection, data, descriptors):
    sent = socket.send_fds(connection, [data], descriptors)
    if sent < len(data):
        connection.sendall(data[sent:])
