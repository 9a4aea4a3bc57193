"""LightGBM: each worker holds a share of the rows, the trees are grown together."""

import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matih_training.algorithm import require_file
from matih_training.early_stop import EarlyStop, split_validation
from matih_training.failure import FailureCode, JobFailure
from matih_training.metrics import metrics_of
from matih_training.native_model import Matrix
from matih_training.shards import Part, read_share, read_whole
from matih_training.tree_onnx import CategoryTest, Leaf, Node, NumberTest, trees_to_onnx
from matih_training.weights import CLASS_WEIGHT, row_weights
from matih_training.worker import IterationReports, TrainingPlan, Worker, checkpoint_iteration

# Ours, or given to the library in another place.
_NOT_THE_LIBRARYS = {"num_boost_round", "early_stopping_rounds", "validation_fraction", CLASS_WEIGHT}
# Hyperparameters that are compared with numbers in the target's unit, or with their squares.
_POWERS_OF_THE_UNIT = {"min_split_gain": 2, "reg_alpha": 1}


class BoosterScorer:
    """A booster; its source is copied into each bundle."""

    FILE = "model.lgb"

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    @classmethod
    def load(cls, folder: Path) -> "BoosterScorer":
        return cls.of((folder / cls.FILE).read_bytes())

    @classmethod
    def of(cls, content: bytes) -> "BoosterScorer":
        import lightgbm  # noqa: PLC0415

        return cls(lightgbm.Booster(model_str=content.decode()))

    def save(self) -> bytes:
        return bytes(self.estimator.model_to_string(num_iteration=-1).encode())

    def score(self, matrix: Matrix, classes: int) -> npt.NDArray[Any]:
        scores = np.asarray(self.estimator.predict(matrix, num_iteration=-1, num_threads=1))
        return np.column_stack([1 - scores, scores]) if classes == 2 else scores


class LightGBM:
    """Gradient-boosted trees that grow leaf by leaf."""

    name = "lightgbm"
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
        import lightgbm  # noqa: PLC0415

        rows, validation = split_validation(read_share(plan.data, "train", worker.rank, worker.count), plan)
        checkpoint = worker.checkpoint()
        stored = checkpoint.read(BoosterScorer.FILE) if checkpoint is not None else None
        booster = BoosterScorer.of(stored).estimator if stored is not None else None
        stop = EarlyStop.of(plan, checkpoint)
        total = int(plan.hyperparameters["num_boost_round"])
        done = checkpoint_iteration(checkpoint) if checkpoint is not None else 0
        reports = IterationReports(plan, worker, total)

        if booster is None or (done < total and not stop.is_over):
            train = lightgbm.Dataset(
                rows.matrix,
                rows.target,
                weight=row_weights(rows, plan, worker),
                categorical_feature=list(plan.categories),
                free_raw_data=False,
            )
            judged = _judged(plan, validation)
            watched = {name: lightgbm.Dataset(part.matrix, part.target, reference=train) for name, part in judged.items()}

            def after_iteration(state: Any) -> None:
                nonlocal done
                number = done = done + 1
                found = {(name, metric): value for name, metric, value, _ in state.evaluation_result_list}
                reports.iteration(number, {f"{name}-{metric}": value for (name, metric), value in found.items()})
                if stop.active:
                    stop.add(_shared_loss(found[("validation", _loss(plan))], judged["validation"], worker))
                if reports.superseded() or stop.is_over:
                    raise lightgbm.callback.EarlyStopException(state.iteration, state.evaluation_result_list)
                if reports.due(number):
                    reports.checkpoint(number, _saving(state.model, worker, stop))

            booster = lightgbm.train(
                booster_parameters(plan) | _network(worker),
                train,
                num_boost_round=total - done,
                valid_sets=list(watched.values()),
                valid_names=list(watched),
                feval=_metrics_of_part(plan),
                init_model=booster,
                callbacks=[after_iteration],
            )
        if stop.active:
            booster = BoosterScorer.of(booster.model_to_string(num_iteration=stop.best).encode()).estimator
        reports.finish(done, _saving(booster, worker, stop))

    def finish(self, read: Callable[[str], bytes | None], workers: int) -> BoosterScorer:  # noqa: ARG002
        return BoosterScorer.of(require_file(read(BoosterScorer.FILE)))

    def multiplied(self, scorer: BoosterScorer, factor: float) -> BoosterScorer:
        booster = scorer.estimator
        for tree in booster.dump_model(num_iteration=-1)["tree_info"]:
            for leaf in range(tree["num_leaves"]):
                booster.set_leaf_output(tree["tree_index"], leaf, booster.get_leaf_output(tree["tree_index"], leaf) * factor)
        return BoosterScorer.of(scorer.save())

    def to_onnx(self, scorer: BoosterScorer, columns: int, classes: int) -> Any:
        outputs = classes if classes > 2 else 1
        dumped = scorer.estimator.dump_model(num_iteration=-1)["tree_info"]
        trees = [(number % outputs, _nodes(tree["tree_structure"])) for number, tree in enumerate(dumped)]
        return trees_to_onnx(trees, [0.0] * outputs, columns, classes)

    def flavor(self, file: str) -> tuple[str, dict[str, Any]]:
        return "lightgbm", {"data": file, "model_class": "lightgbm.basic.Booster", "lgb_version": _version(), "code": None}

    def requirements(self) -> list[str]:
        return [f"lightgbm=={_version()}"]


