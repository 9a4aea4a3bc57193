"""Puts a converted graph behind the inputs and outputs that every version has: one tensor of numbers, one of each text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

from matih_training.dataset import FeatureColumn
from matih_training.failure import FailureCode, JobFailure, shown
from matih_training.onnx_model import LABEL, ML_OPSET, NUMERIC, OPSET, PREDICTION, PROBABILITIES, InputTensor

_MAX_BYTES = 512 << 20
_INNER = "model."
_DOMAINS = ("", "ai.onnx", "ai.onnx.ml")
# What no engine of the platform runs; model-bundle's OnnxInspection has the same list.
_FORBIDDEN = frozenset(
    (
        "Loop",
        "Scan",
        "SequenceMap",
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike",
        "Multinomial",
        "Bernoulli",
    )
)


@dataclass(frozen=True)
class ConvertedModel:
    """A model as its converter made it: the columns that each of its inputs takes, and its one or two outputs."""

    document: Any
    inputs: Sequence[Sequence[str]]


def layout(columns: Sequence[FeatureColumn]) -> list[InputTensor]:
    """The tensors of the version's graph."""
    numbers = tuple(column.name for column in columns if column.kind != "string")
    texts = [column.name for column in columns if column.kind == "string"]
    tensors = [InputTensor(NUMERIC, "FP32", numbers)] if numbers else []
    return tensors + [InputTensor(f"text_{index}", "BYTES", (name,)) for index, name in enumerate(texts)]


def assemble(converted: ConvertedModel, columns: Sequence[FeatureColumn], classes: Sequence[Any], probabilities: bool) -> bytes:
    """The version's graph, checked and as bytes."""
    _require_servable(converted.document)
    inner = compose.add_prefix(converted.document, _INNER)
    graph = inner.graph
    tensors = layout(columns)
    places = {name: (tensor, place) for tensor in tensors for place, name in enumerate(tensor.columns)}
    nodes: list[Any] = []
    constants: list[Any] = []
    for number, (entry, names) in enumerate(zip(_fed(graph), converted.inputs, strict=True)):
        nodes += _feed(number, entry, [places[name] for name in names], constants)
    nodes += graph.node
    nodes += _answers([output.name for output in graph.output], classes, probabilities, constants)
    inputs = [
        helper.make_tensor_value_info(
            tensor.name, TensorProto.FLOAT if tensor.datatype == "FP32" else TensorProto.STRING, [None, len(tensor.columns)]
        )
        for tensor in tensors
    ]
    outputs = _outputs(classes)
    opsets = {entry.domain: entry.version for entry in inner.opset_import}
    opsets[""] = max(opsets.pop("", 0), opsets.pop("ai.onnx", 0), OPSET)
    opsets["ai.onnx.ml"] = max(opsets.get("ai.onnx.ml", 0), ML_OPSET)
    document = helper.make_model(
        helper.make_graph(nodes, "model", inputs, outputs, [*constants, *graph.initializer]),
        opset_imports=[helper.make_opsetid(domain, version) for domain, version in sorted(opsets.items())],
        ir_version=min(10, max(8, inner.ir_version)),
        producer_name="matih-ml",
    )
    if document.ByteSize() > _MAX_BYTES:
        raise JobFailure(FailureCode.MODEL_TOO_LARGE, "the model is above 512 MB as ONNX; train a smaller model")
    onnx.checker.check_model(document)
    content: bytes = document.SerializeToString()
    return content


def _fed(graph: Any) -> list[Any]:
    """The inputs that are no constants."""
    constant = {initializer.name for initializer in graph.initializer}
    return [entry for entry in graph.input if entry.name not in constant]


