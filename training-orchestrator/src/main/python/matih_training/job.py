"""One job from its specification to its result, in the order in which it happens."""

import json
import pickle
import tempfile
import time
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from matih_training import bundle, dataset, evaluation, golden, hyperparameters, onnx_model, preprocessing, profile
from matih_training.dataset import TrainingTable
from matih_training.failure import FailureCode, JobFailure
from matih_training.join import event_times
from matih_training.native_model import NativeModel, encode
from matih_training.progress import Phase, Progress, timestamp
from matih_training.shards import Part, write_part
from matih_training.specification import JobSpecification, PointInTimeJoin
from matih_training.split import split_rows
from matih_training.storage import Folder
from matih_training.target import read_target
from matih_training.tracking import Metric, TrackedRun, Tracking

RESULT_FILE, FAILURE_FILE = "result.json", "failure.json"
ARTIFACT_PATH = "model"
_DATA = "data"
_PARITY_ROWS = 20_000
_UPLOADS_AT_ONCE = 4


@dataclass(frozen=True)
class Prepared:
    """Rows ready to learn from: raw (for what describes the data) and encoded (for the trees), and the held-out digest."""

    train: pd.DataFrame
    test: pd.DataFrame
    train_part: Part
    test_part: Part
    classes: tuple[int, ...] | tuple[str, ...]
    preprocessing: dict[str, Any]
    rows_without_target: int
    held_out_digest: str


@dataclass(frozen=True)
class Judged:
    """The trained model with its answers on the held-out rows."""

    model: NativeModel
    scores: npt.NDArray[Any]
    metrics: dict[str, float]


def run(environment: Mapping[str, str]) -> int:
    """Runs the job of the environment; answers the exit status. A failure is written down before this returns."""
    text = environment.get("MATIH_JOB", "")
    try:
        _run(JobSpecification.from_json(text), Tracking.from_environment(environment))
    except JobFailure as failure:
        return _failed(text, failure)
    except Exception as error:  # noqa: BLE001  (the last line of defence: whatever happened must be told)
        traceback.print_exc()
        return _failed(text, JobFailure(FailureCode.INTERNAL_ERROR, f"unexpected {type(error).__name__}; see the job's log"))
    return 0


def _run(specification: JobSpecification, tracking: Tracking) -> None:
    output = Folder(specification.output_uri)
    progress = Progress(output)
    progress.report(Phase.STARTING)
    run = TrackedRun(tracking, specification.run_id)
    artifacts = run.artifact_path()

    table = dataset.load(specification, progress)
    prepared = prepare(specification, table)
    parameters = hyperparameters.resolve(
        specification.algorithm, specification.task, len(prepared.classes), specification.hyperparameters
    )
    run.log_params(_params(specification, parameters, prepared))

    progress.report(Phase.TRAINING)
    scorer = _train(specification, output, prepared, parameters, table.data_digest)

    progress.report(Phase.EVALUATING)
    model = NativeModel(prepared.preprocessing, scorer)
    scores = model.score(prepared.test_part.matrix)
    metrics = evaluate(prepared.test_part.target, scores, prepared.classes)
    now = _milliseconds()
    run.log_metrics([Metric(f"eval.{name}", value, 0, now) for name, value in metrics.items()])

    progress.report(Phase.PACKAGING, metrics=metrics)
    with tempfile.TemporaryDirectory() as folder:
        signature, documents, written = _package(
            Path(folder) / ARTIFACT_PATH, specification, table, prepared, Judged(model, scores, metrics)
        )
        _upload(run, f"{artifacts}/{ARTIFACT_PATH}", written)
    output.child(_DATA).remove()
    output.write_json(
        RESULT_FILE,
        {
            "run_id": specification.run_id,
            "artifact_path": ARTIFACT_PATH,
            "digest": written.digest,
            "files": dict(written.files),
            "metrics": metrics,
            "evaluation": documents["evaluation.json"],
            "data_digest": table.data_digest,
            "signature": signature,
        },
    )
    progress.report(Phase.DONE, metrics=metrics)


