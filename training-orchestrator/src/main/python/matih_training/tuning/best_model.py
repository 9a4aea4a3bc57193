"""The model of a sweep: the one that its best trial kept, or one that is trained again with the best parameters."""

from dataclasses import replace
from typing import Any

from matih_training import algorithms, checkpoints, one_process
from matih_training.failure import FailureCode, JobFailure
from matih_training.one_process import OneProcess
from matih_training.preprocessing import EncodedParts
from matih_training.specification import JobSpecification
from matih_training.storage import Folder
from matih_training.train import CHECKPOINTS, TrainedModel, model_of
from matih_training.tuning.trainable import TrialsPlan
from matih_training.tuning.trial import Trial
from matih_training.worker import TrainingPlan


def best_model(specification: JobSpecification, plan: TrialsPlan, best: Trial, parts: EncodedParts, unit: float) -> TrainedModel:
    """The model that the best trial kept; of a cross-validation, one of all rows to learn from."""
    training = plan.of_trial(best) if not plan.fold_uris else _whole(specification, plan, best)
    folders = (best.folder, *best.earlier_folders) if not plan.fold_uris else ()
    found = next((uri for folder in folders if (uri := checkpoints.newest(Folder(folder), training.fingerprint))), None)
    if found is not None:
        scorer = algorithms.get(training.algorithm).finish(Folder(found).read, 1)
    else:
        scorer = _trained_again(specification, training)
    return model_of(specification.algorithm, scorer, parts, unit)


def _whole(specification: JobSpecification, plan: TrialsPlan, best: Trial) -> TrainingPlan:
    return replace(plan.of_trial(best), run_id=specification.run_id, watched=None)


def _trained_again(specification: JobSpecification, training: TrainingPlan) -> Any:
    """Trains where the trials were trained: the driver has no share of the cluster."""
    import ray  # noqa: PLC0415

    resources = specification.resources
    folder = Folder(specification.output_uri).child(CHECKPOINTS)

    def train() -> tuple[str, str] | None:
        try:
            one_process.fit(OneProcess(training, folder, specification.checkpoints.keep))
        except JobFailure as failure:
            return failure.code.value, failure.message
        return None

    task = ray.remote(
        num_cpus=resources.cpus_per_worker,
        num_gpus=resources.gpus_per_worker,
        memory=resources.memory_bytes_per_worker,
        max_retries=specification.max_failures,
    )(train)
    try:
        failed = ray.get(task.remote())
    except ray.exceptions.RayError as error:
        print(f"the last training failed: {error}", flush=True)
        raise JobFailure(FailureCode.TRAINING_FAILED, "the process that trains the best parameters ended too often") from error
    if failed is not None:
        raise JobFailure(FailureCode(failed[0]), failed[1])
    found = checkpoints.newest(folder, training.fingerprint)
    if found is None:
        raise JobFailure(FailureCode.TRAINING_FAILED, "the training ended without a model")
    return algorithms.get(training.algorithm).finish(Folder(found).read, 1)
