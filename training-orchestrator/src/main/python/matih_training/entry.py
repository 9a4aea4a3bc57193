"""Chooses what a job does by the `kind` of its specification; without one it trains."""

import json
from collections.abc import Mapping


def run(environment: Mapping[str, str]) -> int:
    """Runs the job of the environment; answers the exit status."""
    text = environment.get("MATIH_JOB", "")
    # Each kind imports what it needs, some of it for seconds.
    match _kind(text):
        case "evaluation":
            from matih_training import evaluation_job  # noqa: PLC0415

            return evaluation_job.run(text)
        case "tests":
            from matih_training import tests_job  # noqa: PLC0415

            return tests_job.run(text)
        case _:
            from matih_training import job  # noqa: PLC0415

            return job.run(environment)


def _kind(text: str) -> object:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document.get("kind") if isinstance(document, dict) else None
