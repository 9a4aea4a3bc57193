"""`progress.json`: where a running job is, for whoever watches it."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from matih_training.failure import JobFailure
from matih_training.job_warning import JobWarning, documents

PROGRESS_FILE = "progress.json"
_SECONDS_BETWEEN_WRITES = 1.0


class Place(Protocol):
    """Where documents go: a folder of the store, or addresses that were signed for single files."""

    def write_json(self, name: str, document: Any) -> None: ...


class Phase(StrEnum):
    """What a job is doing, in order; those that a kind of job does not have are passed over."""

    STARTING = "starting"
    READING = "reading"
    JOINING = "joining"
    TUNING = "tuning"
    TRAINING = "training"
    EVALUATING = "evaluating"
    TESTING = "testing"
    CONVERTING = "converting"
    PACKAGING = "packaging"
    DONE = "done"


class Watcher(Protocol):
    """Whoever is told how far a training is."""

    def report(self, phase: Phase, iteration: int = 0, total: int = 0, metrics: Mapping[str, float] | None = None) -> None: ...


class Progress:
    """Writes a change of phase at once and iterations at most once per second.

    Progress is for people: a write that the store refuses is left out, the work goes on.
    """

    def __init__(self, folder: Place, clock: Callable[[], float] = time.monotonic, warnings: Sequence[JobWarning] = ()) -> None:
        self._folder = folder
        self._clock = clock
        self._warnings = documents(warnings)
        self._phase: Phase | None = None
        self._written_at = float("-inf")

    def warn(self, warnings: Sequence[JobWarning]) -> None:
        """All warnings of the job so far; they go out with the next report."""
        self._warnings = documents(warnings)

    def report(self, phase: Phase, iteration: int = 0, total: int = 0, metrics: Mapping[str, float] | None = None) -> None:
        now = self._clock()
        if phase == self._phase and iteration < total and now - self._written_at < _SECONDS_BETWEEN_WRITES:
            return
        self._phase, self._written_at = phase, now
        document = {
            "phase": phase.value,
            "iteration": iteration,
            "total": total,
            "metrics": dict(metrics or {}),
            "at": timestamp(),
            "warnings": self._warnings,
        }
        try:
            self._folder.write_json(PROGRESS_FILE, document)
        except JobFailure as failure:
            print(f"progress not written: {failure.message}", flush=True)


def timestamp() -> str:
    """Now, as the wire writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
