"""The steps of a preparation: load the model, try it, convert it where that is possible, compare, write the bundle."""

import json
import shutil
import traceback
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from matih_training import bundle, profile
from matih_training.failure import FailureCode, JobFailure, shown
from matih_training.job_warning import JobWarning, WarningCode, documents
from matih_training.onnx_model import InputTensor
from matih_training.preparation import conversion, graph, native, rows
from matih_training.preparation.comparing import Graph, Parity
from matih_training.preparation.native import NativeModel, NativeRefused
from matih_training.preparation.source import MLMODEL_FILE, InputColumn, SourceModel, example_rows, read_source
from matih_training.signature import LAYOUT_FILE, ONNX_FILE, SIGNATURE_FILE

ENOUGH_EXAMPLES = 50
_OWN_FILES = frozenset(
    (SIGNATURE_FILE, LAYOUT_FILE, "golden.json", "parity.json", "reference_profile.json", "evaluation.json", "lineage.json")
)


@dataclass(frozen=True)
class Request:
    """What the job was asked for, without any address."""

    task: str
    metrics: Mapping[str, float]
    lineage: Mapping[str, Any]
    examples: Path | None


@dataclass(frozen=True)
class Candidate:
    """A graph that may be the model, and how it answered rows like the examples."""

    content: bytes
    graph: Graph
    parity: Parity


def prepare(folder: Path, request: Request, target: Path) -> list[dict[str, str]]:
    """Makes `target` the bundle of the model in `folder`; answers the warnings."""
    source = read_source(folder)
    model = native.load(source, request.task)
    columns, examples = example_rows(source, _table(request.examples), model.names)
    usual = _usual_rows(model, columns, examples)
    _require_one_choice(model, usual)
    scale = 1.0 if model.classes else float(np.std(np.concatenate([scores for _, scores in usual])))
    candidate, refusal = _convert(model, columns, usual, scale)
    nullable, more, found = _beyond(model, columns, usual[-1][0], candidate)
    warned = [*_warnings(model, examples, refusal), *found]
    _write(
        source,
        model,
        target,
        request,
        columns=columns,
        nullable=nullable,
        candidate=candidate,
        parts=[*usual, *more],
        examples=examples,
        scale=scale,
        warned=warned,
    )
    return documents(warned)


def _table(path: Path | None) -> pa.Table | None:
    if path is None:
        return None
    try:
        return pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        raise JobFailure(FailureCode.UNREADABLE_DATA, "the data set is not a readable Parquet file") from error


Part = tuple[pd.DataFrame, npt.NDArray[Any]]


def _usual_rows(model: NativeModel, columns: Sequence[InputColumn], examples: pd.DataFrame) -> list[Part]:
    """Rows that the model has to answer, with its answers: the examples, and mixtures of them where it takes those."""
    try:
        parts = [(examples, model.answer(examples))]
    except NativeRefused as refused:
        raise native.not_answering(refused, "its own examples") from refused
    if not np.all(np.isfinite(parts[0][1])):
        raise JobFailure(FailureCode.UNSUPPORTED_MODEL, "the model answers some of its examples with no number")
    made = rows.mixed(examples, columns)
    try:
        scores = model.answer(made)
    except NativeRefused:
        return parts
    return [*parts, (made, scores)] if np.all(np.isfinite(scores)) else parts


def _require_one_choice(model: NativeModel, usual: Sequence[Part]) -> None:
    """What is served is the class of the greatest probability."""
    for frame, scores in usual:
        labels = model.labels(frame)
        if labels is None:
            return
        own = np.array([model.classes.index(label) for label in labels])
        sure = scores[np.arange(len(own)), own] >= np.max(scores, axis=1) - 1e-6
        if not np.all(sure):
            raise JobFailure(
                FailureCode.UNSUPPORTED_MODEL,
                "the model's predict() chooses another class than the one of its greatest probability, which is what is served;"
                " log the model without its own threshold and apply that to the probabilities",
            )


