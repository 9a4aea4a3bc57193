"""Kinds of columns: both readers of a data set find the same."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from make_kinds import columns, main

from matih_training.kinds import FEATURE_KINDS, column_kind, index_columns, kind_of, plain_values

KINDS = Path(__file__).parent.parent / "resources" / "kinds"


def stored(name: str) -> pa.Table:
    return pq.ParquetFile(KINDS / name).read()


def table() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((KINDS / "kinds.json").read_text())
    return rows


@pytest.mark.parametrize("row", table(), ids=lambda row: row["arrow"])
def test_a_type_has_the_kind_of_the_table_in_memory_and_in_a_file(row: dict[str, Any]) -> None:
    column = stored("kinds.parquet").column(row["arrow"])

    assert column_kind(columns()[row["arrow"]][1].type) == row["kind"]
    assert column_kind(column.type) == row["kind"]
    assert kind_of(column.type) == (row["kind"] if row["kind"] in FEATURE_KINDS else None)


@pytest.mark.parametrize("row", [row for row in table() if row["kind"] in FEATURE_KINDS], ids=lambda row: row["arrow"])
def test_a_column_of_every_feature_type_becomes_plain_values(row: dict[str, Any]) -> None:
    column = stored("kinds.parquet").column(row["arrow"])
    if row["kind"] == "boolean":
        column = plain_values(column).cast(pa.uint8())
    values = plain_values(column)

    if row["kind"] == "string":
        assert values.to_pylist() == [values[0].as_py(), None]
        assert pa.types.is_large_string(values.type)
    else:
        numbers = values.cast(pa.float64(), safe=False).to_numpy()
        assert numbers[0] in (1.0, 1.25, 1.5)
        assert int(np.count_nonzero(np.isnan(numbers))) == row["missing"]


def test_the_index_of_pandas_is_known() -> None:
    assert index_columns(stored("pandas_filtered.parquet").schema) == {"__index_level_0__"}
    assert index_columns(stored("pandas_named.parquet").schema) == {"customer"}
    assert index_columns(stored("pandas_range.parquet").schema) == frozenset()
    assert index_columns(pa.schema([("x", pa.int64())])) == frozenset()
    for text in (b"", b"no json", b"[]", b'{"index_columns": 3}'):
        assert index_columns(pa.schema([("x", pa.int64())], metadata={b"pandas": text})) == frozenset()


def test_the_stored_table_is_the_one_that_the_script_writes(tmp_path: Path) -> None:
    main(tmp_path)

    assert (tmp_path / "kinds.json").read_text() == (KINDS / "kinds.json").read_text()
