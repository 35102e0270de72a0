"""A folder .flows: runs that were recorded outside of a step.

    .flows/runs/ID/run.json         what the run is, replaced as a whole at its end
    .flows/runs/ID/WRITER.jsonl     what each of its processes said, a line at a time; only ever appended to
    .flows/objects/ab/SHA256        files by their digest
"""

import json
import os
import re
import tempfile

from . import digests

RUN = re.compile(r"\d{17}-[0-9a-f]{10}")


class Folder:
    def __init__(self, path):
        self.path = os.path.abspath(path)

    def run(self, run_id):
        return os.path.join(self.path, "runs", run_id)

    def runs(self):
        try:
            return sorted(name for name in os.listdir(os.path.join(self.path, "runs")) if RUN.fullmatch(name))
        except FileNotFoundError:
            return []

    def writers(self, run_id):
        return sorted(name[:-len(".jsonl")] for name in os.listdir(self.run(run_id)) if name.endswith(".jsonl"))

    def object(self, sha256):
        return os.path.join(self.path, "objects", sha256[:2], sha256)

    def keep(self, sha256, content):
        """Bytes, or a file to copy: whole under its digest, or not at all."""
        target = self.object(sha256)
        if os.path.exists(target):
            return
        if isinstance(content, bytes):
            write_whole(target, content)
            return
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(content, "rb") as source, tempfile.NamedTemporaryFile(dir=os.path.dirname(target), delete=False) as copy:
            while part := source.read(1 << 20):
                copy.write(part)
        # It may have been written to meanwhile.
        if digests.of_file(copy.name) != sha256:
            os.unlink(copy.name)
            raise ValueError(f"{content!r} changed while it was being kept")
        os.replace(copy.name, target)

    def read(self, run_id):
        """What the run is; None when its recording died before it said so."""
        try:
            with open(os.path.join(self.run(run_id), "run.json"), encoding="utf-8") as file:
                return json.load(file)
        except (FileNotFoundError, ValueError):
            return None

    def entries(self, run_id, writer, first):
        """Lines from one on, by number, as JSON texts; one that cannot be read is "null". A last line without its end is still being written."""
        with open(os.path.join(self.run(run_id), writer + ".jsonl"), "rb") as file:
            for number, line in enumerate(file):
                if number >= first and line.endswith(b"\n"):
                    yield readable(line)


def readable(line):
    try:
        text = line.decode().strip()
        return text if isinstance(json.loads(text), dict) else "null"
    except ValueError:
        return "null"


def write_whole(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
