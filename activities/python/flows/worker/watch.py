"""
Which files a step's processes use. A seccomp filter (seccomp_unotify(2), Linux 5.5, no privileges needed) stops every call by which a
file is opened, renamed or removed until the keeper has read the path; then the call goes on as if nothing had been. It holds for all
that the script starts, whatever language that is in. Not seen: io_uring, open_by_handle_at, 32-bit programs, and links to files.
Where the system refuses it the script runs all the same, and what is said of its files is that nobody looked, and why.
"""

import array  # noqa: F401  (loaded by send_fds each time it is called)
import ctypes
import errno
import fcntl
import os
import re
import socket
import stat
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)

PR_SET_NO_NEW_PRIVS = 38
SET_MODE_FILTER, NEW_LISTENER, CONTINUE = 1, 1 << 3, 1
RECEIVE, SEND, SET_FLAGS = 0xC0502100, 0xC0182101, 0x40082104
ALLOW, NOTIFY = 0x7FFF0000, 0x7FC00000
AT_FDCWD = 0xFFFFFF9C
READS, WRITES, HOW = "reads", "writes", "how"
# Different paths that are remembered of one step; what comes after them is counted as not looked at.
MOST = 20_000
# Letting a call go on is as old as Linux 5.5: before it, whoever waited would wait for ever.
OLDEST = (5, 5)

# Name: where folder and path are among the arguments, and where the flags are, if the name does not say it.
CALLS = {
    "open": ([(None, 0)], 1),
    "openat": ([(0, 1)], 2),
    "openat2": ([(0, 1)], HOW),
    "creat": ([(None, 0)], WRITES),
    "truncate": ([(None, 0)], WRITES),
    "execve": ([(None, 0)], READS),
    "unlink": ([(None, 0)], None),
    "unlinkat": ([(0, 1)], None),
    "rename": ([(None, 0), (None, 1)], None),
    "renameat": ([(0, 1), (2, 3)], None),
    "renameat2": ([(0, 1), (2, 3)], None),
}

# Architecture of audit(7), number of seccomp, numbers of the calls.
MACHINES = {
    "x86_64": (0xC000003E, 317, {"open": 2, "openat": 257, "openat2": 437, "creat": 85, "truncate": 76, "execve": 59, "unlink": 87, "unlinkat": 263, "rename": 82, "renameat": 264, "renameat2": 316}),
    "aarch64": (0xC00000B7, 277, {"openat": 56, "openat2": 437, "truncate": 45, "execve": 221, "unlinkat": 35, "renameat": 38, "renameat2": 276}),
}

# What the usual refusals come from.
REFUSED = {
    errno.EPERM: "a sandbox or container forbids seccomp",
    errno.ENOSYS: "its kernel has no seccomp",
    errno.EINVAL: "its kernel has no such filter",
    errno.EBUSY: "another program filters already",
}

# Of the machine, not of anybody's data.
SYSTEM = ("/usr/", "/lib/", "/lib32/", "/lib64/", "/bin/", "/sbin/", "/etc/", "/proc/", "/sys/", "/dev/", "/run/", "/var/cache/", "/var/lib/dpkg/")


def program(architecture, numbers):
    """Instructions of bpf(2), classic: code, jump if true, jump if false, constant. A jump counts the instructions that are left out."""
    load, equal, has, end = 0x20, 0x15, 0x45, 0x06
    # Folders that are listed and handles that read nothing are no files that are used.
    listing = os.O_DIRECTORY | os.O_PATH
    first, calls = 3, sorted(numbers.values())
    after = first + len(calls) + 1
    flags_of_open, flags_of_openat, notify, allow = after, after + 2, after + 4, after + 5
    targets = {numbers.get("open"): flags_of_open, numbers["openat"]: flags_of_openat}
    return [
        (load, 0, 0, 4), (equal, 0, len(calls) + 1, architecture), (load, 0, 0, 0),
        *[(equal, targets.get(number, notify) - (first + i) - 1, 0, number) for i, number in enumerate(calls)],
        (end, 0, 0, ALLOW),
        (load, 0, 0, 16 + 8 * 1), (has, allow - after - 2, notify - after - 2, listing),
        (load, 0, 0, 16 + 8 * 2), (has, allow - after - 4, notify - after - 4, listing),
        (end, 0, 0, NOTIFY),
        (end, 0, 0, ALLOW),
    ]


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def is_old(release):
    found = re.match(r"(\d+)\.(\d+)", release)
    return found is None or (int(found[1]), int(found[2])) < OLDEST


# Made by the parent, once.
SYSTEM_NAME = os.uname()
MACHINE = MACHINES.get(SYSTEM_NAME.machine)
NAMES = {number: name for name, number in MACHINE[2].items()} if MACHINE else {}
FILTER = None
if MACHINE and not is_old(SYSTEM_NAME.release):
    _lines = program(MACHINE[0], MACHINE[2])
    FILTER = Filter(len(_lines), b"".join(struct.pack("=HBBI", *line) for line in _lines))


def announce(gate):
    """In the process that becomes the script, as the last thing before it does: hands the keeper what it listens at, or why there is nothing."""
    listener, why = install()
    if listener < 0:
        gate.send(why.encode())
        return
    socket.send_fds(gate, [b"."], [listener])
    os.close(listener)


