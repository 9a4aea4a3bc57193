"""One trial without a cluster around it: what it trains, what it tells, and what it leaves in the ledger."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_job import prepared

from conftest import TrackingServer
from matih_training import algorithms
from matih_training.evaluation import evaluate
from matih_training.metrics import names_of
from matih_training.specification import JobSpecification
from matih_training.storage import Folder
from matih_training.supervision import SETTING
from matih_training.train import target_unit, train
from matih_training.tuning import trainable
from matih_training.tuning.early_stopping import Asha
from matih_training.tuning.sweep import plan_trials
from matih_training.tuning.trainable import Reports, TrialsPlan, run_trial
from matih_training.tuning.trial import Ledger, Trial, TrialStatus

Document = dict[str, Any]


class Stopped(BaseException):
    """What Ray Tune does to a trial that it ends."""


class OneTrial:
    """A search of the small table, with its first trial in the ledger."""

    def __init__(self, document: Document, tmp_path: Path, parameters: Document, **asked: Any) -> None:
        tuning = {
            "search": "random",
            "metric": "logloss",
            "max_trials": 1,
            "max_concurrent_trials": 1,
            "seed": 1,
            "parameter_space": {name: {"type": "choice", "values": [value]} for name, value in parameters.items()},
            "uri": str(tmp_path / "sweep"),
        } | asked
        self.document = document | {"tuning": tuning, "checkpoints": {"frequency": 2}}
        self.specification = JobSpecification.from_json(json.dumps(self.document))
        _, self.parts = prepared(self.document)
        assert self.specification.tuning is not None
        unit = target_unit(self.specification, self.parts)
        self.plan: TrialsPlan = plan_trials(self.specification, self.specification.tuning, self.parts, unit)
        self.ledger = Ledger(Folder(self.plan.ledger_uri))
        self.ledger.write(Trial(0, parameters, "run-of-trial", "parent", str(tmp_path / "out/trials/0000")))

    def read(self) -> Trial:
        found = self.ledger.read(0)
        assert found is not None
        return found

    def plain(self, parameters: Document) -> dict[str, float]:
        """The metrics of a job with these hyperparameters."""
        hyperparameters = algorithms.entry(self.specification.algorithm).resolve(
            self.specification.task,
            len(self.parts.rows.classes),
            {**self.specification.hyperparameters, **parameters},
            algorithms.get(self.specification.algorithm).defaults(len(self.parts.train), len(self.parts.rows.classes)),
        )
        return evaluate(train(self.specification, self.parts, hyperparameters)).metrics


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, tracking_server: TrackingServer) -> list[Document]:
    """What the trial tells the driver."""
    reports: list[Document] = []
    monkeypatch.setattr(Reports, "_send", lambda _, report: reports.append(report))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_server.uri)
    monkeypatch.setenv(SETTING, "1")
    return reports


@pytest.mark.parametrize(
    ("changes", "parameters", "metric"),
    [
        ({}, {"max_depth": 3, "num_boost_round": 12}, "auc"),
        ({}, {"max_depth": 3, "num_boost_round": 12}, "f1"),
        ({"target_column": "verdict"}, {"num_boost_round": 7}, "logloss"),
        ({"target_column": "verdict"}, {"num_boost_round": 7}, "f1_macro"),
        ({"target_column": "delay", "task": "regression"}, {"num_boost_round": 7, "gamma": 0.5}, "mae"),
        ({"target_column": "tiny", "task": "regression"}, {"num_boost_round": 7, "gamma": 1e-15}, "rmse"),
        ({"algorithm": "random_forest", "target_column": "verdict"}, {"n_estimators": 12}, "accuracy"),
        ({"algorithm": "random_forest", "target_column": "delay", "task": "regression"}, {"n_estimators": 12}, "r2"),
        ({"algorithm": "lightgbm"}, {"num_leaves": 7, "num_boost_round": 8}, "auc"),
        ({"algorithm": "lightgbm", "target_column": "delay", "task": "regression"}, {"num_boost_round": 7}, "mae"),
        ({"algorithm": "hist_gradient_boosting", "target_column": "verdict"}, {"max_iter": 20}, "f1_macro"),
        ({"algorithm": "logistic_regression"}, {"C": 0.1}, "auc"),
        ({"algorithm": "ridge", "target_column": "delay", "task": "regression"}, {"alpha": 3.0}, "rmse"),
    ],
)
def test_a_trial_is_what_a_job_is(
    sent: list[Document], specification_document: Document, tmp_path: Path, changes: Document, parameters: Document, metric: str
) -> None:
    if changes.get("target_column") == "tiny":
        make_tiny(Path(specification_document["dataset"]["uri"]))
    one = OneTrial(specification_document | changes, tmp_path, parameters, metric=metric)

    run_trial({"trial": 0}, one.plan)

    trial = one.read()
    assert trial.status == TrialStatus.SUCCEEDED, trial.reason
    assert dict(trial.metrics) == one.plain(parameters)
    assert tuple(trial.metrics) == names_of(len(one.parts.rows.classes))
    assert trial.value == trial.metrics[metric]
    assert (trial.iteration, trial.iterations) == (len(trial.curve), one.plan.iterations(parameters))
    # The last point is that of the evaluation; the libraries chart with the same numbers.
    assert trial.curve[-1] == (trial.iterations, trial.value)
    assert sent[-1]["ended"] is True


@pytest.mark.usefixtures("sent")
def test_a_trial_may_end_itself_early(specification_document: Document, tmp_path: Path) -> None:
    fixed = {"hyperparameters": {"early_stopping_rounds": 3}}
    one = OneTrial(specification_document | fixed, tmp_path, {"num_boost_round": 300, "learning_rate": 0.9}, metric="auc")

    run_trial({"trial": 0}, one.plan)

    trial = one.read()
    assert trial.status == TrialStatus.SUCCEEDED, trial.reason
    assert dict(trial.metrics) == one.plain({"num_boost_round": 300, "learning_rate": 0.9})
    assert len(trial.curve) < 300


def make_tiny(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    pq.write_table(table.append_column("tiny", pa.array([value.as_py() * 1e-9 for value in table["delay"]])), path)


@pytest.mark.usefixtures("sent")
def test_folds_are_judged_one_by_one(specification_document: Document, tmp_path: Path, tracking_server: TrackingServer) -> None:
    one = OneTrial(specification_document, tmp_path, {"num_boost_round": 9}, folds=4, scheduler={"type": "asha"})

    run_trial({"trial": 0}, one.plan)

    trial = one.read()
    assert (trial.status, trial.iteration, trial.iterations) == (TrialStatus.SUCCEEDED, 4, 4)
    folds = [
        metric["value"]
        for batch in tracking_server.batches()
        for metric in batch.get("metrics", [])
        if metric["key"] == "fold.logloss"
    ]
    assert len(folds) == 4
    assert trial.value == pytest.approx(sum(folds) / 4)
    assert trial.deviation is not None
    assert trial.deviation > 0
    assert [point[0] for point in trial.curve] == [1, 2, 3, 4]
    assert trial.curve[1][1] == pytest.approx(sum(folds[:2]) / 2)
    assert {batch["run_id"] for batch in tracking_server.batches()} == {"run-of-trial"}


def test_a_trial_waits_for_the_scheduler_at_its_rungs_only(
    sent: list[Document], specification_document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainable, "_SECONDS_BETWEEN_REPORTS", float("inf"))
    one = OneTrial(specification_document, tmp_path, {"num_boost_round": 12}, scheduler={"type": "asha", "grace_period": 3})
    assert one.plan.early_stopping == Asha(3, 3)

    run_trial({"trial": 0}, one.plan)

    assert [report["iteration"] for report in sent if "objective" in report] == [3, 9, 12]
    # It says once that it lives.
    assert [report["number"] for report in sent if "objective" not in report] == [1]


def test_a_trial_goes_on_from_the_checkpoint_of_an_earlier_life(
    sent: list[Document], specification_document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = OneTrial(specification_document, tmp_path, {"num_boost_round": 12}, scheduler={"type": "median"})

    def ends(_: Any, report: Document) -> None:
        if report.get("number") == 7:
            raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(Reports, "_send", ends)
        with pytest.raises(Stopped):
            run_trial({"trial": 0}, one.plan)
    assert one.read().status == TrialStatus.PENDING
    # As another attempt finds it: it has a folder of its own.
    before = one.read()
    one.ledger.write(replace(before, folder=before.folder.replace("out", "out2"), earlier_folders=(before.folder,)))
    sent.clear()

    run_trial({"trial": 0}, one.plan)

    assert min(report["number"] for report in sent if "number" in report) == 7
    assert dict(one.read().metrics) == pytest.approx(one.plain({"num_boost_round": 12}), rel=1e-6)


def test_an_attempt_that_is_over_ends_the_job_and_leaves_the_ledger(
    sent: list[Document], specification_document: Document, tmp_path: Path, tracking_server: TrackingServer
) -> None:
    one = OneTrial(specification_document, tmp_path, {"num_boost_round": 12})
    tracking_server.refuse_metrics_from_step = 3

    run_trial({"trial": 0}, one.plan)

    assert sent[-1]["job_failure"][0] == "superseded"
    assert one.read().status == TrialStatus.PENDING


def test_one_that_fails_says_why_and_harms_no_other(
    sent: list[Document], specification_document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = OneTrial(specification_document, tmp_path, {"num_boost_round": 12})

    def broken(*_: Any) -> Any:
        raise RuntimeError("row 7 holds a secret")

    monkeypatch.setattr(trainable, "_of_held_out", broken)
    run_trial({"trial": 0}, one.plan)

    trial = one.read()
    assert trial.status == TrialStatus.FAILED
    assert trial.reason == "the training failed: RuntimeError; the job's log has the details"
    assert sent == [{"ended": True}]
