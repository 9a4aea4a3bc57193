"""Jobs of one worker train in the driver, as a process of their own: what its death, its end and its failure mean."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matih_features
import pytest

import matih_training
from conftest import TrackingServer
from matih_training.storage import Folder
from matih_training.supervision import SETTING

_PATIENCE = 120.0
_PROGRAM = [sys.executable, "-m", "matih_training"]


@pytest.fixture
def started(specification_document: dict[str, Any], tracking_server: TrackingServer, tmp_path: Path) -> Callable[..., Any]:
    """Starts the program as Ray does."""

    def start(**changes: Any) -> "subprocess.Popen[bytes]":
        document = specification_document | {"resources": {"num_workers": 1}, "max_failures": 2} | changes
        environment = os.environ | {
            "MATIH_JOB": json.dumps(document),
            "MLFLOW_TRACKING_URI": tracking_server.uri,
            "PYTHONPATH": os.pathsep.join(str(Path(code.__file__).parent.parent) for code in (matih_training, matih_features)),
            SETTING: "1",
        }
        log = (tmp_path / "log.txt").open("wb")
        return subprocess.Popen(
            [sys.executable, "-m", "matih_training"],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    return start


def child_of(process: "subprocess.Popen[bytes]", but: int | None = None) -> int:
    return wait_for(lambda: next((pid for pid in children(process.pid) if pid != but), None), process)


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for(condition: Callable[[], Any], process: "subprocess.Popen[bytes]") -> Any:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        assert process.poll() is None, "the job has ended"
        time.sleep(0.01)
    pytest.fail(f"not within {_PATIENCE} seconds")


def test_a_killed_process_goes_on_from_its_checkpoint(started: Callable[..., Any], tmp_path: Path) -> None:
    rounds = {"num_boost_round": 400, "max_depth": 3}
    output, undisturbed = Folder(str(tmp_path / "out")), str(tmp_path / "undisturbed")
    assert started(hyperparameters=rounds, output_uri=undisturbed).wait(_PATIENCE) == 0

    process = started(hyperparameters=rounds)
    first = child_of(process)
    wait_for(lambda: output.child("train").folders(), process)
    os.kill(first, signal.SIGKILL)
    child_of(process, first)

    assert process.wait(_PATIENCE) == 0
    expected = json.loads((tmp_path / "undisturbed/result.json").read_text())
    result = json.loads((tmp_path / "out/result.json").read_text())
    assert result["metrics"] == pytest.approx(expected["metrics"], rel=1e-6)
    assert result["files"]["model.onnx"] == expected["files"]["model.onnx"]
    assert len(output.child("train").folders()) == 2
    assert output.folders() == ["train"]
    assert "ended by SIGKILL; it may be started 2 more times" in (tmp_path / "log.txt").read_text()


def test_one_that_is_killed_too_often_says_so(started: Callable[..., Any], tmp_path: Path) -> None:
    process = started(max_failures=0, hyperparameters={"num_boost_round": 2000})
    os.kill(child_of(process), signal.SIGKILL)

    assert process.wait(_PATIENCE) == 1
    failure = json.loads((tmp_path / "out/failure.json").read_text())
    assert failure["code"] == "training_failed"
    assert "SIGKILL" in failure["message"]
    assert "memory" in failure["message"]


def test_an_end_that_was_asked_for_is_one(started: Callable[..., Any], tmp_path: Path) -> None:
    process = started(hyperparameters={"num_boost_round": 2000})
    os.kill(child_of(process), signal.SIGTERM)

    assert process.wait(_PATIENCE) == 128 + signal.SIGTERM
    assert "more times" not in (tmp_path / "log.txt").read_text()


def test_a_failure_of_the_job_is_not_tried_again(started: Callable[..., Any], tmp_path: Path) -> None:
    assert started(target_column="nothing").wait(_PATIENCE) == 1

    assert json.loads((tmp_path / "out/failure.json").read_text())["code"] != "internal_error"
    assert "more times" not in (tmp_path / "log.txt").read_text()
