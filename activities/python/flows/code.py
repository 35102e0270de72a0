"""What a script was when it ran: git commit and uncommitted patch, its own text, packages, machine."""

import getpass
import os
import platform
import re
import socket
import subprocess
import sys

MOST_PATCH = 10 * 1024 * 1024


def git(folder, *arguments):
    """What git says; None without git, or outside of a repository."""
    try:
        done = subprocess.run(["git", "-C", folder, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=20)
        return done.stdout if done.returncode == 0 else None
    except (OSError, subprocess.SubprocessError):
        return None


def repository(folder):
    """Tags of the commit, and the patch that was not committed (bytes, empty when there is none)."""
    commit = git(folder, "rev-parse", "HEAD")
    if commit is None:
        return {}, b""
    tags = {"git.commit": commit.decode().strip()}
    branch = git(folder, "rev-parse", "--abbrev-ref", "HEAD")
    remote = git(folder, "config", "--get", "remote.origin.url")
    if branch:
        tags["git.branch"] = branch.decode(errors="replace").strip()
    if remote:
        # An address may hold a password.
        tags["git.remote"] = re.sub(r"//[^/@]*@", "//", remote.decode(errors="replace").strip())
    patch = git(folder, "diff", "--binary", "HEAD") or b""
    tags["git.dirty"] = "true" if patch else "false"
    return tags, patch if len(patch) <= MOST_PATCH else b""


def packages():
    from importlib import metadata
    found = {f"{name.lower().replace('_', '-')}=={one.version}" for one in metadata.distributions() if (name := one.metadata["Name"])}
    return sorted(found)


def script():
    """Path of the program that runs, if it is a file."""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    return os.path.abspath(path) if path and os.path.isfile(path) else None


def machine():
    return {"host": socket.gethostname(), "user": user(), "python": platform.python_version(), "system": platform.platform()}


def user():
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
