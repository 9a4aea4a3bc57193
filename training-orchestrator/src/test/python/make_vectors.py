"""Writes the whole bundles among the vectors of model-bundle by this package's writer: `make_vectors.py FOLDER`.

Those of an earlier format were written by the release that had it, and stay as they are.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from conftest import small_table
from matih_training import algorithms, bundle, onnx_model
from matih_training.algorithm import native_form
from matih_training.dataset import digest_of
from matih_training.metrics import metrics_of
from matih_training.native_model import encode
from matih_training.parity import parity
from matih_training.profile import reference_profile
from test_model import NAMES, TARGETS, columns, golden_of, target_of, trained

# Names and categories that are no identifier of any runtime.
ODD_NAMES = {"temp": "c0", "hour": "a.b", "carrier": '🚀 "carrier"', "holiday": "<مرحبا>"}


def odd_table() -> pa.Table:
    """The small table under other names, with a category beyond the 16-bit characters."""
    table = small_table().rename_columns({**ODD_NAMES})
    carriers = pc.replace_substring(table.column(ODD_NAMES["carrier"]), "B6", "🚀")
    return table.set_column(table.column_names.index(ODD_NAMES["carrier"]), ODD_NAMES["carrier"], carriers)


def write(folder: Path, target: str, table: pa.Table, names: list[str]) -> str:
    """One bundle with every document; answers its digest."""
    model, frame = trained("xgboost", target, table, names)
    features = columns(table, names)
    scores = model.score(encode(frame, model.preprocessing))
    numbers = target_of(target, table)
    golden = golden_of(model, frame, features, numbers)
    onnx = onnx_model.build(model)
    digest = digest_of(["a small table", target])
    return bundle.write_bundle(
        folder,
        run_id="0a1b",
        signature=bundle.signature(TARGETS[target], features, model.classes, None),
        preprocessing=model.preprocessing,
        native=native_form(algorithms.get("xgboost"), model.scorer, bundle.NATIVE),
        onnx=onnx,
        layout=bundle.onnx_layout(onnx_model.input_tensors(model.preprocessing), model.classes),
        documents={
            "golden.json": golden,
            "parity.json": parity(onnx, model, frame, golden),
            "reference_profile.json": reference_profile(frame, features, scores, model.classes),
            "evaluation.json": {
                "dataset_digest": digest,
                "held_out_digest": digest,
                "rows": len(frame),
                "metrics": metrics_of(numbers, np.asarray(scores), len(model.classes)),
            },
            "lineage.json": {
                "job_id": "job-1",
                "attempt": 1,
                "code_digest": bundle.code_digest(),
                "data_digest": digest,
                "feature_references": [],
                "target_column": target,
                "seed": 1,
                "environment_digest": bundle.environment_digest(),
            },
        },
    ).digest


def main(folder: Path) -> None:
    index = folder / "bundles.json"
    digests = json.loads(index.read_text()) if index.exists() else {}
    small, odd = (small_table(), NAMES), (odd_table(), list(ODD_NAMES.values()))
    for name, target, data in (("classification", "verdict", small), ("regression", "delay", small), ("names", "verdict", odd)):
        full = f"format-{bundle.FORMAT}-{name}"
        shutil.rmtree(folder / "bundles" / full, ignore_errors=True)
        digests[full] = write(folder / "bundles" / full, target, *data)
    index.write_text(json.dumps(digests, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
