"""Makes the small model bundles that the router's tests serve.

Run with the platform's Python environment: ``python make_bundles.py ../resources/bundles``.
The results are checked in, so tests need no Python; run it again only when the bundle contract changes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pandas as pd
import xgboost as xgb
from onnx import TensorProto, helper
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as XgbFloat
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

SEED = 7
ROWS = 400


def write_bundle(folder: Path, model: bytes, signature: dict[str, Any], golden: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model)
    (folder / "signature.json").write_text(json.dumps(signature, indent=1) + "\n")
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")
    size = sum(f.stat().st_size for f in folder.iterdir())
    digest = hashlib.sha256(model).hexdigest()
    print(f"{folder.name:28} {size:7} bytes  model {digest[:12]}")


def weather_data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(ROWS, 3)).astype(np.float32)
    x[rng.random(x.shape) < 0.05] = np.nan
    y = (np.nan_to_num(x[:, 0]) + 0.5 * np.nan_to_num(x[:, 1]) > 0).astype(int)
    return x, y


def numeric_signature(references: bool) -> dict[str, Any]:
    columns = ["temp", "wind_speed", "distance"]
    signature: dict[str, Any] = {
        "task": "classification",
        "inputs": [{"name": c, "type": "double", "nullable": c != "distance"} for c in columns],
        "outputs": [
            {"name": "label", "type": "long"},
            {"name": "probabilities", "type": "double", "shape": [-1, 2]},
        ],
        "classes": [0, 1],
        "onnx": {
            "tensors": [{"name": "numeric", "datatype": "FP32", "columns": columns}],
            "label": "label",
            "probabilities": "probabilities",
        },
    }
    if references:
        signature["features"] = {
            "references": ["weather:temp", "weather:wind_speed"],
            "join_keys": ["origin"],
        }
    return signature


def numeric_golden(model: xgb.XGBClassifier, x: np.ndarray) -> dict[str, Any]:
    rows = x[:60].copy()
    rows[:, 2] = np.nan_to_num(rows[:, 2])
    rows[0, :2] = np.nan
    rows[1, 0] = 1e6
    rows[2, 0] = -1e6
    probabilities = model.predict_proba(rows)
    golden = []
    for row, p in zip(rows, probabilities, strict=True):
        inputs = {name: float(v) for name, v in zip(["temp", "wind_speed", "distance"], row, strict=True) if not np.isnan(v)}
        golden.append({"inputs": inputs, "prediction": int(np.argmax(p)), "probabilities": [float(v) for v in p]})
    return {"tolerance": 1e-4, "rows": golden}


def numeric(target: Path, name: str, depth: int, references: bool) -> None:
    x, y = weather_data()
    model = xgb.XGBClassifier(n_estimators=12, max_depth=depth, random_state=SEED, n_jobs=1)
    model.fit(x, y)
    onx = convert_xgboost(model, initial_types=[("numeric", XgbFloat([None, 3]))], target_opset=15)
    write_bundle(target / name, onx.SerializeToString(), numeric_signature(references), numeric_golden(model, x))


def mixed(target: Path) -> None:
    rng = np.random.default_rng(SEED)
    numbers = rng.normal(size=(ROWS, 2)).astype(np.float32)
    carriers = rng.choice(["AA", "B6", "UA"], size=(ROWS, 1)).astype(object)
    y = ((numbers[:, 0] > 0) ^ (carriers[:, 0] == "B6")).astype(int)
    frame = pd.DataFrame({"carrier": carriers[:, 0], "hour": numbers[:, 0], "distance": numbers[:, 1]})
    pipeline = Pipeline(
        [
            (
                "encode",
                ColumnTransformer(
                    [
                        (
                            "carrier",
                            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                            ["carrier"],
                        ),
                        ("numeric", "passthrough", ["hour", "distance"]),
                    ],
                    sparse_threshold=0,
                ),
            ),
            ("model", LogisticRegression()),
        ]
    )
    pipeline.fit(frame, y)
    initial = [
        ("carrier", StringTensorType([None, 1])),
        ("hour", FloatTensorType([None, 1])),
        ("distance", FloatTensorType([None, 1])),
    ]
    onx = convert_sklearn(
        pipeline,
        initial_types=initial,
        options={id(pipeline.steps[-1][1]): {"zipmap": False}},
        target_opset={"": 15, "ai.onnx.ml": 3},
    )
    signature = {
        "task": "classification",
        "inputs": [
            {"name": "carrier", "type": "string", "nullable": True},
            {"name": "hour", "type": "long", "nullable": False},
            {"name": "distance", "type": "double", "nullable": False},
        ],
        "outputs": [
            {"name": "label", "type": "long"},
            {"name": "probabilities", "type": "double", "shape": [-1, 2]},
        ],
        "classes": ["on_time", "late"],
        "onnx": {
            "tensors": [
                {"name": "carrier", "datatype": "BYTES", "columns": ["carrier"]},
                {"name": "hour", "datatype": "FP32", "columns": ["hour"]},
                {"name": "distance", "datatype": "FP32", "columns": ["distance"]},
            ],
            "label": "label",
            "probabilities": "probabilities",
        },
    }
    golden = []
    for i in range(55):
        carrier = [None, "ZZ", "AA", "B6", "UA"][i % 5]
        row = {"carrier": carrier or "", "hour": float(i % 24 - 12), "distance": float(numbers[i, 1])}
        p = pipeline.predict_proba(pd.DataFrame([row]))[0]
        inputs: dict[str, Any] = {"hour": i % 24 - 12, "distance": float(numbers[i, 1])}
        if carrier is not None:
            inputs["carrier"] = carrier
        golden.append(
            {
                "inputs": inputs,
                "prediction": ["on_time", "late"][int(np.argmax(p))],
                "probabilities": [float(v) for v in p],
            }
        )
    write_bundle(target / "mixed", onx.SerializeToString(), signature, {"tolerance": 1e-4, "rows": golden})


def regression(target: Path) -> None:
    x, _ = weather_data()
    y = 500 + 40 * np.nan_to_num(x[:, 0])
    model = xgb.XGBRegressor(n_estimators=12, max_depth=3, random_state=SEED, n_jobs=1)
    model.fit(x, y)
    onx = convert_xgboost(model, initial_types=[("numeric", XgbFloat([None, 3]))], target_opset=15)
    signature = {
        "task": "regression",
        "inputs": [{"name": c, "type": "double", "nullable": True} for c in ["a", "b", "c"]],
        "outputs": [{"name": "prediction", "type": "double"}],
        "onnx": {
            "tensors": [{"name": "numeric", "datatype": "FP32", "columns": ["a", "b", "c"]}],
            "prediction": "variable",
        },
    }
    rows = x[:50]
    golden = [
        {
            "inputs": {n: float(v) for n, v in zip(["a", "b", "c"], row, strict=True) if not np.isnan(v)},
            "prediction": float(p),
        }
        for row, p in zip(rows, model.predict(rows), strict=True)
    ]
    write_bundle(target / "regression", onx.SerializeToString(), signature, {"tolerance": 1e-3, "rows": golden})


def unicode(target: Path) -> None:
    """Names and texts that no C program would choose; the inputs of the graph have names of their own."""
    mood, place, load = "\N{SLIGHTLY SMILING FACE} mood", "\u05de\u05e7\u05d5\u05dd", "\N{ROCKET}" * 255
    moods = {"\N{ROCKET}": 1.0, "gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n": 2.0, "a\N{GOTHIC LETTER HWAIR}b": 3.0}
    places = {"\u05d7\u05d9\u05e4\u05d4": 10.0, "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{BOY}": 20.0, "": 30.0}

    def encoder(tensor: str, output: str, categories: dict[str, float]) -> Any:
        return helper.make_node(
            "LabelEncoder",
            [tensor],
            [output],
            domain="ai.onnx.ml",
            keys_strings=list(categories),
            values_floats=list(categories.values()),
            default_float=-1.0,
        )

    nodes = [
        encoder("c0", "n0", moods),
        encoder("c1", "n1", places),
        helper.make_node("IsNaN", ["c2"], ["absent"]),
        helper.make_node("Where", ["absent", "fill", "c2"], ["n2"]),
        helper.make_node("Add", ["n0", "n1"], ["texts"]),
        helper.make_node("Add", ["texts", "n2"], ["variable"]),
    ]
    graph = helper.make_graph(
        nodes,
        "unicode",
        [
            helper.make_tensor_value_info("c0", TensorProto.STRING, [None, 1]),
            helper.make_tensor_value_info("c1", TensorProto.STRING, [None, 1]),
            helper.make_tensor_value_info("c2", TensorProto.FLOAT, [None, 1]),
        ],
        [helper.make_tensor_value_info("variable", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor("fill", TensorProto.FLOAT, [1, 1], [0.5])],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 15), helper.make_opsetid("ai.onnx.ml", 3)], ir_version=8
    ).SerializeToString()
    signature = {
        "bundle_format": 2,
        "task": "regression",
        "inputs": [
            {"name": mood, "type": "string", "nullable": True},
            {"name": place, "type": "string", "nullable": True},
            {"name": load, "type": "double", "nullable": True},
        ],
        "outputs": [{"name": "prediction", "type": "double"}],
    }
    layout = {
        "tensors": [
            {"name": "c0", "datatype": "BYTES", "columns": [mood]},
            {"name": "c1", "datatype": "BYTES", "columns": [place]},
            {"name": "c2", "datatype": "FP32", "columns": [load]},
        ],
        "outputs": {"prediction": "variable"},
    }
    session = ort.InferenceSession(model)
    rows = []
    for i in range(60):
        inputs: dict[str, Any] = {
            mood: [*moods, "never seen"][i % 4],
            place: [*places, "\N{FAMILY}"][i // 4 % 4],
            **({load: i / 4} if i % 5 == 0 else {}),
        }
        if i == 59:
            inputs = {}
        feed = {
            "c0": np.array([[inputs.get(mood, "")]], dtype=object),
            "c1": np.array([[inputs.get(place, "")]], dtype=object),
            "c2": np.array([[inputs.get(load, np.nan)]], dtype=np.float32),
        }
        rows.append({"inputs": inputs, "prediction": float(session.run(["variable"], feed)[0][0, 0])})
    folder = target / "unicode"
    write_bundle(folder, model, signature, {"tolerance": 1e-4, "scale": 10.0, "rows": rows})
    (folder / "onnx.json").write_text(json.dumps(layout, indent=1) + "\n")


def model_of(nodes: list[Any], outputs: list[Any], initializers: list[Any], domains: list[Any]) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "hostile",
        [helper.make_tensor_value_info("numeric", TensorProto.FLOAT, [None, 3])],
        outputs,
        initializers,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15), *domains], ir_version=8)


def probabilities_output() -> Any:
    return helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])


def hostile(target: Path) -> None:
    x, y = weather_data()
    reference = xgb.XGBClassifier(n_estimators=2, max_depth=2, random_state=SEED, n_jobs=1).fit(x, y)
    golden = numeric_golden(reference, x)
    signature = numeric_signature(False)
    del signature["onnx"]["label"]

    weights = helper.make_tensor("w", TensorProto.FLOAT, [3, 2], [0.1] * 6)
    matmul = [helper.make_node("MatMul", ["numeric", "w"], ["probabilities"])]

    external = model_of(matmul, [probabilities_output()], [weights], [])
    tensor = external.graph.initializer[0]
    tensor.ClearField("float_data")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../../../etc/passwd"
    write_bundle(target / "hostile-external-data", external.SerializeToString(), signature, golden)

    custom = model_of(
        [helper.make_node("Exec", ["numeric"], ["probabilities"], domain="com.evil")],
        [probabilities_output()],
        [],
        [helper.make_opsetid("com.evil", 1)],
    )
    write_bundle(target / "hostile-custom-domain", custom.SerializeToString(), signature, golden)

    # A bomb: a small file that asks for 64 GiB when it runs.
    bomb_nodes = [
        helper.make_node("ConstantOfShape", ["big"], ["zeros"]),
        helper.make_node("ReduceSum", ["zeros"], ["sum"], keepdims=0),
        helper.make_node("MatMul", ["numeric", "w"], ["product"]),
        helper.make_node("Add", ["product", "sum"], ["probabilities"]),
    ]
    big = helper.make_tensor("big", TensorProto.INT64, [2], [131072, 131072])
    bomb = model_of(bomb_nodes, [probabilities_output()], [weights, big], [])
    write_bundle(target / "hostile-memory-bomb", bomb.SerializeToString(), signature, golden)

    # A loop that (nearly) never ends.
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["cond_in"], ["cond_out"]),
            helper.make_node("Add", ["acc_in", "acc_in"], ["acc_out"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("cond_in", TensorProto.BOOL, []),
            helper.make_tensor_value_info("acc_in", TensorProto.FLOAT, [None, 2]),
        ],
        [
            helper.make_tensor_value_info("cond_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("acc_out", TensorProto.FLOAT, [None, 2]),
        ],
    )
    trip = helper.make_tensor("trip", TensorProto.INT64, [], [2**62])
    go = helper.make_tensor("go", TensorProto.BOOL, [], [True])
    endless = model_of(
        [
            helper.make_node("MatMul", ["numeric", "w"], ["product"]),
            helper.make_node("Loop", ["trip", "go", "product"], ["probabilities"], body=body),
        ],
        [probabilities_output()],
        [weights, trip, go],
        [],
    )
    write_bundle(target / "hostile-endless-loop", endless.SerializeToString(), signature, golden)

    random = model_of(
        [
            helper.make_node("MatMul", ["numeric", "w"], ["product"]),
            helper.make_node("RandomNormalLike", ["product"], ["noise"]),
            helper.make_node("Add", ["product", "noise"], ["probabilities"]),
        ],
        [probabilities_output()],
        [weights],
        [],
    )
    write_bundle(target / "hostile-random", random.SerializeToString(), signature, golden)
    write_bundle(target / "hostile-not-onnx", b"\x80\x04cposix\nsystem\n(S'true'\ntR.", signature, golden)

    # A real model whose golden answers are somebody else's.
    onx = convert_xgboost(reference, initial_types=[("numeric", XgbFloat([None, 3]))], target_opset=15).SerializeToString()
    wrong = {"tolerance": 1e-4, "rows": [dict(r, probabilities=[0.9, 0.1], prediction=0) for r in golden["rows"]]}
    write_bundle(target / "wrong-golden", onx, numeric_signature(False), wrong)

    mismatched = numeric_signature(False)
    mismatched["onnx"]["tensors"][0]["columns"] = ["temp", "wind_speed"]
    mismatched["inputs"] = mismatched["inputs"][:2]
    fewer = [dict(r, inputs={k: v for k, v in r["inputs"].items() if k != "distance"}) for r in golden["rows"]]
    write_bundle(target / "wrong-signature", onx, mismatched, {"tolerance": 1e-4, "rows": fewer})


def check(target: Path) -> None:
    """Every well-meant bundle reproduces its golden rows here too."""
    for name in ["numeric-v1", "numeric-v2"]:
        session = ort.InferenceSession(str(target / name / "model.onnx"))
        golden = json.loads((target / name / "golden.json").read_text())
        rows = np.array(
            [[r["inputs"].get(c, np.nan) for c in ["temp", "wind_speed", "distance"]] for r in golden["rows"]],
            dtype=np.float32,
        )
        got = session.run(["probabilities"], {"numeric": rows})[0]
        want = np.array([r["probabilities"] for r in golden["rows"]])
        assert np.abs(got - want).max() < 1e-5, name


def main() -> None:
    target = Path(sys.argv[1])
    numeric(target, "numeric-v1", 2, references=False)
    numeric(target, "numeric-v2", 3, references=False)
    numeric(target, "features", 2, references=True)
    mixed(target)
    regression(target)
    unicode(target)
    hostile(target)
    check(target)


if __name__ == "__main__":
    main()
