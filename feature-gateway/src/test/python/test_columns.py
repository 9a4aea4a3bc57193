"""Every Arrow type against every declared kind: equal, or refused with column, row and kinds."""

import datetime as dt
import decimal
from typing import Any

import pyarrow as pa
import pytest

from matih_features.columns import KINDS, NO_TIME, ColumnError, event_times, is_certain, may_hold, to_declared

NAN, INF = float("nan"), float("inf")
OLD = dt.datetime(1960, 5, 6, 7, 8, 9, tzinfo=dt.UTC)


def column(values: list[Any], kind: pa.DataType | None = None) -> pa.ChunkedArray:
    """A column of two chunks, as a file with two row groups has it."""
    return pa.chunked_array([pa.array(values[:1], kind), pa.array(values[1:], kind)])


@pytest.mark.parametrize(
    ("values", "found", "kind", "expected"),
    [
        ([2**53 + 1, None, -(2**63)], pa.int64(), "int64", [2**53 + 1, None, -(2**63)]),
        ([1.0, None, NAN, -3.0], pa.float64(), "int64", [1, None, None, -3]),
        ([decimal.Decimal("7.00")], pa.decimal128(9, 2), "int64", [7]),
        ([7], pa.uint8(), "int32", [7]),
        ([0.1, NAN, INF], pa.float64(), "double", [0.1, None, INF]),
        ([1.5], pa.float16(), "double", [1.5]),
        ([2**53], pa.int64(), "double", [2.0**53]),
        ([decimal.Decimal("1.10")], pa.decimal128(9, 2), "double", [1.1]),
        ([0.1, INF], pa.float64(), "float", [0.10000000149011612, INF]),
        (["a", None, ""], pa.string(), "string", ["a", None, ""]),
        (["ü"], pa.string_view(), "string", ["ü"]),
        (["ü"], pa.large_string(), "string", ["ü"]),
        ([b"\0\xff", None], pa.binary(), "bytes", [b"\0\xff", None]),
        ([b"ab"], pa.binary(2), "bytes", [b"ab"]),
        ([True, None], pa.bool_(), "bool", [True, None]),
        ([OLD, None], pa.timestamp("us", "Europe/Berlin"), "unix_timestamp", [OLD, None]),
        ([OLD.replace(tzinfo=None)], pa.timestamp("ns"), "unix_timestamp", [OLD]),
        ([dt.date(1960, 5, 6)], pa.date32(), "unix_timestamp", [dt.datetime(1960, 5, 6, tzinfo=dt.UTC)]),
        ([-1], pa.int64(), "unix_timestamp", [dt.datetime(1969, 12, 31, 23, 59, 59, tzinfo=dt.UTC)]),
        ([[2**53 + 1, 2], None, []], pa.list_(pa.int64()), "int64_list", [[2**53 + 1, 2], None, []]),
        ([[1.0], [2.0]], pa.large_list(pa.float64()), "int32_list", [[1], [2]]),
        ([["a", ""]], pa.list_(pa.string(), 2), "string_list", [["a", ""]]),
        ([[OLD]], pa.list_(pa.timestamp("us", "UTC")), "unix_timestamp_list", [[OLD]]),
        ([None], pa.null(), "int64", [None]),
        ([None], pa.null(), "bool_list", [None]),
    ],
)
def test_a_column_keeps_its_values(
    values: list[Any], found: pa.DataType, kind: str, expected: list[Any]
) -> None:
    assert may_hold(found, kind)
    assert to_declared(column(values, found), kind, "x").to_pylist() == expected
    encoded = column(values, found).combine_chunks()
    if not pa.types.is_nested(found) and not pa.types.is_null(found) and found != pa.float16():
        assert to_declared(pa.chunked_array([encoded.dictionary_encode()]), kind, "x").to_pylist() == expected


