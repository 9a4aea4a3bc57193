"""The column to predict, as numbers that an algorithm can learn, and the way back to the caller's own classes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from matih_training.failure import FailureCode, JobFailure
from matih_training.kinds import kind_of, plain_values

MAX_CLASSES = 100
MIN_ROWS = 20


@dataclass(frozen=True)
class Target:
    """`values` belongs to the rows where `known` holds: class numbers (classification) or the numbers themselves.

    `classes` are the caller's labels as they were sent, in the order of the class numbers: truth values, integers or
    texts; empty for regression.
    """

    values: npt.NDArray[np.float32]
    known: npt.NDArray[np.bool_]
    classes: tuple[bool, ...] | tuple[int, ...] | tuple[str, ...]


def read_target(column: pa.ChunkedArray, name: str, task: str) -> Target:
    """Rows without a target are left out; the rest must make a learnable task."""
    column = plain_values(column)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    known = pc.is_valid(column).to_numpy().astype(bool)
    values = column.drop_null()
    if len(values) < MIN_ROWS:
        raise JobFailure(FailureCode.TOO_FEW_ROWS, f"{len(values)} rows have a target '{name}'; at least {MIN_ROWS} are needed")
    if task == "regression":
        return Target(_numbers(values, name), known, ())
    return _classes(values, name, known)


def _numbers(values: pa.ChunkedArray, name: str) -> npt.NDArray[np.float32]:
    if kind_of(values.type) not in ("double", "long"):
        raise JobFailure(FailureCode.INVALID_TARGET, f"target '{name}' holds {values.type}; regression needs numbers")
    with np.errstate(over="ignore"):
        numbers: npt.NDArray[np.float32] = values.cast(pa.float64()).to_numpy().astype(np.float32)
    if not np.all(np.isfinite(numbers)):
        raise JobFailure(FailureCode.INVALID_TARGET, f"target '{name}' holds infinite or far too large numbers")
    return numbers


def _classes(values: pa.ChunkedArray, name: str, known: npt.NDArray[np.bool_]) -> Target:
    kind = kind_of(values.type)
    if kind is None:
        raise JobFailure(FailureCode.INVALID_TARGET, f"target '{name}' holds {values.type}, which cannot be a class")
    if kind in ("double", "long"):
        try:
            values = values.cast(pa.int64())
        except pa.ArrowException as error:
            raise JobFailure(
                FailureCode.INVALID_TARGET,
                f"target '{name}' holds numbers that are not whole or beyond 64 bits; classification needs classes",
            ) from error
    classes = sorted(pc.unique(values).to_pylist())
    if len(classes) < 2:
        raise JobFailure(FailureCode.SINGLE_CLASS, f"every row has the same target '{name}'")
    if len(classes) > MAX_CLASSES:
        raise JobFailure(
            FailureCode.INVALID_TARGET, f"target '{name}' has {len(classes)} classes; at most {MAX_CLASSES} are supported"
        )
    numbers = pc.index_in(values, value_set=pa.array(classes, type=values.type)).to_numpy().astype(np.float32)
    return Target(numbers, known, tuple(classes))
