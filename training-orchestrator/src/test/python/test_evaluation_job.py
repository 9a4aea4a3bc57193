"""The platform's own evaluation: its numbers are those of scikit-learn on the answers of the served graph."""

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from file_server import FileServer
from sklearn import metrics as reference

from conftest import small_table
from matih_training import algorithms, bundle, entry, onnx_model
from matih_training.algorithm import native_form
from matih_training.native_model import encode
from test_model import NAMES, columns, trained

Document = dict[str, Any]


@pytest.fixture
def store() -> Iterator[FileServer]:
    server = FileServer()
    yield server
    server.close()


def parquet(table: pa.Table) -> bytes:
    target = io.BytesIO()
    pq.write_table(table, target)
    return target.getvalue()


def evaluation_of(store: FileServer, folder: Path, algorithm: str, target: str, table: pa.Table) -> tuple[Document, Any]:
    """A job about a real bundle, as the orchestrator submits it."""
    model, _ = trained(algorithm, target)
    signature = bundle.signature(
        "regression" if target == "delay" else "classification",
        columns(small_table(), NAMES),
        model.classes,
        None,
    )
    written = bundle.write_bundle(
        folder / "model",
        run_id="0a1b",
        signature=signature,
        preprocessing=model.preprocessing,
        native=native_form(algorithms.get(algorithm), model.scorer, bundle.NATIVE),
        onnx=onnx_model.build(model),
        layout=bundle.onnx_layout(onnx_model.input_tensors(model.preprocessing), model.classes),
        documents={},
    )
    files = [
        {"path": path, "sha256": sha256, "url": store.put(f"/bundle/{path}", (written.folder / path).read_bytes())}
        for path, sha256 in written.files.items()
    ]
    return {
        "kind": "evaluation",
        "job_id": "8f3c",
        "attempt": 1,
        "model_id": "late-flights",
        "version": 3,
        "bundle": {"digest": written.digest, "files": files},
        "data": {"url": store.put("/data.parquet", parquet(table)), "digest": "sha256:" + "d" * 64},
        "target_column": target,
        "outputs": {name: f"{store.uri}/out/{name}" for name in ("progress.json", "result.json", "failure.json")},
    }, model


def run(document: Document) -> int:
    return entry.run({"MATIH_JOB": json.dumps(document)})


def failure(store: FileServer) -> str:
    assert "/out/result.json" not in store.files
    return str(json.loads(store.files["/out/failure.json"])["code"])


@pytest.mark.parametrize(
    ("algorithm", "target"), [("xgboost", "late"), ("xgboost", "verdict"), ("random_forest", "late"), ("random_forest", "delay")]
)
def test_the_numbers_are_those_of_scikit_learn(store: FileServer, tmp_path: Path, algorithm: str, target: str) -> None:
    table = small_table(500, seed=11)
    document, model = evaluation_of(store, tmp_path, algorithm, target, table)

    assert run(document) == 0

    result = json.loads(store.files["/out/result.json"])
    scores = onnx_model.run(store.files["/bundle/model.onnx"], model.preprocessing, table.to_pandas()[NAMES]).astype(np.float64)
    truth = table.column(target).to_numpy(zero_copy_only=False)
    assert result["digest"] == document["bundle"]["digest"]
    assert result["data_digest"] == document["data"]["digest"]
    assert (result["rows"], result["rows_without_target"]) == (500, 0)
    if target == "delay":
        expected = {
            "rmse": reference.root_mean_squared_error(truth, scores),
            "mae": reference.mean_absolute_error(truth, scores),
            "r2": reference.r2_score(truth, scores),
        }
    else:
        predicted = model.labels(scores)
        expected = {
            "accuracy": reference.accuracy_score(truth, predicted),
            "logloss": reference.log_loss(truth, scores.astype(np.float64), labels=model.classes),
        }
        if target == "late":
            expected |= {
                "auc": reference.roc_auc_score(truth, scores[:, 1]),
                "f1": reference.f1_score(truth, predicted),
                "brier": reference.brier_score_loss(truth, scores[:, 1]),
            }
        else:
            expected |= {"f1_macro": reference.f1_score(truth, predicted, average="macro")}
    assert result["metrics"] == pytest.approx(expected, rel=1e-6)


def native_only(document: Document) -> Document:
    """The same version without its ONNX form."""
    files = [file for file in document["bundle"]["files"] if file["path"] not in ("model.onnx", "onnx.json")]
    digest = bundle.bundle_digest({file["path"]: file["sha256"] for file in files})
    return document | {"bundle": {"digest": digest, "files": files}}


@pytest.mark.parametrize(("algorithm", "target"), [("xgboost", "verdict"), ("random_forest", "delay")])
def test_a_version_without_an_onnx_form_is_measured_by_its_native_one(
    store: FileServer, tmp_path: Path, algorithm: str, target: str
) -> None:
    table = small_table(500, seed=11)
    document, _ = evaluation_of(store, tmp_path, algorithm, target, table)
    assert run(document) == 0
    by_onnx = json.loads(store.files.pop("/out/result.json"))

    assert run(native_only(document)) == 0

    by_itself = json.loads(store.files["/out/result.json"])
    assert by_itself["engine"] == "native"
    assert by_itself["metrics"] == pytest.approx(by_onnx["metrics"], rel=1e-4)


