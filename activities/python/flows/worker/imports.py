"""What the scripts of an environment import: read from each script, tried in a process that may crash, kept in a file."""

import ast
import gc
import importlib
import importlib.util
import json
import os
import select
import signal
import sys

# Modules that do something visible when they are imported, and what every process has.
NEVER = {"__future__", "__main__", "antigravity", "flows", "idlelib", "test", "this", "turtle"}
MOST = 200
MOST_READ = 10_000
TRIAL_SECONDS = 120


def news_of(path, folders, known):
    """
    What the parent is told of a script: a line for each module that it imports and the parent does not know, and one that names the
    script as read to the end, so that nobody takes it apart again. At most PIPE_BUF bytes; what has no room is told the next time.
    """
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError:
        return b""
    local = {entry.split(".")[0] for folder in folders for entry in entries(folder)}
    # Of the same number in every process that this parent forks.
    read = hash((text, frozenset(local)))
    if read in known.read:
        return b""
    message = "".join(name + "\n" for name in of_script(text, local) if not known.has(name)).encode() + b"=%d\n" % read
    while len(message) > select.PIPE_BUF:
        message = message[: message[: select.PIPE_BUF].rindex(b"\n") + 1]
    return message


def of_script(text, local):
    """Dotted names that the script imports when it starts, without modules that lie beside it."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    names = dict.fromkeys(name for node in at_start(tree) for name in names_of(node))
    return [name for name in names if name.split(".")[0] not in local | NEVER]


def entries(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def at_start(tree):
    """Every statement but those of functions, which may never be called."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield node
            yield from at_start(node)


def names_of(node):
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        yield node.module
        # "from sklearn import svm" names a module, "from math import pi" does not: the trial finds out.
        yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")


def threads():
    return len(os.listdir("/proc/self/task"))


class Imports:
    """Modules that this environment's scripts import: those to have ready, and those that are not to be, with the reason."""

    def __init__(self, path):
        self.path, self.modules, self.skipped = path, [], {}
        # Not kept: what cannot be imported today may be installed tomorrow.
        self.absent = set()
        # Scripts that need not be taken apart again.
        self.read = set()
        try:
            with open(path, encoding="utf-8") as file:
                kept = json.load(file)
            self.modules, self.skipped = list(kept["modules"]), dict(kept["skipped"])
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def has(self, name):
        return name in self.skipped or name in self.modules or name in self.absent

    def hear(self, news):
        """Remembers the scripts that keepers have read; the modules that they told."""
        names = []
        for line in news:
            if not line.startswith("="):
                names.append(line)
                continue
            if len(self.read) >= MOST_READ:
                self.read.clear()
            self.read.add(int(line[1:]))
        return names

    def save(self):
        with open(self.path + ".part", "w", encoding="utf-8") as file:
            json.dump({"modules": self.modules, "skipped": self.skipped}, file, indent=1)
        os.replace(self.path + ".part", self.path)

    def preload(self):
        """Imports all that passed. A module that starts a thread all the same is never imported here again, and this process is spent."""
        for name in self.modules:
            try:
                importlib.import_module(name)
            except BaseException:
                self.absent.add(name)
            if threads() > 1:
                self.skipped[name] = "starts threads"
                break
        self.modules = [name for name in self.modules if name not in self.skipped and name not in self.absent]
        gc.collect()
        # What is here now is shared with every step: the collector must not touch, and so copy, it there.
        gc.freeze()
        return threads() == 1

    def take(self, reports, names):
        """
        The outcome of a trial; the module that was being tried when it ended made it crash. Returns those whose turn did not come: nobody
        tells of them again.
        """
        tried = None
        lines = [line.split(" ", 1) for line in reports.splitlines() if " " in line]
        for verdict, name in lines:
            tried = name if verdict == "try" else None
            if verdict == "ok" and len(self.modules) < MOST:
                self.modules.append(name)
            elif verdict == "absent":
                self.absent.add(name)
            elif verdict not in ("try", "ok"):
                self.skipped[name] = verdict.replace("-", " ")
        if tried is not None:
            self.skipped[tried] = "ended the process that tried it"
        mentioned = {name for _, name in lines}
        return [name for name in names if name not in mentioned] if mentioned else []


def trial(names, report):
    """In a process of its own: imports one after the other and says how each went."""
    signal.alarm(TRIAL_SECONDS)
    for name in names:
        os.write(report, f"try {name}\n".encode())
        os.write(report, f"{verdict(name)} {name}\n".encode())
        if threads() > 1:
            break
    os._exit(0)


def verdict(name):
    try:
        if importlib.util.find_spec(name) is None:
            return "not-a-module" if "." in name else "absent"
        importlib.import_module(name)
    except BaseException:
        return "not-a-module" if name.rpartition(".")[0] in sys.modules else "absent"
    return "ok" if threads() == 1 else "starts-threads"
