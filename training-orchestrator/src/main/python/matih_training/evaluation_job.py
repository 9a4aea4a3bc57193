"""The platform's own evaluation of a version on a data set: what is served answers, measured."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from matih_training import fields, transfer, version_job
from matih_training.dataset import FeatureColumn, to_frame
from matih_training.failure import FailureCode, JobFailure
from matih_training.fields import Fields, record
from matih_training.kinds import kind_of, plain_values
from matih_training.metrics import metrics_of
from matih_training.native_scoring import BUNDLE, NativeScorer, scoring
from matih_training.progress import Phase, Progress
from matih_training.scoring import OnnxScorer
from matih_training.signature import LAYOUT_FILE, ONNX_FILE, SIGNATURE_FILE, read_onnx_layout, read_signature
from matih_training.target import MIN_ROWS
from matih_training.version_job import InputBundle, Outputs

_DATA_LIMIT = 8 << 30
_ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class Measured:
    """Metrics over the rows that have a target."""

    rows: int
    rows_without_target: int
    metrics: dict[str, float]


def run(text: str) -> int:
    """Runs the evaluation that `MATIH_JOB` describes."""
    return version_job.run(text, _evaluate)


def _evaluate(document: Fields, outputs: Outputs) -> Mapping[str, Any]:
    version_job.identity(document)
    bundle = version_job.input_bundle(document)
    address, digest = document.take("data", record(_data))
    target = document.take("target_column", fields.text)
    document.end()
    progress = Progress(outputs)
    progress.report(Phase.READING)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.parquet"
        transfer.download(address, data, what="the data set", sha256=None, limit=_DATA_LIMIT)
        with tempfile.TemporaryDirectory() as place, _scorer(bundle, Path(place)) as scorer:
            measured = measure(scorer, data, target, progress)
    progress.report(Phase.DONE, metrics=measured.metrics)
    return {
        "digest": bundle.digest,
        "data_digest": digest,
        "target_column": target,
        "rows": measured.rows,
        "rows_without_target": measured.rows_without_target,
        "metrics": measured.metrics,
        "engine": f"onnxruntime {onnxruntime.__version__}" if bundle.has(ONNX_FILE) else "native",
    }


def _data(document: Fields) -> tuple[str, str]:
    return document.take("url", fields.text), document.take("digest", fields.text)


@contextmanager
def _scorer(bundle: InputBundle, place: Path) -> Iterator[OnnxScorer | NativeScorer]:
    """The version's ONNX graph, or its native form where that is all it has. Native code finds no data in its folder."""
    files = place / BUNDLE
    if bundle.has(ONNX_FILE):
        # Format 1 has no file for the layout.
        bundle.download(files, [SIGNATURE_FILE, ONNX_FILE, *([LAYOUT_FILE] if bundle.has(LAYOUT_FILE) else [])])
    else:
        bundle.download(files)
    try:
        document = json.loads((files / SIGNATURE_FILE).read_bytes())
        signature = read_signature(document)
        layout_file = files / LAYOUT_FILE
        layout = (
            read_onnx_layout(signature, document, json.loads(layout_file.read_bytes()) if layout_file.exists() else None)
            if bundle.has(ONNX_FILE)
            else None
        )
    except ValueError as error:
        raise JobFailure(FailureCode.UNREADABLE_MODEL, f"the version's signature is not whole: {error}") from error
    if layout is None:
        with scoring(place, signature) as scorer:
            yield scorer
    else:
        yield OnnxScorer((files / ONNX_FILE).read_bytes(), signature, layout)


