"""When a trial that does badly is ended before its time: the schedulers of Ray Tune, and what they need to be told."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from matih_training.fields import Fields, integer, invalid, text
from matih_training.tuning.trial import Trial

# What a scheduler reads of a report; reports without it only tell that the trial lives.
OBJECTIVE, ITERATION = "objective", "iteration"
# The median is taken at so many points of a trial at most: each report makes the trial wait for the driver.
_MOST_POINTS = 100


class EarlyStopping(Protocol):
    """One rule. It travels to the trials, which ask it when to report."""

    def due(self, iteration: int, iterations: int) -> bool:
        """Whether the scheduler decides after this iteration."""

    def scheduler(self, iterations: int, *, larger_is_better: bool) -> Any:
        """Ray's scheduler, for trials of so many iterations at most."""

    def why(self, trial: Trial) -> str:
        """Why this trial was ended, for people."""


@dataclass(frozen=True)
class Never:
    """Every trial goes to its end."""

    def due(self, iteration: int, iterations: int) -> bool:  # noqa: ARG002
        return False

    def scheduler(self, iterations: int, *, larger_is_better: bool) -> Any:  # noqa: ARG002
        from ray.tune.schedulers import FIFOScheduler  # noqa: PLC0415

        return FIFOScheduler()

    def why(self, trial: Trial) -> str:
        return f"ended after {trial.iteration} iterations"


@dataclass(frozen=True)
class Asha:
    """Asynchronous successive halving: at the first rung, and at each that is `reduction_factor` times as far, only the best
    share of those that came as far goes on."""

    grace_period: int
    reduction_factor: int

    def due(self, iteration: int, iterations: int) -> bool:
        return iteration in self._rungs(iterations)

    def _rungs(self, iterations: int) -> list[int]:
        count = int(math.log(iterations / self.grace_period, self.reduction_factor) + 1e-9) + 1 if iterations else 0
        return [self.grace_period * self.reduction_factor**number for number in range(count)]

    def scheduler(self, iterations: int, *, larger_is_better: bool) -> Any:
        from ray.tune.schedulers import ASHAScheduler  # noqa: PLC0415

        return ASHAScheduler(
            time_attr=ITERATION,
            metric=OBJECTIVE,
            mode=_mode(larger_is_better),
            # Trials end by themselves; above all of them, the scheduler never takes an end for its own decision.
            max_t=max(iterations, self.grace_period) + 1,
            grace_period=self.grace_period,
            reduction_factor=self.reduction_factor,
        )

    def why(self, trial: Trial) -> str:
        return f"asha: not among the best 1/{self.reduction_factor} of the trials that reached iteration {trial.iteration}"


@dataclass(frozen=True)
class Median:
    """A trial ends whose best value is worse than the median of the others' means so far."""

    grace_period: int
    min_samples: int

    def due(self, iteration: int, iterations: int) -> bool:
        return iteration >= self.grace_period and iteration % max(1, iterations // _MOST_POINTS) == 0

    def scheduler(self, iterations: int, *, larger_is_better: bool) -> Any:  # noqa: ARG002
        from ray.tune.schedulers import MedianStoppingRule  # noqa: PLC0415

        class Rule(MedianStoppingRule):  # type: ignore[misc]
            """Ray's own one fails over a trial whose last report has no value, as one that failed."""

            def on_trial_complete(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> None:
                if OBJECTIVE in result:
                    super().on_trial_complete(tune_controller, trial, result)

        return Rule(
            time_attr=ITERATION,
            metric=OBJECTIVE,
            mode=_mode(larger_is_better),
            grace_period=self.grace_period,
            min_samples_required=self.min_samples,
            # Never pauses a trial: its process would have to start anew.
            min_time_slice=math.inf,
        )

    def why(self, trial: Trial) -> str:
        return f"median: worse than the median of the other trials at iteration {trial.iteration}"


def _mode(larger_is_better: bool) -> str:
    return "max" if larger_is_better else "min"


class _Remembered:
    """All that a scheduler takes of a trial that is not in Ray any more."""

    def __init__(self, trial_id: str) -> None:
        self.trial_id = trial_id


def replay(scheduler: Any, trials: Iterable[Trial]) -> None:
    """Tells a new scheduler what the ended trials reported to the one before the restart."""
    for trial in trials:
        known = _Remembered(f"ledger-{trial.number}")
        scheduler.on_trial_add(None, known)
        last: dict[str, Any] = {}
        for iteration, value in trial.curve:
            last = {ITERATION: iteration, OBJECTIVE: value}
            scheduler.on_trial_result(None, known, last)
        scheduler.on_trial_complete(None, known, last)


def _asha(fields: Fields) -> EarlyStopping:
    return Asha(fields.take_or("grace_period", integer(1), 1), fields.take_or("reduction_factor", integer(2), 3))


def _median(fields: Fields) -> EarlyStopping:
    return Median(fields.take_or("grace_period", integer(1), 1), fields.take_or("min_samples", integer(1), 3))


RULES: Mapping[str, Callable[[Fields], EarlyStopping]] = {"asha": _asha, "median": _median}


def read_rule(fields: Fields) -> EarlyStopping:
    """The rule of a specification."""
    kind = fields.take("type", text)
    if kind not in RULES:
        raise invalid(f"'{fields.at('type')}' must be one of {', '.join(RULES)}")
    return RULES[kind](fields)
