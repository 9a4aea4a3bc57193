"""Makes the bundle ``watched``: the model of ``numeric-v1`` with a reference profile of normal inputs.

Run with the platform's Python environment and the training code on the path:
``PYTHONPATH=../../../../training-orchestrator/src/main/python python make_watched_bundle.py ../resources/bundles``.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pandas as pd

from matih_training.dataset import FeatureColumn
from matih_training.profile import reference_profile

SEED = 11
ROWS = 2000
HELD_OUT = 500
COLUMNS = ["temp", "wind_speed", "distance"]


def main(bundles: Path) -> None:
    target = bundles / "watched"
    shutil.copytree(bundles / "numeric-v1", target, dirs_exist_ok=True)
    rng = np.random.default_rng(SEED)
    rows = rng.normal(size=(ROWS + HELD_OUT, len(COLUMNS))).astype(np.float32)
    rows[:, :2][rng.random((len(rows), 2)) < 0.05] = np.nan
    session = ort.InferenceSession((target / "model.onnx").read_bytes(), providers=["CPUExecutionProvider"])
    scores = session.run(["probabilities"], {"numeric": rows[ROWS:]})[0]
    profile = reference_profile(
        pd.DataFrame(rows[:ROWS], columns=COLUMNS), [FeatureColumn(name, "double") for name in COLUMNS], scores, [0, 1]
    )
    (target / "reference_profile.json").write_text(json.dumps(profile, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
