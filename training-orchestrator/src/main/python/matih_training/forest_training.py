"""A random forest on Ray Train: each worker grows its share of the trees on all rows, the driver puts them together."""

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from xgboost import collective

from matih_training.evaluation import classification_metrics, regression_metrics
from matih_training.shards import Part, read_whole
from matih_training.training import (
    IterationReports,
    Member,
    TrainingPlan,
    checkpoint_iteration,
    checkpoint_to_resume,
    read_checkpoint,
    this_member,
)

# scikit-learn has no types: one of the two classes below.
Forest: TypeAlias = Any
ITERATIONS = 10
_JUDGED_ROWS = 5_000


def iterations(trees: int, workers: int) -> int:
    """In how many steps the forest grows; each step ends with metrics of the whole forest so far."""
    return min(ITERATIONS, -(-trees // workers))


def share(trees: int, member: Member) -> int:
    """Trees of one worker."""
    return trees // member.count + (1 if member.rank < trees % member.count else 0)


def forest_file(rank: int) -> str:
    """Name of a worker's trees in a checkpoint."""
    return f"forest-{rank}.pkl"


def train_worker(config: dict[str, Any]) -> None:
    """Train function of one worker."""
    plan: TrainingPlan = config["plan"]
    member = this_member()
    train, test = read_whole(plan.data, "train"), _judged(read_whole(plan.data, "test"), plan.seed)
    trees = int(plan.hyperparameters["n_estimators"])
    total, own = iterations(trees, member.count), share(trees, member)
    reports = IterationReports(plan, member, total)

    forest, done = _new_forest(plan, member), 0
    checkpoint = checkpoint_to_resume(plan)
    if checkpoint is not None:
        done = checkpoint_iteration(checkpoint)
        stored = read_checkpoint(checkpoint, forest_file(member.rank))
        if stored is not None:
            forest = pickle.loads(stored)  # noqa: S301  (written by this very job)
    votes = _votes(_trees(forest), test, plan)

    def save(folder: Path) -> None:
        if _trees(forest):
            (folder / forest_file(member.rank)).write_bytes(pickle.dumps(forest))

    for number in range(done + 1, total + 1):
        before = len(_trees(forest))
        wanted = own * number // total
        if wanted > before:
            forest.set_params(n_estimators=wanted)
            forest.fit(train.matrix, train.target if plan.task == "regression" else train.target.astype(np.int64))
            votes += _votes(_trees(forest)[before:], test, plan)
        done = number
        reports.iteration(number, _metrics(collective.allreduce(votes, collective.Op.SUM), test, plan))
        if reports.superseded():
            break
        if reports.due(number):
            reports.checkpoint(number, save)
    reports.finish(done, save)


def merge(parts: Sequence[Forest]) -> Forest:
    """One forest with the trees of all."""
    forest = parts[0]
    forest.estimators_ = [tree for part in parts for tree in part.estimators_]
    # One thread: a served row is too little work to share, and a batch is parallel elsewhere.
    forest.set_params(n_estimators=len(forest.estimators_), n_jobs=1, warm_start=False)
    return forest


def _new_forest(plan: TrainingPlan, member: Member) -> Forest:
    parameters = {name: value for name, value in plan.hyperparameters.items() if name != "n_estimators"}
    # Independent trees on each worker, the same ones each time.
    seed = int(np.random.SeedSequence([plan.seed, member.rank]).generate_state(1)[0]) % 2**31
    kind = RandomForestRegressor if plan.task == "regression" else RandomForestClassifier
    return kind(n_estimators=0, warm_start=True, random_state=seed, n_jobs=plan.threads, **parameters)


def _trees(forest: Forest) -> list[Any]:
    return list(getattr(forest, "estimators_", []))


def _judged(test: Part, seed: int) -> Part:
    """Rows for the metrics between the steps; the evaluation at the end uses all of them."""
    if len(test) <= _JUDGED_ROWS:
        return test
    rows = np.random.default_rng(seed).choice(len(test), _JUDGED_ROWS, replace=False)
    return Part(test.matrix[rows], test.target[rows])


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
    if plan.task == "regression":
        metrics = regression_metrics(test.target, answers)
    else:
        metrics = classification_metrics(test.target, answers.reshape(len(test), plan.classes))
    return {f"test-{name}": value for name, value in metrics.items()} | {"trees": float(votes[-1])}
