"""What a job did otherwise than its owner may think: left out, cut, or taken for something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class WarningCode(StrEnum):
    """The closed list; docs/concepts/jobs.md says what each one means."""

    COLUMN_NOT_USABLE = "column_not_usable"
    INDEX_NOT_USED = "index_not_used"
    COLUMN_EMPTY = "column_empty"
    COLUMN_CONSTANT = "column_constant"
    CATEGORIES_UNKNOWN = "categories_unknown"
    TEXTS_MOSTLY_UNIQUE = "texts_mostly_unique"
    NUMBERS_AS_TEXT = "numbers_as_text"
    DATES_AS_TEXT = "dates_as_text"
    NUMBERS_ROUNDED = "numbers_rounded"
    NUMBERS_CUT = "numbers_cut"
    ROWS_WITHOUT_TARGET = "rows_without_target"
    RARE_CLASS = "rare_class"
    CHOSEN_BY_HELD_OUT_ROWS = "chosen_by_held_out_rows"
    ONNX_DIFFERS = "onnx_differs"
    FEW_EXAMPLES = "few_examples"
    NO_ONNX_FORM = "no_onnx_form"
    NO_PROBABILITIES = "no_probabilities"
    UNKNOWN_TEXTS_DIFFER = "unknown_texts_differ"
    MORE_WARNINGS = "more_warnings"


_MOST = 50


@dataclass(frozen=True)
class JobWarning:
    """One warning; `column` is the one that it is about, as the caller names it."""

    code: WarningCode
    message: str
    column: str | None = None

    def document(self) -> dict[str, str]:
        """As JSON has it."""
        column = {} if self.column is None else {"column": self.column}
        return {"code": self.code.value, **column, "message": self.message}


def documents(warnings: Sequence[JobWarning]) -> list[dict[str, str]]:
    """As JSON has them: of a table of thousands of columns the first ones and the number of the others."""
    if len(warnings) <= _MOST:
        return [warning.document() for warning in warnings]
    shown, others = warnings[: _MOST - 1], len(warnings) - _MOST + 1
    more = JobWarning(WarningCode.MORE_WARNINGS, f"there are {others} more warnings")
    return [warning.document() for warning in (*shown, more)]
