"""Makes a version's bundle of a model that a notebook logged.

This process holds the addresses and the token of the job and never runs the tenant's code: a pickle is code. What loads it
is a process of its own (`preparation`), that finds nothing in its environment and leaves files behind, which are judged here.
"""

import json
import os
import stat
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matih_training import fields, own_process, transfer, version_job
from matih_training.bundle import Bundle, bundle_digest, file_digests, is_plain_path
from matih_training.failure import FailureCode, JobFailure, shown
from matih_training.fields import Fields, integer, json_object, one_of, record
from matih_training.hyperparameters import TASKS
from matih_training.job_warning import WarningCode
from matih_training.progress import Phase, Progress
from matih_training.publish import ARTIFACT_PATH, upload
from matih_training.signature import SIGNATURE_FILE
from matih_training.tracking import Metric, TrackedRun, Tracking
from matih_training.version_job import Outputs

_DATA_LIMIT = 1 << 30
_MOST_FILES = 1_000
_MOST_BYTES = 4 << 30
_OUTCOME_LIMIT = 1 << 20
_LONGEST_MESSAGE = 1_500
_MOST_WARNINGS = 50


def run(environment: Mapping[str, str]) -> int:
    """Prepares the model that `MATIH_JOB` describes."""
    tracking = Tracking.from_environment(environment)
    return version_job.run(environment["MATIH_JOB"], lambda document, outputs: _prepare(document, outputs, tracking))


def _prepare(document: Fields, outputs: Outputs, tracking: Tracking) -> Mapping[str, Any]:
    job_id = document.take("job_id", fields.text)
    attempt = document.take("attempt", integer(1))
    model_id = document.take("model_id", fields.text)
    task = document.take("task", one_of(*TASKS))
    run_id = document.take("run_id", fields.text)
    source = version_job.input_bundle(document, "source")
    origin = document.take("origin", json_object)
    metrics = document.take("metrics", _metrics)
    data = document.optional("data", record(_data))
    document.end()
    progress = Progress(outputs)
    progress.report(Phase.READING)
    run_of_job = TrackedRun(tracking, run_id)
    artifacts = run_of_job.artifact_path()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source.download(folder / "source")
        if data is not None:
            transfer.download(data[0], folder / "examples.parquet", what="the data set", sha256=None, limit=_DATA_LIMIT)
        lineage = {
            "job_id": job_id,
            "attempt": attempt,
            "prepared_from": {**origin, "digest": source.digest},
            **({"data_digest": data[1]} if data is not None else {}),
        }
        request = {
            "task": task,
            "metrics": metrics,
            "lineage": lineage,
            "examples": "examples.parquet" if data is not None else None,
        }
        (folder / "request.json").write_text(json.dumps(request))
        progress.report(Phase.CONVERTING)
        warnings = _in_its_own_process(folder)
        written = _judged(folder / "bundle")
        progress.report(Phase.PACKAGING)
        signature = json.loads((folder / "bundle" / SIGNATURE_FILE).read_bytes())
        run_of_job.log_params({"model_id": model_id, "source_digest": source.digest, **origin})
        now = time.time_ns() // 1_000_000
        run_of_job.log_metrics([Metric(key, value, 0, now) for key, value in metrics.items()])
        upload(run_of_job, f"{artifacts}/{ARTIFACT_PATH}", written)
    progress.report(Phase.DONE, metrics=metrics)
    return {
        "run_id": run_id,
        "artifact_path": ARTIFACT_PATH,
        "digest": written.digest,
        "files": dict(written.files),
        "metrics": metrics,
        "evaluation": {"metrics": metrics},
        "data_digest": data[1] if data is not None else source.digest,
        "signature": signature,
        "warnings": warnings,
    }


def _data(document: Fields) -> tuple[str, str]:
    return document.take("url", fields.text), document.take("digest", fields.text)


def _metrics(value: object, path: str) -> dict[str, float]:
    return {str(key): float(number) for key, number in json_object(value, path).items()}


def _in_its_own_process(folder: Path) -> list[dict[str, Any]]:
    """Runs the preparation beside the tenant's code; answers the warnings."""
    with own_process.started("matih_training.preparation", folder) as process:
        status = process.wait()
    outcome = _outcome(folder / "outcome.json", status)
    if "code" in outcome:
        codes = {code.value: code for code in FailureCode}
        code = codes.get(str(outcome["code"]), FailureCode.UNREADABLE_MODEL)
        raise JobFailure(code, str(outcome.get("message", ""))[:_LONGEST_MESSAGE])
    return _warnings(outcome.get("warnings"))


def _outcome(path: Path, status: int) -> dict[str, Any]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            outcome = json.loads(file.read(_OUTCOME_LIMIT))
    except (OSError, ValueError) as error:
        ended = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        raise JobFailure(
            FailureCode.UNREADABLE_MODEL,
            f"the process that loads the model {ended} before it was done; the job's log has what it wrote",
        ) from error
    if not isinstance(outcome, dict):
        raise JobFailure(FailureCode.UNREADABLE_MODEL, "the process that loads the model left no outcome")
    return outcome


def _warnings(found: object) -> list[dict[str, Any]]:
    known = {code.value for code in WarningCode}
    entries = found if isinstance(found, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and entry.get("code") in known][:_MOST_WARNINGS]


def _judged(folder: Path) -> Bundle:
    """The bundle, of plain files only: a link could point to what the model's code may not read."""
    size, count = 0, 0
    for path in folder.rglob("*"):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            continue
        name = path.relative_to(folder).as_posix()
        count += 1
        size += path.lstat().st_size
        if not stat.S_ISREG(mode) or not is_plain_path(name):
            raise JobFailure(
                FailureCode.UNSUPPORTED_MODEL,
                f"the model has a file {shown(name)}; files have names of letters, digits and ._+=@-, and are no links",
            )
    if count > _MOST_FILES or size > _MOST_BYTES:
        raise JobFailure(
            FailureCode.MODEL_TOO_LARGE, f"the model has {count} files of {size} bytes; at most {_MOST_FILES} of 4 GB are taken"
        )
    if not (folder / SIGNATURE_FILE).is_file():
        raise JobFailure(FailureCode.UNREADABLE_MODEL, "the process that loads the model left no bundle")
    files = file_digests(folder)
    return Bundle(folder, files, bundle_digest(files))
