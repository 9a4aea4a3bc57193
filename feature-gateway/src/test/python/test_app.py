"""The HTTP surface without any engine: who gets in, and what is said when the database is away."""

import socket

import pytest
from fastapi.testclient import TestClient

from matih_feast.app import create_app
from matih_feast.repository import InvalidProjectError, check_name, online_schema
from matih_feast.settings import Settings

TOKEN = "0123456789abcdef"


@pytest.fixture(scope="module")
def client() -> TestClient:
    """A server whose database address leads nowhere."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    settings = Settings.read(
        {"FEAST_TOKEN": TOKEN, "FEAST_DATABASE_URL": f"jdbc:postgresql://127.0.0.1:{port}/feast"}
    )
    return TestClient(create_app(settings), headers={"Authorization": f"Bearer {TOKEN}"})


def test_health_is_open_and_tells_of_the_database(client: TestClient) -> None:
    answer = client.get("/health", headers={"Authorization": ""})

    assert answer.status_code == 200
    assert answer.json() == {"status": "up", "registry": "down"}


def test_health_tells_of_a_lost_redis() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    settings = Settings.read(
        {
            "FEAST_TOKEN": TOKEN,
            "FEAST_DATABASE_URL": f"jdbc:postgresql://127.0.0.1:{port}/feast",
            "FEAST_ONLINE_STORE": "redis",
            "FEAST_REDIS_URL": f"redis://127.0.0.1:{port}",
        }
    )

    answer = TestClient(create_app(settings)).get("/health")

    assert answer.status_code == 200
    assert answer.json() == {"status": "up", "registry": "down", "online_store": "down"}


@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
@pytest.mark.parametrize("path", ["/projects/acme/apply", "/projects/acme/feast/push", "/nowhere"])
def test_nobody_gets_in_without_the_secret(client: TestClient, path: str, header: str) -> None:
    answer = client.post(path, json={}, headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.json()["code"] == "Unauthenticated"


def test_a_lost_database_is_503_and_not_a_stack_trace(client: TestClient) -> None:
    for path, body in [
        ("/projects/acme/apply", {}),
        ("/projects/acme/feast/get-online-features", {"features": ["a:b"], "entities": {}}),
        ("/projects/acme/materialize", {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}),
    ]:
        answer = client.post(path, json=body)
        assert answer.status_code == 503, path
        assert answer.json()["code"] == "DatabaseUnavailable"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/projects/Acme/apply", {}, 400),
        ("/projects/a-b/apply", {}, 400),
        ("/projects/acme/apply", {"features": []}, 400),
        ("/projects/acme/materialize", {}, 400),
        ("/projects/acme/materialize", {"start": "2026-01-02T00:00:00", "end": "2026-01-02T00:00:00Z"}, 400),
        ("/projects/acme/materialize", {"start": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"}, 422),
        ("/projects/acme/feast/chat", {}, 404),
        ("/projects/acme/feast/materialize", {}, 404),
        ("/projects/acme/feast/v1/vector_stores", {}, 404),
    ],
)
def test_bad_requests_are_told_so(
    client: TestClient, path: str, body: dict[str, object], status: int
) -> None:
    answer = client.post(path, json=body)

    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message"}


def test_an_unknown_materialization_is_not_found(client: TestClient) -> None:
    assert client.get("/projects/acme/materializations/x").status_code == 404


def test_an_oversized_body_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post("/projects/acme/apply", content=b"{}", headers={"Content-Length": str(1 << 30)})

    assert answer.status_code == 413


@pytest.mark.parametrize("name", ["", "a", "a__b", "_a", "a_", "1a", "A", "a-b", 'a"b', "a" * 33, "a.b"])
def test_hostile_project_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidProjectError):
        check_name(name)


def test_each_project_has_its_own_schema() -> None:
    check_name("team_a")
    assert online_schema("team_a") == "online_team_a"
