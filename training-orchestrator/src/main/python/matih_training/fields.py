"""Reads JSON objects key by key, so that everything unknown, missing or of a wrong type is refused by its name."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from matih_training.failure import FailureCode, JobFailure

T = TypeVar("T")


def invalid(message: str) -> JobFailure:
    return JobFailure(FailureCode.INVALID_SPECIFICATION, message)


class Fields:
    """Takes the keys of one JSON object one by one; what is left at the end is unknown and refused."""

    def __init__(self, document: object, path: str) -> None:
        if not isinstance(document, dict):
            raise invalid(f"'{path or 'job specification'}' must be an object")
        self._path = path
        self._left = {key: value for key, value in document.items() if value is not None}

    def at(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def has(self, key: str) -> bool:
        return key in self._left

    def take(self, key: str, read: Callable[[object, str], T]) -> T:
        if key not in self._left:
            raise invalid(f"'{self.at(key)}' is missing")
        return read(self._left.pop(key), self.at(key))

    def take_or(self, key: str, read: Callable[[object, str], T], default: T) -> T:
        return self.take(key, read) if key in self._left else default

    def optional(self, key: str, read: Callable[[object, str], T]) -> T | None:
        return self.take(key, read) if key in self._left else None

    def end(self) -> None:
        if self._left:
            raise invalid(f"unknown key '{self.at(min(self._left))}'")


def text(value: object, path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise invalid(f"'{path}' must be a text that is not empty")
    return value


def one_of(*allowed: str) -> Callable[[object, str], str]:
    def read(value: object, path: str) -> str:
        if value not in allowed:
            raise invalid(f"'{path}' must be one of {', '.join(allowed)}")
        return str(value)

    return read


def integer(at_least: int) -> Callable[[object, str], int]:
    def read(value: object, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < at_least:
            raise invalid(f"'{path}' must be an integer of at least {at_least}")
        return value

    return read


def number(above: float, below: float = float("inf"), *, or_equal: bool = False) -> Callable[[object, str], float]:
    def read(value: object, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid(f"'{path}' must be a number")
        if not (above < value < below or (or_equal and value == above)):
            raise invalid(f"'{path}' is out of range")
        return float(value)

    return read


def list_of(read: Callable[[object, str], T]) -> Callable[[object, str], tuple[T, ...]]:
    def read_list(value: object, path: str) -> tuple[T, ...]:
        if not isinstance(value, list) or not value:
            raise invalid(f"'{path}' must be a list that is not empty")
        return tuple(read(item, f"{path}[{index}]") for index, item in enumerate(value))

    return read_list


def distinct(read: Callable[[object, str], tuple[str, ...]]) -> Callable[[object, str], tuple[str, ...]]:
    def read_distinct(value: object, path: str) -> tuple[str, ...]:
        items = read(value, path)
        if len(set(items)) != len(items):
            raise invalid(f"'{path}' names something twice")
        return items

    return read_distinct


def json_object(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise invalid(f"'{path}' must be an object")
    return value


def record(build: Callable[[Fields], T]) -> Callable[[object, str], T]:
    def read(value: object, path: str) -> T:
        fields = Fields(value, path)
        built = build(fields)
        fields.end()
        return built

    return read
