"""The process between the hub and a script: starts it, carries out orders, and ends with its last descendant gone."""

import ctypes
import json
import os
import select
import signal
import socket

from . import imports, script

# Looked up by the parent, once.
libc = ctypes.CDLL(None)

PR_SET_CHILD_SUBREAPER = 36
RECEIVE_SECONDS = 30


def run(connection, learned, known):
    """Never returns. Tells the parent by `learned` which modules the script imports that it does not know."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    # Orphans of the script become children of this process, whatever session they are in: none gets away.
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        os._exit(1)
    connection.settimeout(RECEIVE_SECONDS)
    request, outputs = receive(connection)
    connection.settimeout(None)
    child = start(connection, request, outputs)
    tell(learned, request, known)
    code = wait(connection, child)
    end_descendants()
    try:
        connection.sendall(b"ended %d\n" % code)
    except OSError:
        pass
    os._exit(0)


def receive(connection):
    data, outputs, _, _ = socket.recv_fds(connection, 65536, 2)
    if len(outputs) != 2:
        os._exit(1)
    while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "big"):
        part = connection.recv(65536)
        if not part:
            os._exit(1)
        data += part
    return json.loads(data[4:]), outputs


def start(connection, request, outputs):
    ready, gate = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(gate)
        script.become(request, outputs, ready)
    for descriptor in (*outputs, ready):
        os.close(descriptor)
    # Said before the script's first instruction: without it the hub knows that nothing was done, and may start it again.
    connection.sendall(b"started %d\n" % child)
    os.write(gate, b".")
    os.close(gate)
    return child


def tell(learned, request, known):
    file = next((argument for argument in request["arguments"] if argument.endswith(".py")), None)
    if file is None:
        return
    folders = (request["folder"], os.path.dirname(os.path.abspath(file)))
    names = [name for name in imports.of_script(file, folders) if not known(name)]
    message = "".join(name + "\n" for name in names).encode()
    # One write of at most this size is whole; a script with more imports tells the rest the next time.
    while len(message) > select.PIPE_BUF:
        message = message[: message[: select.PIPE_BUF].rindex(b"\n") + 1]
    try:
        os.write(learned, message)
    except OSError:
        pass
    os.close(learned)


def wait(connection, child):
    end = os.pidfd_open(child)
    watch = select.poll()
    watch.register(end, select.POLLIN)
    watch.register(connection, select.POLLIN)
    while True:
        ready = [descriptor for descriptor, _ in watch.poll()]
        if end in ready:
            # Before it is reaped, as long as nobody else can have its number.
            signal_group(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        order = receive_order(connection)
        signal_group(child, signal.SIGTERM if order == b"T" else signal.SIGKILL)
        if order == b"":
            watch.unregister(connection)


def receive_order(connection):
    try:
        return connection.recv(1)
    except OSError:
        return b""


def signal_group(group, number):
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass


def end_descendants():
    while True:
        for child in children():
            try:
                os.kill(child, signal.SIGKILL)
            except OSError:
                pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def children():
    me = os.getpid()
    try:
        with open(f"/proc/self/task/{me}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return [process for process in map(int, filter(str.isdigit, os.listdir("/proc"))) if parent_of(process) == me]


def parent_of(process):
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return None
