"""Which rows are held out to judge the model."""

import numpy as np
import numpy.typing as npt

from matih_training.failure import FailureCode, JobFailure
from matih_training.join import Integers
from matih_training.specification import Split

Rows = npt.NDArray[np.int64]


def split_rows(split: Split, target: npt.NDArray[np.float32], classes: int, times: Integers | None) -> tuple[Rows, Rows]:
    """Row numbers to train on (shuffled) and to hold out (in order); the same seed gives the same parts.

    `classes` is 0 for regression. By time, the newest rows are held out, and rows of one moment are never torn apart.
    """
    count = len(target)
    generator = np.random.default_rng(split.seed)
    held_out = np.zeros(count, dtype=bool)
    if split.strategy == "time":
        if times is None:
            raise ValueError("a split by time needs times")
        boundary = np.sort(times)[count - max(1, round(count * split.test_size))]
        held_out = times >= boundary
    elif split.strategy == "stratified":
        for number in range(classes):
            members = np.flatnonzero(target == number)
            if len(members) < 2:
                raise JobFailure(FailureCode.TOO_FEW_ROWS, "a class has a single row; a stratified split needs two of each")
            share = min(max(1, round(len(members) * split.test_size)), len(members) - 1)
            held_out[generator.permutation(members)[:share]] = True
    else:
        held_out[generator.permutation(count)[: max(1, round(count * split.test_size))]] = True
    train, test = generator.permutation(np.flatnonzero(~held_out)), np.flatnonzero(held_out)
    _check(target, classes, train, test)
    return train, test


def _check(target: npt.NDArray[np.float32], classes: int, train: Rows, test: Rows) -> None:
    if len(train) == 0 or len(test) == 0:
        raise JobFailure(FailureCode.TOO_FEW_ROWS, "the split leaves one part without rows")
    if classes and len(np.unique(target[train])) < classes:
        raise JobFailure(FailureCode.TOO_FEW_ROWS, "a class is only in the held-out part; hold out fewer rows")
    if classes and len(np.unique(target[test])) < 2:
        raise JobFailure(FailureCode.TOO_FEW_ROWS, "the held-out part has a single class; hold out more rows")
