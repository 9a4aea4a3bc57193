"""Writes a small bundle and its data into a folder, for tests that need a real one: `make_bundle.py FOLDER`."""

import sys
from pathlib import Path

from pyarrow import csv

from conftest import small_table
from matih_training import algorithms, bundle, onnx_model
from matih_training.algorithm import native_form
from test_model import NAMES, columns, trained


def main(folder: Path) -> None:
    model, _ = trained("xgboost", "late")
    bundle.write_bundle(
        folder / "model",
        run_id="0a1b",
        signature=bundle.signature("classification", columns(small_table(), NAMES), model.classes, None),
        preprocessing=model.preprocessing,
        native=native_form(algorithms.get("xgboost"), model.scorer, bundle.NATIVE),
        onnx=onnx_model.build(model),
        layout=bundle.onnx_layout(onnx_model.input_tensors(model.preprocessing), model.classes),
        documents={},
    )
    csv.write_csv(small_table(300, seed=11).drop_columns(["day", "verdict", "delay"]), folder / "data.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
