"""The columns that a job learns from by default, for tables as the tools of the field write them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import small_table
from matih_training import bundle, dataset
from matih_training.evaluation_job import _class_numbers
from matih_training.failure import FailureCode, JobFailure
from matih_training.kinds import kind_of
from matih_training.profile import reference_profile
from matih_training.progress import Progress
from matih_training.specification import JobSpecification
from matih_training.storage import Folder
from matih_training.target import read_target
from test_model import NAMES, TARGETS, columns, golden_of, to_frame, trained

Document = dict[str, Any]


def load(document: Document) -> dataset.TrainingTable:
    specification = JobSpecification.from_json(json.dumps(document))
    return dataset.load(specification, Progress(Folder(specification.output_uri)))


def test_the_index_of_pandas_is_left_out_and_said_so(specification_document: Document, tmp_path: Path) -> None:
    frame = small_table().to_pandas()
    frame[frame.hour > 3].to_parquet(tmp_path / "data.parquet")

    table = load(specification_document)

    assert "__index_level_0__" not in [feature.name for feature in table.features]
    assert table.passed_over == ("day", "__index_level_0__")


def test_the_index_of_pandas_can_be_named(specification_document: Document, tmp_path: Path) -> None:
    frame = small_table().to_pandas().set_index("hour")
    frame.to_parquet(tmp_path / "data.parquet")

    assert "hour" in load(specification_document).passed_over
    named = load(specification_document | {"feature_columns": ["temp", "hour"]})
    assert [(feature.name, feature.kind) for feature in named.features] == [("temp", "double"), ("hour", "long")]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())])
def test_texts_of_every_writer_are_the_same_values(specification_document: Document, tmp_path: Path, kind: pa.DataType) -> None:
    table = small_table()
    for name in ("carrier", "verdict"):
        column = table.column(name)
        column = column.dictionary_encode() if pa.types.is_dictionary(kind) else column.cast(kind)
        table = table.set_column(table.column_names.index(name), name, column)
    pq.write_table(table, tmp_path / "data.parquet")

    loaded = load(specification_document | {"target_column": "verdict"})

    carrier = next(feature for feature in loaded.features if feature.name == "carrier")
    assert carrier.kind == "string"
    plain = small_table()
    pd.testing.assert_frame_equal(to_frame(loaded.table, [carrier]), to_frame(plain, [carrier]))
    target = read_target(loaded.table.column("verdict"), "verdict", "classification")
    assert target.classes == ("early", "late", "on time")
    assert target.values.tolist() == read_target(plain.column("verdict"), "verdict", "classification").values.tolist()


def _dictionary(values: pa.Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0, None, 1], pa.uint32()), values)


# By the tool that writes it: a column, its kind, and its three values as the model reads them.
WRITTEN: dict[str, tuple[pa.Array, str, list[Any]]] = {
    "Polars, categories": (_dictionary(pa.array(["a", "b"], pa.large_string())), "string", ["a", None, "b"]),
    "Polars, categories over views": (_dictionary(pa.array(["a", "b"], pa.string_view())), "string", ["a", None, "b"]),
    "Polars, decimals": (pa.array([Decimal("1.50"), None, Decimal("2.25")], pa.decimal128(38, 2)), "double", [1.5, None, 2.25]),
    "Polars, large unsigned": (pa.array([2**64 - 1, None, 3], pa.uint64()), "long", [2.0**64, None, 3.0]),
    "Polars, floats": (pa.array([1.5, None, float("inf")], pa.float32()), "double", [1.5, None, float("inf")]),
    "Polars, durations": (pa.array([1, None, 2], pa.duration("us")), "long", [1.0, None, 2.0]),
    "pandas, nullable integers": (pa.array(pd.array([1, None, 3], dtype="Int64")), "long", [1.0, None, 3.0]),
    "pandas, nullable truth values": (pa.array(pd.array([True, None, False], dtype="boolean")), "boolean", [1.0, None, 0.0]),
    "pandas, categories of numbers": (_dictionary(pa.array([5, 7])), "long", [5.0, None, 7.0]),
    "pandas, timedeltas": (pa.array([1, None, 2], pa.duration("ns")), "long", [1.0, None, 2.0]),
    "Arrow, dictionary of decimals": (_dictionary(pa.array([Decimal("1.5"), Decimal("2.5")])), "double", [1.5, None, 2.5]),
    "Arrow, dictionary of truth values": (_dictionary(pa.array([True, False])), "boolean", [1.0, None, 0.0]),
    "Arrow, wide decimals": (
        pa.array([Decimal("1.5"), None, Decimal(10**40)], pa.decimal256(60, 2)),
        "double",
        [1.5, None, 1e40],
    ),
    "Arrow, halves": (pa.array([np.float16(1.5), None, np.float16(2)], pa.float16()), "double", [1.5, None, 2.0]),
}


@pytest.mark.parametrize("stored", [False, True], ids=["in memory", "in a file"])
@pytest.mark.parametrize("name", WRITTEN)
def test_columns_as_the_tools_of_the_field_write_them(name: str, stored: bool, tmp_path: Path) -> None:
    column, kind, values = WRITTEN[name]
    table = pa.table({"x": column})
    # Arrow itself cannot write a dictionary of views.
    if stored and not name.endswith("views"):
        pq.write_table(table, tmp_path / "x.parquet")
        table, _ = dataset.read_parquet(str(tmp_path / "x.parquet"))

    found = str(kind_of(table.schema.field("x").type))
    read = to_frame(table, [dataset.FeatureColumn("x", found)])["x"]

    assert found == kind
    assert [None if pd.isna(value) else value for value in read] == values


def test_a_class_beyond_64_bits_is_refused_by_its_reason() -> None:
    column = pa.chunked_array([pa.array([2**64 - 1, 1] * 20, pa.uint64())])

    with pytest.raises(JobFailure, match="beyond 64 bits"):
        read_target(column, "y", "classification")


@pytest.mark.parametrize("letter", ["a", "字", "😀"])
def test_names_have_up_to_255_characters_of_any_script(specification_document: Document, tmp_path: Path, letter: str) -> None:
    table = small_table().rename_columns({"temp": letter * 255})
    pq.write_table(table, tmp_path / "data.parquet")
    assert load(specification_document).features[0].name == letter * 255

    pq.write_table(table.rename_columns({letter * 255: letter * 256}), tmp_path / "data.parquet")
    with pytest.raises(JobFailure, match="255"):
        load(specification_document)


@pytest.mark.parametrize("algorithm", ["xgboost", "random_forest"])
def test_truth_values_stay_truth_values_as_labels(monkeypatch: pytest.MonkeyPatch, algorithm: str) -> None:
    monkeypatch.setitem(TARGETS, "missed", "classification")
    table = small_table()
    table = table.append_column("missed", table.column("late").cast(pa.bool_()))
    features = columns(table, NAMES)
    model, frame = trained(algorithm, "missed", table)
    numbers, _ = trained(algorithm, "late", table)

    signature = bundle.signature("classification", features, model.classes, None)
    target = read_target(table.column("missed"), "missed", "classification").values
    rows = golden_of(model, frame, features, target)["rows"]
    scores = model.predict_proba(frame)

    assert json.dumps(signature["classes"]) == "[false, true]"
    assert signature["outputs"][0] == {"name": "label", "type": "boolean"}
    assert {json.dumps(row["prediction"]) for row in rows} == {"false", "true"}
    assert model.predict(frame).tolist() == [bool(label) for label in numbers.predict(frame)]
    profile = reference_profile(frame, features, scores, model.classes)
    assert list(profile["prediction"]["classes"]) == ["false", "true"]


@pytest.mark.parametrize(
    ("classes", "values", "numbers"),
    [
        ([False, True], [True, False], [1, 0]),
        ([0, 1], [True, False], [1, 0]),
        ([0, 1], [1, 0], [1, 0]),
        ([0, 1], [1.0, 0.0], [1, 0]),
        (["a", "b"], ["b", "a"], [1, 0]),
    ],
)
def test_labels_of_new_data_are_found_among_the_classes(classes: list[Any], values: list[Any], numbers: list[int]) -> None:
    column = pa.chunked_array([pa.array(values)])

    assert _class_numbers(column, "y", classes).tolist() == numbers


@pytest.mark.parametrize(
    ("classes", "values"), [([False, True], [1, 0]), ([False, True], ["true"]), (["a", "b"], [True]), ([0, 1], ["0"])]
)
def test_labels_of_another_kind_are_refused(classes: list[Any], values: list[Any]) -> None:
    with pytest.raises(JobFailure) as caught:
        _class_numbers(pa.chunked_array([pa.array(values)]), "y", classes)

    assert caught.value.code == FailureCode.INVALID_TARGET
