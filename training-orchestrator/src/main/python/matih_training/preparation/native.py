"""The notebook's own model: loaded by its library, and what it answers."""

import re
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from importlib import metadata
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from matih_training.failure import FailureCode, JobFailure, shown
from matih_training.preparation.source import SourceModel, unsupported
from matih_training.target import MAX_CLASSES

Answers = npt.NDArray[Any]
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[.*\])?==\s*([^\s;]+)")


class NativeModel(ABC):
    """A loaded model. `classes` are the labels in the order of the probabilities; a regression has none."""

    def __init__(self, estimator: Any, classes: Sequence[Any]) -> None:
        self.estimator = estimator
        self.classes = tuple(classes)

    names: Sequence[str] = ()
    """The columns that the model itself knows by name."""

    has_probabilities = True
    """Whether it tells how sure it is; otherwise the chosen class has the probability 1."""

    @abstractmethod
    def scores(self, frame: pd.DataFrame) -> Answers:
        """Probabilities `[rows, classes]`, or predictions `[rows]`."""

    def labels(self, frame: pd.DataFrame) -> Sequence[Any] | None:
        """The model's own choice of a class, where it makes one."""
        del frame
        return None

    def answer(self, frame: pd.DataFrame) -> Answers:
        """The scores, checked: whatever the model says instead is told to its owner."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                scores = np.asarray(self.scores(frame), dtype=np.float64)
        except Exception as error:
            raise NativeRefused(error) from error
        rows = len(frame)
        shape = (rows, len(self.classes)) if self.classes else (rows,)
        if scores.size != int(np.prod(shape)):
            raise unsupported("the model answers more than one number per row; a version answers one prediction")
        return scores.reshape(shape)


class NativeRefused(Exception):
    """The model did not answer the rows."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.reason = f"{type(cause).__name__}: {' '.join(str(cause).split())[:300]}"


class Estimator(NativeModel):
    """Scikit-learn's way: pipelines, estimators, and the libraries that follow it."""

    def __init__(self, estimator: Any, classes: Sequence[Any]) -> None:
        super().__init__(estimator, classes)
        self.names = [str(name) for name in getattr(estimator, "feature_names_in_", ())]
        self.has_probabilities = not classes or hasattr(estimator, "predict_proba")

    def scores(self, frame: pd.DataFrame) -> Answers:
        if not self.classes:
            return np.asarray(self.estimator.predict(frame))
        if self.has_probabilities:
            return np.asarray(self.estimator.predict_proba(frame))
        numbers = {label: number for number, label in enumerate(self.classes)}
        return np.eye(len(self.classes))[[numbers[label] for label in self.labels(frame) or ()]]

    def labels(self, frame: pd.DataFrame) -> Sequence[Any] | None:
        if not self.classes:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [plain_label(label) for label in np.asarray(self.estimator.predict(frame)).reshape(-1)]


class XgboostBooster(NativeModel):
    """A booster of XGBoost's own interface."""

    def __init__(self, estimator: Any, classes: Sequence[Any]) -> None:
        super().__init__(estimator, classes)
        self.names = list(estimator.feature_names or ())

    def scores(self, frame: pd.DataFrame) -> Answers:
        import xgboost  # noqa: PLC0415

        data = frame if self.names else frame.to_numpy(dtype=np.float32)
        return _of_two(np.asarray(self.estimator.predict(xgboost.DMatrix(data))), self.classes)


class LightgbmBooster(NativeModel):
    """A booster of LightGBM's own interface."""

    def __init__(self, estimator: Any, classes: Sequence[Any]) -> None:
        super().__init__(estimator, classes)
        self.names = list(estimator.feature_name())

    def scores(self, frame: pd.DataFrame) -> Answers:
        return _of_two(np.asarray(self.estimator.predict(frame)), self.classes)


def _of_two(answer: Answers, classes: Sequence[Any]) -> Answers:
    """Boosters tell of two classes only the probability of the second."""
    return np.column_stack([1 - answer, answer]) if classes and answer.ndim == 1 else answer


def plain_label(label: Any) -> Any:
    """A class as JSON has it; whole numbers that a table held as floats are whole."""
    label = label.item() if isinstance(label, np.generic) else label
    return int(label) if isinstance(label, float) and label.is_integer() else label


