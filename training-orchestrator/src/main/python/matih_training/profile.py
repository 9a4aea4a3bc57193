"""The reference profile: how the training rows are distributed, so that drift has something to be compared with."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from matih_training.dataset import FeatureColumn

BINS = 10
TOP_CATEGORIES = 50


def reference_profile(
    train: pd.DataFrame, features: Sequence[FeatureColumn], scores: npt.NDArray[Any], classes: Sequence[Any]
) -> dict[str, Any]:
    """Bins and frequencies per input column, and of the model's own scores on the held-out rows."""
    columns = column_profiles(train, features)
    if classes:
        shares = np.bincount(np.argmax(scores, axis=1), minlength=len(classes)) / len(scores)
        prediction: dict[str, Any] = {
            "classes": {_label(label): float(share) for label, share in zip(classes, shares, strict=True)},
            "score": _binned(scores[:, -1], np.linspace(0, 1, BINS + 1)),
        }
    else:
        prediction = {"value": _number_profile(pd.Series(scores))}
    return {"rows": len(train), "columns": columns, "prediction": {"rows": len(scores)} | prediction}


def column_profiles(train: pd.DataFrame, features: Sequence[FeatureColumn]) -> dict[str, Any]:
    """Bins and frequencies per input column."""
    return {
        feature.name: _text_profile(train[feature.name]) if feature.kind == "string" else _number_profile(train[feature.name])
        for feature in features
    }


def _label(label: Any) -> str:
    """A class as JSON writes it."""
    return str(label).lower() if isinstance(label, bool) else str(label)


def _number_profile(column: pd.Series) -> dict[str, Any]:
    numbers = column.to_numpy(dtype=np.float64)
    finite = numbers[np.isfinite(numbers)]
    profile: dict[str, Any] = {"type": "number", "missing": float(np.mean(np.isnan(numbers)))}
    if len(finite) == 0:
        return profile | {"edges": [], "frequencies": []}
    values = np.unique(finite)
    # A bin per value where there are few; between its only two edges a yes and a no would be one and the same.
    few = len(values) <= BINS
    edges = np.append(values, values[-1]) if few else np.unique(np.quantile(finite, np.linspace(0, 1, BINS + 1)))
    return (
        profile
        | {"min": float(finite.min()), "max": float(finite.max()), "mean": float(finite.mean()), "std": float(finite.std())}
        | _binned(finite, edges)
    )


def _binned(numbers: npt.NDArray[Any], edges: npt.NDArray[Any]) -> dict[str, Any]:
    """Share of the numbers in each bin `[edge, next)`, the last one with its upper edge; outside counts to the outermost."""
    place = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
    shares = np.bincount(place, minlength=len(edges) - 1) / len(numbers)
    return {"edges": [float(edge) for edge in edges], "frequencies": [float(share) for share in shares]}


def _text_profile(column: pd.Series) -> dict[str, Any]:
    shares = column.value_counts() / max(1, len(column))
    top = shares.head(TOP_CATEGORIES)
    return {
        "type": "text",
        "missing": float(column.isna().mean()),
        "categories": {str(text): float(share) for text, share in top.items()},
        "other": float(shares.iloc[TOP_CATEGORIES:].sum()),
    }
