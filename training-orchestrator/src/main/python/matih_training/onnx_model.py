"""The same model as one ONNX graph: preprocessing and the algorithm's own graph, plain tensors in, plain tensors out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pandas as pd
from onnx import TensorProto, helper

from matih_training import algorithms
from matih_training.failure import FailureCode, JobFailure
from matih_training.native_model import NativeModel

NUMERIC = "numeric"
LABEL, PROBABILITIES, PREDICTION = "label", "probabilities", "variable"
OPSET, ML_OPSET = 15, 3
_MATRIX = "matih.matrix"
_CLASS_NUMBER = "matih.class_number"
_MAX_BYTES = 512 << 20


@dataclass(frozen=True)
class InputTensor:
    """One input of the graph, `[rows, len(columns)]`: all numbers share one, each text column has its own."""

    name: str
    datatype: str
    columns: tuple[str, ...]


def input_tensors(preprocessing: dict[str, Any]) -> list[InputTensor]:
    """The inputs of the graph of this preprocessing. Their names are ours: a caller's may be any text."""
    tensors = []
    if preprocessing["numeric"]:
        tensors.append(InputTensor(NUMERIC, "FP32", tuple(column["name"] for column in preprocessing["numeric"])))
    for index, column in enumerate(preprocessing["text"]):
        tensors.append(InputTensor(f"text_{index}", "BYTES", (column["name"],)))
    return tensors


def build(model: NativeModel) -> bytes:
    """The graph of a trained model behind its preprocessing, checked and as bytes."""
    preprocessing = model.preprocessing
    width = len(preprocessing["numeric"]) + len(preprocessing["text"])
    estimator = algorithms.get(preprocessing["algorithm"]).to_onnx(model.scorer, width, len(model.classes))
    tensors = input_tensors(preprocessing)
    nodes, constants = _matrix_nodes(preprocessing, tensors)
    inputs = [
        helper.make_tensor_value_info(
            tensor.name, TensorProto.FLOAT if tensor.datatype == "FP32" else TensorProto.STRING, [None, len(tensor.columns)]
        )
        for tensor in tensors
    ]
    outputs, renamed, label_nodes = _outputs(preprocessing["classes"])
    for node in estimator.graph.node:
        node.input[:] = [_MATRIX if name == "X" else name for name in node.input]
        node.output[:] = [renamed.get(name, name) for name in node.output]
    graph = helper.make_graph(
        [*nodes, *estimator.graph.node, *label_nodes], "model", inputs, outputs, [*constants, *estimator.graph.initializer]
    )
    opsets = {entry.domain: entry.version for entry in estimator.opset_import}
    opsets[""] = max(opsets.get("", 0), OPSET)
    opsets["ai.onnx.ml"] = max(opsets.get("ai.onnx.ml", 0), ML_OPSET)
    document = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid(domain, version) for domain, version in sorted(opsets.items())],
        ir_version=8,
        producer_name="matih-ml",
    )
    if document.ByteSize() > _MAX_BYTES:
        raise JobFailure(FailureCode.MODEL_TOO_LARGE, "the model is above 512 MB as ONNX; train a smaller model")
    onnx.checker.check_model(document)
    content: bytes = document.SerializeToString()
    return content


def run(content: bytes, preprocessing: dict[str, Any], frame: pd.DataFrame) -> npt.NDArray[Any]:
    """Probabilities or predictions of raw columns by ONNX Runtime, fed as a server feeds it."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    feed = {}
    for tensor in input_tensors(preprocessing):
        if tensor.datatype == "FP32":
            numbers = [frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in tensor.columns]
            with np.errstate(over="ignore"):
                feed[tensor.name] = np.column_stack(numbers).astype(np.float32)
        else:
            feed[tensor.name] = frame[tensor.columns[0]].fillna("").to_numpy(dtype=object).reshape(-1, 1)
    classification = bool(preprocessing["classes"])
    (scores,) = session.run([PROBABILITIES if classification else PREDICTION], feed)
    return np.asarray(scores) if classification else np.asarray(scores).reshape(-1)


def _matrix_nodes(preprocessing: dict[str, Any], tensors: list[InputTensor]) -> tuple[list[Any], list[Any]]:
    nodes, constants, parts = [], [], []
    for tensor in tensors:
        if tensor.datatype != "FP32":
            continue
        parts.append(tensor.name)
        fills = [column["fill"] for column in preprocessing["numeric"]]
        if fills[0] is not None:
            constants.append(helper.make_tensor("matih.fills", TensorProto.FLOAT, [1, len(fills)], fills))
            nodes.append(helper.make_node("IsNaN", [tensor.name], ["matih.absent"]))
            nodes.append(helper.make_node("Where", ["matih.absent", "matih.fills", tensor.name], ["matih.filled"]))
            parts = ["matih.filled"]
    texts = [tensor for tensor in tensors if tensor.datatype == "BYTES"]
    for index, (tensor, column) in enumerate(zip(texts, preprocessing["text"], strict=True)):
        parts.append(f"matih.text_{index}")
        # The operator wants at least one key; no text of a request equals this one.
        keys = _keys(column["categories"]) or {"\N{REPLACEMENT CHARACTER} no category".encode(): 0.0}
        nodes.append(
            helper.make_node(
                "LabelEncoder",
                [tensor.name],
                [parts[-1]],
                domain="ai.onnx.ml",
                keys_strings=list(keys),
                values_floats=list(keys.values()),
                default_float=float("nan") if column["unknown"] is None else float(column["unknown"]),
            )
        )
    nodes.append(helper.make_node("Concat", parts, [_MATRIX], axis=1))
    return nodes, constants


def _keys(categories: list[str]) -> dict[bytes, float]:
    """The number of each category by its bytes, as every engine sends them.

    ONNX Runtime for Java hands texts over as the JVM's modified UTF-8, which differs in characters beyond the 16-bit ones
    (two surrogates of three bytes each) and in NUL (two bytes).
    """
    keys = {category.encode(): float(number) for number, category in enumerate(categories)}
    for number, category in enumerate(categories):
        keys.setdefault(_modified_utf8(category), float(number))
    return keys


def _modified_utf8(text: str) -> bytes:
    units = np.frombuffer(text.encode("utf-16-le"), dtype="<u2")
    return "".join(map(chr, units)).encode("utf-8", "surrogatepass").replace(b"\0", b"\xc0\x80")


def _outputs(classes: list[Any]) -> tuple[list[Any], dict[str, str], list[Any]]:
    """Outputs of the graph, new names for those of the algorithm's graph, and what maps class numbers to the caller's labels."""
    if not classes:
        return [helper.make_tensor_value_info(PREDICTION, TensorProto.FLOAT, [None, 1])], {}, []
    probabilities = helper.make_tensor_value_info(PROBABILITIES, TensorProto.FLOAT, [None, len(classes)])
    texts = isinstance(classes[0], str)
    label = helper.make_tensor_value_info(LABEL, TensorProto.STRING if texts else TensorProto.INT64, [None])
    if classes == list(range(len(classes))):
        return [label, probabilities], {}, []
    node = helper.make_node(
        "LabelEncoder",
        [_CLASS_NUMBER],
        [LABEL],
        domain="ai.onnx.ml",
        keys_int64s=list(range(len(classes))),
        **{"values_strings" if texts else "values_int64s": classes},
    )
    return [label, probabilities], {LABEL: _CLASS_NUMBER}, [node]
