"""The process between the hub and scripts, one after the other: starts one, carries out orders, holds it to its limits, and goes on with its last descendant gone."""

import ctypes
import json
import os
import select
import signal
import socket

from . import imports, limits, message, pages, script, tree, watch

# Looked up by the parent, once.
libc = ctypes.CDLL(None)

PR_SET_CHILD_SUBREAPER = 36
RECEIVE_SECONDS = 30
NOTE = ".process.json"


def run(channel, learned, known):
    """
    In a child of the warm parent; never returns. Forks a script's process, waits for the connection that the parent hands it, keeps
    that step, and begins again as long as the parent wants it to. Tells the parent by `learned` which modules scripts import that it
    does not know.
    """
    adopt()
    hot = None
    child = Child(lambda gate: script.become(gate, parsed, ()))
    rehearse()
    while True:
        with handed(channel, child) as connection:
            serve(connection, child, learned, known)
        # Not before its first step, which would wait for it.
        hot = scouted() if hot is None else hot
        await_next(channel)
        child = Child(lambda gate: script.become(gate, parsed, hot), hot)


def serve(connection, child, learned, known):
    """
    One step. Its request is passed on unread and wiped, since it holds the step's secrets, and the next step's process is forked
    from here; what this process must know comes before it, in a message of its own.
    """
    connection.settimeout(RECEIVE_SECONDS)
    data, outputs = message.receive(connection, 2)
    request, _ = message.receive(connection, 0)
    connection.settimeout(None)
    task = json.loads(data)
    child.begin(task["folder"], connection.sendall, lambda gate: message.send(gate, request, outputs))
    message.wipe(request)
    for descriptor in outputs:
        os.close(descriptor)
    seen = child.watched(task)
    tell(learned, task, known)
    end = keep(child, connection.fileno(), task, seen)
    # This process has other steps after this one: whoever clears up after this one must not take it for its keeper.
    child.forget()
    try:
        connection.sendall(end)
    except OSError:
        pass


def await_next(channel):
    """Asks the parent whether to wait for another step; ends when it has enough that wait, or has learned modules since, or is gone."""
    try:
        channel.sendall(b".")
        if channel.recv(1):
            return
    except OSError:
        pass
    os._exit(0)


def adopt():
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    # Orphans of the script become children of this process, whatever session they are in: none gets away.
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        os._exit(1)


def handed(channel, child):
    """Waits until the parent has a step for this keeper; ends it, and its child with it, when there will be none, or no child any more."""
    events = select.poll()
    events.register(channel, select.POLLIN)
    events.register(child.end, select.POLLIN)
    if any(descriptor == child.end for descriptor, _ in events.poll()):
        os._exit(0)
    _, connections, _, _ = socket.recv_fds(channel, 1, 1)
    if not connections:
        os._exit(0)
    return socket.socket(fileno=connections[0])


def rehearse():
    """A request that comes and goes: see script.rehearse."""
    here, there = socket.socketpair()
    for descriptors in [0, 0], []:
        message.send(there, json.dumps(script.SAMPLE).encode(), descriptors)
    here.settimeout(RECEIVE_SECONDS)
    data, got = message.receive(here, 2)
    message.wipe(message.receive(here, 0)[0])
    json.loads(data)
    for descriptor in got:
        os.close(descriptor)


def scouted():
    """Memory that scripts' processes write to in every step; nothing where that cannot be found out."""
    told, report = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            scout(report)
        finally:
            os._exit(1)
    os.close(report)
    with open(told, "rb") as report:
        words = report.read()
    # Its use is no step's.
    os.waitpid(process, 0)
    return json.loads(words) if words else []


def scout(report):
    """In a child of the keeper: does what keepers and scripts' processes do before they wait, and tells what memory that is written to."""
    script.rehearse(script.SAMPLE)
    note(os.getpid())
    rehearse()
    os.write(report, json.dumps(pages.own()).encode())
    os._exit(0)


def parsed(gate):
    """The request, in the script's process."""
    data, outputs = message.receive(gate, 2)
    return json.loads(data), outputs


class Child:
    """The process of a script: it waits at a gate, and does nothing of the step before that is opened."""

    def __init__(self, become, hot=()):
        gate, self.gate = socket.socketpair()
        self.process = os.fork()
        if self.process == 0:
            self.gate.close()
            become(gate)
        # Not before: forking shares all of it once more.
        pages.copy(hot)
        gate.close()
        # Tells its end, also when that is there already.
        self.end = os.pidfd_open(self.process)
        # By these, whoever finds the folder after everybody else was killed can tell whether the script still runs: see docs/run-recovery.md.
        self.note = note(self.process)

    def begin(self, folder, say, let):
        """Notes it in the step's folder and opens the gate."""
        self.noted = os.path.join(folder, NOTE)
        write_whole(self.noted, self.note)
        # Said before the script's first instruction: without it the hub knows that nothing was done, and may start it again.
        say(b"started %d\n" % self.process)
        try:
            let(self.gate)
        except OSError:
            # It was killed: its end is told like any other.
            pass

    def watched(self, task):
        """What looks at the files that it uses; None when nobody asked for that."""
        own = task.get("watch")
        seen = watch.received(self.gate, RECEIVE_SECONDS, own) if own is not None else None
        self.gate.close()
        return seen

    def forget(self):
        """Nothing of the step is left."""
        try:
            os.unlink(self.noted)
        except OSError:
            # With its folder.
            pass


def note(child):
    return json.dumps({role: {"pid": process, "started": tree.start_time(process)} for role, process in (("keeper", os.getpid()), ("script", child))}).encode()


def write_whole(path, data):
    file = os.open(path + ".part", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    os.write(file, data)
    os.close(file)
    os.rename(path + ".part", path)


def tell(learned, task, known):
    file = next((argument for argument in task["arguments"] if argument.endswith(".py")), None)
    if file is None:
        return
    told = imports.news_of(file, (task["folder"], os.path.dirname(os.path.abspath(file))), known)
    try:
        # At most PIPE_BUF: one write of that size is whole.
        os.write(learned, told)
    except OSError:
        pass
    known.hear(told.decode().splitlines())


def keep(child, orders, task, seen):
    """Waits for the script's end or makes it; returns what is said of it, once nothing of it is left."""
    use = limits.Watch(task["limits"])
    code, passed = wait(child, orders, use, seen)
    tree.end_descendants(use.ended)
    files = "" if seen is None else " " + json.dumps(seen.end())
    return f"ended {code} {use.seconds:.3f} {use.peak} {passed or '-'}{files}\n".encode()


def wait(child, orders, use, seen):
    events = select.poll()
    events.register(child.end, select.POLLIN)
    events.register(orders, select.POLLIN)
    files = seen.listener if seen is not None else None
    if files is not None:
        events.register(files, select.POLLIN)
    passed = None
    while True:
        happened = events.poll(use.wait() if passed is None else None)
        ready = [descriptor for descriptor, _ in happened]
        if files in ready:
            if not dict(happened)[files] & select.POLLIN:
                # Nobody is left that it could come from.
                events.unregister(files)
                files = None
            else:
                seen.hear()
        if child.end in ready:
            # Before it is reaped, as long as nobody else can have its number.
            tree.send_group(child.process, signal.SIGKILL)
            _, status, used = os.wait4(child.process, 0)
            os.close(child.end)
            use.ended(used)
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status), passed
        if orders in ready:
            order = receive_order(orders)
            ask(child.process, order)
            if order == b"":
                events.unregister(orders)
        elif passed is None:
            passed = use.look()
            if passed is not None:
                tree.send_group(child.process, signal.SIGKILL)


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
