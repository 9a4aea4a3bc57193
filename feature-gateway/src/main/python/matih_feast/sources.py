"""Sources of views: Parquet on S3, read with the columns and kinds that a view declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.dataset
from feast import FeatureView, FileSource
from feast.feature_view import DUMMY_ENTITY_ID
from pyarrow import fs

from matih_features.columns import (
    KINDS,
    NO_TIME,
    ColumnError,
    Integers,
    codes_of,
    event_times,
    is_certain,
    may_be_time,
    may_hold,
    to_declared,
)

# Above this, a declaration compares types only; the values are looked at when they are carried or joined.
ROWS_LOOKED_AT = 5_000_000


class SourceMissingError(LookupError):
    """There is no file at the source's address."""


class SourceUnreadableError(ValueError):
    """What lies at the source's address is no Parquet."""


@dataclass(frozen=True)
class Mismatch:
    """Why a view does not fit its source; `place` is the part of the view's document."""

    view: str
    place: str
    message: str


@dataclass(frozen=True)
class Rows:
    """The newest row of each entity, as columns of declared kinds, and how many rows could not be used."""

    keys: dict[str, pa.ChunkedArray]
    features: dict[str, pa.ChunkedArray]
    events: Integers
    created: Integers | None
    without_key: int
    without_time: int


def kinds_of(view: FeatureView) -> dict[str, str]:
    """The declared kind of each join key and feature of a view, by name."""
    fields = [*view.entity_columns, *view.features]
    return {field.name: field.dtype.to_value_type().name.lower() for field in fields}


def is_readable(view: FeatureView) -> bool:
    """Whether this module reads the source of a view; other sources are left to Feast."""
    source = view.batch_source
    return (
        isinstance(source, FileSource)
        and source.path.startswith("s3://")
        and source.file_format is None
        and getattr(view, "feature_transformation", None) is None
        and KINDS.issuperset(kinds_of(view).values())
    )


def mismatches(view: FeatureView) -> list[Mismatch]:
    """Compares a view with the columns of its source.

    Raises `SourceMissingError` when there is nothing to compare with yet.
    """
    source = view.batch_source
    dataset = _dataset(source)
    kinds = kinds_of(view)
    found: list[Mismatch] = []

    def compare(place: str, column: str, kind: str | None) -> None:
        try:
            _compare(dataset, column, kind)
        except ColumnError as error:
            found.append(Mismatch(view.name, place, f"source {source.name}: {error}"))

    compare("source", source.timestamp_field, None)
    if source.created_timestamp_column:
        compare("source", source.created_timestamp_column, None)
    for number, key in enumerate(_keys(view)):
        compare(f"entities[{number}]", _column_of(source, key), kinds[key])
    for number, feature in enumerate(view.features):
        compare(f"features[{number}].type", _column_of(source, feature.name), kinds[feature.name])
    return found


def newest_of_each_entity(view: FeatureView, start_ns: int, end_ns: int) -> Rows:
    """Reads a source and keeps, of each entity, the row that a point-in-time join would find at `end_ns`.

    Rows before `start_ns` are left out; both bounds count as inside.
    """
    source = view.batch_source
    kinds = kinds_of(view)
    keys = _keys(view)
    features = [feature.name for feature in view.features]
    dataset = _dataset(source)
    named = {name: _column_of(source, name) for name in [*keys, *features]}
    times = [source.timestamp_field, *filter(None, [source.created_timestamp_column])]
    for column in [*named.values(), *times]:
        _field(dataset, column)
    table = _read(dataset, [*named.values(), *times])
    events = event_times(table.column(source.timestamp_field), source.timestamp_field)
    created = None
    if source.created_timestamp_column:
        created = event_times(table.column(source.created_timestamp_column), source.created_timestamp_column)
    columns = {name: to_declared(table.column(column), kinds[name], column) for name, column in named.items()}

    groups, known = np.zeros(len(events), dtype=np.int64), np.ones(len(events), dtype=bool)
    for key in keys:
        codes = codes_of(columns[key])
        known &= codes >= 0
        # Renumbering after each key keeps the product far from the range of an integer.
        _, groups = np.unique(groups * (codes.max(initial=0) + 2) + codes + 1, return_inverse=True)
    timed = events != NO_TIME
    usable = np.flatnonzero(known & timed & (events >= start_ns) & (events <= end_ns))
    made = np.zeros(len(events), dtype=np.int64) if created is None else created
    usable = usable[np.lexsort((made[usable], events[usable], groups[usable]))]
    # The last of each group is the newest: of equal rows, the last in the file.
    last = np.append(groups[usable][1:] != groups[usable][:-1], [True] * min(1, len(usable)))
    newest = np.sort(usable[last])
    return Rows(
        {key: columns[key].take(pa.array(newest)) for key in keys},
        {feature: columns[feature].take(pa.array(newest)) for feature in features},
        events[newest],
        None if created is None else created[newest],
        int(np.count_nonzero(~known)),
        int(np.count_nonzero(known & ~timed)),
    )


def _keys(view: FeatureView) -> list[str]:
    return [key for key in view.join_keys if key != DUMMY_ENTITY_ID]


def _column_of(source: FileSource, name: str) -> str:
    """The file's column that holds what a view calls by this name."""
    return next((column for column, named in source.field_mapping.items() if named == name), name)


def _compare(dataset: pa.dataset.Dataset, column: str, kind: str | None) -> None:
    found = _field(dataset, column).type
    if kind is None:
        if not may_be_time(found):
            raise ColumnError(f"column '{column}' holds {found}, not timestamps")
    elif not may_hold(found, kind):
        raise ColumnError(f"column '{column}' holds {found} and is declared {kind}")
    elif not is_certain(found, kind) and dataset.count_rows() <= ROWS_LOOKED_AT:
        to_declared(_read(dataset, [column]).column(column), kind, column)


def _field(dataset: pa.dataset.Dataset, column: str) -> pa.Field:
    places = dataset.schema.get_all_field_indices(column)
    if len(places) != 1:
        names = ", ".join(dataset.schema.names[:20])
        wrong = "there is no column" if not places else "there is more than one column"
        raise ColumnError(f"{wrong} '{column}'; there are {names}")
    return dataset.schema.field(places[0])


def _dataset(source: FileSource) -> pa.dataset.Dataset:
    store, path = fs.FileSystem.from_uri(source.path)
    if source.s3_endpoint_override:
        store = fs.S3FileSystem(endpoint_override=source.s3_endpoint_override)
    try:
        return pa.dataset.dataset(path, filesystem=store, format="parquet")
    except FileNotFoundError as error:
        raise SourceMissingError(f"there is no file at {source.path}") from error
    except pa.ArrowInvalid as error:
        raise SourceUnreadableError(f"{source.path} is no readable Parquet") from error


def _read(dataset: pa.dataset.Dataset, columns: Sequence[str]) -> pa.Table:
    """By name, whatever characters it has: in a list, a dot would mean a part of a structure."""
    return dataset.to_table(columns={column: pa.dataset.field(column) for column in columns})
