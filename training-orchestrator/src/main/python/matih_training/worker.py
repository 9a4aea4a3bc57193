"""What an algorithm finds inside a worker: the plan, its place among the workers, checkpoints, and reports to whoever watches."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from matih_training.failure import FailureCode, JobFailure
from matih_training.job_warning import JobWarning
from matih_training.progress import Phase, Watcher
from matih_training.storage import Folder
from matih_training.tracking import MetricStream, TrackedRun, Tracking

STATE_FILE = "state.json"


@dataclass(frozen=True)
class TrainingPlan:
    """What the driver tells every worker.

    `resume_uri` is a checkpoint folder of an earlier attempt. The target of the parts is in units of `target_unit`. Without
    a `run_id` nothing is charted. Each iteration has the metric `watched` of the held-out rows, as `test-<watched>`.
    `categories` are the columns of the matrix that hold numbers of categories. `labels` are the classes, as keys of JSON.
    """

    algorithm: str
    data_uri: str
    output_uri: str
    run_id: str | None
    task: str
    classes: int
    hyperparameters: Mapping[str, Any]
    threads: int
    gpu: bool
    seed: int
    frequency: int
    fingerprint: str
    resume_uri: str | None
    warnings: tuple[JobWarning, ...] = ()
    target_unit: float = 1.0
    watched: str | None = None
    categories: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def data(self) -> Folder:
        return Folder(self.data_uri)


class Checkpoint(Protocol):
    """The files that all workers stored together after an iteration."""

    def read(self, name: str) -> bytes | None:
        """One file; None when there is none of this name."""


class Worker(Protocol):
    """One of the processes that train together. Each of them makes the same calls in the same order."""

    rank: int
    count: int

    def checkpoint(self) -> Checkpoint | None:
        """The checkpoint to go on from."""

    def sum(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The sum over all workers, element by element."""

    def report(self, metrics: Mapping[str, Any], folder: Path | None) -> None:
        """Stores the files of the folder as this worker's part of a checkpoint."""

    def watcher(self, plan: TrainingPlan) -> Watcher:
        """Who is told of each iteration; of the first worker's only."""


def checkpoint_iteration(checkpoint: Checkpoint) -> int:
    """Iterations done when the checkpoint was made."""
    return int(json.loads(checkpoint.read(STATE_FILE) or b"{}").get("iteration", 0))


class IterationReports:
    """Reports to MLflow, the worker's watcher and Ray Train how far the training is. Each worker calls every method, in step.

    Only the first worker writes. When MLflow refuses this attempt's writes, all workers learn it in `superseded` and end.
    """

    def __init__(self, plan: TrainingPlan, worker: Worker, total: int) -> None:
        self._plan = plan
        self._worker = worker
        self._total = total
        self._metrics: dict[str, float] = {}
        self._stream: MetricStream | None = None
        self._watcher: Watcher | None = None
        if worker.rank == 0:
            self._watcher = worker.watcher(plan)
            if plan.run_id is not None:
                self._stream = MetricStream(TrackedRun(Tracking.from_environment(os.environ), plan.run_id))

    def iteration(self, number: int, metrics: Mapping[str, float]) -> None:
        """One more iteration is done."""
        self._metrics = {name: float(value) * self._unit(name) for name, value in metrics.items() if np.isfinite(value)}
        if self._stream is not None:
            self._stream.log(self._metrics, number)
        if self._watcher is not None:
            self._watcher.report(Phase.TRAINING, number, self._total, self._metrics)

    def _unit(self, metric: str) -> float:
        return self._plan.target_unit if metric.rpartition("-")[2] in ("rmse", "mae") else 1.0

    def superseded(self) -> bool:
        """Whether the training has no point any more; the same answer for every worker."""
        refused = self._stream is not None and self._stream.refused
        return bool(self._worker.sum(np.array([float(refused)]))[0] > 0)

    def due(self, number: int) -> bool:
        """Whether a checkpoint belongs after this iteration; the last one makes its own in `finish`."""
        return number % self._plan.frequency == 0 and number < self._total

    def checkpoint(self, number: int, save: Callable[[Path], None], extra: Mapping[str, Any] | None = None) -> None:
        """Stores what `save` writes into a folder; the files of all workers make one checkpoint."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            save(folder)
            if self._worker.rank == 0:
                state = {"iteration": number, "fingerprint": self._plan.fingerprint}
                (folder / STATE_FILE).write_text(json.dumps(state))
            metrics = {"iteration": number, "metrics": self._metrics, **(extra or {})}
            self._worker.report(metrics, folder if any(folder.iterdir()) else None)

    def finish(self, number: int, save: Callable[[Path], None]) -> None:
        """The last checkpoint, after every metric has arrived; a refusal of MLflow goes to the driver with it."""
        failure = self._stream.close() if self._stream is not None else None
        self.checkpoint(number, save, {"failure": [failure.code.value, failure.message] if failure is not None else None})


def raise_reported_failure(metrics: Mapping[str, Any] | None) -> None:
    """Driver's side of `finish`."""
    failure = (metrics or {}).get("failure")
    if failure is not None:
        raise JobFailure(FailureCode(failure[0]), failure[1])
