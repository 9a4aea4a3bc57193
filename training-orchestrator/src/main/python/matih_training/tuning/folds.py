"""Cross-validation: the rows to learn from, cut into folds, each of which is once held against a model of the others."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matih_training import native_model
from matih_training.algorithm import Algorithm
from matih_training.failure import FailureCode, JobFailure, shown
from matih_training.preprocessing import EncodedParts, learn_preprocessing
from matih_training.shards import Part, write_part
from matih_training.storage import Folder


def write_folds(parts: EncodedParts, algorithm: Algorithm, data: Folder, *, count: int, seed: int, unit: float) -> list[str]:
    """Stores the parts of each fold; answers their folders. What is learned from rows is learned anew in each fold."""
    rows = parts.rows
    fold_of = assign(rows.train_target, rows.classes, count, seed)
    uris = []
    for number in range(count):
        folder = data.child(f"fold-{number}")
        judged = fold_of == number
        learned = learn_preprocessing(rows.train[~judged], rows.source.features, algorithm, rows.classes, parts.encodings)
        for name, chosen in (("train", ~judged), ("test", judged)):
            target = (rows.train_target[chosen].astype(np.float64) / unit).astype(np.float32)
            matrix = native_model.encode(rows.train[chosen].reset_index(drop=True), learned)
            weight = None if rows.train_weight is None else rows.train_weight[chosen]
            write_part(folder, name, Part(matrix, target, weight), 1)
        uris.append(folder.uri)
    return uris


def assign(target: npt.NDArray[np.float32], classes: Sequence[Any], count: int, seed: int) -> npt.NDArray[np.int64]:
    """The fold of each row; of every class each fold gets the same share."""
    generator = np.random.default_rng(seed)
    fold_of = np.empty(len(target), dtype=np.int64)
    groups = [np.flatnonzero(target == number) for number in range(len(classes))] or [np.arange(len(target))]
    labels: Sequence[Any] = classes or (None,)
    start = 0
    for label, members in zip(labels, groups, strict=True):
        if len(members) < count:
            of = f" of class {shown(label)}" if label is not None else ""
            raise JobFailure(
                FailureCode.TOO_FEW_ROWS, f"{count} folds need as many rows{of} to learn from; there are {len(members)}"
            )
        # Goes on where the class before ended, so that the folds are of one size.
        fold_of[generator.permutation(members)] = (start + np.arange(len(members))) % count
        start += len(members)
    return fold_of
