"""The job's run in MLflow, over plain REST: importing MLflow's client costs seconds, and workers need two calls of it."""

import json
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from matih_training.failure import FailureCode, JobFailure

_TIMEOUT = (5.0, 30.0)
_RETRIED_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
# The door answers these when the run is no longer this attempt's: a newer attempt, an ended run, an expired token.
_REFUSED_STATUS = frozenset({401, 403, 404, 409})
_PARENT = "mlflow.parentRunId"
_LOG_BATCH = "/api/2.0/mlflow/runs/log-batch"
_METRICS_PER_CALL = 500
_PARAMS_PER_CALL = 100
_PARAM_LENGTH = 500
_DATASET_NAME, _DATASET_DIGEST = 500, 36
_DATASET_TRIES = 3


@dataclass(frozen=True)
class Tracking:
    """Where MLflow answers and how this job shows who it is."""

    uri: str
    token: str | None
    workspace: str | None

    @staticmethod
    def from_environment(environment: Mapping[str, str]) -> "Tracking":
        uri = environment.get("MLFLOW_TRACKING_URI", "").rstrip("/")
        if urlsplit(uri).scheme not in ("http", "https"):
            raise JobFailure(FailureCode.INVALID_SPECIFICATION, "MLFLOW_TRACKING_URI must be an http address")
        return Tracking(
            uri=uri,
            token=environment.get("MLFLOW_TRACKING_TOKEN") or None,
            workspace=environment.get("MLFLOW_WORKSPACE") or None,
        )


@dataclass(frozen=True)
class Metric:
    """One logged number."""

    key: str
    value: float
    step: int
    timestamp: int


