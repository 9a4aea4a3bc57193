"""XGBoost: each worker holds a share of the rows, the trees are grown together."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matih_training.algorithm import require_file
from matih_training.early_stop import EarlyStop, split_validation
from matih_training.metrics import metrics_of
from matih_training.native_model import Matrix
from matih_training.shards import Part, read_share, read_whole
from matih_training.tree_onnx import CategoryTest, Leaf, Node, NumberTest, trees_to_onnx
from matih_training.weights import CLASS_WEIGHT, row_weights
from matih_training.worker import IterationReports, TrainingPlan, Worker, checkpoint_iteration

_LEAF = -1
# Ours, or given to the library in another place.
_NOT_THE_LIBRARYS = {"num_boost_round", "early_stopping_rounds", "validation_fraction", CLASS_WEIGHT}
# Hyperparameters that are compared with numbers in the target's unit, or with their squares.
_POWERS_OF_THE_UNIT = {"gamma": 2, "reg_alpha": 1, "max_delta_step": 1}


class BoosterScorer:
    """A booster; its source is copied into each bundle."""

    FILE = "model.ubj"

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    @classmethod
    def load(cls, folder: Path) -> "BoosterScorer":
        return cls.of((folder / cls.FILE).read_bytes())

    @classmethod
    def of(cls, content: bytes) -> "BoosterScorer":
        import xgboost  # noqa: PLC0415

        return cls(xgboost.Booster(model_file=bytearray(content)))

    def save(self) -> bytes:
        return bytes(self.estimator.save_raw("ubj"))

    def score(self, matrix: Matrix, classes: int) -> npt.NDArray[Any]:
        import xgboost  # noqa: PLC0415

        kinds = self.estimator.feature_types
        scores = self.estimator.predict(xgboost.DMatrix(matrix, feature_types=kinds, enable_categorical=True))
        return np.column_stack([1 - scores, scores]) if classes == 2 else np.asarray(scores)


class XGBoost:
    """Gradient-boosted trees."""

    name = "xgboost"
    takes_missing = True
    scales = False
    most_categories = 1000
    checkpoints_need_same_workers = False
    scorer = BoosterScorer

    def iterations(self, hyperparameters: Mapping[str, Any]) -> int:
        return int(hyperparameters["num_boost_round"])

    def defaults(self, rows: int, classes: int) -> Mapping[str, Any]:  # noqa: ARG002
        return {}

    def train(self, worker: Worker, plan: TrainingPlan) -> None:
        import xgboost  # noqa: PLC0415

        rows, validation = split_validation(read_share(plan.data, "train", worker.rank, worker.count), plan)
        train = _matrix(rows, plan, row_weights(rows, plan, worker))
        # All of them, in each worker: the area under the curve of shares cannot be put together.
        test = _matrix(read_whole(plan.data, "test"), plan)
        judged = [(train, "train"), (test, "test"), *([(_matrix(validation, plan), "validation")] if validation else [])]
        checkpoint = worker.checkpoint()
        stored = checkpoint.read(BoosterScorer.FILE) if checkpoint is not None else None
        booster = BoosterScorer.of(stored).estimator if stored is not None else None
        stop = EarlyStop.of(plan, checkpoint)
        done = checkpoint_iteration(checkpoint) if checkpoint is not None else 0
        total = int(plan.hyperparameters["num_boost_round"])
        reports = IterationReports(plan, worker, total)
        loss = booster_parameters(plan)["eval_metric"][0]

        class AfterIteration(xgboost.callback.TrainingCallback):  # type: ignore[misc]
            def after_iteration(self, model: Any, epoch: int, evals_log: dict[str, dict[str, list[float]]]) -> bool:  # noqa: ARG002
                # The epoch starts at 0 again after a resume; the number of rounds does not.
                number = model.num_boosted_rounds()
                metrics = {f"{part}-{name}": values[-1] for part, log in evals_log.items() for name, values in log.items()}
                reports.iteration(number, metrics if worker.count == 1 else _of_all_workers(metrics))
                stop.add(metrics.get(f"validation-{loss}", 0.0))
                if reports.superseded() or stop.is_over:
                    return True
                if reports.due(number):
                    reports.checkpoint(number, _saving(model, worker, stop))
                return False

        if booster is None or (done < total and not stop.is_over):
            booster = xgboost.train(
                booster_parameters(plan),
                train,
                num_boost_round=total - done,
                evals=judged,
                custom_metric=_watched(plan, test),
                xgb_model=booster,
                verbose_eval=False,
                callbacks=[AfterIteration()],
            )
            done = booster.num_boosted_rounds()
        reports.finish(done, _saving(booster[: stop.best] if stop.active else booster, worker, stop))

    def finish(self, read: Callable[[str], bytes | None], workers: int) -> BoosterScorer:  # noqa: ARG002
        return BoosterScorer.of(require_file(read(BoosterScorer.FILE)))

    def multiplied(self, scorer: BoosterScorer, factor: float) -> BoosterScorer:
        model = json.loads(scorer.estimator.save_raw("json"))
        parameters = model["learner"]["learner_model_param"]
        parameters["base_score"] = f"[{float(parameters['base_score'].strip('[]')) * factor!r}]"
        for tree in model["learner"]["gradient_booster"]["model"]["trees"]:
            for node, child in enumerate(tree["left_children"]):
                tree["base_weights"][node] *= factor
                if child == _LEAF:
                    tree["split_conditions"][node] *= factor
        return BoosterScorer.of(json.dumps(model).encode())

    def to_onnx(self, scorer: BoosterScorer, columns: int, classes: int) -> Any:
        learner = json.loads(scorer.estimator.save_raw("json"))["learner"]
        model = learner["gradient_booster"]["model"]
        trees = [(output, _nodes(tree)) for output, tree in zip(model["tree_info"], model["trees"], strict=True)]
        return trees_to_onnx(trees, _intercept(learner, classes), columns, classes)

    def flavor(self, file: str) -> tuple[str, dict[str, Any]]:
        return "xgboost", {
            "data": file,
            "model_class": "xgboost.core.Booster",
            "model_format": "ubj",
            "xgb_version": _version(),
            "code": None,
        }

    def requirements(self) -> list[str]:
        return [f"xgboost=={_version()}"]


ALGORITHM = XGBoost()


def booster_parameters(plan: TrainingPlan) -> dict[str, Any]:
    """Hyperparameters in XGBoost's own names, with what the task fixes."""
    parameters = {name: value for name, value in plan.hyperparameters.items() if name not in _NOT_THE_LIBRARYS}
    for name, power in _POWERS_OF_THE_UNIT.items():
        if name in parameters:
            parameters[name] /= plan.target_unit**power
    if plan.task == "regression":
        objective: dict[str, Any] = {"objective": "reg:squarederror", "eval_metric": ["rmse"]}
    elif plan.classes == 2:
        objective = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"]}
    else:
        objective = {"objective": "multi:softprob", "num_class": plan.classes, "eval_metric": ["mlogloss", "merror"]}
    device = "cuda" if plan.gpu else "cpu"
    return parameters | objective | {"tree_method": "hist", "device": device, "seed": plan.seed, "nthread": plan.threads}


