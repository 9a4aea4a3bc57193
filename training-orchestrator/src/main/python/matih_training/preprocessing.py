"""Learns from the training rows how raw columns become numbers; `native_model.encode` and the ONNX graph then apply it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from matih_training.dataset import FeatureColumn

MAX_CATEGORIES = 1000


def to_frame(table: pa.Table, features: Sequence[FeatureColumn]) -> pd.DataFrame:
    """The feature columns as pandas: float64 for every number and boolean, objects with None for texts."""
    columns: dict[str, Any] = {}
    for feature in features:
        column = table.column(feature.name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if feature.kind == "string":
            columns[feature.name] = column.to_pandas()
        else:
            number = column.cast(pa.uint8()) if feature.kind == "boolean" else column
            columns[feature.name] = number.cast(pa.float64(), safe=False).to_numpy()
    return pd.DataFrame(columns)


def learn_preprocessing(
    train: pd.DataFrame, features: Sequence[FeatureColumn], algorithm: str, classes: Sequence[int] | Sequence[str]
) -> dict[str, Any]:
    """Medians and categories of the training rows.

    XGBoost takes a missing number and an unknown category as missing. A forest cannot (its conversion to ONNX would be
    silently wrong), so there a missing number becomes the median and an unknown category a number of its own.
    """
    forest = algorithm == "random_forest"
    return {
        "algorithm": algorithm,
        "classes": list(classes),
        "numeric": [
            {"name": feature.name, "kind": feature.kind, "fill": _median(train[feature.name]) if forest else None}
            for feature in features
            if feature.kind != "string"
        ],
        "text": [
            {"name": feature.name, "categories": _categories(train[feature.name]), "unknown": -1.0 if forest else None}
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