ALGORITHM = LightGBM()


def booster_parameters(plan: TrainingPlan) -> dict[str, Any]:
    """Hyperparameters in LightGBM's own names, with what the task fixes."""
    parameters = {name: value for name, value in plan.hyperparameters.items() if name not in _NOT_THE_LIBRARYS}
    for name, power in _POWERS_OF_THE_UNIT.items():
        if name in parameters:
            parameters[name] /= plan.target_unit**power
    if parameters.get("subsample", 1.0) < 1.0:
        parameters["subsample_freq"] = 1
    if plan.task == "regression":
        objective: dict[str, Any] = {"objective": "regression"}
    elif plan.classes == 2:
        objective = {"objective": "binary"}
    else:
        objective = {"objective": "multiclass", "num_class": plan.classes}
    # The metrics are ours.
    fixed = {"metric": "None", "verbosity": -1, "deterministic": True, "force_row_wise": True, "num_threads": plan.threads}
    return parameters | objective | fixed | {"seed": plan.seed}


def _saving(model: Any, worker: Worker, stop: EarlyStop) -> Callable[[Path], None]:
    def save(folder: Path) -> None:
        if worker.rank == 0:
            (folder / BoosterScorer.FILE).write_bytes(BoosterScorer(model).save())
            stop.save(folder)

    return save


def _judged(plan: TrainingPlan, validation: Part | None) -> dict[str, Part]:
    """The parts that are looked at after each round; all held-out rows in each worker."""
    judged = {"test": read_whole(plan.data, "test")}
    if validation is not None:
        judged["validation"] = validation
    return judged


def _loss(plan: TrainingPlan) -> str:
    return "logloss" if plan.classes else "rmse"


def _shared_loss(loss: float, part: Part, worker: Worker) -> float:
    """The loss of all workers' rows: every worker has to decide alike."""
    total = worker.sum(np.array([loss * len(part), float(len(part))]))
    return float(total[0] / total[1])


def _metrics_of_part(plan: TrainingPlan) -> Callable[[Any, Any], list[tuple[str, float, bool]]]:
    def metrics(scores: Any, part: Any) -> list[tuple[str, float, bool]]:
        target = part.get_label()
        answers = np.column_stack([1 - scores, scores]) if plan.classes == 2 else np.asarray(scores)
        if plan.classes == 2 and len(np.unique(target)) < 2:
            chosen = np.clip(answers[np.arange(len(target)), target.astype(np.int64)], 1e-15, 1)
            return [("logloss", float(-np.mean(np.log(chosen))), False)]
        found = metrics_of(target, answers, plan.classes)
        return [(name, value, False) for name, value in found.items()]

    return metrics


def _network(worker: Worker) -> dict[str, Any]:
    """How the workers find each other: each tells the others its address by the sum of all tables of addresses."""
    if worker.count == 1:
        return {}
    host, port = _own_address()
    table = np.zeros((worker.count, 5))
    table[worker.rank] = [*(int(part) for part in host.split(".")), port]
    rows = worker.sum(table.reshape(-1)).reshape(worker.count, 5).astype(int)
    return {
        "tree_learner": "data",
        "num_machines": worker.count,
        "machines": ",".join(f"{'.'.join(map(str, row[:4]))}:{row[4]}" for row in rows),
        "local_listen_port": port,
        "time_out": 2,
    }


def _own_address() -> tuple[str, int]:
    """The address of this process in the cluster's network, and a port that is free."""
    ray = sys.modules.get("ray")
    try:
        host = ray.util.get_node_ip_address() if ray is not None else socket.gethostbyname(socket.gethostname())
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as free:
            free.bind((host, 0))
            return host, int(free.getsockname()[1])
    except OSError as error:
        raise JobFailure(FailureCode.TRAINING_FAILED, "the workers have no IPv4 address of their own to meet at") from error


def _nodes(structure: Mapping[str, Any]) -> list[Node]:
    """The tree as a list, the root first. LightGBM takes a missing number for 0 where it saw none while it learned."""
    nodes: list[Node] = []
    waiting = [structure]
    places = 1
    for part in waiting:
        if "leaf_value" in part:
            nodes.append(Leaf(float(part["leaf_value"])))
            continue
        left, right, places = places, places + 1, places + 2
        waiting += [part["left_child"], part["right_child"]]
        column = int(part["split_feature"])
        if part["decision_type"] == "==":
            nodes.append(CategoryTest(column, [int(text) for text in part["threshold"].split("||")], False, left, right))
        else:
            threshold = float(part["threshold"])
            missing_left = threshold >= 0 if part["missing_type"] == "None" else bool(part["default_left"])
            nodes.append(NumberTest(column, threshold, missing_left, left, right))
    return nodes


def _version() -> str:
    import lightgbm  # noqa: PLC0415

    return str(lightgbm.__version__)
