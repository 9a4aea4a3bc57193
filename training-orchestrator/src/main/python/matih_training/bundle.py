"""The model bundle: one folder with everything that a registry and a server need, named by the digest of its content."""

import hashlib
import json
import platform
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from matih_training import native_model
from matih_training.algorithm import NativeForm
from matih_training.dataset import FeatureColumn
from matih_training.failure import FailureCode, JobFailure
from matih_training.onnx_model import LABEL, PREDICTION, PROBABILITIES, InputTensor
from matih_training.signature import FORMAT, LAYOUT_FILE, ONNX_FILE, SIGNATURE_FILE
from matih_training.specification import PointInTimeJoin

NATIVE = "native"
_CODE = "code"
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+=@-]*")
_LONGEST_PATH, _MOST_FOLDERS = 255, 8
_LARGEST_DOCUMENT = 16 << 20


@dataclass(frozen=True)
class Bundle:
    """What was written: the digest of each file by its path, and of all of them together."""

    folder: Path
    files: Mapping[str, str]
    digest: str


def signature(
    task: str, features: Sequence[FeatureColumn], classes: Sequence[int] | Sequence[str], join: PointInTimeJoin | None
) -> dict[str, Any]:
    """What goes in and comes out, by the caller's names."""
    document: dict[str, Any] = {
        "bundle_format": FORMAT,
        "task": task,
        "inputs": [{"name": feature.name, "type": feature.kind, "nullable": True} for feature in features],
    }
    if classes:
        document["outputs"] = [
            {"name": "label", "type": _label_type(classes[0])},
            {"name": "probabilities", "type": "double", "shape": [-1, len(classes)]},
        ]
        document["classes"] = list(classes)
    else:
        document["outputs"] = [{"name": "prediction", "type": "double"}]
    if join is not None:
        document["features"] = _feature_references(join, {feature.name for feature in features})
    return document


def _label_type(label: bool | int | str) -> str:
    if isinstance(label, str):
        return "string"
    return "boolean" if isinstance(label, bool) else "long"


def onnx_layout(tensors: Sequence[InputTensor], classes: Sequence[Any]) -> dict[str, Any]:
    """How the ONNX graph takes the inputs of the signature, and what its outputs are called."""
    return {
        "tensors": [{"name": tensor.name, "datatype": tensor.datatype, "columns": list(tensor.columns)} for tensor in tensors],
        "outputs": {"label": LABEL, "probabilities": PROBABILITIES} if classes else {"prediction": PREDICTION},
    }


def write_bundle(
    folder: Path,
    *,
    run_id: str,
    signature: Mapping[str, Any],
    preprocessing: Mapping[str, Any],
    native: NativeForm,
    onnx: bytes,
    layout: Mapping[str, Any],
    documents: Mapping[str, Any],
) -> Bundle:
    """Writes all files; `documents` are the further JSON files by name."""
    (folder / NATIVE).mkdir(parents=True)
    (folder / _CODE).mkdir()
    (folder / NATIVE / native.file).write_bytes(native.content)
    (folder / ONNX_FILE).write_bytes(onnx)
    # Nobody but the model itself reads it, whatever its size.
    (folder / NATIVE / native_model.PREPROCESSING_FILE).write_text(json.dumps(preprocessing, indent=1, allow_nan=False) + "\n")
    write_json(folder / SIGNATURE_FILE, signature)
    write_json(folder / LAYOUT_FILE, layout)
    for name, document in documents.items():
        write_json(folder / name, document)

    source = loader_source(native)
    # Two models with different loaders can be in one process: the module's name is its content.
    loader = f"matih_model_{hashlib.sha256(source.encode()).hexdigest()[:12]}"
    (folder / _CODE / f"{loader}.py").write_text(source)
    requirements = [*(f"{name}=={metadata.version(name)}" for name in ("mlflow", "numpy", "pandas")), *native.requirements]
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in requirements))
    (folder / "python_env.yaml").write_text(
        yaml.safe_dump(
            {"python": platform.python_version(), "build_dependencies": ["pip"], "dependencies": ["-r requirements.txt"]}
        )
    )
    (folder / "MLmodel").write_text(yaml.safe_dump(_mlmodel(run_id, signature, loader, native), sort_keys=False))
    files = file_digests(folder)
    return Bundle(folder, files, bundle_digest(files))


