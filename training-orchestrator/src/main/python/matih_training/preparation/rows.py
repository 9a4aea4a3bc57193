"""Rows to try the model with: the examples, mixtures of them, and what a caller may send beside."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from matih_training.comparison import TOLERANCE, margins
from matih_training.golden import MIN_ROWS, wire
from matih_training.preparation.source import InputColumn, typed

UNKNOWN_TEXT = "no such category"
_SEED = 42
_MIXED = 200
_OF_EACH = 40
_FEW_VALUES = 10


def mixed(examples: pd.DataFrame, columns: Sequence[InputColumn]) -> pd.DataFrame:
    """Rows with each value from another example, and numbers between and somewhat beyond those of the examples."""
    random = np.random.default_rng(_SEED)
    made: dict[str, Any] = {}
    for column in columns:
        values = examples[column.name].dropna()
        if values.empty:
            made[column.name] = [None] * _MIXED
            continue
        chosen = values.to_numpy()[random.integers(0, len(values), _MIXED)]
        if column.kind in ("double", "long") and column.dtype:
            chosen = _between(chosen.astype(np.float64), values.to_numpy(dtype=np.float64), column.kind == "long", random)
        made[column.name] = chosen
    return typed(pd.DataFrame(made, columns=[column.name for column in columns]), columns)


def _between(chosen: npt.NDArray[Any], values: npt.NDArray[Any], whole: bool, random: np.random.Generator) -> npt.NDArray[Any]:
    others = values[random.integers(0, len(values), len(chosen))]
    moved = np.where(random.random(len(chosen)) < 0.5, chosen, chosen + random.random(len(chosen)) * (others - chosen))
    if len(np.unique(values)) < _FEW_VALUES and not whole:
        moved = moved + random.normal(0, 0.1, len(chosen)) * max(float(np.std(values)), 0.1 * float(np.max(np.abs(values))))
    return np.rint(moved) if whole else moved


def without(rows: pd.DataFrame, column: InputColumn, columns: Sequence[InputColumn]) -> Iterator[pd.DataFrame]:
    """The rows with one value missing, in each way that a table holds a missing value."""
    for absent in (np.nan, None) if column.kind == "string" else (None,):
        changed = rows.head(_OF_EACH).astype(object)
        changed[column.name] = pd.Series([absent] * len(changed), index=changed.index, dtype=object)
        yield typed(changed, columns)


def unknown_texts(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The rows with texts that nobody has seen."""
    return rows.head(_OF_EACH).assign(**dict.fromkeys(names, UNKNOWN_TEXT))


def golden_document(
    parts: Sequence[tuple[pd.DataFrame, npt.NDArray[Any]]], columns: Sequence[InputColumn], classes: Sequence[Any], scale: float
) -> dict[str, Any]:
    """Golden rows from parts of rows with the model's own answers; of each part some.

    Rows on the edge between two classes are left out where enough others are there.
    """
    rows, sure = [], []
    for frame, scores in parts:
        for place in np.unique(np.linspace(0, len(frame) - 1, min(len(frame), 60)).astype(int)):
            rows.append(_row(frame.iloc[place].to_dict(), scores[place], columns, classes))
            sure.append(not classes or bool(margins(scores[place : place + 1])[0] > 2 * TOLERANCE))
    if sum(sure) >= MIN_ROWS:
        rows = [row for row, is_sure in zip(rows, sure, strict=True) if is_sure]
    return {"tolerance": TOLERANCE, **({} if classes else {"scale": scale}), "rows": rows}


def _row(record: Mapping[Any, Any], score: Any, columns: Sequence[InputColumn], classes: Sequence[Any]) -> dict[str, Any]:
    inputs = {column.name: wire(record[column.name], column.kind) for column in columns}
    row: dict[str, Any] = {"inputs": {name: value for name, value in inputs.items() if value is not None}}
    if not classes:
        return row | {"prediction": float(score)}
    return row | {"prediction": classes[int(np.argmax(score))], "probabilities": [float(value) for value in score]}
