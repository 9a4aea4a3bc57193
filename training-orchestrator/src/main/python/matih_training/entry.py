"""Chooses what a job does by the `kind` of its specification; without one it trains."""

import json
from collections.abc import Mapping

from matih_training import supervision


def run(environment: Mapping[str, str]) -> int:
    """Runs the job of the environment; answers the exit status."""
    text = environment.get("MATIH_JOB", "")
    # Each kind imports what it needs, some of it for seconds.
    match _member(text, "kind"):
        case "evaluation":
            from matih_training import evaluation_job  # noqa: PLC0415

            return evaluation_job.run(text)
        case "tests":
            from matih_training import tests_job  # noqa: PLC0415

            return tests_job.run(text)
        case "preparation":
            from matih_training import preparation_job  # noqa: PLC0415

            return preparation_job.run(environment)
        case _:
            return _train(environment, text)


def _train(environment: Mapping[str, str], text: str) -> int:
    failures = _member(text, "max_failures")
    in_driver = supervision.trains_in_driver(environment) or _member(text, "tuning") is not None
    if in_driver and not supervision.is_child(environment) and isinstance(failures, int):
        return supervision.run_child(failures, lambda name: _killed(text, name))
    from matih_training import job  # noqa: PLC0415

    return job.run(environment)


def _killed(text: str, signal: str) -> int:
    from matih_training import job  # noqa: PLC0415

    return job.killed(text, signal)


def _member(text: str, name: str) -> object:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document.get(name) if isinstance(document, dict) else None
