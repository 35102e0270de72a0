"""Asks a model for every row of a CSV file: python -m flows.answer MODEL FACTS.json ROWS.csv ANSWERS.csv"""

import csv
import json
import os
import pickle
import sys


def load(path):
    if os.path.isdir(path):
        path = os.path.join(path, "model.pkl")
    with open(path, "rb") as file:
        return pickle.load(file)


def main():
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    model_path, facts_path, rows_path, answers_path = sys.argv[1:5]
    with open(facts_path, encoding="utf-8") as file:
        facts = json.load(file)
    kinds = [feature["type"] for feature in facts["features"]]
    with open(rows_path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        next(reader)
        rows = [[cell if kind == "text" else float(cell or "nan") for cell, kind in zip(row, kinds)] for row in reader]
    model = load(model_path)
    answers = list(model.predict(rows)) if rows else []
    scores = probabilities(model, rows) if facts["task"] == "classification" else None
    with open(answers_path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["prediction"] + (["score_" + name for name in facts["classes"]] if scores is not None else []))
        for index, answer in enumerate(answers):
            writer.writerow([answer] + (list(scores[index]) if scores is not None else []))


def probabilities(model, rows):
    """None where the model gives none: an SVC without probability=True, for example."""
    try:
        return model.predict_proba(rows) if rows else []
    except AttributeError:
        return None


if __name__ == "__main__":
    main()
