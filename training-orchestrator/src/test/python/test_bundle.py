"""The bundle as MLflow and as a registry read it."""

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from conftest import small_table
from matih_training import algorithms, bundle, onnx_model
from matih_training.algorithm import native_form
from matih_training.failure import FailureCode, JobFailure
from matih_training.native_model import load
from matih_training.specification import Feature, FeatureViewSource, PointInTimeJoin
from test_model import NAMES, columns, trained


def written(folder: Path, algorithm: str, target: str) -> tuple[bundle.Bundle, Any, pd.DataFrame]:
    model, frame = trained(algorithm, target)
    features = columns(small_table(), NAMES)
    signature = bundle.signature(
        "regression" if target == "delay" else "classification",
        features,
        model.classes,
        None,
    )
    result = bundle.write_bundle(
        folder / "model",
        run_id="0a1b",
        signature=signature,
        preprocessing=model.preprocessing,
        native=native_form(algorithms.get(algorithm), model.scorer, bundle.NATIVE),
        onnx=onnx_model.build(model),
        layout=bundle.onnx_layout(onnx_model.input_tensors(model.preprocessing), model.classes),
        documents={"golden.json": {}},
    )
    return result, model, frame


def test_the_digest_is_the_canonical_one() -> None:
    files = {"b": "11", "a/z": "22", "B": "33", "ä": "44"}
    text = "33  B\n22  a/z\n11  b\n44  ä\n"

    assert bundle.bundle_digest(files) == "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_every_file_is_in_the_digest(tmp_path: Path) -> None:
    result, _, _ = written(tmp_path, "xgboost", "late")
    names = {path.relative_to(result.folder).as_posix() for path in result.folder.rglob("*") if path.is_file()}

    assert set(result.files) == names
    assert {"MLmodel", "model.onnx", "signature.json", "golden.json", "requirements.txt", "native/model.ubj"} < names
    (result.folder / "golden.json").write_text("changed")
    assert bundle.bundle_digest(bundle.file_digests(result.folder)) != result.digest


@pytest.mark.parametrize(("algorithm", "target"), [("xgboost", "verdict"), ("random_forest", "late"), ("xgboost", "delay")])
def test_mlflow_loads_it_and_takes_raw_columns(tmp_path: Path, algorithm: str, target: str) -> None:
    import mlflow

    result, model, frame = written(tmp_path, algorithm, target)
    raw = small_table().to_pandas()[NAMES]
    raw["hour"] = raw["hour"].astype("Int64")
    raw.loc[0, "hour"] = pd.NA
    raw.loc[1, "carrier"] = "no such category"
    expected = model.predict(raw)

    loaded = mlflow.pyfunc.load_model(str(result.folder))

    assert loaded.predict(raw).tolist() == expected.tolist()
    assert loaded.predict(raw.drop(columns=["temp"])).tolist() == model.predict(raw.drop(columns=["temp"])).tolist()
    assert (
        load(result.folder / "native", algorithms.get(algorithm).scorer).predict(frame).tolist() == model.predict(frame).tolist()
    )
    if target != "delay":
        probabilities = loaded.predict(raw, params={"return_probabilities": True})
        assert probabilities.shape == (len(raw), len(model.classes))


@pytest.mark.parametrize(("algorithm", "flavor"), [("xgboost", "xgboost"), ("random_forest", "sklearn")])
def test_mlflow_loads_the_trees_and_the_graph_by_their_own_flavors(tmp_path: Path, algorithm: str, flavor: str) -> None:
    import mlflow

    result, model, _ = written(tmp_path, algorithm, "late")

    trees = getattr(mlflow, flavor).load_model(str(result.folder))
    graph = mlflow.onnx.load_model(str(result.folder))

    assert type(trees) is type(model.scorer.estimator)
    assert [tensor.name for tensor in graph.graph.input] == ["numeric", "text_0"]


def test_the_signature_names_features_of_views() -> None:
    def view(name: str, key: str, *features: str) -> FeatureViewSource:
        return FeatureViewSource(name, "s3://x", "at", None, 0, (key,), tuple(Feature(item, item) for item in features))

    join = PointInTimeJoin(
        "s3://e", None, "at", (view("weather", "origin", "temp", "visib"), view("plane", "tail", "seats")), "svc"
    )
    every = columns(small_table(), NAMES)

    some = bundle.signature("classification", every, (0, 1), join)["features"]
    assert some == {"references": ["weather:temp"], "join_keys": ["origin"]}

    narrow = PointInTimeJoin("s3://e", None, "at", (view("weather", "origin", "temp"),), "svc")
    whole = bundle.signature("classification", every, (0, 1), narrow)["features"]
    assert whole == {"references": ["weather:temp"], "join_keys": ["origin"], "service": "svc"}


def test_the_signature_tells_types_and_tensors() -> None:
    model, _ = trained("xgboost", "verdict")
    tensors = onnx_model.input_tensors(model.preprocessing)
    document = bundle.signature("classification", columns(small_table(), NAMES), model.classes, None)

    assert document == {
        "bundle_format": 2,
        "task": "classification",
        "inputs": [
            {"name": "temp", "type": "double", "nullable": True},
            {"name": "hour", "type": "long", "nullable": True},
            {"name": "carrier", "type": "string", "nullable": True},
            {"name": "holiday", "type": "boolean", "nullable": True},
        ],
        "outputs": [{"name": "label", "type": "string"}, {"name": "probabilities", "type": "double", "shape": [-1, 3]}],
        "classes": ["early", "late", "on time"],
    }
    assert bundle.onnx_layout(tensors, model.classes) == {
        "tensors": [
            {"name": "numeric", "datatype": "FP32", "columns": ["temp", "hour", "holiday"]},
            {"name": "text_0", "datatype": "BYTES", "columns": ["carrier"]},
        ],
        "outputs": {"label": "label", "probabilities": "probabilities"},
    }


def test_a_large_document_is_short_and_a_larger_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_LARGEST_DOCUMENT", 100)

    bundle.write_json(tmp_path / "small.json", {"a": 1})
    bundle.write_json(tmp_path / "large.json", {"🚀": "x" * 40, "b": [1, 2]})
    with pytest.raises(JobFailure, match=r"golden\.json is above") as caught:
        bundle.write_json(tmp_path / "golden.json", {"a": "x" * 100})

    assert (tmp_path / "small.json").read_text() == '{\n "a": 1\n}\n'
    assert (tmp_path / "large.json").read_text() == '{"🚀":"' + "x" * 40 + '","b":[1,2]}'
    assert caught.value.code == FailureCode.MODEL_TOO_LARGE
