"""Scores raw columns by a version's native form, in a process that holds no key, no address and no target.

Messages in both directions are their length in 8 bytes and so many bytes: a table as an Arrow stream goes in, scores as
NumPy's own format come out, or nothing when the model failed on the table.
"""

import io
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from matih_training import own_process
from matih_training.failure import FailureCode, JobFailure
from matih_training.signature import Signature

BUNDLE = "bundle"


class NativeScorer:
    """The version in its own process; the folder holds its files in `bundle`."""

    def __init__(self, process: "subprocess.Popen[bytes]", signature: Signature) -> None:
        self.classes = list(signature.classes)
        self.columns = signature.columns
        self._process = process

    def score(self, frame: pd.DataFrame) -> npt.NDArray[Any]:
        """Probabilities `[rows, classes]`, or predictions `[rows]` for a regression; numbers without exception."""
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise _unreadable("the process that loads the version's model has no pipes")
        sink = pa.BufferOutputStream()
        table = pa.Table.from_pandas(frame, preserve_index=False)
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        try:
            _send(to, sink.getvalue().to_pybytes())
            answer = _receive(back)
        except BrokenPipeError:
            answer = None
        if answer is None:
            raise _unreadable("the process that loads the version's model ended; the job's log has what it wrote")
        if not answer:
            raise _unreadable("the version's model cannot score these columns; the job's log has its reason")
        scores = np.load(io.BytesIO(answer), allow_pickle=False)
        if scores.shape != ((len(frame), len(self.classes)) if self.classes else (len(frame),)):
            raise _unreadable("the version's model answers in another shape than its signature says")
        if not np.all(np.isfinite(scores)):
            raise _unreadable("the version's model answers some rows with no number")
        return np.asarray(scores, dtype=np.float64)


@contextmanager
def scoring(folder: Path, signature: Signature) -> Iterator[NativeScorer]:
    """The version whose files lie in `bundle` below the folder."""
    with own_process.started("matih_training.native_scoring", folder, pipes=True) as process:
        yield NativeScorer(process, signature)


def _send(to: IO[bytes], content: bytes) -> None:
    to.write(len(content).to_bytes(8, "big"))
    to.write(content)
    to.flush()


def _receive(source: IO[bytes]) -> bytes | None:
    """The next message; None at the end."""
    header = source.read(8)
    if len(header) < 8:
        return None
    size = int.from_bytes(header, "big")
    content = source.read(size)
    return content if len(content) == size else None


def _unreadable(message: str) -> JobFailure:
    return JobFailure(FailureCode.UNREADABLE_MODEL, message)


def serve(folder: Path) -> None:
    """Answers tables until there are no more. What the model prints goes to the log."""
    from matih_training.native_version import load  # noqa: PLC0415  (the tenant's code runs from here on)

    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    version = load(folder / BUNDLE)
    while (message := _receive(sys.stdin.buffer)) is not None:
        frame = pa.ipc.open_stream(message).read_all().to_pandas()
        buffer = io.BytesIO()
        try:
            np.save(buffer, version.score(frame[[column.name for column in version.signature.columns]]), allow_pickle=False)
        except Exception:  # noqa: BLE001  (the model's own; its owner reads it in the log)
            traceback.print_exc()
            buffer = io.BytesIO()
        _send(answers, buffer.getvalue())


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
