"""
A keeper without a warm parent: python -m flows.worker.alone END. Reads the request, one line of JSON, and then orders from
standard input; the program that the request names has this process's outputs. What is said of its end goes into the file END.
"""

import json
import os
import signal
import sys

from flows.step import close_inherited
from . import keeper, limits, script, watch


def main():
    end_file = sys.argv[1]
    request = read_request()
    keeper.adopt()
    child = keeper.Child(lambda gate: become(request, gate))
    child.begin(request["folder"], lambda said: None, lambda gate: gate.send(b"."))
    seen = child.watched(request)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    said = keeper.keep(child, 0, request, seen)
    with open(end_file + ".part", "wb") as file:
        file.write(said)
    os.replace(end_file + ".part", end_file)
    os._exit(0)


def read_request():
    line = bytearray()
    while not line.endswith(b"\n"):
        part = os.read(0, 1)
        if not part:
            os._exit(1)
        line += part
    return json.loads(line)


def become(request, gate):
    """Never returns."""
    try:
        script.detach()
        # Closed without a byte: the keeper died before it could say that this process exists.
        if not gate.recv(1):
            os._exit(1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        close_inherited(but=gate.fileno())
        os.chdir(request["folder"])
        limits.apply(request["limits"])
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        if request.get("watch") is not None:
            watch.announce(gate)
        os.execve(request["command"][0], request["command"], request["environment"])
    except BaseException as error:
        os.write(2, f"{request['command'][0]} could not be started: {error}\n".encode())
    finally:
        os._exit(127)


if __name__ == "__main__":
    main()
