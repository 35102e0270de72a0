"""Inputs, outputs, parameters, figures, pictures and models of a Python script: in a step of a flow, and anywhere else. Standard library only.

    import flows

    C = flows.param("C", 1.0)                       # a number, because the default is one
    for row in flows.rows("rows"): ...              # or pandas.read_csv(flows.input("rows"))
    flows.metric("accuracy", 0.98)
    flows.metric("loss", loss, step=epoch)          # a curve
    flows.image("errors", figure)                   # a path, bytes, or a picture of matplotlib or PIL
    flows.plot("residuals", {"train": [...], "test": [...]})
    flows.model("model", classifier, label="digit", features=[...], example=row)

Outside of a step everything goes into a folder .flows, with git commit, patch and packages; `flows sync` brings it to a server.
Set FLOWS_RECORD=0 to record nothing, FLOWS_SYNC=background (with FLOWS_SERVER and FLOWS_TOKEN) to send while the script runs.
"""

import csv
import json
import os
import pickle
import re
import sys

__all__ = ["input", "rows", "output", "table", "param", "metric", "tag", "image", "plot", "dataset", "model", "publish", "secret", "value"]


def _variable(prefix, name):
    return prefix + re.sub(r"[^A-Za-z0-9]", "_", name).upper()


def input(name):
    """Path of an input: a CSV file with a header for a table, the file or folder itself for everything else. Outside of a step, the path of a file: it is kept with the run."""
    path = os.environ.get(_variable("FLOWS_INPUT_", name))
    if path is None and not _in_step() and os.path.exists(name):
        _recorder().input(os.path.basename(os.path.normpath(name)), name)
        return name
    if path is None:
        known = sorted(key[len("FLOWS_INPUT_"):].lower() for key in os.environ if key.startswith("FLOWS_INPUT_"))
        raise KeyError(f"no input {name!r}; declared are: {', '.join(known) or 'none'}")
    return path


