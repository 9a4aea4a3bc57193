"""What the training rows show of each column that its owner should know: nothing in it, too much in it, or another kind."""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from matih_training.dataset import FeatureColumn
from matih_training.failure import shown
from matih_training.job_warning import JobWarning, WarningCode
from matih_training.native_model import Matrix

# The training rows are shuffled: the first ones speak for all.
_ROWS = 100_000
_TEXTS = 1_000
_MOST = 0.9
_FEWEST_UNIQUE = 50
# Codes with leading zeros and long ids are texts on purpose.
_NUMBER = re.compile(
    r"[-+(]?\s?[€$£]?\s?(?!0\d)(?=\D*(?:\d\D*){1,15}$)\d{1,3}(?:[.,'\u00a0\u202f ]?\d{3})*(?:[.,]\d+)?\s?[€$£%)]?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = re.compile(rf"(?:{_DAY}[./-]{_DAY}[./-](?:\d{{4}}|\d{{2}})|\d{{4}}[./-]{_DAY}[./-]{_DAY})(?:[ T]\d{{1,2}}:\d{{2}}.*)?")


def column_warnings(
    train: pd.DataFrame,
    features: Sequence[FeatureColumn],
    matrix: Matrix,
    places: Mapping[str, slice],
    kept: Mapping[str, int],
) -> Iterator[JobWarning]:
    """`matrix` has the same rows as the algorithm sees them, each column at its place; `kept` says how many categories of a
    text are known."""
    for feature in features:
        name, column = feature.name, train[feature.name]
        known = column[column.notna() & (column != "")]
        if not len(known):
            message = f"{shown(name)} has no value in the rows to learn from"
            yield JobWarning(WarningCode.COLUMN_EMPTY, message, name)
        elif known.nunique() == 1 and _is_constant(matrix[:, places[name]]):
            message = f"{shown(name)} has the same value in every row to learn from, so nothing is learned from it"
            yield JobWarning(WarningCode.COLUMN_CONSTANT, message, name)
        elif feature.kind == "string":
            yield from _texts(name, known, len(column), kept[name])
        elif feature.kind != "boolean":
            yield from _numbers(name, known.to_numpy(), whole=feature.kind == "long")


def _is_constant(rows: npt.NDArray[np.float32]) -> bool:
    return bool(np.all(rows == rows[0]))


def _numbers(name: str, numbers: npt.NDArray[np.float64], whole: bool) -> Iterator[JobWarning]:
    limit = np.finfo(np.float32).max
    cut = int(np.count_nonzero(np.abs(numbers) > limit))
    if cut:
        message = f"{cut} rows of {shown(name)} hold infinite or larger numbers than 32 bits take; they count as {limit:.2g}"
        yield JobWarning(WarningCode.NUMBERS_CUT, message, name)
    exact = np.unique(np.clip(numbers[:_ROWS], -limit, limit))
    left = len(np.unique(exact.astype(np.float32)))
    if left < len(exact) * (1 if whole else _MOST):
        message = f"{len(exact)} different numbers of {shown(name)} become {left}: models compute in 32 bits, about 7 digits"
        yield JobWarning(WarningCode.NUMBERS_ROUNDED, message, name)


def _texts(name: str, known: pd.Series, rows: int, most_categories: int) -> Iterator[JobWarning]:
    counts = known.value_counts()
    texts = [str(text) for text in counts.index[:_TEXTS]]
    if _mostly(_DATE, texts):
        message = (
            f"{shown(name)} holds texts that look like dates, as {shown(texts[0])}; each is learned as a category."
            " Write dates as 2026-01-31 to have them read as dates"
        )
        yield JobWarning(WarningCode.DATES_AS_TEXT, message, name)
    elif _mostly(_NUMBER, texts):
        message = (
            f"{shown(name)} holds texts that look like numbers, as {shown(texts[0])}; each is learned as a category."
            " Write numbers as 1234.5 to have them read as numbers"
        )
        yield JobWarning(WarningCode.NUMBERS_AS_TEXT, message, name)
    if len(counts) > most_categories:
        unknown = counts.iloc[most_categories:]
        message = (
            f"{len(unknown)} of {len(counts)} categories of {shown(name)}, in {unknown.sum() / rows:.0%} of the rows,"
            f" count as unknown: the {most_categories} most frequent ones are learned from"
        )
        yield JobWarning(WarningCode.CATEGORIES_UNKNOWN, message, name)
    if len(counts) >= max(_FEWEST_UNIQUE, _MOST * len(known)):
        message = f"nearly every row of {shown(name)} has a text of its own; an id or free text says nothing about other rows"
        yield JobWarning(WarningCode.TEXTS_MOSTLY_UNIQUE, message, name)


def _mostly(pattern: re.Pattern[str], texts: Sequence[str]) -> bool:
    return sum(pattern.fullmatch(text.strip()) is not None for text in texts) >= _MOST * len(texts)
