"""Lets MLflow's own tests, which start a server each, ask the door instead: each test has a tenant of its own.

Run by `run.sh`, which says what it needs. Writes one line of JSON per test with what the door refused meanwhile.
"""

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

DOOR = os.environ["MATIH_URL"].rstrip("/")
ADMIN = os.environ["MATIH_KEY"]
TOLD = Path(os.environ["MATIH_TOLD"])
#: Where a client leaves its address and its key.
ADDRESS, KEY = "MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN"

send = requests.Session.request
refused: list[str] = []


def fresh_tenant() -> str:
    """The door, with the key of a tenant that did not exist before in the environment."""
    wanted = {"name": "suites", "tenant": "s" + uuid.uuid4().hex[:12], "role": "admin", "principal": "user:suites"}
    made = send(
        requests.Session(),
        "POST",
        f"{DOOR}/api/v1/ml/keys",
        json=wanted,
        headers={"Authorization": f"Bearer {ADMIN}"},
        timeout=60,
    )
    made.raise_for_status()
    os.environ[KEY] = made.json()["key"]
    return DOOR


def with_key(session: requests.Session, method: str, url: str, *args: Any, **more: Any) -> requests.Response:
    """Tests call the server without a key; the door wants one. Remembers what it refused."""
    if str(url).startswith(DOOR) and KEY in os.environ:
        headers = dict(more.get("headers") or {})
        headers.setdefault("Authorization", f"Bearer {os.environ[KEY]}")
        more["headers"] = headers
    answer = send(session, method, url, *args, **more)
    if str(url).startswith(DOOR) and answer.status_code >= 400 and not more.get("stream"):
        refused.append(f"{answer.status_code} {method} {str(url).removeprefix(DOOR).split('?')[0]} {answer.text[:300]}")
    return answer


class DoorInstead:
    """In place of the thread that runs a server."""

    def __init__(self, app: Any = None, port: int = 0) -> None:
        self.url = DOOR

    def __enter__(self) -> str:
        return fresh_tenant()

    def __exit__(self, *failure: object) -> None:
        return None


@contextlib.contextmanager
def door_instead(*args: Any, **more: Any) -> Iterator[str]:
    yield fresh_tenant()


@contextlib.contextmanager
def use_the_door(*args: Any, **more: Any) -> Iterator[None]:
    import mlflow

    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(fresh_tenant())
    mlflow.set_registry_uri(DOOR)
    try:
        yield
    finally:
        mlflow.set_tracking_uri(before)


def pytest_configure(config: pytest.Config) -> None:
    """Before any test module takes these by name."""
    import mlflow.server.handlers
    import mlflow.tracking._tracking_service.utils as service
    from tests.tracking import integration_test_utils as servers

    requests.Session.request = with_key  # type: ignore[method-assign]
    servers.ServerThread = DoorInstead
    servers._init_server = door_instead
    service._use_tracking_uri = use_the_door
    mlflow.server.handlers.initialize_backend_stores = lambda *args, **more: None


def pytest_runtest_setup(item: pytest.Item) -> None:
    refused.clear()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        told = {"test": report.nodeid, "when": report.when, "outcome": report.outcome, "refused": refused[-5:]}
        if report.failed:
            told["failure"] = report.longreprtext[-1500:]
        with TOLD.open("a") as lines:
            lines.write(json.dumps(told) + "\n")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test for each kind of store would ask the same door twice."""
    kept = [item for item in items if "file" not in getattr(getattr(item, "callspec", None), "id", "").split("-")]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
