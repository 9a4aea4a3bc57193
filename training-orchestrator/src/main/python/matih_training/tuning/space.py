"""What values a hyperparameter is searched among. The names and their meanings are Ray Tune's."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from matih_training.failure import FailureCode, JobFailure
from matih_training.fields import Fields, invalid, record, text
from matih_training.hyperparameters import AlgorithmEntry


def rounded(value: float) -> float:
    """Of twelve digits: 0.1 + 0.2 is 0.3."""
    return float(f"{value:.12g}")


class Distribution(Protocol):
    """Where the values of one hyperparameter come from."""

    def points(self) -> list[Any] | None:
        """All values in order; None when they cannot be counted."""

    def extremes(self) -> list[Any]:
        """The values that have to be allowed for all of them to be."""

    def draw(self, generator: np.random.Generator) -> Any:
        """One value by chance."""

    def optuna(self) -> Any:
        """The same for Optuna."""


class Choice:
    """One of some values."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def points(self) -> list[Any] | None:
        return list(self._values)

    def extremes(self) -> list[Any]:
        return list(self._values)

    def draw(self, generator: np.random.Generator) -> Any:
        return self._values[int(generator.integers(len(self._values)))]

    def optuna(self) -> Any:
        from optuna.distributions import CategoricalDistribution  # noqa: PLC0415

        return CategoricalDistribution(self._values)


class WholeNumbers:
    """Every `step`-th whole number from the first to the last."""

    def __init__(self, first: int, last: int, step: int = 1) -> None:
        self._first, self._last, self._step = first, last, step

    def points(self) -> list[Any] | None:
        return list(range(self._first, self._last + 1, self._step))

    def extremes(self) -> list[Any]:
        return [self._first, self._last]

    def draw(self, generator: np.random.Generator) -> Any:
        return self._first + self._step * int(generator.integers((self._last - self._first) // self._step + 1))

    def optuna(self) -> Any:
        from optuna.distributions import IntDistribution  # noqa: PLC0415

        return IntDistribution(self._first, self._last, step=self._step)


class Steps:
    """The multiples of a number between two of them."""

    def __init__(self, first: float, last: float, step: float) -> None:
        self._first, self._last, self._step = first, last, step
        self._low, self._high = round(first / step), round(last / step)

    def points(self) -> list[Any] | None:
        return [self._at(number) for number in range(self._low, self._high + 1)]

    def extremes(self) -> list[Any]:
        return [self._at(self._low), self._at(self._high)]

    def draw(self, generator: np.random.Generator) -> Any:
        return self._at(int(generator.integers(self._low, self._high + 1)))

    def _at(self, number: int) -> float:
        return rounded(number * self._step)

    def optuna(self) -> Any:
        from optuna.distributions import FloatDistribution  # noqa: PLC0415

        return FloatDistribution(self._first, self._last, step=self._step)


class Interval:
    """Any number between two; by its logarithm, the small ones are as likely as the large ones."""

    def __init__(self, lower: float, upper: float, *, log: bool) -> None:
        self._lower, self._upper, self._log = lower, upper, log

    def points(self) -> list[Any] | None:
        return None

    def extremes(self) -> list[Any]:
        return [self._lower, self._upper]

    def draw(self, generator: np.random.Generator) -> Any:
        if not self._log:
            return float(generator.uniform(self._lower, self._upper))
        drawn = math.exp(generator.uniform(math.log(self._lower), math.log(self._upper)))
        return float(min(max(drawn, self._lower), self._upper))

    def optuna(self) -> Any:
        from optuna.distributions import FloatDistribution  # noqa: PLC0415

        return FloatDistribution(self._lower, self._upper, log=self._log)


def _any_number(value: object, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise invalid(f"'{path}' must be a number")
    return float(value)


def _values(value: object, path: str) -> list[Any]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str | int | float) for item in value):
        raise invalid(f"'{path}' must be a list of texts or numbers")
    return list(value)


def _choice(fields: Fields) -> Distribution:
    return Choice(fields.take("values", _values))


def _bounds(fields: Fields) -> tuple[float, float]:
    lower, upper = fields.take("lower", _any_number), fields.take("upper", _any_number)
    if lower >= upper:
        raise invalid(f"'{fields.at('upper')}' must be above 'lower'")
    return lower, upper


def _randint(fields: Fields) -> Distribution:
    lower, upper = _bounds(fields)
    return WholeNumbers(int(lower), int(upper) - 1)


def _uniform(fields: Fields) -> Distribution:
    return Interval(*_bounds(fields), log=False)


def _loguniform(fields: Fields) -> Distribution:
    lower, upper = _bounds(fields)
    if lower <= 0:
        raise invalid(f"'{fields.at('lower')}' must be above 0")
    return Interval(lower, upper, log=True)


def _quniform(fields: Fields) -> Distribution:
    lower, upper = _bounds(fields)
    step = fields.take("q", _any_number)
    if step <= 0 or any(not math.isclose(bound / step, round(bound / step), abs_tol=1e-9) for bound in (lower, upper)):
        raise invalid(f"'{fields.at('q')}' must divide 'lower' and 'upper'")
    if all(number.is_integer() for number in (lower, upper, step)):
        return WholeNumbers(int(lower), int(upper), int(step))
    return Steps(lower, upper, step)


_KINDS: Mapping[str, Callable[[Fields], Distribution]] = {
    "choice": _choice,
    "randint": _randint,
    "uniform": _uniform,
    "loguniform": _loguniform,
    "quniform": _quniform,
}


def _distribution(fields: Fields) -> Distribution:
    kind = fields.take("type", text)
    if kind not in _KINDS:
        raise invalid(f"'{fields.at('type')}' must be one of {', '.join(_KINDS)}")
    return _KINDS[kind](fields)


Space = Mapping[str, Distribution]


def read_space(document: object, path: str) -> Space:
    """The searched hyperparameters by name, in the order of their names."""
    if not isinstance(document, dict) or not document:
        raise invalid(f"'{path}' must name a hyperparameter")
    return {name: record(_distribution)(document[name], f"{path}.{name}") for name in sorted(document)}


def require_allowed(space: Space, algorithm: AlgorithmEntry) -> None:
    """Everything that may be drawn has to be something that the algorithm takes."""
    for name, distribution in space.items():
        parameter = algorithm.parameters.get(name)
        if parameter is None:
            raise JobFailure(FailureCode.INVALID_HYPERPARAMETERS, f"{algorithm.name} has no hyperparameter '{name}'")
        for value in distribution.extremes():
            if not parameter.allows(value):
                message = f"hyperparameter '{name}' may become {value}, but must be {parameter.allowed}"
                raise JobFailure(FailureCode.INVALID_HYPERPARAMETERS, message)