def prepare(specification: JobSpecification, table: TrainingTable) -> Prepared:
    """Leaves out rows without a target, splits, learns the preprocessing on the training part and encodes both parts."""
    target = read_target(table.table.column(specification.target_column), specification.target_column, specification.task)
    known = table.table.filter(target.known) if not target.known.all() else table.table
    train_rows, test_rows = split_rows(
        specification.split, target.values, len(target.classes), _split_times(specification, known)
    )
    frame = preprocessing.to_frame(known, table.features)
    train, test = frame.iloc[train_rows].reset_index(drop=True), frame.iloc[test_rows].reset_index(drop=True)
    learned = preprocessing.learn_preprocessing(train, table.features, specification.algorithm, target.classes)
    split = specification.split
    return Prepared(
        train=train,
        test=test,
        train_part=Part(encode(train, learned), target.values[train_rows]),
        test_part=Part(encode(test, learned), target.values[test_rows]),
        classes=target.classes,
        preprocessing=learned,
        rows_without_target=int(np.count_nonzero(~target.known)),
        held_out_digest=dataset.digest_of(
            [table.data_digest, specification.target_column, split.strategy, split.test_size, split.seed, split.time_column]
        ),
    )


def evaluate(target: npt.NDArray[Any], scores: npt.NDArray[Any], classes: tuple[Any, ...]) -> dict[str, float]:
    """Metrics of the held-out part."""
    return evaluation.classification_metrics(target, scores) if classes else evaluation.regression_metrics(target, scores)


def _split_times(specification: JobSpecification, table: Any) -> npt.NDArray[np.int64] | None:
    if specification.split.strategy != "time":
        return None
    column = specification.split.time_column
    if column is None:
        if not isinstance(specification.source, PointInTimeJoin):
            raise ValueError("the specification was not checked")
        column = specification.source.timestamp_column
    times = event_times(table, column, "the data")
    if len(times) and times.min() == np.iinfo(np.int64).min:
        raise JobFailure(FailureCode.INVALID_TIMESTAMP, f"rows of the data have no '{column}'")
    return times


def _train(
    specification: JobSpecification, output: Folder, prepared: Prepared, parameters: Mapping[str, Any], data_digest: str
) -> Any:
    from matih_training import cluster  # noqa: PLC0415  (Ray takes seconds to import: bad input should fail before)

    data = output.child(_DATA)
    workers = specification.resources.num_workers
    write_part(data, "train", prepared.train_part, workers)
    write_part(data, "test", prepared.test_part, workers)
    cluster.connect()
    from matih_training.training import CHECKPOINTS, TrainingPlan  # noqa: PLC0415

    fingerprint = dataset.digest_of(
        [
            specification.algorithm,
            specification.task,
            data_digest,
            prepared.held_out_digest,
            prepared.preprocessing,
            parameters,
            workers if specification.algorithm == "random_forest" else None,
        ]
    )
    plan = TrainingPlan(
        data_uri=data.uri,
        output_uri=output.uri,
        run_id=specification.run_id,
        task=specification.task,
        classes=len(prepared.classes),
        hyperparameters=parameters,
        threads=specification.resources.threads,
        gpu=specification.resources.gpus_per_worker > 0,
        seed=specification.split.seed,
        frequency=specification.checkpoints.frequency,
        fingerprint=fingerprint,
        resume_uri=checkpoint_of_earlier_attempt(specification.resume_from, CHECKPOINTS, fingerprint),
    )
    scorer = cluster.train(specification, plan)
    remove_old_checkpoints(output.child(CHECKPOINTS), specification.checkpoints.keep)
    return scorer


def remove_old_checkpoints(folder: Folder, keep: int) -> None:
    """Removes all but the newest ones: Ray Train forgets those that were there when a worker died."""
    checkpoints = _checkpoints(folder)
    for name in checkpoints[: max(0, len(checkpoints) - keep)]:
        folder.child(name).remove()


def checkpoint_of_earlier_attempt(resume_from: str | None, checkpoints: str, fingerprint: str) -> str | None:
    """The newest checkpoint below an earlier attempt that was made from the same data, columns and hyperparameters."""
    if resume_from is None:
        return None
    folder = Folder(resume_from.rstrip("/")).child(checkpoints)
    for name in reversed(_checkpoints(folder)):
        state = folder.child(name).read("state.json")
        if state is not None and json.loads(state).get("fingerprint") == fingerprint:
            return folder.child(name).uri
    return None


def _checkpoints(folder: Folder) -> list[str]:
    """Names of the checkpoints, oldest first: Ray Train names them by time."""
    return [name for name in folder.folders() if name.startswith("checkpoint_")]


