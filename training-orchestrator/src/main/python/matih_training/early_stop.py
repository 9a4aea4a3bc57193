"""Ends a boosting when the validation rows have not got better for some rounds, and remembers which round was the best."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matih_training.shards import Part
from matih_training.worker import Checkpoint, TrainingPlan

FILE = "validation.json"


@dataclass
class EarlyStop:
    """The losses of the validation rows, round by round. They are part of each checkpoint: a training that goes on decides
    as one that was not interrupted. Without `patience` it never ends anything."""

    patience: int | None
    losses: list[float]

    @staticmethod
    def of(plan: TrainingPlan, checkpoint: Checkpoint | None) -> "EarlyStop":
        stored = checkpoint.read(FILE) if checkpoint is not None else None
        return EarlyStop(plan.hyperparameters.get("early_stopping_rounds"), json.loads(stored) if stored else [])

    @property
    def active(self) -> bool:
        return self.patience is not None

    @property
    def best(self) -> int:
        """How many rounds the best model has; the first one among equals."""
        return self.losses.index(min(self.losses)) + 1

    @property
    def is_over(self) -> bool:
        return self.patience is not None and bool(self.losses) and len(self.losses) - self.best >= self.patience

    def add(self, loss: float) -> None:
        """One more round is done."""
        if self.active:
            self.losses.append(loss)

    def save(self, folder: Path) -> None:
        """Becomes part of a checkpoint."""
        if self.active:
            (folder / FILE).write_text(json.dumps(self.losses))


def split_validation(part: Part, plan: TrainingPlan) -> tuple[Part, Part | None]:
    """The rows to learn from and those that early stopping looks at, which are none without it. The rows are shuffled."""
    if plan.hyperparameters.get("early_stopping_rounds") is None:
        return part, None
    fraction: Any = plan.hyperparameters["validation_fraction"]
    kept = len(part) - max(1, round(len(part) * fraction))
    return part.rows(0, kept), part.rows(kept, len(part))
