"""What a job tells that it left out, cut, or took for something else."""

import json
from collections.abc import Iterable
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_algorithms import OnlyWorker, Training

from conftest import TrackingServer, small_table
from matih_training import algorithms
from matih_training.dataset import load
from matih_training.job_warning import JobWarning, WarningCode, documents
from matih_training.packaging import _differing
from matih_training.preprocessing import MAX_CATEGORIES, encode
from matih_training.progress import Phase, Progress
from matih_training.specification import JobSpecification
from matih_training.split import split
from matih_training.storage import Folder

Document = dict[str, Any]
ROWS = 2_000
GENERATOR = np.random.default_rng(5)
LATE = pa.array(np.arange(ROWS) % 2)


def warnings_of(table: pa.Table, document: Document, **changes: Any) -> list[tuple[str, str | None, str]]:
    """Code, column and message of each warning of a job on the table, before its workers start."""
    pq.write_table(table, document["dataset"]["uri"])
    specification = JobSpecification.from_json(json.dumps(document | changes))
    rows = split(specification, load(specification, Progress(Folder(specification.output_uri))))
    parts = encode(rows, algorithms.get(specification.algorithm))
    return [(warning.code.value, warning.column, warning.message) for warning in parts.warnings]


def repeated(texts: Iterable[str]) -> list[str]:
    return list(islice(cycle(texts), ROWS))


def texts(different: int) -> Any:
    return pa.array([f"t{number % different:05}" for number in range(ROWS)])


