"""Step "encode": learns from the training rows how raw columns become numbers, and encodes both parts.

`native_model.encode` and the ONNX graph apply what was learned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from matih_training import algorithms, native_model
from matih_training.algorithm import Algorithm
from matih_training.column_warnings import column_warnings
from matih_training.dataset import FeatureColumn
from matih_training.failure import FailureCode, JobFailure
from matih_training.job_warning import JobWarning
from matih_training.shards import Part
from matih_training.split import SplitRows

MAX_CATEGORIES = 1000
ONE_HOT_CATEGORIES = 100
NATIVE, ONE_HOT, ORDINAL, FREQUENCY = "native", "one_hot", "ordinal", "frequency"

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class EncodedParts:
    """Both parts as numbers, and how raw columns become these numbers; `encodings` are those that were asked for."""

    rows: SplitRows
    preprocessing: dict[str, Any]
    train: Part
    test: Part
    warnings: tuple[JobWarning, ...] = ()
    encodings: Mapping[str, str] = field(default_factory=dict)


def encode(rows: SplitRows, algorithm: Algorithm, encodings: Mapping[str, str] = _NONE) -> EncodedParts:
    """Learns the preprocessing on the training part and encodes both parts; `encodings` are those asked for by column."""
    features = rows.source.features
    _check(encodings, features)
    learned = learn_preprocessing(rows.train, features, algorithm, rows.classes, encodings)
    matrix = native_model.encode(rows.train, learned)
    warnings = column_warnings(rows.train, features, matrix, matrix_places(learned), _kept(learned))
    return EncodedParts(
        rows=rows,
        preprocessing=learned,
        train=Part(matrix, rows.train_target, rows.train_weight),
        test=Part(native_model.encode(rows.test, learned), rows.test_target),
        warnings=(*rows.source.warnings, *rows.warnings, *warnings),
        encodings=encodings,
    )


def learn_preprocessing(
    train: pd.DataFrame,
    features: Sequence[FeatureColumn],
    algorithm: Algorithm,
    classes: Sequence[int] | Sequence[str],
    encodings: Mapping[str, str] = _NONE,
) -> dict[str, Any]:
    """Medians, scales and categories of the training rows.

    For an algorithm that does not take missing values, a missing number becomes the median and an unknown category a
    number of its own.
    """
    return {
        "algorithm": algorithm.name,
        "classes": list(classes),
        "numeric": [_number(train[feature.name], feature, algorithm) for feature in features if feature.kind != "string"],
        "text": [
            _text(train[feature.name], feature.name, algorithm, encodings.get(feature.name))
            for feature in features
            if feature.kind == "string"
        ],
    }


def matrix_places(preprocessing: Mapping[str, Any]) -> dict[str, slice]:
    """Where each column lies in the matrix."""
    places: dict[str, slice] = {}
    end = 0
    for column in (*preprocessing["numeric"], *preprocessing["text"]):
        width = max(1, len(column["categories"])) if column.get("encoding") == ONE_HOT else 1
        places[column["name"]] = slice(end, end + width)
        end += width
    return places


def category_columns(preprocessing: Mapping[str, Any]) -> tuple[int, ...]:
    """The columns of the matrix that the algorithm takes as categories."""
    places = matrix_places(preprocessing)
    return tuple(places[column["name"]].start for column in preprocessing["text"] if column["encoding"] == NATIVE)


def columns_record(preprocessing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How each column is learned from, for people: what the job decided, or was asked for."""
    return [
        *(
            {
                "name": column["name"],
                "encoding": "number" if column["scale"] is None or column["kind"] == "boolean" else "standardized",
                **_missing(column["fill"]),
            }
            for column in preprocessing["numeric"]
        ),
        *(
            {
                "name": column["name"],
                "encoding": column["encoding"],
                "categories": len(column["categories"]),
                "missing": "zeros" if column["encoding"] == ONE_HOT else "kept" if column["unknown"] is None else "filled",
                **({} if column["unknown"] is None else {"fill": column["unknown"]}),
            }
            for column in preprocessing["text"]
        ),
    ]


def _missing(fill: float | None) -> dict[str, Any]:
    return {"missing": "kept"} if fill is None else {"missing": "filled", "fill": fill}


def _check(encodings: Mapping[str, str], features: Sequence[FeatureColumn]) -> None:
    kinds = {feature.name: feature.kind for feature in features}
    for name in encodings:
        if name not in kinds:
            raise JobFailure(FailureCode.MISSING_COLUMN, f"'encodings' names '{name}', which is no column to learn from")
        if kinds[name] != "string":
            message = f"'encodings' names '{name}', which holds numbers; only texts have an encoding"
            raise JobFailure(FailureCode.UNSUPPORTED_COLUMN, message)


def _number(column: pd.Series, feature: FeatureColumn, algorithm: Algorithm) -> dict[str, Any]:
    limit = np.finfo(np.float32).max
    numbers = np.clip(column.to_numpy(), -limit, limit).astype(np.float32)
    known = numbers[~np.isnan(numbers)]
    fill = None if algorithm.takes_missing else float(np.median(known)) if len(known) else 0.0
    learned = {"name": feature.name, "kind": feature.kind, "fill": fill, "center": None, "scale": None}
    if algorithm.scales:
        filled = np.where(np.isnan(numbers), np.float32(fill), numbers).astype(np.float64)
        spread = 0.0 if feature.kind == "boolean" else float(np.float32(np.std(filled)))
        learned["center"] = float(np.float32(np.mean(filled))) if spread > 0 else 0.0
        learned["scale"] = spread if spread > 0 else 1.0
    return learned


def _text(column: pd.Series, name: str, algorithm: Algorithm, asked: str | None) -> dict[str, Any]:
    counts = column.value_counts()
    counts = counts[counts.index != ""]
    encoding = asked or algorithms.entry(algorithm.name).encodings[0]
    if encoding == ONE_HOT and asked is None and len(counts) > ONE_HOT_CATEGORIES:
        encoding = FREQUENCY
    most = min(MAX_CATEGORIES, algorithm.most_categories) if encoding == NATIVE else MAX_CATEGORIES
    categories = _most_frequent(counts, most)
    learned: dict[str, Any] = {"name": name, "encoding": encoding, "categories": categories}
    if encoding == ONE_HOT:
        return learned | {"unknown": None}
    if encoding == FREQUENCY:
        shares = (counts / max(1, len(column))).astype(np.float32)
        return learned | {"values": [float(shares[category]) for category in categories], "unknown": 0.0}
    return learned | {"unknown": None if algorithm.takes_missing else -1.0}


def _kept(preprocessing: Mapping[str, Any]) -> dict[str, int]:
    return {column["name"]: len(column["categories"]) for column in preprocessing["text"]}


def _most_frequent(counts: pd.Series, most: int) -> list[str]:
    """The most frequent texts, in the order of the alphabet; an empty text is what null looks like on the wire."""
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
    return sorted(str(text) for text, _ in frequent)
