"""The recorder of this process, chosen when it is first asked for: in a step its server's, elsewhere a folder beside the script."""

import atexit
import os
import sys
import threading

_current = None
_gate = threading.RLock()


def current():
    """The recorder of this process: a forked one has its own, which does not send its parent's entries again."""
    global _current
    # A loop asks for each figure: asking the system each time who this process is took most of the time.
    known = _current
    if known is not None:
        return known
    with _gate:
        if _current is None:
            _current = make()
            atexit.register(_current.close)
            # Processes of multiprocessing end without what was registered for the end.
            if "multiprocessing.util" in sys.modules:
                sys.modules["multiprocessing.util"].Finalize(None, _current.close, exitpriority=1)
        return _current


def forget():
    """In a process that was just forked: another thread of its parent may have held the gate."""
    global _current, _gate
    _current, _gate = None, threading.RLock()


# Not on Windows, where nothing is forked.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget)


def make():
    if os.environ.get("FLOWS_RUN_ID") and os.environ.get("FLOWS_STEP_ID"):
        from .in_step import StepRecorder
        return StepRecorder()
    if os.environ.get("FLOWS_RECORD", "").lower() in ("0", "false", "no"):
        from .recorder import Recorder
        return Recorder()
    from .locally import LocalRecorder
    return LocalRecorder()