def _saving(model: Any, worker: Worker, stop: EarlyStop) -> Callable[[Path], None]:
    def save(folder: Path) -> None:
        if worker.rank == 0:
            model.save_model(str(folder / BoosterScorer.FILE))
            stop.save(folder)

    return save


def _of_all_workers(metrics: Mapping[str, float]) -> dict[str, float]:
    """The areas under the curve of shares cannot be put together."""
    return {name: value for name, value in metrics.items() if name not in ("train-auc", "validation-auc")}


def _watched(plan: TrainingPlan, test: Any) -> Callable[[Any, Any], tuple[str, float]] | None:
    """Charts the watched metric where XGBoost does not by itself; of the rows to learn from it is of no use."""
    watched = plan.watched
    if watched is None or watched in booster_parameters(plan)["eval_metric"]:
        return None

    def metric(scores: Any, part: Any) -> tuple[str, float]:
        if part is not test:
            return watched, float("nan")
        answers = np.column_stack([1 - scores, scores]) if plan.classes == 2 else np.asarray(scores)
        return watched, metrics_of(part.get_label(), answers, plan.classes).get(watched, float("nan"))

    return metric


def _matrix(part: Part, plan: TrainingPlan, weights: npt.NDArray[np.float32] | None = None) -> Any:
    import xgboost  # noqa: PLC0415

    kinds = ["c" if column in plan.categories else "q" for column in range(part.matrix.shape[1])]
    return xgboost.DMatrix(
        part.matrix, label=part.target, weight=weights, nthread=plan.threads, feature_types=kinds, enable_categorical=True
    )


def _intercept(learner: Mapping[str, Any], classes: int) -> list[float]:
    """What the trees' answers are added to, as margins; the file has that of two classes as a probability."""
    base = json.loads(learner["learner_model_param"]["base_score"])
    scores = [float(score) for score in (base if isinstance(base, list) else [base])]
    if classes == 2:
        return [float(np.log(scores[0] / (1 - scores[0])))]
    return scores * classes if classes > len(scores) else scores


def _nodes(tree: Mapping[str, Any]) -> list[Node]:
    """The tree as a list. A category of the list of a split goes right."""
    sets = {
        node: tree["categories"][start : start + size]
        for node, start, size in zip(tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"], strict=True)
    }
    nodes: list[Node] = []
    for place, (left, right) in enumerate(zip(tree["left_children"], tree["right_children"], strict=True)):
        column, value, missing_left = tree["split_indices"][place], tree["split_conditions"][place], tree["default_left"][place]
        if left == _LEAF:
            nodes.append(Leaf(value))
        elif tree["split_type"][place]:
            nodes.append(CategoryTest(column, sets[place], not missing_left, right, left))
        else:
            nodes.append(NumberTest(column, value, bool(missing_left), left, right, strict=True))
    return nodes


def _version() -> str:
    import xgboost  # noqa: PLC0415  (its distribution has more than one name)

    return str(xgboost.__version__)
