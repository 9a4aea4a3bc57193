"""The search itself, in the driver: Ray Tune runs the trials that the search proposes, the ledger remembers them.

Whatever ends the driver, the next one reads the ledger first: what has ended is never run again, what had begun goes on
from its checkpoint with its parameters and its run, and the search goes on from what all of them have found. Ray Tune's
own snapshots are not used for that: what ended since the last one would be run again.
"""

import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from matih_training import algorithms
from matih_training.failure import FailureCode, JobFailure
from matih_training.metrics import names_of
from matih_training.preprocessing import EncodedParts
from matih_training.progress import Phase, Progress, timestamp
from matih_training.specification import JobSpecification
from matih_training.storage import Folder
from matih_training.tracking import Metric, TrackedRun
from matih_training.train import DATA, TrainedModel, plan_of, target_unit, write_parts
from matih_training.tuning.best_model import best_model
from matih_training.tuning.early_stopping import replay
from matih_training.tuning.folds import write_folds
from matih_training.tuning.leaderboard import Leaderboard, entries
from matih_training.tuning.request import Tuning
from matih_training.tuning.search import SEARCHES
from matih_training.tuning.trainable import TrialsPlan, run_trial
from matih_training.tuning.trial import TRIALS, Ledger, Trial, TrialStatus, best_of
from matih_training.tuning.usage import Usage
from matih_training.weights import check_class_weight

_TUNE = "tune"
# Without a single success, the next trials would most likely fail as well.
_MOST_FAILURES = 10
_SETTINGS = {
    # Every file of Tune would be one more of the store, and nobody reads them.
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    # Most reports only say that a trial lives.
    "TUNE_DISABLE_STRICT_METRIC_CHECKING": "1",
    # The ledger is what a restart goes on from.
    "TUNE_GLOBAL_CHECKPOINT_S": "86400",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",
    "TUNE_FORCE_TRIAL_CLEANUP_S": "10",
    # The other one draws boxes into the job's log.
    "RAY_AIR_NEW_OUTPUT": "0",
}


@dataclass(frozen=True)
class SweepResult:
    """The model of the best trial, its complete hyperparameters, and the record of the search for the bundle."""

    trained: TrainedModel
    hyperparameters: Mapping[str, Any]
    evidence: Mapping[str, Any]


