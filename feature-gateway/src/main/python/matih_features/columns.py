"""Columns of a source, brought to the declared kinds without loss, or refused with row and reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Integers = npt.NDArray[np.int64]
NO_TIME: Final = int(np.iinfo(np.int64).min)
# Of the years 1 and 9999: what is beyond counts something else than seconds.
_FIRST_SECOND: Final = -62_135_596_800
_LAST_SECOND: Final = 253_402_300_799

_KINDS: Final = {
    "string": pa.large_string(),
    "bytes": pa.large_binary(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "unix_timestamp": pa.timestamp("s", tz="UTC"),
}
SCALARS: Final = tuple(_KINDS)
KINDS: Final = frozenset(_KINDS) | {f"{scalar}_list" for scalar in _KINDS}
_LISTS = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
_TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_BYTES = (
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_fixed_size_binary,
    pa.types.is_binary_view,
)
_NUMBERS = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
_TIMES = (pa.types.is_timestamp, pa.types.is_date)


class ColumnError(ValueError):
    """A column does not hold what was declared; the message names column, row (from 1) and kinds."""


def may_hold(found: pa.DataType, kind: str) -> bool:
    """Whether values of this Arrow type can be of the declared kind; which ones are, only the values tell."""
    if pa.types.is_dictionary(found):
        return may_hold(found.value_type, kind)
    if pa.types.is_null(found):
        return True
    if kind.endswith("_list"):
        return _is(found, _LISTS) and may_hold(found.value_type, kind.removesuffix("_list"))
    match kind:
        case "string":
            return _is(found, _TEXTS)
        case "bytes":
            return _is(found, _BYTES)
        case "bool":
            return bool(pa.types.is_boolean(found))
        case "unix_timestamp":
            return _is(found, _TIMES) or pa.types.is_integer(found)
        case _:
            return _is(found, _NUMBERS)


def is_certain(found: pa.DataType, kind: str) -> bool:
    """Whether every value of this Arrow type is of the declared kind: no value needs to be looked at."""
    if pa.types.is_dictionary(found):
        return is_certain(found.value_type, kind)
    if kind.endswith("_list"):
        return False
    if kind in {"string", "bytes", "bool"}:
        return may_hold(found, kind)
    return bool(found == _KINDS[kind]) or (kind == "int64" and pa.types.is_signed_integer(found))


def to_declared(column: pa.ChunkedArray, kind: str, name: str) -> pa.ChunkedArray:
    """The column with the Arrow type of the declared kind.

    Whole numbers stay whole; a number that the kind cannot hold is refused, except that a fraction in a
    `float` is rounded to 32 bits. NaN is a missing value. Times without a zone are UTC; a `unix_timestamp`
    has whole seconds.
    """
    column = decoded(column)
    if not may_hold(column.type, kind):
        raise ColumnError(f"column '{name}' holds {column.type} and is declared {kind}")
    convert = _list_of(kind.removesuffix("_list")) if kind.endswith("_list") else _scalar(kind)
    try:
        return convert(column)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        row = _first_refused(column, convert)
        value = column[row].as_py()
        raise ColumnError(f"column '{name}', row {row + 1}: {_shown(value)} is no {kind}") from error


def event_times(column: pa.ChunkedArray, name: str) -> Integers:
    """A timestamp column as nanoseconds since 1970 in UTC; a null is the smallest integer.

    Timestamps without a zone are UTC, a date is its midnight. Text is read as ISO 8601.
    """
    column = decoded(column)
    kind = column.type
    try:
        if _is(kind, _TEXTS):
            column = _parsed(column)
        elif pa.types.is_timestamp(kind):
            column = column.cast(pa.timestamp("ns", tz=kind.tz))
        elif pa.types.is_date(kind):
            column = column.cast(pa.timestamp("ns"))
        elif not pa.types.is_null(kind):
            raise ColumnError(f"column '{name}' holds {kind}, not timestamps")
        numbers = column.cast(pa.int64())
    except (pa.ArrowException, ValueError, OverflowError) as error:
        if isinstance(error, ColumnError):
            raise
        raise ColumnError(
            f"column '{name}' holds something that is no timestamp between 1678 and 2261"
        ) from error
    values: Integers = numbers.fill_null(NO_TIME).to_numpy().astype(np.int64, copy=False)
    return values


def may_be_time(found: pa.DataType) -> bool:
    """Whether `event_times` reads a column of this type; of text only the values tell."""
    if pa.types.is_dictionary(found):
        return may_be_time(found.value_type)
    return _is(found, (*_TIMES, *_TEXTS)) or pa.types.is_null(found)


def decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values of a column that is stored as numbers of a dictionary, as categories are."""
    if not pa.types.is_dictionary(column.type):
        return column
    if column.num_chunks == 0:
        return pa.chunked_array([], type=column.type.value_type)
    return pa.chunked_array([_decoded(chunk) for chunk in column.chunks])


