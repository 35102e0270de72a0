"""Outside of a step: into a folder .flows, which `flows sync` brings to a server later."""

import json
import os
import secrets
import sys
import threading
import time
import traceback
import uuid

from . import code, digests, entries
from .folder import Folder, write_whole
from .recorder import Recorder

FOLDER, RUN = "FLOWS_FOLDER", "FLOWS_LOCAL_RUN"
BETWEEN = 0.2
MOST_WAITING = 1_000


class LocalRecorder(Recorder):
    def __init__(self):
        super().__init__()
        self.folder = Folder(os.environ.get(FOLDER) or ".flows")
        self.gate, self.waiting, self.flushed, self.background = threading.RLock(), [], time.monotonic(), None
        self.outputs, self.error = {}, None
        inherited = os.environ.get(RUN)
        self.id = inherited or moment("%Y%m%d%H%M%S", "") + "-" + secrets.token_hex(5)
        os.makedirs(self.folder.run(self.id), exist_ok=True)
        self.file_ = open(os.path.join(self.folder.run(self.id), uuid.uuid4().hex + ".jsonl"), "ab", buffering=0)
        # Processes that this one starts write of the same run.
        self.is_first, os.environ[RUN] = inherited is None, self.id
        os.environ[FOLDER] = self.folder.path
        if self.is_first:
            self.begin()

    def begin(self):
        script, machine = code.script(), code.machine()
        self.name = os.path.splitext(os.path.basename(script))[0] if script else "session"
        self.started, self.known = stamp(), {"inputs": {}, "models": [], "dataSets": []}
        tags, patch = code.repository(os.path.dirname(script) if script else os.getcwd())
        for name, value in tags.items():
            self.tag(name, value)
        for name, text in (("python", machine["python"]), ("system", machine["system"]), ("arguments", json.dumps(sys.argv[1:]))):
            self.tag(name, text)
        if patch:
            self.file("code/uncommitted.patch", patch, "File", "uncommitted.patch", 0)
        if script:
            self.file("code/" + os.path.basename(script), script, "File", os.path.basename(script), 0)
        self.packages = self.keep_bytes(json.dumps(code.packages()).encode(), "File", "packages.json")
        self.machine = machine
        previous = sys.excepthook

        def failed(kind, error, trace):
            self.error = "".join(traceback.format_exception_only(kind, error)).strip()
            previous(kind, error, trace)

        sys.excepthook = failed
        self.write(None)
        if os.environ.get("FLOWS_SYNC") == "background" and os.environ.get("FLOWS_SERVER"):
            from .sync import Background
            self.background = Background(self.folder)

    def add(self, text):
        with self.gate:
            self.waiting.append(text)
            if len(self.waiting) >= MOST_WAITING or time.monotonic() - self.flushed >= BETWEEN:
                self.flush()

    def flush(self):
        """Whole lines in one write: what is killed in the middle of it leaves at most one broken line, the last."""
        with self.gate:
            if self.waiting:
                self.file_.write(("\n".join(self.waiting) + "\n").encode())
            self.waiting, self.flushed = [], time.monotonic()

    def keep_bytes(self, content, kind, name):
        sha256 = digests.of_bytes(content)
        self.folder.keep(sha256, content)
        return {"sha256": sha256, "kind": kind, "name": name, "size": len(content), "mediaType": digests.media_type(name)}

    def keep_path(self, path, kind, name):
        return digests.artifact(path, kind, name, self.folder.keep)

    def input(self, name, path):
        if self.is_first:
            self.known["inputs"][name] = self.keep_path(path, "Folder" if os.path.isdir(path) else "File", os.path.basename(path))

    def output(self, name, path):
        self.outputs[name] = path

    def model(self, name, path, facts):
        self.outputs[name] = path
        if self.is_first:
            self.known["models"] = [one for one in self.known["models"] if one["name"] != name] + [{"name": name, "model": dict(self.keep_path(path, "Model", name), facts=facts)}]

    def dataset(self, name, path, description):
        artifact = self.keep_path(path, "Folder" if os.path.isdir(path) else "File", os.path.basename(path))
        if self.is_first:
            self.known["dataSets"].append({"name": name, "data": artifact, "description": description})
        return {"name": name, "data": artifact}

    def publish(self, message, deploy):
        self.tag("published", message)
        if not self.is_first:
            return None
        self.known["publish"] = {"message": message, "deploy": bool(deploy)}
        self.flush()
        self.write(None)
        if not os.environ.get("FLOWS_SERVER"):
            return None
        from .sync import push
        return push(self.folder)

    def record(self, ended):
        """As the server keeps runs: a run of one step, which is the script."""
        step = {
            "stepId": self.id + ".1", "activityId": "script", "activityType": "Flows.PythonScript", "attempt": 1, "queue": "process", "runner": self.machine["host"], "startedAt": self.started,
            "status": "Running" if ended is None else "Faulted" if self.error else "Completed", "finishedAt": ended,
            "inputs": self.known["inputs"], "outputs": self.found() if ended else {}, "fault": self.error,
            "metrics": {name: json.loads(entries.number(value)) for name, value in self.last.items()} or None,
            "environment": {"kind": "python", "digest": digests.of_bytes(f"{self.machine['python']} {self.packages['sha256']}".encode()), "version": self.machine["python"], "packages": self.packages},
        }
        return {
            "id": self.id, "definitionId": "recorded." + self.name, "name": self.name, "version": 1, "createdAt": self.started, "startedAt": self.started, "finishedAt": ended,
            "status": "Running" if ended is None else "Finished", "subStatus": "Executing" if ended is None else "Faulted" if self.error else "Finished",
            "inputs": dict(self.parameters), "incidents": [{"activityId": "script", "message": self.error, "at": ended}] if self.error else [],
            "steps": [{key: value for key, value in step.items() if value is not None}],
        }

    def found(self):
        """Declared outputs that were written, with whatever extension."""
        kept = {}
        for name, path in self.outputs.items():
            folder, base = os.path.split(os.path.abspath(path))
            for entry in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
                if entry == base or os.path.splitext(entry)[0] == base:
                    try:
                        kept[name] = self.keep_path(os.path.join(folder, entry), "Folder" if os.path.isdir(os.path.join(folder, entry)) else "File", entry)
                    except (OSError, ValueError) as broken:
                        print(f"flows: the output {name!r} is not kept: {broken}", file=sys.stderr)
                    break
        return kept

    def write(self, ended):
        definition = {
            "definitionId": "recorded." + self.name, "name": self.name, "version": 1,
            "root": {"id": "chart", "type": "Elsa.Flowchart", "activities": [{"id": "script", "type": "Flows.PythonScript", "name": self.name, "metadata": {"displayText": self.name}}], "connections": []},
        }
        run = {"record": self.record(ended), "definition": definition, "host": self.machine["host"], "user": self.machine["user"], **{key: value for key, value in self.known.items() if key != "inputs"}}
        write_whole(os.path.join(self.folder.run(self.id), "run.json"), json.dumps(run, indent=1).encode())

    def end(self):
        self.flush()
        if self.is_first:
            self.write(stamp())
            os.environ.pop(RUN, None)
        if self.background is not None:
            self.background.close()


def stamp():
    return moment("%Y-%m-%dT%H:%M:%S", ".") + "Z"


def moment(form, point):
    now = time.time()
    return time.strftime(form, time.gmtime(now)) + f"{point}{int(now * 1000) % 1000:03d}"
