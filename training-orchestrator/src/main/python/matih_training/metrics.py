"""How good scores are, measured against the target."""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
_SMALLEST_PROBABILITY = 1e-15


def metrics_of(target: Numbers, scores: Numbers, classes: int) -> dict[str, float]:
    """The metrics of the task; `classes` is 0 for regression."""
    return classification_metrics(target, scores) if classes else regression_metrics(target, scores)


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
        metrics["f1_macro"] = float(np.mean([f1(numbers == number, predicted == number) for number in range(classes)]))
    return metrics


def regression_metrics(target: Numbers, predicted: Numbers) -> dict[str, float]:
    """Metrics of numbers; `r2` is 0 when the target does not vary."""
    truth, guess = target.astype(np.float64), predicted.astype(np.float64)
    error = truth - guess
    spread = float(np.sum((truth - truth.mean()) ** 2))
    return {
        "rmse": float(np.sqrt(np.mean(error**2))),
        "mae": float(np.mean(np.abs(error))),
        "r2": 1.0 - float(np.sum(error**2)) / spread if spread > 0 else 0.0,
    }


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
