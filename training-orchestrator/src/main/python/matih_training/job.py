"""A training job from its specification to its result: load, split, encode, train, evaluate, package, publish."""

import json
import re
import tempfile
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matih_training import algorithms
from matih_training.bundle import code_digest
from matih_training.dataset import TrainingTable, load
from matih_training.evaluation import evaluate
from matih_training.failure import FailureCode, JobFailure
from matih_training.job_warning import JobWarning, WarningCode
from matih_training.packaging import package
from matih_training.preprocessing import EncodedParts, encode
from matih_training.progress import Phase, Progress, timestamp
from matih_training.publish import publish
from matih_training.specification import DatasetSource, JobSpecification
from matih_training.split import split
from matih_training.storage import Folder
from matih_training.tracking import Metric, TrackedRun, Tracking
from matih_training.train import TrainedModel, train
from matih_training.tuning.trial import TRIALS

FAILURE_FILE = "failure.json"
_DIGEST = re.compile(r"[0-9a-f]{64}(-[0-9a-f]{8})?")


def run(environment: Mapping[str, str]) -> int:
    """Runs the job of the environment; answers the exit status. A failure is written down before this returns."""
    text = environment.get("MATIH_JOB", "")
    try:
        _run(JobSpecification.from_json(text), Tracking.from_environment(environment))
    except JobFailure as failure:
        return _failed(text, failure)
    except Exception as error:  # noqa: BLE001  (the last line of defence: every failure must be written down)
        traceback.print_exc()
        return _failed(text, JobFailure(FailureCode.INTERNAL_ERROR, f"unexpected {type(error).__name__}; see the job's log"))
    return 0


def killed(text: str, signal: str) -> int:
    """Writes down that the process of the job was killed too often; answers the exit status."""
    hint = "; it may need more memory than the machine has" if signal == "SIGKILL" else ""
    return _failed(
        text,
        JobFailure(
            FailureCode.TRAINING_FAILED, f"the training process was ended by {signal}, more often than max_failures{hint}"
        ),
    )


def _run(specification: JobSpecification, tracking: Tracking) -> None:
    output = Folder(specification.output_uri)
    progress = Progress(output)
    progress.report(Phase.STARTING)
    run = TrackedRun(tracking, specification.run_id)
    artifacts = run.artifact_path()
    algorithm = algorithms.get(specification.algorithm)

    table = load(specification, progress)
    _tell_origin(specification, run, table)
    progress.warn(table.warnings)
    rows = split(specification, table)
    parts = _warned(specification, encode(rows, algorithm, specification.encodings))
    progress.warn(parts.warnings)
    fitted = (
        _searched(specification, run, progress, parts) if specification.tuning else _trained(specification, run, progress, parts)
    )
    progress.report(Phase.EVALUATING)
    evaluated = evaluate(fitted.trained)
    run.log_metrics([Metric(f"eval.{name}", value, 0, _milliseconds()) for name, value in evaluated.metrics.items()])
    progress.report(Phase.PACKAGING, metrics=evaluated.metrics)
    with tempfile.TemporaryDirectory() as folder:
        publish(run, artifacts, package(specification, evaluated, Path(folder) / "model", fitted.evidence), rows, output)
    # The trials' models were needed until here: somebody may ask for another attempt.
    output.child(TRIALS).remove()
    progress.report(Phase.DONE, metrics=evaluated.metrics)


def _tell_origin(specification: JobSpecification, run: TrackedRun, table: TrainingTable) -> None:
    """The data and the code of the run, where people look for them in MLflow."""
    source = specification.source
    uri = source.uri if isinstance(source, DatasetSource) else source.entity_uri
    run.log_dataset(_name_of(uri), table.data_digest.removeprefix("sha256:"), uri, "training")
    # Tags that begin with "matih." are the platform's own: the door takes them from no run.
    run.log_tags({"mlflow.source.type": "JOB", "mlflow.source.name": "matih_training", "code_digest": code_digest()})


def _name_of(uri: str) -> str:
    """An uploaded data set is `<name>/<digest>-<part>.parquet`; other files are called as they are."""
    parts = [part for part in uri.split("/") if part]
    stem = parts[-1].removesuffix(".parquet")
    return parts[-2] if len(parts) > 1 and _DIGEST.fullmatch(stem) else stem


def _warned(specification: JobSpecification, parts: EncodedParts) -> EncodedParts:
    """A choice among many by the rows that the model is evaluated on flatters it; whoever reads the metrics should know."""
    tuning = specification.tuning
    if tuning is None or tuning.folds is not None:
        return parts
    message = (
        f"the best of up to {tuning.max_trials} trials is chosen by the held-out rows, so its metrics on them are too good;"
        " tuning.validation.folds chooses by cross-validation on the rows to learn from"
    )
    return replace(parts, warnings=(*parts.warnings, JobWarning(WarningCode.CHOSEN_BY_HELD_OUT_ROWS, message)))


@dataclass(frozen=True)
class _Fitted:
    """The model, and the record of the search for it, if there was one."""

    trained: TrainedModel
    evidence: Mapping[str, Any] | None


def _trained(specification: JobSpecification, run: TrackedRun, progress: Progress, parts: EncodedParts) -> _Fitted:
    algorithm = algorithms.get(specification.algorithm)
    classes = len(parts.rows.classes)
    hyperparameters = algorithms.entry(algorithm.name).resolve(
        specification.task, classes, specification.hyperparameters, algorithm.defaults(len(parts.train), classes)
    )
    run.log_params(_params(specification, hyperparameters, parts))
    progress.report(Phase.TRAINING)
    return _Fitted(train(specification, parts, hyperparameters), None)


def _searched(specification: JobSpecification, run: TrackedRun, progress: Progress, parts: EncodedParts) -> _Fitted:
    # Only a search loads what it takes.
    from matih_training.tuning.sweep import tune  # noqa: PLC0415

    found = tune(specification, parts, run, progress)
    run.log_params(_params(specification, found.hyperparameters, parts) | _told_of_search(found.evidence))
    return _Fitted(found.trained, found.evidence)


def _told_of_search(evidence: Mapping[str, Any]) -> dict[str, object]:
    return {f"tuning.{name}": evidence[name] for name in ("search", "metric", "max_trials", "seed", "judged_on", "best_trial")}


def _params(specification: JobSpecification, hyperparameters: Mapping[str, Any], parts: EncodedParts) -> dict[str, object]:
    split = specification.split
    return {
        "algorithm": specification.algorithm,
        "task": specification.task,
        "target_column": specification.target_column,
        "num_workers": specification.resources.num_workers,
        "split.strategy": split.strategy,
        "split.test_size": split.test_size,
        "split.seed": split.seed,
        "rows.train": len(parts.train),
        "rows.held_out": len(parts.test),
        **hyperparameters,
    }


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def _failed(text: str, failure: JobFailure) -> int:
    print(f"job failed: {failure}", flush=True)
    output_uri = _output_uri(text)
    if output_uri is not None:
        try:
            Folder(output_uri).write_json(
                FAILURE_FILE, {"code": failure.code.value, "message": failure.message, "at": timestamp()}
            )
        except JobFailure as second:
            print(f"the failure could not be stored: {second}", flush=True)
    return 1


def _output_uri(text: str) -> str | None:
    """Where a failure goes, also when the specification is wrong elsewhere."""
    try:
        uri = json.loads(text).get("output_uri")
    except (ValueError, AttributeError):
        return None
    return uri.rstrip("/") if isinstance(uri, str) and uri.strip("/") else None
