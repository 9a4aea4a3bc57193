"""What schemathesis must know of this platform: ids that exist, rules that no schema can say, and a count of the answers."""

import atexit
import json
import os
import re
import tomllib
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import Failure

HERE = Path(__file__).parent
API = "/api/v1/ml"
#: Taken from the world in this share of the requests; the rest asks for things that do not exist.
KNOWN_OF_TEN = 7
#: Delete, end or load what exists: they meet a spare, or nothing, never what the other calls need.
ENDING = re.compile(r"^DELETE |/(retire|deploy|cancel|retry|validate)$")

WORLD = json.loads(Path(os.environ["MATIH_WORLD"]).read_text())
RULES = tomllib.loads((HERE / "rules.toml").read_text())["rule"]
ANSWERS: Counter[str] = Counter()
#: schemathesis pads a header to its greatest length without a look at its pattern.
HEADERS = {"If-Match": r'"[0-9]{1,18}"', "Idempotency-Key": "[!-~]{1,255}"}
#: Requests that fit their schema, by id, as they were made: schemathesis judges anew when a key is added.
FITTING: set[str] = set()


#: What the format of a file is, its schema cannot say: some that are right and some that are not.
CELLS = st.text(st.characters(codec="utf-8", exclude_characters=',"\r\n\x00'), min_size=1, max_size=8)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=2, max_size=5)
schemathesis.openapi.media_type("text/csv", TABLES.map(lambda rows: "\n".join(map(",".join, rows)).encode()))
for binary in ("application/zip", "application/vnd.apache.parquet"):
    schemathesis.openapi.media_type(binary, st.binary(max_size=200))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Puts known ids into well-formed requests, and no address of anybody else's into webhooks."""
    if case._meta is None or not case._meta.generation.mode.is_positive:
        keep_at_home(case.body)
        return
    if all(re.fullmatch(form, case.headers.get(name, "") or "") for name, form in HEADERS.items() if name in (case.headers or {})):
        FITTING.add(case.id)
    seed = zlib.crc32(repr((case.path_parameters, case.body)).encode())
    ending = ENDING.search(case.operation.label)
    known = known_ids(case.operation.path.removeprefix(API))
    if ending and any(known.get(name) == str(value) for name, value in case.path_parameters.items()):
        case.path_parameters = {**case.path_parameters, "id": "0"}
    if seed % 10 < KNOWN_OF_TEN:
        if ending:
            known = {"id": known["spare"]} if "spare" in known else {}
        replaced = {name: known.get(name, value) for name, value in case.path_parameters.items()}
        if replaced != case.path_parameters:
            case.path_parameters = replaced
        if isinstance(case.body, dict) and not ending:
            for name in case.body.keys() & WORLD["body"].keys():
                case.body[name] = WORLD["body"][name]
    keep_at_home(case.body)


def known_ids(path: str) -> dict[str, str]:
    starts = [start for start in WORLD if path.startswith(start)]
    return WORLD[max(starts, key=len)] if starts else {}


def keep_at_home(body: Any) -> None:
    """A webhook's address is one that no resolver knows: no stranger is called."""
    if isinstance(body, dict) and isinstance(body.get("url"), str) and re.match(r"(?i)\s*https?:", body["url"]):
        body["url"] = "https://hooks.example.invalid/" + str(len(body["url"]))


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    ANSWERS[f"{'fits' if case.id in FITTING else 'breaks'} {response.status_code}"] += 1


class Unexplained(Failure):
    """Told once for each sentence of a call, whatever the values in it are."""

    @property
    def _unique_key(self) -> str:
        said = {line.split(": ", 1)[-1] for line in self.message.split("\n")}
        return re.sub(r"'[^']*'|\"[^\"]*\"|[0-9]+", "…", " ".join(sorted(said)))


@schemathesis.check
def well_formed_requests_are_not_invalid(ctx: Any, response: Any, case: Any) -> None:
    """A request that fits its schema is invalid only by a rule that no schema can say, listed in rules.toml."""
    if case.id not in FITTING or response.status_code not in (400, 406, 413, 415):
        return
    unexplained = [
        said
        for said in sentences(json.loads(response.content))
        if not any(re.search(rule["call"], case.operation.label) and re.search(rule["says"], said) for rule in RULES)
    ]
    if unexplained:
        raise Unexplained(
            operation=case.operation.label,
            title="A request that fits the schema is refused as invalid",
            message="\n".join(unexplained),
        )


def sentences(problem: dict[str, Any]) -> list[str]:
    """Each thing that is wrong, with its field, below its code."""
    violations = problem.get("violations") or [{"field": "", "message": problem.get("detail", "")}]
    return [f"{problem.get('code')} {each['field']}: {each['message']}" for each in violations]


@atexit.register
def write_counts() -> None:
    if "MATIH_COUNTS" in os.environ:
        Path(os.environ["MATIH_COUNTS"]).write_text(json.dumps(ANSWERS))