def _package(
    folder: Path,
    specification: JobSpecification,
    table: TrainingTable,
    prepared: Prepared,
    judged: Judged,
) -> tuple[dict[str, Any], dict[str, Any], bundle.Bundle]:
    model = judged.model
    join = specification.source if isinstance(specification.source, PointInTimeJoin) else None
    signature = bundle.signature(
        specification.task, table.features, prepared.classes, onnx_model.input_tensors(prepared.preprocessing), join
    )
    onnx = onnx_model.build(prepared.preprocessing, model.scorer)
    rows = golden.golden_rows(model, prepared.test, table.features, specification.split.seed)
    documents = {
        "golden.json": rows,
        "evaluation.json": {
            "dataset_digest": table.data_digest,
            "held_out_digest": prepared.held_out_digest,
            "rows": len(prepared.test_part),
            "metrics": judged.metrics,
        },
        "parity.json": parity(onnx, model, prepared.test, rows["tolerance"], rows["rows"]),
        "reference_profile.json": profile.reference_profile(prepared.train, table.features, judged.scores, prepared.classes),
        "lineage.json": {
            "job_id": specification.job_id,
            "attempt": specification.attempt,
            "code_digest": bundle.code_digest(),
            "data_digest": table.data_digest,
            "feature_references": list(join.references) if join is not None else [],
            **({"feature_service": join.feature_service} if join is not None and join.feature_service else {}),
            "target_column": specification.target_column,
            "seed": specification.split.seed,
            "environment_digest": bundle.environment_digest(),
            "rows": {
                "train": len(prepared.train_part),
                "held_out": len(prepared.test_part),
                "without_target": prepared.rows_without_target,
            },
            "columns_passed_over": list(table.passed_over),
        },
    }
    written = bundle.write_bundle(
        folder,
        run_id=specification.run_id,
        signature=signature,
        preprocessing=prepared.preprocessing,
        native=_native(specification.algorithm, model.scorer),
        onnx=onnx,
        documents=documents,
    )
    return signature, documents, written


def parity(
    onnx: bytes, model: NativeModel, held_out: pd.DataFrame, tolerance: float, golden_rows: list[dict[str, Any]]
) -> dict[str, Any]:
    """The ONNX graph against the native model, on held-out rows and on the golden rows, from raw columns."""
    names = list(held_out.columns)
    made = pd.DataFrame([[row["inputs"].get(name) for name in names] for row in golden_rows], columns=names)
    greatest, judged, flips, rows = 0.0, 0.0, 0, 0
    for frame in (held_out.head(_PARITY_ROWS), made):
        native = model.score(encode(frame, model.preprocessing))
        other = onnx_model.run(onnx, model.preprocessing, frame)
        greatest = max(greatest, float(np.max(np.abs(native - other), initial=0.0)))
        judged = max(judged, golden.difference(native, other, model.classes))
        if model.classes:
            flips += int(np.count_nonzero(np.argmax(native, axis=1) != np.argmax(other, axis=1)))
        rows += len(frame)
    return {"rows": rows, "max_abs_diff": greatest, "flips": flips, "onnx_matches": judged <= tolerance}


def _native(algorithm: str, scorer: Any) -> bytes:
    return pickle.dumps(scorer) if algorithm == "random_forest" else bytes(scorer.save_raw("ubj"))


def _upload(run: TrackedRun, path: str, written: bundle.Bundle) -> None:
    # MLmodel last: a half uploaded folder is not a model.
    names = sorted(written.files, key=lambda name: name == "MLmodel")
    with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
        list(pool.map(lambda name: run.upload(f"{path}/{name}", (written.folder / name).read_bytes()), names[:-1]))
    run.upload(f"{path}/{names[-1]}", (written.folder / names[-1]).read_bytes())


def _params(specification: JobSpecification, parameters: Mapping[str, Any], prepared: Prepared) -> dict[str, object]:
    split = specification.split
    return {
        "algorithm": specification.algorithm,
        "task": specification.task,
        "target_column": specification.target_column,
        "num_workers": specification.resources.num_workers,
        "split.strategy": split.strategy,
        "split.test_size": split.test_size,
        "split.seed": split.seed,
        "rows.train": len(prepared.train_part),
        "rows.held_out": len(prepared.test_part),
        **parameters,
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
