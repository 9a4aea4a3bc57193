"""One trial in its own process: what Ray Tune calls there.

It trains as a job of one worker does, with the same seed, so its numbers are those of a job with these hyperparameters.
The end of a trial is written into the ledger here, before the driver hears of it.
"""

import os
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matih_training import algorithms, checkpoints, one_process
from matih_training.algorithm import Scorer
from matih_training.dataset import digest_of
from matih_training.failure import FailureCode, JobFailure
from matih_training.metrics import metrics_of
from matih_training.one_process import OneProcess
from matih_training.progress import Phase, Watcher, timestamp
from matih_training.shards import read_whole
from matih_training.storage import Folder
from matih_training.tracking import Metric, TrackedRun, Tracking
from matih_training.tuning.early_stopping import ITERATION, OBJECTIVE, EarlyStopping
from matih_training.tuning.trial import Ledger, Trial, TrialStatus
from matih_training.worker import TrainingPlan

# Reports for people, beside those that a scheduler waits for.
_SECONDS_BETWEEN_REPORTS = 1.0
# These say nothing about the trial; the whole job ends with them.
_ENDS_THE_JOB = frozenset({FailureCode.SUPERSEDED, FailureCode.TRACKING_UNAVAILABLE, FailureCode.STORAGE_UNAVAILABLE})


