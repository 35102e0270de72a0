"""How a request travels: four bytes of length (big endian), then JSON; descriptors come with the first of the bytes."""

import os
import socket

# Loaded by the two calls below, each time they are called.
import array  # noqa: F401


def receive(connection, descriptors):
    """The whole message, as bytes that can be wiped, and its descriptors; this process ends when it does not come."""
    head, got, _, _ = socket.recv_fds(connection, 4, descriptors)
    if len(got) != descriptors:
        os._exit(1)
    head += bytes(read(connection, 4 - len(head)))
    return read(connection, int.from_bytes(head, "big")), got


def read(connection, length):
    data = bytearray(length)
    left = memoryview(data)
    while left:
        count = connection.recv_into(left)
        if not count:
            os._exit(1)
        left = left[count:]
    return data


def send(connection, data, descriptors):
    sent = socket.send_fds(connection, [len(data).to_bytes(4, "big"), data], descriptors)
    if sent < 4 + len(data):
        connection.sendall(memoryview(data)[sent - 4:])


def wipe(data):
    """A later process of this one's must not find in its memory what was here."""
    data[:] = bytes(len(data))
