"""Which parameters the next trial has.

A proposal depends on the seed, on the trial's number and on what the other trials have found, and on nothing that is in
memory: whoever asks again, after a restart as well, gets the same one.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from matih_training.tuning.space import Space, rounded
from matih_training.tuning.trial import Trial, TrialStatus

# Trials by chance before the first proposal that learns from others, as Optuna has it; of short searches a quarter.
_MOST_STARTUP_TRIALS, _LEAST_STARTUP_TRIALS = 10, 3


class Search(Protocol):
    """A way to choose parameters."""

    def propose(self, number: int, trials: Sequence[Trial]) -> dict[str, Any] | None:
        """The parameters of the trial of this number, from 0; None when there are no more."""


class Grid:
    """Every combination, the last hyperparameter changing first."""

    def __init__(self, space: Space) -> None:
        self._names = list(space)
        self._points = [points for points in (distribution.points() for distribution in space.values()) if points is not None]

    def propose(self, number: int, trials: Sequence[Trial]) -> dict[str, Any] | None:  # noqa: ARG002
        found = next(itertools.islice(itertools.product(*self._points), number, None), None)
        return None if found is None else dict(zip(self._names, found, strict=True))


class Random:
    """Values by chance, independent of each other."""

    def __init__(self, space: Space, seed: int) -> None:
        self._space = space
        self._seed = seed

    def propose(self, number: int, trials: Sequence[Trial]) -> dict[str, Any] | None:  # noqa: ARG002
        generator = np.random.default_rng([self._seed, number])
        return {name: distribution.draw(generator) for name, distribution in self._space.items()}


class Bayesian:
    """Optuna's tree-structured Parzen estimator. A running trial counts as a bad one, so that two do not try the same."""

    def __init__(self, space: Space, seed: int, max_trials: int, *, larger_is_better: bool) -> None:
        self._space = {name: distribution.optuna() for name, distribution in space.items()}
        self._seed = seed
        self._startup = max(_LEAST_STARTUP_TRIALS, min(_MOST_STARTUP_TRIALS, max_trials // 4))
        self._larger_is_better = larger_is_better

    def propose(self, number: int, trials: Sequence[Trial]) -> dict[str, Any] | None:
        import optuna  # noqa: PLC0415

        seed = int(np.random.SeedSequence([self._seed, number]).generate_state(1)[0])
        sampler = optuna.samplers.TPESampler(n_startup_trials=self._startup, constant_liar=True, seed=seed)
        study = study_of(trials, self._space, sampler=sampler, larger_is_better=self._larger_is_better)
        proposed = study.ask(self._space).params
        # Of steps 0.30000000000000004 is 0.3.
        return {name: rounded(proposed[name]) if is_stepped(self._space[name]) else proposed[name] for name in self._space}


def is_stepped(distribution: Any) -> bool:
    """Whether a distribution of Optuna has fractions at equal distances."""
    return isinstance(getattr(distribution, "step", None), float)


def study_of(trials: Iterable[Trial], space: Mapping[str, Any], *, sampler: Any = None, larger_is_better: bool) -> Any:
    """The trials as Optuna sees them: one that was stopped early is pruned, with the value that it had."""
    import optuna  # noqa: PLC0415

    states = {
        TrialStatus.SUCCEEDED: optuna.trial.TrialState.COMPLETE,
        TrialStatus.STOPPED: optuna.trial.TrialState.PRUNED,
        TrialStatus.FAILED: optuna.trial.TrialState.FAIL,
    }
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=sampler, direction="maximize" if larger_is_better else "minimize")
    for trial in sorted(trials, key=lambda one: one.number):
        state = states.get(trial.status, optuna.trial.TrialState.RUNNING)
        pruned = state == optuna.trial.TrialState.PRUNED
        if pruned and trial.value is None:
            state = optuna.trial.TrialState.FAIL
        study.add_trial(
            optuna.trial.create_trial(
                state=state,
                params=dict(trial.parameters),
                distributions=dict(space),
                value=trial.value if state == optuna.trial.TrialState.COMPLETE else None,
                intermediate_values={trial.iteration: trial.value} if pruned and trial.value is not None else None,
            )
        )
    return study


SEARCHES: Mapping[str, Callable[[Space, int, int, bool], Search]] = {
    "bayesian": lambda space, seed, most, larger: Bayesian(space, seed, most, larger_is_better=larger),
    "grid": lambda space, *_: Grid(space),
    "random": lambda space, seed, *_: Random(space, seed),
}
