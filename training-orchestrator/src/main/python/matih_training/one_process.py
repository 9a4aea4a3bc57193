"""What an algorithm finds where the driver trains itself: the place of the only worker, without Ray Train."""

import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matih_training import algorithms, checkpoints
from matih_training.algorithm import Scorer
from matih_training.failure import FailureCode, JobFailure
from matih_training.progress import Progress, Watcher
from matih_training.storage import Folder
from matih_training.worker import STATE_FILE, TrainingPlan, raise_reported_failure

# As Ray Train names them.
_NAME = "checkpoint_%Y-%m-%d_%H-%M-%S.%f"


class StoredCheckpoint:
    """A checkpoint in the job's store."""

    def __init__(self, folder: Folder) -> None:
        self.read = folder.read


class OneProcess:
    """The only worker; its checkpoints are in the folder, the newest `keep` of them."""

    rank = 0
    count = 1

    def __init__(self, plan: TrainingPlan, folder: Folder, keep: int) -> None:
        self.plan = plan
        self._folder = folder
        self._keep = keep
        self.metrics: Mapping[str, Any] = {}

    def checkpoint(self) -> StoredCheckpoint | None:
        """The newest checkpoint of this attempt, else the one of the earlier attempt, else None."""
        uri = checkpoints.newest(self._folder, self.plan.fingerprint) or self.plan.resume_uri
        return None if uri is None else StoredCheckpoint(Folder(uri))

    def sum(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return values

    def report(self, metrics: Mapping[str, Any], folder: Path | None) -> None:
        self.metrics = metrics
        if folder is None:
            return
        target = self._folder.child(datetime.now(UTC).strftime(_NAME))
        # The state last: a checkpoint without it is not one.
        for file in sorted(folder.iterdir(), key=lambda path: path.name == STATE_FILE):
            target.write(file.name, file.read_bytes())
        checkpoints.remove_old(self._folder, self._keep)

    def watcher(self, plan: TrainingPlan) -> Watcher:
        return Progress(Folder(plan.output_uri), warnings=plan.warnings)


def fit(worker: OneProcess) -> Scorer:
    """Trains to the end."""
    algorithm = algorithms.get(worker.plan.algorithm)
    try:
        algorithm.train(worker, worker.plan)
    except JobFailure:
        raise
    except Exception as error:
        traceback.print_exc()
        # Only the class: texts may hold row values.
        raise JobFailure(
            FailureCode.TRAINING_FAILED, f"the training failed: {type(error).__name__}; the job's log has the details"
        ) from error
    raise_reported_failure(worker.metrics)
    last = worker.checkpoint()
    if last is None:
        raise JobFailure(FailureCode.TRAINING_FAILED, "the training ended without a model")
    return algorithm.finish(last.read, worker.count)
