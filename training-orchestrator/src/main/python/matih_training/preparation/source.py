"""What a notebook logged: the flavours of an MLflow model, the columns of its signature, and rows that it was tried with."""

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import yaml

from matih_training.dataset import FeatureColumn
from matih_training.failure import FailureCode, JobFailure, shown
from matih_training.kinds import is_column_name, kind_of, plain_values

MLMODEL_FILE = "MLmodel"
FLAVORS = ("sklearn", "xgboost", "lightgbm", "onnx")
MOST_ROWS = 20_000
_WITH_EXAMPLE = "log it with input_example=X_train.head(100), a pandas frame, or name a data set with such rows as 'examples'"
# The wire's name of MLflow's types, and how pandas holds them.
_TYPES = {
    "boolean": ("boolean", "bool"),
    "integer": ("long", "int32"),
    "long": ("long", "int64"),
    "float": ("double", "float32"),
    "double": ("double", "float64"),
    "string": ("string", "object"),
}


@dataclass(frozen=True)
class InputColumn(FeatureColumn):
    """An input as the model was trained with it: `dtype` is how pandas held it."""

    dtype: str


@dataclass(frozen=True)
class SourceModel:
    """An MLflow model on disk; `columns` are those of its signature, if it has one."""

    folder: Path
    document: dict[str, Any]
    flavor: str
    columns: tuple[InputColumn, ...] | None

    @property
    def entries(self) -> dict[str, Any]:
        """The entries of the flavour."""
        return dict(self.document["flavors"][self.flavor])


def unsupported(message: str) -> JobFailure:
    return JobFailure(FailureCode.UNSUPPORTED_MODEL, message)


def read_source(folder: Path) -> SourceModel:
    """Reads MLmodel; says of what cannot be prepared how to log it so that it can."""
    try:
        document = yaml.safe_load((folder / MLMODEL_FILE).read_text())
        flavors = list(document["flavors"])
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError) as error:
        raise JobFailure(FailureCode.UNREADABLE_MODEL, "the file MLmodel is not one of MLflow's") from error
    flavor = next((name for name in FLAVORS if name in flavors), None)
    if flavor is None:
        others = ", ".join(name for name in flavors if name != "python_function") or "python_function"
        raise unsupported(f"models of the flavour {others} are not served; log the model as one of {', '.join(FLAVORS)}")
    signature = document.get("signature") or {}
    return SourceModel(folder, document, flavor, _columns(signature.get("inputs")))


def _columns(text: str | None) -> tuple[InputColumn, ...] | None:
    if not text:
        return None
    columns = []
    for entry in json.loads(text):
        name, kind = entry.get("name"), entry.get("type")
        if kind == "tensor" or not name:
            raise unsupported(
                "the model's signature has no names of columns, since it was made from an array; train it on a pandas frame"
                " and log it with input_example=X_train.head(100)"
            )
        if kind not in _TYPES:
            raise unsupported(
                f"the input {shown(name)} is of the type {kind}; inputs are numbers, truth values and texts:"
                " convert it before the model"
            )
        columns.append(InputColumn(_checked(name), *_TYPES[kind]))
    return tuple(columns)


def _checked(name: str) -> str:
    if not is_column_name(name):
        raise unsupported(f"{shown(name)} is no name of a column: 1 to 255 characters, without control characters")
    return name


def example_rows(
    source: SourceModel, table: pa.Table | None, known: Sequence[str]
) -> tuple[tuple[InputColumn, ...], pd.DataFrame]:
    """The columns and rows to try the model with: of the data set if one is given, else of the logged example.

    `known` are the names that the model itself keeps of what it was trained on.
    """
    if table is not None:
        names = [column.name for column in source.columns] if source.columns is not None else known or table.column_names
        frame = _of_table(table, names)
    else:
        frame = _logged_example(source)
    columns = source.columns if source.columns is not None else _columns_of(frame)
    missing = [column.name for column in columns if column.name not in frame]
    if missing:
        raise JobFailure(FailureCode.MISSING_COLUMN, f"the examples have no column {shown(missing[0])}, which the model reads")
    if frame.empty:
        raise JobFailure(FailureCode.MISSING_EXAMPLES, f"the model has no example row; {_WITH_EXAMPLE}")
    return columns, typed(frame[[column.name for column in columns]].head(MOST_ROWS), columns)


def _of_table(table: pa.Table, names: Sequence[str]) -> pd.DataFrame:
    columns = {}
    for name in names:
        if name not in table.column_names:
            raise JobFailure(FailureCode.MISSING_COLUMN, f"the data set has no column {shown(name)}, which the model reads")
        kind = table.schema.field(name).type
        if kind_of(kind) is None:
            raise unsupported(f"the column {shown(name)} of the data set holds {kind}; a model reads numbers and texts")
        values = plain_values(table.column(name)).to_pandas()
        # As pandas reads a table of texts: missing is not a number, which steps of scikit-learn look for.
        columns[name] = values.where(values.notna(), np.nan) if kind_of(kind) == "string" else values
    return pd.DataFrame(columns)


def _logged_example(source: SourceModel) -> pd.DataFrame:
    from mlflow.models import Model  # noqa: PLC0415  (seconds)

    example = None
    if source.document.get("saved_input_example_info"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                example = Model.load(str(source.folder)).load_input_example(str(source.folder))
            except Exception as error:
                raise JobFailure(
                    FailureCode.MISSING_EXAMPLES, f"the model's input example cannot be read; {_WITH_EXAMPLE}"
                ) from error
    if example is None:
        lacks = "no input example" if source.columns is not None else "neither signature nor input example"
        raise JobFailure(FailureCode.MISSING_EXAMPLES, f"the model was logged with {lacks}; {_WITH_EXAMPLE}")
    if not isinstance(example, pd.DataFrame):
        raise unsupported(f"the model's input example is no table with named columns; {_WITH_EXAMPLE}")
    return example


def _columns_of(frame: pd.DataFrame) -> tuple[InputColumn, ...]:
    columns = []
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_bool_dtype(values):
            kind = "boolean"
        elif pd.api.types.is_integer_dtype(values):
            kind = "long"
        elif pd.api.types.is_float_dtype(values):
            kind = "double"
        elif all(isinstance(value, str) for value in values.dropna()):
            kind = "string"
        else:
            raise unsupported(f"the column {shown(name)} of the examples holds neither numbers nor texts")
        columns.append(InputColumn(_checked(str(name)), *_TYPES[kind]))
    return tuple(columns)


def typed(frame: pd.DataFrame, columns: Sequence[InputColumn]) -> pd.DataFrame:
    """The rows as the notebook held them: the columns' own types, wider ones where values are missing."""
    made: dict[str, Any] = {}
    for column in columns:
        values = frame[column.name]
        absent = values.isna()
        try:
            if column.kind == "string":
                texts = values.astype(object)
                if not all(isinstance(value, str) for value in texts[~absent]):
                    raise ValueError
                made[column.name] = texts
            elif not absent.any():
                made[column.name] = values.astype(np.dtype(column.dtype))
            elif column.kind == "boolean":
                made[column.name] = values.astype(object).where(~absent, None)
            else:
                wide = "float32" if column.dtype == "float32" else "float64"
                made[column.name] = values.astype(object).where(~absent, np.nan).astype(wide)
        except (ValueError, TypeError, OverflowError) as error:
            raise JobFailure(
                FailureCode.UNSUPPORTED_COLUMN, f"the examples hold other values in {shown(column.name)} than {column.kind}"
            ) from error
    return pd.DataFrame(made, index=frame.index).reset_index(drop=True)
