"""
Memory that a forked process writes to in every step. Each page of it is a fault, whose way into the system and back costs several times
what copying the page does: so a scout finds out which they are, and every child has them copied by a few calls.
"""

import array
import ctypes
import os

libc = ctypes.CDLL(None)
libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)

# Linux 5.14; an older system refuses, and the faults come one by one.
MADV_POPULATE_WRITE = 23
# proc(5), pagemap: the page is there, and nobody else has it.
OWN = 1 << 63 | 1 << 56
SIZE = os.sysconf("SC_PAGE_SIZE")
# A call costs about as much as copying so many pages that nobody needs.
NEAR = 2


def own():
    """Parts of this process's memory, as address and length, that it does not share with the one it was forked from."""
    found = []
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps, open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
        for line in maps:
            bounds, mode = line.split(" ", 2)[:2]
            if mode == "rw-p":
                start, end = (int(bound, 16) for bound in bounds.split("-"))
                pagemap.seek(start // SIZE * 8)
                found += runs(array.array("Q", pagemap.read((end - start) // SIZE * 8)), start)
    return found


def runs(entries, start):
    first = last = None
    for number, entry in enumerate(entries):
        if entry & OWN != OWN:
            continue
        if last is not None and number - last > NEAR:
            yield start + first * SIZE, (last - first + 1) * SIZE
            first = number
        first = number if first is None else first
        last = number
    if last is not None:
        yield start + first * SIZE, (last - first + 1) * SIZE


def copy(parts):
    for start, length in parts:
        libc.madvise(start, length, MADV_POPULATE_WRITE)
