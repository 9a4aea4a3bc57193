"""Models that a notebook logged, of every kind: what becomes of them, and what is said of those that cannot be served."""

import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lightgbm
import mlflow
import numpy as np
import numpy.typing as npt
import onnxruntime
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xgboost
from file_server import FileServer
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from conftest import TrackingServer
from matih_training import bundle, entry
from matih_training.failure import FailureCode, JobFailure
from matih_training.native_version import load
from matih_training.onnx_model import InputTensor
from matih_training.preparation.comparing import Graph
from matih_training.preparation.prepare import Request, prepare
from matih_training.signature import read_onnx_layout, read_signature

NUMBERS = ["size (m²)", "rooms", "garden"]


class Halved(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """A step that no converter knows."""

    def fit(self, rows: Any, target: Any = None) -> "Halved":
        del rows, target
        return self

    def transform(self, rows: Any) -> npt.NDArray[Any]:
        return np.asarray(rows, dtype=np.float64) / 2


def houses(rows: int = 300) -> tuple[pd.DataFrame, npt.NDArray[Any]]:
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "size (m²)": random.normal(80, 25, rows),
            "rooms": random.integers(1, 9, rows),
            "garden": random.random(rows) < 0.4,
            "town": random.choice(["Berne", "Lyon", "Turin"], rows),
        }
    )
    price = frame["size (m²)"] * 4 + frame["rooms"] * 30 + (frame["town"] == "Lyon") * 90 + random.normal(0, 40, rows)
    return frame, price.to_numpy()


def encoded() -> Any:
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    texts = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    return make_column_transformer((numbers, NUMBERS), (texts, ["town"]))


def model_of(kind: str) -> tuple[Any, Any, pd.DataFrame, str]:  # noqa: PLR0911
    """A fitted model with its flavour, the rows that it learned from, and its task."""
    frame, price = houses()
    numbers = frame[NUMBERS]
    dear = price > np.median(price)
    match kind:
        case "pipeline":
            labels = np.where(dear, "dear", "cheap")
            return make_pipeline(encoded(), LogisticRegression()).fit(frame, labels), mlflow.sklearn, frame, "classification"
        case "linear":
            return LinearRegression().fit(numbers, price), mlflow.sklearn, numbers, "regression"
        case "forest":
            return RandomForestClassifier(10, random_state=1).fit(numbers, dear), mlflow.sklearn, numbers, "classification"
        case "xgboost":
            model = xgboost.XGBClassifier(n_estimators=5).fit(numbers, np.digitize(price, np.quantile(price, [0.3, 0.6])))
            return model, mlflow.xgboost, numbers, "classification"
        case "booster":
            booster = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(numbers, dear), 5)
            return booster, mlflow.xgboost, numbers, "classification"
        case "lightgbm":
            labels = np.where(dear, "dear", "cheap")
            return (
                lightgbm.LGBMClassifier(n_estimators=5, verbose=-1).fit(numbers, labels),
                mlflow.lightgbm,
                numbers,
                "classification",
            )
        case "lightgbm in a pipeline":
            regressor = lightgbm.LGBMRegressor(n_estimators=5, verbose=-1)
            return make_pipeline(encoded(), regressor).fit(frame, price), mlflow.sklearn, frame, "regression"
        case "onnx":
            from skl2onnx import to_onnx

            inner = LogisticRegression().fit(numbers.to_numpy(dtype=np.float32), np.where(dear, "dear", "cheap"))
            rows = numbers.to_numpy(dtype=np.float32)
            document = to_onnx(inner, rows[:1], options={"zipmap": False}, target_opset=15)
            return document, mlflow.onnx, numbers.astype("float64"), "classification"
        case "without probabilities":
            return RidgeClassifier().fit(numbers, dear), mlflow.sklearn, numbers, "classification"
        case _:
            raise ValueError(kind)


def logged(folder: Path, model: Any, flavor: Any, example: pd.DataFrame | npt.NDArray[Any] | None) -> Path:
    options: dict[str, Any] = {"serialization_format": "cloudpickle"} if flavor.__name__ == "mlflow.sklearn" else {}
    flavor.save_model(model, str(folder), input_example=example, pip_requirements=["numpy"], **options)
    return folder


