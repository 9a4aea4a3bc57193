"""Carries a view's history into the online store, with declared kinds all the way and without data frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.types
from feast import FeatureView
from feast.feature_view import DUMMY_ENTITY_ID, DUMMY_ENTITY_VAL
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value

from matih_feast.rows import FeastRow, value_of
from matih_feast.sources import Rows, kinds_of, newest_of_each_entity
from matih_features.columns import NO_TIME

ROWS_AT_ONCE = 5000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def carry(view: FeatureView, start: datetime, end: datetime, write: Callable[[list[FeastRow]], None]) -> Rows:
    """Hands the newest row of each entity to `write`, some thousand at a time."""
    rows = newest_of_each_entity(view, _nanoseconds(start), _nanoseconds(end))
    for first in range(0, len(rows.events), ROWS_AT_ONCE):
        write(list(_feast_rows(view, rows, first, min(first + ROWS_AT_ONCE, len(rows.events)))))
    return rows


def entity_key(keys: dict[str, Value]) -> EntityKey:
    """The key of one row; a view about nothing in particular has Feast's stand-in."""
    if not keys:
        return EntityKey(join_keys=[DUMMY_ENTITY_ID], entity_values=[Value(string_val=DUMMY_ENTITY_VAL)])
    return EntityKey(join_keys=list(keys), entity_values=list(keys.values()))


def _feast_rows(view: FeatureView, rows: Rows, first: int, end: int) -> Iterator[FeastRow]:
    kinds = kinds_of(view)
    cells = {
        name: [value_of(value, kinds[name]) for value in _plain(column.slice(first, end - first))]
        for name, column in {**rows.keys, **rows.features}.items()
    }
    for number in range(end - first):
        created = None if rows.created is None else int(rows.created[first + number])
        yield (
            entity_key({key: cells[key][number] for key in rows.keys}),
            {feature: cells[feature][number] for feature in rows.features},
            _moment(int(rows.events[first + number])),
            None if created is None or created == NO_TIME else _moment(created),
        )


def _plain(column: pa.ChunkedArray) -> list[object]:
    """Python values; times as whole seconds since 1970."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.int64())
    elif pa.types.is_large_list(kind) and pa.types.is_timestamp(kind.value_type):
        column = column.cast(pa.large_list(pa.int64()))
    plain: list[object] = column.to_pylist()
    return plain


def _nanoseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


def _moment(nanoseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=nanoseconds // 1000)
