"""Hyperparameters: defaults, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from matih_training import algorithms
from matih_training.failure import FailureCode, JobFailure


def test_defaults_are_filled_in() -> None:
    assert algorithms.entry("xgboost").resolve("classification", 2, {"max_depth": 3}) == {
        "num_boost_round": 100,
        "max_depth": 3,
        "learning_rate": 0.3,
        "validation_fraction": 0.1,
    }
    assert algorithms.entry("random_forest").resolve("classification", 2, {})["max_features"] == "sqrt"
    assert algorithms.entry("random_forest").resolve("regression", 0, {})["max_features"] == 1.0


@pytest.mark.parametrize(
    ("rows", "classes", "leaf"), [(100, 2, 1), (39_999, 2, 1), (40_000, 2, 2), (264_000, 2, 13), (30_000, 10, 7), (16_000, 0, 2)]
)
def test_a_forest_of_many_rows_has_larger_leaves(rows: int, classes: int, leaf: int) -> None:
    defaults = algorithms.get("random_forest").defaults(rows, classes)
    resolve = algorithms.entry("random_forest").resolve
    task = "classification" if classes else "regression"

    assert resolve(task, classes, {}, defaults)["min_samples_leaf"] == leaf
    assert resolve(task, classes, {"min_samples_leaf": 3}, defaults)["min_samples_leaf"] == 3


@pytest.mark.parametrize(
    ("algorithm", "task", "classes", "asked", "words"),
    [
        ("xgboost", "classification", 2, {"objective": "x"}, "no hyperparameter 'objective'"),
        ("xgboost", "classification", 2, {"n_estimators": 5}, "no hyperparameter 'n_estimators'"),
        ("xgboost", "classification", 2, {"max_depth": 2.5}, "'max_depth' must be an integer from 0 to 30"),
        ("xgboost", "classification", 2, {"max_depth": True}, "'max_depth' must be"),
        ("xgboost", "classification", 2, {"max_depth": "6"}, "'max_depth' must be"),
        ("xgboost", "classification", 2, {"num_boost_round": 0}, "'num_boost_round' must be"),
        ("xgboost", "classification", 2, {"learning_rate": 0}, "'learning_rate' must be a number above 0 up to 1"),
        ("xgboost", "classification", 2, {"subsample": float("nan")}, "'subsample' must be"),
        ("xgboost", "classification", 2, {"grow_policy": ["depthwise"]}, "'grow_policy' must be one of"),
        ("xgboost", "classification", 3, {"scale_pos_weight": 2}, "two classes"),
        ("xgboost", "regression", 0, {"scale_pos_weight": 2}, "two classes"),
        ("random_forest", "classification", 2, {"max_features": "auto"}, "'max_features' must be"),
        ("random_forest", "classification", 2, {"max_features": 3}, "'max_features' must be"),
        ("random_forest", "regression", 0, {"class_weight": "balanced"}, "belongs to classification"),
    ],
)
def test_refuses_what_the_algorithm_does_not_have(
    algorithm: str, task: str, classes: int, asked: dict[str, Any], words: str
) -> None:
    with pytest.raises(JobFailure) as caught:
        algorithms.entry(algorithm).resolve(task, classes, asked)

    assert caught.value.code == FailureCode.INVALID_HYPERPARAMETERS
    assert words in caught.value.message


CASES = json.loads((Path(__file__).parent.parent / "resources" / "hyperparameter-cases.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case["hyperparameters"]))
def test_checks_as_the_orchestrator_does(case: dict[str, Any]) -> None:
    """The same cases are checked in Java, in `AlgorithmsTests`."""
    entry, asked = algorithms.entry(case["algorithm"]), case["hyperparameters"]
    classes = 2 if case["task"] == "classification" else 0
    name = next(iter(asked))
    if "must_be" not in case and "has" not in case:
        assert asked.items() <= entry.resolve(case["task"], classes, asked).items()
        return
    with pytest.raises(JobFailure) as caught:
        entry.resolve(case["task"], classes, asked)
    assert caught.value.message == (
        f"hyperparameter '{name}' must be {case['must_be']}"
        if "must_be" in case
        else f"{entry.name} has no hyperparameter '{name}'; it has {case['has']}"
    )
