"""Step "package": the bundle of an evaluated model, with everything that a registry and a server need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matih_training import algorithms, bundle, golden, onnx_model, profile
from matih_training.algorithm import native_form
from matih_training.evaluation import EvaluatedModel
from matih_training.job_warning import JobWarning, WarningCode, documents
from matih_training.parity import parity
from matih_training.preprocessing import EncodedParts, columns_record
from matih_training.report import report
from matih_training.specification import JobSpecification, PointInTimeJoin

SWEEP_FILE = "sweep.json"
REPORT_FILE = "evaluation_report.json"


@dataclass(frozen=True)
class PackagedModel:
    """The written bundle, and the documents of it that the job's result repeats."""

    bundle: bundle.Bundle
    signature: dict[str, Any]
    evaluation: dict[str, Any]
    metrics: dict[str, float]
    data_digest: str
    warnings: tuple[JobWarning, ...]
    columns: list[dict[str, Any]]


def package(
    specification: JobSpecification, evaluated: EvaluatedModel, folder: Path, sweep: Mapping[str, Any] | None = None
) -> PackagedModel:
    """Writes the bundle into the folder; with the record of the search by which the model was found, if it was."""
    parts, model = evaluated.trained.parts, evaluated.trained.model
    rows, table = parts.rows, parts.rows.source
    signature = bundle.signature(specification.task, table.features, rows.classes, _join(specification))
    onnx = onnx_model.build(model)
    reference = profile.reference_profile(rows.train, table.features, evaluated.scores, rows.classes)
    golden_rows = golden.golden_rows(
        model, rows.test, table.features, specification.split.seed, parts.train.target, profiles=reference["columns"]
    )
    evaluation = {
        "dataset_digest": table.data_digest,
        "held_out_digest": rows.held_out_digest,
        "rows": len(parts.test),
        "metrics": evaluated.metrics,
    }
    same = parity(onnx, model, rows.test, golden_rows)
    warnings = (*parts.warnings, *_differing(same))
    written = bundle.write_bundle(
        folder,
        run_id=specification.run_id,
        signature=signature,
        preprocessing=parts.preprocessing,
        native=native_form(algorithms.get(specification.algorithm), model.scorer, bundle.NATIVE),
        onnx=onnx,
        layout=bundle.onnx_layout(onnx_model.input_tensors(parts.preprocessing), rows.classes),
        documents={
            "golden.json": golden_rows,
            "evaluation.json": evaluation,
            REPORT_FILE: report(model, parts.test, evaluated.scores, specification.split.seed),
            "parity.json": same,
            "reference_profile.json": reference,
            "lineage.json": _lineage(specification, parts, warnings, sweep),
            **({SWEEP_FILE: sweep} if sweep is not None else {}),
        },
    )
    return PackagedModel(
        written, signature, evaluation, evaluated.metrics, table.data_digest, warnings, columns_record(parts.preprocessing)
    )


def _summary(sweep: Mapping[str, Any]) -> dict[str, Any]:
    """What the lineage tells of a search; the whole record is a file beside it."""
    told = ("search", "metric", "mode", "judged_on", "seed", "max_trials", "best_trial", "ended")
    return {**{name: sweep[name] for name in told}, "trials": len(sweep["trials"]), "record": SWEEP_FILE}


def _differing(parity: Mapping[str, Any]) -> list[JobWarning]:
    if parity["onnx_matches"]:
        return []
    message = (
        f"the ONNX form answers up to {parity['max_difference']:.2g} differently from the trained model, too much to be served"
    )
    return [JobWarning(WarningCode.ONNX_DIFFERS, message)]


def _join(specification: JobSpecification) -> PointInTimeJoin | None:
    return specification.source if isinstance(specification.source, PointInTimeJoin) else None


def _lineage(
    specification: JobSpecification, parts: EncodedParts, warnings: Sequence[JobWarning], sweep: Mapping[str, Any] | None
) -> dict[str, Any]:
    join = _join(specification)
    return {
        "job_id": specification.job_id,
        "attempt": specification.attempt,
        "code_digest": bundle.code_digest(),
        "data_digest": parts.rows.source.data_digest,
        "feature_references": list(join.references) if join is not None else [],
        **({"feature_service": join.feature_service} if join is not None and join.feature_service else {}),
        "target_column": specification.target_column,
        "seed": specification.split.seed,
        **({"sweep": _summary(sweep)} if sweep is not None else {}),
        "environment_digest": bundle.environment_digest(),
        "rows": {
            "train": len(parts.train),
            "held_out": len(parts.test),
            "without_target": parts.rows.rows_without_target,
        },
        "columns": columns_record(parts.preprocessing),
        **({"weight_column": specification.weight_column} if specification.weight_column else {}),
        "columns_passed_over": list(parts.rows.source.passed_over),
        "warnings": documents(warnings),
    }
