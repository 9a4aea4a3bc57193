"""Work in the driver: a training where the cluster keeps the resources of one worker for it, and the search of a sweep.

Ray starts workers that died again. Here a child process does the job while its parent, which imports nothing heavy, waits:
a child that is killed, as by the machine for its memory, is followed by one that goes on from the newest checkpoint, or
from the ledger of trials.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping

# The cluster's adapter sets it together with the resources.
SETTING = "MATIH_TRAINS_IN_DRIVER"
_CHILD = "MATIH_CHILD"
# Somebody wants an end.
_ENDS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


def trains_in_driver(environment: Mapping[str, str]) -> bool:
    """Whether this process may use what one worker was promised."""
    return environment.get(SETTING) == "1"


def is_child(environment: Mapping[str, str]) -> bool:
    """Whether a parent waits for this process."""
    return environment.get(_CHILD) == "1"


def run_child(failures: int, gave_up: Callable[[str], int]) -> int:
    """Runs this program in a child process; answers its exit status.

    A child that was killed is replaced up to `failures` times; then `gave_up` is told by which signal.
    """
    while True:
        status = subprocess.run([sys.executable, *sys.orig_argv[1:]], env={**os.environ, _CHILD: "1"}, check=False).returncode  # noqa: S603
        if status >= 0:
            return status
        name = signal.Signals(-status).name
        if -status in _ENDS:
            return 128 - status
        print(f"the training process was ended by {name}; it may be started {failures} more times", flush=True)
        if failures == 0:
            return gave_up(name)
        failures -= 1
