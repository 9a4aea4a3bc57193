"""The job specification: what the orchestrator asks for, checked completely before anything else happens."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from matih_features.columns import KINDS
from matih_training import algorithms
from matih_training.fields import Fields, distinct, integer, invalid, json_object, list_of, number, one_of, record, text
from matih_training.hyperparameters import TASKS
from matih_training.tuning.request import Tuning, read_tuning
from matih_training.tuning.space import require_allowed

_NOTHING: Mapping[str, Any] = {}

SPLIT_STRATEGIES = ("random", "stratified", "time")


@dataclass(frozen=True)
class DatasetSource:
    """One Parquet file; `digest` names the bytes that its owner uploaded."""

    uri: str
    digest: str | None


@dataclass(frozen=True)
class Feature:
    """A feature of a view: its public name, the column of the source that holds it, and the type that is served."""

    name: str
    column: str
    kind: str | None = None


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
    weight_column: str | None
    encodings: Mapping[str, str]
    split: Split
    hyperparameters: Mapping[str, Any]
    resources: Resources
    checkpoints: Checkpoints
    max_failures: int
    run_id: str
    experiment_id: str | None
    output_uri: str
    resume_from: str | None
    tuning: Tuning | None = None

    @staticmethod
    def from_json(text: str) -> "JobSpecification":
        """Parses and checks; everything wrong is a `JobFailure` that names the key."""
        try:
            document = json.loads(text)
        except ValueError as error:
            raise invalid("the job specification is not JSON") from error
        return _job(Fields(document, ""))


_names = distinct(list_of(text))


def _encodings(value: object, path: str) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise invalid(f"'{path}' must be an object")
    return {str(name): text(encoding, f"{path}.{name}") for name, encoding in value.items()}


def _dataset(fields: Fields) -> DatasetSource:
    return DatasetSource(uri=fields.take("uri", text), digest=fields.optional("digest", text))


def _feature(fields: Fields) -> Feature:
    name = fields.take("name", text)
    kind = fields.optional("type", text)
    if kind is not None and kind not in KINDS:
        raise invalid(f"feature '{name}' has the type {kind}, which cannot be joined")
    return Feature(name=name, column=fields.take_or("column", text, name), kind=kind)


def _view(fields: Fields) -> FeatureViewSource:
    return FeatureViewSource(
        name=fields.take("name", text),
        source_uri=fields.take("source_uri", text),
        timestamp_column=fields.take("timestamp_column", text),
        created_timestamp_column=fields.optional("created_timestamp_column", text),
        ttl_seconds=fields.take_or("ttl_seconds", number(0, or_equal=True), 0.0),
        join_keys=fields.take("join_keys", _names),
        features=fields.take("features", list_of(record(_feature))),
    )


def _join(fields: Fields) -> PointInTimeJoin:
    return PointInTimeJoin(
        entity_uri=fields.take("entity_uri", text),
        entity_digest=fields.optional("entity_digest", text),
        timestamp_column=fields.take("timestamp_column", text),
        views=fields.take("views", list_of(record(_view))),
        feature_service=fields.optional("feature_service", text),
    )


def _split(task: str) -> Callable[[Fields], Split]:
    def build(fields: Fields) -> Split:
        default = "stratified" if task == "classification" else "random"
        split = Split(
            strategy=fields.take_or("strategy", one_of(*SPLIT_STRATEGIES), default),
            test_size=fields.take_or("test_size", number(0, 1), 0.2),
            seed=fields.take_or("seed", integer(0), 42),
            time_column=fields.optional("time_column", text),
        )
        if split.strategy == "stratified" and task == "regression":
            raise invalid("'split.strategy' cannot be stratified for regression")
        if split.time_column is not None and split.strategy != "time":
            raise invalid("'split.time_column' belongs to the strategy time")
        if split.seed > 2**31 - 1:
            raise invalid("'split.seed' must be below 2147483648")
        return split

    return build


def _resources(fields: Fields) -> Resources:
    return Resources(
        num_workers=fields.take_or("num_workers", integer(1), 1),
        cpus_per_worker=fields.take_or("cpus_per_worker", number(0), 1.0),
        gpus_per_worker=fields.take_or("gpus_per_worker", number(0, or_equal=True), 0.0),
        memory_bytes_per_worker=fields.optional("memory_bytes_per_worker", integer(1)),
    )


def _checkpoints(fields: Fields) -> Checkpoints:
    return Checkpoints(
        frequency=fields.take_or("frequency", integer(1), 5),
        keep=fields.take_or("keep", integer(1), 2),
    )


def _run(fields: Fields) -> tuple[str, str | None]:
    return fields.take("run_id", text), fields.optional("experiment_id", text)


def _source(fields: Fields) -> DatasetSource | PointInTimeJoin:
    if fields.has("dataset") == fields.has("join"):
        raise invalid("exactly one of 'dataset' and 'join' is needed")
    if fields.has("dataset"):
        return fields.take("dataset", record(_dataset))
    return fields.take("join", record(_join))


def _job(fields: Fields) -> JobSpecification:
    task = fields.take("task", one_of(*TASKS))
    source = _source(fields)
    run_id, experiment_id = fields.take("run", record(_run))
    specification = JobSpecification(
        job_id=fields.take("job_id", text),
        attempt=fields.take("attempt", integer(1)),
        tenant=fields.take("tenant", text),
        name=fields.take("name", text),
        algorithm=fields.take("algorithm", one_of(*algorithms.entries())),
        task=task,
        source=source,
        target_column=fields.take("target_column", text),
        feature_columns=fields.optional("feature_columns", _names),
        weight_column=fields.optional("weight_column", text),
        encodings=fields.take_or("encodings", _encodings, {}),
        split=record(_split(task))(fields.take_or("split", json_object, _NOTHING), "split"),
        hyperparameters=fields.take_or("hyperparameters", json_object, _NOTHING),
        resources=record(_resources)(fields.take_or("resources", json_object, _NOTHING), "resources"),
        checkpoints=record(_checkpoints)(fields.take_or("checkpoints", json_object, _NOTHING), "checkpoints"),
        max_failures=fields.take_or("max_failures", integer(0), 2),
        run_id=run_id,
        experiment_id=experiment_id,
        output_uri=fields.take("output_uri", text).rstrip("/"),
        resume_from=fields.optional("resume_from", text),
        tuning=fields.optional("tuning", record(read_tuning)),
    )
    fields.end()
    _check_algorithm(specification)
    if specification.tuning is not None:
        _check_tuning(specification, specification.tuning)
    if specification.feature_columns is not None and specification.target_column in specification.feature_columns:
        raise invalid("'feature_columns' must not name the target")
    if specification.weight_column in (specification.target_column, *(specification.feature_columns or ())):
        raise invalid("'weight_column' must be neither the target nor one of 'feature_columns'")
    if isinstance(source, DatasetSource) and specification.split.strategy == "time" and specification.split.time_column is None:
        raise invalid("'split.time_column' is needed for a split by time of a data set")
    return specification


def _check_algorithm(specification: JobSpecification) -> None:
    entry = algorithms.entry(specification.algorithm)
    if specification.task not in entry.tasks:
        raise invalid(f"{entry.name} is not for {specification.task}")
    if specification.resources.num_workers > 1 and not entry.distributed:
        raise invalid(f"'resources.num_workers' must be 1: {entry.name} learns in one process")
    for name, encoding in specification.encodings.items():
        if encoding not in entry.encodings:
            raise invalid(f"'encodings.{name}' must be one of {', '.join(entry.encodings)} for {entry.name}")


def _check_tuning(specification: JobSpecification, tuning: Tuning) -> None:
    require_allowed(tuning.space, algorithms.entry(specification.algorithm))
    if tuning.space.keys() & specification.hyperparameters.keys():
        raise invalid("'tuning.parameter_space' has a hyperparameter that is fixed as well")
    if specification.resources.num_workers != 1:
        raise invalid("'resources.num_workers' must be 1 with 'tuning'")
    if tuning.folds is not None and specification.split.strategy == "time":
        raise invalid("'tuning.folds' cannot be had with a split by time")
