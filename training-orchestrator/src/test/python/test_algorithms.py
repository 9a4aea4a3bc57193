"""What every algorithm owes the rest: this contract runs over all of them, and over one that only the tests have."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import matih_features
import pytest

import matih_training
from conftest import TrackingServer
from matih_training import algorithms, bundle, onnx_model
from matih_training.algorithm import native_form
from matih_training.dataset import load
from matih_training.failure import JobFailure
from matih_training.golden import golden_rows
from matih_training.metrics import metrics_of
from matih_training.native_model import NativeModel
from matih_training.parity import parity
from matih_training.preprocessing import EncodedParts, category_columns, encode
from matih_training.profile import column_profiles
from matih_training.progress import Progress, Watcher
from matih_training.shards import write_part
from matih_training.specification import JobSpecification
from matih_training.split import split
from matih_training.storage import Folder
from matih_training.train import _in_unit, unit_of
from matih_training.weights import label_text
from matih_training.worker import TrainingPlan

TESTS = Path(__file__).parent / "extra_algorithms"
EXTRA = json.loads((TESTS / "entry.json").read_text())
SHIPPED = list(algorithms.entries())
EVERY = [*SHIPPED, *EXTRA]
TARGETS = {"late": "classification", "verdict": "classification", "delay": "regression"}
NAMES = ["temp", "hour", "carrier", "holiday"]


@pytest.fixture(autouse=True)
def _one_more_algorithm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One file more in the folder, and one entry more in the list."""
    document = json.loads(algorithms.ENTRIES_FILE.read_text())
    document["algorithms"] |= EXTRA
    (tmp_path / "algorithms.json").write_text(json.dumps(document))
    monkeypatch.setattr(algorithms, "ENTRIES_FILE", tmp_path / "algorithms.json")
    monkeypatch.setattr(algorithms, "__path__", [*algorithms.__path__, str(TESTS)])


@pytest.fixture(autouse=True)
def _mlflow(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrackingServer]:
    server = TrackingServer()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    yield server
    server.close()


class Killed(Exception):
    """The end of a worker's process."""


class StoredCheckpoint:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> bytes | None:
        file = self.folder / name
        return file.read_bytes() if file.exists() else None


class OnlyWorker:
    """The only worker of a training, in this process; it keeps checkpoints on the disk and dies at the one it is told to."""

    rank, count = 0, 1

    def __init__(self, folder: Path, resumes: StoredCheckpoint | None = None, dies_at: int | None = None) -> None:
        self.folder = folder
        self.iterations: list[int] = []
        self.charted: Mapping[str, float] = {}
        self.last: StoredCheckpoint | None = None
        self._resumes = resumes
        self._dies_at = dies_at

    def checkpoint(self) -> StoredCheckpoint | None:
        return self._resumes

    def sum(self, values: Any) -> Any:
        return values

    def watcher(self, plan: TrainingPlan) -> Watcher:
        return Progress(Folder(plan.output_uri), warnings=plan.warnings)

    def report(self, metrics: Mapping[str, Any], folder: Path | None) -> None:
        self.iterations.append(metrics["iteration"])
        self.charted = metrics["metrics"]
        assert folder is not None
        target = self.folder / f"checkpoint_{len(self.iterations)}"
        target.mkdir(parents=True)
        for file in folder.iterdir():
            (target / file.name).write_bytes(file.read_bytes())
        self.last = StoredCheckpoint(target)
        if len(self.iterations) == self._dies_at:
            raise Killed


class Training:
    """A job on the small table up to its workers."""

    def __init__(
        self, folder: Path, algorithm: str, target: str, document: dict[str, Any], workers: int = 1, **more: Any
    ) -> None:
        changes = {"algorithm": algorithm, "task": TARGETS[target], "target_column": target, "feature_columns": NAMES} | more
        self.specification = JobSpecification.from_json(json.dumps(document | changes))
        self.algorithm = algorithms.get(algorithm)
        output = Folder(str(folder / "out"))
        rows = split(self.specification, load(self.specification, Progress(output)))
        self.parts: EncodedParts = encode(rows, self.algorithm, self.specification.encodings)
        unit = unit_of(self.parts.train.target) if self.specification.task == "regression" else 1.0
        write_part(output.child("data"), "train", _in_unit(self.parts.train, unit), workers)
        write_part(output.child("data"), "test", _in_unit(self.parts.test, unit), workers)
        self.plan = TrainingPlan(
            algorithm=algorithm,
            data_uri=output.child("data").uri,
            output_uri=output.uri,
            run_id="0a1b",
            task=self.specification.task,
            classes=len(rows.classes),
            hyperparameters=algorithms.entry(algorithm).resolve(
                self.specification.task,
                len(rows.classes),
                self.specification.hyperparameters,
                self.algorithm.defaults(len(rows.train), len(rows.classes)),
            ),
            threads=1,
            gpu=False,
            seed=7,
            frequency=4,
            fingerprint="same",
            resume_uri=None,
            target_unit=unit,
            categories=category_columns(self.parts.preprocessing),
            labels=tuple(label_text(label) for label in rows.classes),
        )

    def model(self, worker: OnlyWorker) -> NativeModel:
        self.algorithm.train(worker, self.plan)
        assert worker.last is not None
        scorer = self.algorithm.finish(worker.last.read, 1)
        if self.plan.target_unit != 1.0:
            scorer = self.algorithm.multiplied(scorer, self.plan.target_unit)
        return NativeModel(self.parts.preprocessing, scorer)