def _convert(
    model: NativeModel, columns: Sequence[InputColumn], usual: Sequence[Part], scale: float
) -> tuple[Candidate | None, JobFailure | None]:
    """The graph that answers as the model does; otherwise why there is none, and the native form has to do."""
    best: Candidate | None = None
    refusal: JobFailure | None = None
    tensors = graph.layout(columns)
    attempts = conversion.conversions(model, columns)
    while True:
        try:
            converted = next(attempts, None)
            if converted is None:
                break
            content = graph.assemble(converted, columns, model.classes, model.has_probabilities)
            candidate = _compare(content, tensors, model, usual, scale)
        except JobFailure as failure:
            refusal = refusal or failure
            continue
        if candidate.parity.matches:
            return candidate, None
        best = best or candidate
    if best is None:
        return None, refusal or JobFailure(FailureCode.NOT_CONVERTIBLE, "the model has no conversion to ONNX")
    parity = best.parity
    expected, answered = parity.first or ("?", "?")
    return None, JobFailure(
        FailureCode.ONNX_DIFFERS,
        f"the ONNX form answers {parity.differing} of {parity.rows} rows differently, by up to {parity.absolute:.3g} (where the"
        f" model says {expected}, it says {answered}){_hint(model)}",
    )


def _hint(model: NativeModel) -> str:
    steps = getattr(model.estimator, "steps", ())
    if steps and type(steps[-1][1]).__module__.startswith("xgboost"):
        return (
            "; XGBoost splits exactly at values of the training rows and takes zeros of sparse columns for missing: leave out"
            " scalers, which trees do not need, and use OneHotEncoder(sparse_output=False)"
        )
    return "; numbers are served in 32 bits: train on X.astype('float32'), and leave out scalers before trees, which need none"


def _compare(
    content: bytes, tensors: Sequence[InputTensor], model: NativeModel, usual: Sequence[Part], scale: float
) -> Candidate:
    try:
        served = Graph(content, tensors, model.classes)
        parity = Parity(scale)
        for frame, scores in usual:
            parity.add(scores, *served.answer(frame))
    except JobFailure:
        raise
    except Exception as error:
        text = " ".join(str(error).split())
        raise JobFailure(
            FailureCode.NOT_CONVERTIBLE, f"ONNX Runtime does not run the model's ONNX form ({text[:200]})"
        ) from error
    return Candidate(content, served, parity)


def _beyond(
    model: NativeModel, columns: Sequence[InputColumn], usual: pd.DataFrame, candidate: Candidate | None
) -> tuple[frozenset[str], list[Part], list[JobWarning]]:
    """What else a caller may send: which inputs may be missing, because both forms answer that alike, and unknown texts."""
    parts: list[Part] = []
    nullable = set()
    for column in columns:
        lacking = (_tried(model, candidate, frame) for frame in rows.without(usual, column, columns))
        part = next((part for part in lacking if part is not None), None)
        if part is not None:
            nullable.add(column.name)
            parts.append((part[0].head(2), part[1][:2]))
    warned = []
    texts = [column.name for column in columns if column.kind == "string"]
    if texts:
        part = _tried(model, candidate, rows.unknown_texts(usual, texts))
        if part is not None:
            parts.append((part[0].head(10), part[1][:10]))
        else:
            message = (
                f"the model does not answer texts that it has not seen in {', '.join(map(shown, texts[:3]))}, or otherwise than"
                " its ONNX form, which serves them; OneHotEncoder(handle_unknown='ignore') makes them alike"
            )
            warned.append(JobWarning(WarningCode.UNKNOWN_TEXTS_DIFFER, message))
    return frozenset(nullable), parts, warned


def _tried(model: NativeModel, candidate: Candidate | None, frame: pd.DataFrame) -> Part | None:
    """Rows with the model's answers, if all forms that there are answer all of them alike."""
    try:
        scores = model.answer(frame)
        if not np.all(np.isfinite(scores)):
            return None
        if candidate is None:
            return frame, scores
        parity = Parity(candidate.parity.scale)
        parity.add(scores, *candidate.graph.answer(frame))
    except (NativeRefused, JobFailure, ValueError, RuntimeError):
        return None
    if not parity.matches:
        return None
    candidate.parity.rows += parity.rows
    return frame, scores


def _warnings(model: NativeModel, examples: pd.DataFrame, refusal: JobFailure | None) -> list[JobWarning]:
    warned = []
    if refusal is not None:
        message = f"{refusal.message}. The version has its native form only, which the engine ray_serve serves"
        warned.append(JobWarning(WarningCode.NO_ONNX_FORM, message))
    if len(examples) < ENOUGH_EXAMPLES:
        message = (
            f"the model came with {len(examples)} example rows, too few to tell drift from; name a data set of its training rows"
            " as 'examples', or log input_example=X_train.head(1000)"
        )
        warned.append(JobWarning(WarningCode.FEW_EXAMPLES, message))
    if not model.has_probabilities:
        message = "the model does not tell probabilities; the class that it chooses is served with the probability 1"
        warned.append(JobWarning(WarningCode.NO_PROBABILITIES, message))
    return warned