def install():
    """What to listen at and nothing, or -1 and why."""
    if MACHINE is None:
        return -1, f"it is not known how on a processor of the kind {SYSTEM_NAME.machine}"
    if FILTER is None:
        return -1, f"Linux {SYSTEM_NAME.release} is too old, it takes {OLDEST[0]}.{OLDEST[1]}"
    for _ in range(2):
        listener = libc.syscall(MACHINE[1], SET_MODE_FILTER, NEW_LISTENER, ctypes.byref(FILTER))
        if listener >= 0:
            return listener, None
        refused = ctypes.get_errno()
        # Whoever is not root may filter only what can get no further privileges: sudo does not work in a step then.
        if refused != errno.EACCES or libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            break
    return -1, f"the system refuses the filter: {REFUSED.get(refused, os.strerror(refused))}"


def received(gate, seconds, own):
    """In the keeper: a watch at what the script's process handed over, else one that sees nothing and says why."""
    gate.settimeout(seconds)
    try:
        said, got, _, _ = socket.recv_fds(gate, 300, 1)
    except OSError as error:
        return Blind(f"its process did not say at what to listen: {error}")
    return Watch(got[0], own) if got else Blind(said.decode("utf-8", "replace") or "its process ended before it began")


class Blind:
    """Nobody looks at what is used."""

    listener = None

    def __init__(self, why):
        self.why = why

    def end(self):
        return {"by": "none", "why": self.why, "read": [], "written": [], "missed": 0}


class Watch:
    """What was used of files that do not belong to the step."""

    def __init__(self, listener, own):
        # Linux 6.6: whoever waits and whoever answers take turns on one processor.
        try:
            fcntl.ioctl(listener, SET_FLAGS, 1)
        except OSError:
            pass
        self.listener, self.roots, self.files = listener, SYSTEM + tuple(root for root in own if root.endswith("/")), {root for root in own if not root.endswith("/")}
        # Path: what it was before the step wrote to it; None for what the step made itself.
        self.read, self.written = set(), {}
        self.missed = 0

    def hear(self):
        """Answers one process that waits with its call."""
        notice = bytearray(80)
        try:
            fcntl.ioctl(self.listener, RECEIVE, notice, True)
        except OSError:
            # It was killed meanwhile.
            return
        call, process, _, number, _, _, *arguments = struct.unpack("=QIIiIQ6Q", notice)
        try:
            self.note(process, NAMES[number], arguments)
        except (OSError, ValueError, KeyError):
            self.missed += 1
        try:
            fcntl.ioctl(self.listener, SEND, struct.pack("=QqiI", call, 0, 0, CONTINUE))
        except OSError:
            pass

    def note(self, process, name, arguments):
        places, flags = CALLS[name]
        paths = [path_of(process, AT_FDCWD if folder is None else arguments[folder] & 0xFFFFFFFF, arguments[place]) for folder, place in places]
        if name.startswith("rename"):
            self.rename(*paths)
        elif name.startswith("unlink"):
            self.remove(paths[0])
        elif writes(process, flags, arguments):
            self.write(paths[0])
        else:
            self.open(paths[0])

    def stray(self, path):
        """The file's own path when it is nobody's that the step was given; else None."""
        if path.startswith(self.roots):
            return None
        own = os.path.realpath(path)
        if own.startswith(self.roots) or own in self.files:
            return None
        if len(self.read) + len(self.written) >= MOST and own not in self.read and own not in self.written:
            self.missed += 1
            return None
        return own

    def open(self, path):
        path = self.stray(path)
        if path is not None and path not in self.written and is_file(path):
            self.read.add(path)

    def write(self, path):
        path = self.stray(path)
        if path is not None and path not in self.written and not is_other(path):
            self.written[path] = state(path)

    def remove(self, path):
        path = self.stray(path)
        if path is not None and is_file(path) and path not in self.written:
            self.written[path] = state(path)

    def rename(self, before, after):
        self.remove(before)
        self.write(after)

    def end(self):
        """Nothing of the step is left: says what was seen."""
        os.close(self.listener)
        return self.seen()

    def seen(self):
        """What is left of it: files that the step made and removed again are nobody's business, and neither is what it opened and left as it was."""
        changed = {path for path, before in self.written.items() if state(path) != before}
        untouched = {path for path, before in self.written.items() if before is not None and path not in changed}
        return {"by": "seccomp", "read": shown(self.read | untouched), "written": shown(changed), "missed": self.missed}


def shown(paths):
    return sorted(os.fsencode(path).decode("utf-8", "replace") for path in paths)


def writes(process, flags, arguments):
    if flags in (READS, WRITES):
        return flags == WRITES
    value = int.from_bytes(memory(process, arguments[2], 8), sys.byteorder) if flags == HOW else arguments[flags]
    return value & (os.O_ACCMODE | os.O_CREAT | os.O_TRUNC) != os.O_RDONLY


def path_of(process, folder, address):
    path = os.fsdecode(memory(process, address, None))
    if not path.startswith("/"):
        path = os.path.join(os.readlink(f"/proc/{process}/cwd" if folder == AT_FDCWD else f"/proc/{process}/fd/{folder}"), path)
    return os.path.normpath(path)


def memory(process, address, length):
    """So many bytes of a process, or, without a length, those up to the first that is zero. Nothing else of what lay there stays here, since it may be a secret."""
    file = os.open(f"/proc/{process}/mem", os.O_RDONLY | os.O_CLOEXEC)
    page = bytearray(4096)
    try:
        os.preadv(file, [page], address)
        return bytes(page[: page.index(0) if length is None else length])
    finally:
        page[:] = bytes(len(page))
        os.close(file)


def state(path):
    try:
        found = os.lstat(path)
        return found.st_ino, found.st_size, found.st_mtime_ns
    except OSError:
        return None


def is_file(path):
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False


def is_other(path):
    """Devices, pipes and folders."""
    return os.path.lexists(path) and not is_file(path)
