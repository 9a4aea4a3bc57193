"""XGBoost on Ray Train: each worker holds a share of the rows, the trees are grown together."""

from pathlib import Path
from typing import Any

import xgboost

from matih_training.native_model import BOOSTER_FILE
from matih_training.shards import Part, read_share
from matih_training.training import (
    IterationReports,
    TrainingPlan,
    checkpoint_to_resume,
    read_checkpoint,
    this_member,
)


def train_worker(config: dict[str, Any]) -> None:
    """Train function of one worker."""
    plan: TrainingPlan = config["plan"]
    member = this_member()
    train = _matrix(read_share(plan.data, "train", member.rank, member.count), plan)
    test = _matrix(read_share(plan.data, "test", member.rank, member.count), plan)
    checkpoint = checkpoint_to_resume(plan)
    booster = _booster(read_checkpoint(checkpoint, BOOSTER_FILE)) if checkpoint is not None else None
    done = booster.num_boosted_rounds() if booster is not None else 0
    total = int(plan.hyperparameters["num_boost_round"])
    reports = IterationReports(plan, member, total)
    if booster is None or done < total:
        booster = xgboost.train(
            booster_parameters(plan),
            train,
            num_boost_round=total - done,
            evals=[(train, "train"), (test, "test")],
            xgb_model=booster,
            verbose_eval=False,
            callbacks=[_AfterIteration(reports, member.rank == 0)],
        )
    reports.finish(booster.num_boosted_rounds(), _saving(booster, member.rank == 0))


def booster_parameters(plan: TrainingPlan) -> dict[str, Any]:
    """Hyperparameters in XGBoost's own names, with what the task fixes."""
    parameters = {name: value for name, value in plan.hyperparameters.items() if name != "num_boost_round"}
    if plan.task == "regression":
        objective: dict[str, Any] = {"objective": "reg:squarederror", "eval_metric": ["rmse"]}
    elif plan.classes == 2:
        objective = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"]}
    else:
        objective = {"objective": "multi:softprob", "num_class": plan.classes, "eval_metric": ["mlogloss", "merror"]}
    device = "cuda" if plan.gpu else "cpu"
    return parameters | objective | {"tree_method": "hist", "device": device, "seed": plan.seed, "nthread": plan.threads}


class _AfterIteration(xgboost.callback.TrainingCallback):  # type: ignore[misc]
    def __init__(self, reports: IterationReports, writes: bool) -> None:
        self._reports = reports
        self._writes = writes

    def after_iteration(self, model: xgboost.Booster, epoch: int, evals_log: dict[str, dict[str, list[float]]]) -> bool:  # noqa: ARG002
        # The epoch starts at 0 again after a resume; the number of rounds does not.
        number = model.num_boosted_rounds()
        metrics = {f"{part}-{name}": values[-1] for part, log in evals_log.items() for name, values in log.items()}
        self._reports.iteration(number, metrics)
        if self._reports.superseded():
            return True
        if self._reports.due(number):
            self._reports.checkpoint(number, _saving(model, self._writes))
        return False


def _saving(booster: xgboost.Booster, writes: bool) -> Any:
    def save(folder: Path) -> None:
        if writes:
            booster.save_model(str(folder / BOOSTER_FILE))

    return save


def _matrix(part: Part, plan: TrainingPlan) -> xgboost.DMatrix:
    return xgboost.DMatrix(part.matrix, label=part.target, nthread=plan.threads)


def _booster(content: bytes | None) -> xgboost.Booster | None:
    if content is None:
        return None
    booster = xgboost.Booster()
    booster.load_model(bytearray(content))
    return booster


def finished_booster(content: bytes) -> xgboost.Booster:
    """The booster of the last checkpoint, for the driver."""
    booster = xgboost.Booster()
    booster.load_model(bytearray(content))
    return booster