def codes_of(values: pa.ChunkedArray) -> Integers:
    """Numbers equal values equally; -1 for null."""
    encoded = values.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes: Integers = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return codes


def _decoded(chunk: pa.DictionaryArray) -> pa.Array:
    values = chunk.dictionary
    # Of views, which is how some write their categories, Arrow takes no single values.
    if pa.types.is_string_view(values.type):
        values = values.cast(pa.large_string())
    elif pa.types.is_binary_view(values.type):
        values = values.cast(pa.large_binary())
    return values.take(chunk.indices)


def _is(found: pa.DataType, tests: tuple[Callable[[pa.DataType], bool], ...]) -> bool:
    return any(test(found) for test in tests)


def _scalar(kind: str) -> Callable[[pa.ChunkedArray], pa.ChunkedArray]:
    def convert(column: pa.ChunkedArray) -> pa.ChunkedArray:
        if pa.types.is_float16(column.type):
            column = column.cast(pa.float32())
        if pa.types.is_floating(column.type):
            column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        return _exact(column, kind)

    return convert


def _exact(values: pa.Array | pa.ChunkedArray, kind: str) -> pa.Array | pa.ChunkedArray:
    target, found = _KINDS[kind], values.type
    if kind == "unix_timestamp":
        if pa.types.is_integer(found):
            seconds = values.cast(pa.int64())
            if pc.any(pc.or_(pc.less(seconds, _FIRST_SECOND), pc.greater(seconds, _LAST_SECOND))).as_py():
                raise pa.ArrowInvalid("not in the years 1 to 9999")
            return seconds.cast(target)
        if pa.types.is_timestamp(found) and found.tz is not None:
            return values.cast(target)
        return pc.assume_timezone(values.cast(pa.timestamp("s")), "UTC")
    if kind == "float" and pa.types.is_float64(found):
        rounded = values.cast(target)
        # A comparison with null is null, which `any` passes over.
        if pc.any(pc.and_(pc.is_inf(rounded), pc.invert(pc.is_inf(values)))).as_py():
            raise pa.ArrowInvalid("beyond 32 bits")
        return rounded
    return values.cast(target)


def _list_of(scalar: str) -> Callable[[pa.ChunkedArray], pa.ChunkedArray]:
    target = pa.large_list(_KINDS[scalar])

    def convert(column: pa.ChunkedArray) -> pa.ChunkedArray:
        if pa.types.is_null(column.type):
            return column.cast(target)
        plain = column.cast(pa.large_list(column.type.value_type))
        return pa.chunked_array([converted(chunk) for chunk in plain.chunks], type=target)

    def converted(lists: pa.LargeListArray) -> pa.LargeListArray:
        elements = lists.flatten()
        if pa.types.is_dictionary(elements.type):
            elements = _decoded(elements)
        if elements.null_count:
            raise pa.ArrowInvalid("an element is missing")
        if pa.types.is_float16(elements.type):
            elements = elements.cast(pa.float32())
        lengths = pc.list_value_length(lists).fill_null(0).to_numpy()
        offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int64())
        return pa.LargeListArray.from_arrays(offsets, _exact(elements, scalar), mask=lists.is_null())

    return convert


def _first_refused(column: pa.ChunkedArray, convert: Callable[[pa.ChunkedArray], pa.ChunkedArray]) -> int:
    """The first row that cannot be converted, by halving."""
    low, high = 0, len(column)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            convert(column.slice(low, middle - low))
            low = middle
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            high = middle
    return low


def _shown(value: object) -> str:
    shown = repr(value) if isinstance(value, str | list | bytes) else str(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


def _parsed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pandas as pd  # only text needs it

    parsed = pd.to_datetime(column.to_pandas(), utc=True, format="ISO8601")
    return pa.chunked_array([pa.array(parsed, type=pa.timestamp("ns", tz="UTC"))])
