"""The one rule by which two engines' answers are those of one model; docs/reference/model-bundle.md explains it."""

from typing import Any

import numpy as np
import numpy.typing as npt

TOLERANCE = 1e-4
# Numbers are sums of leaves in 32 bits: an answer above 64 times the scale is judged by its own size.
_ANSWER_PER_SCALE = 64

Answers = npt.NDArray[Any]


def distances(expected: Answers, answered: Answers, scale: float) -> npt.NDArray[np.float64]:
    """How far apart each row is, comparable with the tolerance; infinite where there is no number.

    Probabilities `[rows, classes]` are compared as they are, numbers `[rows]` in units of the scale.
    """
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        apart = np.abs(expected.astype(np.float64) - answered.astype(np.float64))
        if expected.ndim == 1:
            unit = np.maximum(scale, np.abs(expected.astype(np.float64)) / _ANSWER_PER_SCALE)
            apart = np.where(apart == 0, 0.0, apart / unit)
    apart = np.where(np.isnan(apart), np.inf, apart)
    return apart if expected.ndim == 1 else np.asarray(np.max(apart, axis=1, initial=0.0))


def agreeing(expected: Answers, answered: Answers, scale: float, labels: Answers | None = None) -> npt.NDArray[np.bool_]:
    """Which rows agree within the tolerance.

    `labels` are the class numbers that the other engine answered, by default those of its greatest probabilities. Two
    classes closer than the tolerance are a tie, which rounding may break either way.
    """
    close = np.asarray(distances(expected, answered, scale) <= TOLERANCE)
    if expected.ndim == 1:
        return close
    chosen = np.argmax(answered, axis=1) if labels is None else labels
    same: npt.NDArray[np.bool_] = (chosen == np.argmax(expected, axis=1)) | (margins(expected) <= TOLERANCE)
    return np.logical_and(close, same)


def margins(probabilities: Answers) -> npt.NDArray[Any]:
    """The distance of the greatest probability to the next one."""
    ordered = np.sort(probabilities, axis=1)
    return np.asarray(ordered[:, -1] - ordered[:, -2])
