"""Whole jobs on a real Ray cluster and a real MLflow server, submitted as the orchestrator submits them.

`RAY_URL` and `RAY_TOKEN` name a running head on this machine. `MATIH_TEST_MLFLOW_URL` names a running MLflow server, else
one is started here. `MATIH_TEST_S3_URI` (with the AWS variables) makes the jobs read and write there instead of on the disk.
"""

import hashlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matih_features
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests
from sklearn import metrics

import matih_training
from conftest import TrackingServer, small_table
from matih_training.bundle import bundle_digest
from matih_training.storage import Folder

pytestmark = pytest.mark.ray
_AWS = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_EC2_METADATA_DISABLED")
_FINAL = {"SUCCEEDED", "FAILED", "STOPPED"}


@dataclass(frozen=True)
class Cluster:
    """Ray's job API, used as the orchestrator uses it."""

    url: str
    headers: dict[str, str]

    def submit(self, document: dict[str, Any], mlflow_url: str) -> str:
        job = f"{document['job_id']}-a{document['attempt']}"
        environment = {name: os.environ[name] for name in _AWS if name in os.environ}
        environment |= {"MATIH_JOB": json.dumps(document), "MLFLOW_TRACKING_URI": mlflow_url, "MLFLOW_TRACKING_TOKEN": "token"}
        body = {
            "entrypoint": "python -m matih_training",
            "submission_id": job,
            "runtime_env": {"working_dir": self._package(), "env_vars": environment},
        }
        requests.post(f"{self.url}/api/jobs/", json=body, headers=self.headers, timeout=60).raise_for_status()
        return job

    def _package(self) -> str:
        content = io.BytesIO()
        folders = [Path(code.__file__).parent for code in (matih_features, matih_training)]
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for folder in folders:
                for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.json")]):
                    name = path.relative_to(folder.parent).as_posix()
                    archive.writestr(zipfile.ZipInfo(name), path.read_bytes())
        package = f"_ray_pkg_{hashlib.sha256(content.getvalue()).hexdigest()[:32]}.zip"
        address = f"{self.url}/api/packages/gcs/{package}"
        requests.put(address, data=content.getvalue(), headers=self.headers, timeout=60).raise_for_status()
        return f"gcs://{package}"

    def get(self, path: str, **params: Any) -> Any:
        response = requests.get(self.url + path, params=params, headers=self.headers, timeout=60)
        response.raise_for_status()
        return response.json()

    def finished(self, job: str) -> str:
        status: str = wait_for(lambda: self._final(job), 300)
        if status != "SUCCEEDED":
            print(self.get(f"/api/jobs/{job}/logs")["logs"][-6000:])
        return status

    def _final(self, job: str) -> str | None:
        status = self.get(f"/api/jobs/{job}")["status"]
        return status if status in _FINAL else None

    def stop(self, job: str) -> None:
        requests.post(f"{self.url}/api/jobs/{job}/stop", headers=self.headers, timeout=60).raise_for_status()

    def workers(self, job: str) -> list[int]:
        """Process ids of the training workers of a job."""
        driver = self.get(f"/api/jobs/{job}")["job_id"]
        actors = self.get("/api/v0/actors", detail=1, limit=1000)["data"]["result"]["result"]
        return [
            actor["pid"]
            for actor in actors
            if actor["job_id"] == driver and actor["class_name"] == "RayTrainWorker" and actor["state"] == "ALIVE"
        ]


def wait_for(condition: Callable[[], Any], seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"not within {seconds} seconds")


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    url = os.environ.get("RAY_URL")
    if url is None:
        pytest.fail("RAY_URL (and RAY_TOKEN) must name a running Ray head; see the README")
    return Cluster(url.rstrip("/"), {"Authorization": f"Bearer {os.environ.get('RAY_TOKEN', '')}"})


@pytest.fixture(scope="module")
def mlflow_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    given = os.environ.get("MATIH_TEST_MLFLOW_URL")
    if given is not None:
        yield given.rstrip("/")
        return
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--serve-artifacts"),
        *("--artifacts-destination", str(folder / "artifacts"), "--default-artifact-root", "mlflow-artifacts:/"),
    ]
    environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "log").open("w") as log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server:
        wait_for(lambda: _answers(f"http://127.0.0.1:{port}/health"), 180)
        yield f"http://127.0.0.1:{port}"
        server.terminate()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


