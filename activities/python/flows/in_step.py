"""In a step: to the server with the step's own token; the last figure of each metric also to metrics.json, which the runner takes."""

import fcntl
import json
import os
import threading
import urllib.parse

from . import digests, output
from .recorder import Recorder


class StepRecorder(Recorder):
    def __init__(self):
        super().__init__()
        self.step = os.environ["FLOWS_STEP_ID"]
        self.path = "/api/steps/" + urllib.parse.quote(self.step)
        self.models, self.gate, self.noted, self.stream = {}, threading.Lock(), {}, None
        self.early = []

    def open(self):
        """A connection, or None where a step has no server (a test of its activity)."""
        from .hub import Hub
        server = os.environ.get("FLOWS_SERVER")
        return Hub(server, os.environ.get("FLOWS_TOKEN")) if server else None

    def add(self, text):
        if self.stream is None:
            hub = self.open()
            if hub is None:
                return
            from .stream import Stream
            self.stream = Stream(hub, self.path + "/tracking")
            for early in self.early:
                self.stream.add(early)
            self.add = self.stream.add
        self.stream.add(text)

    def parameter(self, name, value):
        # The run's record has them: they alone are no reason to ask the server.
        if self.stream is None:
            add, self.add = self.add, self.early.append
            try:
                super().parameter(name, value)
            finally:
                self.add = add
        else:
            super().parameter(name, value)

    def metric(self, name, value, step=None):
        known = name in self.last
        super().metric(name, value, step)
        # Each new name at once, so that a script that is ended has left them all; their last values at its end.
        if not known:
            self.note()

    def note(self):
        with self.gate:
            if self.noted == self.last:
                return
            self.noted = dict(self.last)
            add_to(output("metrics.json"), {name: plain(value) for name, value in self.noted.items()})

    def keep_bytes(self, content, kind, name):
        self.clean(name, content)
        artifact = {"sha256": digests.of_bytes(content), "kind": kind, "name": name, "size": len(content), "mediaType": digests.media_type(name)}
        hub = self.open()
        if hub is not None and not hub.has(artifact["sha256"]):
            hub.ask("PUT", "/api/artifacts/" + artifact["sha256"], content)
        return artifact

    def keep_path(self, path, kind, name):
        hub = self.open()

        def keep(sha256, content):
            if isinstance(content, str) and any(key.startswith("FLOWS_SECRET_") for key in os.environ):
                with open(content, "rb") as file:
                    self.clean(name, file.read())
            if hub is None or hub.has(sha256):
                return
            if isinstance(content, bytes):
                hub.ask("PUT", "/api/artifacts/" + sha256, content)
            else:
                hub.upload(sha256, content)

        return digests.artifact(path, kind, name, keep)

    def clean(self, name, content):
        for key, value in os.environ.items():
            if key.startswith("FLOWS_SECRET_") and len(value) >= 4 and value.encode() in content:
                raise ValueError(f"{name!r} holds the value of a secret that the step was given, and is not kept")

    def model(self, name, path, facts):
        self.models[name] = (path, facts)

    def dataset(self, name, path, description):
        artifact = self.keep_path(path, "Folder" if os.path.isdir(path) else "File", os.path.basename(path))
        hub = self.open()
        return hub and hub.post(self.path + "/datasets", {"name": name, "data": artifact, "description": description})

    def publish(self, message, deploy):
        hub = self.open()
        if hub is None:
            raise RuntimeError("there is no server to publish to")
        self.tag("published", message)
        made = []
        for name, (path, facts) in self.models.items():
            artifact = dict(self.keep_path(path, "Model", name), facts=facts)
            figures = {key: value for key, value in self.last.items() if value == value and abs(value) != float("inf")}
            made.append(hub.post(self.path + "/models", {"name": name, "model": artifact, "description": message, "metrics": figures}))
            if deploy:
                hub.post(self.path + "/deployments", {"name": name, "model": name, "version": made[-1]["version"]})
        return made

    def end(self):
        if self.last:
            self.note()
        if self.stream is not None:
            self.stream.close()


def add_to(path, figures):
    """Processes of one step share the file, and each knows only its own figures: one after the other adds them, with a lock on the folder."""
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        figures = {**figures_in(path), **figures}
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(figures, file)
        os.replace(path + ".part", path)
    finally:
        # Closing alone would leave it to a process that was forked meanwhile.
        fcntl.flock(folder, fcntl.LOCK_UN)
        os.close(folder)


def figures_in(path):
    try:
        with open(path, encoding="utf-8") as file:
            figures = json.load(file)
    except (FileNotFoundError, ValueError):
        return {}
    return figures if isinstance(figures, dict) else {}


def plain(value):
    if value != value:
        return "NaN"
    return value if abs(value) != float("inf") else "Infinity" if value > 0 else "-Infinity"
