"""Trees of any library as one ONNX operator. Numbers and categories of one tree are tested as its library tests them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from matih_training.onnx_answers import RAW, model_of

# Category numbers start at 0.
_NO_CATEGORY = -1.0


@dataclass(frozen=True)
class Leaf:
    """What a tree adds to one of the outputs."""

    value: float


@dataclass(frozen=True)
class NumberTest:
    """Goes left when the number is below the threshold, or is it as well unless `strict`; a missing number has its own side."""

    column: int
    threshold: float
    missing_left: bool
    left: int
    right: int
    strict: bool = False


@dataclass(frozen=True)
class CategoryTest:
    """Goes inside when the category is one of these; a missing one has its own side."""

    column: int
    categories: Sequence[int]
    missing_inside: bool
    inside: int
    outside: int


Node = Leaf | NumberTest | CategoryTest


@dataclass
class _Attributes:
    """The lists of the operator, one entry per node."""

    nodes: dict[str, list[Any]] = field(
        default_factory=lambda: {
            name: [] for name in ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids", "missing")
        }
    )
    leaves: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in ("treeids", "nodeids", "ids", "weights")})

    def add(self, *values: Any) -> None:
        for entries, value in zip(self.nodes.values(), values, strict=True):
            entries.append(value)

    def add_leaf(self, *values: Any) -> None:
        for entries, value in zip(self.leaves.values(), values, strict=True):
            entries.append(value)


def trees_to_onnx(trees: Sequence[tuple[int, Sequence[Node]]], base: Sequence[float], columns: int, classes: int) -> Any:
    """The model whose raw answers are `base` plus what the trees add; each tree comes with the output that it adds to.

    A node refers to others of its tree by their places; the first one is the root.
    """
    from onnx import helper  # noqa: PLC0415

    attributes = _Attributes()
    for number, (output, nodes) in enumerate(trees):
        _add_tree(attributes, number, output, nodes)
    # The operator wants a tree.
    if not trees:
        _add_tree(attributes, 0, 0, [Leaf(0.0)])
    entries, leaves = attributes.nodes, attributes.leaves
    operator = helper.make_node(
        "TreeEnsembleRegressor",
        ["X"],
        [RAW],
        domain="ai.onnx.ml",
        n_targets=len(base),
        aggregate_function="SUM",
        base_values=[float(value) for value in base],
        nodes_treeids=entries["treeids"],
        nodes_nodeids=entries["nodeids"],
        nodes_featureids=entries["featureids"],
        nodes_modes=entries["modes"],
        nodes_values=entries["values"],
        nodes_truenodeids=entries["truenodeids"],
        nodes_falsenodeids=entries["falsenodeids"],
        nodes_missing_value_tracks_true=entries["missing"],
        target_treeids=leaves["treeids"],
        target_nodeids=leaves["nodeids"],
        target_ids=leaves["ids"],
        target_weights=leaves["weights"],
    )
    return model_of([operator], [], columns, classes)


def float_at_most(threshold: float) -> float:
    """The greatest number of 32 bits that is not above: no number of 32 bits lies between the two."""
    with np.errstate(over="ignore"):
        rounded = np.float32(threshold)
    return float(rounded if float(rounded) <= threshold else np.nextafter(rounded, np.float32(-np.inf)))


def _add_tree(attributes: _Attributes, tree: int, output: int, nodes: Sequence[Node]) -> None:
    free = len(nodes)
    for place, node in enumerate(nodes):
        match node:
            case Leaf(value):
                attributes.add(tree, place, 0, "LEAF", 0.0, 0, 0, 0)
                attributes.add_leaf(tree, place, output, float(value))
            case NumberTest():
                mode = "BRANCH_LT" if node.strict else "BRANCH_LEQ"
                threshold = node.threshold if node.strict else float_at_most(node.threshold)
                attributes.add(tree, place, node.column, mode, threshold, node.left, node.right, int(node.missing_left))
            case CategoryTest():
                free = _add_category_test(attributes, tree, place, node, free)


def _add_category_test(attributes: _Attributes, tree: int, place: int, node: CategoryTest, free: int) -> int:
    """A chain of comparisons whose equal sides are one node, as ONNX Runtime expects sets; answers the next free place."""
    categories = [float(category) for category in node.categories] or [_NO_CATEGORY]
    places = [place, *range(free, free + len(categories) - 1)]
    for own, category, other in zip(places, categories, [*places[1:], node.outside], strict=True):
        attributes.add(tree, own, node.column, "BRANCH_EQ", category, node.inside, other, int(node.missing_inside))
    return free + len(categories) - 1
