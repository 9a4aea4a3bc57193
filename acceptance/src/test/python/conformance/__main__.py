"""Asks every call of the checked-in OpenAPI files through the door and holds the answers to them.

`python -m conformance short|long FOLDER` with MATIH_URL and MATIH_KEY, the key of an administrator of a tenant of its own.
Prints how many requests were answered with which status, as the last line in JSON; ends with 1 where an answer broke a rule.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from . import world
from .door import Door

HERE = Path(__file__).parent
ROOT = HERE.parents[4]
SERVICES = ["ml-api", "feature-gateway", "model-registry-gateway", "training-orchestrator", "serving-router"]
#: Every boundary of every schema, and that many more requests per call.
FORMS = {"short": ["--phases", "fuzzing", "-n", "6"], "long": ["--phases", "coverage,fuzzing", "-n", "100"]}


def ask(service: str, form: str, folder: Path) -> tuple[bool, Counter[str]]:
    """Whether all of one service's answers are right, and how often each status was answered, by kind of request."""
    counts = folder / f"{service}.json"
    key = os.environ["MATIH_KEY"]
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"]
    command += [str(ROOT / service / "src/main/openapi" / f"{service}.json"), "--url", os.environ["MATIH_URL"]]
    command += ["-H", f"Authorization: Bearer {key}", "--workers", "1", "--no-shrink", "--warnings", "off", *FORMS[form]]
    places = {"MATIH_WORLD": str(folder / "world.json"), "MATIH_COUNTS": str(counts), "PYTHONPATH": str(HERE.parent)}
    told = folder / f"{service}.txt"
    with told.open("w") as output:
        ended = subprocess.run(command, cwd=folder, env={**os.environ, **places}, stdout=output, stderr=output, check=False)
    if ended.returncode != 0:
        sys.stdout.write(told.read_text()[-8000:])
    return ended.returncode == 0, Counter(json.loads(counts.read_text())) if counts.exists() else Counter()


def main(form: str, folder: Path) -> int:
    made = world.make(Door(os.environ["MATIH_URL"], os.environ["MATIH_KEY"]))
    (folder / "world.json").write_text(json.dumps(made))
    answers: dict[str, dict[str, int]] = {}
    right = True
    for service in SERVICES:
        good, counted = ask(service, form, folder)
        right = right and good and bool(counted)
        answers[service] = dict(sorted(counted.items()))
    requests = sum(sum(counted.values()) for counted in answers.values())
    sys.stdout.write(json.dumps({"requests": requests, "answers": answers}) + "\n")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
