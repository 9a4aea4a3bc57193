"""A regression learns in any unit of its target; a forest is as good as its library's own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from test_algorithms import OnlyWorker, Training

from conftest import TrackingServer, small_table
from matih_training import algorithms, onnx_model
from matih_training.algorithms.xgboost import booster_parameters
from matih_training.golden import golden_rows
from matih_training.metrics import metrics_of
from matih_training.parity import parity
from matih_training.profile import column_profiles
from matih_training.train import unit_of

OF_NUMBERS = [name for name, entry in algorithms.entries().items() if "regression" in entry.tasks]
# Few rounds are enough.
ROUNDS = ("num_boost_round", "max_iter", "n_estimators")
Document = dict[str, Any]


@pytest.fixture(autouse=True)
def _mlflow(monkeypatch: pytest.MonkeyPatch, tracking_server: TrackingServer) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_server.uri)


def training_on(folder: Path, algorithm: str, target: str, document: Document, table: pa.Table, **more: Any) -> Training:
    pq.write_table(table, document["dataset"]["uri"])
    return Training(folder, algorithm, target, document, **more)


@pytest.mark.parametrize("factor", [1e-30, 1e-9, 1e6, 1e30])
@pytest.mark.parametrize("algorithm", OF_NUMBERS)
def test_a_regression_learns_in_any_unit(algorithm: str, factor: float, tmp_path: Path, specification_document: Document) -> None:
    table = small_table()
    place = table.column_names.index("delay")
    delay = np.array(table.column("delay"))
    found = {}
    for unit in (1.0, factor):
        folder = tmp_path / str(unit)
        folder.mkdir()
        document = specification_document | {"output_uri": str(folder / "out")}
        training = training_on(
            folder,
            algorithm,
            "delay",
            document,
            table.set_column(place, "delay", pa.array(delay * unit)),
            hyperparameters={name: 20 for name in algorithms.entry(algorithm).parameters if name in ROUNDS},
        )
        worker = OnlyWorker(folder / "train")
        model = training.model(worker)
        rows, features = training.parts.rows, training.parts.rows.source.features
        found[unit] = metrics_of(training.parts.test.target, model.score(training.parts.test.matrix), 0)
        golden = golden_rows(
            model, rows.test, features, 1, training.parts.train.target, profiles=column_profiles(rows.train, features)
        )
        assert parity(onnx_model.build(model), model, rows.test, golden)["onnx_matches"]
        assert worker.charted["test-rmse"] == pytest.approx(found[unit]["rmse"], rel=1e-4)

    assert found[factor]["r2"] == pytest.approx(found[1.0]["r2"], abs=0.01)
    assert found[factor]["rmse"] / factor == pytest.approx(found[1.0]["rmse"], rel=0.02)


@pytest.mark.parametrize(("spread", "unit"), [(0, 1), (1.0, 1), (0.02, 1), (1e11, 1), (2.0**-20, 2.0**-20), (2.0**50, 2.0**50)])
def test_the_unit_is_a_power_of_two_and_only_where_it_is_needed(spread: float, unit: float) -> None:
    assert unit_of(np.array([-spread, spread] * 10, dtype=np.float32)) == unit


def test_hyperparameters_keep_their_meaning_in_the_unit_of_the_target(tmp_path: Path, specification_document: Document) -> None:
    asked = {"gamma": 8.0, "reg_alpha": 4.0, "max_delta_step": 2.0, "reg_lambda": 3.0}
    plan = Training(tmp_path, "xgboost", "delay", specification_document, hyperparameters=asked).plan

    found = booster_parameters(replace(plan, target_unit=0.5))

    assert {name: found[name] for name in asked} == {"gamma": 32.0, "reg_alpha": 8.0, "max_delta_step": 4.0, "reg_lambda": 3.0}


def test_a_forest_by_its_defaults_is_as_good_as_scikit_learns(tmp_path: Path, specification_document: Document) -> None:
    digits = load_digits()
    columns = {f"pixel {place}": digits.data[:, place] for place in range(digits.data.shape[1])}
    table = pa.table({**columns, "late": digits.target})
    training = training_on(tmp_path, "random_forest", "late", specification_document, table, feature_columns=None)
    parts = training.parts
    plain = RandomForestClassifier(random_state=1).fit(parts.train.matrix, parts.train.target)

    ours = training.model(OnlyWorker(tmp_path / "train"))

    found = metrics_of(parts.test.target, ours.score(parts.test.matrix), 10)
    expected = metrics_of(parts.test.target, plain.predict_proba(parts.test.matrix), 10)
    assert found["accuracy"] >= expected["accuracy"] - 0.02
    assert found["logloss"] <= expected["logloss"] + 0.02
