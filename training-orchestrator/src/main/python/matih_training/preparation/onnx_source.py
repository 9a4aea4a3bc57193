"""A model that was logged as ONNX: it is taken as it is where its graph reads and answers tables."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
from onnx import TensorProto

from matih_training.dataset import FeatureColumn
from matih_training.preparation.graph import ConvertedModel
from matih_training.preparation.native import Answers, NativeModel
from matih_training.preparation.source import unsupported

_WHOLE = {TensorProto.INT32: np.int32, TensorProto.INT64: np.int64, TensorProto.BOOL: np.bool_}
_NUMBERS = {TensorProto.FLOAT: np.float32, TensorProto.DOUBLE: np.float64, **_WHOLE}
_LABELS = ("classlabels_strings", "classlabels_int64s", "classlabels_ints")


class OnnxModel(NativeModel):
    """A graph, as the notebook's ONNX Runtime answers it."""

    def __init__(self, document: Any, classes: Sequence[Any]) -> None:
        super().__init__(document, classes)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(document.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def scores(self, frame: pd.DataFrame) -> Answers:
        texts = {name for name in frame.columns if any(isinstance(value, str) for value in frame[name])}
        columns = [FeatureColumn(str(name), "string" if name in texts else "double") for name in frame.columns]
        feed = {}
        for entry, names in zip(_fed(self.estimator), converted(self.estimator, columns).inputs, strict=True):
            kind = entry.type.tensor_type.elem_type
            part = frame[list(names)]
            is_text = kind == TensorProto.STRING
            values = part.fillna("").to_numpy(dtype=object) if is_text else part.astype("float64").to_numpy(dtype=_NUMBERS[kind])
            feed[entry.name] = values.reshape(-1) if len(entry.type.tensor_type.shape.dim) == 1 else values
        answers = self._session.run(None, feed)
        return np.asarray(answers[1 if self.classes else 0])


def of(document: Any) -> OnnxModel:
    """The model of a graph; whether it classifies is told by its outputs."""
    outputs = document.graph.output
    if any(output.type.WhichOneof("value") != "tensor_type" for output in outputs):
        raise unsupported(
            "the ONNX graph answers a sequence of maps; convert it with options={id(model): {'zipmap': False}} and log it again"
        )
    if len(outputs) == 1:
        return OnnxModel(document, ())
    if len(outputs) == 2:
        return OnnxModel(document, _classes(document))
    raise unsupported(f"the ONNX graph has {len(outputs)} outputs; a version's has a label and probabilities, or one number")


def _classes(document: Any) -> list[Any]:
    for node in document.graph.node:
        for attribute in node.attribute:
            if attribute.name in _LABELS and (attribute.strings or attribute.ints):
                return [text.decode() for text in attribute.strings] or [int(number) for number in attribute.ints]
    width = document.graph.output[1].type.tensor_type.shape.dim
    if len(width) == 2 and width[1].dim_value > 1:
        return list(range(width[1].dim_value))
    raise unsupported("the ONNX graph does not tell its classes")


def converted(document: Any, columns: Sequence[FeatureColumn]) -> ConvertedModel:
    """Each input of the graph with its columns: one input for all, or one for each by its name."""
    fed = _fed(document)
    names = [column.name for column in columns]
    kinds = {column.name: column.kind for column in columns}
    if len(fed) == 1 and len({kind == "string" for kind in kinds.values()}) == 1:
        inputs = [names]
    elif {entry.name for entry in fed} == set(names):
        inputs = [[entry.name] for entry in fed]
    else:
        raise unsupported(
            "the inputs of the ONNX graph are not the columns of its signature; it needs one input for all columns or one of"
            " each column's name"
        )
    for entry, group in zip(fed, inputs, strict=True):
        kind = entry.type.tensor_type.elem_type
        if kind not in (TensorProto.STRING, *_NUMBERS) or (kind == TensorProto.STRING) != (kinds[group[0]] == "string"):
            raise unsupported(f"the input {entry.name} of the ONNX graph is of another type than its columns")
    return ConvertedModel(document, inputs)


def _fed(document: Any) -> list[Any]:
    constant = {initializer.name for initializer in document.graph.initializer}
    return [entry for entry in document.graph.input if entry.name not in constant]


def as_one_file(document: Any) -> bytes:
    """The graph with all its data, as `native/model.onnx` holds it."""
    import onnx  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "model.onnx"
        onnx.save_model(document, str(target), save_as_external_data=False)
        return target.read_bytes()