def prepared(folder: Path, source: Path, task: str, examples: Path | None = None) -> list[dict[str, str]]:
    return prepare(source, Request(task, {"auc": 0.9}, {"job_id": "8f3c"}, examples), folder)


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text())


@pytest.mark.parametrize(
    "kind",
    ["pipeline", "linear", "forest", "xgboost", "booster", "lightgbm", "lightgbm in a pipeline", "onnx", "without probabilities"],
)
def test_a_logged_model_becomes_a_bundle(tmp_path: Path, kind: str) -> None:
    model, flavor, frame, task = model_of(kind)
    source = logged(tmp_path / "source", model, flavor, frame.head(5))
    target = tmp_path / "bundle"

    warnings = prepared(target, source, task)

    document = read(target, "signature.json")
    signature = read_signature(document)
    assert [column.name for column in signature.columns] == list(frame.columns)
    tensors = read_onnx_layout(signature, document, read(target, "onnx.json")).tensors
    assert tensors[0].columns == tuple(NUMBERS)
    golden = read(target, "golden.json")
    assert len(golden["rows"]) >= 50
    graph = Graph(
        (target / "model.onnx").read_bytes(),
        [InputTensor(entry.name, entry.datatype, entry.columns) for entry in tensors],
        signature.classes,
    )
    answered, _ = graph.answer(frame)
    if kind == "onnx":
        # MLflow's own wrapper does not answer graphs of two outputs.
        rows = {"X": frame.to_numpy(dtype=np.float32)}
        (expected,) = onnxruntime.InferenceSession(model.SerializeToString()).run(["label"], rows)
        native = mlflow.onnx.load_model(str(target))
        assert native.SerializeToString() == model.SerializeToString()
    else:
        expected = np.asarray(mlflow.pyfunc.load_model(str(source)).predict(frame))
        assert np.array_equal(np.asarray(mlflow.pyfunc.load_model(str(target)).predict(frame)), expected)
    if task == "regression":
        assert answered == pytest.approx(expected.reshape(-1), rel=1e-4)
    elif kind != "booster":
        assert np.mean(np.array(signature.classes)[np.argmax(answered, axis=1)] == expected) > 0.99
    assert read(target, "parity.json")["onnx_matches"]
    assert read(target, "evaluation.json") == {"metrics": {"auc": 0.9}}
    assert "few_examples" in [warning["code"] for warning in warnings]
    assert ("no_probabilities" in [warning["code"] for warning in warnings]) == (kind == "without probabilities")


def test_a_model_says_what_may_be_missing(tmp_path: Path) -> None:
    nullable = {}
    for kind in ("pipeline", "linear"):
        model, flavor, frame, task = model_of(kind)
        prepared(tmp_path / kind, logged(tmp_path / f"{kind} source", model, flavor, frame.head(20)), task)
        nullable[kind] = [entry["name"] for entry in read(tmp_path / kind, "signature.json")["inputs"] if entry["nullable"]]

    assert {"size (m²)", "rooms", "town"} <= set(nullable["pipeline"])
    assert nullable["linear"] == []


def test_classes_keep_their_kind(tmp_path: Path) -> None:
    for kind, classes in (("forest", [False, True]), ("xgboost", [0, 1, 2]), ("lightgbm", ["cheap", "dear"])):
        model, flavor, frame, task = model_of(kind)
        prepared(tmp_path / kind, logged(tmp_path / f"{kind} source", model, flavor, frame.head(5)), task)

        assert read(tmp_path / kind, "signature.json")["classes"] == classes
        session = onnxruntime.InferenceSession((tmp_path / kind / "model.onnx").read_bytes())
        assert [output.name for output in session.get_outputs()] == ["label", "probabilities"]


