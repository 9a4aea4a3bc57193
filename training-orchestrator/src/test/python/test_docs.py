"""docs/reference/modelling.md says what the code does."""

import re
from pathlib import Path
from typing import Any

from matih_training import algorithms
from matih_training.hyperparameters import AlgorithmEntry, Parameter
from matih_training.job_warning import WarningCode
from matih_training.preprocessing import MAX_CATEGORIES
from matih_training.split import FEW_ROWS
from matih_training.target import MAX_CLASSES, MIN_ROWS

DOCS = Path(__file__).resolve().parents[4] / "docs"
MODELLING = (DOCS / "reference/modelling.md").read_text()


def table(entry: AlgorithmEntry) -> str:
    """An algorithm's section as the page has it."""
    lines = [f"### `{entry.name}`", "", f"{entry.description} For {' and '.join(entry.tasks)}.", ""]
    lines += ["| hyperparameter | it is | default | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{name}` | {parameter.allowed}{_only(parameter)} | {_default(parameter)} | {parameter.description} |"
        for name, parameter in entry.parameters.items()
    ]
    return "\n".join(lines)


def _only(parameter: Parameter) -> str:
    of = {"classification": "a classification", "binary": "two classes"}
    return f", for {of[parameter.only_for]} only" if parameter.only_for else ""


def _default(parameter: Parameter) -> str:
    by_task = [f"{_text(value)} for {task}" for task, value in sorted(parameter.default_by_task.items())]
    return ", ".join(by_task) or ("" if parameter.default is None else _text(parameter.default))


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def test_every_algorithm_has_its_table() -> None:
    tables = "\n\n".join(table(entry) for entry in algorithms.entries().values())

    assert MODELLING.endswith(tables + "\n"), f"docs/reference/modelling.md should end with:\n{tables}"


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    assert f"The {MAX_CATEGORIES:,} most frequent texts" in MODELLING
    assert f"2 to {MAX_CLASSES} classes" in MODELLING
    assert f"At least {MIN_ROWS} rows need a target" in MODELLING
    jobs = (DOCS / "concepts/jobs.md").read_text()
    assert f"fewer than {FEW_ROWS} rows to learn from" in jobs
    rows = re.findall(r"(?m)^\| `([a-z_]+)` \|", jobs.partition("## Warnings")[2])
    assert rows == [code.value for code in WarningCode]
