"""Runs somebody's own pytest package beside a version's files. What comes out is theirs to decide, and marked so."""

import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from matih_training import fields, transfer, version_job
from matih_training.failure import FailureCode, JobFailure
from matih_training.fields import Fields, record
from matih_training.progress import Phase, Progress
from matih_training.user_package import unpack
from matih_training.version_job import REPORT_FILE, Identity, Outputs

_PACKAGE_LIMIT = 64 << 20
_REPORT_LIMIT = 4 << 20
# A file may grow to 2 GB (in blocks of 512 bytes), and a crash leaves no memory behind.
_LIMITS = 'ulimit -f 4194304 && ulimit -c 0 && exec "$@"'
_PR_SET_DUMPABLE = 4


def run(text: str) -> int:
    """Runs the tests that `MATIH_JOB` describes."""
    return version_job.run(text, _test)


def _test(document: Fields, outputs: Outputs) -> Mapping[str, Any]:
    about = version_job.identity(document)
    bundle = version_job.input_bundle(document)
    address, digest = document.take("package", record(_package))
    document.end()
    progress = Progress(outputs)
    progress.report(Phase.READING)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bundle.download(folder / "model")
        archive = folder / "package.zip"
        transfer.download(address, archive, what="the package", sha256=digest.removeprefix("sha256:"), limit=_PACKAGE_LIMIT)
        unpack(archive, folder / "package")
        progress.report(Phase.TESTING)
        status = run_tests(folder, about)
        report = read_report(folder / REPORT_FILE, status)
    outputs.write(REPORT_FILE, report)
    progress.report(Phase.DONE)
    return {
        "digest": bundle.digest,
        "package_digest": digest,
        "exit_status": status,
        "report_sha256": hashlib.sha256(report).hexdigest(),
    }


def _package(document: Fields) -> tuple[str, str]:
    return document.take("url", fields.text), document.take("digest", fields.text)


def run_tests(folder: Path, about: Identity) -> int:
    """Runs pytest in an environment that is made from nothing; answers its exit status. No process of it outlives this."""
    keep_to_itself()
    for name in ("home", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={folder / REPORT_FILE}", "--rootdir=."]
    with subprocess.Popen(  # noqa: S603  (the package's own code is what is to run)
        ["/bin/sh", "-c", _LIMITS, "pytest", *command],
        cwd=folder / "package",
        env=environment(folder, about),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        status = process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return status


def environment(folder: Path, about: Identity) -> dict[str, str]:
    """All that the package's code finds in its environment."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "MATIH_MODEL_DIR": str(folder / "model"),
        "MATIH_MODEL_ID": about.model_id,
        "MATIH_MODEL_VERSION": str(about.version),
    }


def keep_to_itself() -> None:
    """Hides this process's own environment and memory from others of the same user, where the system can."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def read_report(path: Path, status: int) -> bytes:
    """The report, if it is a file of a bounded size; never what a link points to."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            content = file.read(_REPORT_LIMIT + 1)
    except OSError as error:
        raise JobFailure(FailureCode.TESTS_FAILED, f"pytest ended with status {status} and left no report") from error
    if len(content) > _REPORT_LIMIT:
        raise JobFailure(FailureCode.TESTS_FAILED, f"the report of pytest is larger than {_REPORT_LIMIT} bytes")
    return content
