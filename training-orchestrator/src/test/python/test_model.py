"""One model in two forms: the native one with its preprocessing and the ONNX graph must give the same answers."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import xgboost
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from conftest import small_table
from matih_training import algorithms, onnx_model
from matih_training.algorithms.random_forest import iterations, merge, share
from matih_training.algorithms.xgboost import BoosterScorer
from matih_training.comparison import agreeing
from matih_training.dataset import FeatureColumn, to_frame
from matih_training.golden import golden_rows
from matih_training.kinds import kind_of
from matih_training.native_model import NativeModel, encode
from matih_training.parity import parity
from matih_training.preprocessing import MAX_CATEGORIES, category_columns, learn_preprocessing
from matih_training.profile import column_profiles, reference_profile
from matih_training.sklearn_model import SklearnScorer
from matih_training.target import read_target

NAMES = ["temp", "hour", "carrier", "holiday"]
TARGETS = {"late": "classification", "verdict": "classification", "delay": "regression"}


def columns(table: pa.Table, names: list[str]) -> list[FeatureColumn]:
    return [FeatureColumn(name, str(kind_of(table.schema.field(name).type))) for name in names]


def trained(
    algorithm: str, target_name: str, table: pa.Table | None = None, names: list[str] | None = None
) -> tuple[NativeModel, pd.DataFrame]:
    """A model as the workers would make it, and its rows."""
    table = small_table() if table is None else table
    features = columns(table, names or NAMES)
    frame = to_frame(table, features)
    target = read_target(table.column(target_name), target_name, TARGETS[target_name])
    learned = learn_preprocessing(frame, features, algorithms.get(algorithm), target.classes)
    matrix = encode(frame, learned)
    scorer = _scorer(algorithm, matrix, target.values, len(target.classes), category_columns(learned))
    return NativeModel(learned, scorer), frame


def _scorer(algorithm: str, matrix: Any, target: Any, classes: int, categories: tuple[int, ...]) -> Any:
    if algorithm == "random_forest":
        kind = RandomForestClassifier if classes else RandomForestRegressor
        halves = [
            kind(n_estimators=8, max_depth=6, random_state=seed).fit(matrix, target.astype(int) if classes else target)
            for seed in (1, 2)
        ]
        return SklearnScorer(merge(halves))
    objective: dict[str, Any] = {"objective": "reg:squarederror"}
    if classes == 2:
        objective = {"objective": "binary:logistic"}
    elif classes:
        objective = {"objective": "multi:softprob", "num_class": classes}
    kinds = ["c" if column in categories else "q" for column in range(matrix.shape[1])]
    rows = xgboost.DMatrix(matrix, label=target, feature_types=kinds, enable_categorical=True)
    # Sets of categories instead of one against the others, for any number of them.
    parameters = {**objective, "max_depth": 4, "max_cat_to_onehot": 1}
    return BoosterScorer(xgboost.train(parameters, rows, num_boost_round=12))


def target_of(name: str, table: pa.Table | None = None) -> Any:
    """The target's numbers."""
    column = (small_table() if table is None else table).column(name)
    return read_target(column, name, TARGETS[name]).values


def golden_of(model: NativeModel, frame: pd.DataFrame, features: list[FeatureColumn], target: Any) -> dict[str, Any]:
    """Golden rows as packaging asks for them."""
    return golden_rows(model, frame, features, 1, target, profiles=column_profiles(frame, features))


@pytest.mark.parametrize("algorithm", ["xgboost", "random_forest"])
@pytest.mark.parametrize("target", ["late", "verdict", "delay"])
def test_onnx_answers_as_the_native_model_does(algorithm: str, target: str) -> None:
    model, frame = trained(algorithm, target)
    features = columns(small_table(), NAMES)
    rows = golden_of(model, frame, features, target_of(target))
    content = onnx_model.build(model)

    found = parity(content, model, frame, rows)

    assert found["rows"] == len(frame) + len(rows["rows"])
    assert found["onnx_matches"], found
    assert found["flips"] == 0