def test_examples_of_a_data_set_stand_in_for_a_logged_one(tmp_path: Path) -> None:
    model, flavor, frame, task = model_of("pipeline")
    source = logged(tmp_path / "source", model, flavor, None)
    with pytest.raises(
        JobFailure, match=r"neither signature nor input example; log it with input_example=.*'examples'"
    ) as caught:
        prepared(tmp_path / "none", source, task)
    assert caught.value.code == FailureCode.MISSING_EXAMPLES

    table = frame.assign(town=frame["town"].mask(frame.index % 20 == 0))
    pq.write_table(pa.Table.from_pandas(table.assign(price=1.0), preserve_index=False), tmp_path / "houses.parquet")
    warnings = prepared(tmp_path / "bundle", source, task, tmp_path / "houses.parquet")

    assert warnings == []
    profile = read(tmp_path / "bundle", "reference_profile.json")
    assert profile["rows"] == 300
    assert list(profile["columns"]) == list(frame.columns)
    pq.write_table(pa.Table.from_pandas(frame.drop(columns="rooms"), preserve_index=False), tmp_path / "houses.parquet")
    with pytest.raises(JobFailure, match="the data set has no column 'rooms', which the model reads"):
        prepared(tmp_path / "other", source, task, tmp_path / "houses.parquet")


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([Halved(), LinearRegression()], "Halved has no conversion to ONNX"),
        ([FunctionTransformer(np.log1p), LinearRegression()], "FunctionTransformer has no conv"),
        ([KNeighborsClassifier()], "needs the operator 'Scan', which no engine"),
        ([StandardScaler(), xgboost.XGBRegressor(n_estimators=5)], r"by up to .* leave out scalers"),
    ],
)
def test_what_has_no_onnx_form_keeps_its_native_one_and_says_why(tmp_path: Path, steps: list[Any], message: str) -> None:
    frame, price = houses()
    numbers = frame[NUMBERS].astype("float64")
    classifies = isinstance(steps[0], KNeighborsClassifier)
    model = make_pipeline(*steps).fit(numbers, np.digitize(price, [300, 450]) if classifies else price)
    source = logged(tmp_path / "source", model, mlflow.sklearn, numbers.head(100))

    warnings = prepared(tmp_path / "bundle", source, "classification" if classifies else "regression")

    (told,) = (warning["message"] for warning in warnings if warning["code"] == "no_onnx_form")
    assert re.search(message, told)
    assert told.endswith("The version has its native form only, which the engine ray_serve serves")
    assert "\n" not in told
    bundled = {path.name for path in (tmp_path / "bundle").iterdir()}
    assert bundled.isdisjoint({"model.onnx", "onnx.json", "parity.json"})
    rows = read(tmp_path / "bundle", "golden.json")["rows"]
    version = load(tmp_path / "bundle")
    answered = version.answer([[row["inputs"].get(column.name) for row in rows] for column in version.signature.columns])
    assert answered == pytest.approx([score for row in rows for score in row.get("probabilities", [row["prediction"]])], rel=1e-9)


def test_a_model_for_another_task_is_refused(tmp_path: Path) -> None:
    frame, price = houses()
    source = logged(tmp_path / "source", LinearRegression().fit(frame[NUMBERS], price), mlflow.sklearn, frame[NUMBERS].head(100))

    with pytest.raises(JobFailure, match="is a regression, and the registered model is for classification") as caught:
        prepared(tmp_path / "bundle", source, "classification")

    assert caught.value.code == FailureCode.UNSUPPORTED_MODEL


def test_a_model_without_names_of_columns_is_refused(tmp_path: Path) -> None:
    frame, price = houses()
    rows = frame[NUMBERS].to_numpy(dtype=np.float64)
    source = logged(tmp_path / "source", LinearRegression().fit(rows, price), mlflow.sklearn, rows[:5])

    with pytest.raises(JobFailure, match="no names of columns, since it was made from an array; train it on a pandas frame"):
        prepared(tmp_path / "bundle", source, "regression")


