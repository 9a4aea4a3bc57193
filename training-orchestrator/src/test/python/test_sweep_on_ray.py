"""Whole searches on a real Ray cluster and a real MLflow server; see `test_end_to_end`."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import requests
from test_end_to_end import Cluster, Work, base, check_bundle, cluster, mlflow_url, wait_for  # noqa: F401  (fixtures)

from conftest import small_table
from matih_training.storage import Folder

pytestmark = pytest.mark.ray


def tuning(base: str, **changes: Any) -> dict[str, Any]:  # noqa: F811
    return {
        "search": "random",
        "metric": "auc",
        "max_trials": 4,
        "max_concurrent_trials": 2,
        "seed": 7,
        "parameter_space": {
            "max_depth": {"type": "randint", "lower": 2, "upper": 6},
            "learning_rate": {"type": "loguniform", "lower": 0.01, "upper": 0.5},
        },
        "uri": f"{base}/sweep",
    } | changes


def search(base: str, url: str, rows: int = 2_000, rounds: int = 20, changes: Any = None, **asked: Any) -> Work:  # noqa: F811
    return Work.on(
        base,
        url,
        small_table(rows),
        hyperparameters={"num_boost_round": rounds},
        resources={"num_workers": 1, "cpus_per_worker": 0.5},
        tuning=tuning(base, **asked),
        max_failures=2,
        **(changes or {}),
    )


def leaderboard(base: str) -> Any:  # noqa: F811
    content = Folder(f"{base}/sweep").read("trials.json")
    return None if content is None else json.loads(content)


def children(work: Work) -> dict[str, Any]:
    """The runs below the job's, by id."""
    body = {"experiment_ids": ["0"], "filter": f"tags.`mlflow.parentRunId` = '{work.run_id}'", "max_results": 100}
    answer = requests.post(f"{work.mlflow_url}/api/2.0/mlflow/runs/search", json=body, timeout=60).json()
    return {run["info"]["run_id"]: run for run in answer.get("runs", [])}


def values(run: Any, what: str) -> dict[str, Any]:
    return {entry["key"]: entry["value"] for entry in run["data"].get(what, [])}


def test_the_best_trial_becomes_the_model(cluster: Cluster, mlflow_url: str, base: str) -> None:  # noqa: F811
    work = search(base, mlflow_url)

    assert cluster.finished(cluster.submit(work.document, mlflow_url)) == "SUCCEEDED"

    result = check_bundle(work, small_table(20))
    board = leaderboard(base)
    assert [trial["status"] for trial in board["trials"]] == ["succeeded"] * 4
    assert [trial["rank"] for trial in board["trials"]] == [1, 2, 3, 4]
    best = board["trials"][0]
    assert result["metrics"]["auc"] == best["value"] == max(trial["value"] for trial in board["trials"])
    runs = children(work)
    assert runs.keys() == {trial["run_id"] for trial in board["trials"]}
    for trial in board["trials"]:
        run = runs[trial["run_id"]]
        assert run["info"]["status"] == "FINISHED"
        assert values(run, "metrics")["eval.auc"] == pytest.approx(trial["value"])
        assert values(run, "params")["max_depth"] == str(trial["parameters"]["max_depth"])
    assert "sweep.json" in result["files"]


def driver_of(job: str, but: int | None = None) -> int | None:
    """The process that searches, not the one that waits for it."""
    for process in Path("/proc").iterdir():
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if f'"job_id": "{job}"'.encode() in environment and b"MATIH_CHILD=1" in environment and int(process.name) != but:
            return int(process.name)
    return None


def ended(base: str) -> dict[int, str]:  # noqa: F811
    """When each trial ended that has ended."""
    trials = (leaderboard(base) or {}).get("trials", [])
    return {trial["trial"]: trial["ended_at"] for trial in trials if trial["ended_at"]}


def test_a_killed_driver_is_followed_by_one_that_runs_no_ended_trial_again(
    cluster: Cluster,  # noqa: F811
    mlflow_url: str,  # noqa: F811
    base: str,  # noqa: F811
) -> None:
    work = search(base, mlflow_url, rounds=150, search="bayesian", max_trials=6)
    job = cluster.submit(work.document, mlflow_url)
    wait_for(lambda: len(ended(base)) >= 2, 120)
    driver = wait_for(lambda: driver_of(work.document["job_id"]), 10)
    os.kill(driver, signal.SIGKILL)
    before = ended(base)
    wait_for(lambda: driver_of(work.document["job_id"], driver), 60)

    assert cluster.finished(job) == "SUCCEEDED"

    after = ended(base)
    assert len(after) == 6
    assert before.items() <= after.items()
    check_runs(work, base)


def check_runs(work: Work, base: str) -> None:  # noqa: F811
    """Each trial has finished its run. One more may be there, made when its driver died: the orchestrator ends it."""
    runs = children(work)
    own = {trial["run_id"] for trial in leaderboard(base)["trials"]}
    assert {runs[run]["info"]["status"] for run in own} == {"FINISHED"}
    lost = [run for name, run in runs.items() if name not in own]
    assert len(lost) <= 1
    assert not any(values(run, "params") for run in lost)


