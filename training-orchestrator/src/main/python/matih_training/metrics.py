"""How good scores are, measured against the target, as scikit-learn measures it; docs/reference/modelling.md has the formulas."""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
# Every metric, and which way it improves.
LARGER_IS_BETTER = {
    "accuracy": True,
    "logloss": False,
    "auc": True,
    "f1": True,
    "brier": False,
    "f1_macro": True,
    "rmse": False,
    "mae": False,
    "r2": True,
}
_SMALLEST_PROBABILITY = float(np.finfo(np.float64).eps)


def metrics_of(target: Numbers, scores: Numbers, classes: int) -> dict[str, float]:
    """The metrics of the task; `classes` is 0 for regression."""
    return classification_metrics(target, scores) if classes else regression_metrics(target, scores)


def names_of(classes: int) -> tuple[str, ...]:
    """The metrics that a model of so many classes has; 0 is a regression."""
    if classes == 0:
        return "rmse", "mae", "r2"
    return ("accuracy", "logloss", "auc", "f1", "brier") if classes == 2 else ("accuracy", "logloss", "f1_macro")


def classification_metrics(target: Numbers, probabilities: Numbers) -> dict[str, float]:
    """Metrics of class numbers against probabilities `[rows, classes]`; the positive class of two is the second."""
    numbers = target.astype(np.int64)
    classes = probabilities.shape[1]
    predicted = np.argmax(probabilities, axis=1)
    chosen = np.clip(probabilities[np.arange(len(numbers)), numbers].astype(np.float64), _SMALLEST_PROBABILITY, 1.0)
    metrics = {"accuracy": float(np.mean(predicted == numbers)), "logloss": float(-np.mean(np.log(chosen)))}
    if classes == 2:
        positive = probabilities[:, 1].astype(np.float64)
        metrics["auc"] = area_under_curve(numbers == 1, positive)
        metrics["f1"] = f1(numbers == 1, predicted == 1)
        metrics["brier"] = float(np.mean((positive - numbers) ** 2))
    else:
        # A class that is in neither the rows nor the answers says nothing of either.
        seen = np.union1d(numbers, predicted)
        metrics["f1_macro"] = float(np.mean([f1(numbers == number, predicted == number) for number in seen]))
    return metrics


def regression_metrics(target: Numbers, predicted: Numbers) -> dict[str, float]:
    """Metrics of numbers. A single row has no `r2`; where the target does not vary, it is 1 without any error, else 0."""
    truth, guess = target.astype(np.float64), predicted.astype(np.float64)
    error = truth - guess
    metrics = {"rmse": float(np.sqrt(np.mean(error**2))), "mae": float(np.mean(np.abs(error)))}
    if len(truth) > 1:
        missed, spread = float(np.sum(error**2)), float(np.sum((truth - truth.mean()) ** 2))
        metrics["r2"] = 1.0 - missed / spread if spread > 0 else float(missed == 0)
    return metrics


def area_under_curve(positive: npt.NDArray[np.bool_], scores: Numbers) -> float:
    """Area under the ROC curve by ranks; equal scores share their mean rank."""
    positives = int(np.count_nonzero(positive))
    negatives = len(positive) - positives
    if positives == 0 or negatives == 0:
        raise ValueError("the area under the curve needs both classes")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean_rank = last - (counts - 1) / 2
    return float((np.sum(mean_rank[place[positive]]) - positives * (positives + 1) / 2) / (positives * negatives))


def f1(truth: npt.NDArray[np.bool_], predicted: npt.NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall; 0 when nothing was found."""
    found = int(np.count_nonzero(truth & predicted))
    total = int(np.count_nonzero(truth)) + int(np.count_nonzero(predicted))
    return 2 * found / total if found else 0.0
