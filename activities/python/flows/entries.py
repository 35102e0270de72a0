"""Entries of a run's tracking data as lines of JSON: what is sent to the server, and what lies in a folder until it is."""

import json
import time


def now():
    return int(time.time() * 1000)


def number(value):
    """JSON has no NaN and no infinities: words stand for them."""
    if value != value:
        return '"NaN"'
    if value in (float("inf"), float("-inf")):
        return '"Infinity"' if value > 0 else '"-Infinity"'
    return repr(value)


def metric(quoted, value, step, at):
    """The name comes quoted: a million points do not quote it a million times."""
    return f'{{"metric":{quoted},"value":{number(value)},"step":{step},"at":{at}}}'


def parameter(name, text):
    return json.dumps({"param": name, "text": text, "at": now()})


def tag(name, text):
    return json.dumps({"tag": name, "text": text, "at": now()})


def file(name, step, artifact):
    return json.dumps({"file": name, "step": step, "at": now(), "artifact": artifact})
