"""`trials.json`: all trials with their rank, for whoever watches; and what a restarted driver goes on from."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matih_training.failure import JobFailure
from matih_training.progress import timestamp
from matih_training.storage import Folder
from matih_training.tuning.request import Tuning
from matih_training.tuning.search import study_of
from matih_training.tuning.trial import Trial, TrialStatus, best_of, ranked

LEADERBOARD_FILE = "trials.json"
_SECONDS_BETWEEN_WRITES = 2.0
_LEAST_TRIALS_FOR_IMPORTANCE = 4
# The trials wait for it: a second for as many trials as this, on a busy machine. More trees say the same.
_MOST_TRIALS_FOR_IMPORTANCE, _TREES = 200, 16
# It is looked at anew when there are so many times the trials of the last time.
_GROWTH = 1.25


def entries(trials: Sequence[Trial], *, larger_is_better: bool) -> list[dict[str, Any]]:
    """All trials, the best first. Those without a value have no rank."""
    rows = ranked(trials, larger_is_better=larger_is_better)
    return [_entry(trial, place, larger_is_better=larger_is_better) for place, trial in enumerate(rows, start=1)]


def _entry(trial: Trial, place: int, *, larger_is_better: bool) -> dict[str, Any]:
    best = trial.best(larger_is_better=larger_is_better)
    return {
        "trial": trial.number,
        "rank": place if trial.value is not None else None,
        "status": trial.status.value,
        "parameters": dict(trial.parameters),
        "value": trial.value,
        "deviation": trial.deviation,
        "best_value": None if best is None else best[1],
        "best_iteration": None if best is None else best[0],
        "iteration": trial.iteration,
        "iterations": trial.iterations,
        "metrics": dict(trial.metrics),
        "reason": trial.reason,
        "run_id": trial.run_id,
        "started_at": trial.started_at,
        "ended_at": trial.ended_at,
        "seconds": round(trial.seconds, 3),
    }


def importance(trials: Iterable[Trial], tuning: Tuning) -> dict[str, float]:
    """How much of the differences between the trials each hyperparameter explains; empty while too few have succeeded.

    Of many trials the last ones are asked.
    """
    complete = [trial for trial in trials if trial.status == TrialStatus.SUCCEEDED][-_MOST_TRIALS_FOR_IMPORTANCE:]
    if len(complete) < _LEAST_TRIALS_FOR_IMPORTANCE or len({trial.value for trial in complete}) == 1:
        return {}
    import optuna  # noqa: PLC0415

    space = {name: distribution.optuna() for name, distribution in tuning.space.items()}
    study = study_of(complete, space, larger_is_better=tuning.larger_is_better)
    try:
        evaluator = optuna.importance.FanovaImportanceEvaluator(n_trees=_TREES, seed=tuning.seed % 2**32)
        found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    except (RuntimeError, ValueError) as error:
        print(f"no importance of hyperparameters: {error}", flush=True)
        return {}
    return {name: round(float(value), 6) for name, value in found.items()}


class Leaderboard:
    """Writes the document when a trial ends or starts, and otherwise every two seconds at most."""

    def __init__(self, folder: Folder, tuning: Tuning) -> None:
        self._folder = folder
        self._tuning = tuning
        self._written_at = float("-inf")
        self.importance: dict[str, float] = {}
        self._looked_at = 0

    def earlier(self) -> Mapping[str, Any]:
        """The document of an earlier life of the sweep; empty when there is none."""
        content = self._folder.read(LEADERBOARD_FILE)
        found = json.loads(content) if content is not None else {}
        return found if isinstance(found, dict) else {}

    def write(self, trials: Sequence[Trial], usage: Mapping[str, Any], *, at_once: bool, ended: str | None = None) -> None:
        """`ended` says why no more trials are started."""
        if not at_once and time.monotonic() - self._written_at < _SECONDS_BETWEEN_WRITES:
            return
        self._written_at = time.monotonic()
        try:
            self._folder.write_json(LEADERBOARD_FILE, self._document(trials, usage, ended))
        except JobFailure as failure:
            print(f"the leaderboard was not written: {failure.message}", flush=True)

    def _document(self, trials: Sequence[Trial], usage: Mapping[str, Any], ended: str | None) -> dict[str, Any]:
        tuning = self._tuning
        self._look_at_importance(trials, anew=ended is not None)
        best = best_of(trials, larger_is_better=tuning.larger_is_better)
        return {
            "search": tuning.search,
            "metric": tuning.metric,
            "mode": "max" if tuning.larger_is_better else "min",
            "folds": tuning.folds,
            "seed": tuning.seed,
            "max_trials": tuning.max_trials,
            "finished": sum(trial.status.is_end for trial in trials),
            "best_trial": None if best is None else best.number,
            "importance": self.importance,
            "used": dict(usage),
            "ended": ended,
            "at": timestamp(),
            "trials": entries(trials, larger_is_better=tuning.larger_is_better),
        }

    def _look_at_importance(self, trials: Sequence[Trial], *, anew: bool) -> None:
        complete = sum(trial.status == TrialStatus.SUCCEEDED for trial in trials)
        if complete > self._looked_at and (anew or complete >= _GROWTH * self._looked_at):
            self._looked_at = complete
            self.importance = importance(trials, self._tuning)
