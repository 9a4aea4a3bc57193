"""The trained model with its preprocessing, by the library that trained it.

This file is also copied into each model bundle, with the source of the model's scorer behind it, as the code that
`mlflow.pyfunc.load_model` runs. So it stands alone: it imports nothing of this package.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

PREPROCESSING_FILE = "preprocessing.json"
# No row of less than a hundred million is as many standard deviations away from the mean of all.
SCALED_LIMIT = 10_000.0

Matrix = npt.NDArray[np.float32]


def encode(frame: pd.DataFrame, preprocessing: dict[str, Any]) -> Matrix:
    """Raw columns to the matrix that the model was trained on: numbers first, then texts.

    An absent column is the same as one of nulls. Numbers are rounded to 32 bits, as they were in training and are in ONNX.
    """
    texts = [encode_texts(frame, column) for column in preprocessing["text"]]
    numbers = np.full((len(frame), len(preprocessing["numeric"])), np.nan, dtype=np.float32)
    limit = float(np.finfo(np.float32).max)
    for index, column in enumerate(preprocessing["numeric"]):
        if column["name"] in frame:
            values = frame[column["name"]].to_numpy(dtype=np.float64, na_value=np.nan)
            numbers[:, index] = np.clip(values, -limit, limit)
        if column["fill"] is not None:
            numbers[np.isnan(numbers[:, index]), index] = column["fill"]
        if column["scale"] is not None:
            with np.errstate(over="ignore"):
                scaled = (numbers[:, index] - np.float32(column["center"])) / np.float32(column["scale"])
            numbers[:, index] = np.clip(scaled, np.float32(-SCALED_LIMIT), np.float32(SCALED_LIMIT))
    return np.concatenate([numbers, *texts], axis=1)


def encode_texts(frame: pd.DataFrame, column: dict[str, Any]) -> Matrix:
    """One column of texts as one or more columns of numbers; null, empty and unknown are the same."""
    codes = np.full(len(frame), -1)
    if column["name"] in frame:
        codes = pd.Index(column["categories"], dtype=object).get_indexer(pd.Index(frame[column["name"]], dtype=object))
    if column["encoding"] == "one_hot":
        places = np.arange(max(1, len(column["categories"])))
        ones: Matrix = (codes.reshape(-1, 1) == places).astype(np.float32)
        return ones
    unknown = np.float32(np.nan if column["unknown"] is None else column["unknown"])
    numbers = np.asarray(column.get("values", range(len(column["categories"]))), dtype=np.float32)
    encoded = np.full((len(frame), 1), unknown, dtype=np.float32)
    encoded[codes >= 0, 0] = numbers[codes[codes >= 0]]
    return encoded


class NativeModel:
    """Predicts from raw columns. `scorer` is the `Scorer` of the model's algorithm."""

    def __init__(self, preprocessing: dict[str, Any], scorer: Any) -> None:
        self.preprocessing = preprocessing
        self.classes: list[Any] = preprocessing["classes"]
        self.scorer = scorer

    def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> npt.NDArray[Any]:
        """Labels (classification) or numbers (regression), one per row; probabilities when `params` ask for them."""
        scores = self.score(encode(model_input, self.preprocessing))
        if not self.classes or (params or {}).get("return_probabilities", False):
            return scores
        return self.labels(scores)

    def predict_proba(self, model_input: pd.DataFrame) -> npt.NDArray[Any]:
        """Probabilities, one column per class in the order of `classes`."""
        return self.score(encode(model_input, self.preprocessing))

    def get_raw_model(self) -> "NativeModel":
        """What MLflow's own `get_raw_model` answers."""
        return self

    def score(self, matrix: Matrix) -> npt.NDArray[Any]:
        """Probabilities `[rows, classes]`, or predictions `[rows]` for regression, of an encoded matrix."""
        scores: npt.NDArray[Any] = self.scorer.score(matrix, len(self.classes))
        return scores

    def labels(self, probabilities: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The class of the greatest probability; the first one among equals."""
        # As objects: NumPy's own texts lose NULs at their end.
        classes = np.asarray(self.classes, dtype=object if isinstance(self.classes[0], str) else None)
        chosen: npt.NDArray[Any] = classes[np.argmax(probabilities, axis=1)]
        return chosen


def load(folder: Path, scorer: Any) -> NativeModel:
    """Reads the folder `native/` of a bundle; `scorer` is the class of the model's scorer."""
    return NativeModel(json.loads((folder / PREPROCESSING_FILE).read_text()), scorer.load(folder))


class BoosterScorer:
    """A booster; its source is copied into each bundle."""

    FILE = "model.ubj"

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    @classmethod
    def load(cls, folder: Path) -> "BoosterScorer":
        return cls.of((folder / cls.FILE).read_bytes())

    @classmethod
    def of(cls, content: bytes) -> "BoosterScorer":
        import xgboost  # noqa: PLC0415

        return cls(xgboost.Booster(model_file=bytearray(content)))

    def save(self) -> bytes:
        return bytes(self.estimator.save_raw("ubj"))

    def score(self, matrix: Matrix, classes: int) -> npt.NDArray[Any]:
        import xgboost  # noqa: PLC0415

        kinds = self.estimator.feature_types
        scores = self.estimator.predict(xgboost.DMatrix(matrix, feature_types=kinds, enable_categorical=True))
        return np.column_stack([1 - scores, scores]) if classes == 2 else np.asarray(scores)


def _load_pyfunc(path: str) -> NativeModel:
    return load(Path(path), BoosterScorer)
