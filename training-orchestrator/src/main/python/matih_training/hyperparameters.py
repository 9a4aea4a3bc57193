"""Reads `algorithms.json` and checks a job's hyperparameters against it. The orchestrator does the same in Java."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from matih_training.failure import FailureCode, JobFailure
from matih_training.fields import Fields, distinct, json_object, list_of, one_of, record, text

TASKS = ("classification", "regression")
ENCODINGS = ("native", "one_hot", "ordinal", "frequency")
_PARAMETER_TYPES = ("integer", "number", "choice", "fraction", "class_weight")
_LARGEST_WEIGHT = 1e9


@dataclass(frozen=True)
class Parameter:
    """A hyperparameter: its type, what it may be, and its default; without one the library's own default holds.

    `only_for` limits it to `classification` or to `binary` classification. A `fraction` is a number above 0 up to 1, a
    `class_weight` an object of numbers by class.
    """

    type: str
    minimum: float | None
    above: float | None
    maximum: float | None
    choices: tuple[str, ...]
    default: Any
    default_by_task: Mapping[str, Any]
    only_for: str | None
    description: str

    def allows(self, value: object) -> bool:
        if isinstance(value, str):
            return value in self.choices
        if self.type == "class_weight":
            return isinstance(value, dict) and bool(value) and all(_is_weight(weight) for weight in value.values())
        numbers = {"choice": (), "integer": (int,)}.get(self.type, (int, float))
        if isinstance(value, bool) or not isinstance(value, numbers):
            return False
        high_enough = value > self.above if self.above is not None else self.minimum is None or value >= self.minimum
        return high_enough and (self.maximum is None or value <= self.maximum)

    def typed(self, value: Any) -> Any:
        """An allowed value as the libraries tell it apart: to some of them a fraction of 1 is all columns, and 1 is one."""
        return float(value) if self.type in ("number", "fraction") and isinstance(value, int) else value

    @property
    def allowed(self) -> str:
        """What `allows` accepts, for an error sentence."""
        match self.type:
            case "integer":
                return f"an integer from {_number(self.minimum)} to {_number(self.maximum)}"
            case "number" if self.above is not None:
                return f"a number above {_number(self.above)} up to {_number(self.maximum)}"
            case "number":
                return f"a number from {_number(self.minimum)} to {_number(self.maximum)}"
            case "choice":
                return f"one of {', '.join(self.choices)}"
            case "class_weight":
                return f"{', '.join(self.choices)} or an object with a positive weight by class"
            case _:
                return f"{', '.join(self.choices)} or a fraction"


@dataclass(frozen=True)
class AlgorithmEntry:
    """One entry of `algorithms.json`."""

    name: str
    description: str
    tasks: tuple[str, ...]
    gpu: bool
    distributed: bool
    encodings: tuple[str, ...]
    parameters: Mapping[str, Parameter]

    def resolve(
        self, task: str, classes: int, asked: Mapping[str, Any], of_rows: Mapping[str, Any] = MappingProxyType({})
    ) -> dict[str, Any]:
        """The complete hyperparameters: what was asked, checked, over the defaults. `classes` is 0 for regression.

        `of_rows` are the defaults that follow from the rows.
        """
        for name, value in asked.items():
            parameter = self.parameters.get(name)
            if parameter is None:
                names = ", ".join(sorted(self.parameters))
                raise _invalid(f"{self.name} has no hyperparameter '{name}'; it has {names}")
            if not parameter.allows(value):
                raise _invalid(f"hyperparameter '{name}' must be {parameter.allowed}")
            if parameter.only_for == "binary" and classes != 2:
                raise _invalid(f"hyperparameter '{name}' belongs to classification with two classes")
            if parameter.only_for == "classification" and task != "classification":
                raise _invalid(f"hyperparameter '{name}' belongs to classification")
        defaults = {name: rule.default_by_task.get(task, rule.default) for name, rule in self.parameters.items()}
        complete = {name: value for name, value in defaults.items() if value is not None} | dict(of_rows) | dict(asked)
        return {name: self.parameters[name].typed(value) for name, value in complete.items()}


@cache
def read_entries(file: Path) -> dict[str, AlgorithmEntry]:
    """Reads the file; an unknown key, a missing one or a wrong type is a `JobFailure` that names it."""
    document = Fields(json.loads(file.read_text()), "")
    algorithms = document.take("algorithms", json_object)
    document.take("planned", list_of(text))
    document.end()
    return {name: _entry(name, Fields(value, name)) for name, value in algorithms.items()}


def _entry(name: str, fields: Fields) -> AlgorithmEntry:
    parameters = fields.take("parameters", json_object)
    entry = AlgorithmEntry(
        name=name,
        description=fields.take("description", text),
        tasks=fields.take("tasks", distinct(list_of(one_of(*TASKS)))),
        gpu=fields.take("gpu", _any),
        distributed=fields.take("distributed", _any),
        encodings=fields.take("encodings", distinct(list_of(one_of(*ENCODINGS)))),
        parameters={key: record(_parameter)(value, f"{name}.{key}") for key, value in parameters.items()},
    )
    fields.end()
    return entry


def _parameter(fields: Fields) -> Parameter:
    kind = fields.take("type", one_of(*_PARAMETER_TYPES))
    return Parameter(
        type=kind,
        minimum=fields.optional("minimum", _any),
        above=0 if kind == "fraction" else fields.optional("above", _any),
        maximum=1 if kind == "fraction" else fields.optional("maximum", _any),
        choices=fields.take_or("choices", list_of(text), ()),
        default=fields.optional("default", _any),
        default_by_task=fields.take_or("default_by_task", json_object, {}),
        only_for=fields.optional("only_for", one_of("classification", "binary")),
        description=fields.take("description", text),
    )


def _any(value: object, _: str) -> Any:
    return value


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _LARGEST_WEIGHT


def _number(value: float | None) -> str:
    return str(int(value)) if value is not None and value == int(value) else str(value)


def _invalid(message: str) -> JobFailure:
    return JobFailure(FailureCode.INVALID_HYPERPARAMETERS, message)