def _feed(number: int, entry: Any, sources: Sequence[tuple[InputTensor, int]], constants: list[Any]) -> list[Any]:
    """Nodes that make one input of the inner graph of the version's tensors."""
    wanted = entry.type.tensor_type.elem_type
    flat = len(entry.type.tensor_type.shape.dim) == 1
    nodes = []
    if sources[0][0].datatype == "BYTES":
        value = sources[0][0].name
        if len(sources) > 1:
            nodes.append(helper.make_node("Concat", [tensor.name for tensor, _ in sources], [f"texts_{number}"], axis=1))
            value = f"texts_{number}"
    else:
        value, tensor = NUMERIC, sources[0][0]
        places = [place for _, place in sources]
        if places != list(range(len(tensor.columns))):
            constants.append(numpy_helper.from_array(np.array(places, dtype=np.int64), f"columns_{number}"))
            nodes.append(helper.make_node("Gather", [value, f"columns_{number}"], [f"numbers_{number}"], axis=1))
            value = f"numbers_{number}"
        if wanted != TensorProto.FLOAT:
            nodes.append(helper.make_node("Cast", [value], [f"cast_{number}"], to=wanted))
            value = f"cast_{number}"
    if flat:
        constants.append(numpy_helper.from_array(np.array([-1], dtype=np.int64), f"flat_shape_{number}"))
        nodes.append(helper.make_node("Reshape", [value, f"flat_shape_{number}"], [f"flat_{number}"]))
        value = f"flat_{number}"
    return [*nodes, helper.make_node("Identity", [value], [entry.name])]


def _answers(made: Sequence[str], classes: Sequence[Any], probabilities: bool, constants: list[Any]) -> list[Any]:
    """Nodes that give the inner outputs the names, types and shapes of a version's."""
    if not classes:
        constants.append(numpy_helper.from_array(np.array([-1, 1], dtype=np.int64), "column_shape"))
        return [
            helper.make_node("Cast", [made[0]], ["number"], to=TensorProto.FLOAT),
            helper.make_node("Reshape", ["number", "column_shape"], [PREDICTION]),
        ]
    texts = isinstance(classes[0], str)
    constants.append(numpy_helper.from_array(np.array([-1], dtype=np.int64), "row_shape"))
    flat = "flat_label" if not texts else LABEL
    nodes = [helper.make_node("Reshape", [made[0], "row_shape"], [flat])]
    if not texts:
        nodes.append(helper.make_node("Cast", [flat], [LABEL], to=TensorProto.INT64))
    if probabilities:
        return [*nodes, helper.make_node("Cast", [made[1]], [PROBABILITIES], to=TensorProto.FLOAT)]
    # The chosen class has the probability 1.
    keys = {"keys_strings": list(classes)} if texts else {"keys_int64s": [int(label) for label in classes]}
    numbers = list(range(len(classes)))
    constants.append(numpy_helper.from_array(np.array([numbers], dtype=np.int64), "class_numbers"))
    constants.append(numpy_helper.from_array(np.array([-1, 1], dtype=np.int64), "column_shape"))
    nodes.append(helper.make_node("LabelEncoder", [LABEL], ["class"], domain="ai.onnx.ml", values_int64s=numbers, **keys))
    return [
        *nodes,
        helper.make_node("Reshape", ["class", "column_shape"], ["class_column"]),
        helper.make_node("Equal", ["class_column", "class_numbers"], ["chosen"]),
        helper.make_node("Cast", ["chosen"], [PROBABILITIES], to=TensorProto.FLOAT),
    ]


def _outputs(classes: Sequence[Any]) -> list[Any]:
    if not classes:
        return [helper.make_tensor_value_info(PREDICTION, TensorProto.FLOAT, [None, 1])]
    kind = TensorProto.STRING if isinstance(classes[0], str) else TensorProto.INT64
    return [
        helper.make_tensor_value_info(LABEL, kind, [None]),
        helper.make_tensor_value_info(PROBABILITIES, TensorProto.FLOAT, [None, len(classes)]),
    ]


def _require_servable(document: Any) -> None:
    for node in _nodes(document.graph):
        if node.domain not in _DOMAINS or node.op_type in _FORBIDDEN:
            raise JobFailure(
                FailureCode.NOT_CONVERTIBLE,
                f"the model's ONNX form needs the operator {shown(node.op_type)}, which no engine of the platform runs; use a"
                " model of trees, a linear one or a neural network instead",
            )


def _nodes(graph: Any) -> Iterator[Any]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs]:
                yield from _nodes(inner)