@pytest.mark.parametrize(
    ("values", "found", "kind", "reason"),
    [
        ([1.0, 2.2], pa.float64(), "int64", "column 'x', row 2: 2.2 is no int64"),
        ([1.0, INF], pa.float64(), "int64", "row 2: inf"),
        ([1, 2**31], pa.int64(), "int32", "row 2: 2147483648 is no int32"),
        ([2**63], pa.uint64(), "int64", "row 1"),
        ([2**53 + 1], pa.int64(), "double", "row 1: 9007199254740993 is no double"),
        ([2**24 + 1], pa.int64(), "float", "row 1: 16777217 is no float"),
        ([1e39], pa.float64(), "float", "row 1"),
        ([decimal.Decimal("1.10")], pa.decimal128(9, 2), "int64", "row 1: 1.10 is no int64"),
        ([OLD.replace(microsecond=5)], pa.timestamp("us", "UTC"), "unix_timestamp", "row 1"),
        ([0, 1767225600000], pa.int64(), "unix_timestamp", "row 2: 1767225600000 is no unix_timestamp"),
        ([[1], [1, None]], pa.list_(pa.int64()), "int64_list", "row 2"),
        ([[1.0], [1.5]], pa.list_(pa.float64()), "int64_list", "row 2"),
        ([True], pa.bool_(), "int64", "holds bool and is declared int64"),
        (["1"], pa.string(), "int64", "holds string and is declared int64"),
        ([12], pa.int64(), "string", "holds int64 and is declared string"),
        ([1], pa.int64(), "bool", "holds int64 and is declared bool"),
        (["a"], pa.string(), "bytes", "holds string and is declared bytes"),
        ([0.5], pa.float64(), "unix_timestamp", "holds double and is declared unix_timestamp"),
        ([1], pa.int64(), "int64_list", "holds int64 and is declared int64_list"),
        ([[1]], pa.list_(pa.int64()), "int64", "is declared int64"),
    ],
)
def test_what_a_kind_cannot_hold_is_refused_by_row(
    values: list[Any], found: pa.DataType, kind: str, reason: str
) -> None:
    with pytest.raises(ColumnError) as refused:
        to_declared(column(values, found), kind, "x")

    assert reason in str(refused.value)


TYPES = [
    pa.null(),
    pa.bool_(),
    *(pa.int8(), pa.int64(), pa.uint64(), pa.float16(), pa.float32(), pa.float64(), pa.decimal128(9, 2)),
    *(pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.binary_view(), pa.binary(3)),
    *(pa.timestamp("s"), pa.timestamp("ns", "UTC"), pa.date32(), pa.date64(), pa.time64("us")),
    *(pa.duration("s"), pa.struct([("a", pa.int64())]), pa.map_(pa.string(), pa.int64())),
    *(pa.list_(pa.int64()), pa.list_(pa.string()), pa.list_(pa.list_(pa.int64()))),
]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("found", TYPES, ids=str)
def test_what_may_be_held_can_be_converted_and_the_rest_is_refused(found: pa.DataType, kind: str) -> None:
    empty = pa.chunked_array([pa.nulls(2, found)])

    if may_hold(found, kind):
        assert to_declared(empty, kind, "x").null_count == 2
    else:
        assert not is_certain(found, kind)
        with pytest.raises(ColumnError, match="is declared"):
            to_declared(empty, kind, "x")


def test_the_first_wrong_row_is_found_in_any_chunk() -> None:
    values = pa.chunked_array([pa.array([1.0] * 70), pa.array([1.0] * 30 + [2.2, 3.3])])

    with pytest.raises(ColumnError, match=r"row 101: 2\.2"):
        to_declared(values, "int64", "x")


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([dt.date(2020, 1, 1), None], pa.date32(), [1577836800 * 10**9, NO_TIME]),
        (["2020-01-01T00:00:00+01:00", None], pa.string(), [1577833200 * 10**9, NO_TIME]),
        ([OLD], pa.timestamp("us", "UTC"), [int(OLD.timestamp()) * 10**9]),
        ([OLD.replace(tzinfo=None)], pa.timestamp("s"), [int(OLD.timestamp()) * 10**9]),
    ],
)
def test_event_times_are_nanoseconds_in_utc(
    values: list[Any], kind: pa.DataType, expected: list[int]
) -> None:
    assert event_times(column(values, kind), "at").tolist() == expected


@pytest.mark.parametrize(
    ("values", "kind"),
    [([5], pa.int64()), (["soon"], pa.string()), ([dt.datetime(1500, 1, 1)], pa.timestamp("us"))],
)
def test_what_is_no_event_time_is_refused(values: list[Any], kind: pa.DataType) -> None:
    with pytest.raises(ColumnError, match="'at'"):
        event_times(column(values, kind), "at")
