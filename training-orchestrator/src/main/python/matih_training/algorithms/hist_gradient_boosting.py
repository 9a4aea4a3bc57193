"""Histogram gradient boosting of scikit-learn."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from matih_training.metrics import metrics_of
from matih_training.shards import Part, read_whole
from matih_training.sklearn_model import SklearnForm, SklearnScorer, threads, unpickled
from matih_training.tree_onnx import CategoryTest, Leaf, Node, NumberTest, trees_to_onnx
from matih_training.weights import CLASS_WEIGHT, row_weights
from matih_training.worker import IterationReports, TrainingPlan, Worker, checkpoint_iteration

STEPS = 10
_EARLY_STOPPING = {"auto": "auto", "on": True, "off": False}
_BITS = 32


class HistGradientBoosting(SklearnForm):
    """Gradient-boosted trees of one worker, grown in steps so that there is something to see and to go on from."""

    name = "hist_gradient_boosting"
    takes_missing = True
    scales = False
    # The library's limit.
    most_categories = 255
    checkpoints_need_same_workers = False

    def iterations(self, hyperparameters: Mapping[str, Any]) -> int:
        return min(STEPS, int(hyperparameters["max_iter"]))

    def defaults(self, rows: int, classes: int) -> Mapping[str, Any]:  # noqa: ARG002
        return {}

    def train(self, worker: Worker, plan: TrainingPlan) -> None:
        train, test = read_whole(plan.data, "train"), read_whole(plan.data, "test")
        total, rounds = self.iterations(plan.hyperparameters), int(plan.hyperparameters["max_iter"])
        reports = IterationReports(plan, worker, total)
        estimator, done = _new(plan), 0
        checkpoint = worker.checkpoint()
        if checkpoint is not None:
            done = checkpoint_iteration(checkpoint)
            stored = checkpoint.read(SklearnScorer.FILE)
            estimator = unpickled(stored) if stored is not None else estimator
        target = train.target.astype(np.int64 if plan.classes else np.float64)
        weights = row_weights(train, plan, worker)

        def save(folder: Path) -> None:
            (folder / SklearnScorer.FILE).write_bytes(SklearnScorer(estimator).save())

        for number in range(done + 1, total + 1):
            wanted = rounds * number // total
            estimator.set_params(max_iter=wanted)
            with threads(plan):
                estimator.fit(train.matrix, target, sample_weight=weights)
                metrics = _metrics(estimator, test, plan)
            done = number
            reports.iteration(number, metrics)
            stopped = estimator.n_iter_ < wanted
            if stopped:
                done = total
            if stopped or reports.superseded():
                break
            if reports.due(number):
                reports.checkpoint(number, save)
        estimator.set_params(warm_start=False)
        reports.finish(done, save)

    def multiplied(self, scorer: SklearnScorer, factor: float) -> SklearnScorer:
        estimator = scorer.estimator
        estimator._baseline_prediction = estimator._baseline_prediction * factor  # noqa: SLF001
        for (tree,) in estimator._predictors:  # noqa: SLF001
            tree.nodes["value"] *= factor
        return scorer

    def to_onnx(self, scorer: SklearnScorer, columns: int, classes: int) -> Any:
        estimator = scorer.estimator
        base = np.asarray(estimator._baseline_prediction, dtype=np.float64).reshape(-1).tolist()  # noqa: SLF001
        order = _order_of_columns(estimator, columns)
        trees = [
            (output, [_node(node, tree, order) for node in tree.nodes])
            for round_ in estimator._predictors  # noqa: SLF001
            for output, tree in enumerate(round_)
        ]
        return trees_to_onnx(trees, base, columns, classes)


ALGORITHM = HistGradientBoosting()


def _new(plan: TrainingPlan) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor  # noqa: PLC0415

    parameters = {name: value for name, value in plan.hyperparameters.items() if name not in (CLASS_WEIGHT, "max_iter")}
    parameters["early_stopping"] = _EARLY_STOPPING[parameters["early_stopping"]]
    kind = HistGradientBoostingRegressor if plan.task == "regression" else HistGradientBoostingClassifier
    categories = list(plan.categories) or None
    return kind(warm_start=True, random_state=plan.seed, categorical_features=categories, **parameters)


def _metrics(estimator: Any, test: Part, plan: TrainingPlan) -> dict[str, float]:
    metrics = metrics_of(test.target, SklearnScorer(estimator).score(test.matrix, plan.classes), plan.classes)
    return {f"test-{name}": value for name, value in metrics.items()} | {"rounds": float(estimator.n_iter_)}


def _order_of_columns(estimator: Any, columns: int) -> list[int]:
    """The columns as the trees number them: those of categories come first."""
    categorical = estimator.is_categorical_
    if categorical is None:
        return list(range(columns))
    return [*np.flatnonzero(categorical).tolist(), *np.flatnonzero(~categorical).tolist()]


def _node(node: Any, tree: Any, order: list[int]) -> Node:
    if node["is_leaf"]:
        return Leaf(float(node["value"]))
    column, left, right = order[int(node["feature_idx"])], int(node["left"]), int(node["right"])
    if not node["is_categorical"]:
        return NumberTest(column, float(node["num_threshold"]), bool(node["missing_go_to_left"]), left, right)
    bits = tree.raw_left_cat_bitsets[int(node["bitset_idx"])]
    inside = [number for number in range(_BITS * len(bits)) if int(bits[number // _BITS]) >> (number % _BITS) & 1]
    return CategoryTest(column, inside, bool(node["missing_go_to_left"]), left, right)
