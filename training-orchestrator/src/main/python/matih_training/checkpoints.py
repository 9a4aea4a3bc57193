"""The checkpoints of an attempt: folders named by time, each with a state that says what it was made from."""

import json

from matih_training.storage import Folder
from matih_training.worker import STATE_FILE


def newest(folder: Folder, fingerprint: str) -> str | None:
    """Address of the newest checkpoint that was made from the same data, columns and hyperparameters."""
    for name in reversed(_names(folder)):
        state = folder.child(name).read(STATE_FILE)
        if state is not None and json.loads(state).get("fingerprint") == fingerprint:
            return folder.child(name).uri
    return None


def remove_old(folder: Folder, keep: int) -> None:
    """Removes all but the newest ones: Ray Train forgets those that were there when a worker died."""
    names = _names(folder)
    for name in names[: max(0, len(names) - keep)]:
        folder.child(name).remove()


def _names(folder: Folder) -> list[str]:
    """Oldest first: Ray Train names them by time."""
    return [name for name in folder.folders() if name.startswith("checkpoint_")]
