"""The settings say what is wrong with them by name."""

import pytest

from matih_feast.settings import Database, Redis, Settings, SettingsError

GOOD = {
    "FEAST_TOKEN": "0123456789abcdef",
    "FEAST_DATABASE_URL": "jdbc:postgresql://db.example:5433/feast?sslmode=require",
    "FEAST_DATABASE_USER": "fe@st",
    "FEAST_DATABASE_PASSWORD": "p:w/d",
}


def test_a_jdbc_address_is_read_and_passwords_are_escaped() -> None:
    database = Settings.read(GOOD).database

    assert (database.host, database.port, database.name) == ("db.example", 5433, "feast")
    expected = "postgresql+psycopg://fe%40st:p%3Aw%2Fd@db.example:5433/feast?sslmode=require"
    assert database.sqlalchemy_url() == expected


def test_a_plain_address_may_carry_user_and_password() -> None:
    database = Database.parse("postgresql://ada:s%20ecret@localhost/feast", None, None)

    assert (database.user, database.password, database.port, database.sslmode) == (
        "ada",
        "s ecret",
        5432,
        "disable",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FEAST_TOKEN", ""),
        ("FEAST_TOKEN", "short"),
        ("FEAST_DATABASE_URL", ""),
        ("FEAST_DATABASE_URL", "jdbc:mysql://db/feast"),
        ("FEAST_DATABASE_URL", "jdbc:postgresql://db/"),
        ("FEAST_PORT", "many"),
        ("FEAST_ONLINE_STORE", "sqlite"),
    ],
)
def test_what_is_missing_or_wrong_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.read({**GOOD, name: value})


def test_it_listens_on_loopback_unless_told_otherwise_and_speaks_utc_with_the_database() -> None:
    settings = Settings.read({**GOOD, "S3_ENDPOINT": "http://s3.example:9000", "S3_ACCESS_KEY": "k"})

    assert (settings.host, settings.port) == ("127.0.0.1", 6566)
    assert settings.engine_environment["PGTZ"] == "UTC"
    assert settings.engine_environment["AWS_ENDPOINT_URL"] == "http://s3.example:9000"


def test_secrets_are_not_printed() -> None:
    assert "p:w/d" not in repr(Settings.read(GOOD))
    assert GOOD["FEAST_TOKEN"] not in repr(Settings.read(GOOD))


def test_values_are_in_postgresql_unless_redis_is_named() -> None:
    assert Settings.read(GOOD).redis is None
    assert Settings.read({**GOOD, "FEAST_REDIS_URL": "redis://r:1"}).redis is None

    redis = Settings.read(
        {
            **GOOD,
            "FEAST_ONLINE_STORE": "redis",
            "FEAST_REDIS_URL": "rediss://redis.example:6380/2",
            "FEAST_REDIS_USER": "feast",
            "FEAST_REDIS_PASSWORD": "1,2=3",
            "FEAST_REDIS_CA_FILE": "/ca.pem",
        }
    ).redis

    assert redis == Redis("redis.example", 6380, 2, True, "feast", "1,2=3", "/ca.pem")
    assert redis is not None
    assert redis.url() == "rediss://redis.example:6380/2"
    assert "1,2=3" not in repr(redis)


@pytest.mark.parametrize(
    "url",
    [
        "redis.example:6379",
        "http://redis.example",
        "redis://",
        "redis://redis.example:many",
        "redis://redis.example/x",
        "redis://redis.example?timeout=1",
        "redis://user:secret@redis.example",
    ],
)
def test_a_wrong_address_of_redis_is_named_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="FEAST_REDIS_URL") as told:
        Settings.read({**GOOD, "FEAST_ONLINE_STORE": "redis", "FEAST_REDIS_URL": url})

    assert "secret" not in str(told.value)
