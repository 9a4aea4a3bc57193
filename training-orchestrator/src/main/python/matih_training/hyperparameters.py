"""Hyperparameters: what may be asked of each algorithm, and the defaults."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from matih_training.failure import FailureCode, JobFailure

_Check = Callable[[object], bool]


@dataclass(frozen=True)
class _Rule:
    """When a value is allowed, and how that is told to a person."""

    allows: _Check
    words: str


def _whole(low: int, high: int) -> _Rule:
    return _Rule(
        lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high,
        f"an integer from {low} to {high}",
    )


def _real(low: float, high: float, *, above: bool = False) -> _Rule:
    def allows(value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (low < value if above else low <= value) and value <= high

    return _Rule(allows, f"a number {'above' if above else 'from'} {low:g} {'up ' if above else ''}to {high:g}")


def _choice(*values: str) -> _Rule:
    return _Rule(lambda value: value in values, f"one of {', '.join(values)}")


_XGBOOST = {
    "num_boost_round": _whole(1, 10_000),
    "max_depth": _whole(0, 30),
    "learning_rate": _real(0, 1, above=True),
    "min_child_weight": _real(0, 1e9),
    "gamma": _real(0, 1e9),
    "subsample": _real(0, 1, above=True),
    "colsample_bytree": _real(0, 1, above=True),
    "colsample_bylevel": _real(0, 1, above=True),
    "colsample_bynode": _real(0, 1, above=True),
    "reg_alpha": _real(0, 1e9),
    "reg_lambda": _real(0, 1e9),
    "max_delta_step": _real(0, 1e9),
    "scale_pos_weight": _real(0, 1e9, above=True),
    "max_bin": _whole(2, 65_536),
    "max_leaves": _whole(0, 1_000_000),
    "grow_policy": _choice("depthwise", "lossguide"),
}
_FOREST = {
    "n_estimators": _whole(1, 10_000),
    "max_depth": _whole(1, 30),
    "min_samples_split": _whole(2, 1_000_000),
    "min_samples_leaf": _whole(1, 1_000_000),
    "max_features": _Rule(
        lambda value: value in ("sqrt", "log2") if isinstance(value, str) else _real(0, 1, above=True).allows(value),
        "sqrt, log2 or a fraction",
    ),
    "max_samples": _real(0, 1, above=True),
    "class_weight": _choice("balanced"),
}


def resolve(algorithm: str, task: str, classes: int, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The complete hyperparameters: what was asked, checked, over the defaults. `classes` is 0 for regression."""
    rules = _XGBOOST if algorithm == "xgboost" else _FOREST
    for name, value in asked.items():
        rule = rules.get(name)
        if rule is None:
            raise _invalid(f"{algorithm} has no hyperparameter '{name}'; it has {', '.join(sorted(rules))}")
        if not rule.allows(value):
            raise _invalid(f"hyperparameter '{name}' must be {rule.words}")
    if algorithm == "xgboost":
        if "scale_pos_weight" in asked and classes != 2:
            raise _invalid("hyperparameter 'scale_pos_weight' belongs to classification with two classes")
        return {"num_boost_round": 100, "max_depth": 6, "learning_rate": 0.1} | dict(asked)
    if "class_weight" in asked and task == "regression":
        raise _invalid("hyperparameter 'class_weight' belongs to classification")
    default_features = "sqrt" if task == "classification" else 1.0
    defaults = {
        "n_estimators": 100,
        "max_depth": 10,
        "min_samples_split": 2,
        "min_samples_leaf": 5,
        "max_features": default_features,
    }
    return defaults | dict(asked)


def _invalid(message: str) -> JobFailure:
    return JobFailure(FailureCode.INVALID_HYPERPARAMETERS, message)
