"""Step "evaluate": how good the trained model is on the held-out rows."""

from dataclasses import dataclass

import numpy as np

from matih_training.failure import FailureCode, JobFailure
from matih_training.metrics import Numbers, metrics_of
from matih_training.train import TrainedModel


@dataclass(frozen=True)
class EvaluatedModel:
    """The trained model with its scores of the held-out rows, and their metrics."""

    trained: TrainedModel
    scores: Numbers
    metrics: dict[str, float]


def evaluate(trained: TrainedModel) -> EvaluatedModel:
    """Scores the held-out rows with the native model."""
    held_out = trained.parts.test
    scores = trained.model.score(held_out.matrix)
    if not np.all(np.isfinite(scores)):
        raise JobFailure(FailureCode.TRAINING_FAILED, "the trained model answers some held-out rows with no number")
    return EvaluatedModel(trained, scores, metrics_of(held_out.target, scores, len(trained.model.classes)))
