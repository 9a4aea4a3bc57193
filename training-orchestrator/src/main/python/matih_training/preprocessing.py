"""Step "encode": learns from the training rows how raw columns become numbers, and encodes both parts.

`native_model.encode` and the ONNX graph apply what was learned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from matih_training import native_model
from matih_training.algorithm import Algorithm
from matih_training.column_warnings import column_warnings
from matih_training.dataset import FeatureColumn
from matih_training.job_warning import JobWarning
from matih_training.shards import Part
from matih_training.split import SplitRows

MAX_CATEGORIES = 1000


@dataclass(frozen=True)
class EncodedParts:
    """Both parts as numbers, and how raw columns become these numbers."""

    rows: SplitRows
    preprocessing: dict[str, Any]
    train: Part
    test: Part
    warnings: tuple[JobWarning, ...] = ()


def encode(rows: SplitRows, algorithm: Algorithm) -> EncodedParts:
    """Learns the preprocessing on the training part and encodes both parts."""
    features = rows.source.features
    learned = learn_preprocessing(rows.train, features, algorithm, rows.classes)
    matrix = native_model.encode(rows.train, learned)
    warnings = column_warnings(rows.train, features, matrix, MAX_CATEGORIES)
    return EncodedParts(
        rows=rows,
        preprocessing=learned,
        train=Part(matrix, rows.train_target),
        test=Part(native_model.encode(rows.test, learned), rows.test_target),
        warnings=(*rows.source.warnings, *rows.warnings, *warnings),
    )


def learn_preprocessing(
    train: pd.DataFrame, features: Sequence[FeatureColumn], algorithm: Algorithm, classes: Sequence[int] | Sequence[str]
) -> dict[str, Any]:
    """Medians and categories of the training rows.

    For an algorithm that does not take missing values, a missing number becomes the median and an unknown category a
    number of its own.
    """
    fills = not algorithm.takes_missing
    return {
        "algorithm": algorithm.name,
        "classes": list(classes),
        "numeric": [
            {"name": feature.name, "kind": feature.kind, "fill": _median(train[feature.name]) if fills else None}
            for feature in features
            if feature.kind != "string"
        ],
        "text": [
            {"name": feature.name, "categories": _categories(train[feature.name]), "unknown": -1.0 if fills else None}
            for feature in features
            if feature.kind == "string"
        ],
    }


def _median(column: pd.Series) -> float:
    limit = np.finfo(np.float32).max
    numbers = np.clip(column.to_numpy(), -limit, limit)
    known = numbers[~np.isnan(numbers)]
    return float(np.float32(np.median(known))) if len(known) else 0.0


def _categories(column: pd.Series) -> list[str]:
    """The most frequent texts, in the order of the alphabet; an empty text is what null looks like on the wire."""
    counts = column.value_counts()
    counts = counts[counts.index != ""]
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MAX_CATEGORIES]
    return sorted(str(text) for text, _ in frequent)
