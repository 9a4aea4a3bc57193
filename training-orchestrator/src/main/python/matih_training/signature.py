"""Reads what a model means (`signature.json`) and how its ONNX graph wants the inputs (`onnx.json`, in format 1 both in one).

The documents are those of docs/reference/model-bundle.md; a document that contradicts itself is a ValueError.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matih_training.kinds import LONGEST_NAME, is_column_name

FORMAT = 2
SIGNATURE_FILE, LAYOUT_FILE, ONNX_FILE = "signature.json", "onnx.json", "model.onnx"
KINDS = ("double", "long", "string", "boolean")
_MOST_COLUMNS = 10_000


@dataclass(frozen=True)
class Column:
    """One input as callers name it."""

    name: str
    kind: str
    nullable: bool


@dataclass(frozen=True)
class Signature:
    """What a model accepts and answers; `classes` are empty for a regression."""

    bundle_format: int
    columns: tuple[Column, ...]
    classes: tuple[Any, ...]


@dataclass(frozen=True)
class Tensor:
    """One input of the graph, `[rows, len(columns)]`."""

    name: str
    datatype: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class OnnxLayout:
    """Where each column lies, and which output carries the probabilities or predictions."""

    tensors: tuple[Tensor, ...]
    output: str


def read_signature(document: object) -> Signature:
    """The signature in a document of any format."""
    fields = _object(document, "the signature")
    number = fields.get("bundle_format", 1)
    _require(type(number) is int and 1 <= number <= FORMAT, f"the bundle has the format {number}")
    task = fields.get("task")
    _require(task in ("classification", "regression"), f"the task is unknown: {task}")
    columns = tuple(_column(entry) for entry in _list(fields.get("inputs")))
    _require(0 < len(columns) <= _MOST_COLUMNS, f"a signature has 1 to {_MOST_COLUMNS} inputs")
    _distinct([column.name for column in columns], "input")
    classes = tuple(_label(entry) for entry in _list(fields.get("classes")))
    _require(len(classes) >= 2 if task == "classification" else not classes, "the classes do not fit the task")
    _distinct([str(label) for label in classes], "class")
    _check_features(fields.get("features"))
    return Signature(number, columns, classes)


def read_onnx_layout(signature: Signature, signature_document: object, layout_document: object) -> OnnxLayout:
    """The layout, from the document that holds it in the signature's format."""
    if signature.bundle_format == 1:
        fields = _object(_object(signature_document, "the signature").get("onnx"), "the onnx section")
        outputs = fields
    else:
        fields = _object(layout_document, "the layout")
        outputs = _object(fields.get("outputs"), "outputs")
    tensors = tuple(_tensor(entry) for entry in _list(fields.get("tensors")))
    output = _text(outputs.get("probabilities" if signature.classes else "prediction"), "the output")
    kinds = {column.name: column.kind for column in signature.columns}
    placed = [(name, tensor) for tensor in tensors for name in tensor.columns]
    for name, tensor in placed:
        _require(name in kinds, f"tensor {tensor.name} uses the unknown input {name}")
        _require((kinds[name] == "string") == (tensor.datatype == "BYTES"), f"input {name} does not fit tensor {tensor.name}")
    _distinct([name for name, _ in placed], "input of a tensor")
    _require(len(placed) == len(kinds), "an input lies in no tensor")
    return OnnxLayout(tensors, output)


def _column(entry: object) -> Column:
    fields = _object(entry, "an input")
    name = _text(fields.get("name"), "the name of an input")
    _require(is_column_name(name), f"the name of an input is longer than {LONGEST_NAME} or has control characters")
    kind = fields.get("type")
    _require(kind in KINDS, f"the type of an input is unknown: {kind}")
    return Column(name, str(kind), fields.get("nullable") is True)


def _tensor(entry: object) -> Tensor:
    fields = _object(entry, "a tensor")
    datatype = fields.get("datatype")
    _require(datatype in ("FP32", "BYTES"), f"the datatype is unknown: {datatype}")
    columns = tuple(_text(name, "a column") for name in _list(fields.get("columns")))
    _require(bool(columns), "a tensor needs at least one column")
    return Tensor(_text(fields.get("name"), "the name of a tensor"), str(datatype), columns)


def _check_features(features: object) -> None:
    if isinstance(features, dict):
        for reference in _list(features.get("references")):
            text = _text(reference, "a feature reference")
            _require(text.find(":") > 0 and not text.endswith(":"), f"a feature reference reads view:feature, not {text}")


def _label(entry: object) -> Any:
    _require(isinstance(entry, str | int | float), "a class is neither number, text nor truth value")
    return entry


def _text(entry: object, what: str) -> str:
    if not isinstance(entry, str) or not entry.strip():
        raise ValueError(f"{what} is no text")
    return entry


def _list(entry: object) -> list[Any]:
    if entry is None:
        return []
    if not isinstance(entry, list):
        raise ValueError("a list is expected")
    return entry


def _object(entry: object, what: str) -> Mapping[str, Any]:
    if not isinstance(entry, dict):
        raise ValueError(f"{what} is no object")
    return entry


def _distinct(names: list[str], what: str) -> None:
    _require(len(set(names)) == len(names), f"an {what} is listed twice")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
