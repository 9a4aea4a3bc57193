"""The job specification: what it reads, what it fills in, what it refuses."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from matih_training.failure import FailureCode, JobFailure
from matih_training.specification import DatasetSource, JobSpecification, PointInTimeJoin

Document = dict[str, Any]

JOIN = {
    "entity_uri": "s3://datasets/default/labels.parquet",
    "timestamp_column": "time_hour",
    "views": [
        {
            "name": "weather",
            "source_uri": "s3://datasets/default/weather/1.parquet",
            "timestamp_column": "time_hour",
            "ttl_seconds": 7200,
            "join_keys": ["origin"],
            "features": [{"name": "temp", "column": "temp_f", "type": "double"}, {"name": "visib"}],
        }
    ],
}


def parse(document: Document) -> JobSpecification:
    return JobSpecification.from_json(json.dumps(document))


def test_fills_in_every_default(specification_document: Document) -> None:
    specification = parse(specification_document)

    assert specification.split.strategy == "stratified"
    assert (specification.split.test_size, specification.split.seed) == (0.2, 42)
    assert (specification.resources.num_workers, specification.resources.threads) == (1, 1)
    assert (specification.checkpoints.frequency, specification.checkpoints.keep) == (5, 2)
    assert specification.max_failures == 2
    assert specification.feature_columns is None
    assert isinstance(specification.source, DatasetSource)


def test_reads_a_join(specification_document: Document) -> None:
    del specification_document["dataset"]
    specification = parse(specification_document | {"join": JOIN, "split": {"strategy": "time"}})

    assert isinstance(specification.source, PointInTimeJoin)
    assert specification.source.references == ("weather:temp", "weather:visib")
    assert specification.source.join_keys == ("origin",)
    assert [feature.column for feature in specification.source.views[0].features] == ["temp_f", "visib"]


def test_takes_null_as_absent(specification_document: Document) -> None:
    assert parse(specification_document | {"join": None, "resume_from": None}).resume_from is None


def without(key: str) -> Callable[[Document], object]:
    return lambda document: document.pop(key)


def with_(**values: Any) -> Callable[[Document], object]:
    return lambda document: document.update(values)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_(colour="red"), "unknown key 'colour'"),
        (with_(split={"strategy": "random", "ratio": 1}), "unknown key 'split.ratio'"),
        (with_(dataset={"uri": "x", "format": "csv"}), "unknown key 'dataset.format'"),
        (without("target_column"), "'target_column' is missing"),
        (without("dataset"), "exactly one of"),
        (with_(join=JOIN), "exactly one of"),
        (with_(attempt=0), "'attempt' must be an integer of at least 1"),
        (with_(attempt=True), "'attempt' must be an integer"),
        (with_(attempt="1"), "'attempt' must be an integer"),
        (
            with_(algorithm="magic"),
            "'algorithm' must be one of xgboost, lightgbm, hist_gradient_boosting, random_forest, logistic_",
        ),
        (with_(task="ranking"), "'task' must be one of"),
        (with_(name=" "), "'name' must be a text"),
        (with_(split={"test_size": 1}), "'split.test_size' is out of range"),
        (with_(split={"test_size": 0}), "'split.test_size' is out of range"),
        (with_(split={"test_size": "half"}), "'split.test_size' must be a number"),
        (with_(split={"seed": 2**31}), "'split.seed' must be below"),
        (with_(split={"strategy": "time"}), "'split.time_column' is needed"),
        (with_(split={"strategy": "random", "time_column": "day"}), "'split.time_column' belongs to"),
        (with_(task="regression", split={"strategy": "stratified"}), "cannot be stratified"),
        (with_(feature_columns=["a", "a"]), "'feature_columns' names something twice"),
        (with_(feature_columns=[]), "'feature_columns' must be a list"),
        (with_(feature_columns=["temp", "late"]), "must not name the target"),
        (with_(resources={"cpus_per_worker": 0}), "'resources.cpus_per_worker' is out of range"),
        (with_(hyperparameters=[1]), "'hyperparameters' must be an object"),
        (with_(weight_column=" "), "'weight_column' must be a text"),
        (with_(weight_column="late"), "'weight_column' must be neither the target nor"),
        (with_(weight_column="temp", feature_columns=["temp"]), "'weight_column' must be neither the target nor"),
        (with_(encodings=["carrier"]), "'encodings' must be an object"),
        (with_(encodings={"carrier": 1}), "'encodings.carrier' must be a text"),
        (with_(encodings={"carrier": "hash"}), "'encodings.carrier' must be one of native, one_hot, ordinal, frequency"),
        (with_(algorithm="ridge", task="regression", encodings={"carrier": "native"}), "must be one of one_hot, ordinal,"),
        (with_(algorithm="logistic_regression", resources={"num_workers": 2}), "must be 1: logistic_regression learns in one"),
        (with_(algorithm="logistic_regression", task="regression"), "logistic_regression is not for regression"),
        (with_(algorithm="ridge"), "ridge is not for classification"),
        (with_(run={}), "'run.run_id' is missing"),
        (with_(run="0a"), "'run' must be an object"),
    ],
)
def test_refuses_what_breaks_a_rule(specification_document: Document, change: Callable[[Document], object], words: str) -> None:
    change(specification_document)

    with pytest.raises(JobFailure) as caught:
        parse(specification_document)

    assert caught.value.code == FailureCode.INVALID_SPECIFICATION
    assert words in caught.value.message


def test_names_the_place_of_a_wrong_view(specification_document: Document) -> None:
    del specification_document["dataset"]
    broken = json.loads(json.dumps(JOIN))
    broken["views"][0]["features"][1]["kind"] = "double"

    with pytest.raises(JobFailure, match=r"unknown key 'join\.views\[0\]\.features\[1\]\.kind'"):
        parse(specification_document | {"join": broken})


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "null", "3"])
def test_refuses_what_is_no_object(text: str) -> None:
    with pytest.raises(JobFailure) as caught:
        JobSpecification.from_json(text)

    assert caught.value.code == FailureCode.INVALID_SPECIFICATION