def test_native_code_that_fails_ends_the_job_with_a_reason(store: FileServer, tmp_path: Path) -> None:
    document, _ = evaluation_of(store, tmp_path, "xgboost", "late", small_table())
    native_form_only = native_only(document)
    for file in native_form_only["bundle"]["files"]:
        if file["path"] == "native/model.ubj":
            content = b"no model"
            file |= {"sha256": hashlib.sha256(content).hexdigest(), "url": store.put("/bundle/native/model.ubj", content)}
    digests = {file["path"]: file["sha256"] for file in native_form_only["bundle"]["files"]}
    native_form_only["bundle"]["digest"] = bundle.bundle_digest(digests)

    assert run(native_form_only) == 1

    assert failure(store) == "unreadable_model"


def test_a_row_without_a_target_is_left_out_and_counted(store: FileServer, tmp_path: Path) -> None:
    table = small_table(300)
    late = table.column("late").to_pylist()
    holed = table.set_column(table.column_names.index("late"), "late", pa.array([None, *late[1:]], pa.int64()))
    document, _ = evaluation_of(store, tmp_path, "xgboost", "late", holed)

    assert run(document) == 0

    result = json.loads(store.files["/out/result.json"])
    assert (result["rows"], result["rows_without_target"]) == (299, 1)


def without(name: str) -> pa.Table:
    return small_table().drop_columns([name])


def with_column(name: str, values: Any) -> pa.Table:
    table = small_table()
    return table.set_column(table.column_names.index(name), name, pa.array(values))


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (without("temp"), "missing_column"),
        (without("late"), "missing_column"),
        (with_column("temp", ["warm"] * 400), "unsupported_column"),
        (with_column("carrier", [1.0] * 400), "unsupported_column"),
        (with_column("late", [2] * 400), "invalid_target"),
        (with_column("late", ["yes"] * 400), "invalid_target"),
        (with_column("late", [0.5] * 400), "invalid_target"),
        (with_column("late", [1] * 400), "single_class"),
        (small_table().slice(0, 5), "too_few_rows"),
    ],
)
def test_says_why_the_data_does_not_fit(store: FileServer, tmp_path: Path, table: pa.Table, code: str) -> None:
    document, _ = evaluation_of(store, tmp_path, "xgboost", "late", table)

    assert run(document) == 1
    assert failure(store) == code


def test_refuses_files_other_than_the_digest_names(store: FileServer, tmp_path: Path) -> None:
    document, _ = evaluation_of(store, tmp_path, "xgboost", "late", small_table())
    store.files["/bundle/model.onnx"] = b"another model"

    assert run(document) == 1
    assert failure(store) == "unreadable_data"
    del store.files["/out/failure.json"]

    document["bundle"]["digest"] = "sha256:" + "0" * 64
    assert run(document) == 1
    assert failure(store) == "invalid_specification"


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x80\x04pickle"])
def test_a_file_that_is_no_model_is_unreadable(store: FileServer, tmp_path: Path, content: bytes) -> None:
    document, _ = evaluation_of(store, tmp_path, "xgboost", "late", small_table())
    files = document["bundle"]["files"]
    (onnx,) = [file for file in files if file["path"] == "model.onnx"]
    onnx["sha256"] = hashlib.sha256(content).hexdigest()
    store.files["/bundle/model.onnx"] = content
    document["bundle"]["digest"] = bundle.bundle_digest({file["path"]: file["sha256"] for file in files})

    assert run(document) == 1
    assert failure(store) == "unreadable_model"


def test_goes_on_when_the_store_asks_to_wait(store: FileServer, tmp_path: Path) -> None:
    document, _ = evaluation_of(store, tmp_path, "xgboost", "late", small_table())
    store.answers = [503]

    assert run(document) == 0


@pytest.mark.parametrize("path", ["../model.onnx", "/etc/passwd", ".hidden", "a//b", "a\\b"])
def test_refuses_names_that_leave_the_folder(store: FileServer, tmp_path: Path, path: str) -> None:
    document, _ = evaluation_of(store, tmp_path, "xgboost", "late", small_table())
    document["bundle"]["files"][0]["path"] = path

    assert run(document) == 1
    assert failure(store) == "invalid_specification"


def test_the_signed_addresses_are_never_told(store: FileServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    document, _ = evaluation_of(store, tmp_path, "xgboost", "late", small_table())
    document["data"]["url"] += "?X-Amz-Signature=secret"

    assert run(document) == 1
    assert "secret" not in store.files["/out/failure.json"].decode() + capfd.readouterr().out


def test_a_graph_that_answers_no_number_is_not_measured(store: FileServer, tmp_path: Path) -> None:
    from matih_training.failure import JobFailure
    from matih_training.scoring import OnnxScorer
    from matih_training.signature import read_onnx_layout, read_signature

    document, model = evaluation_of(store, tmp_path, "xgboost", "delay", small_table())
    signature = read_signature(json.loads(store.files["/bundle/signature.json"]))
    layout = read_onnx_layout(signature, None, json.loads(store.files["/bundle/onnx.json"]))
    scorer = OnnxScorer(store.files["/bundle/model.onnx"], signature, layout)
    frame = small_table().to_pandas()[NAMES]
    native = model.score(encode(frame, model.preprocessing))
    frame["holiday"] = frame["holiday"].astype(float)

    assert scorer.score(frame) == pytest.approx(native, rel=1e-4)
    with pytest.raises(JobFailure, match="cannot score"):
        scorer.score(frame.drop(columns=["temp"]))
    assert np.isfinite(native).all()
    assert document["kind"] == "evaluation"
