"""What a sweep has used, and what it may use."""

import time
from collections.abc import Mapping
from typing import Any

from matih_training.tuning.request import Budget


class Usage:
    """What the sweep has used, earlier lives included, held against its budget."""

    def __init__(self, budget: Budget, cpus: float, gpus: float, earlier: Mapping[str, Any]) -> None:
        self._budget = budget
        self._rates = {"cpu_seconds": cpus, "gpu_seconds": gpus}
        used = earlier.get("used") or {}
        self._used = {name: float(used.get(name, 0.0)) for name in self._rates}
        self._earlier_seconds = float(used.get("wall_seconds", 0.0))
        self._began = time.monotonic()
        self._running: dict[int, float] = {}

    def starts(self, number: int) -> None:
        self._running.setdefault(number, time.monotonic())

    def ends(self, number: int) -> float:
        """Answers how many seconds the trial took."""
        began = self._running.pop(number, None)
        seconds = 0.0 if began is None else time.monotonic() - began
        for name, rate in self._rates.items():
            self._used[name] += rate * seconds
        return seconds

    def now(self) -> dict[str, float]:
        running = sum(time.monotonic() - began for began in self._running.values())
        used = {name: round(used + self._rates[name] * running, 3) for name, used in self._used.items()}
        return used | {"wall_seconds": round(self._earlier_seconds + time.monotonic() - self._began, 3)}

    def exhausted(self) -> str | None:
        """Which part of the budget is used up."""
        limits = {
            "wall_seconds": self._budget.wall_seconds,
            "cpu_seconds": self._budget.cpu_seconds,
            "gpu_seconds": self._budget.gpu_seconds,
        }
        used = self.now()
        for name, limit in limits.items():
            if limit is not None and used[name] >= limit:
                return f"the budget of {limit:g} {name.replace('_', ' ')} is used up"
        return None
