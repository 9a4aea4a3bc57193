"""Scores raw columns by a version's ONNX graph, fed by its signature as the serving engine feeds it."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pandas as pd

from matih_training.failure import FailureCode, JobFailure
from matih_training.signature import OnnxLayout, Signature, Tensor


class OnnxScorer:
    """Only the graph and the signature are read: no code that came with the model runs."""

    def __init__(self, content: bytes, signature: Signature, layout: OnnxLayout) -> None:
        self.classes = list(signature.classes)
        self.columns = signature.columns
        self._layout = layout
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
            (scores,) = self._session.run(
                [self._layout.output], {tensor.name: _values(frame, tensor) for tensor in self._layout.tensors}
            )
        except Exception as error:
            raise _unreadable("the version's model cannot score these columns") from error
        answer = np.asarray(scores, dtype=np.float64)
        shape = (len(frame), len(self.classes)) if self.classes else (len(frame), 1)
        if answer.size != shape[0] * shape[1]:
            raise _unreadable("the version's model answers in another shape than its signature says")
        if not np.all(np.isfinite(answer)):
            raise _unreadable("the version's model answers some rows with no number")
        return answer.reshape(shape) if self.classes else answer.reshape(-1)


def _values(frame: pd.DataFrame, tensor: Tensor) -> npt.NDArray[Any]:
    if tensor.datatype == "FP32":
        numbers = [frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in tensor.columns]
        with np.errstate(over="ignore"):
            return np.column_stack(numbers).astype(np.float32)
    texts: npt.NDArray[Any] = frame[list(tensor.columns)].fillna("").to_numpy(dtype=object)
    return texts


def _unreadable(message: str) -> JobFailure:
    return JobFailure(FailureCode.UNREADABLE_MODEL, message)
