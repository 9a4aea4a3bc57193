"""What becomes of a table's columns: which encoding each algorithm gets, what is learned for it, and that ONNX does the same."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from test_algorithms import OnlyWorker, Training

from conftest import TrackingServer, small_table
from matih_training import algorithms, onnx_model
from matih_training.dataset import FeatureColumn
from matih_training.native_model import SCALED_LIMIT, encode
from matih_training.preprocessing import (
    ONE_HOT_CATEGORIES,
    category_columns,
    columns_record,
    learn_preprocessing,
    matrix_places,
)
from matih_training.weights import read_weights

NUMBER, TEXT, TRUTH = FeatureColumn("n", "double"), FeatureColumn("t", "string"), FeatureColumn("b", "boolean")


@pytest.fixture(autouse=True)
def _mlflow(monkeypatch: pytest.MonkeyPatch, tracking_server: TrackingServer) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_server.uri)


def learned(frame: pd.DataFrame, algorithm: str, encodings: Mapping[str, str] | None = None) -> dict[str, Any]:
    features = [feature for feature in (NUMBER, TEXT, TRUTH) if feature.name in frame]
    return learn_preprocessing(frame, features, algorithms.get(algorithm), (0, 1), encodings or {})


def test_a_linear_model_gets_standardized_numbers() -> None:
    frame = pd.DataFrame({"n": [1.0, 3.0, np.nan, 9.0], "b": [0.0, 1.0, np.nan, 1.0]})
    found = learned(frame, "ridge")

    matrix = encode(frame, found)

    filled = np.array([1.0, 3.0, 3.0, 9.0])
    assert matrix[:, 0] == pytest.approx((filled - filled.mean()) / filled.std(), rel=1e-6)
    assert matrix[:, 1].tolist() == [0.0, 1.0, 1.0, 1.0]
    assert columns_record(found) == [
        {"name": "n", "encoding": "standardized", "missing": "filled", "fill": 3.0},
        {"name": "b", "encoding": "number", "missing": "filled", "fill": 1.0},
    ]


def test_numbers_far_outside_are_limited_and_constant_ones_are_nothing() -> None:
    found = learned(pd.DataFrame({"n": [1.0, 1.0 + 1e-6]}), "ridge")
    assert encode(pd.DataFrame({"n": [1e38, -1e38]}), found)[:, 0].tolist() == [SCALED_LIMIT, -SCALED_LIMIT]

    for constant in ([5.0, 5.0], [np.nan, np.nan]):
        found = learned(pd.DataFrame({"n": constant}), "ridge")
        assert np.isfinite(encode(pd.DataFrame({"n": [5.0, 7.0, np.nan]}), found)).all()


def test_one_column_per_category_and_none_for_what_is_unknown() -> None:
    frame = pd.DataFrame({"n": [1.0, 2.0, 3.0], "t": ["b", "a", None]})
    found = learned(frame, "logistic_regression")

    matrix = encode(pd.DataFrame({"n": [1.0] * 4, "t": ["a", "b", None, "new"]}), found)

    assert matrix[:, 1:].tolist() == [[1, 0], [0, 1], [0, 0], [0, 0]]
    assert matrix_places(found) == {"n": slice(0, 1), "t": slice(1, 3)}
    assert columns_record(found)[1] == {"name": "t", "encoding": "one_hot", "categories": 2, "missing": "zeros"}


@pytest.mark.parametrize(("different", "encoding"), [(ONE_HOT_CATEGORIES, "one_hot"), (ONE_HOT_CATEGORIES + 1, "frequency")])
def test_many_categories_become_their_frequency(different: int, encoding: str) -> None:
    frame = pd.DataFrame({"t": [f"t{number}" for number in range(different)] + ["t7"] * different})

    assert learned(frame, "ridge")["text"][0]["encoding"] == encoding
    asked = learned(frame, "ridge", {"t": "one_hot"})
    assert asked["text"][0]["encoding"] == "one_hot"


def test_a_frequency_is_the_share_of_the_training_rows() -> None:
    found = learned(pd.DataFrame({"t": ["a", "a", "a", "b", None, "c", "c", "c"]}), "random_forest", {"t": "frequency"})

    assert encode(pd.DataFrame({"t": ["a", "b", None, "new"]}), found)[:, 0].tolist() == [0.375, 0.125, 0.0, 0.0]


@pytest.mark.parametrize(("algorithm", "most"), [("xgboost", 1000), ("lightgbm", 1000), ("hist_gradient_boosting", 255)])
def test_trees_get_categories_as_such(algorithm: str, most: int) -> None:
    frame = pd.DataFrame({"n": np.arange(1200.0), "t": [f"t{number:04}" for number in range(1200)]})
    found = learned(frame, algorithm)

    assert category_columns(found) == (1,)
    assert (found["text"][0]["encoding"], len(found["text"][0]["categories"])) == ("native", most)
    assert columns_record(found)[1] == {"name": "t", "encoding": "native", "categories": most, "missing": "kept"}
    assert category_columns(learned(frame, algorithm, {"t": "ordinal"})) == ()


ENCODED = [(name, encoding) for name, entry in algorithms.entries().items() for encoding in entry.encodings]


@pytest.mark.parametrize(("algorithm", "encoding"), ENCODED)
def test_onnx_encodes_as_the_native_model_does(
    algorithm: str, encoding: str, tmp_path: Path, specification_document: dict[str, Any]
) -> None:
    target = "late" if "classification" in algorithms.entry(algorithm).tasks else "delay"
    training = Training(tmp_path, algorithm, target, specification_document, encodings={"carrier": encoding})
    model = training.model(OnlyWorker(tmp_path / "train"))
    frame = training.parts.rows.test
    odd = pd.DataFrame(
        {
            "temp": [np.nan, 3e38, -3e38, 50.0],
            "hour": [np.nan, 1e15, 3.0, 0.0],
            "carrier": [None, "", "new", "B6"],
            "holiday": [np.nan] * 4,
        }
    )

    for rows in (frame, odd):
        native = model.score(encode(rows, model.preprocessing))
        other = onnx_model.run(onnx_model.build(model), model.preprocessing, rows)
        assert other == pytest.approx(native, rel=1e-4, abs=1e-5)


def test_a_column_of_weights_is_not_learned_from(tmp_path: Path, specification_document: dict[str, Any]) -> None:
    training = Training(tmp_path, "xgboost", "verdict", specification_document, feature_columns=None, weight_column="hour")

    assert "hour" not in [feature.name for feature in training.parts.rows.source.features]
    weights = training.parts.train.weight
    assert weights is not None
    assert sorted(np.unique(weights)) == sorted(set(np.array(small_table().column("hour")).tolist()))
    assert training.parts.test.weight is None


def test_weights_of_any_kind_of_number_are_taken() -> None:
    for kind in (pa.int8(), pa.float32(), pa.decimal128(21, 2), pa.uint16(), pa.duration("s")):
        weights = read_weights(pa.table({"w": pa.array([0, 2, 1]).cast(kind)}), "w")
        assert weights is not None
        assert weights.tolist() == [0.0, 2.0, 1.0]
    assert read_weights(pa.table({"w": [1]}), None) is None


def test_the_record_is_json(tmp_path: Path, specification_document: dict[str, Any]) -> None:
    training = Training(tmp_path, "lightgbm", "late", specification_document)

    assert json.loads(json.dumps(columns_record(training.parts.preprocessing), allow_nan=False))