TASKS = {name: entry["tasks"] for name, entry in EXTRA.items()} | {
    name: list(entry.tasks) for name, entry in algorithms.entries().items()
}


@pytest.fixture(params=[(name, target) for name in EVERY for target in TARGETS if TARGETS[target] in TASKS[name]], ids="-".join)
def training(request: pytest.FixtureRequest, tmp_path: Path, specification_document: dict[str, Any]) -> Training:
    return Training(tmp_path, *request.param, specification_document)


def test_learns_and_answers_by_its_native_form_and_by_onnx(training: Training, tmp_path: Path) -> None:
    model = training.model(OnlyWorker(tmp_path / "train"))
    parts, features = training.parts, training.parts.rows.source.features

    metrics = metrics_of(parts.test.target, model.score(parts.test.matrix), training.plan.classes)
    assert metrics.get("auc", 0) > 0.8 or metrics.get("f1_macro", 0) > 0.5 or metrics.get("r2", 0) > 0.5, metrics

    profiles = column_profiles(parts.rows.train, features)
    golden = golden_rows(model, parts.rows.test, features, 1, parts.train.target, profiles=profiles)
    onnx = onnx_model.build(model)
    found = parity(onnx, model, parts.rows.test, golden)
    assert len(golden["rows"]) >= 50
    assert found["onnx_matches"], found
    assert found["flips"] == 0


@pytest.mark.parametrize("name", EVERY)
def test_its_loader_in_the_bundle_stands_alone(name: str, tmp_path: Path, specification_document: dict[str, Any]) -> None:
    target = "verdict" if "classification" in TASKS[name] else "delay"
    training = Training(tmp_path, name, target, specification_document)
    model = training.model(OnlyWorker(tmp_path / "train"))
    parts, features = training.parts, training.parts.rows.source.features
    written = bundle.write_bundle(
        tmp_path / "model",
        run_id="0a1b",
        signature=bundle.signature(training.specification.task, features, model.classes, None),
        preprocessing=model.preprocessing,
        native=native_form(training.algorithm, model.scorer, bundle.NATIVE),
        onnx=b"",
        layout=bundle.onnx_layout(onnx_model.input_tensors(model.preprocessing), model.classes),
        documents={},
    )
    parts.rows.test.to_parquet(tmp_path / "rows.parquet")
    answers = loaded_alone(written.folder, tmp_path / "rows.parquet")
    assert answers == [str(answer) for answer in model.predict(parts.rows.test)]


def loaded_alone(folder: Path, rows: Path) -> list[str]:
    """Answers of the bundle's own loader, in a process that knows neither this package nor MLflow's path to it."""
    (loader,) = (folder / "code").glob("*.py")
    program = (
        f"import sys; sys.path.insert(0, {str(loader.parent)!r}); import pandas as pd; import {loader.stem} as loader; "
        f"assert 'matih_training' not in sys.modules; "
        f"print('\\n'.join(map(str, loader._load_pyfunc({str(folder / 'native')!r}).predict(pd.read_parquet({str(rows)!r})))))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_goes_on_from_its_checkpoint_as_if_nothing_had_happened(
    training: Training, tmp_path: Path, tracking_server: TrackingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    if training.algorithm.iterations(training.plan.hyperparameters) == 1:
        pytest.skip("it learns in one step")
    whole = OnlyWorker(tmp_path / "whole")
    expected = training.model(whole)
    dying = OnlyWorker(tmp_path / "dying", dies_at=1)
    with pytest.raises(Killed):
        training.model(dying)
    assert len(whole.iterations) > len(dying.iterations)

    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_server.uri)
    second = OnlyWorker(tmp_path / "second", resumes=dying.last)
    resumed = training.model(second)

    assert dying.iterations + second.iterations == whole.iterations
    logged = {metric["step"] for batch in tracking_server.batches() for metric in batch["metrics"]}
    assert logged == set(range(dying.iterations[-1] + 1, whole.iterations[-1] + 1))
    matrix = training.parts.test.matrix
    assert resumed.score(matrix) == pytest.approx(expected.score(matrix), rel=1e-5, abs=1e-6)


