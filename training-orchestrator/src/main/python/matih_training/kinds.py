"""What the values of a column are: the same answer as the service gave when the file was uploaded.

`src/test/resources/kinds/kinds.json` is the table of both readers.
"""

import json
import unicodedata
from collections.abc import Callable

import pyarrow as pa

from matih_features.columns import decoded

FEATURE_KINDS = frozenset({"boolean", "double", "long", "string"})
LONGEST_NAME = 255
_SPACES = {"Zs", "Zl", "Zp"}
_NO_CHARACTERS = {"Cc", "Cs"}

# Parquet has no durations: a reader that does not know Arrow sees whole numbers.
_KINDS: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "long"),
    (pa.types.is_duration, "long"),
    (pa.types.is_floating, "double"),
    (pa.types.is_decimal, "double"),
    (pa.types.is_string, "string"),
    (pa.types.is_large_string, "string"),
    (pa.types.is_string_view, "string"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "timestamp"),
)


def column_kind(kind: pa.DataType) -> str:
    """`boolean`, `long`, `double`, `string`, `date`, `timestamp`, or `other` for what cannot be learned from."""
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return next((name for holds, name in _KINDS if holds(kind)), "other")


def kind_of(kind: pa.DataType) -> str | None:
    """The wire's name of a column type, or None for a type that cannot be a feature."""
    name = column_kind(kind)
    return name if name in FEATURE_KINDS else None


def plain_values(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same values in the one type of Arrow that stands for theirs: no dictionary, no view, no extension."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    column = decoded(column)
    if column_kind(column.type) == "string":
        return column.cast(pa.large_string())
    return column.cast(pa.int64()) if pa.types.is_duration(column.type) else column


def is_column_name(name: str) -> bool:
    """The rule for names of columns in all parts: 1 to 255 characters, not only spaces, no control characters."""
    kinds = {unicodedata.category(letter) for letter in name}
    return 0 < len(name) <= LONGEST_NAME and not kinds <= _SPACES and not kinds & _NO_CHARACTERS


def index_columns(schema: pa.Schema) -> frozenset[str]:
    """The columns that pandas made from the index of a frame."""
    text = (schema.metadata or {}).get(b"pandas", b"{}")
    try:
        columns = json.loads(text)["index_columns"]
        return frozenset(name for name in columns if isinstance(name, str))
    except (ValueError, KeyError, TypeError):
        return frozenset()
