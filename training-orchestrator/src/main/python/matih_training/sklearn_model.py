"""What models of scikit-learn share: their native form, and the training of those that learn in one step."""

import pickle
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matih_training.algorithm import require_file
from matih_training.metrics import metrics_of
from matih_training.native_model import Matrix
from matih_training.onnx_answers import RAW, model_of
from matih_training.shards import read_whole
from matih_training.weights import CLASS_WEIGHT, row_weights
from matih_training.worker import IterationReports, TrainingPlan, Worker


class SklearnScorer:
    """An estimator of scikit-learn; its source is copied into each bundle."""

    FILE = "model.pkl"

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    @classmethod
    def load(cls, folder: Path) -> "SklearnScorer":
        return cls.of((folder / cls.FILE).read_bytes())

    @classmethod
    def of(cls, content: bytes) -> "SklearnScorer":
        import pickle  # noqa: PLC0415

        return cls(pickle.loads(content))  # noqa: S301  (models load inside Ray only)

    def save(self) -> bytes:
        import pickle  # noqa: PLC0415

        return pickle.dumps(self.estimator)

    def score(self, matrix: Matrix, classes: int) -> npt.NDArray[Any]:
        return np.asarray(self.estimator.predict_proba(matrix) if classes else self.estimator.predict(matrix))


class SklearnForm:
    """The native form of an algorithm of scikit-learn."""

    scorer = SklearnScorer

    def finish(self, read: Callable[[str], bytes | None], workers: int) -> SklearnScorer:  # noqa: ARG002
        return SklearnScorer.of(require_file(read(SklearnScorer.FILE)))

    def flavor(self, file: str) -> tuple[str, dict[str, Any]]:
        return "sklearn", {
            "pickled_model": file,
            "serialization_format": "pickle",
            "sklearn_version": metadata.version("scikit-learn"),
            "code": None,
        }

    def requirements(self) -> list[str]:
        return [f"scikit-learn=={metadata.version('scikit-learn')}"]


class LinearModel(SklearnForm):
    """A model of one weight per column, learned in one step by one worker."""

    takes_missing = False
    scales = True
    most_categories = 0
    checkpoints_need_same_workers = False

    def iterations(self, hyperparameters: Mapping[str, Any]) -> int:  # noqa: ARG002
        return 1

    def defaults(self, rows: int, classes: int) -> Mapping[str, Any]:  # noqa: ARG002
        return {}

    def estimator(self, parameters: Mapping[str, Any], seed: int) -> Any:
        """A new estimator with these hyperparameters."""
        raise NotImplementedError

    def train(self, worker: Worker, plan: TrainingPlan) -> None:
        reports = IterationReports(plan, worker, 1)
        checkpoint = worker.checkpoint()
        stored = checkpoint.read(SklearnScorer.FILE) if checkpoint is not None else None
        if stored is not None:
            scorer = SklearnScorer.of(stored)
        else:
            train = read_whole(plan.data, "train")
            parameters = {name: value for name, value in plan.hyperparameters.items() if name != CLASS_WEIGHT}
            estimator = self.estimator(parameters, plan.seed)
            target = train.target.astype(np.int64 if plan.classes else np.float64)
            weights = row_weights(train, plan, worker)
            with threads(plan):
                # In 64 bits: the solvers stop where 32 would round.
                estimator.fit(train.matrix.astype(np.float64), target, sample_weight=weights)
            scorer = SklearnScorer(estimator)
            test = read_whole(plan.data, "test")
            metrics = metrics_of(test.target, scorer.score(test.matrix, plan.classes), plan.classes)
            reports.iteration(1, {f"test-{name}": value for name, value in metrics.items()})
        content = scorer.save()

        def save(folder: Path) -> None:
            (folder / SklearnScorer.FILE).write_bytes(content)

        reports.finish(1, save)

    def multiplied(self, scorer: SklearnScorer, factor: float) -> SklearnScorer:
        scorer.estimator.coef_ = scorer.estimator.coef_ * factor
        scorer.estimator.intercept_ = scorer.estimator.intercept_ * factor
        return scorer

    def to_onnx(self, scorer: SklearnScorer, columns: int, classes: int) -> Any:
        from onnx import TensorProto, helper  # noqa: PLC0415

        weights = np.atleast_2d(scorer.estimator.coef_).T.astype(np.float32)
        intercept = np.broadcast_to(np.atleast_1d(scorer.estimator.intercept_), weights.shape[1:]).astype(np.float32)
        constants = [
            helper.make_tensor(name, TensorProto.FLOAT, value.shape, value.flatten())
            for name, value in (("weights", weights), ("intercept", intercept))
        ]
        nodes = [
            helper.make_node("MatMul", ["X", "weights"], ["weighed"]),
            helper.make_node("Add", ["weighed", "intercept"], [RAW]),
        ]
        return model_of(nodes, constants, columns, classes)


def threads(plan: TrainingPlan) -> Any:
    """While it lasts, the libraries below scikit-learn compute with the worker's threads, not with all of the machine."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    return threadpool_limits(plan.threads)


def unpickled(content: bytes) -> Any:
    """An estimator of this very job's checkpoint."""
    return pickle.loads(content)  # noqa: S301
