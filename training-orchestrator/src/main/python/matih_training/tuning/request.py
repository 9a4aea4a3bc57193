"""The block `tuning` of a job specification."""

from collections.abc import Mapping
from dataclasses import dataclass

from matih_training.fields import Fields, integer, invalid, json_object, number, one_of, record, text
from matih_training.metrics import LARGER_IS_BETTER
from matih_training.tuning.early_stopping import EarlyStopping, Never, read_rule
from matih_training.tuning.search import SEARCHES
from matih_training.tuning.space import Space, read_space


@dataclass(frozen=True)
class Budget:
    """What a sweep may use in all, restarts included; None is unlimited."""

    wall_seconds: float | None
    cpu_seconds: float | None
    gpu_seconds: float | None


@dataclass(frozen=True)
class Tuning:
    """What is searched for, and how. `folds` is None where the held-out rows judge; `uri` is where the ledger lies."""

    search: str
    metric: str
    max_trials: int
    max_concurrent_trials: int
    seed: int
    early_stopping: EarlyStopping
    budget: Budget
    folds: int | None
    space: Space
    uri: str

    @property
    def larger_is_better(self) -> bool:
        return LARGER_IS_BETTER[self.metric]


def _budget(fields: Fields) -> Budget:
    return Budget(
        wall_seconds=fields.optional("wall_seconds", number(0)),
        cpu_seconds=fields.optional("cpu_seconds", number(0)),
        gpu_seconds=fields.optional("gpu_seconds", number(0)),
    )


_NOTHING: Mapping[str, object] = {}


def read_tuning(fields: Fields) -> Tuning:
    """Reads the block; what is wrong with it is a `JobFailure` that names the key."""
    space = fields.take("parameter_space", read_space)
    tuning = Tuning(
        search=fields.take("search", one_of(*SEARCHES)),
        metric=fields.take("metric", one_of(*LARGER_IS_BETTER)),
        max_trials=fields.take("max_trials", integer(1)),
        max_concurrent_trials=fields.take("max_concurrent_trials", integer(1)),
        seed=fields.take("seed", integer(0)),
        early_stopping=fields.optional("scheduler", record(read_rule)) or Never(),
        budget=record(_budget)(fields.take_or("budget", json_object, _NOTHING), fields.at("budget")),
        folds=fields.optional("folds", integer(2)),
        space=space,
        uri=fields.take("uri", text).rstrip("/"),
    )
    if tuning.search == "grid" and any(distribution.points() is None for distribution in space.values()):
        raise invalid(f"'{fields.at('parameter_space')}' has values that a grid cannot list")
    return tuning