def test_a_missing_package_and_another_version_are_named(tmp_path: Path) -> None:
    model, flavor, frame, task = model_of("linear")
    source = logged(tmp_path / "source", model, flavor, frame.head(5))
    (source / "requirements.txt").write_text("no-such-thing==1.2\nscikit-learn==0.1\n")
    (source / "model.pkl").write_bytes(b"cno_such_thing\nModel\n.")
    with pytest.raises(JobFailure, match=r"needs the Python package no-such-thing==1\.2, which the platform's Ray does not have"):
        prepared(tmp_path / "bundle", source, task)

    (source / "model.pkl").write_bytes(b"csklearn.linear_model\nGone\n.")
    with pytest.raises(JobFailure, match=r"it was logged with scikit-learn 0\.1 \(here .*\): log it again with these versions"):
        prepared(tmp_path / "bundle", source, task)


@pytest.fixture
def store() -> Iterator[FileServer]:
    server = FileServer()
    yield server
    server.close()


def run(store: FileServer, tracking: TrackingServer, source: Path, task: str) -> int:
    files = {path.relative_to(source).as_posix(): path.read_bytes() for path in source.rglob("*") if path.is_file()}
    digests = bundle.file_digests(source)
    document = {
        "kind": "preparation",
        "job_id": "8f3c",
        "attempt": 1,
        "model_id": "prices",
        "task": task,
        "run_id": "0a1b2c3d",
        "source": {
            "digest": bundle.bundle_digest(digests),
            "files": [
                {"path": path, "sha256": digests[path], "url": store.put(f"/source/{path}", data)} for path, data in files.items()
            ],
        },
        "origin": {"run_id": "77", "logged_model_id": "m-1"},
        "metrics": {"rmse": 40.5},
        "outputs": {name: f"{store.uri}/out/{name}" for name in ("progress.json", "result.json", "failure.json")},
    }
    return entry.run({"MATIH_JOB": json.dumps(document), "MLFLOW_TRACKING_URI": tracking.uri, "MLFLOW_TRACKING_TOKEN": "secret"})


def test_a_job_leaves_a_bundle_in_its_run(tmp_path: Path, store: FileServer, tracking_server: TrackingServer) -> None:
    model, flavor, frame, task = model_of("linear")

    assert run(store, tracking_server, logged(tmp_path / "source", model, flavor, frame.head(5)), task) == 0

    result = json.loads(store.files["/out/result.json"])
    assert result["digest"] == bundle.bundle_digest(result["files"])
    assert result["metrics"] == {"rmse": 40.5}
    uploads = [path for method, path, _ in tracking_server.calls if method == "PUT"]
    assert len(uploads) == len(result["files"])
    assert uploads[-1].endswith("/artifacts/model/MLmodel")
    lineage = next(content for _, path, content in tracking_server.calls if path.endswith("lineage.json"))
    assert json.loads(lineage)["prepared_from"]["logged_model_id"] == "m-1"
    logged_metrics = [batch["metrics"] for batch in tracking_server.batches() if "metrics" in batch]
    assert [metric["key"] for metric in logged_metrics[0]] == ["rmse"]


class Spy:
    """A pickle that runs code where it is loaded."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return eval, (f"__import__('json').dump(dict(__import__('os').environ), open({str(self.target)!r}, 'w'))",)


def test_a_pickle_finds_no_secret_and_its_end_is_the_jobs(
    tmp_path: Path, store: FileServer, tracking_server: TrackingServer
) -> None:
    model, flavor, frame, task = model_of("linear")
    source = logged(tmp_path / "source", model, flavor, frame.head(5))
    (source / "model.pkl").write_bytes(pickle.dumps(Spy(tmp_path / "environment.json")))

    assert run(store, tracking_server, source, task) == 1

    environment = read(tmp_path, "environment.json")
    assert not [name for name in environment if name in ("MATIH_JOB", "MLFLOW_TRACKING_TOKEN") or name.startswith(("AWS", "RAY"))]
    assert "secret" not in json.dumps(environment)
    failure = json.loads(store.files["/out/failure.json"])
    assert failure["code"] == "unsupported_model"
    assert "neither classifies nor regresses" in failure["message"]
    (source / "model.pkl").write_bytes(b"cos\n_exit\n(I3\ntR.")
    assert run(store, tracking_server, source, task) == 1
    assert "ended with status 3 before it was done" in json.loads(store.files["/out/failure.json"])["message"]
