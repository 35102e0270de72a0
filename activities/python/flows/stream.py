"""One writer's entries on their way to a server: numbered, so that what is sent twice is kept once."""

import re
import threading
import time
import uuid

from . import say
from .hub import Away, Refused

# Most entries and characters of one batch; the server takes no more of either.
BATCH, MOST_TEXT = 10_000, 4_000_000
MOST_WAITING = 50_000
BETWEEN = 1.0
LONGEST_PAUSE = 15.0
# How long the end of a script waits for a server that is away.
PATIENCE = 60.0


class Stream:
    """Sends from a thread of its own, so that a script does not wait for the network; at its end it does."""

    def __init__(self, hub, path):
        self.hub, self.path, self.writer = hub, path, uuid.uuid4().hex
        self.waiting, self.first, self.stopped = [], 0, False
        self.gate, self.turn, self.thread, self.wake = threading.Lock(), threading.Lock(), None, threading.Event()

    def add(self, text):
        with self.gate:
            if self.stopped:
                return
            self.waiting.append(text)
            crowded = len(self.waiting) >= MOST_WAITING
            if self.thread is None:
                self.thread = threading.Thread(target=self.run, name="flows", daemon=True)
                self.thread.start()
        if crowded:
            self.send(PATIENCE)

    def run(self):
        while not self.stopped:
            self.wake.wait(BETWEEN)
            self.wake.clear()
            self.send(PATIENCE)

    def close(self):
        self.send(PATIENCE)
        if self.waiting and not self.stopped:
            say(f"{len(self.waiting)} entries (metrics, parameters, pictures) could not be sent to the server and are lost")
        self.stopped = True
        self.wake.set()

    def send(self, patience):
        """Sends all that waits, in batches; waits for a server that is away, so long."""
        until, pause = time.monotonic() + patience, 0.2
        with self.turn:
            while not self.stopped and self.waiting:
                try:
                    self.batch(self.next())
                    pause = 0.2
                except Away as away:
                    if time.monotonic() + pause > until:
                        say(str(away))
                        return
                    time.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)

    def next(self):
        texts = self.waiting[:BATCH]
        while len(texts) > 1 and sum(map(len, texts)) > MOST_TEXT:
            texts = texts[:len(texts) // 2]
        return texts

    def batch(self, texts):
        body = f'{{"writer":"{self.writer}","from":{self.first},"entries":[{",".join(texts)}]}}'.encode()
        try:
            accepted = self.hub.post(self.path, body)["accepted"]
        except Refused as refused:
            self.drop(refused)
            return
        with self.gate:
            del self.waiting[:accepted - self.first]
            self.first = accepted

    def drop(self, refused):
        """What is wrong is said and left out; the rest is sent without it."""
        places = [(re.fullmatch(r"entries\[(\d+)\]", problem.get("field") or ""), problem) for problem in refused.problems]
        for place, problem in places:
            if place:
                say(f"not recorded: {problem.get('message')} {problem.get('fix') or ''}".strip())
                # It counts, so that those behind it keep their numbers.
                self.waiting[int(place.group(1))] = "null"
        if not any(place for place, _ in places):
            say(f"nothing more is recorded at the server: {refused.detail}")
            self.stopped = True
