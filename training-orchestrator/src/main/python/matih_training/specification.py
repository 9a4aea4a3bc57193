"""The job specification: what the orchestrator asks for, checked completely before anything else happens."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from matih_training.failure import FailureCode, JobFailure

T = TypeVar("T")

_NOTHING: Mapping[str, Any] = {}

ALGORITHMS = ("xgboost", "random_forest")
TASKS = ("classification", "regression")
SPLIT_STRATEGIES = ("random", "stratified", "time")


@dataclass(frozen=True)
class DatasetSource:
    """One Parquet file; `digest` names the bytes that its owner uploaded."""

    uri: str
    digest: str | None


@dataclass(frozen=True)
class Feature:
    """A feature of a view: its public name and the column of the source that holds it."""

    name: str
    column: str


@dataclass(frozen=True)
class FeatureViewSource:
    """One feature view of the plan of feature-gateway. A `ttl_seconds` of 0 is unlimited."""

    name: str
    source_uri: str
    timestamp_column: str
    created_timestamp_column: str | None
    ttl_seconds: float
    join_keys: tuple[str, ...]
    features: tuple[Feature, ...]


@dataclass(frozen=True)
class PointInTimeJoin:
    """An entity table (with the target) and the views whose features are joined to each of its rows."""

    entity_uri: str
    entity_digest: str | None
    timestamp_column: str
    views: tuple[FeatureViewSource, ...]
    feature_service: str | None

    @property
    def join_keys(self) -> tuple[str, ...]:
        """Every join key of every view, each once, in the order of first use."""
        return tuple(dict.fromkeys(key for view in self.views for key in view.join_keys))

    @property
    def references(self) -> tuple[str, ...]:
        """The joined features as `view:feature`."""
        return tuple(f"{view.name}:{feature.name}" for view in self.views for feature in view.features)


@dataclass(frozen=True)
class Split:
    """How the held-out part is chosen."""

    strategy: str
    test_size: float
    seed: int
    time_column: str | None


@dataclass(frozen=True)
class Resources:
    """Workers and what each of them gets."""

    num_workers: int
    cpus_per_worker: float
    gpus_per_worker: float
    memory_bytes_per_worker: int | None

    @property
    def threads(self) -> int:
        """Threads that one worker may compute with."""
        return max(1, int(self.cpus_per_worker))


@dataclass(frozen=True)
class Checkpoints:
    """A checkpoint after every `frequency` iterations; the newest `keep` stay."""

    frequency: int
    keep: int


@dataclass(frozen=True)
class JobSpecification:
    """Everything a job is asked to do. The README of this folder is the reference of its JSON form."""

    job_id: str
    attempt: int
    tenant: str
    name: str
    algorithm: str
    task: str
    source: DatasetSource | PointInTimeJoin
    target_column: str
    feature_columns: tuple[str, ...] | None
    split: Split
    hyperparameters: Mapping[str, Any]
    resources: Resources
    checkpoints: Checkpoints
    max_failures: int
    run_id: str
    experiment_id: str | None
    output_uri: str
    resume_from: str | None

    @staticmethod
    def from_json(text: str) -> "JobSpecification":
        """Parses and checks; everything wrong is a `JobFailure` that names the key."""
        try:
            document = json.loads(text)
        except ValueError as error:
            raise _invalid("the job specification is not JSON") from error
        return _job(_Fields(document, ""))


def _invalid(message: str) -> JobFailure:
    return JobFailure(FailureCode.INVALID_SPECIFICATION, message)


class _Fields:
    """Takes the keys of one JSON object one by one; what is left at the end is unknown and refused."""

    def __init__(self, document: object, path: str) -> None:
        if not isinstance(document, dict):
            raise _invalid(f"'{path or 'job specification'}' must be an object")
        self._path = path
        self._left = {key: value for key, value in document.items() if value is not None}

    def at(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def has(self, key: str) -> bool:
        return key in self._left

    def take(self, key: str, read: Callable[[object, str], T]) -> T:
        if key not in self._left:
            raise _invalid(f"'{self.at(key)}' is missing")
        return read(self._left.pop(key), self.at(key))

    def take_or(self, key: str, read: Callable[[object, str], T], default: T) -> T:
        return self.take(key, read) if key in self._left else default

    def optional(self, key: str, read: Callable[[object, str], T]) -> T | None:
        return self.take(key, read) if key in self._left else None

    def end(self) -> None:
        if self._left:
            raise _invalid(f"unknown key '{self.at(min(self._left))}'")


def _text(value: object, path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _invalid(f"'{path}' must be a text that is not empty")
    return value


def _one_of(*allowed: str) -> Callable[[object, str], str]:
    def read(value: object, path: str) -> str:
        if value not in allowed:
            raise _invalid(f"'{path}' must be one of {', '.join(allowed)}")
        return str(value)

    return read


def _integer(at_least: int) -> Callable[[object, str], int]:
    def read(value: object, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < at_least:
            raise _invalid(f"'{path}' must be an integer of at least {at_least}")
        return value

    return read


def _number(above: float, below: float = float("inf"), *, or_equal: bool = False) -> Callable[[object, str], float]:
    def read(value: object, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _invalid(f"'{path}' must be a number")
        if not (above < value < below or (or_equal and value == above)):
            raise _invalid(f"'{path}' is out of range")
        return float(value)

    return read


def _list_of(read: Callable[[object, str], T]) -> Callable[[object, str], tuple[T, ...]]:
    def read_list(value: object, path: str) -> tuple[T, ...]:
        if not isinstance(value, list) or not value:
            raise _invalid(f"'{path}' must be a list that is not empty")
        return tuple(read(item, f"{path}[{index}]") for index, item in enumerate(value))

    return read_list


def _distinct(read: Callable[[object, str], tuple[str, ...]]) -> Callable[[object, str], tuple[str, ...]]:
    def read_distinct(value: object, path: str) -> tuple[str, ...]:
        items = read(value, path)
        if len(set(items)) != len(items):
            raise _invalid(f"'{path}' names something twice")
        return items

    return read_distinct


def _object(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _invalid(f"'{path}' must be an object")
    return value


def _record(build: Callable[[_Fields], T]) -> Callable[[object, str], T]:
    def read(value: object, path: str) -> T:
        fields = _Fields(value, path)
        record = build(fields)
        fields.end()
        return record

    return read


_names = _distinct(_list_of(_text))


def _dataset(fields: _Fields) -> DatasetSource:
    return DatasetSource(uri=fields.take("uri", _text), digest=fields.optional("digest", _text))


def _feature(fields: _Fields) -> Feature:
    name = fields.take("name", _text)
    fields.optional("type", _text)
    return Feature(name=name, column=fields.take_or("column", _text, name))


def _view(fields: _Fields) -> FeatureViewSource:
    return FeatureViewSource(
        name=fields.take("name", _text),
        source_uri=fields.take("source_uri", _text),
        timestamp_column=fields.take("timestamp_column", _text),
        created_timestamp_column=fields.optional("created_timestamp_column", _text),
        ttl_seconds=fields.take_or("ttl_seconds", _number(0, or_equal=True), 0.0),
        join_keys=fields.take("join_keys", _names),
        features=fields.take("features", _list_of(_record(_feature))),
    )


def _join(fields: _Fields) -> PointInTimeJoin:
    return PointInTimeJoin(
        entity_uri=fields.take("entity_uri", _text),
        entity_digest=fields.optional("entity_digest", _text),
        timestamp_column=fields.take("timestamp_column", _text),
        views=fields.take("views", _list_of(_record(_view))),
        feature_service=fields.optional("feature_service", _text),
    )


def _split(task: str) -> Callable[[_Fields], Split]:
    def build(fields: _Fields) -> Split:
        default = "stratified" if task == "classification" else "random"
        split = Split(
            strategy=fields.take_or("strategy", _one_of(*SPLIT_STRATEGIES), default),
            test_size=fields.take_or("test_size", _number(0, 1), 0.2),
            seed=fields.take_or("seed", _integer(0), 42),
            time_column=fields.optional("time_column", _text),
        )
        if split.strategy == "stratified" and task == "regression":
            raise _invalid("'split.strategy' cannot be stratified for regression")
        if split.time_column is not None and split.strategy != "time":
            raise _invalid("'split.time_column' belongs to the strategy time")
        if split.seed > 2**31 - 1:
            raise _invalid("'split.seed' must be below 2147483648")
        return split

    return build


def _resources(fields: _Fields) -> Resources:
    return Resources(
        num_workers=fields.take_or("num_workers", _integer(1), 2),
        cpus_per_worker=fields.take_or("cpus_per_worker", _number(0), 1.0),
        gpus_per_worker=fields.take_or("gpus_per_worker", _number(0, or_equal=True), 0.0),
        memory_bytes_per_worker=fields.optional("memory_bytes_per_worker", _integer(1)),
    )


def _checkpoints(fields: _Fields) -> Checkpoints:
    return Checkpoints(
        frequency=fields.take_or("frequency", _integer(1), 5),
        keep=fields.take_or("keep", _integer(1), 2),
    )


def _run(fields: _Fields) -> tuple[str, str | None]:
    return fields.take("run_id", _text), fields.optional("experiment_id", _text)


def _source(fields: _Fields) -> DatasetSource | PointInTimeJoin:
    if fields.has("dataset") == fields.has("join"):
        raise _invalid("exactly one of 'dataset' and 'join' is needed")
    if fields.has("dataset"):
        return fields.take("dataset", _record(_dataset))
    return fields.take("join", _record(_join))


def _job(fields: _Fields) -> JobSpecification:
    task = fields.take("task", _one_of(*TASKS))
    source = _source(fields)
    run_id, experiment_id = fields.take("run", _record(_run))
    specification = JobSpecification(
        job_id=fields.take("job_id", _text),
        attempt=fields.take("attempt", _integer(1)),
        tenant=fields.take("tenant", _text),
        name=fields.take("name", _text),
        algorithm=fields.take("algorithm", _one_of(*ALGORITHMS)),
        task=task,
        source=source,
        target_column=fields.take("target_column", _text),
        feature_columns=fields.optional("feature_columns", _names),
        split=_record(_split(task))(fields.take_or("split", _object, _NOTHING), "split"),
        hyperparameters=fields.take_or("hyperparameters", _object, _NOTHING),
        resources=_record(_resources)(fields.take_or("resources", _object, _NOTHING), "resources"),
        checkpoints=_record(_checkpoints)(fields.take_or("checkpoints", _object, _NOTHING), "checkpoints"),
        max_failures=fields.take_or("max_failures", _integer(0), 2),
        run_id=run_id,
        experiment_id=experiment_id,
        output_uri=fields.take("output_uri", _text).rstrip("/"),
        resume_from=fields.optional("resume_from", _text),
    )
    fields.end()
    if specification.feature_columns is not None and specification.target_column in specification.feature_columns:
        raise _invalid("'feature_columns' must not name the target")
    if isinstance(source, DatasetSource) and specification.split.strategy == "time" and specification.split.time_column is None:
        raise _invalid("'split.time_column' is needed for a split by time of a data set")
    return specification
