"""What two workers chart while they train is what the whole held-out part says of their model."""

import multiprocessing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_algorithms import StoredCheckpoint, Training

from conftest import TrackingServer
from matih_training import algorithms
from matih_training.metrics import metrics_of
from matih_training.progress import Progress, Watcher
from matih_training.storage import Folder
from matih_training.worker import TrainingPlan

# What the libraries call the metrics of the evaluation.
CHARTED = {
    "test-auc": lambda found: found["auc"],
    "test-logloss": lambda found: found["logloss"],
    "test-mlogloss": lambda found: found["logloss"],
    "test-merror": lambda found: 1 - found["accuracy"],
    "test-brier": lambda found: found["brier"],
    "test-rmse": lambda found: found["rmse"],
    "test-accuracy": lambda found: found["accuracy"],
    "test-f1_macro": lambda found: found["f1_macro"],
    "test-r2": lambda found: found["r2"],
}


class ProcessWorker:
    """One of two processes that train together, without Ray around them."""

    def __init__(self, folder: Path) -> None:
        from xgboost import collective

        self.rank, self.count = collective.get_rank(), collective.get_world_size()
        self.last: Mapping[str, Any] = {}
        self._folder = folder

    def checkpoint(self) -> None:
        return None

    def sum(self, values: Any) -> Any:
        from xgboost import collective

        return collective.allreduce(values, collective.Op.SUM)

    def watcher(self, plan: TrainingPlan) -> Watcher:
        return Progress(Folder(plan.output_uri), warnings=plan.warnings)

    def report(self, metrics: Mapping[str, Any], folder: Path | None) -> None:
        self.last = metrics
        for file in folder.iterdir() if folder is not None else ():
            (self._folder / file.name).write_bytes(file.read_bytes())


def run_worker(plan: TrainingPlan, folder: Path, tracker: dict[str, Any], charted: Any) -> None:
    from xgboost import collective

    with collective.CommunicatorContext(**tracker):
        worker = ProcessWorker(folder)
        algorithms.get(plan.algorithm).train(worker, plan)
        if worker.rank == 0:
            charted.put(dict(worker.last["metrics"]))


@pytest.mark.parametrize(
    ("algorithm", "target"), [("xgboost", "late"), ("lightgbm", "verdict"), ("lightgbm", "delay"), ("random_forest", "verdict")]
)
def test_the_chart_of_two_workers_is_about_all_held_out_rows(
    algorithm: str,
    target: str,
    tmp_path: Path,
    specification_document: dict[str, Any],
    tracking_server: TrackingServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from xgboost.tracker import RabitTracker

    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_server.uri)
    training = Training(tmp_path, algorithm, target, specification_document, workers=2)
    tracker = RabitTracker(n_workers=2, host_ip="127.0.0.1")
    tracker.start()
    spawn = multiprocessing.get_context("spawn")
    charted = spawn.Queue()
    (tmp_path / "files").mkdir()
    arguments = (training.plan, tmp_path / "files", tracker.worker_args(), charted)
    workers = [spawn.Process(target=run_worker, args=arguments) for _ in range(2)]
    for worker in workers:
        worker.start()
    metrics = charted.get(timeout=120)
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]

    model = training.algorithm.finish(StoredCheckpoint(tmp_path / "files").read, 2)
    part = training.parts.test
    found = metrics_of(part.target, np.asarray(model.score(part.matrix, training.plan.classes)), training.plan.classes)
    shown = {name: value for name, value in metrics.items() if name in CHARTED}
    assert len(shown) >= 1
    assert shown == pytest.approx({name: CHARTED[name](found) for name in shown}, rel=1e-5, abs=1e-6)
    assert "train-auc" not in metrics
