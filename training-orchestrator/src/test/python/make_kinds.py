"""Writes `src/test/resources/kinds`: Parquet files that the tests of both readers of a data set share.

`kinds.json` is the table: the kind of each type of Arrow, and the missing values of its column in `kinds.parquet`.
"""

import datetime as dt
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(__file__).parent.parent / "resources" / "kinds"
_NOW = dt.datetime(2020, 1, 1)  # noqa: DTZ001  (a time without a zone is one of the kinds)
_DAY = dt.date(2020, 1, 1)


Columns = dict[str, tuple[str, pa.Array]]


def columns() -> Columns:
    """By the name of the type: its kind and two values, of which the second is missing where the type can."""
    return _values() | _times() | _nested()


def _values() -> Columns:
    kinds: Columns = {}
    for width in (8, 16, 32, 64):
        for name in (f"int{width}", f"uint{width}"):
            kinds[name] = ("long", pa.array([1, None], getattr(pa, name)()))
    kinds["float16"] = ("double", pa.array([np.float16(1.5), np.float16("nan")]))
    kinds["float32"] = ("double", pa.array([1.5, float("nan")], pa.float32()))
    kinds["float64"] = ("double", pa.array([1.5, None], pa.float64()))
    for width, precision in ((32, 5), (64, 15), (128, 20), (256, 60)):
        kinds[f"decimal{width}"] = ("double", pa.array([Decimal("1.25"), None], getattr(pa, f"decimal{width}")(precision, 2)))
    kinds["bool"] = ("boolean", pa.array([True, None]))
    for name in ("string", "large_string", "string_view"):
        kinds[name] = ("string", pa.array(["a", None], getattr(pa, name)()))
    for name, kind, value in (
        ("string", "string", "a"),
        ("int64", "long", 1),
        ("float64", "double", 1.5),
        ("bool", "boolean", True),
        ("date32", "date", _DAY),
    ):
        values = pa.array([value], getattr(pa, "bool_" if name == "bool" else name)())
        kinds[f"dictionary_{name}"] = (kind, pa.DictionaryArray.from_arrays(pa.array([0, None], pa.int8()), values))
    for name, kind, extension, value in (
        ("uuid", "other", pa.uuid(), b"0123456789abcdef"),
        ("json", "string", pa.json_(), "{}"),
        ("bool8", "long", pa.bool8(), 1),
    ):
        stored = pa.array([value, None], extension.storage_type)
        kinds[name] = (kind, pa.ExtensionArray.from_storage(extension, stored))
    for name in ("binary", "large_binary", "binary_view"):
        kinds[name] = ("other", pa.array([b"a", None], getattr(pa, name)()))
    kinds["fixed_size_binary"] = ("other", pa.array([b"abcd", None], pa.binary(4)))
    kinds["null"] = ("other", pa.nulls(2))
    return kinds


def _times() -> Columns:
    kinds: Columns = {}
    for name in ("date32", "date64"):
        kinds[name] = ("date", pa.array([_DAY, None], getattr(pa, name)()))
    for unit, width in (("s", 32), ("ms", 32), ("us", 64), ("ns", 64)):
        kinds[f"time_{unit}"] = ("other", pa.array([dt.time(1), None], getattr(pa, f"time{width}")(unit)))
        kinds[f"timestamp_{unit}"] = ("timestamp", pa.array([_NOW, None], pa.timestamp(unit)))
        kinds[f"timestamp_{unit}_zone"] = ("timestamp", pa.array([_NOW, None], pa.timestamp(unit, "Europe/Berlin")))
        # Parquet has no durations: a reader that does not know Arrow sees whole numbers.
        kinds[f"duration_{unit}"] = ("long", pa.array([1, None], pa.int64()).cast(pa.duration(unit)))
    return kinds


def _nested() -> Columns:
    kinds: Columns = {}
    for name in ("list_", "large_list", "list_view"):
        kinds[name.rstrip("_")] = ("other", pa.array([[1], None], getattr(pa, name)(pa.int64())))
    # Arrow cannot read back what it writes for a missing list of a fixed size.
    kinds["fixed_size_list"] = ("other", pa.array([[1], [2]], pa.list_(pa.int64(), 1)))
    kinds["struct"] = ("other", pa.array([{"x": 1}, None]))
    kinds["map"] = ("other", pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())))
    return kinds


def missing(column: pa.Array) -> int:
    """Nulls and numbers that are none."""
    numbers = column.is_null(nan_is_null=True) if pa.types.is_floating(column.type) else column.is_null()
    return int(np.count_nonzero(numbers.to_numpy(zero_copy_only=False)))


def main(folder: Path) -> None:
    """Writes all files."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = columns()
    table: list[dict[str, Any]] = [
        {"arrow": name, "kind": kind, "missing": missing(column)} for name, (kind, column) in kinds.items()
    ]
    (folder / "kinds.json").write_text("[\n" + ",\n".join(f" {json.dumps(row)}" for row in table) + "\n]\n")
    pq.write_table(pa.table({name: column for name, (_, column) in kinds.items()}), folder / "kinds.parquet")
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], ["Age", "age"]), folder / "same_names.parquet")
    frame = pd.DataFrame({"x": range(4)})
    frame.to_parquet(folder / "pandas_range.parquet")
    frame[frame.x > 1].to_parquet(folder / "pandas_filtered.parquet")
    frame.set_index(pd.Index([7, 8, 9, 10], name="customer")).to_parquet(folder / "pandas_named.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
