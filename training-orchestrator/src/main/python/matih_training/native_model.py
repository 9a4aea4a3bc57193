"""The trained model with its preprocessing, by the libraries that trained it.

This file is also copied into each model bundle as the code that `mlflow.pyfunc.load_model` runs, so it stands alone:
it imports nothing of this package and keeps reading the bundles that it wrote.
"""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

PREPROCESSING_FILE = "preprocessing.json"
BOOSTER_FILE = "model.ubj"
FOREST_FILE = "forest.pkl"

Matrix = npt.NDArray[np.float32]


def encode(frame: pd.DataFrame, preprocessing: dict[str, Any]) -> Matrix:
    """Raw columns to the matrix that the trees were grown on: numbers first, then texts as category numbers.

    An absent column is the same as one of nulls. Numbers are rounded to 32 bits, as they were in training and are in ONNX.
    """
    matrix = np.full((len(frame), len(preprocessing["numeric"]) + len(preprocessing["text"])), np.nan, dtype=np.float32)
    limit = float(np.finfo(np.float32).max)
    for index, column in enumerate(preprocessing["numeric"]):
        if column["name"] in frame:
            numbers = frame[column["name"]].to_numpy(dtype=np.float64, na_value=np.nan)
            matrix[:, index] = np.clip(numbers, -limit, limit)
        if column["fill"] is not None:
            matrix[np.isnan(matrix[:, index]), index] = column["fill"]
    for index, column in enumerate(preprocessing["text"], start=len(preprocessing["numeric"])):
        unknown = np.float32(np.nan if column["unknown"] is None else column["unknown"])
        matrix[:, index] = unknown
        if column["name"] in frame:
            codes = pd.Index(column["categories"], dtype=object).get_indexer(pd.Index(frame[column["name"]], dtype=object))
            matrix[:, index] = np.where(codes >= 0, codes.astype(np.float32), unknown)
    return matrix


class NativeModel:
    """Predicts from raw columns. `scorer` is an XGBoost booster or a scikit-learn forest."""

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
        if self.preprocessing["algorithm"] == "random_forest":
            forest = self.scorer
            result: npt.NDArray[Any] = forest.predict_proba(matrix) if self.classes else forest.predict(matrix)
            return result
        import xgboost  # noqa: PLC0415  (a forest needs no XGBoost)

        scores = self.scorer.predict(xgboost.DMatrix(matrix))
        if len(self.classes) == 2:
            return np.column_stack([1 - scores, scores])
        return np.asarray(scores)

    def labels(self, probabilities: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The class of the greatest probability; the first one among equals."""
        chosen: npt.NDArray[Any] = np.asarray(self.classes)[np.argmax(probabilities, axis=1)]
        return chosen


def load(folder: Path) -> NativeModel:
    """Reads the folder `native/` of a bundle."""
    preprocessing = json.loads((folder / PREPROCESSING_FILE).read_text())
    if preprocessing["algorithm"] == "random_forest":
        with (folder / FOREST_FILE).open("rb") as file:
            return NativeModel(preprocessing, pickle.load(file))  # noqa: S301  (models load inside Ray only)
    import xgboost  # noqa: PLC0415

    return NativeModel(preprocessing, xgboost.Booster(model_file=str(folder / BOOSTER_FILE)))


def _load_pyfunc(path: str) -> NativeModel:
    """What MLflow calls."""
    return load(Path(path))
