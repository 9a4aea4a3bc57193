"""The evaluation for people: where the model errs, how far its probabilities hold, and which columns it lives on.

All of the held-out rows, each counted once; docs/reference/modelling.md says what the parts mean.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matih_training.metrics import Numbers, area_under_curve, f1, metrics_of
from matih_training.native_model import NativeModel
from matih_training.preprocessing import matrix_places
from matih_training.shards import Part

BINS = 10
THRESHOLDS = tuple(round(number / 20, 2) for number in range(1, 20))
QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
IMPORTANCE_ROWS, IMPORTANCE_REPEATS, IMPORTANCE_SECONDS = 5_000, 3, 15.0

Truth = npt.NDArray[np.bool_]


def report(
    model: NativeModel, part: Part, scores: Numbers, seed: int, clock: Callable[[], float] = time.monotonic
) -> dict[str, Any]:
    """The whole document; `scores` are the model's of the part."""
    document: dict[str, Any] = {"rows": len(part)}
    if model.classes:
        document |= _of_classes(part.target.astype(np.int64), scores.astype(np.float64), model.classes)
    else:
        document["residuals"] = residuals(part.target.astype(np.float64), scores.astype(np.float64))
    return document | {"importance": importance(model, part, seed, clock)}


def _of_classes(numbers: npt.NDArray[np.int64], probabilities: Numbers, classes: Sequence[Any]) -> dict[str, Any]:
    predicted = np.argmax(probabilities, axis=1)
    matrix = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(matrix, (numbers, predicted), 1)
    ranking = [_ranking(numbers == number, probabilities[:, number]) for number in range(len(classes))]
    document: dict[str, Any] = {
        "classes": list(classes),
        "confusion_matrix": matrix.tolist(),
        "per_class": [
            {"class": label, **_found(numbers == number, predicted == number), **ranking[number]}
            for number, label in enumerate(classes)
        ],
    }
    if len(classes) == 2:
        positive = numbers == 1
        scores = probabilities[:, 1]
        document |= ranking[1]
        document["thresholds"] = [{"threshold": value, **_found(positive, scores >= value)} for value in THRESHOLDS]
        return document | {"calibration": calibration(positive, scores)}
    for name in ("roc_auc", "pr_auc"):
        values = [entry[name] for entry in ranking if name in entry]
        if values:
            document[f"{name}_macro"] = float(np.mean(values))
    return document | {"calibration": calibration(predicted == numbers, probabilities.max(axis=1))}


def _found(truth: Truth, predicted: Truth) -> dict[str, Any]:
    """How a yes agrees with the truth; a share of nothing is 0."""
    hits = int(np.count_nonzero(truth & predicted))
    said, there = int(np.count_nonzero(predicted)), int(np.count_nonzero(truth))
    return {
        "precision": hits / said if said else 0.0,
        "recall": hits / there if there else 0.0,
        "f1": f1(truth, predicted),
        "rows": there,
        "predicted": said,
    }


def _ranking(truth: Truth, scores: Numbers) -> dict[str, float]:
    """Areas under both curves; none where one side has no rows."""
    if truth.all() or not truth.any():
        return {}
    return {"roc_auc": area_under_curve(truth, scores), "pr_auc": average_precision(truth, scores)}


def average_precision(truth: Truth, scores: Numbers) -> float:
    """Precision at each score that there is, weighed by how much recall it adds."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    # Rows of one score come together.
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    added = np.diff(hits[ends], prepend=0)
    return float(np.sum(added * hits[ends] / (ends + 1)) / hits[-1])


def calibration(truth: Truth, scores: Numbers) -> dict[str, Any]:
    """Whether of the rows with a probability of 0.7 seven in ten are true, bin by bin of the probability."""
    place = np.clip((scores * BINS).astype(int), 0, BINS - 1)
    bins = []
    for number in range(BINS):
        inside = place == number
        entry: dict[str, Any] = {"from": number / BINS, "to": (number + 1) / BINS, "rows": int(np.count_nonzero(inside))}
        if inside.any():
            entry |= {"mean_probability": float(np.mean(scores[inside])), "share_true": float(np.mean(truth[inside]))}
        bins.append(entry)
    apart = sum(entry["rows"] * abs(entry["mean_probability"] - entry["share_true"]) for entry in bins if entry["rows"])
    return {
        "brier": float(np.mean((scores - truth) ** 2)),
        "expected_calibration_error": float(apart / len(scores)),
        "bins": bins,
    }


def residuals(target: Numbers, predicted: Numbers) -> dict[str, Any]:
    """Truth minus answer: its distribution, and its mean where the answers are small and where they are large."""
    errors = target - predicted
    order = np.argsort(predicted, kind="stable")
    return {
        "mean": float(np.mean(errors)),
        "std": float(np.std(errors)),
        "quantiles": {str(share): float(value) for share, value in zip(QUANTILES, np.quantile(errors, QUANTILES), strict=True)},
        "absolute_quantiles": {
            str(share): float(value) for share, value in zip(QUANTILES, np.quantile(np.abs(errors), QUANTILES), strict=True)
        },
        "by_prediction": [
            {
                "from": float(predicted[rows[0]]),
                "to": float(predicted[rows[-1]]),
                "rows": len(rows),
                "mean": float(np.mean(errors[rows])),
                "mean_absolute": float(np.mean(np.abs(errors[rows]))),
            }
            for rows in np.array_split(order, BINS)
            if len(rows)
        ],
    }


def importance(model: NativeModel, part: Part, seed: int, clock: Callable[[], float]) -> dict[str, Any]:
    """How much worse the model gets when a column's values change places among the rows.

    Ends when its time is over; the columns are taken in the order of the table, and those that are left are told.
    """
    metric = "logloss" if model.classes else "rmse"
    generator = np.random.default_rng(seed)
    rows = np.sort(generator.permutation(len(part))[:IMPORTANCE_ROWS])
    matrix, target = part.matrix[rows], part.target[rows]

    def loss(of: Any) -> float:
        return metrics_of(target, model.score(of), len(model.classes))[metric]

    until, base = clock() + IMPORTANCE_SECONDS, loss(matrix)
    found, left = [], 0
    for name, place in matrix_places(model.preprocessing).items():
        if clock() > until:
            left += 1
            continue
        worse = []
        for _ in range(IMPORTANCE_REPEATS):
            mixed = matrix.copy()
            mixed[:, place] = matrix[generator.permutation(len(matrix)), place]
            worse.append(loss(mixed) - base)
        found.append({"column": name, "mean": float(np.mean(worse)), "std": float(np.std(worse))})
    return {
        "metric": metric,
        "rows": len(rows),
        "repeats": IMPORTANCE_REPEATS,
        "columns": sorted(found, key=lambda entry: -entry["mean"]),
        "columns_left_out": left,
    }