# By name: a column, the code (None for none) and a part of the message.
COLUMNS: dict[str, tuple[Any, str | None, str]] = {
    "numbers": (GENERATOR.normal(size=ROWS), None, ""),
    "numbers with gaps": (np.where(GENERATOR.random(ROWS) < 0.5, np.nan, np.arange(ROWS) % 3), None, ""),
    "small whole numbers": (np.arange(ROWS), None, ""),
    "truth values": (np.arange(ROWS) % 3 == 0, None, ""),
    "a date": (np.datetime64("2020-01-01") + np.arange(ROWS), "column_not_usable", "holds date32[day] and is not learned from"),
    "a time": (np.datetime64("2020-01-01T00:00:00", "us") + np.arange(ROWS), "column_not_usable", "timestamp[us]"),
    "bytes": ([b"a"] * ROWS, "column_not_usable", "binary"),
    "lists": ([[1]] * ROWS, "column_not_usable", "list"),
    "structures": ([{"a": 1}] * ROWS, "column_not_usable", "struct"),
    "nothing at all": (pa.nulls(ROWS), "column_not_usable", "null"),
    "no numbers": (pa.nulls(ROWS, pa.float64()), "column_empty", "no value"),
    "only NaN": ([float("nan")] * ROWS, "column_empty", "no value"),
    "no texts": (pa.nulls(ROWS, pa.string()), "column_empty", "no value"),
    "empty texts": ([""] * ROWS, "column_empty", "no value"),
    "one number": ([7.0] * ROWS, "column_constant", "the same value in every row"),
    "one text": (["x"] * ROWS, "column_constant", "the same value in every row"),
    "always true": ([True] * ROWS, "column_constant", "the same value in every row"),
    "a thousand texts": (texts(MAX_CATEGORIES), None, ""),
    "texts": (texts(40), None, ""),
    "long ids": (10**18 + np.arange(ROWS), "numbers_rounded", "different numbers of 'x' become 1"),
    "whole numbers beyond 24 bits": (2**24 + np.arange(ROWS), "numbers_rounded", "different numbers"),
    "seconds since 1970": (1.7e9 + np.arange(ROWS), "numbers_rounded", "32 bits"),
    "infinite numbers": ([1.0, float("inf")] * (ROWS // 2), "numbers_cut", "infinite"),
    "numbers beyond 32 bits": ([1.0, -1e39] * (ROWS // 2), "numbers_cut", "count as 3.4e+38"),
    "decimal commas": (repeated(f"{number},5" for number in range(40)), "numbers_as_text", "Write numbers as 1234.5"),
    "thousands": (repeated(f"1.{number:03},50" for number in range(40)), "numbers_as_text", "'1."),
    "money": (repeated(f"€ {number}" for number in range(10, 50)), "numbers_as_text", "€"),
    "percentages": (repeated(f"{number}%" for number in range(40)), "numbers_as_text", "%"),
    "codes with zeros": (repeated(f"{number:05}" for number in range(40)), None, ""),
    "long codes": (repeated(f"{10**19 + number}" for number in range(40)), None, ""),
    "days first": (repeated(f"{number}/11/2020" for number in range(1, 29)), "dates_as_text", "look like dates"),
    "days with points": (repeated(f"{number}.11.20" for number in range(1, 29)), "dates_as_text", "look like dates"),
    "days and times": (repeated(f"2020-11-{number:02} 08:00:00" for number in range(1, 29)), "dates_as_text", "look like dates"),
    "versions": (repeated(f"{number}.1.{number}" for number in range(40, 80)), None, ""),
    "truth values in words": (["yes", "no"] * (ROWS // 2), None, ""),
}


@pytest.mark.parametrize("algorithm", ["xgboost", "random_forest"])
@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_told_of(name: str, algorithm: str, specification_document: Document) -> None:
    values, code, part = COLUMNS[name]
    table = pa.table({"x": values, "y": pa.array(GENERATOR.normal(size=ROWS)), "late": LATE})

    found = warnings_of(table, specification_document, algorithm=algorithm)

    assert [entry[:2] for entry in found] == ([] if code is None else [(code, "x")])
    assert all(part in message for _, _, message in found)


def test_unknown_categories_are_counted(specification_document: Document) -> None:
    names = [f"t{number:05}" for number in range(5_000)]
    table = pa.table({"x": names + names[:1_000] * 5, "y": GENERATOR.normal(size=10_000), "late": np.arange(10_000) % 2})

    ((code, column, message),) = warnings_of(table, specification_document)

    assert (code, column) == ("categories_unknown", "x")
    assert "of the rows" in message
    assert "the 1000 most frequent ones" in message


def test_texts_of_their_own_are_told_of(specification_document: Document) -> None:
    table = pa.table({"x": [f"n{number}" for number in range(ROWS)], "y": GENERATOR.normal(size=ROWS), "late": LATE})

    assert [code for code, _, _ in warnings_of(table, specification_document)] == ["categories_unknown", "texts_mostly_unique"]


def test_the_index_of_pandas_is_told_of(specification_document: Document, tmp_path: Path) -> None:
    frame = pd.DataFrame({"y": GENERATOR.normal(size=ROWS), "late": np.arange(ROWS) % 2})
    frame[frame.y < 1].to_parquet(tmp_path / "frame.parquet")

    found = warnings_of(pq.read_table(tmp_path / "frame.parquet"), specification_document)

    assert [entry[:2] for entry in found] == [("index_not_used", "__index_level_0__")]


def test_rows_and_classes_are_told_of(specification_document: Document) -> None:
    target = pa.array(["a"] * (ROWS - 50) + ["b\n"] * 10 + [None] * 40)
    table = pa.table({"y": GENERATOR.normal(size=ROWS), "late": target})

    found = warnings_of(table, specification_document)

    assert [entry[:2] for entry in found] == [("rows_without_target", "late"), ("rare_class", "late")]
    assert found[0][2] == "40 rows have no target 'late' and were left out"
    assert found[1][2] == "class 'b\N{REPLACEMENT CHARACTER}' has 8 rows to learn from; fewer than 10 teach little"


def test_named_columns_are_used_without_a_word(specification_document: Document) -> None:
    table = small_table(ROWS)

    assert warnings_of(table, specification_document, feature_columns=["temp", "carrier"]) == []


def test_thousands_of_warnings_are_summed_up() -> None:
    warnings = [JobWarning(WarningCode.COLUMN_EMPTY, "nothing is in it", f"c{number}") for number in range(3_000)]

    written = documents(warnings)

    assert len(written) == 50
    assert written[-1] == {"code": "more_warnings", "message": "there are 2951 more warnings"}
    assert written[0] == {"code": "column_empty", "column": "c0", "message": "nothing is in it"}
    assert documents(warnings[:50])[-1]["column"] == "c49"


def test_a_graph_that_answers_differently_is_told_of() -> None:
    assert [warning.code for warning in _differing({"onnx_matches": False, "max_difference": 0.3})] == ["onnx_differs"]
    assert _differing({"onnx_matches": True, "max_difference": 0.3}) == []


def test_warnings_are_in_every_report_of_the_job(
    tmp_path: Path, specification_document: Document, tracking_server: TrackingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_server.uri)
    warning = JobWarning(WarningCode.COLUMN_NOT_USABLE, "it holds dates", "day")
    progress = Progress(Folder(str(tmp_path)))
    progress.warn([warning])
    progress.report(Phase.TRAINING)
    assert json.loads((tmp_path / "progress.json").read_text())["warnings"] == [warning.document()]

    training = Training(tmp_path, "xgboost", "late", specification_document)
    training.plan = type(training.plan)(**{**training.plan.__dict__, "warnings": (warning,)})
    training.model(OnlyWorker(tmp_path / "train"))
    assert json.loads((tmp_path / "out" / "progress.json").read_text())["warnings"] == [warning.document()]