@pytest.mark.parametrize("algorithm", ["xgboost", "random_forest"])
def test_onnx_gives_the_callers_own_labels(algorithm: str) -> None:
    import onnxruntime

    model, frame = trained(algorithm, "verdict")
    session = onnxruntime.InferenceSession(onnx_model.build(model))
    feed = {
        "numeric": frame[["temp", "hour", "holiday"]].to_numpy(dtype=np.float32),
        "text_0": frame[["carrier"]].fillna("").to_numpy(dtype=object),
    }
    labels, probabilities = session.run(["label", "probabilities"], feed)

    assert list(labels) == list(model.predict(frame))
    assert set(labels) == {"early", "late", "on time"}
    assert probabilities == pytest.approx(model.predict_proba(frame), abs=1e-5)


def test_parity_notices_a_graph_of_another_model() -> None:
    model, frame = trained("xgboost", "late")
    other, _ = trained("xgboost", "late", small_table(seed=8))
    rows = golden_of(model, frame, columns(small_table(), NAMES), target_of("late"))

    found = parity(onnx_model.build(other), model, frame, rows)

    assert not found["onnx_matches"]
    assert found["flips"] > 0


@pytest.mark.parametrize("algorithm", ["xgboost", "random_forest"])
@pytest.mark.parametrize("names", [["carrier"], ["temp"], ["nothing", "temp"], ["void", "carrier"]])
def test_every_mixture_of_columns_makes_a_model(algorithm: str, names: list[str]) -> None:
    table = small_table()
    table = table.append_column("nothing", pa.nulls(len(table), pa.string())).append_column(
        "void", pa.nulls(len(table), pa.float64())
    )
    model, frame = trained(algorithm, "late", table, names)
    rows = golden_of(model, frame, columns(table, names), target_of("late"))

    assert len(rows["rows"]) >= 50
    assert parity(onnx_model.build(model), model, frame, rows)["onnx_matches"]


def test_encoding_takes_null_empty_unknown_and_absent_alike() -> None:
    learned = {
        "numeric": [{"name": "n", "fill": None, "scale": None}],
        "text": [{"name": "t", "encoding": "native", "categories": ["a", "b"], "unknown": None}],
    }
    frame = pd.DataFrame({"n": [1, None, np.inf, -1e300], "t": ["b", None, "", "zzz"]})

    matrix = encode(frame, learned)

    largest = np.finfo(np.float32).max
    assert matrix[:, 0].tolist()[0] == 1.0
    assert np.isnan(matrix[1, 0])
    assert matrix[2:, 0].tolist() == [largest, -largest]
    assert matrix[0, 1] == 1.0
    assert np.isnan(matrix[1:, 1]).all()
    assert np.isnan(encode(pd.DataFrame(index=range(2)), learned)).all()


def test_encoding_takes_every_way_in_which_pandas_holds_numbers() -> None:
    learned = {"numeric": [{"name": "n", "fill": 9.0, "scale": None}], "text": []}
    forms = [
        pd.Series([True, None, False], dtype=object),
        pd.Series([True, pd.NA, False], dtype="boolean"),
        pd.Series([1, pd.NA, 0], dtype="Int64"),
        pd.Series([1.0, np.nan, 0.0]),
    ]

    assert [encode(pd.DataFrame({"n": form}), learned)[:, 0].tolist() for form in forms] == [[1.0, 9.0, 0.0]] * 4


def test_a_forest_learns_medians_and_gives_unknown_categories_a_number() -> None:
    table = pa.table({"n": [1.0, None, 3.0, 100.0], "t": ["b", None, "a", ""]})
    learned = learn_preprocessing(
        to_frame(table, columns(table, ["n", "t"])), columns(table, ["n", "t"]), algorithms.get("random_forest"), (0, 1)
    )

    assert learned["numeric"][0]["fill"] == 3.0
    assert learned["text"][0] == {"name": "t", "encoding": "ordinal", "categories": ["a", "b"], "unknown": -1.0}