class Sweep:
    """All trials as the driver sees them. Ray Tune calls it from one thread."""

    def __init__(
        self, specification: JobSpecification, tuning: Tuning, plan: TrialsPlan, run: TrackedRun, progress: Progress
    ) -> None:
        self._specification = specification
        self.tuning = tuning
        self.plan = plan
        self._run = run
        self._progress = progress
        self._ledger = Ledger(Folder(plan.ledger_uri))
        self._leaderboard = Leaderboard(Folder(tuning.uri), tuning)
        self._search = SEARCHES[tuning.search](tuning.space, tuning.seed, tuning.max_trials, tuning.larger_is_better)
        self.trials: dict[int, Trial] = {}
        self._to_go_on: list[int] = []
        self.failure: JobFailure | None = None
        self.ended: str | None = None
        self._usage = Usage(tuning.budget, 0, 0, {})

    def recover(self) -> None:
        """Takes over what earlier lives of the sweep have done."""
        resources = self._specification.resources
        self._usage = Usage(self.tuning.budget, resources.cpus_per_worker, resources.gpus_per_worker, self._leaderboard.earlier())
        self.trials = {trial.number: trial for trial in self._ledger.all()}
        self._to_go_on = [trial.number for trial in self.trials.values() if not trial.status.is_end]
        if self.trials:
            finished = len(self.trials) - len(self._to_go_on)
            print(f"the sweep goes on: {finished} trials have ended, {len(self._to_go_on)} had begun", flush=True)
        self.show(at_once=True)

    @property
    def unfinished(self) -> int:
        """Trials that are still to be run, known ones and new ones."""
        return self.tuning.max_trials - sum(trial.status.is_end for trial in self.trials.values())

    def next(self) -> int | None:
        """The number of the next trial, which is in the ledger by then; None when there are no more."""
        if self._to_go_on:
            number = self._to_go_on.pop(0)
            trial = self._moved_here(self.trials[number])
        else:
            number = len(self.trials)
            if number >= self.tuning.max_trials or self.exhausted():
                return None
            parameters = self._search.propose(number, list(self.trials.values()))
            if parameters is None:
                return None
            trial = self._new(number, parameters)
        self._ledger.write(trial)
        self.trials[number] = trial
        self.show(at_once=True)
        return number

    def _new(self, number: int, parameters: dict[str, Any]) -> Trial:
        return Trial(
            number=number,
            parameters=parameters,
            run_id=self._new_run(number),
            parent_run_id=self._specification.run_id,
            folder=self._folder(number),
            iterations=self.plan.iterations(parameters),
        )

    def _new_run(self, number: int) -> str:
        experiment = self._specification.experiment_id
        if experiment is None:
            raise JobFailure(FailureCode.INVALID_SPECIFICATION, "'run.experiment_id' is needed for trials")
        # MLflow is asked before the ledger is written: it refuses an attempt that is not the current one any more.
        return self._run.start_child(experiment, f"trial {number}", {"trial": str(number)}).run_id

    def _moved_here(self, trial: Trial) -> Trial:
        """A trial of an earlier life, with its checkpoints; of another run of the job it gets a run of its own."""
        if trial.folder != self._folder(trial.number):
            trial = replace(trial, folder=self._folder(trial.number), earlier_folders=(trial.folder, *trial.earlier_folders))
        if trial.parent_run_id != self._specification.run_id:
            trial = replace(trial, run_id=self._new_run(trial.number), parent_run_id=self._specification.run_id)
        return replace(trial, status=TrialStatus.PENDING)

    def _folder(self, number: int) -> str:
        return f"{self._specification.output_uri}/{TRIALS}/{number:04d}"

    def started(self, number: int) -> None:
        self._usage.starts(number)
        trial = self.trials[number]
        self.trials[number] = replace(
            trial, status=TrialStatus.RUNNING, started_at=trial.started_at or timestamp(), seconds=trial.seconds
        )
        self.show(at_once=True)

    def reported(self, number: int, report: Mapping[str, Any]) -> None:
        """What a trial tells of itself."""
        if "job_failure" in report:
            code, message = report["job_failure"]
            self.failure = JobFailure(FailureCode(code), message)
        elif report.get("ended"):
            self._usage.ends(number)
            found = self._ledger.read(number)
            if found is not None:
                self._has_ended(replace(found, started_at=self.trials[number].started_at))
        elif "number" in report:
            self.trials[number] = self.trials[number].reached(int(report["number"]), int(report["total"]), report.get("value"))
            self.show(at_once=False)

    def stopped(self, number: int) -> None:
        """Tune has ended a trial; unless that was its own end, the scheduler did it."""
        trial = self.trials[number]
        if trial.status.is_end or self.failure is not None:
            return
        self._ends_early(trial, TrialStatus.STOPPED, self.tuning.early_stopping.why(trial))

    def died(self, number: int) -> None:
        """The process of a trial died too often."""
        trial = self.trials[number]
        if trial.status.is_end or self.failure is not None:
            return
        times = self._specification.max_failures + 1
        self._ends_early(trial, TrialStatus.FAILED, f"the trial's process ended {times} times; the job's log has the details")

    def exhausted(self) -> bool:
        """Whether nothing more may run."""
        self.ended = self.ended or self._usage.exhausted() or self._only_failures()
        return self.ended is not None or self.failure is not None

    def _only_failures(self) -> str | None:
        ended = self._ended()
        failed = [trial for trial in ended if trial.status == TrialStatus.FAILED]
        if len(failed) < _MOST_FAILURES or any(trial.status == TrialStatus.SUCCEEDED for trial in ended):
            return None
        return f"the first {len(failed)} trials that came to an end all failed"

    def close(self) -> None:
        """After the last trial: what the budget cut off is stopped for good."""
        if self.failure is not None:
            raise self.failure
        for trial in list(self.trials.values()):
            if trial.status.is_end:
                continue
            found = self._ledger.read(trial.number)
            if found is not None and found.status.is_end:
                # It came to its end while it was told to stop.
                self._has_ended(found)
            else:
                self._ends_early(trial, TrialStatus.STOPPED, self.ended or "the search has ended")
        self.ended = self.ended or "all trials have ended"
        self.show(at_once=True)

    @contextmanager
    def noting_failures(self) -> Iterator[None]:
        """Keeps what ends the job until Ray Tune has cleaned up."""
        try:
            yield
        except JobFailure as failure:
            self.failure = self.failure or failure

    def _ends_early(self, trial: Trial, status: TrialStatus, reason: str) -> None:
        ended = replace(trial.ended(status, reason), seconds=self._usage.ends(trial.number))
        self._run.other(trial.run_id).end("KILLED" if status == TrialStatus.STOPPED else "FAILED")
        self._ledger.write(ended)
        self._has_ended(ended)

    def _has_ended(self, trial: Trial) -> None:
        print(_told(trial, self.tuning.metric), flush=True)
        before = self.best()
        self.trials[trial.number] = trial
        best = self.best()
        if best is not None and best.number == trial.number and best.value is not None:
            now = time.time_ns() // 1_000_000
            self._run.log_metrics([Metric(f"best.{self.tuning.metric}", best.value, len(self._ended()), now)])
        self._remove_models(trial, before, best)
        self.show(at_once=True)

    def _remove_models(self, trial: Trial, before: Trial | None, best: Trial | None) -> None:
        """Only the model of the best trial is of use."""
        for loser in (trial, before):
            if loser is not None and (best is None or loser.number != best.number):
                for folder in (loser.folder, *loser.earlier_folders):
                    Folder(folder).remove()

    def _ended(self) -> list[Trial]:
        return [trial for trial in self.trials.values() if trial.status.is_end]

    def best(self) -> Trial | None:
        return best_of(list(self.trials.values()), larger_is_better=self.tuning.larger_is_better)

    def show(self, *, at_once: bool) -> None:
        """For people: the leaderboard, and the job's progress with the metrics of the best trial."""
        trials = list(self.trials.values())
        self._leaderboard.write(trials, self._usage.now(), at_once=at_once, ended=self.ended)
        best = self.best()
        metrics = {} if best is None else best.metrics
        self._progress.report(Phase.TUNING, len(self._ended()), self.tuning.max_trials, metrics)

    def evidence(self, best: Trial) -> dict[str, Any]:
        """The record of the search, for the files of the model."""
        tuning = self.tuning
        trials = list(self.trials.values())
        budget = {
            "wall_seconds": tuning.budget.wall_seconds,
            "cpu_seconds": tuning.budget.cpu_seconds,
            "gpu_seconds": tuning.budget.gpu_seconds,
        }
        return {
            "job_id": self._specification.job_id,
            "search": tuning.search,
            "metric": tuning.metric,
            "mode": "max" if tuning.larger_is_better else "min",
            "judged_on": "held_out_rows" if tuning.folds is None else f"{tuning.folds} folds",
            "seed": tuning.seed,
            "max_trials": tuning.max_trials,
            "budget": {name: limit for name, limit in budget.items() if limit is not None},
            "used": self._usage.now(),
            "ended": self.ended,
            "fixed": dict(self.plan.fixed),
            "best_trial": best.number,
            "importance": self._leaderboard.importance,
            "trials": entries(trials, larger_is_better=tuning.larger_is_better),
        }