@dataclass
class Work:
    """A job's specification on a data set of its own, and what became of it."""

    base: str
    mlflow_url: str
    document: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def on(base: str, mlflow_url: str, table: pa.Table, **changes: Any) -> "Work":
        work = Work(base, mlflow_url)
        job = f"pytest-{uuid.uuid4().hex[:12]}"
        run = requests.post(f"{mlflow_url}/api/2.0/mlflow/runs/create", json={"experiment_id": "0"}, timeout=60).json()
        work.document = {
            "job_id": job,
            "attempt": 1,
            "tenant": "default",
            "name": "end to end",
            "algorithm": "xgboost",
            "task": "classification",
            "dataset": {"uri": work.store("data.parquet", table)},
            "target_column": "late",
            "feature_columns": ["temp", "hour", "carrier", "holiday"],
            "resources": {"num_workers": 2, "cpus_per_worker": 1},
            "run": {"run_id": run["run"]["info"]["run_id"], "experiment_id": "0"},
            "output_uri": f"{base}/jobs/{job}/a1",
        } | changes
        return work

    def store(self, name: str, table: pa.Table) -> str:
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        Folder(self.base).write(name, sink.getvalue())
        return f"{self.base}/{name}"

    @property
    def run_id(self) -> str:
        return str(self.document["run"]["run_id"])

    def output(self, name: str) -> Any:
        content = Folder(self.document["output_uri"]).read(name)
        return None if content is None else json.loads(content)

    def iteration(self) -> int:
        return int((self.output("progress.json") or {}).get("iteration", 0))

    def steps(self, metric: str) -> list[int]:
        address = f"{self.mlflow_url}/api/2.0/mlflow/metrics/get-history"
        answer = requests.get(address, params={"run_id": self.run_id, "metric_key": metric}, timeout=60).json()
        return [entry.get("step", 0) for entry in answer.get("metrics", [])]


@pytest.fixture
def base(tmp_path: Path) -> str:
    s3 = os.environ.get("MATIH_TEST_S3_URI")
    return str(tmp_path) if s3 is None else f"{s3.rstrip('/')}/{uuid.uuid4().hex[:12]}"


def check_bundle(work: Work, held_out: pa.Table) -> Any:
    """The stored model is the one of the result, and it loads and answers its golden rows; returns the result."""
    import mlflow

    mlflow.set_tracking_uri(work.mlflow_url)
    result = work.output("result.json")
    folder = Path(mlflow.artifacts.download_artifacts(f"runs:/{work.run_id}/model"))
    files = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert files == result["files"]
    assert bundle_digest(files) == result["digest"]
    assert json.loads((folder / "signature.json").read_text()) == result["signature"]
    assert json.loads((folder / "evaluation.json").read_text()) == result["evaluation"]
    assert json.loads((folder / "parity.json").read_text())["onnx_matches"]
    golden = json.loads((folder / "golden.json").read_text())
    assert len(golden["rows"]) >= 50
    model = mlflow.pyfunc.load_model(f"runs:/{work.run_id}/model")
    names = [column["name"] for column in result["signature"]["inputs"]]
    answers = model.predict(pd.DataFrame([row["inputs"] for row in golden["rows"]], columns=names).infer_objects())
    assert np.allclose(answers, [row["prediction"] for row in golden["rows"]], atol=golden["tolerance"])
    assert len(model.predict(held_out.to_pandas())) == held_out.num_rows
    assert work.output("progress.json")["phase"] == "done"
    return result


def check_split(work: Work, table: pa.Table, result: Any) -> None:
    """Whoever has the table and the split gets the job's metrics again, by scikit-learn."""
    import mlflow

    content = Folder(work.document["output_uri"]).read("split.parquet")
    split = pq.read_table(pa.BufferReader(content or b"")).to_pandas()
    assert len(split) == table.num_rows
    held_out = table.to_pandas().iloc[split["row"][split["part"] == "held_out"]]
    assert len(held_out) == result["evaluation"]["rows"]
    truth = held_out[work.document["target_column"]]
    model = mlflow.pyfunc.load_model(f"runs:/{work.run_id}/model")
    positive = model.get_raw_model().predict_proba(held_out)[:, 1]
    again = {
        "accuracy": metrics.accuracy_score(truth, model.predict(held_out)),
        "auc": metrics.roc_auc_score(truth, positive),
        "logloss": metrics.log_loss(truth, positive),
        "f1": metrics.f1_score(truth, model.predict(held_out)),
        "brier": metrics.brier_score_loss(truth, positive),
    }
    assert result["metrics"] == pytest.approx(again, abs=1e-6)


