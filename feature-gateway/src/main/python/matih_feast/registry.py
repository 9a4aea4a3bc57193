"""Feast's SQL registry, cut down to one project and sharing its connections with the others.

Feast 0.67 keeps a copy of the whole registry in memory, of all projects, and makes it again after every
single write and every few seconds: with many tenants each apply becomes slow and each project's reads grow
with the number of all the others. One project is all that one store needs.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import feast.infra.registry.sql as feast_sql
from feast import FeatureStore
from feast.infra.registry.sql import SqlRegistry
from sqlalchemy import Engine, create_engine

CONNECTIONS = 4
MORE_WHEN_BUSY = 8


@cache
def _shared_engine(path: str) -> Engine:
    return create_engine(path, pool_pre_ping=True, pool_size=CONNECTIONS, max_overflow=MORE_WHEN_BUSY)


def _engine_of(path: str, **_: object) -> Engine:
    return _shared_engine(path)


# Feast makes an engine, and so a pool of connections, for each project.
feast_sql.create_engine = _engine_of


class ProjectRegistry(SqlRegistry):  # type: ignore[misc]
    """The registry as one project sees it."""

    def __init__(self, registry_config: object, project: str) -> None:
        self._own_project = project
        super().__init__(registry_config, project, None)

    def _list_projects(self, tags: dict[str, str] | None) -> list[Any]:
        return [p for p in super()._list_projects(tags) if p.name == self._own_project]


class ProjectStore(FeatureStore):  # type: ignore[misc]
    """A feature store on a :class:`ProjectRegistry`."""

    def _create_registry(self) -> ProjectRegistry:
        return ProjectRegistry(self.config.registry, self.config.project)