def test_a_training_that_was_complete_is_not_done_again(training: Training, tmp_path: Path) -> None:
    first = OnlyWorker(tmp_path / "first")
    expected = training.model(first)

    again = OnlyWorker(tmp_path / "again", resumes=first.last)
    model = training.model(again)

    assert again.iterations == first.iterations[-1:]
    assert model.score(training.parts.test.matrix) == pytest.approx(expected.score(training.parts.test.matrix))


@pytest.mark.parametrize("name", EVERY)
def test_refuses_a_hyperparameter_that_it_does_not_have(name: str) -> None:
    with pytest.raises(JobFailure, match=f"{name} has no hyperparameter 'colour'; it has "):
        algorithms.entry(name).resolve("classification", 2, {"colour": "red"})


@pytest.mark.parametrize("name", EVERY)
def test_is_called_as_its_file_and_its_entry(name: str) -> None:
    assert algorithms.get(name).name == name
    assert set(algorithms.entry(name).tasks) <= {"classification", "regression"}


@pytest.mark.parametrize("name", ["pytorch_mlp", "", "..algorithm", "XGBOOST", "xgboost "])
def test_an_unknown_name_is_refused(name: str, specification_document: dict[str, Any]) -> None:
    with pytest.raises(JobFailure):
        algorithms.get(name)
    with pytest.raises(JobFailure):
        JobSpecification.from_json(json.dumps(specification_document | {"algorithm": name}))


def test_no_file_is_without_an_entry() -> None:
    files = {path.stem for path in Path(algorithms.__file__).parent.glob("*.py")} - {"__init__"}

    assert files == set(SHIPPED)


def test_nobody_else_asks_for_an_algorithm_by_its_name() -> None:
    """In ``preparation`` the same words are MLflow's flavours and the libraries of models trained elsewhere."""
    package = Path(matih_training.__file__).parent
    names = re.compile("|".join(f"[\"']{name}[\"']" for name in SHIPPED))
    found = [
        f"{path.relative_to(package)}: {line.strip()}"
        for path in package.rglob("*.py")
        if path.parent.name not in {"algorithms", "preparation"}
        for line in path.read_text().splitlines()
        if names.search(line)
    ]

    assert found == []


def test_heavy_libraries_are_imported_late() -> None:
    program = (
        "import sys; from matih_training import algorithms, job; [algorithms.get(name) for name in algorithms.entries()]; "
        "print(sorted({'ray', 'xgboost', 'lightgbm', 'sklearn', 'mlflow', 'onnxmltools', 'skl2onnx'} & set(sys.modules)))"
    )
    path = os.pathsep.join(str(Path(code.__file__).parent.parent) for code in (matih_features, matih_training))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": path}
    )
    assert done.stdout.strip() == "[]"


def test_a_task_that_an_algorithm_is_not_for_is_refused(
    specification_document: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = json.loads(algorithms.ENTRIES_FILE.read_text())
    document["algorithms"]["gradient_descent"]["tasks"] = ["regression"]
    (tmp_path / "narrow.json").write_text(json.dumps(document))
    monkeypatch.setattr(algorithms, "ENTRIES_FILE", tmp_path / "narrow.json")

    with pytest.raises(JobFailure, match="gradient_descent is not for classification"):
        JobSpecification.from_json(json.dumps(specification_document | {"algorithm": "gradient_descent"}))


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"tasks": ["ranking"]},
        {"description": None},
        {"parameters": {"steps": {"type": "float", "description": "x"}}},
        {"parameters": {"steps": {"type": "integer", "description": "x", "max": 3}}},
    ],
)
def test_an_entry_that_is_wrong_is_refused(change: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(algorithms.ENTRIES_FILE.read_text())
    document["algorithms"]["gradient_descent"] |= change
    (tmp_path / "wrong.json").write_text(json.dumps(document))
    monkeypatch.setattr(algorithms, "ENTRIES_FILE", tmp_path / "wrong.json")

    with pytest.raises(JobFailure):
        algorithms.entries()