@dataclass(frozen=True)
class TrialsPlan:
    """What the driver tells every trial.

    `template` is the plan of a job without hyperparameters. `fixed` are those that are not searched, `of_rows` those that
    follow from the rows. `fold_uris` are the parts of each fold; without any, the held-out rows judge.
    """

    template: TrainingPlan
    fixed: Mapping[str, Any]
    of_rows: Mapping[str, Any]
    metric: str
    early_stopping: EarlyStopping
    keep: int
    ledger_uri: str
    fold_uris: tuple[str, ...] = ()

    def hyperparameters(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The complete hyperparameters of a trial."""
        entry = algorithms.entry(self.template.algorithm)
        return entry.resolve(self.template.task, self.template.classes, {**self.fixed, **parameters}, self.of_rows)

    def of_trial(self, trial: Trial, fold: int | None = None) -> TrainingPlan:
        """The plan of one training of a trial."""
        hyperparameters = self.hyperparameters(trial.parameters)
        return replace(
            self.template,
            hyperparameters=hyperparameters,
            fingerprint=digest_of([self.template.fingerprint, hyperparameters, fold]),
            run_id=trial.run_id if fold is None else None,
            data_uri=self.template.data_uri if fold is None else self.fold_uris[fold],
            watched=self.metric if fold is None else None,
        )

    def iterations(self, parameters: Mapping[str, Any]) -> int:
        """How many iterations a trial has."""
        return len(self.fold_uris) or algorithms.get(self.template.algorithm).iterations(self.hyperparameters(parameters))


class TrialWorker(OneProcess):
    """The only worker of one training of a trial."""

    def __init__(self, plan: TrainingPlan, folder: Folder, keep: int, watcher: Watcher) -> None:
        super().__init__(plan, folder, keep)
        self._watcher = watcher

    def watcher(self, plan: TrainingPlan) -> Watcher:  # noqa: ARG002
        return self._watcher


class Nobody:
    """Watches nothing: the iterations of a fold are those of no model that is kept."""

    def report(self, phase: Phase, iteration: int = 0, total: int = 0, metrics: Mapping[str, float] | None = None) -> None:
        pass


class Reports:
    """Tells the driver how far the trial is; waits there for the scheduler's decision where it has one to make."""

    def __init__(self, plan: TrialsPlan) -> None:
        self._plan = plan
        self._reported_at = float("-inf")
        self._unreported: list[list[float]] = []

    def report(self, phase: Phase, iteration: int = 0, total: int = 0, metrics: Mapping[str, float] | None = None) -> None:
        value = (metrics or {}).get(f"test-{self._plan.metric}")
        if value is not None:
            self._unreported.append([iteration, value])
        # The last iteration's comes with the end of the trial.
        if phase is Phase.TRAINING and iteration < total:
            self.iteration(iteration, total, value)

    def iteration(self, number: int, total: int, value: float | None) -> None:
        due = value is not None and self._plan.early_stopping.due(number, total)
        if not due and time.monotonic() - self._reported_at < _SECONDS_BETWEEN_REPORTS:
            return
        self._reported_at = time.monotonic()
        self._send({"number": number, "total": total, "value": value} | ({OBJECTIVE: value, ITERATION: number} if due else {}))

    def fold(self, number: int, total: int, mean: float) -> None:
        """One more fold is done."""
        self._unreported.append([number, mean])
        if number < total:
            self.iteration(number, total, mean)

    def end(self, trial: Trial) -> None:
        """The trial has ended by itself."""
        objective = {OBJECTIVE: trial.value, ITERATION: trial.iterations} if trial.status == TrialStatus.SUCCEEDED else {}
        self._send({"ended": True} | objective)

    def job_ends(self, failure: JobFailure) -> None:
        """There is no point in going on with any trial."""
        self._send({"job_failure": [failure.code.value, failure.message]})

    def curve(self) -> list[list[float]]:
        return self._unreported

    def _send(self, report: dict[str, Any]) -> None:
        import ray.tune  # noqa: PLC0415

        ray.tune.report(report)


def run_trial(config: dict[str, Any], plan: TrialsPlan) -> None:
    """Runs the trial of a number to its end."""
    reports = Reports(plan)
    ledger = Ledger(Folder(plan.ledger_uri))
    try:
        trial = ledger.read(int(config["trial"]))
        if trial is None:
            raise JobFailure(FailureCode.STORAGE_UNAVAILABLE, "the ledger lost a trial")
        run = TrackedRun(Tracking.from_environment(os.environ), trial.run_id)
        started, started_at = time.monotonic(), timestamp()
        ended = _run(trial, run, plan, reports)
        ended = replace(ended, started_at=started_at, seconds=time.monotonic() - started)
        run.end("FINISHED" if ended.status == TrialStatus.SUCCEEDED else "FAILED")
        ledger.write(ended)
    except JobFailure as failure:
        reports.job_ends(failure)
        return
    reports.end(ended)


def _run(trial: Trial, run: TrackedRun, plan: TrialsPlan, reports: Reports) -> Trial:
    try:
        hyperparameters = plan.hyperparameters(trial.parameters)
        run.log_params({"algorithm": plan.template.algorithm, **hyperparameters})
        ended = _of_folds(trial, run, plan, reports) if plan.fold_uris else _of_held_out(trial, run, plan, reports)
    except JobFailure as failure:
        if failure.code in _ENDS_THE_JOB:
            raise
        return trial.ended(TrialStatus.FAILED, f"{failure.code}: {failure.message}")
    except Exception as error:  # noqa: BLE001  (one choice of parameters that fails is no reason to end the search)
        traceback.print_exc()
        return trial.ended(TrialStatus.FAILED, f"the training failed: {type(error).__name__}; the job's log has the details")
    if ended.value is None or not np.isfinite(ended.value):
        return ended.ended(TrialStatus.FAILED, f"the model has no {plan.metric}")
    return ended.ended(TrialStatus.SUCCEEDED)


def _of_held_out(trial: Trial, run: TrackedRun, plan: TrialsPlan, reports: Reports) -> Trial:
    training = plan.of_trial(trial)
    scorer = _trained(training, Folder(trial.folder), trial.earlier_folders, plan.keep, reports)
    metrics = _metrics(training, scorer)
    run.log_metrics([Metric(f"eval.{name}", value, 0, time.time_ns() // 1_000_000) for name, value in metrics.items()])
    return _with(trial, plan, reports, metrics, None)


def _of_folds(trial: Trial, run: TrackedRun, plan: TrialsPlan, reports: Reports) -> Trial:
    found: list[dict[str, float]] = []
    total = len(plan.fold_uris)
    for fold in range(total):
        name = f"fold-{fold}"
        earlier = [f"{folder}/{name}" for folder in trial.earlier_folders]
        training = plan.of_trial(trial, fold)
        metrics = _metrics(training, _trained(training, Folder(trial.folder).child(name), earlier, plan.keep, Nobody()))
        found.append(metrics)
        now = time.time_ns() // 1_000_000
        run.log_metrics([Metric(f"fold.{key}", value, fold + 1, now) for key, value in metrics.items()])
        reports.fold(fold + 1, total, float(np.mean([one[plan.metric] for one in found])))
    means = {key: float(np.mean([one[key] for one in found])) for key in found[0]}
    run.log_metrics([Metric(f"cv.{key}", value, 0, time.time_ns() // 1_000_000) for key, value in means.items()])
    return _with(trial, plan, reports, means, float(np.std([one[plan.metric] for one in found])))


def _with(trial: Trial, plan: TrialsPlan, reports: Reports, metrics: Mapping[str, float], deviation: float | None) -> Trial:
    total = plan.iterations(trial.parameters)
    curve = tuple((int(number), float(value)) for number, value in reports.curve() if number < total)
    value = metrics.get(plan.metric)
    return replace(
        trial,
        metrics=dict(metrics),
        value=value,
        deviation=deviation,
        iteration=total,
        iterations=total,
        curve=curve if value is None else (*curve, (total, value)),
    )


def _trained(plan: TrainingPlan, folder: Folder, earlier: Any, keep: int, watcher: Watcher) -> Scorer:
    resume = next((found for uri in earlier if (found := checkpoints.newest(Folder(uri), plan.fingerprint))), None)
    return one_process.fit(TrialWorker(replace(plan, resume_uri=resume), folder, keep, watcher))


def _metrics(plan: TrainingPlan, scorer: Scorer) -> dict[str, float]:
    """Those of the evaluation of a job: of all held-out rows, in the target's own unit."""
    test = read_whole(plan.data, "test")
    if plan.target_unit != 1.0:
        scorer = algorithms.get(plan.algorithm).multiplied(scorer, plan.target_unit)
        test = replace(test, target=(test.target.astype(np.float64) * plan.target_unit).astype(np.float32))
    scores = scorer.score(test.matrix, plan.classes)
    if not np.all(np.isfinite(scores)):
        raise JobFailure(FailureCode.TRAINING_FAILED, "the trained model answers some held-out rows with no number")
    return metrics_of(test.target, scores, plan.classes)
