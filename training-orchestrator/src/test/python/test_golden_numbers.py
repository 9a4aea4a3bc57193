"""Each algorithm's numbers are those of its plain library on the same split: a data scientist's own notebook finds the same."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xgboost
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from test_algorithms import OnlyWorker, Training
from threadpoolctl import threadpool_limits

from conftest import TrackingServer
from matih_training import algorithms, onnx_model
from matih_training.failure import JobFailure
from matih_training.golden import golden_rows
from matih_training.metrics import metrics_of
from matih_training.parity import parity
from matih_training.profile import column_profiles
from matih_training.weights import check_class_weight

Document = dict[str, Any]
NUMBERS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "year"]
TEXTS = ["island", "sex"]
# Of the small table's targets by what they are.
TARGETS = {"species": "verdict", "sex": "late", "body_mass_g": "delay"}


def penguins() -> pa.Table:
    """The 344 Palmer penguins (CC0): numbers and texts with gaps, three species."""
    with (Path(__file__).parent.parent / "resources/penguins.csv").open() as file:
        rows = list(csv.DictReader(file))
    texts = {name: pa.array([row[name] or None for row in rows]) for name in ("species", *TEXTS)}
    numbers = {name: pa.array([float(row[name]) if row[name] else None for row in rows]) for name in (*NUMBERS, "body_mass_g")}
    return pa.table(texts | numbers)


@pytest.fixture(autouse=True)
def _mlflow(monkeypatch: pytest.MonkeyPatch, tracking_server: TrackingServer) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_server.uri)


def trained(folder: Path, algorithm: str, target: str, document: Document, **more: Any) -> tuple[Training, Any]:
    """A training on the penguins and its model."""
    pq.write_table(penguins(), document["dataset"]["uri"])
    features = [name for name in (*NUMBERS, *TEXTS) if name != target]
    training = Training(folder, algorithm, TARGETS[target], document, target_column=target, feature_columns=features, **more)
    return training, training.model(OnlyWorker(folder / "train"))


def metrics_with(training: Training, scores: Any) -> dict[str, float]:
    return metrics_of(training.parts.test.target, np.asarray(scores), training.plan.classes)


def categories(frame: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Texts as pandas' categories, as the libraries' documentation says."""
    return frame.assign(
        **{name: pd.Categorical(frame[name], sorted(known[name].dropna().unique())) for name in TEXTS if name in frame}
    )


def in_32_bits(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].astype(np.float32).astype(np.float64) for name in NUMBERS})


def linear(estimator: Any) -> Callable[[pd.DataFrame, Any], Any]:
    """Median, standardized numbers, one column per category: the pipeline of the textbook."""

    def fit(train: pd.DataFrame, target: Any) -> Any:
        texts = [name for name in TEXTS if name in train]
        numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
        one_hot = OneHotEncoder(categories=[sorted(train[name].dropna().unique()) for name in texts], handle_unknown="ignore")
        columns = ColumnTransformer([("numbers", numbers, NUMBERS), ("texts", one_hot, texts)])
        return make_pipeline(columns, clone(estimator)).fit(train, target)

    return fit


def on_categories(estimator: Any) -> Callable[[pd.DataFrame, Any], Any]:
    class Fitted:
        def __init__(self, train: pd.DataFrame, target: Any) -> None:
            self.train = train
            self.model = clone(estimator).fit(categories(train, train), target)

        def predict(self, rows: pd.DataFrame) -> Any:
            return self.model.predict(categories(rows, self.train))

        def predict_proba(self, rows: pd.DataFrame) -> Any:
            return self.model.predict_proba(categories(rows, self.train))

    return Fitted


PLAIN: dict[tuple[str, str], Callable[[pd.DataFrame, Any], Any]] = {
    ("logistic_regression", "classification"): linear(LogisticRegression(max_iter=1000)),
    ("linear_regression", "regression"): linear(LinearRegression()),
    ("ridge", "regression"): linear(Ridge()),
    ("xgboost", "classification"): on_categories(xgboost.XGBClassifier(n_jobs=1, enable_categorical=True)),
    ("xgboost", "regression"): on_categories(xgboost.XGBRegressor(n_jobs=1, enable_categorical=True)),
    ("lightgbm", "classification"): on_categories(lightgbm.LGBMClassifier(n_jobs=1, verbosity=-1)),
    ("lightgbm", "regression"): on_categories(lightgbm.LGBMRegressor(n_jobs=1, verbosity=-1)),
    ("hist_gradient_boosting", "classification"): on_categories(HistGradientBoostingClassifier()),
    ("hist_gradient_boosting", "regression"): on_categories(HistGradientBoostingRegressor()),
}
CASES = [
    (algorithm, target)
    for algorithm, task in PLAIN
    for target in (("species", "sex") if task == "classification" else ("body_mass_g",))
]


