"""A third algorithm, for tests only: linear and softmax regression by gradient descent. This file and one entry are all of it."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matih_training.algorithm import require_file
from matih_training.metrics import metrics_of
from matih_training.native_model import Matrix
from matih_training.shards import read_share
from matih_training.worker import IterationReports, TrainingPlan, Worker, checkpoint_iteration


class LinearScorer:
    """Standardizes, weighs and adds up."""

    FILE = "weights.json"

    def __init__(self, estimator: dict[str, list[Any]]) -> None:
        self.estimator = estimator

    @classmethod
    def load(cls, folder: Path) -> "LinearScorer":
        return cls(json.loads((folder / cls.FILE).read_text()))

    def save(self) -> bytes:
        return json.dumps(self.estimator).encode()

    def score(self, matrix: Matrix, classes: int) -> npt.NDArray[Any]:
        part = {name: np.asarray(value, dtype=np.float32) for name, value in self.estimator.items()}
        raw = np.clip((matrix - part["mean"]) / part["scale"], -5, 5) @ part["weights"] + part["bias"]
        if not classes:
            return raw.reshape(-1)
        power = np.exp(raw - raw.max(axis=1, keepdims=True))
        return power / power.sum(axis=1, keepdims=True)


class GradientDescent:
    name = "gradient_descent"
    takes_missing = False
    scales = False
    most_categories = 0
    checkpoints_need_same_workers = False
    scorer = LinearScorer

    def iterations(self, hyperparameters: Mapping[str, Any]) -> int:
        return int(hyperparameters["steps"])

    def defaults(self, rows: int, classes: int) -> Mapping[str, Any]:  # noqa: ARG002
        return {}

    def train(self, worker: Worker, plan: TrainingPlan) -> None:
        rows = read_share(plan.data, "train", worker.rank, worker.count)
        test = read_share(plan.data, "test", worker.rank, worker.count)
        total = int(plan.hyperparameters["steps"])
        reports = IterationReports(plan, worker, total)
        width = max(1, plan.classes)
        checkpoint, done = worker.checkpoint(), 0
        if checkpoint is not None:
            done = checkpoint_iteration(checkpoint)
            model = LinearScorer(json.loads(require_file(checkpoint.read(LinearScorer.FILE))))
        else:
            deviation = rows.matrix.std(axis=0)
            model = LinearScorer(
                {
                    "mean": rows.matrix.mean(axis=0).tolist(),
                    "scale": np.where(deviation > 0, deviation, 1).tolist(),
                    "weights": np.zeros((rows.matrix.shape[1], width)).tolist(),
                    "bias": np.zeros(width).tolist(),
                }
            )
        goal = np.eye(width)[rows.target.astype(int)] if plan.classes else rows.target.reshape(-1, 1)

        def save(folder: Path) -> None:
            if worker.rank == 0:
                (folder / LinearScorer.FILE).write_bytes(model.save())

        for number in range(done + 1, total + 1):
            part = {name: np.asarray(value) for name, value in model.estimator.items()}
            error = model.score(rows.matrix, plan.classes).reshape(-1, width) - goal
            inputs = np.clip((rows.matrix - part["mean"]) / part["scale"], -5, 5)
            slope = worker.sum((inputs.T @ error).astype(np.float64)) / worker.sum(np.array([float(len(rows))]))
            rate = plan.hyperparameters["rate"]
            model.estimator["weights"] = (part["weights"] - rate * slope).tolist()
            model.estimator["bias"] = (part["bias"] - rate * error.mean(axis=0)).tolist()
            metrics = metrics_of(test.target, model.score(test.matrix, plan.classes), plan.classes)
            reports.iteration(number, {f"test-{name}": value for name, value in metrics.items()})
            if reports.superseded():
                break
            if reports.due(number):
                reports.checkpoint(number, save)
            done = number
        reports.finish(done, save)

    def finish(self, read: Callable[[str], bytes | None], workers: int) -> LinearScorer:  # noqa: ARG002
        return LinearScorer(json.loads(require_file(read(LinearScorer.FILE))))

    def multiplied(self, scorer: LinearScorer, factor: float) -> LinearScorer:
        for name in ("weights", "bias"):
            scorer.estimator[name] = (np.asarray(scorer.estimator[name]) * factor).tolist()
        return scorer

    def to_onnx(self, scorer: LinearScorer, columns: int, classes: int) -> Any:
        from onnx import TensorProto, helper

        constants = [
            helper.make_tensor(name, TensorProto.FLOAT, np.asarray(value).shape, np.asarray(value, dtype=np.float32).flatten())
            for name, value in scorer.estimator.items()
        ]
        limits = [helper.make_tensor(name, TensorProto.FLOAT, [], [value]) for name, value in (("low", -5.0), ("high", 5.0))]
        nodes = [
            helper.make_node("Sub", ["X", "mean"], ["centred"]),
            helper.make_node("Div", ["centred", "scale"], ["scaled"]),
            helper.make_node("Clip", ["scaled", "low", "high"], ["clipped"]),
            helper.make_node("MatMul", ["clipped", "weights"], ["weighed"]),
            helper.make_node("Add", ["weighed", "bias"], ["raw" if classes else "variable"]),
        ]
        if classes:
            nodes.append(helper.make_node("Softmax", ["raw"], ["probabilities"], axis=1))
            nodes.append(helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0))
        matrix = helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, columns])
        graph = helper.make_graph(nodes, self.name, [matrix], [], [*constants, *limits])
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])

    def flavor(self, file: str) -> tuple[str, dict[str, Any]]:
        return self.name, {"data": file}

    def requirements(self) -> list[str]:
        return []


ALGORITHM = GradientDescent()
