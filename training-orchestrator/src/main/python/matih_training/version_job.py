"""What the jobs about a version share: the bundle they read and the outputs they write, each file by a signed address."""

import json
import re
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matih_training import fields, transfer
from matih_training.bundle import bundle_digest, is_plain_path
from matih_training.failure import FailureCode, JobFailure
from matih_training.fields import Fields, integer, list_of, record
from matih_training.progress import PROGRESS_FILE, timestamp

RESULT_FILE, FAILURE_FILE, REPORT_FILE = "result.json", "failure.json", "report.xml"
_BUNDLE_LIMIT = 2 << 30
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class BundleFile:
    """One file of a bundle and its signed address; a file that the job does not read has none."""

    path: str
    sha256: str
    url: str | None


@dataclass(frozen=True)
class InputBundle:
    """All files of a version; the digest names exactly these."""

    digest: str
    files: tuple[BundleFile, ...]

    def has(self, path: str) -> bool:
        return any(file.path == path for file in self.files)

    def download(self, folder: Path, wanted: Collection[str] | None = None) -> None:
        """Writes the wanted files (all by default) below the folder, each checked by its digest."""
        names = {file.path for file in self.files}
        for name in wanted or ():
            if name not in names:
                raise JobFailure(FailureCode.UNREADABLE_MODEL, f"the version has no {name}")
        left = _BUNDLE_LIMIT
        for file in self.files:
            if wanted is None or file.path in wanted:
                if file.url is None:
                    raise fields.invalid(f"{file.path} has no address")
                target = folder / file.path
                transfer.download(file.url, target, what=file.path, sha256=file.sha256, limit=left)
                left -= target.stat().st_size


@dataclass(frozen=True)
class Outputs:
    """Where a job may write, and nothing else."""

    urls: Mapping[str, str]

    def write(self, name: str, content: bytes) -> None:
        transfer.upload(self.urls[name], content, what=name)

    def write_json(self, name: str, document: Any) -> None:
        self.write(name, json.dumps(document, indent=1, allow_nan=False).encode())


@dataclass(frozen=True)
class Identity:
    """Which attempt of which job this is, and about which version."""

    job_id: str
    attempt: int
    model_id: str
    version: int


def run(text: str, work: Callable[[Fields, Outputs], Mapping[str, Any]]) -> int:
    """Does the work and writes its result, or why there is none; answers the exit status."""
    outputs = None
    try:
        document = Fields(json.loads(text), "")
        document.take("kind", fields.text)
        outputs = document.take("outputs", record(_outputs))
        outputs.write_json(RESULT_FILE, work(document, outputs))
    except JobFailure as failure:
        return _failed(outputs, failure)
    except Exception as error:  # noqa: BLE001  (the last line of defence: every failure must be written down)
        traceback.print_exc()
        return _failed(outputs, JobFailure(FailureCode.INTERNAL_ERROR, f"unexpected {type(error).__name__}; see the job's log"))
    return 0


def _failed(outputs: Outputs | None, failure: JobFailure) -> int:
    print(f"job failed: {failure}", flush=True)
    if outputs is not None:
        try:
            outputs.write_json(FAILURE_FILE, {"code": failure.code.value, "message": failure.message, "at": timestamp()})
        except JobFailure as second:
            print(f"the failure could not be stored: {second}", flush=True)
    return 1


def identity(document: Fields) -> Identity:
    """Reads which attempt this is and about which version."""
    return Identity(
        job_id=document.take("job_id", fields.text),
        attempt=document.take("attempt", integer(1)),
        model_id=document.take("model_id", fields.text),
        version=document.take("version", integer(1)),
    )


def input_bundle(document: Fields, key: str = "bundle") -> InputBundle:
    """Reads the files of the version, or of another model."""
    given = document.take(key, record(_bundle))
    if bundle_digest({file.path: file.sha256 for file in given.files}) != given.digest:
        raise fields.invalid(f"the digest of '{key}' does not fit its files")
    return given


def _bundle(document: Fields) -> InputBundle:
    return InputBundle(digest=document.take("digest", fields.text), files=document.take("files", list_of(record(_file))))


def _file(document: Fields) -> BundleFile:
    file = BundleFile(
        path=document.take("path", fields.text),
        sha256=document.take("sha256", fields.text),
        url=document.optional("url", fields.text),
    )
    if not is_plain_path(file.path) or not _SHA256.fullmatch(file.sha256):
        raise fields.invalid(f"'{document.at('path')}' or its digest is not plain")
    return file


def _outputs(document: Fields) -> Outputs:
    urls = {name: document.take(name, fields.text) for name in (PROGRESS_FILE, RESULT_FILE, FAILURE_FILE)}
    report = document.optional(REPORT_FILE, fields.text)
    return Outputs(urls | ({REPORT_FILE: report} if report is not None else {}))
