"""Step "load": the table that a job learns from, read, joined when asked, and its columns chosen."""

import hashlib
import json
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from matih_training.failure import FailureCode, JobFailure, shown
from matih_training.job_warning import JobWarning, WarningCode
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
    warnings: tuple[JobWarning, ...] = ()


def read_parquet(uri: str) -> tuple[pa.Table, str]:
    """A Parquet file and the digest of its bytes."""
    content = read_bytes(uri)
    try:
        # Not read_table(): it would take part of the address for a partition column.
        table = pq.ParquetFile(pa.BufferReader(content)).read()
    except pa.ArrowNotImplementedError as error:
        raise JobFailure(FailureCode.UNREADABLE_DATA, f"{uri} has a column of a type that is not read: {error}") from error
    except (pa.ArrowException, OSError) as error:
        raise JobFailure(FailureCode.UNREADABLE_DATA, f"{uri} is not a readable Parquet file") from error
    return table, f"sha256:{hashlib.sha256(content).hexdigest()}"


def load(specification: JobSpecification, progress: Progress) -> TrainingTable:
    """Reads the source of a job and chooses its feature columns."""
    progress.report(Phase.READING)
    source = specification.source
    excluded = {specification.target_column, specification.split.time_column, specification.weight_column}
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
    passed_over: list[JobWarning] = []
    if specification.feature_columns is not None:
        features = _named_features(table, specification.feature_columns)
    else:
        features, passed_over = _usable_features(table, excluded)
    for feature in features:
        if not is_column_name(feature.name):
            raise JobFailure(
                FailureCode.UNSUPPORTED_COLUMN,
                f"the name of a column is longer than {LONGEST_NAME} characters or has control characters; name feature_columns",
            )
    if not features:
        raise JobFailure(FailureCode.UNSUPPORTED_COLUMN, "no column of the data can be a feature")
    names = tuple(str(warning.column) for warning in passed_over)
    return TrainingTable(table, tuple(features), names, digest, tuple(passed_over))


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


def _usable_features(table: pa.Table, excluded: Container[str | None]) -> tuple[list[FeatureColumn], list[JobWarning]]:
    """Every column that can be learned from, and a warning for each other one."""
    features, passed_over = [], []
    index = index_columns(table.schema)
    for name in table.column_names:
        kind = table.schema.field(name).type
        wire = kind_of(kind)
        if name in excluded:
            continue
        if name in index:
            message = (
                f"{shown(name)} is the index of a pandas frame and is not learned from; name it in feature_columns to use it"
            )
            passed_over.append(JobWarning(WarningCode.INDEX_NOT_USED, message, name))
        elif wire is None:
            message = f"{shown(name)} holds {kind} and is not learned from; only numbers, truth values and texts are"
            passed_over.append(JobWarning(WarningCode.COLUMN_NOT_USABLE, message, name))
        else:
            features.append(FeatureColumn(name, wire))
    return features, passed_over


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
