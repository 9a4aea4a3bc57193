"""Holds the graph against the model that it was made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pandas as pd

from matih_training.comparison import agreeing, distances
from matih_training.onnx_model import LABEL, PREDICTION, PROBABILITIES, InputTensor


class Graph:
    """The version's graph, fed as a server feeds it."""

    def __init__(self, content: bytes, tensors: Sequence[InputTensor], classes: Sequence[Any]) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        self._tensors = tensors
        self._classes = [int(label) if isinstance(label, bool) else label for label in classes]

    def answer(self, frame: pd.DataFrame) -> tuple[npt.NDArray[Any], npt.NDArray[Any] | None]:
        """The scores, and of a classification the numbers of the classes that it chose (-1 for one that is none)."""
        feed = {}
        for tensor in self._tensors:
            if tensor.datatype == "FP32":
                numbers = [frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in tensor.columns]
                with np.errstate(over="ignore"):
                    feed[tensor.name] = np.column_stack(numbers).astype(np.float32)
            else:
                feed[tensor.name] = frame[tensor.columns[0]].fillna("").to_numpy(dtype=object).reshape(-1, 1)
        if not self._classes:
            (numbers,) = self._session.run([PREDICTION], feed)
            return np.asarray(numbers, dtype=np.float64).reshape(-1), None
        labels, scores = self._session.run([LABEL, PROBABILITIES], feed)
        places = {label: place for place, label in enumerate(self._classes)}
        chosen = np.array([places.get(label if isinstance(label, str) else int(label), -1) for label in labels])
        return np.asarray(scores, dtype=np.float64), chosen


@dataclass
class Parity:
    """How far the graph's answers are from the model's, over all rows that were compared."""

    scale: float
    rows: int = 0
    absolute: float = 0.0
    greatest: float = 0.0
    flips: int = 0
    differing: int = 0
    first: tuple[Any, Any] | None = field(default=None)

    def add(self, native: npt.NDArray[Any], graph: npt.NDArray[Any], chosen: npt.NDArray[Any] | None) -> None:
        apart = distances(native, graph, self.scale)
        equal = agreeing(native, graph, self.scale, chosen)
        self.rows += len(native)
        with np.errstate(invalid="ignore"):
            difference = np.nan_to_num(np.abs(native - graph), nan=0.0, posinf=0.0)
        self.absolute = max(self.absolute, float(np.max(difference, initial=0.0)))
        self.greatest = max(self.greatest, float(np.max(apart[np.isfinite(apart)], initial=0.0)))
        if chosen is not None:
            self.flips += int(np.count_nonzero(np.argmax(native, axis=1) != chosen))
        self.differing += int(np.count_nonzero(~equal))
        if self.first is None and not np.all(equal):
            place = int(np.argmax(np.where(equal, -1.0, np.nan_to_num(apart, posinf=np.finfo(np.float64).max))))
            self.first = (_shown(native[place]), _shown(graph[place]))

    @property
    def matches(self) -> bool:
        return self.differing == 0

    def document(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "max_abs_diff": self.absolute,
            "max_difference": self.greatest,
            "flips": self.flips,
            "onnx_matches": self.matches,
        }


def _shown(score: Any) -> str:
    return str(np.round(np.asarray(score, dtype=np.float64), 6).tolist())