def tune(specification: JobSpecification, parts: EncodedParts, run: TrackedRun, progress: Progress) -> SweepResult:
    """Searches to the end and answers the best model."""
    tuning = specification.tuning
    if tuning is None:
        raise ValueError("the job searches nothing")
    classes = len(parts.rows.classes)
    if tuning.metric not in names_of(classes):
        has = ", ".join(names_of(classes))
        raise JobFailure(
            FailureCode.INVALID_SPECIFICATION, f"this target has no {tuning.metric}; 'tuning.metric' must be one of {has}"
        )
    output = Folder(specification.output_uri)
    unit = target_unit(specification, parts)
    plan = plan_trials(specification, tuning, parts, unit)
    sweep = Sweep(specification, tuning, plan, run, progress)
    _connect()
    sweep.recover()
    _search(specification, sweep)
    sweep.close()
    best = sweep.best()
    if best is None:
        raise _nothing_found(list(sweep.trials.values()), sweep.ended)
    trained = best_model(specification, plan, best, parts, unit)
    output.child(DATA).remove()
    output.child(_TUNE).remove()
    return SweepResult(trained, plan.hyperparameters(best.parameters), sweep.evidence(best))


def plan_trials(specification: JobSpecification, tuning: Tuning, parts: EncodedParts, unit: float) -> TrialsPlan:
    algorithm = algorithms.get(specification.algorithm)
    check_class_weight(specification.hyperparameters, parts.rows.classes)
    data = Folder(specification.output_uri).child(DATA)
    write_parts(data, parts, unit, 1)
    template = plan_of(specification, parts, {}, data, unit)
    folds = (
        []
        if tuning.folds is None
        else write_folds(parts, algorithm, data, count=tuning.folds, seed=specification.split.seed, unit=unit)
    )
    # Other data, as a file of the tenant's that changed since the last attempt, begin a ledger of their own.
    name = template.fingerprint.removeprefix("sha256:")[:16]
    plan = TrialsPlan(
        template=template,
        fixed=specification.hyperparameters,
        of_rows=algorithm.defaults(len(parts.train), len(parts.rows.classes)),
        metric=tuning.metric,
        early_stopping=tuning.early_stopping,
        keep=1,
        ledger_uri=f"{tuning.uri}/{name}",
        fold_uris=tuple(folds),
    )
    # What does not fit the classes of the rows fails here and not in each trial.
    plan.hyperparameters({name: distribution.extremes()[0] for name, distribution in tuning.space.items()})
    return plan


