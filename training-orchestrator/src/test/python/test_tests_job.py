"""A package of somebody's own tests: what runs it, what it finds, and what it cannot do."""

import hashlib
import io
import json
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from file_server import FileServer

from matih_training import bundle, entry, user_package
from matih_training.failure import JobFailure

TESTS = """
import os, pathlib

def test_the_model_is_there():
    folder = pathlib.Path(os.environ["MATIH_MODEL_DIR"])
    assert (folder / "signature.json").read_text() == "{}"
    assert os.environ["MATIH_MODEL_ID"] == "late-flights" and os.environ["MATIH_MODEL_VERSION"] == "3"

def test_nothing_secret_is_there():
    assert not [name for name in os.environ if name.startswith(("AWS_", "MLFLOW_", "RAY_")) or name == "MATIH_JOB"]

def test_this_fails():
    assert False
"""


def zipped(*entries: tuple[str | zipfile.ZipInfo, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def store() -> Iterator[FileServer]:
    server = FileServer()
    yield server
    server.close()


def run(store: FileServer, content: bytes) -> int:
    files = {"signature.json": b"{}", "native/model.ubj": b"trees"}
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    document: dict[str, Any] = {
        "kind": "tests",
        "job_id": "8f3c",
        "attempt": 1,
        "model_id": "late-flights",
        "version": 3,
        "bundle": {
            "digest": bundle.bundle_digest(digests),
            "files": [
                {"path": path, "sha256": digests[path], "url": store.put(f"/bundle/{path}", data)} for path, data in files.items()
            ],
        },
        "package": {"url": store.put("/package.zip", content), "digest": f"sha256:{hashlib.sha256(content).hexdigest()}"},
        "outputs": {name: f"{store.uri}/out/{name}" for name in ("progress.json", "result.json", "failure.json", "report.xml")},
    }
    return entry.run({"MATIH_JOB": json.dumps(document)})


def test_runs_the_tests_beside_the_model(store: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "very-secret")
    content = zipped(("tests/test_model.py", TESTS), ("helper.py", "x = 1\n"))

    assert run(store, content) == 0

    report = store.files["/out/report.xml"]
    result = json.loads(store.files["/out/result.json"])
    outcome = {case.get("name"): [child.tag for child in case] for case in ET.fromstring(report).iter("testcase")}  # noqa: S314
    assert outcome == {"test_the_model_is_there": [], "test_nothing_secret_is_there": [], "test_this_fails": ["failure"]}
    assert result["exit_status"] == 1
    assert result["report_sha256"] == hashlib.sha256(report).hexdigest()
    assert result["package_digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_a_package_without_tests_leaves_a_report_of_none(store: FileServer) -> None:
    assert run(store, zipped(("readme.txt", "no tests"))) == 0
    assert json.loads(store.files["/out/result.json"])["exit_status"] == 5
    assert b"testcase" not in store.files["/out/report.xml"]


REPORT = "import os, sys\ntarget = next(a for a in sys.argv if 'junitxml' in a).split('=')[1]\n"


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        ("import os\nos._exit(7)\n", "status 7"),
        (REPORT + "os.symlink('/etc/hostname', target)\nos._exit(0)\n", "no report"),
        (REPORT + "open(target, 'wb').truncate(5 << 20)\nos._exit(0)\n", "larger than"),
    ],
)
def test_a_run_without_a_report_of_its_own_has_failed(store: FileServer, tests: str, message: str) -> None:
    assert run(store, zipped(("conftest.py", tests), ("test_it.py", "def test_it(): pass\n"))) == 1
    told = json.loads(store.files["/out/failure.json"])
    assert told["code"] == "tests_failed"
    assert message in told["message"]


def test_no_process_of_the_package_outlives_it(store: FileServer, tmp_path: Path) -> None:
    sign = tmp_path / "pid"
    tests = f"""
import subprocess
def test_it():
    child = subprocess.Popen(["sleep", "600"])
    open({str(sign)!r}, "w").write(str(child.pid))
"""
    assert run(store, zipped(("test_it.py", tests))) == 0
    pid = int(sign.read_text())
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def link(name: str) -> zipfile.ZipInfo:
    entry_info = zipfile.ZipInfo(name)
    entry_info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry_info


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK garbage",
        zipped(("../out.py", "x")),
        zipped(("/etc/cron.d/x", "x")),
        zipped(("a/../../x", "x")),
        zipped(("a\\..\\x", "x")),
        zipped(("C:/x", "x")),
        zipped(("a\x01b", "x")),
        zipped((link("link"), "/etc/passwd")),
        zipped(("a.py", "1"), ("A.PY", "2")),
        zipped(*((f"f{number}", "") for number in range(2001))),
    ],
    ids=range(11),
)
def test_refuses_a_package_that_is_not_plain(tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "package.zip"
    archive.write_bytes(content)
    with pytest.raises(JobFailure) as refused:
        user_package.unpack(archive, tmp_path / "inside" / "package")
    assert refused.value.code == "invalid_package"
    assert not [name for name in os.listdir(tmp_path) if name not in ("package.zip", "inside")]  # noqa: PTH208


def test_refuses_a_bomb_before_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_package, "_MOST_BYTES", 1 << 20)
    archive = tmp_path / "package.zip"
    archive.write_bytes(zipped(("zeros", bytes(8 << 20))))
    assert archive.stat().st_size < 64_000

    with pytest.raises(JobFailure, match="unpacks to more"):
        user_package.unpack(archive, tmp_path / "package")
    assert (tmp_path / "package" / "zeros").stat().st_size <= 1 << 20


def test_an_unknown_kind_is_refused() -> None:
    assert entry.run({"MATIH_JOB": json.dumps({"kind": "mining"})}) == 1
    assert entry.run({"MATIH_JOB": json.dumps({"kind": "tests"})}) == 1
    assert entry.run({}) == 1
