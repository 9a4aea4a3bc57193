"""What a job tells MLflow, against a real HTTP server that can fail."""

import json

import pytest

from conftest import RUN_ID, TrackingServer
from matih_training.failure import FailureCode, JobFailure
from matih_training.tracking import Metric, MetricStream, TrackedRun, Tracking


def run_of(server: TrackingServer, *, patience: float = 30.0) -> tuple[TrackedRun, list[float]]:
    waits: list[float] = []
    tracking = Tracking(server.uri, "secret", "team-a")
    return TrackedRun(tracking, RUN_ID, patience=patience, wait=waits.append, clock=lambda: sum(waits)), waits


def test_shows_who_it_is(tracking_server: TrackingServer) -> None:
    run, _ = run_of(tracking_server)

    assert run.artifact_path() == f"workspaces/default/1/{RUN_ID}/artifacts"
    assert tracking_server.headers[0]["Authorization"] == "Bearer secret"
    assert tracking_server.headers[0]["X-MLFLOW-WORKSPACE"] == "team-a"


def test_keeps_to_the_limits_of_a_batch(tracking_server: TrackingServer) -> None:
    run, _ = run_of(tracking_server)

    run.log_metrics([Metric("auc", 0.5, step, 1) for step in range(1100)])
    run.log_params({f"p{number}": "x" * 9000 for number in range(130)})

    batches = tracking_server.batches()
    assert [len(batch.get("metrics", [])) for batch in batches] == [500, 500, 100, 0, 0]
    assert [len(batch.get("params", [])) for batch in batches] == [0, 0, 0, 100, 30]
    assert all(len(entry["value"]) == 500 for entry in batches[3]["params"])
    assert batches[0]["metrics"][1] == {"key": "auc", "value": 0.5, "step": 1, "timestamp": 1}


def test_escapes_the_path_of_an_artifact(tracking_server: TrackingServer) -> None:
    run, _ = run_of(tracking_server)

    run.upload("1/run/artifacts/model/ä b#?.json", b"{}")

    method, path, content = tracking_server.calls[0]
    assert (method, content) == ("PUT", b"{}")
    assert path == "/api/2.0/mlflow-artifacts/artifacts/1/run/artifacts/model/%C3%A4%20b%23%3F.json"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_tries_again_while_mlflow_is_away(tracking_server: TrackingServer, status: int) -> None:
    tracking_server.answers = [status, status, status]
    run, waits = run_of(tracking_server)

    run.log_params({"a": 1})

    assert waits == [0.2, 0.4, 0.8]
    assert len(tracking_server.calls) == 4


def test_gives_up_after_its_patience(tracking_server: TrackingServer) -> None:
    tracking_server.close()
    run, waits = run_of(tracking_server, patience=10.0)

    with pytest.raises(JobFailure) as caught:
        run.log_params({"a": 1})

    assert caught.value.code == FailureCode.TRACKING_UNAVAILABLE
    assert sum(waits) <= 10.0


@pytest.mark.parametrize("status", [401, 403, 404, 409])
def test_is_superseded_when_its_writes_are_refused(tracking_server: TrackingServer, status: int) -> None:
    tracking_server.answers = [status]
    run, waits = run_of(tracking_server)

    with pytest.raises(JobFailure) as caught:
        run.log_params({"a": 1})

    assert caught.value.code == FailureCode.SUPERSEDED
    assert waits == []


def test_does_not_repeat_a_call_that_is_wrong(tracking_server: TrackingServer) -> None:
    tracking_server.answers = [400]
    run, _ = run_of(tracking_server)

    with pytest.raises(JobFailure) as caught:
        run.log_metrics([Metric("auc", 0.5, 1, 1)])

    assert caught.value.code == FailureCode.TRACKING_UNAVAILABLE
    assert len(tracking_server.calls) == 1


def test_lets_params_stay_that_someone_else_has_logged(tracking_server: TrackingServer) -> None:
    tracking_server.answers = [400]
    run, _ = run_of(tracking_server)

    run.log_params({f"p{number}": number for number in range(130)})

    assert len(tracking_server.batches()) == 2


def test_tells_what_was_learned_from_as_mlflows_clients_do(tracking_server: TrackingServer) -> None:
    run, _ = run_of(tracking_server)

    run.log_dataset("flights", "ab" * 32, "s3://datasets/acme/flights/x.parquet", "training")
    run.log_tags({"mlflow.source.type": "JOB"})

    (method, path, content), (_, _, tags) = tracking_server.calls
    (entry,) = json.loads(content)["datasets"]
    assert (method, path) == ("POST", "/api/2.0/mlflow/runs/log-inputs")
    assert entry["tags"] == [{"key": "mlflow.data.context", "value": "training"}]
    assert entry["dataset"] == {
        "name": "flights",
        "digest": "ab" * 18,
        "source_type": "s3",
        "source": '{"uri": "s3://datasets/acme/flights/x.parquet"}',
    }
    assert json.loads(tags)["tags"] == [{"key": "mlflow.source.type", "value": "JOB"}]


def test_a_name_that_mlflow_does_not_take_ends_nothing(tracking_server: TrackingServer) -> None:
    tracking_server.answers = [400, 400, 400]
    run, _ = run_of(tracking_server)

    run.log_dataset("x", "ab", "folder/x.parquet", "training")

    assert len(tracking_server.calls) == 3


def test_two_runs_may_name_a_new_data_set_at_the_same_moment(tracking_server: TrackingServer) -> None:
    tracking_server.answers = [400]
    run, _ = run_of(tracking_server)

    run.log_dataset("x", "ab", "folder/x.parquet", "training")

    assert len(tracking_server.calls) == 2


def test_a_stream_delivers_everything_before_it_closes(tracking_server: TrackingServer) -> None:
    run, _ = run_of(tracking_server)
    stream = MetricStream(run)
    for step in range(1, 31):
        stream.log({"train-auc": step / 100, "test-auc": float("nan")}, step)

    assert stream.close() is None
    sent = [metric for batch in tracking_server.batches() for metric in batch["metrics"]]
    assert [metric["step"] for metric in sent] == list(range(1, 31))
    assert {metric["key"] for metric in sent} == {"train-auc"}


def test_a_stream_tells_that_it_was_refused(tracking_server: TrackingServer) -> None:
    tracking_server.answers = [409]
    run, _ = run_of(tracking_server)
    stream = MetricStream(run)
    stream.log({"auc": 0.5}, 1)
    failure = stream.close()

    assert failure is not None
    assert failure.code == FailureCode.SUPERSEDED
    assert stream.refused


@pytest.mark.parametrize("uri", ["", "file:///tmp/runs", "sqlite:///x.db"])
def test_needs_an_http_address(uri: str) -> None:
    with pytest.raises(JobFailure):
        Tracking.from_environment({"MLFLOW_TRACKING_URI": uri})


def test_reads_the_environment() -> None:
    environment = {"MLFLOW_TRACKING_URI": "http://door:8000/", "MLFLOW_TRACKING_TOKEN": "t", "MLFLOW_WORKSPACE": ""}

    assert Tracking.from_environment(environment) == Tracking("http://door:8000", "t", None)