def load(source: SourceModel, task: str) -> NativeModel:
    """Unpickles the model: from here on the tenant's own code has run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator = _loaded(source)
    except Exception as error:
        raise _unloadable(source, error) from error
    model = _model(source, estimator)
    kind = "classification" if model.classes else "regression"
    if kind != task:
        raise unsupported(f"the logged model is a {kind}, and the registered model is for {task}")
    if len(model.classes) > MAX_CLASSES:
        raise unsupported(f"the model has {len(model.classes)} classes; at most {MAX_CLASSES} are supported")
    return model


def _loaded(source: SourceModel) -> Any:
    import mlflow  # noqa: PLC0415  (seconds)

    return getattr(mlflow, source.flavor).load_model(str(source.folder))


def _model(source: SourceModel, estimator: Any) -> NativeModel:
    if source.flavor == "xgboost" and type(estimator).__name__ == "Booster":
        return XgboostBooster(estimator, _xgboost_classes(estimator))
    if source.flavor == "lightgbm" and type(estimator).__name__ == "Booster":
        return LightgbmBooster(estimator, _lightgbm_classes(estimator))
    if source.flavor == "onnx":
        from matih_training.preparation import onnx_source  # noqa: PLC0415

        return onnx_source.of(estimator)
    from sklearn.base import is_classifier, is_regressor  # noqa: PLC0415

    if not hasattr(estimator, "__sklearn_tags__"):
        raise unsupported(f"{kind_name(estimator)} neither classifies nor regresses as scikit-learn's models do")
    if is_classifier(estimator):
        return Estimator(estimator, _sklearn_classes(estimator))
    if is_regressor(estimator):
        return Estimator(estimator, ())
    raise unsupported(f"{kind_name(estimator)} neither classifies nor regresses; a version does one of the two")


def _sklearn_classes(estimator: Any) -> list[Any]:
    classes = getattr(estimator, "classes_", None)
    if classes is None or isinstance(classes, list) or np.asarray(classes).ndim != 1:
        raise unsupported("the model classifies more than one target; register one model per target")
    labels = [plain_label(label) for label in classes]
    if len(labels) < 2 or not all(isinstance(label, bool | int | str) for label in labels):
        raise unsupported("the model's classes are not two or more whole numbers, texts or truth values")
    return labels


def _xgboost_classes(booster: Any) -> list[int]:
    import json  # noqa: PLC0415

    learner = json.loads(booster.save_config())["learner"]
    objective = str(learner["objective"]["name"])
    if objective == "binary:logistic":
        return [0, 1]
    if objective == "multi:softprob":
        return list(range(int(learner["learner_model_param"]["num_class"])))
    if objective.startswith("reg:") or objective == "count:poisson":
        return []
    raise unsupported(
        f"a booster with the objective {objective} has no conversion here; train it with binary:logistic, multi:softprob or reg:…"
    )


def _lightgbm_classes(booster: Any) -> list[int]:
    text = booster.model_to_string(num_iteration=1)
    found = re.search(r"(?m)^objective=(\S+)", text)
    objective = found.group(1) if found else "none"
    if objective == "binary":
        return [0, 1]
    if objective == "multiclass":
        return list(range(booster.num_model_per_iteration()))
    if objective in ("regression", "regression_l1", "huber", "fair", "quantile", "mape"):
        return []
    raise unsupported(
        f"a booster with the objective {objective} has no conversion here; train it with binary, multiclass or regression"
    )


def kind_name(estimator: object) -> str:
    """The class of an estimator as its owner knows it."""
    return f"{type(estimator).__module__.split('.')[0]}'s {type(estimator).__name__}"


def _unloadable(source: SourceModel, error: Exception) -> JobFailure:
    for cause in _chain(error):
        if isinstance(cause, ModuleNotFoundError) and cause.name:
            module = cause.name.split(".")[0]
            wanted = {name: version for name, version in _requirements(source) if _same(name, module)}
            needs = " ".join(f"{name}=={version}" for name, version in wanted.items()) or module
            return JobFailure(
                FailureCode.MISSING_PACKAGE,
                f"the model needs the Python package {needs}, which the platform's Ray does not have; have it added there, or"
                " bring the module along with code_paths when you log the model",
            )
    if any("untrusted types" in str(cause).lower() for cause in _chain(error)):
        return JobFailure(
            FailureCode.UNREADABLE_MODEL,
            "the model's skops file has types that were not declared as trusted; log it with skops_trusted_types or with"
            ' serialization_format="cloudpickle"',
        )
    others = [
        f"{name} {version} (here {installed})"
        for name, version in _requirements(source)
        if (installed := _installed(name)) is not None and installed != version
    ]
    message = f"the model cannot be loaded ({type(error).__name__}: {' '.join(str(error).split())[:200]})"
    if others:
        message += f"; it was logged with {', '.join(others)}: log it again with these versions"
    return JobFailure(FailureCode.UNREADABLE_MODEL, message)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _requirements(source: SourceModel) -> list[tuple[str, str]]:
    try:
        lines = (source.folder / "requirements.txt").read_text().splitlines()
    except (OSError, ValueError):
        return []
    return [(found.group(1), found.group(2)) for line in lines if (found := _REQUIREMENT.match(line.strip()))]


def _same(name: str, module: str) -> bool:
    return name.lower().replace("-", "_") == module.lower().replace("-", "_")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def not_answering(refused: NativeRefused, what: str) -> JobFailure:
    return unsupported(f"the model does not answer {what} ({shown(refused.reason)[1:-1]})")
