"""Unpacks a package of somebody's own code; the orchestrator checked it, and so does this: it is not believed twice."""

import re
import stat
import zipfile
from pathlib import Path

from matih_training.failure import FailureCode, JobFailure

_MOST_ENTRIES = 2_000
_MOST_BYTES = 256 << 20
_PART = re.compile(r"[^\x00-\x1f\x7f\\/:]{1,200}")
_CHUNK = 1 << 20


def unpack(archive: Path, folder: Path) -> None:
    """Writes regular files and folders below `folder` and nothing anywhere else."""
    try:
        with zipfile.ZipFile(archive) as zipped:
            entries = zipped.infolist()
            if len(entries) > _MOST_ENTRIES:
                raise _refused(f"has more than {_MOST_ENTRIES} entries")
            seen: set[str] = set()
            left = _MOST_BYTES
            for entry in entries:
                _check(entry, seen)
                if not entry.is_dir():
                    left = _write(zipped, entry, folder / entry.filename, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _refused("is not a zip file that can be unpacked") from error


def _check(entry: zipfile.ZipInfo, seen: set[str]) -> None:
    parts = entry.filename.removesuffix("/").split("/")
    if any(part in (".", "..") or not _PART.fullmatch(part) for part in parts):
        raise _refused("has an entry that leaves it")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refused("has a link or a special file")
    name = "/".join(parts).casefold()
    if name in seen:
        raise _refused("has two entries of one name")
    seen.add(name)


def _write(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipped.open(entry) as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _refused(f"unpacks to more than {_MOST_BYTES} bytes")
            file.write(chunk)
    return left


def _refused(reason: str) -> JobFailure:
    return JobFailure(FailureCode.INVALID_PACKAGE, f"the package {reason}")
