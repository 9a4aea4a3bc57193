"""How much each row counts while a model learns: its own weight times that of its class."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from matih_training.failure import FailureCode, JobFailure, shown
from matih_training.kinds import kind_of, plain_values
from matih_training.shards import Part
from matih_training.worker import TrainingPlan, Worker

CLASS_WEIGHT = "class_weight"


def label_text(label: bool | int | str) -> str:
    """A class as a key of JSON."""
    return str(label).lower() if isinstance(label, bool) else str(label)


def check_class_weight(hyperparameters: Mapping[str, Any], classes: Sequence[Any]) -> None:
    """Weights by class name classes that there are."""
    weights = hyperparameters.get(CLASS_WEIGHT)
    if isinstance(weights, dict):
        known = [label_text(label) for label in classes]
        for name in weights:
            if name not in known:
                message = (
                    f"hyperparameter 'class_weight' names {shown(name)}, which is no class; classes are {', '.join(known[:20])}"
                )
                raise JobFailure(FailureCode.INVALID_HYPERPARAMETERS, message)


def read_weights(table: pa.Table, name: str | None) -> npt.NDArray[np.float32] | None:
    """The weights of all rows; None without a column of them."""
    if name is None:
        return None
    if name not in table.column_names:
        raise JobFailure(FailureCode.MISSING_COLUMN, f"there is no weight column '{name}' in the data")
    column = plain_values(table.column(name))
    if kind_of(column.type) not in ("double", "long"):
        raise JobFailure(FailureCode.INVALID_WEIGHT, f"weight column '{name}' holds {column.type}; weights are numbers")
    weights: npt.NDArray[np.float32] = column.cast(pa.float64(), safe=False).to_numpy().astype(np.float32)
    if not np.all(np.isfinite(weights)) or np.any(weights < 0):
        message = f"weight column '{name}' has missing, infinite or negative weights; each row needs a number of at least 0"
        raise JobFailure(FailureCode.INVALID_WEIGHT, message)
    if not np.any(weights > 0):
        raise JobFailure(FailureCode.INVALID_WEIGHT, f"every row has the weight 0 in '{name}'")
    return weights


def row_weights(part: Part, plan: TrainingPlan, worker: Worker) -> npt.NDArray[np.float32] | None:
    """The weights of the rows of this worker's part; None when all count alike. Every worker has to call it."""
    asked = plan.hyperparameters.get(CLASS_WEIGHT)
    if asked is None:
        return part.weight
    numbers = part.target.astype(np.int64)
    if asked == "balanced":
        counts = worker.sum(np.bincount(numbers, minlength=plan.classes).astype(np.float64))
        of_class = np.sum(counts) / (plan.classes * np.maximum(counts, 1))
    else:
        of_class = np.array([float(asked.get(label, 1.0)) for label in plan.labels])
    weights = of_class[numbers]
    if part.weight is not None:
        weights = weights * part.weight
    return weights.astype(np.float32)