def test_only_the_most_frequent_categories_are_kept() -> None:
    texts = [f"c{number:05}" for number in range(MAX_CATEGORIES + 50)] + ["c01049", "c01048"]
    table = pa.table({"t": texts})
    categories = learn_preprocessing(
        to_frame(table, columns(table, ["t"])), columns(table, ["t"]), algorithms.get("xgboost"), ()
    )["text"][0]["categories"]

    assert len(categories) == MAX_CATEGORIES
    assert categories == sorted(categories)
    assert {"c01049", "c01048"} < set(categories)


def test_golden_rows_hold_nulls_unknown_categories_and_extremes() -> None:
    model, frame = trained("xgboost", "late")
    golden = golden_of(model, frame, columns(small_table(), NAMES), target_of("late"))
    inputs = [row["inputs"] for row in golden["rows"]]

    assert len(inputs) >= 50
    assert {} in inputs
    assert any("carrier" not in row and row for row in inputs)
    assert any("temp" not in row and row for row in inputs)
    assert any(row.get("carrier") == "no such category" for row in inputs)
    temperatures = frame["temp"].dropna()
    width = temperatures.max() - temperatures.min()
    for extreme in (temperatures.min(), temperatures.max(), temperatures.max() + width, temperatures.min() - width):
        assert any(row.get("temp") == pytest.approx(extreme) for row in inputs)
    largest = [row for row in inputs if row.get("temp", 0) > temperatures.max() + 2 * width]
    assert largest == [inputs[-1]]
    assert (largest[0]["temp"], largest[0]["hour"]) == (np.finfo(np.float32).max, 2**53)
    assert {type(row["holiday"]) for row in inputs if "holiday" in row} == {bool}
    assert {type(row["hour"]) for row in inputs if "hour" in row} == {int}
    answers = model.predict_proba(pd.DataFrame(inputs, columns=NAMES))
    assert np.array([row["probabilities"] for row in golden["rows"]]) == pytest.approx(answers)
    assert json.loads(json.dumps(golden, allow_nan=False)) == golden


def test_a_model_that_learned_nothing_answers_the_share_of_the_classes() -> None:
    model, frame = trained("xgboost", "late")
    constant = xgboost.train(
        {"objective": "binary:logistic", "min_child_weight": 1e9},
        xgboost.DMatrix(encode(frame, model.preprocessing), label=np.arange(len(frame)) % 5 == 0),
        num_boost_round=3,
    )
    mute = NativeModel(model.preprocessing, BoosterScorer(constant))

    answers = onnx_model.run(onnx_model.build(mute), mute.preprocessing, frame)

    assert answers[:, 1] == pytest.approx(0.2, abs=1e-6)
    assert answers == pytest.approx(mute.predict_proba(frame), abs=1e-6)


def test_a_model_without_an_opinion_has_golden_rows_too() -> None:
    model, frame = trained("xgboost", "late")
    undecided = xgboost.train(
        {"objective": "binary:logistic", "base_score": 0.5, "max_depth": 1, "learning_rate": 1e-9},
        xgboost.DMatrix(encode(frame, model.preprocessing), label=np.arange(len(frame)) % 2),
        num_boost_round=1,
    )

    mute = NativeModel(model.preprocessing, BoosterScorer(undecided))

    assert len(golden_of(mute, frame, columns(small_table(), NAMES), target_of("late"))["rows"]) >= 50


def test_golden_rows_of_a_regression_are_judged_by_the_spread_of_its_target() -> None:
    model, frame = trained("xgboost", "delay")
    golden = golden_of(model, frame, columns(small_table(), NAMES), target_of("delay"))

    assert golden["tolerance"] == 1e-4
    assert golden["scale"] == pytest.approx(np.std(target_of("delay")))
    assert "probabilities" not in golden["rows"][0]


UNITS = {"house prices": (3e5, 7e5), "millionths": (1e-6, 0.0), "both signs": (10.0, 0.0), "a large offset": (5.0, 2e3)}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("algorithm", ["xgboost", "random_forest"])
def test_any_unit_of_a_target_is_judged_meaningfully(algorithm: str, unit: str) -> None:
    factor, offset = UNITS[unit]
    delay = target_of("delay").astype(np.float64)
    table = small_table()
    table = table.set_column(
        table.column_names.index("delay"), "delay", pa.array((delay - delay.mean()) / delay.std() * factor + offset)
    )
    model, frame = trained(algorithm, "delay", table)
    rows = golden_of(model, frame, columns(table, NAMES), target_of("delay", table))
    assert parity(onnx_model.build(model), model, frame, rows)["onnx_matches"]

    wrong = model.score(encode(frame, model.preprocessing))
    assert not agreeing(wrong, wrong + 2e-3 * factor, rows["scale"]).any()