def test_xgboost_survives_a_killed_worker(cluster: Cluster, mlflow_url: str, base: str) -> None:
    table = small_table(20_000)
    rounds = 200
    work = Work.on(
        base,
        mlflow_url,
        table,
        hyperparameters={"num_boost_round": rounds, "learning_rate": 0.02},
        checkpoints={"frequency": 10, "keep": 2},
    )
    job = cluster.submit(work.document, mlflow_url)
    reached = wait_for(lambda: work.iteration() if work.iteration() >= 20 else None, 240)
    assert reached < rounds
    os.kill(cluster.workers(job)[-1], signal.SIGKILL)

    assert cluster.finished(job) == "SUCCEEDED"
    result = check_bundle(work, table.slice(0, 100))
    check_split(work, table, result)
    assert result["metrics"]["auc"] > 0.8
    steps = work.steps("test-auc")
    assert set(steps) == set(range(1, rounds + 1))
    # It went on from a checkpoint: some rounds were done again, but not from the start.
    assert rounds < len(steps) < 2 * rounds
    assert steps.count(1) == 1
    kept = [name for name in Folder(work.document["output_uri"]).child("train").folders() if name.startswith("checkpoint_")]
    assert len(kept) == 2


def test_a_second_attempt_goes_on_where_the_first_was_stopped(cluster: Cluster, mlflow_url: str, base: str) -> None:
    work = Work.on(
        base,
        mlflow_url,
        small_table(20_000),
        hyperparameters={"num_boost_round": 250, "learning_rate": 0.02},
        checkpoints={"frequency": 10, "keep": 1},
    )
    first = cluster.submit(work.document, mlflow_url)
    reached = wait_for(lambda: work.iteration() if work.iteration() >= 20 else None, 240)
    assert reached < 250
    cluster.stop(first)
    assert cluster.finished(first) == "STOPPED"
    assert work.output("result.json") is None
    before = work.steps("test-auc")

    earlier = work.document["output_uri"]
    work.document |= {"attempt": 2, "output_uri": earlier.removesuffix("a1") + "a2", "resume_from": earlier}
    assert cluster.finished(cluster.submit(work.document, mlflow_url)) == "SUCCEEDED"

    assert work.output("result.json")["run_id"] == work.run_id
    steps = work.steps("test-auc")
    assert max(steps) == 250
    assert steps.count(1) == 1
    assert min(steps[len(before) :]) >= 10


def test_a_forest_learns_a_number_from_joined_features(cluster: Cluster, mlflow_url: str, base: str) -> None:
    table = small_table(3_000)
    entities = table.select(["hour", "carrier", "holiday", "day", "delay"])
    work = Work.on(base, mlflow_url, entities)
    weather = table.select(["carrier", "day", "temp"]).drop_null()
    del work.document["dataset"], work.document["feature_columns"]
    work.document |= {
        "algorithm": "random_forest",
        "task": "regression",
        "target_column": "delay",
        "join": {
            "entity_uri": work.store("labels.parquet", entities),
            "timestamp_column": "day",
            "views": [
                {
                    "name": "weather",
                    "source_uri": work.store("weather.parquet", weather),
                    "timestamp_column": "day",
                    "ttl_seconds": 86_400,
                    "join_keys": ["carrier"],
                    "features": [{"name": "temperature", "column": "temp", "type": "double"}],
                }
            ],
        },
        "split": {"strategy": "time"},
        "hyperparameters": {"n_estimators": 21, "max_depth": 6},
    }
    assert cluster.finished(cluster.submit(work.document, mlflow_url)) == "SUCCEEDED"

    result = check_bundle(work, pa.table({"hour": [1, 2], "holiday": [True, False], "temperature": [50.0, 40.0]}))
    assert [column["name"] for column in result["signature"]["inputs"]] == ["hour", "holiday", "temperature"]
    assert result["signature"]["features"] == {"references": ["weather:temperature"], "join_keys": ["carrier"]}
    assert result["metrics"]["r2"] > 0.2
    assert set(work.steps("test-rmse")) == set(range(1, 11))


def test_a_zombie_stops_when_mlflow_refuses_its_writes(
    cluster: Cluster, mlflow_url: str, base: str, tracking_server: TrackingServer
) -> None:
    work = Work.on(
        base, mlflow_url, small_table(2_000), hyperparameters={"num_boost_round": 5_000}, checkpoints={"frequency": 1000}
    )
    tracking_server.refuse_metrics_from_step = 3

    assert cluster.finished(cluster.submit(work.document, tracking_server.uri)) == "FAILED"

    assert work.output("failure.json")["code"] == "superseded"
    assert work.output("result.json") is None
    assert work.iteration() < 5_000


def test_a_job_reads_what_it_was_given(cluster: Cluster, mlflow_url: str, base: str) -> None:
    work = Work.on(base, mlflow_url, small_table(), dataset={"uri": f"{base}/nothing.parquet"})

    assert cluster.finished(cluster.submit(work.document, mlflow_url)) == "FAILED"

    failure = work.output("failure.json")
    assert failure["code"] == "unreadable_data"
    assert "nothing.parquet" in failure["message"]
