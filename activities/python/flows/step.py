"""Runs a step's script: python -m flows.step script.py, below a keeper (flows.worker), which holds it to its limits."""

import os
import sys
import traceback
import types

from flows import seeds


def close_inherited(but=None):
    """Nothing but the three standard descriptors, and perhaps one more, whatever the program that started this one had open."""
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        if descriptor > 2 and descriptor != but:
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
    sys.argv = sys.argv[1:]
    script = sys.argv[0]
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    seeds.begin()
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
    main()
