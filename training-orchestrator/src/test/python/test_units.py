"""By its defaults an algorithm is as good as its library's own, whatever the unit of the target."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xgboost
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

SHIPPED = list(algorithms.entries())
SMALL: dict[str, dict[str, Any]] = {"xgboost": {"num_boost_round": 20}, "random_forest": {"n_estimators": 20}}
Document = dict[str, Any]


@pytest.fixture(autouse=True)
def _mlflow(monkeypatch: pytest.MonkeyPatch, tracking_server: TrackingServer) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_server.uri)


def training_on(folder: Path, algorithm: str, target: str, document: Document, table: pa.Table, **more: Any) -> Training:
    pq.write_table(table, document["dataset"]["uri"])
    return Training(folder, algorithm, target, document, **more)


@pytest.mark.parametrize("factor", [1e-30, 1e-12, 1e-9, 1e-6, 1e6, 1e18, 1e30])
@pytest.mark.parametrize("algorithm", SHIPPED)
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
            hyperparameters=SMALL[algorithm],
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


@pytest.mark.parametrize("target", ["late", "verdict", "delay"])
def test_xgboost_by_its_defaults_is_the_librarys_own(target: str, tmp_path: Path, specification_document: Document) -> None:
    training = Training(tmp_path, "xgboost", target, specification_document)
    parts = training.parts
    model = training.model(OnlyWorker(tmp_path / "train"))

    kind = xgboost.XGBRegressor if target == "delay" else xgboost.XGBClassifier
    plain = kind(n_jobs=1, random_state=7).fit(parts.train.matrix, parts.train.target)

    expected = plain.predict(parts.test.matrix) if target == "delay" else plain.predict_proba(parts.test.matrix)
    assert model.score(parts.test.matrix) == pytest.approx(expected, rel=1e-5, abs=1e-6)


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
