"""The process between the hub and a script: starts it, carries out orders, holds it to its limits, and ends with its last descendant gone."""

import ctypes
import json
import os
import select
import signal
import socket

from . import imports, limits, script, tree

# Looked up by the parent, once.
libc = ctypes.CDLL(None)

PR_SET_CHILD_SUBREAPER = 36
RECEIVE_SECONDS = 30


def run(connection, learned, known):
    """In a child of the warm parent; never returns. Tells the parent by `learned` which modules the script imports that it does not know."""
    adopt()
    connection.settimeout(RECEIVE_SECONDS)
    request, outputs = receive(connection)
    connection.settimeout(None)
    child = start(request, connection.sendall, lambda ready: script.become(request, outputs, ready))
    for descriptor in outputs:
        os.close(descriptor)
    tell(learned, request, known)
    end = keep(child, connection.fileno(), request["limits"])
    try:
        connection.sendall(end)
    except OSError:
        pass
    os._exit(0)


def adopt():
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    # Orphans of the script become children of this process, whatever session they are in: none gets away.
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        os._exit(1)


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


def start(request, say, become):
    ready, gate = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(gate)
        become(ready)
    os.close(ready)
    note(request["folder"], child)
    # Said before the script's first instruction: without it the hub knows that nothing was done, and may start it again.
    say(b"started %d\n" % child)
    os.write(gate, b".")
    os.close(gate)
    return child


def note(folder, child):
    """Whoever finds the folder after everybody else was killed can tell whether the script still runs: see docs/run-recovery.md."""
    path = os.path.join(folder, ".process.json")
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump({role: {"pid": process, "started": tree.start_time(process)} for role, process in (("keeper", os.getpid()), ("script", child))}, file)
    os.replace(path + ".part", path)


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


def keep(child, orders, allowed):
    """Waits for the script's end or makes it; returns what is said of it, once nothing of it is left."""
    watch = limits.Watch(allowed)
    code, passed = wait(child, orders, watch)
    tree.end_descendants()
    seconds, peak = limits.used(watch)
    return f"ended {code} {seconds:.3f} {peak} {passed or '-'}\n".encode()


def wait(child, orders, watch):
    end = os.pidfd_open(child)
    events = select.poll()
    events.register(end, select.POLLIN)
    events.register(orders, select.POLLIN)
    passed = None
    while True:
        ready = [descriptor for descriptor, _ in events.poll(watch.wait() if passed is None else None)]
        if end in ready:
            # Before it is reaped, as long as nobody else can have its number.
            tree.send_group(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status), passed
        if orders in ready:
            order = receive_order(orders)
            ask(child, order)
            if order == b"":
                events.unregister(orders)
        elif passed is None:
            passed = watch.look()
            if passed is not None:
                tree.send_group(child, signal.SIGKILL)


def ask(child, order):
    if order != b"T":
        tree.send_group(child, signal.SIGKILL)
        return
    tree.send_group(child, signal.SIGTERM)
    # A stopped process would not hear it.
    tree.send_group(child, signal.SIGCONT)


def receive_order(orders):
    try:
        return os.read(orders, 1)
    except OSError:
        return b""
