"""The target column and the parts to learn from and to judge by."""

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from matih_training.failure import FailureCode, JobFailure
from matih_training.specification import Split
from matih_training.split import split_rows
from matih_training.target import MAX_CLASSES, read_target

SPLIT = Split(strategy="random", test_size=0.25, seed=1, time_column=None)


def column(values: list[Any], kind: pa.DataType | None = None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, kind)])


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([0, 1] * 20, (0, 1)),
        ([True, False] * 20, (False, True)),
        ([3.0, 5.0] * 20, (3, 5)),
        (["no", "yes"] * 20, ("no", "yes")),
        ([7, -2, 4] * 20, (-2, 4, 7)),
    ],
)
def test_numbers_the_classes_in_their_own_order(values: list[Any], classes: tuple[Any, ...]) -> None:
    target = read_target(column(values), "y", "classification")

    assert target.classes == classes
    assert [type(label) for label in target.classes] == [type(label) for label in classes]
    assert [target.classes[int(number)] for number in target.values] == [
        int(value) if not isinstance(value, str) else value for value in values
    ]


def test_leaves_out_rows_without_a_target() -> None:
    target = read_target(column([0.0, None, 1.0, float("nan")] * 20), "y", "classification")

    assert target.known.tolist() == [True, False, True, False] * 20
    assert target.values.tolist() == [0.0, 1.0] * 20


def test_reads_numbers_for_regression() -> None:
    assert read_target(column([1, 2, 3, 4] * 10), "y", "regression").values.dtype == np.float32
    assert read_target(column([Decimal("1.5"), Decimal("2.5")] * 10), "y", "regression").values[0] == 1.5


@pytest.mark.parametrize(
    ("values", "task", "code"),
    [
        ([1] * 40, "classification", FailureCode.SINGLE_CLASS),
        ([1, None] * 40, "classification", FailureCode.SINGLE_CLASS),
        ([0, 1] * 5, "classification", FailureCode.TOO_FEW_ROWS),
        ([None] * 40, "classification", FailureCode.TOO_FEW_ROWS),
        ([0.5, 1.0] * 20, "classification", FailureCode.INVALID_TARGET),
        (list(range(MAX_CLASSES + 1)), "classification", FailureCode.INVALID_TARGET),
        ([[1], [2]] * 20, "classification", FailureCode.INVALID_TARGET),
        (["a", "b"] * 20, "regression", FailureCode.INVALID_TARGET),
        ([True, False] * 20, "regression", FailureCode.INVALID_TARGET),
        ([1.0, float("inf")] * 20, "regression", FailureCode.INVALID_TARGET),
        ([1.0, 1e300] * 20, "regression", FailureCode.INVALID_TARGET),
    ],
)
def test_refuses_a_target_that_cannot_be_learned(values: list[Any], task: str, code: FailureCode) -> None:
    with pytest.raises(JobFailure) as caught:
        read_target(column(values), "y", task)

    assert caught.value.code == code


def test_parts_are_disjoint_complete_and_repeatable() -> None:
    target = np.arange(100, dtype=np.float32)
    train, test = split_rows(SPLIT, target, (), None)
    again = split_rows(SPLIT, target, (), None)
    other = split_rows(Split("random", 0.25, 2, None), target, (), None)

    assert sorted([*train, *test]) == list(range(100))
    assert len(test) == 25
    assert train.tolist() == again[0].tolist()
    assert test.tolist() == again[1].tolist()
    assert test.tolist() != other[1].tolist()


def test_stratified_parts_have_the_same_shares() -> None:
    target = np.array([0] * 90 + [1] * 10, dtype=np.float32)
    _, test = split_rows(Split("stratified", 0.2, 1, None), target, (0, 1), None)

    assert [int(np.count_nonzero(target[test] == number)) for number in (0, 1)] == [18, 2]


def test_by_time_holds_out_the_newest_rows_and_tears_no_moment_apart() -> None:
    times = np.array([5, 1, 2, 5, 3, 5, 4, 0], dtype=np.int64)
    train, test = split_rows(Split("time", 0.125, 1, None), np.zeros(8, dtype=np.float32), (), times)

    assert test.tolist() == [0, 3, 5]
    assert times[train].max() < times[test].min()


@pytest.mark.parametrize(
    ("split", "target", "times", "message"),
    [
        (Split("stratified", 0.2, 1, None), ["a"] * 30 + ["b"], None, "class 'b' has a single row"),
        (Split("stratified", 0.2, 1, None), [False] * 30 + [True], None, "class 'true' has a single row"),
        (
            Split("stratified", 0.2, 1, None),
            ["a"] * 30 + ["\n" + "x" * 300],
            None,
            "class '\ufffd" + "x" * 99 + "…' has a single row",
        ),
        (Split("time", 0.2, 1, None), ["a"] * 20 + ["b"] * 20, [7] * 40, "leaves one part without rows"),
        (Split("time", 0.25, 1, None), ["a", "b"] * 15 + ["c"] * 10, list(range(40)), "class 'c' is only in the held-out part"),
        (Split("time", 0.25, 1, None), ["a", "b"] * 15 + ["b"] * 10, list(range(40)), "has only the class 'b'"),
    ],
)
def test_refuses_parts_that_judge_nothing_and_names_the_class(
    split: Split, target: list[Any], times: list[int] | None, message: str
) -> None:
    classes = sorted(set(target))
    values = np.array([classes.index(label) for label in target], dtype=np.float32)
    moments = None if times is None else np.array(times, dtype=np.int64)

    with pytest.raises(JobFailure) as caught:
        split_rows(split, values, classes, moments)

    assert caught.value.code == FailureCode.TOO_FEW_ROWS
    assert message in caught.value.message
