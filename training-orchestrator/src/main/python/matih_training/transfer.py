"""Moves whole files over addresses that were signed for exactly those files: a job that uses them holds no key of the store."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import requests

from matih_training.failure import FailureCode, JobFailure

_TIMEOUT = (5.0, 60.0)
_TRIES = 5
_CHUNK = 1 << 20
_RETRIED_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


def download(url: str, target: Path, *, what: str, sha256: str | None, limit: int) -> None:
    """Writes the file to `target`; refuses one that is larger than `limit` or not the one that `sha256` names."""

    def once() -> None:
        digest, size = hashlib.sha256(), 0
        with requests.get(url, stream=True, timeout=_TIMEOUT) as answer:
            _require_ok(answer, FailureCode.UNREADABLE_DATA, f"{what} is not there or not to be read")
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                for chunk in answer.iter_content(_CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise JobFailure(FailureCode.UNREADABLE_DATA, f"{what} is larger than {limit} bytes")
                    digest.update(chunk)
                    file.write(chunk)
        if sha256 is not None and digest.hexdigest() != sha256:
            raise JobFailure(FailureCode.UNREADABLE_DATA, f"{what} has another content than its digest names")

    _patiently(once, f"{what} cannot be read")


def upload(url: str, content: bytes, *, what: str) -> None:
    """Replaces the file; repeatable."""

    def once() -> None:
        with requests.put(url, data=content, timeout=_TIMEOUT) as answer:
            _require_ok(answer, FailureCode.STORAGE_UNAVAILABLE, f"{what} cannot be written")

    _patiently(once, f"{what} cannot be written")


class _TryAgain(Exception):
    """The store asked to be called later."""


def _require_ok(answer: requests.Response, code: FailureCode, message: str) -> None:
    if answer.status_code in _RETRIED_STATUS:
        raise _TryAgain
    if not answer.ok:
        raise JobFailure(code, message)


def _patiently(once: Callable[[], None], message: str) -> None:
    for number in range(_TRIES):
        try:
            once()
        except (_TryAgain, requests.RequestException) as error:
            # The address carries its signature: it is never printed.
            print(f"{message} (try {number + 1}): {type(error).__name__}", flush=True)
            time.sleep(min(8.0, 0.25 * 4**number))
        else:
            return
    raise JobFailure(FailureCode.STORAGE_UNAVAILABLE, message)
