"""Where what a script says goes: in a step to its server, elsewhere into a folder beside the script."""

import atexit
import json
import os
import sys
import threading
import time

from . import entries, names

_current = None
_gate = threading.RLock()

# Lines of a metric that are printed one by one; then one a second at most.
PRINTED = 20


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
        return Recorder()
    from .locally import LocalRecorder
    return LocalRecorder()


class Recorder:
    """What every recorder does; by itself it keeps nothing."""

    def __init__(self):
        self.process, self.closed = os.getpid(), False
        self.quoted, self.next, self.last, self.printed = {}, {}, {}, {}
        self.parameters = {}

    def metric(self, name, value, step=None):
        quoted = self.quoted.get(name)
        if quoted is None:
            quoted = self.quoted[name] = json.dumps(names.check("metric", name))
        value = float(value)
        if step is None:
            step = self.next.get(name, 0)
        step = int(step)
        self.next[name] = step + 1
        self.last[name] = value
        self.add(entries.metric(quoted, value, step, entries.now()))
        self.print(name, value)

    def parameter(self, name, value):
        text = value if isinstance(value, str) else json.dumps(value, default=str)
        known = self.parameters.get(name)
        if known is None:
            self.parameters[names.check("parameter", name)] = text
            self.add(entries.parameter(name, text[:6000]))

    def tag(self, name, value):
        self.add(entries.tag(names.check("tag", name), str(value)[:8000]))

    def file(self, name, content, kind, file_name, step):
        """Bytes, or the path of a file, as a picture, plot or file of the run."""
        names.check("file", name)
        if isinstance(content, bytes):
            artifact = self.keep_bytes(content, kind, file_name)
        else:
            artifact = self.keep_path(content, kind, file_name)
        self.add(entries.file(name, int(step or 0), artifact))
        return artifact

    def print(self, name, value):
        count, at = self.printed.get(name, (0, 0.0))
        now = time.monotonic()
        if count < PRINTED or now - at >= 1:
            print(f"{name} = {value}")
            self.printed[name] = (count + 1, now)

    def add(self, text):
        pass

    def keep_bytes(self, content, kind, name):
        return {"sha256": "0" * 64, "kind": kind, "name": name, "size": len(content)}

    def keep_path(self, path, kind, name):
        return {"sha256": "0" * 64, "kind": kind, "name": name, "size": 0}

    def input(self, name, path):
        pass

    def output(self, name, path):
        pass

    def model(self, name, path, facts):
        pass

    def dataset(self, name, path, description):
        pass

    def publish(self, message, deploy):
        pass

    def close(self):
        """Once, by the process that made it: a forked one inherits what is registered for the end."""
        if self.closed or self.process != os.getpid():
            return
        self.closed = True
        self.end()

    def end(self):
        pass
