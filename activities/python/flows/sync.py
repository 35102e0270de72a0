"""Brings what a folder .flows recorded to a server: python -m flows.sync [DIR] --server URL --token T

Nothing is remembered here of what was sent: the server says what it has. So it may be cut at any moment and begun again, from anywhere.
"""

import argparse
import json
import os
import sys
import threading
import urllib.parse

from . import say
from .folder import Folder
from .hub import Away, Hub, Refused

# Most entries and characters of one batch; the server takes no more of either.
BATCH, MOST_TEXT = 5_000, 4_000_000


def push(folder, hub=None, only=None):
    """Sends all runs, or one; says what it sent. Raises Away when the server is."""
    hub = hub or connect()
    sent = {"runs": 0, "files": 0, "entries": 0, "refused": []}
    for run_id in [only] if only else folder.runs():
        try:
            push_run(folder, hub, run_id, sent)
        except (Refused, OSError, ValueError) as wrong:
            sent["refused"].append(f"{run_id}: {wrong}")
    return sent


def connect(server=None, token=None, project=None):
    server = server or os.environ.get("FLOWS_SERVER")
    if not server:
        raise ValueError("there is no server: give --server URL, or set FLOWS_SERVER")
    return Hub(server, token or os.environ.get("FLOWS_TOKEN"), project or os.environ.get("FLOWS_PROJECT"))


def push_run(folder, hub, run_id, sent):
    run = folder.read(run_id)
    if run is None:
        return
    # Files first: a run that is there has all that it names.
    for sha256 in sorted(named(run)):
        upload(folder, hub, sha256, sent)
    answer = hub.put("/api/sync/runs/" + urllib.parse.quote(run_id), run)
    sent["runs"] += bool(answer and answer.get("isNew"))
    for writer in folder.writers(run_id):
        push_entries(folder, hub, run_id, writer, sent)


def push_entries(folder, hub, run_id, writer, sent):
    path = f"/api/runs/{run_id}/tracking"
    accepted = hub.post(path, {"writer": writer, "from": 0, "entries": [], "stepId": run_id + ".1"})["accepted"]
    batch, characters = [], 0
    for text in folder.entries(run_id, writer, accepted):
        if batch and (len(batch) == BATCH or characters + len(text) > MOST_TEXT):
            accepted, batch, characters = send(folder, hub, (path, run_id, writer), accepted, batch, sent), [], 0
        batch.append(text)
        characters += len(text)
    if batch:
        send(folder, hub, (path, run_id, writer), accepted, batch, sent)


def send(folder, hub, stream, first, batch, sent):
    path, run_id, writer = stream
    for sha256 in sorted(set().union(*(named(json.loads(text)) for text in batch if '"sha256"' in text))):
        upload(folder, hub, sha256, sent)
    while True:
        body = f'{{"writer":"{writer}","from":{first},"stepId":"{run_id}.1","entries":[{",".join(batch)}]}}'.encode()
        try:
            accepted = hub.post(path, body)["accepted"]
            sent["entries"] += accepted - first
            return accepted
        except Refused as refused:
            places = [int(problem["field"][8:-1]) for problem in refused.problems if (problem.get("field") or "").startswith("entries[")]
            if not places:
                raise
            sent["refused"] += [f"{run_id}: {problem.get('message')}" for problem in refused.problems]
            for place in places:
                batch[place] = "null"


def upload(folder, hub, sha256, sent):
    path = folder.object(sha256)
    if not os.path.isfile(path):
        raise ValueError(f"the file {sha256} is missing in {folder.path}")
    for part in inside(path):
        upload(folder, hub, part, sent)
    if hub.has(sha256):
        return
    hub.upload(sha256, path)
    sent["files"] += 1


def inside(path):
    """Digests of a folder's files, if the object is a folder's manifest."""
    if os.path.getsize(path) > 64 << 20:
        return []
    with open(path, "rb") as file:
        if file.read(10) != b'{"files":[':
            return []
        file.seek(0)
        try:
            return [one["sha256"] for one in json.load(file)["files"]]
        except (ValueError, KeyError, TypeError):
            return []


def named(value):
    """Digests of all artifacts that a value refers to."""
    if isinstance(value, dict):
        found = {value["sha256"]} if isinstance(value.get("sha256"), str) and "kind" in value else set()
        return found.union(*map(named, value.values()))
    return set().union(*map(named, value)) if isinstance(value, list) else set()


class Background:
    """Sends while the script runs, and once more at its end."""

    SECONDS = 5

    def __init__(self, folder):
        self.folder, self.stop = folder, threading.Event()
        self.thread = threading.Thread(target=self.run, name="flows sync", daemon=True)
        self.thread.start()

    def run(self):
        while not self.stop.wait(self.SECONDS):
            self.once()

    def once(self):
        try:
            for wrong in push(self.folder)["refused"]:
                say(f"not synced: {wrong}")
        except (Away, Refused, ValueError) as broken:
            say(f"not synced yet: {broken}. It stays in {self.folder.path}; `flows sync` sends it later.")

    def close(self):
        self.stop.set()
        self.thread.join()
        self.once()


def main():
    parser = argparse.ArgumentParser(prog="python -m flows.sync", description="Brings runs that were recorded in a folder to a Flows server.")
    parser.add_argument("folder", nargs="?", default=".flows")
    parser.add_argument("--server", help="its address; else FLOWS_SERVER")
    parser.add_argument("--token", help="an API token; else FLOWS_TOKEN")
    parser.add_argument("--project", help="where the runs belong; else the token's")
    given = parser.parse_args()
    path = given.folder if os.path.isdir(os.path.join(given.folder, "runs")) else os.path.join(given.folder, ".flows")
    try:
        sent = push(Folder(path), connect(given.server, given.token, given.project))
    except (Away, Refused, ValueError) as broken:
        sys.exit(f"{broken}")
    print(f"{sent['runs']} new runs, {sent['files']} files, {sent['entries']} entries")
    for wrong in sent["refused"]:
        print(wrong, file=sys.stderr)
    sys.exit(1 if sent["refused"] else 0)


if __name__ == "__main__":
    main()
