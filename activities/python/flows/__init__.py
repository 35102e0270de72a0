"""Inputs, outputs, parameters and figures of a Flows step. Standard library only.

    import flows

    C = flows.param("C", 1.0)                       # a number, because the default is one
    for row in flows.rows("rows"): ...              # or pandas.read_csv(flows.input("rows"))
    flows.metric("accuracy", 0.98)
    flows.model("model", classifier, label="digit", features=[...], example=row)
"""

import csv
import json
import os
import pickle
import re
import sys

__all__ = ["input", "rows", "output", "table", "param", "metric", "model", "secret", "value"]

_metrics = {}


def _variable(prefix, name):
    return prefix + re.sub(r"[^A-Za-z0-9]", "_", name).upper()


def input(name):
    """Path of an input: a CSV file with a header for a table, the file or folder itself for everything else."""
    path = os.environ.get(_variable("FLOWS_INPUT_", name))
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
    return os.path.join(os.environ.get("FLOWS_OUTPUT_DIR", "."), name)


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


def metric(name, value):
    """A figure of the step, for example metric("accuracy", 0.98). The last value of a name counts."""
    _metrics[name] = float(value)
    path = output("metrics.json")
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump({key: value if value == value and abs(value) != float("inf") else str(value) for key, value in _metrics.items()}, file)
    os.replace(path + ".part", path)
    print(f"{name} = {value}")


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


def _plain(value):
    """A numpy scalar as Python's own; a whole number without a fraction."""
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() else value
