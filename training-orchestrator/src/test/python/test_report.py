"""The report of an evaluation says what scikit-learn says of the same answers."""

import json
from typing import Any

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
)

from matih_training.native_model import NativeModel, encode
from matih_training.report import THRESHOLDS, average_precision, calibration, report, residuals
from matih_training.shards import Part
from test_model import target_of, trained


def reported(target: str) -> tuple[dict[str, Any], Part, Any, NativeModel]:
    model, frame = trained("xgboost", target)
    part = Part(encode(frame, model.preprocessing), target_of(target))
    scores = model.score(part.matrix)
    return report(model, part, scores, seed=3), part, scores, model


@pytest.mark.parametrize("target", ["late", "verdict"])
def test_a_classification_is_told_as_scikit_learn_tells_it(target: str) -> None:
    found, part, scores, model = reported(target)
    predicted = np.argmax(scores, axis=1)

    assert found["rows"] == len(part)
    assert found["classes"] == model.classes
    assert found["confusion_matrix"] == confusion_matrix(part.target, predicted).tolist()
    expected = precision_recall_fscore_support(part.target, predicted)
    for number, name in enumerate(("precision", "recall", "f1", "rows")):
        assert [entry[name] for entry in found["per_class"]] == pytest.approx(expected[number])
    for number, entry in enumerate(found["per_class"]):
        truth = part.target == number
        assert entry["roc_auc"] == pytest.approx(roc_auc_score(truth, scores[:, number]))
        assert entry["pr_auc"] == pytest.approx(average_precision_score(truth, scores[:, number]))
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_two_classes_have_thresholds_and_a_calibration() -> None:
    found, part, scores, _ = reported("late")
    positive = part.target == 1

    assert [entry["threshold"] for entry in found["thresholds"]] == list(THRESHOLDS)
    for entry in found["thresholds"]:
        said = scores[:, 1] >= entry["threshold"]
        assert entry["recall"] == pytest.approx(np.mean(said[positive]))
        assert entry["precision"] == pytest.approx(np.mean(positive[said]))
    assert found["calibration"]["brier"] == pytest.approx(brier_score_loss(positive, scores[:, 1]))
    filled = [entry for entry in found["calibration"]["bins"] if entry["rows"]]
    share, mean = calibration_curve(positive, scores[:, 1], n_bins=10)
    assert [entry["share_true"] for entry in filled] == pytest.approx(share.tolist())
    assert [entry["mean_probability"] for entry in filled] == pytest.approx(mean.tolist(), rel=1e-5)
    assert sum(entry["rows"] for entry in found["calibration"]["bins"]) == len(part)
    assert 0 <= found["calibration"]["expected_calibration_error"] <= 1


def test_equal_scores_come_together() -> None:
    truth, scores = np.array([True, False, True, False]), np.array([0.5, 0.5, 0.5, 0.1])

    assert average_precision(truth, scores) == pytest.approx(average_precision_score(truth, scores)) == pytest.approx(2 / 3)


def test_a_certain_answer_is_in_the_last_bin() -> None:
    assert calibration(np.array([True]), np.array([1.0]))["bins"][-1] == {
        "from": 0.9,
        "to": 1.0,
        "rows": 1,
        "mean_probability": 1.0,
        "share_true": 1.0,
    }


def test_a_class_that_is_not_held_out_has_no_area() -> None:
    model, frame = trained("xgboost", "verdict")
    matrix, target = encode(frame, model.preprocessing), target_of("verdict")
    part = Part(matrix[target != 1], target[target != 1])

    found = report(model, part, model.score(part.matrix), seed=3)

    assert "roc_auc" not in found["per_class"][1]
    assert (found["per_class"][1]["rows"], found["per_class"][1]["recall"]) == (0, 0.0)
    assert found["roc_auc_macro"] == pytest.approx(np.mean([found["per_class"][number]["roc_auc"] for number in (0, 2)]))


def test_a_regression_tells_its_residuals() -> None:
    found, part, scores, _ = reported("delay")
    errors = part.target - scores

    told = found["residuals"]
    assert told["quantiles"]["0.05"] == pytest.approx(np.quantile(errors, 0.05), rel=1e-5)
    assert told["absolute_quantiles"]["0.95"] == pytest.approx(np.quantile(np.abs(errors), 0.95), rel=1e-5)
    assert sum(entry["rows"] for entry in told["by_prediction"]) == len(part)
    assert json.dumps(found, allow_nan=False)
    assert residuals(np.array([1.0]), np.array([2.0]))["mean"] == -1.0


def test_importance_finds_the_column_that_decides() -> None:
    found, _, _, _ = reported("late")

    columns = [entry["column"] for entry in found["importance"]["columns"]]
    assert columns[0] == "hour"
    assert set(columns) == {"temp", "hour", "carrier", "holiday"}
    assert found["importance"]["columns"][0]["mean"] > 0.2
    assert found["importance"]["columns_left_out"] == 0


def test_importance_ends_when_its_time_is_over() -> None:
    model, frame = trained("xgboost", "late")
    part = Part(encode(frame, model.preprocessing), target_of("late"))
    ticks = iter([0.0, 1.0, 16.0, 17.0, 18.0])

    found = report(model, part, model.score(part.matrix), seed=3, clock=lambda: next(ticks))["importance"]

    assert len(found["columns"]) == 1
    assert found["columns_left_out"] == 3
