"""A caller's names of columns and texts of categories and classes are only data, from the file to the served answer."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_algorithms import OnlyWorker, Training
from test_vectors import vectors

from conftest import TrackingServer, small_table
from matih_training import algorithms, onnx_model
from matih_training.comparison import agreeing
from matih_training.evaluation import EvaluatedModel
from matih_training.evaluation_job import measure
from matih_training.kinds import is_column_name
from matih_training.native_model import NativeModel
from matih_training.packaging import PackagedModel, package
from matih_training.progress import Progress
from matih_training.scoring import OnnxScorer
from matih_training.signature import read_onnx_layout, read_signature
from matih_training.train import TrainedModel

NAMES = vectors("column_names")["good"]
LONGEST = [letter * 255 for letter in vectors("column_names")["longest"]]
TEXTS = ["🚀", "a\0b", "a", "é", "e\u0301", " ", "null", '"', "no such category"]
OF_CLASSES = [name for name, entry in algorithms.entries().items() if "classification" in entry.tasks]


class Nowhere:
    def write_json(self, name: str, document: Any) -> None:
        pass


@pytest.fixture(autouse=True)
def _mlflow(monkeypatch: pytest.MonkeyPatch, tracking_server: TrackingServer) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_server.uri)


def test_names_of_columns_are_taken_or_refused() -> None:
    names = vectors("column_names")

    assert [name for name in [*names["good"], *LONGEST] if not is_column_name(name)] == []
    assert [name for name in [*names["bad"], *(name + name[0] for name in LONGEST)] if is_column_name(name)] == []


def hostile_table(names: list[str], texts: bool) -> pa.Table:
    """A column of each name, of which the first one decides about the target."""
    plain = small_table(300)
    generator = np.random.default_rng(3)
    late = np.array(plain.column("late"))
    known = np.where(late == 1, "🚀", "a")
    columns: dict[str, Any] = {}
    for place, name in enumerate(names):
        if texts:
            columns[name] = pa.array(known if place == 0 else generator.choice(np.array(TEXTS, dtype=object), len(late)))
        else:
            columns[name] = pa.array(generator.normal(size=len(late)) + (3 * late if place == 0 else 0))
    return pa.table(columns | {"the answer": pa.array(['🚀 "late"' if number else "on\0time" for number in late])})


def packaged(folder: Path, algorithm: str, table: pa.Table, document: dict[str, Any]) -> PackagedModel:
    """What a whole job makes of the table, without its cluster."""
    pq.write_table(table, folder / "data.parquet")
    training = Training(folder, algorithm, "late", document, target_column="the answer", feature_columns=None)
    model: NativeModel = training.model(OnlyWorker(folder / "train"))
    trained = TrainedModel(training.parts, model)
    scores = model.score(training.parts.test.matrix)
    return package(training.specification, EvaluatedModel(trained, scores, {}), folder / "model")


@pytest.mark.parametrize("algorithm", OF_CLASSES)
@pytest.mark.parametrize("texts", [True, False], ids=["texts", "numbers"])
@pytest.mark.parametrize("names", [NAMES, LONGEST], ids=["odd", "longest"])
def test_a_model_of_odd_names_answers_in_every_form(
    tmp_path: Path, specification_document: dict[str, Any], algorithm: str, texts: bool, names: list[str]
) -> None:
    table = hostile_table(names, texts)
    written = packaged(tmp_path, algorithm, table, specification_document)
    folder = written.bundle.folder
    document = json.loads((folder / "signature.json").read_text())
    signature = read_signature(document)
    layout = read_onnx_layout(signature, document, json.loads((folder / "onnx.json").read_text()))
    golden = json.loads((folder / "golden.json").read_text())

    assert [column.name for column in signature.columns] == names
    assert list(signature.classes) == ["on\0time", '🚀 "late"']
    graph = onnx.load(folder / "model.onnx").graph
    assert [entry.name for entry in graph.input] == [tensor.name for tensor in layout.tensors]
    assert [column for tensor in layout.tensors for column in tensor.columns] == names
    ours = {"numeric"} | {f"text_{index}" for index in range(len(names))}
    assert {tensor.name for tensor in layout.tensors} <= ours
    assert json.loads((folder / "parity.json").read_text())["onnx_matches"]

    scorer = OnnxScorer((folder / "model.onnx").read_bytes(), signature, layout)
    frame = pd.DataFrame([row["inputs"] for row in golden["rows"]], columns=names)
    expected = np.array([row["probabilities"] for row in golden["rows"]])
    assert agreeing(expected, scorer.score(frame), 1.0).all()
    measured = measure(scorer, tmp_path / "data.parquet", "the answer", Progress(Nowhere()))
    assert measured.metrics["auc"] > 0.95


def test_mlflow_loads_a_model_of_odd_names(tmp_path: Path, specification_document: dict[str, Any]) -> None:
    import mlflow

    table = hostile_table(NAMES, texts=True)
    written = packaged(tmp_path, "xgboost", table, specification_document)

    model = mlflow.pyfunc.load_model(str(written.bundle.folder))

    rows = table.drop_columns(["the answer"]).to_pandas()
    answers = model.predict(rows)
    assert np.mean(answers == np.array(table.column("the answer"))) > 0.9
    assert model.metadata.get_input_schema().input_names() == NAMES


def test_a_category_is_known_in_the_bytes_of_every_engine() -> None:
    """ONNX Runtime for Java sends the JVM's modified UTF-8."""
    keys = onnx_model._keys(["a", "é", "🚀", "a\0b"])

    assert keys["🚀".encode()] == keys[b"\xed\xa0\xbd\xed\xba\x80"] == 2.0
    assert keys[b"a\0b"] == keys[b"a\xc0\x80b"] == 3.0
    assert (keys[b"a"], keys["é".encode()], len(keys)) == (0.0, 1.0, 6)