def rows(name):
    """The rows of a table input, each a dict of texts by column."""
    with open(input(name), newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def value(name):
    """A plain value that is wired to an input."""
    with open(input(name), encoding="utf-8") as file:
        return json.load(file)


def output(name):
    """Path to write an output to. Give the extension: output("picture.png") writes the output "picture"."""
    path = os.path.join(os.environ.get("FLOWS_OUTPUT_DIR", "."), name)
    if not _in_step():
        _recorder().output(name, path)
    return path


def table(name, rows, columns=None):
    """Writes a table output from dicts, or from lists with the names of the columns."""
    rows = list(rows)
    if columns is None:
        columns = list(rows[0]) if rows else []
    with open(output(name + ".csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([row.get(column) for column in columns] if isinstance(row, dict) else row)


def param(name, default=None):
    """A parameter of the step, as the kind of value that the default is."""
    value = _param(name, default)
    _recorder().parameter(name, value)
    return value


def _param(name, default):
    text = os.environ.get(_variable("FLOWS_PARAM_", name))
    if text is None:
        return default
    if isinstance(default, bool):
        return text.strip().lower() in ("true", "1", "yes")
    if isinstance(default, int):
        return int(float(text))
    if isinstance(default, float):
        return float(text)
    if isinstance(default, (list, dict)):
        return json.loads(text)
    return text


def secret(name):
    """The value of a secret that the step names in its Secrets. What the script prints of it is masked."""
    text = os.environ.get(_variable("FLOWS_SECRET_", name))
    if text is None:
        raise KeyError(f"no secret {name!r}: name it in the step's Secrets")
    return text


def metric(name, value, step=None):
    """A figure, for example metric("accuracy", 0.98). Several of one name are a curve, at the given steps or counted from 0; the last one counts."""
    _recorder().metric(name, value, step)


def tag(name, value):
    """A text that says something about the run; it may be set anew."""
    _recorder().tag(name, value)


def image(name, picture, step=None):
    """A picture: a path, the bytes of a PNG, JPEG, GIF, WebP or SVG, a figure of matplotlib, an image of PIL, or rows of grey values 0 to 255."""
    from . import pictures
    content, file_name = pictures.picture(name, picture)
    _recorder().file(name, content, "Image", file_name, step)


def plot(name, series, x=None, kind="line", x_label="", y_label="", step=None):
    """A plot: values, or a dict of values by name, over x (counted from 0 without it); kind is line, bar or scatter. A figure of matplotlib becomes a picture."""
    from . import pictures
    if pictures.is_figure(series):
        return image(name, series, step)
    _recorder().file(name, pictures.plot(x, series, kind, x_label, y_label), "Plot", name.rsplit("/", 1)[-1] + ".json", step)


def dataset(name, data, description=""):
    """A new version of a named data set: the path of a file or folder, or rows (dicts, or lists), which are written as CSV."""
    if isinstance(data, (str, os.PathLike)):
        return _recorder().dataset(name, os.fspath(data), description)
    path = _csv(name, data)
    try:
        return _recorder().dataset(name, path, description)
    finally:
        os.unlink(path)
        os.rmdir(os.path.dirname(path))


def publish(message, deploy=False):
    """Registers the models that the script wrote in the model library, with the message; deploy=True lets each answer requests under its name.
    Outside of a step it happens at once where FLOWS_SERVER is set, else with the next `flows sync`."""
    return _recorder().publish(message, deploy)


def model(name, model, label, features, example=None, task=None, label_type=None):
    """Writes a scikit-learn model (anything with predict) as a model output that Flows can evaluate, register and deploy.

    features: names of the columns in the order the model takes them. Text columns are those whose example is a text.
    """
    classes = [str(_plain(c)) for c in getattr(model, "classes_", [])]
    task = task or ("classification" if classes else "regression")
    if label_type is None:
        numbers = all(not isinstance(_plain(c), str) for c in getattr(model, "classes_", []))
        label_type = "number" if numbers else "text"
    example = {key: _plain(example[key]) for key in features} if example is not None else None
    kinds = ["text" if example is not None and isinstance(example[key], str) else "number" for key in features]
    facts = {
        "format": "sklearn", "task": task, "label": label, "labelType": label_type, "classes": classes,
        "features": [{"name": key, "type": kind} for key, kind in zip(features, kinds)],
        "trainer": type(model).__name__, "example": example,
        "python": sys.version.split()[0], "sklearn": getattr(sys.modules.get("sklearn"), "__version__", None),
    }
    folder = output(name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "model.pkl"), "wb") as file:
        pickle.dump(model, file, protocol=4)
    with open(os.path.join(folder, "facts.json"), "w", encoding="utf-8") as file:
        json.dump({key: value for key, value in facts.items() if value is not None}, file, indent=1)
    _recorder().model(name, folder, {key: value for key, value in facts.items() if value is not None})


def _plain(value):
    """A numpy scalar as Python's own; a whole number without a fraction."""
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def say(text):
    """A line for the person who reads the log."""
    print("flows: " + text, file=sys.stderr, flush=True)


def _recorder():
    # From the second call on it is called itself.
    global _recorder
    from .current import current as _recorder
    return _recorder()


def _in_step():
    return "FLOWS_STEP_ID" in os.environ


def _csv(name, rows):
    import tempfile
    # In a step beside its outputs, in the step's own folder.
    outputs = os.environ.get("FLOWS_OUTPUT_DIR")
    path = os.path.join(tempfile.mkdtemp(prefix=".flows-", dir=outputs and os.path.dirname(outputs)), re.sub(r"[^A-Za-z0-9._-]", "_", name) + ".csv")
    rows = list(rows)
    columns = list(rows[0]) if rows and isinstance(rows[0], dict) else None
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if columns:
            writer.writerow(columns)
        writer.writerows([[row.get(column) for column in columns] if columns else row for row in rows])
    return path
