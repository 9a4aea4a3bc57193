"""Counts what `door_plugin` wrote, by suite, and why tests failed: `python tally.py told.jsonl`."""

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

#: The first that is found in what the door refused, or in the failure, is the reason.
REASONS = {
    "gated: the registry changes through its gates": ["changes only through its gates"],
    "not offered: traces": [
        "Traces of language models",
        "has no attribute 'info'",
        "span data is corrupted",
        "link_traces",
        "clear_active",
        "end_trace",
    ],
    "not offered: other calls for language models": ["does not offer"],
    "by design: files lie in the platform's own store": ["artifact_location", "path_to_local_file_uri"],
    "by design: MLflow's page and its GraphQL are not behind the door": ["/ajax-api/", "/graphql"],
    "by design: errors have more fields": ["test_path_validation"],
    "by design: a logged model comes from a run": ["parameter 'source_run_id'"],
    "the test runs MLflow's CLI within its own process; by hand it does the same": ["_cli["],
    "the test looks into a store or starts a server of its own": [
        "filesystem tracking backend",
        "Failed to connect",
        "No Experiment with id=",
        "with_sqlalchemy_store",
    ],
    "the test needs what is not installed, or another release": [
        "ModuleNotFoundError",
        "does not have the attribute",
        "pytest-twisted",
    ],
}


def reason(told: dict[str, Any]) -> str:
    seen = " ".join([*told["refused"], told.get("failure", ""), told["test"]])
    return next((why for why, signs in REASONS.items() if any(sign in seen for sign in signs)), "to be looked at")


def main(file: Path) -> None:
    tests: dict[str, dict[str, Any]] = {}
    for line in file.read_text().splitlines():
        told = json.loads(line)
        if told["test"] not in tests or told["outcome"] != "passed":
            tests[told["test"]] = told
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    failed: dict[str, Counter[str]] = defaultdict(Counter)
    for name, told in tests.items():
        suite = name.split("::")[0]
        outcomes[suite][told["outcome"]] += 1
        if told["outcome"] == "failed":
            failed[suite][reason(told)] += 1
    for suite, counted in outcomes.items():
        sys.stdout.write(f"{suite}: {dict(counted)}\n")
        for why, times in failed[suite].most_common():
            sys.stdout.write(f"  {times:4} {why}\n")
    for name, told in tests.items():
        if told["outcome"] == "failed" and reason(told) == "to be looked at":
            sys.stdout.write(f"  ? {name} {told['refused'][-1:]}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
