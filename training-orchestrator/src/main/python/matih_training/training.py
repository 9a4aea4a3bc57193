"""What both algorithms share inside a worker: reports after each iteration, checkpoints, and the way to end together."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import ray.train
from pyarrow import fs
from xgboost import collective

from matih_training.failure import FailureCode, JobFailure
from matih_training.progress import Phase, Progress
from matih_training.storage import Folder
from matih_training.tracking import MetricStream, TrackedRun, Tracking

STATE_FILE = "state.json"
CHECKPOINTS = "train"


@dataclass(frozen=True)
class TrainingPlan:
    """What the driver tells every worker. `resume_uri` is a checkpoint folder of an earlier attempt."""

    data_uri: str
    output_uri: str
    run_id: str
    task: str
    classes: int
    hyperparameters: Mapping[str, Any]
    threads: int
    gpu: bool
    seed: int
    frequency: int
    fingerprint: str
    resume_uri: str | None

    @property
    def data(self) -> Folder:
        return Folder(self.data_uri)


@dataclass(frozen=True)
class Member:
    """Place of this worker among all."""

    rank: int
    count: int


def this_member() -> Member:
    """Asks Ray Train who this worker is."""
    context = ray.train.get_context()
    return Member(context.get_world_rank(), context.get_world_size())


def checkpoint_to_resume(plan: TrainingPlan) -> ray.train.Checkpoint | None:
    """The newest checkpoint of this attempt, else the one of the earlier attempt, else None."""
    own: ray.train.Checkpoint | None = ray.train.get_checkpoint()
    if own is not None:
        return own
    if plan.resume_uri is None:
        return None
    filesystem, path = fs.FileSystem.from_uri(plan.resume_uri)
    return ray.train.Checkpoint(path, filesystem=filesystem)


def read_checkpoint(checkpoint: ray.train.Checkpoint, name: str) -> bytes | None:
    """One file of a checkpoint; None when it has no such file."""
    try:
        with checkpoint.filesystem.open_input_file(f"{checkpoint.path}/{name}") as file:
            content: bytes = file.read()
            return content
    except FileNotFoundError:
        return None


def checkpoint_iteration(checkpoint: ray.train.Checkpoint) -> int:
    """Iterations done when the checkpoint was made."""
    return int(json.loads(read_checkpoint(checkpoint, STATE_FILE) or b"{}").get("iteration", 0))


class IterationReports:
    """Tells MLflow, `progress.json` and Ray Train how far the training is. Each worker calls every method, in step.

    Only the first worker writes. When MLflow refuses this attempt's writes, all workers learn it in `superseded` and end.
    """

    def __init__(self, plan: TrainingPlan, member: Member, total: int) -> None:
        self._plan = plan
        self._member = member
        self._total = total
        self._metrics: dict[str, float] = {}
        self._stream: MetricStream | None = None
        self._progress: Progress | None = None
        if member.rank == 0:
            self._stream = MetricStream(TrackedRun(Tracking.from_environment(os.environ), plan.run_id))
            self._progress = Progress(Folder(plan.output_uri))

    def iteration(self, number: int, metrics: Mapping[str, float]) -> None:
        """One more iteration is done."""
        self._metrics = {name: float(value) for name, value in metrics.items() if np.isfinite(value)}
        if self._stream is not None and self._progress is not None:
            self._stream.log(self._metrics, number)
            self._progress.report(Phase.TRAINING, number, self._total, self._metrics)

    def superseded(self) -> bool:
        """Whether the training has no point any more; the same answer for every worker."""
        flag = np.array([1.0 if self._stream is not None and self._stream.refused else 0.0])
        return bool(collective.allreduce(flag, collective.Op.MAX)[0] > 0)

    def due(self, number: int) -> bool:
        """Whether a checkpoint belongs after this iteration; the last one makes its own in `finish`."""
        return number % self._plan.frequency == 0 and number < self._total

    def checkpoint(self, number: int, save: Callable[[Path], None], extra: Mapping[str, Any] | None = None) -> None:
        """Stores what `save` writes into a folder; the files of all workers make one checkpoint."""
        with tempfile.TemporaryDirectory() as folder:
            save(Path(folder))
            if self._member.rank == 0:
                state = {"iteration": number, "fingerprint": self._plan.fingerprint}
                (Path(folder) / STATE_FILE).write_text(json.dumps(state))
            files = any(Path(folder).iterdir())
            ray.train.report(
                {"iteration": number, "metrics": self._metrics, **(extra or {})},
                checkpoint=ray.train.Checkpoint.from_directory(folder) if files else None,
            )

    def finish(self, number: int, save: Callable[[Path], None]) -> None:
        """The last checkpoint, after every metric has arrived; a refusal of MLflow goes to the driver with it."""
        failure = self._stream.close() if self._stream is not None else None
        self.checkpoint(number, save, {"failure": [failure.code.value, failure.message] if failure is not None else None})


def raise_reported_failure(metrics: Mapping[str, Any] | None) -> None:
    """Driver's side of `finish`."""
    failure = (metrics or {}).get("failure")
    if failure is not None:
        raise JobFailure(FailureCode(failure[0]), failure[1])
