"""The settings say what is wrong with them by name."""

import pytest

from matih_feast.settings import Database, Settings, SettingsError

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
