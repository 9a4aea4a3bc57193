"""A random forest: each worker grows its share of the trees on all rows, the driver puts them together."""

import pickle
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from matih_training.algorithm import require_file
from matih_training.metrics import metrics_of
from matih_training.shards import Part, read_whole
from matih_training.sklearn_model import SklearnForm, SklearnScorer
from matih_training.weights import CLASS_WEIGHT, row_weights
from matih_training.worker import IterationReports, TrainingPlan, Worker, checkpoint_iteration

# scikit-learn has no types: RandomForestClassifier or RandomForestRegressor.
Forest: TypeAlias = Any
ITERATIONS = 10
_MOST_ROWS_TIMES_CLASSES = 40_000
# A tree of numbers grows until each leaf has one of its own.
_CLASSES_OF_NUMBERS = 5


class RandomForest(SklearnForm):
    """Independent trees. Its conversion to ONNX would answer a missing number silently wrong, so it gets none."""

    name = "random_forest"
    takes_missing = False
    scales = False
    most_categories = 0
    checkpoints_need_same_workers = True

    def iterations(self, hyperparameters: Mapping[str, Any]) -> int:
        return iterations(int(hyperparameters["n_estimators"]), 1)

    def defaults(self, rows: int, classes: int) -> Mapping[str, Any]:
        """Trees are grown to the end, as scikit-learn's, as long as their ONNX form stays a model of some tens of MB."""
        return {"min_samples_leaf": max(1, rows * (classes or _CLASSES_OF_NUMBERS) // _MOST_ROWS_TIMES_CLASSES)}

    def train(self, worker: Worker, plan: TrainingPlan) -> None:
        train, test = read_whole(plan.data, "train"), read_whole(plan.data, "test")
        trees = int(plan.hyperparameters["n_estimators"])
        total, own = iterations(trees, worker.count), share(trees, worker.rank, worker.count)
        reports = IterationReports(plan, worker, total)

        forest, done = _new_forest(plan, worker.rank), 0
        checkpoint = worker.checkpoint()
        if checkpoint is not None:
            done = checkpoint_iteration(checkpoint)
            stored = checkpoint.read(forest_file(worker.rank))
            if stored is not None:
                forest = pickle.loads(stored)  # noqa: S301  (written by this very job)
        votes = _votes(_trees(forest), test, plan)
        weights = row_weights(train, plan, worker)

        def save(folder: Path) -> None:
            if _trees(forest):
                (folder / forest_file(worker.rank)).write_bytes(pickle.dumps(forest))

        for number in range(done + 1, total + 1):
            before = len(_trees(forest))
            wanted = own * number // total
            if wanted > before:
                forest.set_params(n_estimators=wanted)
                forest.fit(train.matrix, train.target if plan.task == "regression" else train.target.astype(np.int64), weights)
                votes += _votes(_trees(forest)[before:], test, plan)
            done = number
            reports.iteration(number, _metrics(worker.sum(votes), test, plan))
            if reports.superseded():
                break
            if reports.due(number):
                reports.checkpoint(number, save)
        reports.finish(done, save)

    def finish(self, read: Callable[[str], bytes | None], workers: int) -> SklearnScorer:
        require_file(read(forest_file(0)))
        parts = [read(forest_file(rank)) for rank in range(workers)]
        # The last workers have no trees when there are more workers than trees.
        return SklearnScorer(merge([pickle.loads(part) for part in parts if part is not None]))  # noqa: S301

    def multiplied(self, scorer: SklearnScorer, factor: float) -> SklearnScorer:
        for tree in scorer.estimator.estimators_:
            tree.tree_.value[...] *= factor
        return scorer

    def to_onnx(self, scorer: SklearnScorer, columns: int, classes: int) -> Any:
        from skl2onnx import convert_sklearn  # noqa: PLC0415
        from skl2onnx.common.data_types import FloatTensorType  # noqa: PLC0415

        from matih_training.onnx_model import ML_OPSET, OPSET  # noqa: PLC0415

        return convert_sklearn(
            scorer.estimator,
            initial_types=[("X", FloatTensorType([None, columns]))],
            target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
            options={id(scorer.estimator): {"zipmap": False}} if classes else None,
        )


ALGORITHM = RandomForest()


def iterations(trees: int, workers: int) -> int:
    """In how many steps the forest grows; each step ends with metrics of the whole forest so far."""
    return min(ITERATIONS, -(-trees // workers))


def share(trees: int, rank: int, workers: int) -> int:
    """Trees of one worker."""
    return trees // workers + (1 if rank < trees % workers else 0)


def forest_file(rank: int) -> str:
    """Name of a worker's trees in a checkpoint."""
    return f"forest-{rank}.pkl"


def merge(parts: Sequence[Forest]) -> Forest:
    """One forest with the trees of all."""
    forest = parts[0]
    forest.estimators_ = [tree for part in parts for tree in part.estimators_]
    # One thread: a served row is too little work to share, and a batch is parallel elsewhere.
    forest.set_params(n_estimators=len(forest.estimators_), n_jobs=1, warm_start=False)
    return forest


def _new_forest(plan: TrainingPlan, rank: int) -> Forest:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor  # noqa: PLC0415

    parameters = {name: value for name, value in plan.hyperparameters.items() if name not in ("n_estimators", CLASS_WEIGHT)}
    # Independent trees on each worker, the same ones each time.
    seed = int(np.random.SeedSequence([plan.seed, rank]).generate_state(1)[0]) % 2**31
    kind = RandomForestRegressor if plan.task == "regression" else RandomForestClassifier
    return kind(n_estimators=0, warm_start=True, random_state=seed, n_jobs=plan.threads, **parameters)


def _trees(forest: Forest) -> list[Any]:
    return list(getattr(forest, "estimators_", []))


def _votes(trees: Sequence[Any], test: Part, plan: TrainingPlan) -> npt.NDArray[np.float64]:
    """Sum of the trees' answers per row, and the number of trees in the last element."""
    votes = np.zeros(len(test) * max(1, plan.classes) + 1)
    for tree in trees:
        answer = tree.predict(test.matrix) if plan.task == "regression" else tree.predict_proba(test.matrix)
        votes[:-1] += np.asarray(answer).reshape(-1)
    votes[-1] = len(trees)
    return votes


def _metrics(votes: npt.NDArray[np.float64], test: Part, plan: TrainingPlan) -> dict[str, float]:
    answers = votes[:-1] / votes[-1]
    metrics = metrics_of(test.target, answers.reshape(len(test), plan.classes) if plan.classes else answers, plan.classes)
    return {f"test-{name}": value for name, value in metrics.items()} | {"trees": float(votes[-1])}