def loader_source(native: NativeForm) -> str:
    """The code that MLflow runs to load the native model: it stands alone."""
    return (
        Path(native_model.__file__).read_text()
        + f"\n\n{native.scorer_source}\n\n"
        + f"def _load_pyfunc(path: str) -> NativeModel:\n    return load(Path(path), {native.scorer_class})\n"
    )


def is_plain_path(path: str) -> bool:
    """Whether a bundle may have a file of this name: it reads the same as object key, local file and line of a digest."""
    parts = path.split("/")
    return len(path) <= _LONGEST_PATH and len(parts) <= _MOST_FOLDERS and all(_PART.fullmatch(part) for part in parts)


def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file by its path below the folder, sorted bytewise."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: hashlib.sha256(names[name].read_bytes()).hexdigest() for name in sorted(names, key=str.encode)}


def bundle_digest(files: Mapping[str, str]) -> str:
    """The canonical digest: of one line `<sha256>  <path>` per file, sorted bytewise by path."""
    lines = "".join(f"{files[name]}  {name}\n" for name in sorted(files, key=str.encode))
    return f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"


def code_digest() -> str:
    """Digest of this package's own source files."""
    package = Path(__file__).parent
    sources = [*package.rglob("*.py"), *package.rglob("*.json")]
    return bundle_digest(
        {path.relative_to(package).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sources}
    )


def environment_digest() -> str:
    """Digest of the Python version and all installed distributions."""
    installed = {f"{entry.name.lower()}=={entry.version}" for entry in metadata.distributions()}
    text = "\n".join([platform.python_version(), *sorted(installed)])
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _feature_references(join: PointInTimeJoin, inputs: set[str]) -> dict[str, Any]:
    used = [view for view in join.views if any(feature.name in inputs for feature in view.features)]
    references = [f"{view.name}:{feature.name}" for view in used for feature in view.features if feature.name in inputs]
    document: dict[str, Any] = {
        "references": references,
        "join_keys": list(dict.fromkeys(key for view in used for key in view.join_keys)),
    }
    # A service stands for all of its features; a model that reads fewer names those itself.
    if join.feature_service is not None and len(references) == len(join.references):
        document["service"] = join.feature_service
    return document


def _mlmodel(run_id: str, signature: Mapping[str, Any], loader: str, native: NativeForm) -> dict[str, Any]:
    flavors: dict[str, Any] = {
        "python_function": {
            "loader_module": loader,
            "code": _CODE,
            "data": NATIVE,
            "env": {"virtualenv": "python_env.yaml"},
            "python_version": platform.python_version(),
        },
        "onnx": {
            "data": ONNX_FILE,
            "onnx_version": metadata.version("onnx"),
            "providers": ["CPUExecutionProvider"],
            "code": None,
        },
        native.flavor: dict(native.flavor_entries),
    }
    return {
        "artifact_path": "model",
        "flavors": flavors,
        "mlflow_version": metadata.version("mlflow"),
        "model_uuid": uuid.uuid4().hex,
        "run_id": run_id,
        "signature": _mlflow_signature(signature),
        "utc_time_created": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
    }


def _mlflow_signature(signature: Mapping[str, Any]) -> dict[str, Any]:
    # pandas holds a nullable integer or boolean in more than one type, of which MLflow would refuse all but one: "any".
    types = {"double": "double", "string": "string"}
    inputs = [
        {"type": types.get(column["type"], "any"), "name": column["name"], "required": False} for column in signature["inputs"]
    ]
    outputs = [{"type": signature["outputs"][0]["type"], "name": signature["outputs"][0]["name"], "required": True}]
    params = [{"name": "return_probabilities", "type": "boolean", "default": False, "shape": None}]
    return {
        "inputs": json.dumps(inputs),
        "outputs": json.dumps(outputs),
        "params": json.dumps(params) if signature["task"] == "classification" else None,
    }


def write_json(path: Path, document: Any) -> None:
    """Laid out for people, and as short as JSON can be where it is large."""
    content = (json.dumps(document, indent=1, allow_nan=False) + "\n").encode()
    if len(content) > _LARGEST_DOCUMENT // 4:
        content = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    if len(content) > _LARGEST_DOCUMENT:
        raise JobFailure(
            FailureCode.MODEL_TOO_LARGE,
            f"{path.name} is above {_LARGEST_DOCUMENT >> 20} MB; take fewer columns, shorter names of columns, or shorter texts",
        )
    path.write_bytes(content)
