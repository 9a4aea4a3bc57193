"""Step "publish": uploads the bundle into the MLflow run and writes the split and the job's result."""

from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq

from matih_training.bundle import Bundle
from matih_training.job_warning import documents
from matih_training.packaging import PackagedModel
from matih_training.split import SPLIT_FILE, SplitRows
from matih_training.storage import Folder
from matih_training.tracking import TrackedRun

RESULT_FILE = "result.json"
ARTIFACT_PATH = "model"
_UPLOADS_AT_ONCE = 4


def publish(run: TrackedRun, artifacts: str, packaged: PackagedModel, rows: SplitRows, output: Folder) -> None:
    """The result comes last: with it the job has succeeded. `artifacts` is the path of the run's artifacts."""
    upload(run, f"{artifacts}/{ARTIFACT_PATH}", packaged.bundle)
    output.write(SPLIT_FILE, _parquet(rows.parts))
    output.write_json(
        RESULT_FILE,
        {
            "run_id": run.run_id,
            "artifact_path": ARTIFACT_PATH,
            "digest": packaged.bundle.digest,
            "files": dict(packaged.bundle.files),
            "metrics": packaged.metrics,
            "evaluation": packaged.evaluation,
            "data_digest": packaged.data_digest,
            "signature": packaged.signature,
            "warnings": documents(packaged.warnings),
            "columns": packaged.columns,
        },
    )


def _parquet(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue()


def upload(run: TrackedRun, path: str, bundle: Bundle) -> None:
    """Stores the bundle's files below a path of the artifacts."""
    # MLmodel last: a half uploaded folder is not a model.
    names = sorted(bundle.files, key=lambda name: name == "MLmodel")
    with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
        list(pool.map(lambda name: run.upload(f"{path}/{name}", (bundle.folder / name).read_bytes()), names[:-1]))
    run.upload(f"{path}/{names[-1]}", (bundle.folder / names[-1]).read_bytes())
