"""Feast's settings of a project, as a feature_store.yaml would say them."""

from __future__ import annotations

import re
from typing import Any

from feast import RepoConfig

from matih_feast.definitions import PROJECT_PATTERN
from matih_feast.online import TYPE as POSTGRES_TYPE
from matih_feast.settings import Database, Redis

# Registry changes made by another Feast client are seen after at most this long.
REGISTRY_CACHE_SECONDS = 5
# Named, and so imported by Feast, only where it is used.
REDIS_TYPE = "matih_feast.redis_online.ProjectRedisOnlineStore"


class InvalidProjectError(ValueError):
    """The name cannot be a project: it must read like a tenant slug with underscores."""


def check_name(name: str) -> None:
    """Project names become schema and table names: only a tenant's slug with underscores will do."""
    if not 2 <= len(name) <= 32 or not re.fullmatch(PROJECT_PATTERN, name):
        raise InvalidProjectError(
            "a project name has 2 to 32 lower-case letters, digits and single underscores"
        )


def online_schema(project: str) -> str:
    """Each project has its own schema, so that equal table names of two projects cannot meet."""
    return f"online_{project}"


def repo_config(name: str, database: Database, redis: Redis | None) -> RepoConfig:
    """What a feature_store.yaml would say."""
    return RepoConfig(
        project=name,
        provider="local",
        registry={
            "registry_type": "sql",
            "path": database.sqlalchemy_url(),
            "cache_ttl_seconds": REGISTRY_CACHE_SECONDS,
        },
        online_store=_postgres_store(name, database) if redis is None else _redis_store(redis),
        offline_store={"type": "file"},
        entity_key_serialization_version=3,
        auth={"type": "no_auth"},
    )


def _postgres_store(name: str, database: Database) -> dict[str, Any]:
    return {
        "type": POSTGRES_TYPE,
        "host": database.host,
        "port": database.port,
        "database": database.name,
        "db_schema": online_schema(name),
        "user": database.user,
        "password": database.password,
        "sslmode": database.sslmode,
    }


def _redis_store(redis: Redis) -> dict[str, Any]:
    return {
        "type": REDIS_TYPE,
        "url": redis.url(),
        "user": redis.user,
        "password": redis.password,
        "ca_file": redis.ca_file,
    }
