"""What every graph of an algorithm ends with: raw answers become probabilities and a label, or a prediction."""

from collections.abc import Sequence
from typing import Any

# `[rows, outputs]`: a margin of the second of two classes, one of each of more, or the prediction of a regression.
RAW = "raw"


def model_of(nodes: Sequence[Any], constants: Sequence[Any], columns: int, classes: int) -> Any:
    """A graph of the nodes, which make `RAW` of `X` `[rows, columns]`, with the outputs that an algorithm owes."""
    from onnx import TensorProto, helper  # noqa: PLC0415

    from matih_training.onnx_model import ML_OPSET, OPSET  # noqa: PLC0415

    matrix = helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, columns])
    ends, more = _answers(classes)
    graph = helper.make_graph([*nodes, *ends], "algorithm", [matrix], [], [*constants, *more])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)])


def _answers(classes: int) -> tuple[list[Any], list[Any]]:
    from onnx import TensorProto, helper  # noqa: PLC0415

    if not classes:
        return [helper.make_node("Identity", [RAW], ["variable"])], []
    label = helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0)
    if classes > 2:
        return [helper.make_node("Softmax", [RAW], ["probabilities"], axis=1), label], []
    one = helper.make_tensor("one", TensorProto.FLOAT, [], [1.0])
    return [
        helper.make_node("Sigmoid", [RAW], ["positive"]),
        helper.make_node("Sub", ["one", "positive"], ["negative"]),
        helper.make_node("Concat", ["negative", "positive"], ["probabilities"], axis=1),
        label,
    ], [one]