@pytest.mark.parametrize(("algorithm", "target"), CASES)
def test_the_numbers_are_the_plain_librarys(
    algorithm: str, target: str, tmp_path: Path, specification_document: Document
) -> None:
    training, model = trained(tmp_path, algorithm, target, specification_document)
    parts = training.parts
    task = training.specification.task
    # A threshold of 64 bits may lie between a number and its form of 32 bits.
    train, test = in_32_bits(parts.rows.train), in_32_bits(parts.rows.test)

    with threadpool_limits(1):
        plain = PLAIN[algorithm, task](train, parts.train.target)
        scores = plain.predict_proba(test) if task == "classification" else plain.predict(test)

    expected = metrics_with(training, scores)
    assert metrics_with(training, model.score(parts.test.matrix)) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    features = parts.rows.source.features
    profiles = column_profiles(parts.rows.train, features)
    golden = golden_rows(model, parts.rows.test, features, 1, parts.train.target, profiles=profiles)
    assert parity(onnx_model.build(model), model, parts.rows.test, golden)["onnx_matches"]


@pytest.mark.parametrize("target", ["species", "body_mass_g"])
def test_a_forest_is_as_good_as_the_librarys(target: str, tmp_path: Path, specification_document: Document) -> None:
    """Its trees are seeded otherwise: workers share them."""
    training, model = trained(tmp_path, "random_forest", target, specification_document)
    kind = RandomForestRegressor if target == "body_mass_g" else RandomForestClassifier
    plain = [kind(random_state=seed).fit(training.parts.train.matrix, training.parts.train.target) for seed in (1, 2, 3)]
    name = "r2" if target == "body_mass_g" else "accuracy"
    matrix = training.parts.test.matrix
    found = [
        metrics_with(training, one.predict(matrix) if target == "body_mass_g" else one.predict_proba(matrix))[name]
        for one in plain
    ]

    assert metrics_with(training, model.score(matrix))[name] >= min(found) - 0.01


@pytest.mark.parametrize("algorithm", [name for name, entry in algorithms.entries().items() if entry.encodings[0] == "native"])
def test_categories_are_worth_more_than_numbers_of_the_alphabet(
    algorithm: str, tmp_path: Path, specification_document: Document
) -> None:
    """Of sixty places some are late, in no order of their names."""
    generator = np.random.default_rng(4)
    place = generator.integers(0, 60, 1500)
    late = generator.random(1500) < np.where(generator.permutation(60)[place] < 30, 0.1, 0.9)
    table = pa.table({"place": [f"place {number}" for number in place], "late": late.astype(int)})
    found = {}
    for encoding in ("native", "ordinal", "one_hot", "frequency"):
        folder = tmp_path / encoding
        folder.mkdir()
        document = specification_document | {"output_uri": str(folder / "out")}
        pq.write_table(table, document["dataset"]["uri"])
        training = Training(folder, algorithm, "late", document, feature_columns=None, encodings={"place": encoding})
        model = training.model(OnlyWorker(folder / "train"))
        found[encoding] = metrics_with(training, model.score(training.parts.test.matrix))["logloss"]
        rows = training.parts.rows
        profiles = column_profiles(rows.train, rows.source.features)
        golden = golden_rows(model, rows.test, rows.source.features, 1, training.parts.train.target, profiles=profiles)
        assert parity(onnx_model.build(model), model, rows.test, golden)["onnx_matches"]

    assert found["native"] < found["frequency"], found
    assert found["native"] < found["ordinal"] or algorithm == "xgboost", found


WEIGHED = [name for name, entry in algorithms.entries().items() if "classification" in entry.tasks]


