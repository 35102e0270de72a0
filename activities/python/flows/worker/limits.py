"""What a script may use, and what it used: all its processes together."""

import os
import resource
import time

from . import tree

TICK = 0.1
# Stacks of threads and the like, which a script does not think of as its memory.
SLACK = 64 * 1024 * 1024
PAGE = os.sysconf("SC_PAGE_SIZE")
SECOND = os.sysconf("SC_CLK_TCK")


def apply(limits):
    """
    In the script's process, before its first instruction; a script can lower its limits, never raise them. RLIMIT_DATA counts what a
    process can write to itself; RLIMIT_AS would count libraries and what threads only reserve: 64 MB for each.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lower(resource.RLIMIT_DATA, limits.get("memory") and limits["memory"] + data_size() + SLACK)
    lower(resource.RLIMIT_NOFILE, limits.get("files"))
    # One second between the signal that can be caught and the one that cannot.
    lower(resource.RLIMIT_CPU, limits.get("cpu"), 1)


def lower(which, most, grace=0):
    hard = resource.getrlimit(which)[1]
    if not most:
        return
    if hard != resource.RLIM_INFINITY:
        most, grace = min(most, hard), 0
    resource.setrlimit(which, (most, most + grace))


def data_size():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[5]) * PAGE


class Watch:
    """Looks at a script's processes now and then, if it has limits that the system does not hold all of them to."""

    def __init__(self, limits):
        self.memory, self.cpu = limits.get("memory") or 0, limits.get("cpu") or 0
        # Processor seconds of what has ended, and bytes: the most that any process had, or that all together were seen to have.
        self.seconds, self.peak = 0.0, 0
        self.next = 0.0

    def ended(self, used):
        """By the figures of wait4(2), which hold those of everything that the process waited for. Those of this process's children altogether would hold earlier steps' too."""
        self.seconds += used.ru_utime + used.ru_stime
        self.peak = max(self.peak, used.ru_maxrss * 1024)

    def wait(self):
        """Milliseconds until the next look; None: never."""
        return max(0, int((self.next - time.monotonic()) * 1000)) if self.memory or self.cpu else None

    def look(self):
        """The limit that was passed, if any: "memory" or "cpu"."""
        began = time.monotonic()
        if began < self.next or self.wait() is None:
            return None
        below = tree.descendants(os.getpid())
        used = self.memory_of(below) if self.memory else 0
        self.peak = max(self.peak, used)
        # Exact figures cost time in a large process: no more than a tenth of the script's.
        now = time.monotonic()
        self.next = now + max(TICK, 10 * (now - began))
        if self.memory and used > self.memory:
            return "memory"
        return "cpu" if self.cpu and self.seconds + cpu_of(below) > self.cpu else None

    def memory_of(self, processes):
        rough = sum(map(resident, processes))
        # What is shared with the warm parent is not the script's.
        return rough if rough <= self.memory else sum(map(own, processes))


def resident(process):
    try:
        with open(f"/proc/{process}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def own(process):
    try:
        with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
            return sum(int(line.split()[1]) * 1024 for line in file if line.startswith(("Private_Dirty:", "Private_Clean:", "Swap:")))
    except OSError:
        return 0


def cpu_of(processes):
    """Seconds of those that live, and of those that they have waited for."""
    return sum((tree.field(process, number) or 0) for process in processes for number in (14, 15, 16, 17)) / SECOND
