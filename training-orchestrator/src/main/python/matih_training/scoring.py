"""Scores raw columns by a version's ONNX graph, fed by its signature as the serving engine feeds it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pandas as pd

from matih_training.failure import FailureCode, JobFailure


@dataclass(frozen=True)
class Input:
    """A column that the model reads: a text or a number."""

    name: str
    is_text: bool


class OnnxScorer:
    """Only the graph and the signature are read: no code that came with the model runs."""

    def __init__(self, content: bytes, signature: dict[str, Any]) -> None:
        try:
            self.classes: list[Any] = list(signature.get("classes") or [])
            self.inputs = [Input(entry["name"], entry["type"] == "string") for entry in signature["inputs"]]
            graph = signature["onnx"]
            self._output: str = graph["probabilities"] if self.classes else graph["prediction"]
            self._tensors = [(entry["name"], entry["datatype"], list(entry["columns"])) for entry in graph["tensors"]]
        except (KeyError, TypeError, AttributeError) as error:
            raise _unreadable("the version's signature is not whole") from error
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise _unreadable("ONNX Runtime cannot open the version's model") from error

    def score(self, frame: pd.DataFrame) -> npt.NDArray[Any]:
        """Probabilities `[rows, classes]`, or predictions `[rows]` for a regression; numbers without exception."""
        try:
            (scores,) = self._session.run([self._output], {name: _tensor(frame, kind, of) for name, kind, of in self._tensors})
        except Exception as error:
            raise _unreadable("the version's model cannot score these columns") from error
        answer = np.asarray(scores, dtype=np.float64)
        shape = (len(frame), len(self.classes)) if self.classes else (len(frame), 1)
        if answer.size != shape[0] * shape[1]:
            raise _unreadable("the version's model answers in another shape than its signature says")
        if not np.all(np.isfinite(answer)):
            raise _unreadable("the version's model answers some rows with no number")
        return answer.reshape(shape) if self.classes else answer.reshape(-1)


def _tensor(frame: pd.DataFrame, datatype: str, columns: list[str]) -> npt.NDArray[Any]:
    if datatype == "FP32":
        with np.errstate(over="ignore"):
            return np.column_stack([frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in columns]).astype(
                np.float32
            )
    texts: npt.NDArray[Any] = frame[columns].fillna("").to_numpy(dtype=object)
    return texts


def _unreadable(message: str) -> JobFailure:
    return JobFailure(FailureCode.UNREADABLE_MODEL, message)
