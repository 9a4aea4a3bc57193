"""Golden rows: inputs with the native model's own answers, replayed by whoever wants to serve the model."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from matih_training.comparison import TOLERANCE, margins
from matih_training.dataset import FeatureColumn
from matih_training.native_model import NativeModel, encode

MIN_ROWS = 50
REAL_ROWS = 40
_UNKNOWN_TEXT = "no such category"
_LARGEST = float(np.finfo(np.float32).max)
_LARGEST_LONG = 2.0**53


def golden_rows(
    model: NativeModel,
    held_out: pd.DataFrame,
    features: Sequence[FeatureColumn],
    seed: int,
    target: npt.NDArray[Any],
    *,
    profiles: Mapping[str, Any],
) -> dict[str, Any]:
    """At least 50 rows: real ones, each column null, all null, unknown categories, the ends of each number's range.

    `target` is the one of the training rows, whose spread is the scale of a regression; `profiles` are those of the columns
    in the training rows. One row, the last, is far outside of them: it has the largest number that there is.

    Rows on the edge between two classes are left out where enough others are there: on the edge a difference of the last
    bit is another answer.
    """
    frame = pd.concat([_real(model, held_out, seed), _made(held_out, features, profiles)], ignore_index=True)
    scores = model.score(encode(frame, model.preprocessing))
    if model.classes:
        sure = margins(scores) > 2 * TOLERANCE
        if np.count_nonzero(sure) >= MIN_ROWS:
            frame, scores = frame[sure], scores[sure]
    rows = []
    for index, record in enumerate(frame.to_dict("records")):
        inputs = {feature.name: wire(record[feature.name], feature.kind) for feature in features}
        row: dict[str, Any] = {"inputs": {name: value for name, value in inputs.items() if value is not None}}
        if model.classes:
            row["prediction"] = model.classes[int(np.argmax(scores[index]))]
            row["probabilities"] = [float(value) for value in scores[index]]
        else:
            row["prediction"] = float(scores[index])
        rows.append(row)
    scale = {} if model.classes else {"scale": float(np.std(target.astype(np.float64)))}
    return {"tolerance": TOLERANCE, **scale, "rows": rows}


def _real(model: NativeModel, held_out: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Rows spread over the whole range of scores, so that more than the common answer is covered."""
    sample = held_out.sample(min(len(held_out), 5_000), random_state=seed)
    scores = model.score(encode(sample, model.preprocessing))
    order = np.argsort(scores[:, -1] if model.classes else scores, kind="stable")
    return sample.iloc[order[np.unique(np.linspace(0, len(order) - 1, REAL_ROWS).astype(int))]]


def _made(held_out: pd.DataFrame, features: Sequence[FeatureColumn], profiles: Mapping[str, Any]) -> pd.DataFrame:
    def base(number: int) -> dict[str, Any]:
        record: dict[str, Any] = held_out.iloc[number % len(held_out)].to_dict()
        return record

    rows = [dict.fromkeys((feature.name for feature in features), None)]
    for number, feature in enumerate(features[:20]):
        rows.append(base(number) | {feature.name: None})
        if feature.kind == "string":
            rows.append(base(number) | {feature.name: _UNKNOWN_TEXT})
    numbers = [feature for feature in features if feature.kind in ("double", "long")]
    for feature in numbers[:8]:
        for position, value in enumerate(_ends(profiles[feature.name]["edges"], feature.kind)):
            rows.append(base(position) | {feature.name: value})
    texts = {feature.name: _UNKNOWN_TEXT for feature in features if feature.kind == "string"}
    rows += [base(number) | texts for number in range(3 if texts else 0)]
    # A table of few columns gives few special rows, and one of few rows few real ones: rows with one more null fill up.
    number = 0
    while len(rows) + min(REAL_ROWS, len(held_out)) < 70:
        rows.append(base(number) | {features[number % len(features)].name: None})
        number += 1
    if numbers:
        largest = {feature.name: _LARGEST_LONG if feature.kind == "long" else _LARGEST for feature in numbers}
        rows.append(base(0) | largest)
    return pd.DataFrame(rows, columns=[feature.name for feature in features])


def _ends(edges: Sequence[float], kind: str) -> list[float]:
    """The ends and the middle of the training rows' numbers, zero, and what lies as far beyond each end as they are apart."""
    if not edges:
        return [0.0]
    low, high = edges[0], edges[-1]
    values = [low, high, edges[len(edges) // 2], 0.0, low - (high - low), high + (high - low)]
    if kind == "long":
        return [float(np.clip(np.rint(value), -_LARGEST_LONG, _LARGEST_LONG)) for value in values]
    return [float(np.clip(value, -_LARGEST, _LARGEST)) for value in values]


def wire(value: Any, kind: str) -> Any:
    """A value as JSON has it; None for a null, which is then left out."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    if kind == "string":
        return str(value)
    if kind == "boolean":
        return bool(value)
    if kind == "long":
        return int(value)
    return float(np.clip(value, -_LARGEST, _LARGEST))
