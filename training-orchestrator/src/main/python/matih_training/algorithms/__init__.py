"""The algorithms that can be trained: each has one module in this folder and one entry in `algorithms.json`.

Only `get` imports an algorithm's module, and a module imports its libraries inside its functions.
"""

import importlib
from pathlib import Path

from matih_training.algorithm import Algorithm
from matih_training.fields import invalid
from matih_training.hyperparameters import AlgorithmEntry, read_entries

ENTRIES_FILE = Path(__file__).with_name("algorithms.json")


def entries() -> dict[str, AlgorithmEntry]:
    """What `algorithms.json` says about each algorithm, by name."""
    return read_entries(ENTRIES_FILE)


def entry(name: str) -> AlgorithmEntry:
    """One algorithm's entry; an unknown name is a `JobFailure`."""
    known = entries()
    if name not in known:
        raise invalid(f"there is no algorithm '{name}'; there are {', '.join(known)}")
    return known[name]


def get(name: str) -> Algorithm:
    """The algorithm itself; an unknown name is a `JobFailure`."""
    entry(name)
    algorithm: Algorithm = importlib.import_module(f"{__name__}.{name}").ALGORITHM
    return algorithm
