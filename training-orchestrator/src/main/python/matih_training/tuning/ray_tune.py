"""The three places where Ray Tune asks the sweep: what to run next, what happened, and whether to end."""

from typing import Any

from ray.tune import Callback
from ray.tune.search import Searcher
from ray.tune.stopper import Stopper

from matih_training.tuning.sweep import Sweep


class Proposals(Searcher):  # type: ignore[misc]
    """Gives Tune the numbers of trials; their parameters are in the ledger."""

    def __init__(self, sweep: Sweep) -> None:
        super().__init__()
        self._sweep = sweep

    def suggest(self, trial_id: str) -> Any:  # noqa: ARG002
        number = None
        with self._sweep.noting_failures():
            number = self._sweep.next()
        return Searcher.FINISHED if number is None else {"trial": number}

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """The sweep heard of it by `Watch`."""

    def save(self, checkpoint_path: str) -> None:
        """The ledger is what a restart reads."""

    def restore(self, checkpoint_path: str) -> None:
        """See `save`."""


class Watch(Callback):  # type: ignore[misc]
    """Tells the sweep what happens to its trials."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep

    def on_trial_start(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:  # noqa: ARG002
        with self._sweep.noting_failures():
            self._sweep.started(trial.config["trial"])

    def on_trial_result(self, iteration: int, trials: list[Any], trial: Any, result: dict[str, Any], **info: Any) -> None:  # noqa: ARG002
        with self._sweep.noting_failures():
            self._sweep.reported(trial.config["trial"], result)

    def on_trial_complete(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:  # noqa: ARG002
        with self._sweep.noting_failures():
            self._sweep.stopped(trial.config["trial"])

    def on_trial_error(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:  # noqa: ARG002
        with self._sweep.noting_failures():
            self._sweep.died(trial.config["trial"])


class StopsWithTheBudget(Stopper):  # type: ignore[misc]
    """Ends everything when the budget is used up, or when the job has no point any more."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:  # noqa: ARG002
        return False

    def stop_all(self) -> bool:
        return self._sweep.exhausted()
