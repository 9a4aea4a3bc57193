"""Fixtures of the unit tests: a real HTTP server that records what a job tells MLflow, and small tables."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

RUN_ID = "0a1b2c3d"


class TrackingServer:
    """Answers the MLflow calls of a job as MLflow does. `answers` holds statuses to give before the good ones."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.refuse_metrics_from_step: int | None = None
        self.lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with owner.lock:
                    status = owner.answers.pop(0) if owner.answers else owner.status_of(self.path, content)
                    owner.calls.append((self.command, self.path, content))
                    owner.headers.append(dict(self.headers))
                artifact_uri = f"mlflow-artifacts:/workspaces/default/1/{RUN_ID}/artifacts"
                body = json.dumps({"run": {"info": {"artifact_uri": artifact_uri}}}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = _answer

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def status_of(self, path: str, content: bytes) -> int:
        if self.refuse_metrics_from_step is None or not path.endswith("log-batch"):
            return 200
        steps = [metric["step"] for metric in json.loads(content).get("metrics", [])]
        return 409 if steps and max(steps) >= self.refuse_metrics_from_step else 200

    def batches(self) -> list[dict[str, Any]]:
        return [json.loads(content) for method, path, content in self.calls if method == "POST" and path.endswith("log-batch")]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def tracking_server() -> Iterator[TrackingServer]:
    server = TrackingServer()
    yield server
    server.close()


@pytest.fixture
def specification_document(tmp_path: Path) -> dict[str, Any]:
    """A complete job on a small table; tests change what they are about."""
    data = tmp_path / "data.parquet"
    pq.write_table(small_table(), data)
    return {
        "job_id": "job-1",
        "attempt": 1,
        "tenant": "default",
        "name": "small",
        "algorithm": "xgboost",
        "task": "classification",
        "dataset": {"uri": str(data)},
        "target_column": "late",
        "run": {"run_id": RUN_ID, "experiment_id": "1"},
        "output_uri": str(tmp_path / "out"),
    }


def small_table(rows: int = 400, seed: int = 7) -> pa.Table:
    """Numbers with nulls, texts with nulls, booleans, integers, a date and three kinds of target that follow from them."""
    generator = np.random.default_rng(seed)
    temperature = generator.normal(50, 20, rows)
    hour = generator.integers(0, 24, rows)
    carrier = generator.choice(["AA", "B6", "DL", "UA"], rows)
    holiday = generator.random(rows) < 0.1
    score = (hour - 12) / 6 + (carrier == "B6") * 1.5 - temperature / 60 + holiday + generator.normal(0, 0.5, rows)
    absent = generator.random(rows) < 0.1
    return pa.table(
        {
            "temp": pa.array(np.where(absent, np.nan, temperature), mask=absent),
            "hour": pa.array(hour),
            "carrier": pa.array(
                [None if skip else text for skip, text in zip(generator.random(rows) < 0.05, carrier, strict=True)]
            ),
            "holiday": pa.array(holiday),
            "day": pa.array(np.datetime64("2013-01-01") + np.arange(rows) // 4),
            "late": pa.array((score > 0).astype(np.int64)),
            "verdict": pa.array(np.array(["early", "late", "on time"])[np.digitize(score, [-0.7, 0.4])]),
            "delay": pa.array(score * 20),
        }
    )
