"""The writer and the readers in Python against the vectors of the bundle's format; Java is held to the same ones."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

from matih_training import bundle
from matih_training.comparison import TOLERANCE, agreeing, distances
from matih_training.scoring import OnnxScorer
from matih_training.signature import read_onnx_layout, read_signature

MODULE = Path(__file__).resolve().parents[4] / "model-bundle"
VECTORS = MODULE / "src/test/resources/vectors"
BUNDLES = VECTORS / "bundles"


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text())


def schema(name: str) -> Any:
    return json.loads((MODULE / "schema" / f"{name}.schema.json").read_text())


def cases(document: list[dict[str, Any]]) -> Any:
    return [pytest.param(case, id=case["name"]) for case in document]


@pytest.mark.parametrize("case", cases(vectors("digests")))
def test_files_make_this_digest(case: dict[str, Any]) -> None:
    assert bundle.bundle_digest(case["files"]) == case["digest"]


def test_file_names_are_taken_or_refused() -> None:
    paths = vectors("paths")

    assert [path for path in paths["good"] if not bundle.is_plain_path(path)] == []
    assert [path for path in paths["bad"] if bundle.is_plain_path(path)] == []


@pytest.mark.parametrize("case", cases(vectors("signatures")["good"]))
def test_a_good_signature_is_read_with_its_layout(case: dict[str, Any]) -> None:
    signature = read_signature(case["signature"])

    assert signature.bundle_format == case["signature"].get("bundle_format", 1)
    assert len(signature.columns) == len(case["signature"]["inputs"])
    assert list(signature.classes) == case["signature"].get("classes", [])
    assert len(read_onnx_layout(signature, case["signature"], case["layout"]).tensors) == 2


@pytest.mark.parametrize("case", cases(vectors("signatures")["bad_signatures"]))
def test_a_bad_signature_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_signature(case["signature"])


@pytest.mark.parametrize("case", cases(vectors("signatures")["bad_layouts"]))
def test_a_bad_layout_is_refused(case: dict[str, Any]) -> None:
    signature = read_signature(case["signature"])
    with pytest.raises(ValueError, match=r"\w"):
        read_onnx_layout(signature, case["signature"], case["layout"])


# Golden rows are read in Java alone; Python writes them, and judges by the same rule before it does.
@pytest.mark.parametrize("case", cases([case for case in vectors("comparisons") if "bundle_format" in case["signature"]]))
def test_answers_are_judged_like_this(case: dict[str, Any]) -> None:
    rows, answers = case["golden"]["rows"], case["answers"]
    classes = case["signature"].get("classes", [])
    field = "probabilities" if classes else "prediction"
    expected = np.array([row[field] for row in rows], dtype=np.float64)
    answered = np.array([answer[field] for answer in answers], dtype=np.float64)
    labels = np.array([classes.index(answer["prediction"]) for answer in answers]) if classes else None
    scale = case["golden"].get("scale", 1.0)

    assert case["golden"]["tolerance"] == TOLERANCE
    assert np.count_nonzero(~agreeing(expected, answered, scale, labels)) == case["differing"]
    assert np.max(distances(expected, answered, scale)) == pytest.approx(float(case["max_difference"]), rel=1e-3, abs=1e-15)


@pytest.mark.parametrize("name", ["format-1-classification", "format-2-classification", "format-2-regression", "format-2-names"])
def test_a_whole_bundle_answers_its_golden_rows(name: str) -> None:
    document = json.loads((BUNDLES / name / "signature.json").read_text())
    layout_file = BUNDLES / name / "onnx.json"
    signature = read_signature(document)
    layout = read_onnx_layout(signature, document, json.loads(layout_file.read_text()) if layout_file.exists() else None)
    golden = json.loads((BUNDLES / name / "golden.json").read_text())
    frame = pd.DataFrame([row["inputs"] for row in golden["rows"]], columns=[column.name for column in signature.columns])
    for column in signature.columns:
        if column.kind == "boolean":
            frame[column.name] = frame[column.name].astype("boolean")

    scores = OnnxScorer((BUNDLES / name / "model.onnx").read_bytes(), signature, layout).score(frame)

    expected = np.array([row["probabilities"] if signature.classes else row["prediction"] for row in golden["rows"]])
    assert agreeing(expected, scores, golden.get("scale", 1.0)).all()
    digests = bundle.file_digests(BUNDLES / name)
    assert bundle.bundle_digest(digests) == vectors("bundles")[name]


@pytest.mark.parametrize("name", ["format-2-classification", "format-2-regression", "format-2-names"])
def test_every_document_of_a_bundle_obeys_its_schema(name: str) -> None:
    for file in sorted((MODULE / "schema").glob("*.schema.json")):
        document = file.name.removesuffix(".schema.json")
        jsonschema.validate(json.loads((BUNDLES / name / f"{document}.json").read_text()), json.loads(file.read_text()))


@pytest.mark.parametrize("case", cases([case for case in vectors("signatures")["good"] if case["layout"]]))
def test_good_documents_obey_their_schemas(case: dict[str, Any]) -> None:
    jsonschema.validate(case["layout"], schema("onnx"))
    inputs = [{"nullable": False} | column for column in case["signature"]["inputs"]]
    jsonschema.validate(case["signature"] | {"inputs": inputs}, schema("signature"))
