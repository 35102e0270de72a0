"""Runs a step's script: python -m flows.step [--cpu SECONDS] [--memory BYTES] [--files COUNT] script.py

Watches standard input, which the hub holds open: when it closes, the hub is gone, and the step and all it started end too.
"""

import os
import resource
import signal
import sys
import threading
import traceback
import types

LIMITS = {"--cpu": resource.RLIMIT_CPU, "--memory": resource.RLIMIT_AS, "--files": resource.RLIMIT_NOFILE}


def end_with_the_hub():
    watched = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.set_inheritable(watched, False)

    def watch():
        while os.read(watched, 4096):
            pass
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def limit(arguments):
    """Takes the limits off the arguments and sets them; a script can lower its limits, never raise them."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while arguments and arguments[0] in LIMITS:
        which, most = LIMITS[arguments[0]], int(arguments[1])
        hard = resource.getrlimit(which)[1]
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        # One second between the signal that can be caught and the one that cannot.
        resource.setrlimit(which, (most, most + 1 if which == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else most))
        arguments = arguments[2:]
    return arguments


def close_inherited():
    """Nothing but the three standard descriptors, whatever the program that started this one had open."""
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        if descriptor > 2:
            try:
                os.close(descriptor)
            except OSError:
                pass


def run(script):
    """Like `python script.py`: the script stays the main module until the very end, for its threads and what it registered for exit."""
    with open(script, "rb") as file:
        code = compile(file.read(), script, "exec")
    main_module = types.ModuleType("__main__")
    main_module.__file__ = script
    sys.modules["__main__"] = main_module
    exec(code, main_module.__dict__)


def main():
    # One thread for each numeric library unless the script asks for more: several steps share the machine.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    sys.argv = limit(sys.argv[1:])
    script = sys.argv[0]
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    try:
        run(script)
    except Exception as error:
        # The frames of this runner are of no use to the script's author.
        frame = error.__traceback__
        while frame is not None and frame.tb_frame.f_code.co_filename != script:
            frame = frame.tb_next
        traceback.print_exception(type(error), error, frame or error.__traceback__)
        sys.exit(1)


if __name__ == "__main__":
    close_inherited()
    end_with_the_hub()
    main()
