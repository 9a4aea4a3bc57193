"""The point-in-time join: to every entity row the feature values that were known at that row's own timestamp.

Feast's own offline join drops entity rows whose features are all too old, so a label table cannot be trusted to it.
Here every entity row stays, in its order; what was not known is null.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matih_features import columns
from matih_features.columns import NO_TIME, Integers
from matih_training.failure import FailureCode, JobFailure
from matih_training.specification import Feature, FeatureViewSource

_NANOSECONDS = 1_000_000_000


def join_features(entities: pa.Table, timestamp_column: str, views: Sequence[tuple[FeatureViewSource, pa.Table]]) -> pa.Table:
    """Adds the features of all views to the entity rows.

    The value of a feature is that of the newest source row with equal join keys that is not after the entity row's timestamp
    and not older than the view's time to live (both bounds count as inside). Among equal timestamps the newest created
    timestamp wins, then the last row. A null join key matches nothing.
    """
    _refuse_ambiguous_names(entities, [view for view, _ in views])
    times = event_times(entities, timestamp_column, "the entity table")
    if np.any(times == NO_TIME):
        raise JobFailure(FailureCode.INVALID_TIMESTAMP, f"rows of the entity table have no '{timestamp_column}'")
    joined = entities
    for view, source in views:
        rows = _rows_as_of(entities, times, view, source)
        found = pa.array(rows, mask=rows < 0)
        for feature in view.features:
            owner = f"the source of '{view.name}'"
            values = _declared(_column(source, feature.column, owner), feature, owner)
            joined = joined.append_column(feature.name, values.take(found))
    return joined


def event_times(table: pa.Table, name: str, owner: str) -> Integers:
    """A timestamp column as nanoseconds since 1970 in UTC; a null is the smallest integer."""
    try:
        return columns.event_times(_column(table, name, owner), name)
    except columns.ColumnError as error:
        raise JobFailure(FailureCode.INVALID_TIMESTAMP, f"{owner}: {error}") from error


def _declared(column: pa.ChunkedArray, feature: Feature, owner: str) -> pa.ChunkedArray:
    """With the type that the view declares, so that training learns from what is served."""
    if feature.kind is None:
        return column
    try:
        return columns.to_declared(column, feature.kind, feature.column)
    except columns.ColumnError as error:
        raise JobFailure(FailureCode.UNSUPPORTED_COLUMN, f"{owner}: {error}") from error


def _refuse_ambiguous_names(entities: pa.Table, views: Sequence[FeatureViewSource]) -> None:
    taken = dict.fromkeys(entities.column_names, "the entity table")
    for view in views:
        for feature in view.features:
            if feature.name in taken:
                raise JobFailure(
                    FailureCode.AMBIGUOUS_FEATURE, f"'{feature.name}' of '{view.name}' is also in {taken[feature.name]}"
                )
            taken[feature.name] = f"'{view.name}'"


def _rows_as_of(entities: pa.Table, times: Integers, view: FeatureViewSource, source: pa.Table) -> Integers:
    """For each entity row the number of the source row that was current, or -1."""
    owner = f"the source of '{view.name}'"
    source_times = event_times(source, view.timestamp_column, owner)
    created = (
        event_times(source, view.created_timestamp_column, owner)
        if view.created_timestamp_column is not None
        else np.zeros(len(source_times), dtype=np.int64)
    )
    entity_groups, source_groups = _key_groups(entities, source, view)
    usable = np.flatnonzero((source_groups >= 0) & (source_times != NO_TIME))
    if len(usable) == 0 or len(times) == 0:
        return np.full(len(times), -1, dtype=np.int64)
    # lexsort is stable: rows equal in everything keep their order, so the last one is found.
    usable = usable[np.lexsort((created[usable], source_times[usable], source_groups[usable]))]

    # (group, time) as one sortable integer: times are replaced by their rank among all times.
    moments = np.unique(np.concatenate([times, source_times[usable]]))
    width = np.int64(len(moments) + 1)
    source_keys = source_groups[usable] * width + np.searchsorted(moments, source_times[usable])
    entity_keys = entity_groups * width + np.searchsorted(moments, times)
    position = np.searchsorted(source_keys, entity_keys, side="right") - 1
    candidate = usable[np.maximum(position, 0)]

    current = (position >= 0) & (entity_groups >= 0) & (source_groups[candidate] == entity_groups)
    if view.ttl_seconds > 0:
        # As unsigned numbers a difference cannot overflow; it is not negative wherever `current` holds.
        age = times.view(np.uint64) - source_times[candidate].view(np.uint64)
        current &= age <= np.uint64(min(int(view.ttl_seconds * _NANOSECONDS), np.iinfo(np.int64).max))
    rows: Integers = np.where(current, candidate, -1)
    return rows


def _key_groups(entities: pa.Table, source: pa.Table, view: FeatureViewSource) -> tuple[Integers, Integers]:
    """Numbers equal join keys equally in both tables; -1 where a part of the key is null."""
    count = entities.num_rows
    groups = np.zeros(count + source.num_rows, dtype=np.int64)
    known = np.ones(len(groups), dtype=bool)
    for key in view.join_keys:
        left = _key_values(_column(entities, key, "the entity table"), key)
        right = _key_values(_column(source, key, f"the source of '{view.name}'"), key)
        if left.type != right.type and not pa.types.is_null(left.type) and not pa.types.is_null(right.type):
            raise JobFailure(
                FailureCode.UNSUPPORTED_COLUMN,
                f"join key '{key}' is {left.type} in the entity table and {right.type} in the source of '{view.name}'",
            )
        common = right.type if pa.types.is_null(left.type) else left.type
        both = pa.chunked_array([*left.cast(common).chunks, *right.cast(common).chunks], type=common)
        codes = columns.codes_of(both)
        known &= codes >= 0
        # Renumbering after each key keeps the product far from the range of an integer.
        _, groups = np.unique(groups * (codes.max(initial=0) + 2) + codes + 1, return_inverse=True)
    groups = np.where(known, groups, -1)
    return groups[:count], groups[count:]


def _key_values(column: pa.ChunkedArray, key: str) -> pa.ChunkedArray:
    """Brings the types that mean the same together: integers of any width (also as whole numbers in floats), texts."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _key_values(columns.decoded(column), key)
    if pa.types.is_null(kind) or pa.types.is_boolean(kind):
        return column
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.large_string())
    try:
        if pa.types.is_floating(kind):
            return pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column).cast(pa.int64())
        if pa.types.is_integer(kind):
            return column.cast(pa.int64())
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            return column.cast(pa.timestamp("us")).cast(pa.int64())
    except pa.ArrowException as error:
        raise JobFailure(FailureCode.UNSUPPORTED_COLUMN, f"join key '{key}' holds numbers that are not whole") from error
    raise JobFailure(FailureCode.UNSUPPORTED_COLUMN, f"join key '{key}' has the type {kind}")


def _column(table: pa.Table, name: str, owner: str) -> pa.ChunkedArray:
    if table.column_names.count(name) != 1:
        raise JobFailure(FailureCode.MISSING_COLUMN, f"there is no column '{name}' in {owner}")
    return table.column(name)
