"""Step "load": the table that a job learns from, read, joined when asked, and its columns chosen."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from matih_training.failure import FailureCode, JobFailure
from matih_training.join import join_features
from matih_training.kinds import LONGEST_NAME, index_columns, is_column_name, kind_of, plain_values
from matih_training.progress import Phase, Progress
from matih_training.specification import DatasetSource, JobSpecification, PointInTimeJoin
from matih_training.storage import read_bytes


@dataclass(frozen=True)
class FeatureColumn:
    """A column that the model reads; `kind` is `double`, `long`, `boolean` or `string`."""

    name: str
    kind: str


@dataclass(frozen=True)
class TrainingTable:
    """All rows and columns of the source, which of them are features, and the digest that names the data."""

    table: pa.Table
    features: tuple[FeatureColumn, ...]
    passed_over: tuple[str, ...]
    data_digest: str


def read_parquet(uri: str) -> tuple[pa.Table, str]:
    """A Parquet file and the digest of its bytes."""
    content = read_bytes(uri)
    try:
        # Not read_table(): it would take part of the address for a partition column.
        table = pq.ParquetFile(pa.BufferReader(content)).read()
    except (pa.ArrowException, OSError) as error:
        raise JobFailure(FailureCode.UNREADABLE_DATA, f"{uri} is not a readable Parquet file") from error
    return table, f"sha256:{hashlib.sha256(content).hexdigest()}"


def load(specification: JobSpecification, progress: Progress) -> TrainingTable:
    """Reads the source of a job and chooses its feature columns."""
    progress.report(Phase.READING)
    source = specification.source
    excluded = {specification.target_column, specification.split.time_column}
    if isinstance(source, DatasetSource):
        table, digest = read_parquet(source.uri)
        digest = source.digest or digest
    else:
        table, digest = _joined(source, progress)
        excluded |= {source.timestamp_column, *source.join_keys}
    if len(set(table.column_names)) != table.num_columns:
        raise JobFailure(FailureCode.UNREADABLE_DATA, "two columns of the data have the same name")
    if specification.target_column not in table.column_names:
        raise JobFailure(FailureCode.MISSING_COLUMN, f"there is no target column '{specification.target_column}' in the data")
    if specification.feature_columns is not None:
        features, passed_over = _named_features(table, specification.feature_columns), []
    else:
        candidates = [name for name in table.column_names if name not in excluded]
        index = index_columns(table.schema)
        kinds = {name: kind_of(table.schema.field(name).type) for name in candidates if name not in index}
        features = [FeatureColumn(name, kind) for name, kind in kinds.items() if kind]
        passed_over = [name for name in candidates if not kinds.get(name)]
    for feature in features:
        if not is_column_name(feature.name):
            raise JobFailure(
                FailureCode.UNSUPPORTED_COLUMN,
                f"the name of a column is longer than {LONGEST_NAME} characters or has control characters; name feature_columns",
            )
    if not features:
        raise JobFailure(FailureCode.UNSUPPORTED_COLUMN, "no column of the data can be a feature")
    return TrainingTable(table, tuple(features), tuple(passed_over), digest)


def to_frame(table: pa.Table, features: Sequence[FeatureColumn]) -> pd.DataFrame:
    """The feature columns as pandas: float64 for every number and boolean, objects with None for texts."""
    columns: dict[str, Any] = {}
    for feature in features:
        column = plain_values(table.column(feature.name))
        if feature.kind == "string":
            columns[feature.name] = column.to_pandas()
        else:
            number = column.cast(pa.uint8()) if feature.kind == "boolean" else column
            columns[feature.name] = number.cast(pa.float64(), safe=False).to_numpy()
    return pd.DataFrame(columns)


def _joined(join: PointInTimeJoin, progress: Progress) -> tuple[pa.Table, str]:
    entities, entity_digest = read_parquet(join.entity_uri)
    sources = [(view, *read_parquet(view.source_uri)) for view in join.views]
    progress.report(Phase.JOINING)
    table = join_features(entities, join.timestamp_column, [(view, source) for view, source, _ in sources])
    description = {
        "entities": join.entity_digest or entity_digest,
        "timestamp_column": join.timestamp_column,
        "views": [
            {
                "name": view.name,
                "source": digest,
                "timestamp_column": view.timestamp_column,
                "created_timestamp_column": view.created_timestamp_column,
                "ttl_seconds": view.ttl_seconds,
                "join_keys": view.join_keys,
                "features": [[feature.name, feature.column] for feature in view.features],
            }
            for view, _, digest in sources
        ],
    }
    return table, digest_of(description)


def digest_of(document: object) -> str:
    """Digest of a JSON document in canonical form."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def _named_features(table: pa.Table, names: tuple[str, ...]) -> list[FeatureColumn]:
    features = []
    for name in names:
        if name not in table.column_names:
            raise JobFailure(FailureCode.MISSING_COLUMN, f"there is no feature column '{name}' in the data")
        kind = kind_of(table.schema.field(name).type)
        if kind is None:
            raise JobFailure(
                FailureCode.UNSUPPORTED_COLUMN, f"feature column '{name}' has the type {table.schema.field(name).type}"
            )
        features.append(FeatureColumn(name, kind))
    return features
