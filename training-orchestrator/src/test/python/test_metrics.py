"""Metrics, beside scikit-learn's."""

from typing import Any

import numpy as np
import pytest
from sklearn import metrics as reference

from matih_training.metrics import area_under_curve, f1, metrics_of


def of_classes(target: Any, probabilities: Any) -> dict[str, float]:
    """What scikit-learn says about class numbers and their probabilities."""
    truth, scores = np.asarray(target), np.asarray(probabilities, dtype=np.float64)
    predicted = scores.argmax(axis=1)
    found = {
        "accuracy": reference.accuracy_score(truth, predicted),
        "logloss": reference.log_loss(truth, scores, labels=range(scores.shape[1])),
    }
    if scores.shape[1] > 2:
        return found | {"f1_macro": reference.f1_score(truth, predicted, average="macro", zero_division=0)}
    return found | {
        "auc": reference.roc_auc_score(truth, scores[:, 1]),
        "f1": reference.f1_score(truth, predicted, zero_division=0),
        "brier": reference.brier_score_loss(truth, scores[:, 1]),
    }


def binary(*positive: float) -> Any:
    return [[1 - value, value] for value in positive]


GENERATOR = np.random.default_rng(1)
CLASSIFICATIONS: dict[str, tuple[Any, Any]] = {
    # Rounded, so that many scores are equal.
    "two classes": (GENERATOR.integers(0, 2, 300), binary(*(GENERATOR.random(300).round(1) * 0.98 + 0.01))),
    "two classes in 32 bits": (GENERATOR.integers(0, 2, 300), np.float32(binary(*GENERATOR.random(300)))),
    "two classes, one row of one": ([0, 0, 0, 1], binary(0.2, 0.7, 0.1, 0.6)),
    "two classes, one never answered": ([0, 1, 0, 1], binary(0.2, 0.3, 0.1, 0.4)),
    "two classes, every score the same": ([0, 1, 0, 1], binary(0.5, 0.5, 0.5, 0.5)),
    "two classes, certain and right": ([0, 1, 1], binary(0, 1, 1)),
    "two classes, certain and wrong": ([0, 1, 1], binary(1, 0, 1)),
    "four classes": (GENERATOR.integers(0, 4, 200), GENERATOR.dirichlet(np.ones(4), 200)),
    "four classes, two neither held out nor answered": ([0, 1, 1], [[0.7, 0.3, 0, 0], [0.2, 0.8, 0, 0], [0.6, 0.4, 0, 0]]),
    "four classes, one answered but not held out": ([0, 1, 1], [[0.7, 0.3, 0, 0], [0, 0.2, 0.8, 0], [0.1, 0.9, 0, 0]]),
    "four classes, one held out but not answered": ([0, 1, 3], [[0.7, 0.3, 0, 0], [0.2, 0.8, 0, 0], [0.6, 0.4, 0, 0]]),
    "four classes, one of them held out": ([2, 2], [[0, 0, 1, 0], [0.1, 0.1, 0.7, 0.1]]),
    "four classes, every score the same": ([0, 1, 2, 3], [[0.25] * 4] * 4),
    "four classes, a single row": ([1], [[0.1, 0.6, 0.2, 0.1]]),
    "four classes, certain and wrong": ([0, 1], [[0, 1, 0, 0], [0, 0, 0, 1]]),
}
REGRESSIONS: dict[str, tuple[Any, Any]] = {
    "numbers": (GENERATOR.normal(size=100), GENERATOR.normal(size=100)),
    "millions": (1e6 + GENERATOR.normal(size=100), 1e6 + GENERATOR.normal(size=100)),
    "millionths": (1e-6 * GENERATOR.normal(size=100), 1e-6 * GENERATOR.normal(size=100)),
    "a constant target, met": ([3.0] * 5, [3.0] * 5),
    "a constant target, missed": ([3.0] * 5, [3.0] * 4 + [4.0]),
    "a constant answer": ([1.0, 2.0, 3.0], [2.0] * 3),
    "everything right": ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
    "worse than the mean": ([1.0, 2.0, 3.0], [30.0, 2.0, -10.0]),
}


@pytest.mark.parametrize("case", CLASSIFICATIONS)
def test_metrics_of_classes_are_those_of_scikit_learn(case: str) -> None:
    target, probabilities = CLASSIFICATIONS[case]

    found = metrics_of(np.asarray(target, dtype=np.float32), np.asarray(probabilities), np.shape(probabilities)[1])

    assert found == pytest.approx(of_classes(target, probabilities), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("case", REGRESSIONS)
def test_metrics_of_numbers_are_those_of_scikit_learn(case: str) -> None:
    target, guess = (np.asarray(numbers) for numbers in REGRESSIONS[case])

    assert metrics_of(target, guess, 0) == pytest.approx(
        {
            "rmse": reference.root_mean_squared_error(target, guess),
            "mae": reference.mean_absolute_error(target, guess),
            "r2": reference.r2_score(target, guess),
        },
        rel=1e-9,
        abs=1e-12,
    )


def test_a_single_number_explains_nothing() -> None:
    assert metrics_of(np.array([2.0]), np.array([3.0]), 0) == {"rmse": 1.0, "mae": 1.0}


def test_nothing_found_is_no_f1() -> None:
    assert f1(np.array([True, False]), np.array([False, False])) == 0.0


def test_one_class_has_no_curve() -> None:
    with pytest.raises(ValueError, match="both classes"):
        area_under_curve(np.array([True, True]), np.array([0.1, 0.2]))