def test_another_attempt_goes_on_with_the_search(cluster: Cluster, mlflow_url: str, base: str) -> None:  # noqa: F811
    work = search(base, mlflow_url, rounds=150)
    first = cluster.submit(work.document, mlflow_url)
    wait_for(lambda: ended(base), 120)
    cluster.stop(first)
    assert cluster.finished(first) == "STOPPED"
    before = ended(base)
    assert len(before) < 4

    earlier = work.document["output_uri"]
    work.document |= {"attempt": 2, "output_uri": earlier.removesuffix("a1") + "a2", "resume_from": earlier}
    assert cluster.finished(cluster.submit(work.document, mlflow_url)) == "SUCCEEDED"

    assert before.items() <= ended(base).items()
    check_runs(work, base)
    check_bundle(work, small_table(20))


def test_an_early_stopped_search_finds_what_a_plain_job_makes(cluster: Cluster, mlflow_url: str, base: str) -> None:  # noqa: F811
    work = search(base, mlflow_url, rounds=27, max_trials=8, metric="brier", scheduler={"type": "asha", "grace_period": 3})
    assert cluster.finished(cluster.submit(work.document, mlflow_url)) == "SUCCEEDED"

    trials = leaderboard(base)["trials"]
    stopped = [trial for trial in trials if trial["status"] == "stopped"]
    assert stopped
    assert all(trial["iteration"] in (3, 9) and "asha" in trial["reason"] for trial in stopped)
    runs = children(work)
    assert all(runs[trial["run_id"]]["info"]["status"] == "KILLED" for trial in stopped)
    best = trials[0]
    assert best["status"] == "succeeded"
    assert best["best_value"] <= best["value"]

    plain = Work.on(
        base,
        mlflow_url,
        small_table(2_000),
        hyperparameters={"num_boost_round": 27} | best["parameters"],
        resources=work.document["resources"],
    )
    assert cluster.finished(cluster.submit(plain.document, mlflow_url)) == "SUCCEEDED"
    found, made = work.output("result.json"), plain.output("result.json")
    assert found["metrics"] == made["metrics"]
    assert found["files"]["model.onnx"] == made["files"]["model.onnx"]


def test_folds_choose_and_the_budget_ends(cluster: Cluster, mlflow_url: str, base: str) -> None:  # noqa: F811
    work = search(base, mlflow_url, folds=3, max_trials=1000, max_concurrent_trials=1, budget={"wall_seconds": 20.0})

    assert cluster.finished(cluster.submit(work.document, mlflow_url)) == "SUCCEEDED"

    board = leaderboard(base)
    assert board["ended"] == "the budget of 20 wall seconds is used up"
    assert 1 <= len(board["trials"]) < 1000
    best = board["trials"][0]
    assert best["iterations"] == 3
    assert values(children(work)[best["run_id"]], "metrics")["cv.auc"] == pytest.approx(best["value"])
    result = check_bundle(work, small_table(20))
    assert not [warning for warning in result["warnings"] if warning["code"] == "chosen_by_held_out_rows"]
    assert set(work.steps("test-auc")) == set(range(1, 21))


def test_a_killed_trial_goes_on_from_its_checkpoint(cluster: Cluster, mlflow_url: str, base: str) -> None:  # noqa: F811
    work = search(
        base,
        mlflow_url,
        rows=20_000,
        rounds=300,
        max_trials=1,
        max_concurrent_trials=1,
        parameter_space={"max_depth": {"type": "choice", "values": [8]}},
    )
    job = cluster.submit(work.document, mlflow_url)
    wait_for(lambda: any(trial["iteration"] >= 20 for trial in (leaderboard(base) or {"trials": []})["trials"]), 120)
    os.kill(trial_process(cluster, job), signal.SIGKILL)

    assert cluster.finished(job) == "SUCCEEDED"

    trial = leaderboard(base)["trials"][0]
    assert (trial["status"], trial["iteration"]) == ("succeeded", 300)
    (run,) = children(work)
    address = f"{mlflow_url}/api/2.0/mlflow/metrics/get-history"
    answer = requests.get(address, params={"run_id": run, "metric_key": "test-auc", "max_results": 25_000}, timeout=60).json()
    steps = [point["step"] for point in answer["metrics"]]
    # Only what the process had yet to send is missing; from the checkpoint on, some points are there twice.
    assert max(steps) == 300
    assert steps.count(1) == 1
    assert 250 < len(steps) < 330


def trial_process(cluster: Cluster, job: str) -> int:  # noqa: F811
    """The process of the only trial that runs."""
    driver = cluster.get(f"/api/jobs/{job}")["job_id"]
    actors = cluster.get("/api/v0/actors", detail=1, limit=1000)["data"]["result"]["result"]
    (pid,) = [actor["pid"] for actor in actors if actor["job_id"] == driver and actor["state"] == "ALIVE" and actor["pid"]]
    return int(pid)