def _connect() -> None:
    os.environ.update(_SETTINGS)
    # Ray takes seconds to import: bad input fails before.
    from matih_training import ray_train  # noqa: PLC0415

    ray_train.connect()
    # They tell of files that are not written on purpose.
    for name in ("ray.tune.tune", "ray.tune.analysis.experiment_analysis"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _search(specification: JobSpecification, sweep: Sweep) -> None:
    from ray import tune as ray_tune  # noqa: PLC0415

    from matih_training.tuning.ray_tune import Proposals, StopsWithTheBudget, Watch  # noqa: PLC0415

    if sweep.unfinished <= 0 or sweep.exhausted():
        return
    tuning, resources = sweep.tuning, specification.resources
    scheduler = tuning.early_stopping.scheduler(_longest(sweep), larger_is_better=tuning.larger_is_better)
    replay(scheduler, [trial for trial in sweep.trials.values() if trial.status.is_end])
    wanted: dict[str, float] = {"CPU": resources.cpus_per_worker}
    if resources.gpus_per_worker:
        wanted["GPU"] = resources.gpus_per_worker
    if resources.memory_bytes_per_worker:
        wanted["memory"] = float(resources.memory_bytes_per_worker)
    tuner = ray_tune.Tuner(
        ray_tune.with_resources(ray_tune.with_parameters(run_trial, plan=sweep.plan), wanted),
        tune_config=ray_tune.TuneConfig(
            search_alg=Proposals(sweep),
            scheduler=scheduler,
            num_samples=sweep.unfinished,
            max_concurrent_trials=tuning.max_concurrent_trials,
            reuse_actors=True,
            trial_name_creator=lambda trial: f"trial-{trial.config['trial']}",
            trial_dirname_creator=lambda trial: f"trial-{trial.config['trial']}",
        ),
        run_config=ray_tune.RunConfig(
            name=f"{_TUNE}-{time.time_ns()}",
            storage_path=f"{specification.output_uri}/{_TUNE}",
            callbacks=[Watch(sweep)],
            stop=StopsWithTheBudget(sweep),
            failure_config=ray_tune.FailureConfig(max_failures=specification.max_failures),
            verbose=0,
        ),
    )
    tuner.fit()


def _longest(sweep: Sweep) -> int:
    """Iterations of the longest trial that may come."""
    extremes = {name: distribution.extremes() for name, distribution in sweep.tuning.space.items()}
    first = {name: values[0] for name, values in extremes.items()}
    return max(sweep.plan.iterations({**first, name: value}) for name, values in extremes.items() for value in values)


def _told(trial: Trial, metric: str) -> str:
    """One line of the job's log."""
    value = "" if trial.value is None else f", {metric} {trial.value:.6g}"
    why = "" if trial.reason is None else f" ({trial.reason})"
    at = f"{trial.iteration} of {trial.iterations} iterations"
    return f"trial {trial.number} {trial.status} after {at}{value}{why}: {dict(trial.parameters)}"


def _nothing_found(trials: Sequence[Trial], ended: str | None) -> JobFailure:
    failed = next((trial for trial in trials if trial.status == TrialStatus.FAILED), None)
    why = f"; trial {failed.number}: {failed.reason}" if failed is not None else ""
    return JobFailure(FailureCode.NO_TRIAL_SUCCEEDED, f"none of {len(trials)} trials came to its end: {ended}{why}")
