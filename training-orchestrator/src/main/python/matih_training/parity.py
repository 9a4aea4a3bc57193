"""Whether the ONNX graph computes the same model as the libraries that trained it."""

from typing import Any

import numpy as np
import pandas as pd

from matih_training import onnx_model
from matih_training.comparison import agreeing, distances
from matih_training.native_model import NativeModel, encode

_MOST_ROWS = 20_000


def parity(onnx: bytes, model: NativeModel, held_out: pd.DataFrame, golden: dict[str, Any]) -> dict[str, Any]:
    """The graph against the native model, on held-out rows and on the golden rows, from raw columns."""
    names = list(held_out.columns)
    made = pd.DataFrame([[row["inputs"].get(name) for name in names] for row in golden["rows"]], columns=names)
    scale = golden.get("scale", 1.0)
    absolute, greatest, flips, rows, matches = 0.0, 0.0, 0, 0, True
    for frame in (held_out.head(_MOST_ROWS), made):
        native = model.score(encode(frame, model.preprocessing))
        other = onnx_model.run(onnx, model.preprocessing, frame)
        absolute = max(absolute, float(np.max(np.abs(native - other), initial=0.0)))
        greatest = max(greatest, float(np.max(distances(native, other, scale), initial=0.0)))
        matches = matches and bool(np.all(agreeing(native, other, scale)))
        if model.classes:
            flips += int(np.count_nonzero(np.argmax(native, axis=1) != np.argmax(other, axis=1)))
        rows += len(frame)
    return {"rows": rows, "max_abs_diff": absolute, "max_difference": greatest, "flips": flips, "onnx_matches": matches}
