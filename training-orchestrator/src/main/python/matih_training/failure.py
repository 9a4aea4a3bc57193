"""Expected ways in which a job can fail, as a closed list that the orchestrator can rely on."""

import json
from enum import StrEnum

_LONGEST_SHOWN = 100


class FailureCode(StrEnum):
    """Codes of `failure.json`; the README says what each one means."""

    INVALID_SPECIFICATION = "invalid_specification"
    UNREADABLE_DATA = "unreadable_data"
    MISSING_COLUMN = "missing_column"
    UNSUPPORTED_COLUMN = "unsupported_column"
    AMBIGUOUS_FEATURE = "ambiguous_feature"
    INVALID_TIMESTAMP = "invalid_timestamp"
    INVALID_TARGET = "invalid_target"
    INVALID_WEIGHT = "invalid_weight"
    SINGLE_CLASS = "single_class"
    TOO_FEW_ROWS = "too_few_rows"
    INVALID_HYPERPARAMETERS = "invalid_hyperparameters"
    INSUFFICIENT_RESOURCES = "insufficient_resources"
    CLUSTER_LOST = "cluster_lost"
    TRAINING_FAILED = "training_failed"
    NO_TRIAL_SUCCEEDED = "no_trial_succeeded"
    MODEL_TOO_LARGE = "model_too_large"
    UNREADABLE_MODEL = "unreadable_model"
    UNSUPPORTED_MODEL = "unsupported_model"
    MISSING_EXAMPLES = "missing_examples"
    MISSING_PACKAGE = "missing_package"
    NOT_CONVERTIBLE = "not_convertible"
    ONNX_DIFFERS = "onnx_differs"
    INVALID_PACKAGE = "invalid_package"
    TESTS_FAILED = "tests_failed"
    SUPERSEDED = "superseded"
    TRACKING_UNAVAILABLE = "tracking_unavailable"
    STORAGE_UNAVAILABLE = "storage_unavailable"
    INTERNAL_ERROR = "internal_error"


def shown(value: object) -> str:
    """A name or class as a message has it: quoted, on one line, and not too long."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, bool) else str(value)
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return f"'{text}'" if len(text) <= _LONGEST_SHOWN else f"'{text[:_LONGEST_SHOWN]}…'"


class JobFailure(Exception):
    """A failure with a code and a message that its owner may read: no secrets, no stack traces, no row but its class."""

    def __init__(self, code: FailureCode, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