@pytest.mark.parametrize("algorithm", WEIGHED)
def test_weights_of_classes_and_of_rows_are_the_same_thing(
    algorithm: str, tmp_path: Path, specification_document: Document
) -> None:
    """A class of weight 3 is learned as rows of weight 3 are, and otherwise than without."""
    table = penguins()
    weight = pa.array(np.where(np.array(table.column("species")) == "Chinstrap", 3.0, 1.0))
    scores = []
    for number, (weighed, asked) in enumerate(
        [(False, {"class_weight": {"Chinstrap": 3}}), (True, {}), (False, {}), (False, {"class_weight": "balanced"})]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        document = specification_document | {"output_uri": str(folder / "out")}
        pq.write_table(table.append_column("weight", weight), document["dataset"]["uri"])
        training = Training(
            folder,
            algorithm,
            "verdict",
            document,
            target_column="species",
            feature_columns=NUMBERS,
            hyperparameters=asked,
            **({"weight_column": "weight"} if weighed else {}),
        )
        scores.append(training.model(OnlyWorker(folder / "train")).score(training.parts.test.matrix))

    by_class, by_row, plain, balanced = scores
    assert by_class == pytest.approx(by_row, rel=1e-5, abs=1e-6)
    assert np.abs(by_class - plain).max() > 1e-4
    assert np.abs(balanced - plain).max() > 1e-4


def test_a_weight_for_a_class_that_there_is_not_is_refused() -> None:
    check_class_weight({"class_weight": {"true": 2.0}}, (False, True))
    check_class_weight({"class_weight": {"1": 2.0}}, (0, 1))
    with pytest.raises(JobFailure, match="names 'Emperor', which is no class; classes are Adelie, Gentoo"):
        check_class_weight({"class_weight": {"Emperor": 2.0}}, ("Adelie", "Gentoo"))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["a"] * 344, "holds (large_)?string; weights are numbers"),
        ([None] + [1.0] * 343, "missing, infinite or negative"),
        ([-1.0] + [1.0] * 343, "missing, infinite or negative"),
        ([float("inf")] + [1.0] * 343, "missing, infinite or negative"),
        ([0] * 344, "every row has the weight 0"),
    ],
)
def test_weights_that_are_none_are_refused(
    values: list[Any], words: str, tmp_path: Path, specification_document: Document
) -> None:
    pq.write_table(penguins().append_column("weight", pa.array(values)), specification_document["dataset"]["uri"])

    with pytest.raises(JobFailure, match=words):
        Training(
            tmp_path,
            "xgboost",
            "verdict",
            specification_document,
            target_column="species",
            feature_columns=NUMBERS,
            weight_column="weight",
        )


@pytest.mark.parametrize("algorithm", ["xgboost", "lightgbm"])
def test_early_stopping_keeps_the_best_round(algorithm: str, tmp_path: Path, specification_document: Document) -> None:
    asked = {"num_boost_round": 200, "early_stopping_rounds": 5, "learning_rate": 0.3}
    _, model = trained(tmp_path, algorithm, "species", specification_document, hyperparameters=asked)
    last = tmp_path / "train"
    files = sorted(last.glob("*/validation.json"), key=lambda file: int(file.parent.name.rpartition("_")[2]))
    losses = json.loads(files[-1].read_text())

    assert len(losses) < 200
    assert losses.index(min(losses)) == len(losses) - 6
    trees = onnx_trees(model)
    assert trees == 3 * (len(losses) - 5)


@pytest.mark.parametrize("algorithm", ["xgboost", "lightgbm"])
def test_early_stopping_goes_on_from_a_checkpoint(algorithm: str, tmp_path: Path, specification_document: Document) -> None:
    from test_algorithms import Killed

    asked = {"num_boost_round": 60, "early_stopping_rounds": 5, "learning_rate": 0.3}
    training, model = trained(tmp_path, algorithm, "species", specification_document, hyperparameters=asked)
    dying = OnlyWorker(tmp_path / "dying", dies_at=1)
    with pytest.raises(Killed):
        training.model(dying)

    resumed = training.model(OnlyWorker(tmp_path / "second", resumes=dying.last))

    matrix = training.parts.test.matrix
    assert resumed.score(matrix) == pytest.approx(model.score(matrix), rel=1e-5, abs=1e-6)


def test_early_stopping_of_the_histograms_ends_before_its_time(tmp_path: Path, specification_document: Document) -> None:
    asked = {"max_iter": 500, "early_stopping": "on", "n_iter_no_change": 3}
    training, model = trained(tmp_path, "hist_gradient_boosting", "body_mass_g", specification_document, hyperparameters=asked)

    assert model.scorer.estimator.n_iter_ < 200
    assert metrics_with(training, model.score(training.parts.test.matrix))["r2"] > 0.7


def onnx_trees(model: Any) -> int:
    import onnx

    (node,) = [node for node in onnx.load_from_string(onnx_model.build(model)).graph.node if node.op_type.startswith("TreeEns")]
    (ids,) = [attribute.ints for attribute in node.attribute if attribute.name == "nodes_treeids"]
    return len(set(ids))