def _write(
    source: SourceModel,
    model: NativeModel,
    target: Path,
    request: Request,
    *,
    columns: Sequence[InputColumn],
    nullable: frozenset[str],
    candidate: Candidate | None,
    parts: Sequence[Part],
    examples: pd.DataFrame,
    scale: float,
    warned: Sequence[JobWarning],
) -> None:
    _copy_native(source, model, target)
    signature = bundle.signature(request.task, columns, model.classes, None)
    for entry in signature["inputs"]:
        entry["nullable"] = entry["name"] in nullable
    written = {
        SIGNATURE_FILE: signature,
        "golden.json": rows.golden_document(parts, columns, model.classes, scale),
        "lineage.json": {
            **request.lineage,
            "code_digest": bundle.code_digest(),
            "environment_digest": bundle.environment_digest(),
            "rows": {"examples": len(examples)},
            "warnings": documents(warned),
        },
    }
    if candidate is not None:
        (target / ONNX_FILE).write_bytes(candidate.content)
        written[LAYOUT_FILE] = bundle.onnx_layout(graph.layout(columns), model.classes)
        written["parity.json"] = candidate.parity.document()
    if request.metrics:
        written["evaluation.json"] = {"metrics": dict(request.metrics)}
    if len(examples) >= ENOUGH_EXAMPLES:
        numbers = examples.assign(
            **{
                column.name: pd.to_numeric(examples[column.name]).astype("float64")
                for column in columns
                if column.kind != "string"
            }
        )
        written["reference_profile.json"] = profile.reference_profile(numbers, columns, parts[0][1], model.classes)
    for name, document in written.items():
        bundle.write_json(target / name, document)


def _copy_native(source: SourceModel, model: NativeModel, target: Path) -> None:
    """All of the model's own files, so that MLflow loads it as it was."""
    clashing = sorted(_OWN_FILES & {path.name for path in source.folder.iterdir()})
    if clashing:
        raise JobFailure(FailureCode.UNSUPPORTED_MODEL, f"the model has a file {clashing[0]}, which is the platform's name")
    if source.flavor != "onnx":
        if (source.folder / ONNX_FILE).exists():
            raise JobFailure(FailureCode.UNSUPPORTED_MODEL, f"the model has a file {ONNX_FILE}, which is the platform's name")
        shutil.copytree(source.folder, target)
        return
    from matih_training.preparation.onnx_source import as_one_file  # noqa: PLC0415

    (target / bundle.NATIVE).mkdir(parents=True)
    (target / bundle.NATIVE / ONNX_FILE).write_bytes(as_one_file(model.estimator))
    graph_files = {source.entries.get("data"), *(path.name for path in source.folder.glob("*.data"))}
    for path in source.folder.rglob("*"):
        name = path.relative_to(source.folder).as_posix()
        if path.is_file() and name not in graph_files:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / name)
    document = json.loads(json.dumps(source.document, default=str))
    for flavor in document["flavors"].values():
        if flavor.get("data") == source.entries.get("data"):
            flavor["data"] = f"{bundle.NATIVE}/{ONNX_FILE}"
    (target / MLMODEL_FILE).write_text(yaml.safe_dump(document, sort_keys=False))


def run(folder: Path) -> None:
    """Prepares what lies in the folder and leaves `outcome.json`: the warnings, or why there is no bundle."""
    asked = json.loads((folder / "request.json").read_text())
    request = Request(
        task=asked["task"],
        metrics=asked["metrics"],
        lineage=asked["lineage"],
        examples=folder / asked["examples"] if asked.get("examples") else None,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            outcome: dict[str, Any] = {"warnings": prepare(folder / "source", request, folder / "bundle")}
        except JobFailure as failure:
            outcome = {"code": failure.code.value, "message": failure.message}
        except Exception as error:  # noqa: BLE001  (the last line of defence: every failure must be written down)
            traceback.print_exc()
            outcome = {
                "code": FailureCode.INTERNAL_ERROR.value,
                "message": f"unexpected {type(error).__name__}; see the job's log",
            }
    (folder / "outcome.json").write_text(json.dumps(outcome))
