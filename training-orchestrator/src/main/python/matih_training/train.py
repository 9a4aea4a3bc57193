"""Step "train": gives the encoded rows to the workers, or trains here, and brings the trained model back."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from matih_training import algorithms, checkpoints, one_process
from matih_training.algorithm import Scorer
from matih_training.dataset import digest_of
from matih_training.native_model import NativeModel
from matih_training.one_process import OneProcess
from matih_training.preprocessing import EncodedParts, category_columns
from matih_training.shards import Part, write_part
from matih_training.specification import JobSpecification
from matih_training.storage import Folder
from matih_training.supervision import trains_in_driver
from matih_training.weights import check_class_weight, label_text
from matih_training.worker import TrainingPlan

CHECKPOINTS = "train"
DATA = "data"
_LEAST_SPREAD, _MOST_SPREAD = 1e-2, 1e12


@dataclass(frozen=True)
class TrainedModel:
    """The model and what it was trained on."""

    parts: EncodedParts
    model: NativeModel


def train(specification: JobSpecification, parts: EncodedParts, hyperparameters: Mapping[str, Any]) -> TrainedModel:
    """Trains in this process or on Ray Train; goes on from a checkpoint of an earlier attempt if one fits."""
    output = Folder(specification.output_uri)
    unit = target_unit(specification, parts)
    with tempfile.TemporaryDirectory() as folder:
        alone = trains_in_driver(os.environ)
        data = Folder(folder) if alone else output.child(DATA)
        write_parts(data, parts, unit, specification.resources.num_workers)
        plan = plan_of(specification, parts, hyperparameters, data, unit)
        plan = replace(plan, resume_uri=_checkpoint_of_earlier_attempt(specification.resume_from, plan.fingerprint))
        own = output.child(CHECKPOINTS)
        keep = specification.checkpoints.keep
        scorer = one_process.fit(OneProcess(plan, own, keep)) if alone else _fit_on_ray(specification, plan)
        checkpoints.remove_old(own, keep)
        data.remove()
    return model_of(specification.algorithm, scorer, parts, unit)


def write_parts(data: Folder, parts: EncodedParts, unit: float, workers: int) -> None:
    """Stores both parts for those who train, the target in the unit."""
    write_part(data, "train", _in_unit(parts.train, unit), workers)
    write_part(data, "test", _in_unit(parts.test, unit), workers)


def plan_of(
    specification: JobSpecification, parts: EncodedParts, hyperparameters: Mapping[str, Any], data: Folder, unit: float
) -> TrainingPlan:
    """What a worker of the job is told; weights by class that name no class are refused."""
    check_class_weight(hyperparameters, parts.rows.classes)
    return TrainingPlan(
        algorithm=specification.algorithm,
        data_uri=data.uri,
        output_uri=specification.output_uri,
        run_id=specification.run_id,
        task=specification.task,
        classes=len(parts.rows.classes),
        hyperparameters=hyperparameters,
        threads=specification.resources.threads,
        gpu=specification.resources.gpus_per_worker > 0,
        seed=specification.split.seed,
        frequency=specification.checkpoints.frequency,
        fingerprint=_fingerprint(specification, parts, hyperparameters),
        resume_uri=None,
        warnings=parts.warnings,
        target_unit=unit,
        categories=category_columns(parts.preprocessing),
        labels=tuple(label_text(label) for label in parts.rows.classes),
    )


def model_of(algorithm: str, scorer: Scorer, parts: EncodedParts, unit: float) -> TrainedModel:
    """The model of what was trained in the unit."""
    if unit != 1.0:
        scorer = algorithms.get(algorithm).multiplied(scorer, unit)
    return TrainedModel(parts, NativeModel(parts.preprocessing, scorer))


def _fit_on_ray(specification: JobSpecification, plan: TrainingPlan) -> Scorer:
    # Ray takes seconds to import: bad input fails before.
    from matih_training import ray_train  # noqa: PLC0415

    ray_train.connect()
    return ray_train.fit(specification, plan, CHECKPOINTS)


def target_unit(specification: JobSpecification, parts: EncodedParts) -> float:
    """The unit that a job's target is learned in."""
    return unit_of(parts.train.target) if specification.task == "regression" else 1.0


def unit_of(target: npt.NDArray[np.float32]) -> float:
    """What a regression's target is divided by while it is learned.

    The libraries take improvements below fixed limits for rounding (XGBoost 1e-6, scikit-learn 2e-16, both of squares) and
    square numbers in 32 bits: of millionths nothing would be learned, nor of numbers near the largest. A power of two
    changes no digit, so the model is otherwise the library's own.
    """
    spread = float(np.std(target.astype(np.float64)))
    return 1.0 if spread == 0 or _LEAST_SPREAD <= spread <= _MOST_SPREAD else float(2.0 ** np.round(np.log2(spread)))


def _in_unit(part: Part, unit: float) -> Part:
    return replace(part, target=(part.target.astype(np.float64) / unit).astype(np.float32))


def _fingerprint(specification: JobSpecification, parts: EncodedParts, hyperparameters: Mapping[str, Any]) -> str:
    """Names everything that a checkpoint depends on."""
    same_workers = algorithms.get(specification.algorithm).checkpoints_need_same_workers
    return digest_of(
        [
            specification.algorithm,
            specification.task,
            parts.rows.source.data_digest,
            parts.rows.held_out_digest,
            parts.preprocessing,
            specification.weight_column,
            hyperparameters,
            specification.resources.num_workers if same_workers else None,
        ]
    )


def _checkpoint_of_earlier_attempt(resume_from: str | None, fingerprint: str) -> str | None:
    """The newest fitting checkpoint below an earlier attempt."""
    return None if resume_from is None else checkpoints.newest(Folder(resume_from.rstrip("/")).child(CHECKPOINTS), fingerprint)
