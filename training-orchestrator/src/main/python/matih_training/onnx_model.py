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
from matih_training.native_model import SCALED_LIMIT, NativeModel
from matih_training.preprocessing import matrix_places

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
    width = max(place.stop for place in matrix_places(preprocessing).values())
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
    """What makes the matrix of the inputs, as `native_model.encode` does."""
    nodes: list[Any] = []
    constants: list[Any] = []
    parts: list[str] = []
    for tensor in tensors:
        if tensor.datatype == "FP32":
            more, numbers = _number_nodes(preprocessing["numeric"], constants)
            nodes += more
            parts.append(numbers)
    texts = [tensor for tensor in tensors if tensor.datatype == "BYTES"]
    for index, (tensor, column) in enumerate(zip(texts, preprocessing["text"], strict=True)):
        parts.append(f"matih.text_{index}")
        nodes += _text_nodes(tensor.name, column, parts[-1], constants)
    nodes.append(helper.make_node("Concat", parts, [_MATRIX], axis=1))
    return nodes, constants


def _number_nodes(columns: list[dict[str, Any]], constants: list[Any]) -> tuple[list[Any], str]:
    """The nodes, and what the last of them makes."""

    def constant(name: str, values: list[float]) -> str:
        constants.append(helper.make_tensor(f"matih.{name}", TensorProto.FLOAT, [1, len(values)], values))
        return f"matih.{name}"

    nodes: list[Any] = []
    last = NUMERIC
    if columns[0]["fill"] is not None:
        fills = constant("fills", [column["fill"] for column in columns])
        nodes.append(helper.make_node("IsNaN", [last], ["matih.absent"]))
        nodes.append(helper.make_node("Where", ["matih.absent", fills, last], ["matih.filled"]))
        last = "matih.filled"
    if columns[0]["scale"] is not None:
        centers = constant("centers", [column["center"] for column in columns])
        scales = constant("scales", [column["scale"] for column in columns])
        limits = [
            helper.make_tensor(name, TensorProto.FLOAT, [], [limit])
            for name, limit in (("matih.least", -SCALED_LIMIT), ("matih.most", SCALED_LIMIT))
        ]
        constants.extend(limits)
        nodes.append(helper.make_node("Sub", [last, centers], ["matih.centered"]))
        nodes.append(helper.make_node("Div", ["matih.centered", scales], ["matih.unlimited"]))
        nodes.append(helper.make_node("Clip", ["matih.unlimited", "matih.least", "matih.most"], ["matih.scaled"]))
        last = "matih.scaled"
    return nodes, last


def _text_nodes(name: str, column: dict[str, Any], output: str, constants: list[Any]) -> list[Any]:
    one_hot = column["encoding"] == "one_hot"
    # The operator wants at least one key; no text of a request equals this one.
    keys = _keys(column["categories"], column.get("values")) or {"\N{REPLACEMENT CHARACTER} no category".encode(): 0.0}
    unknown = -1.0 if one_hot else float("nan") if column["unknown"] is None else float(column["unknown"])
    number = f"{output}.number" if one_hot else output
    encoder = helper.make_node(
        "LabelEncoder",
        [name],
        [number],
        domain="ai.onnx.ml",
        keys_strings=list(keys),
        values_floats=list(keys.values()),
        default_float=unknown,
    )
    if not one_hot:
        return [encoder]
    places = np.arange(max(1, len(column["categories"])), dtype=np.float32)
    constants.append(helper.make_tensor(f"{output}.places", TensorProto.FLOAT, [1, len(places)], places))
    return [
        encoder,
        helper.make_node("Equal", [number, f"{output}.places"], [f"{output}.is"]),
        helper.make_node("Cast", [f"{output}.is"], [output], to=TensorProto.FLOAT),
    ]


def _keys(categories: list[str], values: list[float] | None = None) -> dict[bytes, float]:
    """The number of each category by its bytes, as every engine sends them; its place among them without `values`.

    ONNX Runtime for Java hands texts over as the JVM's modified UTF-8, which differs in characters beyond the 16-bit ones
    (two surrogates of three bytes each) and in NUL (two bytes).
    """
    numbers = range(len(categories)) if values is None else values
    keys = {category.encode(): float(number) for category, number in zip(categories, numbers, strict=True)}
    for category, number in zip(categories, numbers, strict=True):
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
