"""One version, loaded from the files of its bundle, by the library that trained it."""

import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

from matih_training.signature import LAYOUT_FILE, ONNX_FILE, SIGNATURE_FILE, Signature, read_onnx_layout, read_signature

MLMODEL_FILE = "MLmodel"
_OWN_LOADER = "matih_model_"
_HELD_AS = {"boolean": "bool", "long": "int64", "double": "float64", "string": "object"}

Scores = npt.NDArray[Any]


class Scorer(Protocol):
    """A loaded model that reads a table of raw columns."""

    def score(self, frame: pd.DataFrame) -> Scores:
        """Probabilities `[rows, classes]`, or predictions `[rows]` for a regression."""


class NativeVersion:
    """A version that answers rows in the order of its signature's inputs."""

    def __init__(self, signature: Signature, scorer: Scorer) -> None:
        self.signature = signature
        self._scorer = scorer

    def score(self, frame: pd.DataFrame) -> Scores:
        """Probabilities `[rows, classes]`, or predictions `[rows]` for a regression, of a table with all inputs."""
        scores = np.asarray(self._scorer.score(frame), dtype=np.float64)
        classes = len(self.signature.classes)
        if scores.size != len(frame) * max(1, classes):
            raise ValueError(f"the model answered {scores.size} numbers for {len(frame)} rows")
        return scores.reshape((len(frame), classes) if classes else (len(frame),))

    def answer(self, columns: Sequence[Sequence[Any]]) -> list[float | None]:
        """Scores of all rows, one row after the other; None where the model answers no number.

        `columns` are the values of each input, None where one is missing. Columns that are not as many or as long as they
        have to be are a ValueError.
        """
        if len(columns) != len(self.signature.columns):
            raise ValueError(f"the version has {len(self.signature.columns)} inputs, not {len(columns)}")
        rows = len(columns[0])
        if rows == 0 or any(len(values) != rows for values in columns):
            raise ValueError("each input has one value for each row, of at least one row")
        frame = pd.DataFrame(
            {column.name: _values(column.kind, values) for column, values in zip(self.signature.columns, columns, strict=True)}
        )
        scores = self.score(frame).reshape(-1)
        return [float(score) if np.isfinite(score) else None for score in scores]


def _values(kind: str, values: Sequence[Any]) -> npt.NDArray[Any]:
    if kind == "string":
        texts = np.empty(len(values), dtype=object)
        texts[:] = values
        return texts
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def load(folder: Path) -> NativeVersion:
    """Loads the native form of a bundle, or its ONNX form where it has no other. Runs code that came with the model."""
    signature = read_signature(json.loads((folder / SIGNATURE_FILE).read_text()))
    if not (folder / MLMODEL_FILE).is_file():
        return NativeVersion(signature, _onnx(folder, signature))
    flavor = yaml.safe_load((folder / MLMODEL_FILE).read_text())["flavors"].get("python_function", {})
    if str(flavor.get("loader_module", "")).startswith(_OWN_LOADER):
        return NativeVersion(signature, _OwnScorer(folder, flavor))
    return NativeVersion(signature, _NotebookScorer(folder, signature))


def _onnx(folder: Path, signature: Signature) -> Scorer:
    from matih_training.scoring import OnnxScorer  # noqa: PLC0415  (needed by few)

    layout = folder / LAYOUT_FILE
    document = json.loads(layout.read_text()) if layout.is_file() else None
    return OnnxScorer(
        (folder / ONNX_FILE).read_bytes(),
        signature,
        read_onnx_layout(signature, json.loads((folder / SIGNATURE_FILE).read_text()), document),
    )


class _OwnScorer:
    """A model that the platform trained: its bundle carries the code that loads it."""

    def __init__(self, folder: Path, flavor: dict[str, Any]) -> None:
        sys.path.insert(0, str(folder / flavor["code"]))
        module = importlib.import_module(flavor["loader_module"])
        self._model = module._load_pyfunc(str(folder / flavor["data"]))  # noqa: SLF001  (MLflow's name for it)

    def score(self, frame: pd.DataFrame) -> Scores:
        model = self._model
        return np.asarray(model.predict_proba(frame) if model.classes else model.predict(frame))


class _NotebookScorer:
    """A model that a notebook logged."""

    def __init__(self, folder: Path, signature: Signature) -> None:
        from matih_training.preparation import native  # noqa: PLC0415  (needed by few)
        from matih_training.preparation.source import InputColumn, read_source, typed  # noqa: PLC0415

        self._typed = typed
        source = read_source(folder)
        self._model = native.load(source, "classification" if signature.classes else "regression")
        self._columns = source.columns or tuple(
            InputColumn(column.name, column.kind, _HELD_AS[column.kind]) for column in signature.columns
        )

    def score(self, frame: pd.DataFrame) -> Scores:
        # Missing texts are not a number, as they are in a table that pandas reads.
        texts = {
            column.name: frame[column.name].where(frame[column.name].notna(), np.nan)
            for column in self._columns
            if column.kind == "string"
        }
        return self._model.answer(self._typed(frame.assign(**texts), self._columns))
