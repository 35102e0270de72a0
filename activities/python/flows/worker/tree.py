"""The processes below a process, and how they end."""

import os
import signal


def children(process):
    """Direct children; none when it is gone."""
    found = []
    try:
        for task in os.listdir(f"/proc/{process}/task"):
            found += map(int, content(f"/proc/{process}/task/{task}/children").split())
        return found
    except FileNotFoundError:
        if os.path.exists(f"/proc/{process}"):
            return [other for other in map(int, filter(str.isdigit, os.listdir("/proc"))) if field(other, 4) == process]
        return found
    except OSError:
        return found


def content(path):
    """Of a small file of the system's, without what reading text costs a process whose pages are shared."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts = []
        while part := os.read(file, 65536):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(file)


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
        return int(content(f"/proc/{process}/stat").rpartition(b")")[2].split()[number - 3])
    except (OSError, IndexError, ValueError):
        return None


def start_time(process):
    """With its number, names a process for good: numbers are used again."""
    return field(process, 22)


def end_descendants(ended):
    """
    Kills what is below this process until nothing is: orphans come to it, since it is a subreaper. What is being killed may fork
    once more, so it is stopped first, and looked at again. `ended` is given what each used.
    """
    me = os.getpid()
    while has_children(ended):
        below = descendants(me)
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in below:
                send(process, number)
        has_children(ended, 0)


def has_children(ended, how=os.WNOHANG):
    """Whether there is any child that is not reaped, or was just now; without one there is nothing below a subreaper."""
    try:
        process, _, used = os.wait4(-1, how)
    except ChildProcessError:
        return False
    if process:
        ended(used)
    return True


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
