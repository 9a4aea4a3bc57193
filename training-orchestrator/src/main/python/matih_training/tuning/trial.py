"""One trial, and the ledger of all: the record on the store that outlives the driver, Ray and the orchestrator."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from matih_training.progress import timestamp
from matih_training.storage import Folder

# Where an attempt keeps what its trials have trained, below its output.
TRIALS = "trials"
_READS_AT_ONCE = 8
# Of a longer curve every second, third, … value is kept.
_LONGEST_CURVE = 1000


class TrialStatus(StrEnum):
    """Where a trial is. Nothing follows the last three."""

    PENDING = "pending"
    RUNNING = "running"
    STOPPED = "stopped"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def is_end(self) -> bool:
        return self not in (TrialStatus.PENDING, TrialStatus.RUNNING)


@dataclass(frozen=True)
class Trial:
    """One choice of parameters and what became of it.

    `value` is the searched metric: of a succeeded trial that of its model, of others the last one. `curve` has it by
    iteration. `folder` is where this attempt keeps the trial's checkpoints, `earlier_folders` where earlier ones did.
    """

    number: int
    parameters: Mapping[str, Any]
    run_id: str
    parent_run_id: str
    folder: str
    earlier_folders: tuple[str, ...] = ()
    status: TrialStatus = TrialStatus.PENDING
    value: float | None = None
    deviation: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    iteration: int = 0
    iterations: int = 0
    curve: tuple[tuple[int, float], ...] = ()
    reason: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    seconds: float = 0.0

    def reached(self, iteration: int, iterations: int, value: float | None) -> "Trial":
        """The trial after one more iteration; iterations that are done again count once."""
        curve = tuple(point for point in self.curve if point[0] < iteration)
        return replace(
            self,
            status=TrialStatus.RUNNING,
            iteration=iteration,
            iterations=iterations,
            value=self.value if value is None else value,
            curve=curve if value is None else (*curve, (iteration, value)),
        )

    def ended(self, status: TrialStatus, reason: str | None = None) -> "Trial":
        return replace(self, status=status, reason=reason, ended_at=timestamp())

    def best(self, *, larger_is_better: bool) -> tuple[int, float] | None:
        """The best point of the curve, the first of equal ones."""
        if not self.curve:
            return None
        sign = 1.0 if larger_is_better else -1.0
        return max(self.curve, key=lambda point: (sign * point[1], -point[0]))

    def document(self) -> dict[str, Any]:
        step = -(-len(self.curve) // _LONGEST_CURVE) or 1
        return asdict(self) | {"curve": [list(point) for point in self.curve[::step]]}

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> "Trial":
        known = {name: document[name] for name in (one.name for one in fields(Trial)) if name in document}
        return Trial(
            **{
                **known,
                "status": TrialStatus(document["status"]),
                "earlier_folders": tuple(document["earlier_folders"]),
                "curve": tuple((int(iteration), float(value)) for iteration, value in document["curve"]),
            }
        )


class Ledger:
    """The trials below one folder, a file each.

    A trial is written before it starts, and again when it has ended; whoever reads it later never runs an ended one again.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def write(self, trial: Trial) -> None:
        self._folder.write_json(_name(trial.number), trial.document())

    def read(self, number: int) -> Trial | None:
        content = self._folder.read(_name(number))
        return None if content is None else Trial.from_document(json.loads(content))

    def all(self) -> list[Trial]:
        """All that are there. Their numbers have no gaps: one is written before the next is proposed."""
        trials: list[Trial] = []
        with ThreadPoolExecutor(_READS_AT_ONCE) as pool:
            while True:
                found = [trial for trial in pool.map(self.read, range(len(trials), len(trials) + _READS_AT_ONCE)) if trial]
                trials += found
                if len(found) < _READS_AT_ONCE:
                    return trials


def _name(number: int) -> str:
    return f"{number:04d}.json"


def ranked(trials: Sequence[Trial], *, larger_is_better: bool) -> list[Trial]:
    """The best first: those that have succeeded by their value, then the others that have one by their last one."""
    sign = -1.0 if larger_is_better else 1.0
    return sorted(
        trials,
        key=lambda trial: (
            trial.status != TrialStatus.SUCCEEDED,
            trial.value is None,
            0.0 if trial.value is None else sign * trial.value,
            trial.number,
        ),
    )


def best_of(trials: Sequence[Trial], *, larger_is_better: bool) -> Trial | None:
    """The best that has succeeded; of others there is no whole model."""
    first = next(iter(ranked(trials, larger_is_better=larger_is_better)), None)
    return first if first is not None and first.status == TrialStatus.SUCCEEDED else None