@pytest.mark.parametrize("algorithm", ["xgboost", "random_forest"])
def test_large_targets_are_no_mismatch(algorithm: str) -> None:
    table = small_table()
    table = table.set_column(table.column_names.index("delay"), "delay", pc.multiply(table.column("delay"), 1e6))
    model, frame = trained(algorithm, "delay", table)
    rows = golden_of(model, frame, columns(table, NAMES), target_of("delay", table))

    assert parity(onnx_model.build(model), model, frame, rows)["onnx_matches"]


def test_the_profile_counts_every_row_once() -> None:
    model, frame = trained("xgboost", "late")
    scores = model.predict_proba(frame)
    profile = reference_profile(frame, columns(small_table(), NAMES), scores, model.classes)

    for name in ("temp", "hour", "holiday"):
        column = profile["columns"][name]
        assert sum(column["frequencies"]) == pytest.approx(1.0)
        assert len(column["edges"]) == len(column["frequencies"]) + 1
    carrier = profile["columns"]["carrier"]
    assert sum(carrier["categories"].values()) + carrier["other"] + carrier["missing"] == pytest.approx(1.0)
    assert profile["columns"]["temp"]["missing"] == pytest.approx(frame["temp"].isna().mean())
    assert sum(profile["prediction"]["classes"].values()) == pytest.approx(1.0)
    assert json.dumps(profile, allow_nan=False)


def test_a_profile_of_nothing_and_of_one_value_is_valid() -> None:
    frame = pd.DataFrame({"void": [np.nan] * 3, "same": [2.0] * 3})
    features = [FeatureColumn("void", "double"), FeatureColumn("same", "double")]
    profile = reference_profile(frame, features, np.array([1.0, 2.0, 3.0]), ())

    assert profile["columns"]["void"] == {"type": "number", "missing": 1.0, "edges": [], "frequencies": []}
    assert profile["columns"]["same"]["frequencies"] == [1.0]


def test_numbers_with_few_values_have_a_bin_each() -> None:
    frame = pd.DataFrame({"yes": [0.0, 1.0, 1.0, 0.0, 1.0], "steps": [3.0, 1.0, 2.0, 2.0, np.nan]})
    features = [FeatureColumn("yes", "boolean"), FeatureColumn("steps", "long")]
    profile = reference_profile(frame, features, np.array([1.0, 2.0, 3.0]), ())

    assert profile["columns"]["yes"]["edges"] == [0.0, 1.0, 1.0]
    assert profile["columns"]["yes"]["frequencies"] == pytest.approx([0.4, 0.6])
    assert profile["columns"]["steps"]["frequencies"] == pytest.approx([0.25, 0.5, 0.25])
    assert profile["prediction"]["rows"] == 3


@pytest.mark.parametrize(("trees", "workers"), [(1, 2), (7, 2), (100, 3), (3, 5)])
def test_the_workers_grow_all_trees_together(trees: int, workers: int) -> None:
    shares = [share(trees, rank, workers) for rank in range(workers)]
    steps = iterations(trees, workers)

    assert sum(shares) == trees
    assert max(shares) - min(shares) <= 1
    assert 1 <= steps <= max(shares)


def test_a_merged_forest_is_the_mean_of_its_parts() -> None:
    generator = np.random.default_rng(1)
    matrix, target = generator.normal(size=(200, 3)).astype(np.float32), generator.integers(0, 2, 200)
    parts = [RandomForestClassifier(n_estimators=5, random_state=seed).fit(matrix, target) for seed in (1, 2)]
    expected = (parts[0].predict_proba(matrix) + parts[1].predict_proba(matrix)) / 2

    assert merge(parts).predict_proba(matrix) == pytest.approx(expected)
