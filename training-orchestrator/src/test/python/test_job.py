"""A job without its cluster: what it prepares, and every way to fail before the workers start."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from conftest import TrackingServer, small_table
from matih_training import algorithms, checkpoints, dataset, job
from matih_training.preprocessing import EncodedParts, encode
from matih_training.progress import Progress
from matih_training.specification import JobSpecification
from matih_training.split import split
from matih_training.storage import Folder

Document = dict[str, Any]


def failure_of(document: Any, server: TrackingServer, output: Path) -> tuple[str, str]:
    status = job.run(
        {"MATIH_JOB": json.dumps(document), "MLFLOW_TRACKING_URI": server.uri, "MLFLOW_TRACKING_TOKEN": "very-secret"}
    )
    assert status == 1
    assert not (output / "result.json").exists()
    written = json.loads((output / "failure.json").read_text())
    assert "very-secret" not in json.dumps(written)
    return written["code"], written["message"]


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        (f"s3://datasets/acme/flights/{'a1' * 32}-0b1c2d3e.parquet", "flights"),
        ("s3://datasets/acme/labels.parquet", "labels"),
        ("folder/data.parquet", "data"),
        ("data", "data"),
    ],
)
def test_a_run_names_its_data_set(uri: str, name: str) -> None:
    assert job._name_of(uri) == name


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"colour": "red"}, "invalid_specification"),
        ({"dataset": {"uri": "/no/such/file.parquet"}}, "unreadable_data"),
        ({"target_column": "nothing"}, "missing_column"),
        ({"feature_columns": ["temp", "nothing"]}, "missing_column"),
        ({"feature_columns": ["day"]}, "unsupported_column"),
        ({"task": "regression", "target_column": "verdict"}, "invalid_target"),
        ({"task": "classification", "target_column": "delay"}, "invalid_target"),
        ({"split": {"strategy": "time", "time_column": "hour"}}, "invalid_timestamp"),
        ({"split": {"strategy": "time", "time_column": "nothing"}}, "missing_column"),
        ({"hyperparameters": {"depth": 3}}, "invalid_hyperparameters"),
        ({"hyperparameters": {"class_weight": {"2": 3}}}, "invalid_hyperparameters"),
        ({"weight_column": "nothing"}, "missing_column"),
        ({"weight_column": "temp"}, "invalid_weight"),
        ({"encodings": {"nothing": "one_hot"}}, "missing_column"),
        ({"encodings": {"temp": "one_hot"}}, "unsupported_column"),
        ({"algorithm": "ridge"}, "invalid_specification"),
    ],
)
def test_says_why_it_failed(
    specification_document: Document, tracking_server: TrackingServer, tmp_path: Path, change: Document, code: str
) -> None:
    assert failure_of(specification_document | change, tracking_server, tmp_path / "out")[0] == code


def test_refuses_a_file_that_is_not_parquet(
    specification_document: Document, tracking_server: TrackingServer, tmp_path: Path
) -> None:
    (tmp_path / "data.parquet").write_text("a,b\n1,2\n")

    code, message = failure_of(specification_document, tracking_server, tmp_path / "out")

    assert code == "unreadable_data"
    assert "not a readable Parquet file" in message


@pytest.mark.parametrize(("values", "code"), [([1] * 50, "single_class"), ([0, 1], "too_few_rows")])
def test_refuses_a_table_that_teaches_nothing(
    specification_document: Document, tracking_server: TrackingServer, tmp_path: Path, values: list[int], code: str
) -> None:
    pq.write_table(pa.table({"a": values, "late": values}), tmp_path / "data.parquet")

    assert failure_of(specification_document, tracking_server, tmp_path / "out")[0] == code


def test_stops_when_another_attempt_is_current(
    specification_document: Document, tracking_server: TrackingServer, tmp_path: Path
) -> None:
    tracking_server.answers = [409]

    assert failure_of(specification_document, tracking_server, tmp_path / "out")[0] == "superseded"


def test_an_unexpected_error_is_told_without_its_text(
    specification_document: Document, tracking_server: TrackingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(job, "load", broken)

    code, message = failure_of(specification_document, tracking_server, tmp_path / "out")

    assert code == "internal_error"
    assert message == "unexpected RuntimeError; see the job's log"


@pytest.mark.parametrize("text", ["", "nonsense", "[1]", '{"output_uri": 3}'])
def test_fails_also_without_a_place_to_say_so(text: str) -> None:
    assert job.run({"MATIH_JOB": text}) == 1


def prepared(document: Document) -> tuple[dataset.TrainingTable, EncodedParts]:
    specification = JobSpecification.from_json(json.dumps(document))
    table = dataset.load(specification, Progress(Folder(specification.output_uri)))
    return table, encode(split(specification, table), algorithms.get(specification.algorithm))


def test_takes_every_usable_column_by_default(specification_document: Document) -> None:
    table, _ = prepared(specification_document | {"feature_columns": None})

    assert [(feature.name, feature.kind) for feature in table.features] == [
        ("temp", "double"),
        ("hour", "long"),
        ("carrier", "string"),
        ("holiday", "boolean"),
        ("verdict", "string"),
        ("delay", "double"),
    ]
    assert table.passed_over == ("day",)


def test_prepares_both_parts_by_what_the_training_part_teaches(specification_document: Document) -> None:
    document = specification_document | {"feature_columns": ["temp", "carrier"], "algorithm": "random_forest"}
    _, rows = prepared(document)

    assert (len(rows.train), len(rows.test)) == (320, 80)
    assert rows.train.matrix.dtype == np.float32
    assert not np.isnan(rows.test.matrix).any()
    assert rows.preprocessing["numeric"][0]["fill"] == pytest.approx(rows.rows.train["temp"].median())
    assert rows.rows.classes == (0, 1)


def test_names_the_held_out_part_by_data_target_and_split(specification_document: Document) -> None:
    digests = {
        prepared(specification_document | change)[1].rows.held_out_digest
        for change in (
            {},
            {"max_failures": 0},
            {"target_column": "verdict"},
            {"split": {"seed": 1}},
            {"split": {"test_size": 0.3}},
        )
    }

    assert len(digests) == 4


@pytest.mark.parametrize(
    ("target", "task", "split"),
    [
        ("late", "classification", {"strategy": "stratified"}),
        ("verdict", "classification", {"strategy": "random", "test_size": 0.3}),
        ("delay", "regression", {"strategy": "random"}),
        ("temp", "regression", {"strategy": "time", "time_column": "day"}),
    ],
)
def test_says_of_each_row_in_which_part_it_is(
    specification_document: Document, target: str, task: str, split: dict[str, Any]
) -> None:
    table, parts = prepared(specification_document | {"target_column": target, "task": task, "split": split})

    told = parts.rows.parts.to_pandas()
    values = table.table.column(target).to_pandas()
    assert told["row"].tolist() == list(range(400))
    assert values[told["part"] == "without_target"].isna().all()
    classes = parts.rows.classes
    for part, learned in (("train", parts.rows.train_target), ("held_out", parts.rows.test_target)):
        sent = values[told["part"] == part]
        numbers = [classes.index(value) for value in sent] if classes else sent.astype(np.float32).tolist()
        # Rows are trained on in another order than they were sent in.
        assert sorted(numbers) == sorted(learned.tolist()), part
    held_out = table.table.filter(pa.array(told["part"] == "held_out"))
    assert held_out.column("hour").to_pylist() == parts.rows.test["hour"].tolist()


def test_joins_features_and_leaves_the_keys_out(specification_document: Document, tmp_path: Path) -> None:
    entities = small_table().select(["carrier", "day", "late", "hour"])
    pq.write_table(entities, tmp_path / "labels.parquet")
    days = pa.table(
        {
            "carrier": ["AA", "B6", "DL"],
            "at": pa.array([np.datetime64("2013-01-10", "us")] * 3),
            "fleet": [900, 250, 800],
        }
    )
    pq.write_table(days, tmp_path / "fleet.parquet")
    del specification_document["dataset"]
    specification_document["join"] = {
        "entity_uri": str(tmp_path / "labels.parquet"),
        "timestamp_column": "day",
        "views": [
            {
                "name": "fleet",
                "source_uri": str(tmp_path / "fleet.parquet"),
                "timestamp_column": "at",
                "join_keys": ["carrier"],
                "features": [{"name": "planes", "column": "fleet"}],
            }
        ],
    }

    table, rows = prepared(specification_document)

    assert [feature.name for feature in table.features] == ["hour", "planes"]
    assert table.table.num_rows == entities.num_rows
    early = table.table.filter(pc.less(table.table.column("day"), pa.scalar(date(2013, 1, 10))))
    assert early.column("planes").null_count == early.num_rows > 0
    assert set(table.table.column("planes").to_pylist()) == {None, 900, 250, 800}
    assert rows.rows.held_out_digest.startswith("sha256:")

    specification_document["join"]["views"][0]["ttl_seconds"] = 86400
    assert prepared(specification_document)[0].data_digest != table.data_digest


def test_resumes_from_the_newest_checkpoint_of_the_same_work(tmp_path: Path) -> None:
    earlier = Folder(str(tmp_path))
    for name, fingerprint in [("checkpoint_1", "same"), ("checkpoint_2", "same"), ("checkpoint_3", "other"), ("other_4", "same")]:
        earlier.write_json(f"train/{name}/state.json", {"fingerprint": fingerprint})
    earlier.write_json("train/checkpoint_5/half.json", {})

    assert checkpoints.newest(earlier.child("train"), "same") == f"{tmp_path}/train/checkpoint_2"
    assert checkpoints.newest(earlier.child("train"), "none") is None
    assert checkpoints.newest(earlier.child("x"), "same") is None


def test_keeps_only_the_newest_checkpoints(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    for name in ("checkpoint_2", "checkpoint_1", "checkpoint_3", "other"):
        folder.write_json(f"{name}/state.json", {})

    checkpoints.remove_old(folder, 2)
    assert folder.folders() == ["checkpoint_2", "checkpoint_3", "other"]
    checkpoints.remove_old(folder, 5)
    assert folder.folders() == ["checkpoint_2", "checkpoint_3", "other"]
