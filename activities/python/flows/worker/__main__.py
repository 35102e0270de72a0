"""The parent: python -m flows.worker SOCKET IMPORTS.json. Prints "ready" once it can be asked; ends when standard input closes."""

import os
import select
import signal
import socket
import sys
import time

# Before everything else: what the script's own runner loads is what a plain process has.
import flows.step  # noqa: F401
from . import script  # noqa: F401
from . import imports, keeper, tree

IDLE_MILLISECONDS = 15 * 60 * 1000
SWEEP_MILLISECONDS = 50
# While one keeps a step, the other forks its next script's process: steps in sequence wait for no fork.
MOST_WAITING = 2
END_SECONDS = 10


def main():
    if not hasattr(os, "pidfd_open") or not hasattr(socket, "recv_fds"):
        sys.exit("a fork server needs Python 3.9 and Linux 5.3")
    path, memory = sys.argv[1:3]
    # `python -m` looks into the current folder first; a step looks into its own.
    sys.path.pop(0)
    try:
        Parent(listen(path), imports.Imports(memory)).serve()
    finally:
        forget(path)


def listen(path):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    server.bind(path)
    os.umask(before)
    server.listen(256)
    return server


def forget(path):
    """The hub removes the socket and its folder, unless it was killed."""
    try:
        os.unlink(path)
        os.rmdir(os.path.dirname(path))
    except OSError:
        pass


