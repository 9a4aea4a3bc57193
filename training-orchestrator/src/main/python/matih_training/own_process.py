"""Processes for code that came with a model: they find nothing in their environment, and none outlives its work."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from matih_training.tests_job import keep_to_itself

# A crash leaves no memory behind.
_LIMITS = 'ulimit -c 0 && exec "$@"'


@contextmanager
def started(module: str, folder: Path, *, pipes: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a module of this package in a folder of its own; ends it, and what it started, with the block.

    `pipes` are to its standard input and from its standard output.
    """
    keep_to_itself()
    for name in ("home", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    command = [sys.executable, "-m", module, str(folder)]
    with subprocess.Popen(  # noqa: S603  (the model's own code is what is to run)
        ["/bin/sh", "-c", _LIMITS, module.rsplit(".", 1)[-1], *command],
        cwd=folder / "home",
        env=_environment(folder),
        start_new_session=True,
        stdin=subprocess.PIPE if pipes else subprocess.DEVNULL,
        stdout=subprocess.PIPE if pipes else None,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _environment(folder: Path) -> dict[str, str]:
    packages = Path(__file__).resolve().parents[1]
    # What comes with the job is first, and found as it was here.
    paths = [str(packages), *(path for path in sys.path if path and Path(path).is_dir() and "site-packages" not in path)]
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/home/mlflow.db",
    }
