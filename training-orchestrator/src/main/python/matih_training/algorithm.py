"""What an algorithm is to the rest of this package: the one seam that a further algorithm fills."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy.typing as npt

from matih_training.failure import FailureCode, JobFailure
from matih_training.native_model import Matrix
from matih_training.worker import TrainingPlan, Worker


class Scorer(Protocol):
    """A trained model in the form of its library.

    The source of this class is copied into each bundle, behind that of `native_model`: it uses what that module imports
    and imports its library inside its methods, nothing else.
    """

    FILE: ClassVar[str]
    """The model's file in the folder `native/` of a bundle."""

    estimator: Any
    """The library's own object."""

    def __init__(self, estimator: Any) -> None: ...

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads the model's file below the folder."""

    def save(self) -> bytes:
        """Content of the model's file."""

    def score(self, matrix: Matrix, classes: int) -> npt.NDArray[Any]:
        """Probabilities `[rows, classes]`, or predictions `[rows]` when `classes` is 0, of an encoded matrix."""


class Algorithm(Protocol):
    """One algorithm. Its hyperparameters, tasks and description are its entry of `algorithms.json`."""

    name: str

    takes_missing: bool
    """Whether a missing number and an unknown category stay missing (NaN) in the matrix. Without it, a missing number is
    the median of the training rows and an unknown category is -1."""

    scales: bool
    """Whether numbers come with mean 0 and standard deviation 1 of the training rows."""

    most_categories: int
    """How many categories of a column it takes as such (`plan.categories` names the columns); 0 for none."""

    checkpoints_need_same_workers: bool
    """Whether a checkpoint is of no use to an attempt with another number of workers."""

    scorer: type[Scorer]

    def iterations(self, hyperparameters: Mapping[str, Any]) -> int:
        """How many iterations a training of one worker has."""

    def defaults(self, rows: int, classes: int) -> Mapping[str, Any]:
        """Hyperparameters that follow from the rows to learn from; `classes` is 0 for regression."""

    def train(self, worker: Worker, plan: TrainingPlan) -> None:
        """Runs in each worker: goes on from `worker.checkpoint()` if there is one, reports each iteration with the metric
        `plan.watched` if there is one, saves a checkpoint when one is due, and ends with the last one."""

    def finish(self, read: Callable[[str], bytes | None], workers: int) -> Scorer:
        """Runs in the driver: the trained model from the files of the last checkpoint."""

    def multiplied(self, scorer: Any, factor: float) -> Scorer:
        """The same model of a regression with its answers times a power of two."""

    def to_onnx(self, scorer: Any, columns: int, classes: int) -> Any:
        """The model as ONNX: input `X` `[rows, columns]` of floats; outputs `label` and `probabilities`, or `variable` when
        `classes` is 0."""

    def flavor(self, file: str) -> tuple[str, dict[str, Any]]:
        """MLflow's flavor of the native form and its entries; `file` is the path of the model's file in the bundle."""

    def requirements(self) -> list[str]:
        """Pinned packages that loading the native form takes, beside numpy and pandas."""


@dataclass(frozen=True)
class NativeForm:
    """What a bundle holds of the native form: the model's file, the source of its scorer, and what MLflow needs to know."""

    file: str
    content: bytes
    scorer_class: str
    scorer_source: str
    flavor: str
    flavor_entries: Mapping[str, Any]
    requirements: tuple[str, ...]


def native_form(algorithm: Algorithm, scorer: Scorer, folder: str) -> NativeForm:
    """The native form of a trained model; `folder` is where it lies in the bundle."""
    flavor, entries = algorithm.flavor(f"{folder}/{scorer.FILE}")
    return NativeForm(
        file=scorer.FILE,
        content=scorer.save(),
        scorer_class=algorithm.scorer.__name__,
        scorer_source=inspect.getsource(algorithm.scorer),
        flavor=flavor,
        flavor_entries=entries,
        requirements=tuple(algorithm.requirements()),
    )


def require_file(content: bytes | None) -> bytes:
    """A file that the last checkpoint has to have."""
    if content is None:
        raise JobFailure(FailureCode.TRAINING_FAILED, "the last checkpoint holds no model")
    return content
