"""Metrics, beside scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics as reference

from matih_training.metrics import area_under_curve, classification_metrics, f1, regression_metrics


@pytest.mark.parametrize("seed", range(5))
def test_binary_metrics_equal_scikit_learn(seed: int) -> None:
    generator = np.random.default_rng(seed)
    target = generator.integers(0, 2, 300)
    # Rounded, so that many scores are equal.
    positive = generator.random(300).round(1) * 0.98 + 0.01
    found = classification_metrics(target.astype(np.float32), np.column_stack([1 - positive, positive]))

    predicted = (positive > 0.5).astype(int)
    assert found == pytest.approx(
        {
            "auc": reference.roc_auc_score(target, positive),
            "logloss": reference.log_loss(target, positive),
            "accuracy": reference.accuracy_score(target, predicted),
            "f1": reference.f1_score(target, predicted),
            "brier": reference.brier_score_loss(target, positive),
        }
    )


def test_multi_class_metrics_equal_scikit_learn() -> None:
    generator = np.random.default_rng(1)
    target = generator.integers(0, 4, 200)
    probabilities = generator.dirichlet(np.ones(4), 200)
    predicted = probabilities.argmax(axis=1)

    assert classification_metrics(target, probabilities) == pytest.approx(
        {
            "accuracy": reference.accuracy_score(target, predicted),
            "logloss": reference.log_loss(target, probabilities),
            "f1_macro": reference.f1_score(target, predicted, average="macro"),
        }
    )


def test_regression_metrics_equal_scikit_learn() -> None:
    generator = np.random.default_rng(2)
    target, guess = generator.normal(size=100), generator.normal(size=100)

    assert regression_metrics(target, guess) == pytest.approx(
        {
            "rmse": reference.root_mean_squared_error(target, guess),
            "mae": reference.mean_absolute_error(target, guess),
            "r2": reference.r2_score(target, guess),
        }
    )


def test_a_certain_and_wrong_answer_has_a_finite_loss() -> None:
    assert np.isfinite(classification_metrics(np.array([1.0, 0.0]), np.array([[1.0, 0.0], [1.0, 0.0]]))["logloss"])


def test_a_target_that_does_not_vary_has_no_explained_part() -> None:
    assert regression_metrics(np.ones(5), np.ones(5))["r2"] == 0.0


def test_nothing_found_is_no_f1() -> None:
    assert f1(np.array([True, False]), np.array([False, False])) == 0.0


def test_one_class_has_no_curve() -> None:
    with pytest.raises(ValueError, match="both classes"):
        area_under_curve(np.array([True, True]), np.array([0.1, 0.2]))
