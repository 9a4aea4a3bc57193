"""Where the server listens and which engines it uses, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, unquote, urlsplit


class SettingsError(ValueError):
    """A setting is missing or unusable; the message names it."""


@dataclass(frozen=True)
class Database:
    """The PostgreSQL database that holds the registry (schema public) and the online schemas."""

    host: str
    port: int
    name: str
    user: str
    password: str = field(repr=False)
    sslmode: str = "disable"

    @staticmethod
    def parse(url: str, user: str | None, password: str | None) -> Database:
        """Accepts `jdbc:postgresql://…` as the Java services write it, and a plain `postgresql://…`."""
        parts = urlsplit(url.removeprefix("jdbc:"))
        if parts.scheme not in {"postgresql", "postgres"} or not parts.hostname:
            raise SettingsError("FEAST_DATABASE_URL must look like jdbc:postgresql://host:5432/feast")
        name = parts.path.strip("/")
        if not name:
            raise SettingsError("FEAST_DATABASE_URL names no database")
        options = parse_qs(parts.query)
        return Database(
            host=parts.hostname,
            port=parts.port or 5432,
            name=unquote(name),
            user=user or unquote(parts.username or "") or "feast",
            password=password or unquote(parts.password or ""),
            sslmode=options.get("sslmode", ["disable"])[0],
        )

    def sqlalchemy_url(self) -> str:
        """The registry's address in the form SQLAlchemy reads."""
        return (
            f"postgresql+psycopg://{quote(self.user, safe='')}:{quote(self.password, safe='')}"
            f"@{self.host}:{self.port}/{quote(self.name, safe='')}?sslmode={self.sslmode}"
        )


@dataclass(frozen=True)
class Redis:
    """The Redis that holds online values, when PostgreSQL does not."""

    host: str
    port: int
    database: int
    tls: bool
    user: str
    password: str = field(repr=False)
    ca_file: str = ""

    @staticmethod
    def parse(url: str, user: str, password: str, ca_file: str) -> Redis:
        """Accepts `redis://host:port/database`, or `rediss://…` for TLS; credentials are never part of it."""
        wrong = SettingsError("FEAST_REDIS_URL must look like redis://host:6379 or rediss://host:6379/0")
        try:
            parts = urlsplit(url)
            port = parts.port or 6379
        except ValueError as error:
            raise wrong from error
        number = parts.path.strip("/")
        if parts.scheme not in {"redis", "rediss"} or not parts.hostname or parts.query:
            raise wrong
        if number and not number.isdecimal():
            raise wrong
        if parts.username is not None or parts.password is not None:
            raise SettingsError(
                "FEAST_REDIS_URL must hold no credentials; use FEAST_REDIS_USER and FEAST_REDIS_PASSWORD"
            )
        return Redis(
            parts.hostname, port, int(number or 0), parts.scheme == "rediss", user, password, ca_file
        )

    def url(self) -> str:
        """The address without credentials."""
        return f"redis{'s' if self.tls else ''}://{self.host}:{self.port}/{self.database}"


@dataclass(frozen=True)
class Settings:
    """All settings of the server."""

    host: str
    port: int
    token: str = field(repr=False)
    database: Database
    engine_environment: Mapping[str, str] = field(repr=False)
    # Where online values are, when not in the database.
    redis: Redis | None = None

    @staticmethod
    def read(env: Mapping[str, str]) -> Settings:
        """Reads the environment; a missing token or database is an error, so nothing ever runs open."""
        token = env.get("FEAST_TOKEN", "")
        if len(token) < 16:
            raise SettingsError("FEAST_TOKEN must hold a secret of at least 16 characters")
        url = env.get("FEAST_DATABASE_URL")
        if not url:
            raise SettingsError("FEAST_DATABASE_URL is not set")
        try:
            port = int(env.get("FEAST_PORT", "6566"))
        except ValueError as error:
            raise SettingsError("FEAST_PORT is not a number") from error
        engine: dict[str, str] = {
            # Feast writes naive UTC instants into timestamptz columns: the session must read them as UTC.
            "PGTZ": "UTC",
            "FEAST_USAGE": "False",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DEFAULT_REGION": env.get("S3_REGION", "us-east-1"),
        }
        for name, source in (
            ("AWS_ENDPOINT_URL", "S3_ENDPOINT"),
            ("AWS_ACCESS_KEY_ID", "S3_ACCESS_KEY"),
            ("AWS_SECRET_ACCESS_KEY", "S3_SECRET_KEY"),
        ):
            if env.get(source):
                engine[name] = env[source]
        return Settings(
            host=env.get("FEAST_HOST", "127.0.0.1"),
            port=port,
            token=token,
            database=Database.parse(url, env.get("FEAST_DATABASE_USER"), env.get("FEAST_DATABASE_PASSWORD")),
            engine_environment=engine,
            redis=_redis(env),
        )

    def export(self) -> None:
        """Hands Feast's libraries their environment; so the place of S3 stays out of the definitions."""
        os.environ.update(self.engine_environment)


def _redis(env: Mapping[str, str]) -> Redis | None:
    kind = env.get("FEAST_ONLINE_STORE") or "postgresql"
    if kind not in {"postgresql", "redis"}:
        raise SettingsError("FEAST_ONLINE_STORE is postgresql or redis")
    if kind == "postgresql":
        return None
    return Redis.parse(
        env.get("FEAST_REDIS_URL") or "redis://localhost:6379",
        env.get("FEAST_REDIS_USER", ""),
        env.get("FEAST_REDIS_PASSWORD", ""),
        env.get("FEAST_REDIS_CA_FILE", ""),
    )
