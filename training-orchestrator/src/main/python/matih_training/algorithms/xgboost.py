"""XGBoost: each worker holds a share of the rows, the trees are grown together."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matih_training.algorithm import require_file
from matih_training.metrics import metrics_of
from matih_training.native_model import Matrix
from matih_training.shards import Part, read_share, read_whole
from matih_training.worker import IterationReports, TrainingPlan, Worker

_LEAF = -1
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

        scores = self.estimator.predict(xgboost.DMatrix(matrix))
        return np.column_stack([1 - scores, scores]) if classes == 2 else np.asarray(scores)


class XGBoost:
    """Gradient-boosted trees."""

    name = "xgboost"
    takes_missing = True
    checkpoints_need_same_workers = False
    scorer = BoosterScorer

    def iterations(self, hyperparameters: Mapping[str, Any]) -> int:
        return int(hyperparameters["num_boost_round"])

    def defaults(self, rows: int, classes: int) -> Mapping[str, Any]:  # noqa: ARG002
        return {}

    def train(self, worker: Worker, plan: TrainingPlan) -> None:
        import xgboost  # noqa: PLC0415

        train = _matrix(read_share(plan.data, "train", worker.rank, worker.count), plan)
        # All of them, in each worker: the area under the curve of shares cannot be put together.
        test = _matrix(read_whole(plan.data, "test"), plan)
        checkpoint = worker.checkpoint()
        stored = checkpoint.read(BoosterScorer.FILE) if checkpoint is not None else None
        booster = BoosterScorer.of(stored).estimator if stored is not None else None
        done = booster.num_boosted_rounds() if booster is not None else 0
        total = int(plan.hyperparameters["num_boost_round"])
        reports = IterationReports(plan, worker, total)

        def saving(model: Any) -> Callable[[Path], None]:
            def save(folder: Path) -> None:
                if worker.rank == 0:
                    model.save_model(str(folder / BoosterScorer.FILE))

            return save

        class AfterIteration(xgboost.callback.TrainingCallback):  # type: ignore[misc]
            def after_iteration(self, model: Any, epoch: int, evals_log: dict[str, dict[str, list[float]]]) -> bool:  # noqa: ARG002
                # The epoch starts at 0 again after a resume; the number of rounds does not.
                number = model.num_boosted_rounds()
                metrics = {f"{part}-{name}": values[-1] for part, log in evals_log.items() for name, values in log.items()}
                if worker.count > 1:
                    metrics.pop("train-auc", None)
                reports.iteration(number, metrics)
                if reports.superseded():
                    return True
                if reports.due(number):
                    reports.checkpoint(number, saving(model))
                return False

        if booster is None or done < total:
            booster = xgboost.train(
                booster_parameters(plan),
                train,
                num_boost_round=total - done,
                evals=[(train, "train"), (test, "test")],
                custom_metric=_watched(plan, test),
                xgb_model=booster,
                verbose_eval=False,
                callbacks=[AfterIteration()],
            )
        reports.finish(booster.num_boosted_rounds(), saving(booster))

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

    def to_onnx(self, scorer: BoosterScorer, columns: int, classes: int) -> Any:  # noqa: ARG002
        from onnxmltools.convert import convert_xgboost  # noqa: PLC0415
        from onnxmltools.convert.common.data_types import FloatTensorType  # noqa: PLC0415

        from matih_training.onnx_model import OPSET  # noqa: PLC0415

        booster = scorer.estimator
        converted = convert_xgboost(booster, initial_types=[("X", FloatTensorType([None, columns]))], target_opset=OPSET)
        _correct_intercept(converted, booster)
        return converted

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
    parameters = {name: value for name, value in plan.hyperparameters.items() if name != "num_boost_round"}
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


def _matrix(part: Part, plan: TrainingPlan) -> Any:
    import xgboost  # noqa: PLC0415

    return xgboost.DMatrix(part.matrix, label=part.target, nthread=plan.threads)


def _correct_intercept(converted: Any, booster: Any) -> None:
    """The converter takes the intercept for a margin when the first tree is a single leaf of 0: such models learned nothing
    in their first round, and would answer with the logistic of a probability."""
    from onnx import helper  # noqa: PLC0415

    learner = json.loads(booster.save_config())["learner"]
    if learner["objective"]["name"] != "binary:logistic":
        return
    probability = float(learner["learner_model_param"]["base_score"].strip("[]"))
    for node in converted.graph.node:
        if node.op_type == "TreeEnsembleClassifier":
            attributes = [attribute for attribute in node.attribute if attribute.name != "base_values"]
            del node.attribute[:]
            node.attribute.extend(attributes)
            node.attribute.append(helper.make_attribute("base_values", [float(np.log(probability / (1 - probability)))]))


def _version() -> str:
    import xgboost  # noqa: PLC0415  (its distribution has more than one name)

    return str(xgboost.__version__)
