"""Step "split": reads the target, leaves out rows without one, and holds out the rows that the model is evaluated on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from matih_features.columns import Integers
from matih_training.dataset import TrainingTable, digest_of, to_frame
from matih_training.failure import FailureCode, JobFailure, shown
from matih_training.job_warning import JobWarning, WarningCode
from matih_training.join import event_times
from matih_training.specification import JobSpecification, PointInTimeJoin, Split
from matih_training.target import read_target
from matih_training.weights import read_weights

SPLIT_FILE = "split.parquet"

Rows = npt.NDArray[np.int64]
FEW_ROWS = 10


@dataclass(frozen=True)
class SplitRows:
    """The feature columns and the target of both parts; the digest names the held-out part. The weights are those of the
    rows to learn from, if they have any.

    `parts` has one line per row of the source: its number from 0, and `train`, `held_out` or `without_target`.
    """

    source: TrainingTable
    parts: pa.Table
    train: pd.DataFrame
    test: pd.DataFrame
    train_target: npt.NDArray[np.float32]
    test_target: npt.NDArray[np.float32]
    classes: tuple[int, ...] | tuple[str, ...]
    rows_without_target: int
    held_out_digest: str
    warnings: tuple[JobWarning, ...] = ()
    train_weight: npt.NDArray[np.float32] | None = None


def split(specification: JobSpecification, source: TrainingTable) -> SplitRows:
    """Splits the table as the specification asks."""
    asked = specification.split
    target = read_target(source.table.column(specification.target_column), specification.target_column, specification.task)
    known = source.table if target.known.all() else source.table.filter(target.known)
    train, test = split_rows(asked, target.values, target.classes, _times(specification, known))
    frame = to_frame(known, source.features)
    held_out = [source.data_digest, specification.target_column, asked.strategy, asked.test_size, asked.seed, asked.time_column]
    weights = read_weights(known, specification.weight_column)
    without_target = int(np.count_nonzero(~target.known))
    return SplitRows(
        source=source,
        parts=_parts(target.known, train, test),
        train=frame.iloc[train].reset_index(drop=True),
        test=frame.iloc[test].reset_index(drop=True),
        train_target=target.values[train],
        test_target=target.values[test],
        classes=target.classes,
        rows_without_target=without_target,
        held_out_digest=digest_of(held_out),
        warnings=tuple(_warnings(specification.target_column, without_target, target.values[train], target.classes)),
        train_weight=None if weights is None else weights[train],
    )


def _parts(known: npt.NDArray[np.bool_], train: Rows, test: Rows) -> pa.Table:
    part = np.zeros(len(known), dtype=np.int8)
    numbers = np.flatnonzero(known)
    part[numbers[train]] = 1
    part[numbers[test]] = 2
    names = pa.DictionaryArray.from_arrays(part, ["without_target", "train", "held_out"])
    return pa.table({"row": pa.array(np.arange(len(known))), "part": names.cast(pa.string())})


def _warnings(name: str, without_target: int, train: npt.NDArray[np.float32], classes: Sequence[Any]) -> Iterator[JobWarning]:
    if without_target:
        message = f"{without_target} rows have no target {shown(name)} and were left out"
        yield JobWarning(WarningCode.ROWS_WITHOUT_TARGET, message, name)
    for number, label in enumerate(classes):
        count = int(np.count_nonzero(train == number))
        if count < FEW_ROWS:
            message = f"class {shown(label)} has {count} rows to learn from; fewer than {FEW_ROWS} teach little"
            yield JobWarning(WarningCode.RARE_CLASS, message, name)


def _times(specification: JobSpecification, table: pa.Table) -> Integers | None:
    if specification.split.strategy != "time":
        return None
    column = specification.split.time_column
    if column is None:
        if not isinstance(specification.source, PointInTimeJoin):
            raise ValueError("the specification was not checked")
        column = specification.source.timestamp_column
    times = event_times(table, column, "the data")
    if len(times) and times.min() == np.iinfo(np.int64).min:
        raise JobFailure(FailureCode.INVALID_TIMESTAMP, f"rows of the data have no '{column}'")
    return times


def split_rows(
    split: Split, target: npt.NDArray[np.float32], classes: Sequence[Any], times: Integers | None
) -> tuple[Rows, Rows]:
    """Row numbers to train on (shuffled) and to hold out (in order); the same seed gives the same parts.

    `classes` are the labels, none for regression. By time, the newest rows are held out, and rows of one moment are never
    torn apart.
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
        for number, label in enumerate(classes):
            members = np.flatnonzero(target == number)
            if len(members) < 2:
                raise JobFailure(
                    FailureCode.TOO_FEW_ROWS, f"class {shown(label)} has a single row; a stratified split needs two of each"
                )
            share = min(max(1, round(len(members) * split.test_size)), len(members) - 1)
            held_out[generator.permutation(members)[:share]] = True
    else:
        held_out[generator.permutation(count)[: max(1, round(count * split.test_size))]] = True
    train, test = generator.permutation(np.flatnonzero(~held_out)), np.flatnonzero(held_out)
    _check(target, classes, train, test)
    return train, test


def _check(target: npt.NDArray[np.float32], classes: Sequence[Any], train: Rows, test: Rows) -> None:
    if len(train) == 0 or len(test) == 0:
        raise JobFailure(FailureCode.TOO_FEW_ROWS, "the split leaves one part without rows")
    if not classes:
        return
    learned, judged = np.unique(target[train]), np.unique(target[test])
    missing = [label for number, label in enumerate(classes) if number not in learned]
    if missing:
        raise JobFailure(FailureCode.TOO_FEW_ROWS, f"class {shown(missing[0])} is only in the held-out part; hold out fewer rows")
    if len(judged) < 2:
        only = shown(classes[int(judged[0])])
        raise JobFailure(FailureCode.TOO_FEW_ROWS, f"the held-out part has only the class {only}; hold out more rows")