class TrackedRun:
    """One MLflow run. Every call here may be repeated without harm, so each one is retried until `patience` is over."""

    def __init__(
        self,
        tracking: Tracking,
        run_id: str,
        *,
        patience: float = 180.0,
        wait: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tracking = tracking
        self.run_id = run_id
        self._patience = patience
        self._wait = wait
        self._clock = clock
        self._headers: dict[str, str] = {}
        if tracking.token:
            self._headers["Authorization"] = f"Bearer {tracking.token}"
        if tracking.workspace:
            self._headers["X-MLFLOW-WORKSPACE"] = tracking.workspace

    def artifact_path(self) -> str:
        """Path of the run's artifacts below the artifact proxy."""
        answer = self._call("GET", "/api/2.0/mlflow/runs/get", params={"run_id": self.run_id}).json()
        address = urlsplit(answer["run"]["info"]["artifact_uri"])
        if address.scheme != "mlflow-artifacts":
            raise JobFailure(FailureCode.TRACKING_UNAVAILABLE, "MLflow does not serve the artifacts of this run")
        return str(address.path).strip("/")

    def start_child(self, experiment_id: str, name: str, tags: Mapping[str, str]) -> "TrackedRun":
        """A new run below this one. Not repeatable: what was lost on the way is ended with this run by the orchestrator."""
        body = {
            "experiment_id": experiment_id,
            "run_name": name,
            "start_time": time.time_ns() // 1_000_000,
            "tags": [{"key": key, "value": value} for key, value in {**tags, _PARENT: self.run_id}.items()],
        }
        answer = self._call("POST", "/api/2.0/mlflow/runs/create", json=body).json()
        return self.other(answer["run"]["info"]["run_id"])

    def other(self, run_id: str) -> "TrackedRun":
        """Another run of the same job."""
        return TrackedRun(self._tracking, run_id, patience=self._patience, wait=self._wait, clock=self._clock)

    def end(self, status: str) -> None:
        """Ends the run; `status` is MLflow's word."""
        body = {"run_id": self.run_id, "status": status, "end_time": time.time_ns() // 1_000_000}
        self._call("POST", "/api/2.0/mlflow/runs/update", json=body)

    def log_metrics(self, metrics: list[Metric]) -> None:
        for start in range(0, len(metrics), _METRICS_PER_CALL):
            part = metrics[start : start + _METRICS_PER_CALL]
            self._call("POST", _LOG_BATCH, json={"run_id": self.run_id, "metrics": [metric.__dict__ for metric in part]})

    def log_params(self, params: Mapping[str, object]) -> None:
        """Params never change: MLflow refuses (400) a whole call when one is there with another value; those then stay."""
        entries = [{"key": key, "value": str(value)[:_PARAM_LENGTH]} for key, value in params.items()]
        for start in range(0, len(entries), _PARAMS_PER_CALL):
            body = {"run_id": self.run_id, "params": entries[start : start + _PARAMS_PER_CALL]}
            if not self._call("POST", _LOG_BATCH, accept=frozenset({400}), json=body).ok:
                print("the run has params of the same names with other values already; they stay", flush=True)

    def log_tags(self, tags: Mapping[str, str]) -> None:
        """Tags replace those of the same names."""
        entries = [{"key": key, "value": value} for key, value in tags.items()]
        self._call("POST", _LOG_BATCH, json={"run_id": self.run_id, "tags": entries})

    def log_dataset(self, name: str, digest: str, source: str, context: str) -> None:
        """What the run learned from, as MLflow's own clients tell it; the same one again changes nothing."""
        kind = "s3" if source.startswith("s3:") else "local"
        dataset = {
            "name": name[:_DATASET_NAME],
            "digest": digest[:_DATASET_DIGEST],
            "source_type": kind,
            "source": json.dumps({"uri": source}),
        }
        entry = {"tags": [{"key": "mlflow.data.context", "value": context}], "dataset": dataset}
        body = {"run_id": self.run_id, "datasets": [entry]}
        # MLflow also refuses the one of two runs that name a new data set at the same moment; the other's is there then.
        for _ in range(_DATASET_TRIES):
            if self._call("POST", "/api/2.0/mlflow/runs/log-inputs", accept=frozenset({400}), json=body).ok:
                return
        print("MLflow does not take the name of the data set", flush=True)

    def upload(self, path: str, content: bytes) -> None:
        """Stores one artifact; `path` starts with what `artifact_path` gave."""
        self._call(
            "PUT",
            f"/api/2.0/mlflow-artifacts/artifacts/{quote(path)}",
            data=content,
            headers={"Content-Type": "application/octet-stream"},
        )

    def _call(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        accept: frozenset[int] = frozenset(),
        **arguments: Any,
    ) -> requests.Response:
        deadline = self._clock() + self._patience
        pause = 0.2
        while True:
            response: requests.Response | None
            try:
                response = requests.request(
                    method,
                    self._tracking.uri + path,
                    headers={**self._headers, **(headers or {})},
                    timeout=_TIMEOUT,
                    allow_redirects=False,
                    **arguments,
                )
            except (requests.ConnectionError, requests.Timeout):
                response = None
            if response is not None and (response.ok or response.status_code in accept):
                return response
            if response is not None and response.status_code in _REFUSED_STATUS:
                raise JobFailure(
                    FailureCode.SUPERSEDED, f"the run does not take writes of this attempt any more ({response.status_code})"
                )
            if response is not None and response.status_code not in _RETRIED_STATUS:
                raise JobFailure(FailureCode.TRACKING_UNAVAILABLE, f"MLflow refused a call of the job ({response.status_code})")
            if self._clock() + pause > deadline:
                raise JobFailure(FailureCode.TRACKING_UNAVAILABLE, f"MLflow did not answer for {self._patience:.0f} seconds")
            self._wait(pause)
            pause = min(pause * 2, 5.0)


class MetricStream:
    """Sends metrics from a thread of its own, so that training never waits for MLflow.

    `refused` turns true when MLflow does not take this attempt's writes any more; the train loop then ends.
    """

    def __init__(self, run: TrackedRun) -> None:
        self._run = run
        self._waiting: deque[Metric] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._failure: JobFailure | None = None
        self._thread = threading.Thread(target=self._send, name="metrics", daemon=True)
        self._thread.start()

    @property
    def refused(self) -> bool:
        failure = self._failure
        return failure is not None and failure.code == FailureCode.SUPERSEDED

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        """Queues the finite numbers among `metrics`."""
        now = time.time_ns() // 1_000_000
        with self._changed:
            self._waiting.extend(Metric(key, float(value), step, now) for key, value in metrics.items() if math.isfinite(value))
            self._changed.notify()

    def close(self) -> JobFailure | None:
        """Sends what is left; answers why that was not possible, if so."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        return self._failure

    def _send(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting) or self._closed)
                part = list(self._waiting)
                self._waiting.clear()
            if not part:
                return
            try:
                self._run.log_metrics(part)
            except JobFailure as failure:
                self._failure = failure
                return
