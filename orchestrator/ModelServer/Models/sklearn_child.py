"""Answers for one pickled model over stdin and stdout: 4 bytes of length (big-endian), then JSON.

Unpickling runs whatever the pickle says: serve only models whose makers you trust.
"""
import json
import os
import struct
import sys

# What the model prints must not end up between the answers.
answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)


def say(message):
    body = json.dumps(message).encode()
    answers.write(struct.pack(">I", len(body)) + body)
    answers.flush()


def hear():
    head = sys.stdin.buffer.read(4)
    if len(head) < 4:
        sys.exit(0)
    return json.loads(sys.stdin.buffer.read(struct.unpack(">I", head)[0]))


def load(path):
    if os.path.isdir(path):
        sys.path.insert(0, path)
        path = os.path.join(path, "model.pkl")
    try:
        import joblib
        return joblib.load(path)
    except ImportError:
        import pickle
        with open(path, "rb") as file:
            return pickle.load(file)


def framed(rows, names):
    """A data frame for a model that was fitted on one, else an array or the plain lists."""
    if hasattr(model, "feature_names_in_"):
        import pandas
        return pandas.DataFrame(rows, columns=names or list(model.feature_names_in_))
    if any(isinstance(cell, str) for row in rows[:1] for cell in row):
        return rows
    import numpy
    return numpy.array(rows, dtype=float)


def answer(question):
    rows = question["rows"]
    known = list(getattr(model, "classes_", []))
    data = framed(rows, question.get("names"))
    predicted = list(model.predict(data))
    if question["task"] != "classification":
        return {"values": [float(value) for value in predicted]}
    names = question["classes"] if len(question["classes"]) == len(known) else [str(name) for name in known]
    labels = [names[known.index(value)] if value in known else str(value) for value in predicted]
    scores = None
    if hasattr(model, "predict_proba"):
        scores = [float(score) for row in model.predict_proba(data) for score in row]
    return {"labels": labels, "scores": scores}


model = load(sys.argv[1])
inner = getattr(model, "classes_", None)
say({
    "features": [str(name) for name in getattr(model, "feature_names_in_", [])],
    "width": int(getattr(model, "n_features_in_", 0) or 0),
    "classes": [] if inner is None else [str(name) for name in inner],
})
while True:
    question = hear()
    try:
        say(answer(question))
    except Exception as problem:  # the request's fault until shown otherwise; the process lives on
        say({"error": f"{type(problem).__name__}: {problem}"})
