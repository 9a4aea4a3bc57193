"""Which of two rows stays, and how values become Feast's messages."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from feast.protos.feast.types.Value_pb2 import Value

from matih_feast.carry import entity_key
from matih_feast.rows import FeastRow, from_json, newest_rows, value_of
from matih_features.columns import KINDS


def row(driver: int, event: int, created: int | None, seats: int) -> FeastRow:
    """A row of a day in January."""
    made = None if created is None else datetime(2026, 1, created, tzinfo=UTC)
    at = datetime(2026, 1, event, tzinfo=UTC)
    return entity_key({"driver": Value(int64_val=driver)}), {"seats": Value(int64_val=seats)}, at, made


def test_the_newest_event_stays_in_whatever_order_rows_come() -> None:
    rows = [row(1, 2, 1, 10), row(1, 1, 9, 11), row(1, 2, None, 12), row(2, 1, None, 20)]

    for order in permutations(rows):
        kept = newest_rows(order, 3)
        assert sorted(one.values["seats"].int64_val for one in kept) == [10, 20]
        assert [one.key for one in kept] == sorted(one.key for one in kept)


def test_of_rows_equal_in_both_times_the_last_stays() -> None:
    assert newest_rows([row(1, 1, 1, 1), row(1, 1, 1, 2)], 3)[0].values["seats"].int64_val == 2


def test_a_time_without_a_zone_is_utc() -> None:
    key, values, at, _ = row(1, 2, None, 1)

    [naive] = newest_rows([(key, values, at.replace(tzinfo=None), at.replace(tzinfo=None))], 3)

    assert (naive.event, naive.created) == (at, at)


@pytest.mark.parametrize(
    ("sent", "kind", "value"),
    [
        ("AP8=", "bytes", b"\0\xff"),
        (["AP8=", ""], "bytes_list", [b"\0\xff", b""]),
        ("-Infinity", "double", float("-inf")),
        ([0.5, "Infinity"], "float_list", [0.5, float("inf")]),
        (2**53 + 1, "int64", 2**53 + 1),
        ("AP8=", "string", "AP8="),
        (None, "bytes", None),
    ],
)
def test_what_the_gateway_sends_is_read(sent: object, kind: str, value: object) -> None:
    assert from_json(sent, kind) == value


VALUES: dict[str, Any] = {
    "string": "ü",
    "bytes": b"\0",
    "int32": -5,
    "int64": 2**53 + 1,
    "float": 0.5,
    "double": 0.1,
    "bool": False,
    "unix_timestamp": -1,
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_its_message_and_a_null_is_a_value(kind: str) -> None:
    scalar = VALUES[kind.removesuffix("_list")]
    message = value_of([scalar, scalar] if kind.endswith("_list") else scalar, kind)

    assert message.WhichOneof("val") == f"{kind}_val"
    held = getattr(message, f"{kind}_val")
    assert (list(held.val) if kind.endswith("_list") else [held, held]) == [scalar, scalar]
    assert value_of(None, kind).WhichOneof("val") is None