def measure(scorer: OnnxScorer | NativeScorer, data: Path, target: str, progress: Progress) -> Measured:
    """Scores the data batch by batch; a row without a target is left out and counted."""
    try:
        file = pq.ParquetFile(data)
    except (pa.ArrowException, OSError) as error:
        raise JobFailure(FailureCode.UNREADABLE_DATA, "the data set is not a readable Parquet file") from error
    features = _features(scorer, file.schema_arrow, target)
    names = [feature.name for feature in features]
    targets: list[npt.NDArray[Any]] = []
    scores: list[npt.NDArray[Any]] = []
    seen, total = 0, file.metadata.num_rows
    for batch in file.iter_batches(_ROWS_AT_ONCE, columns=[*dict.fromkeys([*names, target])]):
        seen += batch.num_rows
        table, truth = _known(pa.Table.from_batches([batch]), target, scorer.classes)
        if table.num_rows:
            targets.append(truth)
            scores.append(scorer.score(to_frame(table, features)))
        progress.report(Phase.EVALUATING, seen, total)
    rows = sum(map(len, targets))
    if rows < MIN_ROWS:
        raise JobFailure(FailureCode.TOO_FEW_ROWS, f"{rows} rows have a target '{target}'; at least {MIN_ROWS} are needed")
    return Measured(rows, seen - rows, _metrics(np.concatenate(targets), np.concatenate(scores), scorer.classes))


def _features(scorer: OnnxScorer | NativeScorer, schema: pa.Schema, target: str) -> list[FeatureColumn]:
    """The model's inputs as columns of the data, each of a type that can be such an input."""
    if len(set(schema.names)) != len(schema.names):
        raise JobFailure(FailureCode.UNREADABLE_DATA, "two columns of the data have the same name")
    features = []
    for name in [*(entry.name for entry in scorer.columns), target]:
        if name not in schema.names:
            raise JobFailure(FailureCode.MISSING_COLUMN, f"there is no column '{name}' in the data")
    for entry in scorer.columns:
        kind = kind_of(schema.field(entry.name).type)
        if kind is None or (kind == "string") != (entry.kind == "string"):
            raise JobFailure(
                FailureCode.UNSUPPORTED_COLUMN,
                f"column '{entry.name}' holds {schema.field(entry.name).type}; the model reads a "
                f"{'text' if entry.kind == 'string' else 'number'}",
            )
        features.append(FeatureColumn(entry.name, kind))
    return features


def _known(table: pa.Table, name: str, classes: list[Any]) -> tuple[pa.Table, npt.NDArray[Any]]:
    """The rows that have a target, with it: class numbers, or the numbers themselves."""
    column = plain_values(table.column(name))
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    known = pc.is_valid(column)
    values = column.drop_null()
    return table.filter(known), _class_numbers(values, name, classes) if classes else _numbers(values, name)


def _numbers(values: pa.ChunkedArray, name: str) -> npt.NDArray[Any]:
    if kind_of(values.type) not in ("double", "long"):
        raise JobFailure(FailureCode.INVALID_TARGET, f"target '{name}' holds {values.type}; a regression needs numbers")
    numbers = values.cast(pa.float64()).to_numpy()
    if not np.all(np.isfinite(numbers)):
        raise JobFailure(FailureCode.INVALID_TARGET, f"target '{name}' holds infinite numbers")
    return np.asarray(numbers)


def _class_numbers(values: pa.ChunkedArray, name: str, classes: list[Any]) -> npt.NDArray[Any]:
    kind, sent = _class_kind(classes), kind_of(values.type)
    # A model that learned from truth values before they were kept has the classes 0 and 1.
    if (sent == "string") != (kind == pa.large_string()) or (kind == pa.bool_() and sent != "boolean"):
        raise JobFailure(
            FailureCode.INVALID_TARGET, f"target '{name}' holds {values.type}; the model's classes are of another type"
        )
    try:
        labels = values.cast(kind)
    except pa.ArrowException as error:
        raise JobFailure(FailureCode.INVALID_TARGET, f"target '{name}' holds numbers that are not whole") from error
    numbers = pc.index_in(labels, value_set=pa.array(classes, type=kind))
    if numbers.null_count:
        raise JobFailure(FailureCode.INVALID_TARGET, f"target '{name}' holds classes that the model does not know")
    return np.asarray(numbers.to_numpy())


def _class_kind(classes: list[Any]) -> pa.DataType:
    if isinstance(classes[0], str):
        return pa.large_string()
    return pa.bool_() if isinstance(classes[0], bool) else pa.int64()


def _metrics(target: npt.NDArray[Any], scores: npt.NDArray[Any], classes: list[Any]) -> dict[str, float]:
    if classes and len(np.unique(target)) < 2:
        raise JobFailure(FailureCode.SINGLE_CLASS, "every row of the data has the same class")
    return metrics_of(target, scores, len(classes))
