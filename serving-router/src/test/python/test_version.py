"""A version on Ray Serve answers as its bundle says, in each form that a bundle can have."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from starlette.requests import Request as HttpRequest

from matih_serving import app
from matih_training.native_version import NativeVersion, load
from matih_training.preparation.prepare import Request, prepare

BUNDLES = Path(__file__).parents[1] / "resources" / "bundles"
ROWS = 200


def golden(folder: Path, version: NativeVersion) -> tuple[list[list[Any]], list[float]]:
    """The golden rows as columns, and the scores that they promise."""
    rows = json.loads((folder / "golden.json").read_text())["rows"]
    columns = [[row["inputs"].get(column.name) for row in rows] for column in version.signature.columns]
    promised = [row["probabilities"] if version.signature.classes else [row["prediction"]] for row in rows]
    return columns, [score for row in promised for score in row]


@pytest.mark.parametrize("name", ["numeric-v1", "mixed", "regression", "features"])
def test_a_bundle_without_a_native_form_is_answered_by_its_onnx_form(name: str) -> None:
    version = load(BUNDLES / name)
    columns, promised = golden(BUNDLES / name, version)

    assert version.answer(columns) == pytest.approx(promised, rel=1e-4, abs=1e-5)


@pytest.fixture
def table() -> pd.DataFrame:
    """Numbers and texts, some of them missing."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "age": random.integers(18, 80, ROWS),
            "income": random.normal(40, 9, ROWS),
            "plan": random.choice(["a", "b"], ROWS),
        }
    )
    frame["plan"] = frame["plan"].astype(object)
    return frame


def prepared(folder: Path, estimator: Any, example: pd.DataFrame, task: str) -> Path:
    """The bundle of a model that a notebook logged."""
    mlflow.sklearn.save_model(
        estimator,
        str(folder / "source"),
        input_example=example,
        signature=mlflow.models.infer_signature(example, estimator.predict(example)),
        serialization_format="cloudpickle",
    )
    prepare(
        folder / "source",
        Request(task=task, metrics={}, lineage={}, examples=None),
        folder / "bundle",
    )
    return folder / "bundle"


def test_a_notebooks_pipeline_is_answered_by_itself(table: pd.DataFrame, tmp_path: Path) -> None:
    encoder = ColumnTransformer(
        [("plan", OneHotEncoder(handle_unknown="ignore"), ["plan"])],
        remainder="passthrough",
    )
    model = make_pipeline(encoder, LogisticRegression(max_iter=1000)).fit(
        table, (table["income"] > 40).map({True: "y", False: "n"})
    )
    folder = prepared(tmp_path, model, table.head(60), "classification")
    (folder / "model.onnx").unlink()

    version = load(folder)

    columns, promised = golden(folder, version)
    assert version.answer(columns) == pytest.approx(promised, abs=1e-9)
    assert list(version.signature.classes) == ["n", "y"]


def test_a_notebooks_regression_is_answered_by_itself(table: pd.DataFrame, tmp_path: Path) -> None:
    numbers = table[["age", "income"]]
    model = LinearRegression().fit(numbers, 3 * table["income"] - table["age"])
    version = load(prepared(tmp_path, model, numbers.head(60), "regression"))

    (answer,) = version.answer([[30], [40.5]])

    assert answer == pytest.approx(91.5)


def test_columns_that_do_not_fit_are_told() -> None:
    version = load(BUNDLES / "numeric-v1")
    for columns in ([[1.0]], [[1.0], [2.0], [3.0, 4.0]], [[], [], []]):
        with pytest.raises(ValueError, match="input"):
            version.answer(columns)


def test_what_is_no_number_is_told_as_none() -> None:
    class NoNumber:
        def score(self, frame: pd.DataFrame) -> Any:
            return np.full((len(frame), 2), np.nan)

    version = NativeVersion(load(BUNDLES / "numeric-v1").signature, NoNumber())

    assert version.answer([[1.0], [2.0], [3.0]]) == [None, None]


class TestApplication:
    """The application, without Ray Serve around it."""

    @pytest.fixture
    def served(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
        """One with the key `secret`."""
        shutil.copytree(BUNDLES / "numeric-v1", tmp_path / "bundle")
        monkeypatch.setattr(app, "BUNDLE", tmp_path / "bundle")
        return app.ServedVersion("secret")

    def called(self, served: Any, body: bytes, key: str = "secret") -> tuple[int, dict[str, Any]]:
        """Status and document of an answer."""

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        scope = {
            "type": "http",
            "method": "POST",
            "headers": [(b"x-matih-key", key.encode())],
        }
        answer = asyncio.run(served(HttpRequest(scope, receive)))
        return answer.status_code, json.loads(answer.body)

    def test_answers_who_has_the_key(self, served: Any) -> None:
        body = json.dumps({"columns": [[1.0, None], [2.0, 0.5], [3.0, 1.0]]}).encode()

        status, document = self.called(served, body)

        assert status == 200
        assert len(document["scores"]) == 4
        assert self.called(served, body, key="")[0] == 403
        assert self.called(served, body, key="other")[0] == 403

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", b"\xff", b'{"columns": '])
    def test_refuses_another_form(self, served: Any, body: bytes) -> None:
        assert self.called(served, body)[0] == 400

    @pytest.mark.parametrize("columns", [[[1]], [["x"], [1], [1]], "text", [[1], [1], 5]])
    def test_tells_of_values_on_which_the_model_fails(self, served: Any, columns: Any) -> None:
        status, document = self.called(served, json.dumps({"columns": columns}).encode())

        assert status == 422
        assert document["error"]

    def test_is_not_well_once_it_was_told_to_end(self, served: Any) -> None:
        served.check_health()
        served.__del__()
        with pytest.raises(RuntimeError, match="told to end"):
            served.check_health()
