"""The processes below a process, and how they end."""

import os
import signal


def children(process):
    """Direct children; none when it is gone."""
    found = []
    try:
        for task in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{task}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
        return found
    except FileNotFoundError:
        if os.path.exists(f"/proc/{process}"):
            return [other for other in map(int, filter(str.isdigit, os.listdir("/proc"))) if field(other, 4) == process]
        return found
    except OSError:
        return found


def descendants(process):
    found, open_ones = [], [process]
    while open_ones:
        below = children(open_ones.pop())
        found += below
        open_ones += below
    return found


def field(process, number):
    """A whole number of /proc/PID/stat, counted as in proc(5); None when the process is gone."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[number - 3])
    except (OSError, IndexError, ValueError):
        return None


def start_time(process):
    """With its number, names a process for good: numbers are used again."""
    return field(process, 22)


def end_descendants():
    """
    Kills what is below this process until nothing is: orphans come to it, since it is a subreaper. What is being killed may fork
    once more, so it is stopped first, and looked at again.
    """
    me = os.getpid()
    while True:
        below = descendants(me)
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in below:
                send(process, number)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def send(process, number):
    try:
        os.kill(process, number)
    except OSError:
        pass


def send_group(group, number):
    try:
        os.killpg(group, number)
    except OSError:
        pass