class Parent:
    def __init__(self, server, known):
        self.server, self.imports = server, known
        self.told, self.learned = os.pipe()
        self.waiting, self.reports, self.report = [], b"", None
        self.keepers, self.trial = {}, None
        # What tells a keeper's end, by the channel over which it is given steps: of those that wait for one, the longest first, and of those that have one.
        self.waiting_keepers, self.busy_keepers = {}, {}
        self.wants_spare = True
        self.may_have_strangers = True

    def serve(self):
        # What a killed keeper leaves comes here.
        keeper.libc.prctl(keeper.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.preload()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        watch = select.poll()
        for descriptor in (0, self.server.fileno(), self.told):
            watch.register(descriptor, select.POLLIN)
        while True:
            self.begin_trial(watch)
            swept = self.sweep()
            if self.wants_spare:
                self.fork_ahead(watch)
            ready = [descriptor for descriptor, _ in watch.poll(SWEEP_MILLISECONDS if swept else IDLE_MILLISECONDS)]
            if 0 in ready or not (ready or swept or self.is_busy()):
                return self.end()
            for channel in [channel for channel in self.busy_keepers if channel.fileno() in ready]:
                self.take_back(watch, channel)
            for descriptor in self.keepers.keys() & ready:
                self.bury(watch, descriptor)
            if self.server.fileno() in ready:
                self.accept(watch)
            if self.told in ready:
                self.waiting += self.imports.hear(os.read(self.told, 65536).decode().splitlines())
            if self.report in ready:
                self.hear(watch)

    def is_busy(self):
        return len(self.keepers) > len(self.waiting_keepers)

    def bury(self, watch, descriptor):
        """A keeper has ended: if it was killed, what it left has come here by now."""
        watch.unregister(descriptor)
        os.close(descriptor)
        del self.keepers[descriptor]
        self.may_have_strangers = True
        for channel in [channel for channel, end in self.waiting_keepers.items() if end == descriptor]:
            del self.waiting_keepers[channel]
            channel.close()

    def take_back(self, watch, channel):
        """A keeper's step is over: it waits for the next one, unless enough do."""
        watch.unregister(channel)
        end = self.busy_keepers.pop(channel)
        try:
            if len(self.waiting_keepers) < MOST_WAITING and channel.recv(1):
                channel.send(b".")
                self.waiting_keepers[channel] = end
                return
        except OSError:
            # It was killed.
            pass
        channel.close()

    def dismiss(self, watch):
        """Those that wait end now, those that have a step after that: they were forked before this process learned more, or it ends itself."""
        for channel in self.busy_keepers:
            watch.unregister(channel)
        self.close_channels()

    def close_channels(self):
        for channel in [*self.waiting_keepers, *self.busy_keepers]:
            channel.close()
        self.waiting_keepers, self.busy_keepers = {}, {}

    def sweep(self):
        """Ends children that it did not start: what a keeper left that was killed."""
        if not self.may_have_strangers:
            return []
        strangers = [child for child in tree.children(os.getpid()) if child != self.trial and child not in self.keepers.values()]
        for stranger in strangers:
            tree.send(stranger, signal.SIGKILL)
        self.may_have_strangers = bool(strangers)
        return strangers

    def end(self):
        """The hub is gone, or nobody asks: keepers end by themselves."""
        self.server.close()
        self.close_channels()
        until = time.monotonic() + END_SECONDS
        while tree.children(os.getpid()) and time.monotonic() < until:
            self.may_have_strangers = True
            self.sweep()
            time.sleep(SWEEP_MILLISECONDS / 1000)

    def accept(self, watch):
        """Hands the connection to a keeper that waits for one, or to a new one."""
        connection, _ = self.server.accept()
        if not self.hand(watch, connection):
            self.fork_ahead(watch)
            self.hand(watch, connection)
        connection.close()
        self.wants_spare = not self.waiting_keepers

    def hand(self, watch, connection):
        while self.waiting_keepers:
            channel = next(iter(self.waiting_keepers))
            end = self.waiting_keepers.pop(channel)
            try:
                socket.send_fds(channel, [b"."], [connection.fileno()])
            except OSError:
                # It was killed.
                channel.close()
                continue
            self.busy_keepers[channel] = end
            watch.register(channel, select.POLLIN)
            return True
        return False

    def fork_ahead(self, watch):
        """A keeper, and from that its script's process, before anybody asks: a step then finds both, and waits for no fork."""
        self.wants_spare = False
        channel, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            channel.close()
            self.close_channels()
            for descriptor in (self.server.fileno(), self.told, *self.keepers, *([self.report] if self.report else [])):
                os.close(descriptor)
            silence()
            try:
                keeper.run(theirs, self.learned, self.imports)
            finally:
                os._exit(1)
        theirs.close()
        try:
            end = os.pidfd_open(child)
        except ProcessLookupError:
            channel.close()
            return
        self.keepers[end] = child
        watch.register(end, select.POLLIN)
        self.waiting_keepers[channel] = end

    def begin_trial(self, watch):
        names = [name for name in dict.fromkeys(self.waiting) if not self.imports.has(name)]
        if self.report is not None or not names:
            return
        self.waiting, self.trying, self.reports = [], names, b""
        self.report, report = os.pipe()
        self.trial = os.fork()
        if self.trial == 0:
            self.server.close()
            self.close_channels()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            silence()
            try:
                imports.trial(names, report)
            finally:
                os._exit(1)
        os.close(report)
        watch.register(self.report, select.POLLIN)

    def hear(self, watch):
        part = os.read(self.report, 65536)
        self.reports += part
        if part:
            return
        watch.unregister(self.report)
        os.close(self.report)
        self.report = self.trial = None
        self.waiting += self.imports.take(self.reports.decode(), self.trying)
        self.preload()
        # Keepers were forked before that; and what a module started is nobody's.
        self.dismiss(watch)
        self.wants_spare = self.may_have_strangers = True

    def preload(self):
        # Some modules start programs while they are imported, and wait for them.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        clean = self.imports.preload()
        # From here on the dead are reaped by the system: nobody asks how a keeper ended.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        reap()
        self.imports.save()
        if not clean:
            sys.exit("a module that passed its trial started a thread: this process must not fork any more")


def reap():
    """Those that died while the system did not: nobody would, and the parent would wait for them at its end."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def silence():
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)
    os.close(null)


if __name__ == "__main__":
    main()
