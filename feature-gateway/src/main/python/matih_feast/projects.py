"""The open Feast projects: one store, one writer lock and one feature-server app for each."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import psycopg
from feast import Entity, FeatureView, FileSource, RepoConfig
from feast.errors import (
    DataSourceObjectNotFoundException,
    EntityNotFoundException,
    FeatureViewNotFoundException,
)
from feast.feature_server import get_app
from feast.protos.feast.types.Value_pb2 import Value
from starlette.types import ASGIApp

from matih_feast.carry import carry, entity_key
from matih_feast.definitions import PROJECT_PATTERN, DefinitionError, Definitions
from matih_feast.failures import failure_of
from matih_feast.materialization import Materialization, ViewProgress
from matih_feast.registry import ProjectStore
from matih_feast.repository import check_name, repo_config
from matih_feast.rows import FeastRow, from_json, value_of
from matih_feast.settings import Database, Redis
from matih_feast.sources import Mismatch, SourceMissingError, is_readable, kinds_of, mismatches

log = logging.getLogger(__name__)

# How long an apply waits for another writer of the same project.
WRITER_WAIT_SECONDS = 20.0
REMEMBERED_MATERIALIZATIONS = 200


class ProjectNotFoundError(LookupError):
    """Nothing was ever applied to this project."""


class ProjectBusyError(RuntimeError):
    """Another apply or materialization of the project holds the writer lock."""


class UnknownViewError(LookupError):
    """A view that was asked for is not in the project."""


class RowsRefusedError(ValueError):
    """Pushed rows do not fit the view as it is now."""


@dataclass(frozen=True)
class PushedRow:
    """One row to write: values by join key, values by feature, and its times."""

    keys: dict[str, Any]
    values: dict[str, Any]
    event: datetime
    created: datetime | None


class ProjectOnlineStore(Protocol):
    """What our online stores have beside Feast's own functions."""

    rows_written: Counter[str]

    def online_write_batch(
        self, config: RepoConfig, table: FeatureView, data: list[FeastRow], progress: None
    ) -> None:
        """Writes rows unless newer ones are stored."""

    def stop(self) -> None:
        """Ends the threads' connections."""

    async def stop_async(self) -> None:
        """Ends the event loop's connections."""


class Project:
    """An open project. Reads run beside the writer; there is never more than one writer."""

    def __init__(self, name: str, database: Database, redis: Redis | None) -> None:
        self.name = name
        self.store = ProjectStore(config=repo_config(name, database, redis))
        self.app: ASGIApp = get_app(self.store, registry_ttl_sec=0)
        self._lifespan: contextlib.AsyncExitStack = contextlib.AsyncExitStack()
        self._writer = threading.Lock()

    async def open(self) -> None:
        """Starts Feast's own app; a mounted app gets no lifespan events by itself."""
        app: Any = self.app
        await self._lifespan.enter_async_context(app.router.lifespan_context(app))

    async def close(self) -> None:
        """Ends Feast's app and the connections."""
        await self._lifespan.aclose()
        online = self._online_store()
        await online.stop_async()
        await asyncio.to_thread(online.stop)

    def apply(self, definitions: Definitions) -> dict[str, list[str]]:
        """Applies documents through Feast itself and answers the names it took."""
        with self._writing(WRITER_WAIT_SECONDS):
            objects = self._objects(definitions)
            wrong, _ = compared(definitions, objects)
            if wrong:
                raise DefinitionError(f"view {wrong[0].view}: {wrong[0].message}")
            if objects:
                self.store.apply(objects)
            self.store.refresh_registry()
        return {
            "sources": [document.name for document in definitions.sources],
            "entities": [document.name for document in definitions.entities],
            "views": [document.name for document in definitions.views],
            "services": [document.name for document in definitions.services],
        }

    def check(self, definitions: Definitions) -> dict[str, Any]:
        """Compares the views of the documents with their sources, and applies nothing."""
        wrong, unread = compared(definitions, self._objects(definitions))
        return {"mismatches": [asdict(mismatch) for mismatch in wrong], "unread": unread}

    def push(self, view_name: str, rows: Sequence[PushedRow]) -> None:
        """Writes rows of one view; the caller has checked them against the view's kinds."""
        view = self._view(view_name)
        if view is None:
            raise UnknownViewError(f"project {self.name} has no view {view_name}")
        kinds = kinds_of(view)

        def message(name: str, value: object) -> Value:
            return value_of(from_json(value, kinds[name]), kinds[name])

        try:
            data: list[FeastRow] = [
                (
                    entity_key({name: message(name, value) for name, value in row.keys.items()}),
                    {name: message(name, value) for name, value in row.values.items()},
                    row.event,
                    row.created,
                )
                for row in rows
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise RowsRefusedError(f"the rows do not fit the view {view_name} now: {error}") from error
        self._online_store().online_write_batch(self.store.config, view, data, None)

    def view_names(self) -> list[str]:
        """The views that materialization may fill, straight from the registry."""
        views = self.store.registry.list_feature_views(self.name, allow_cache=False)
        return sorted(view.name for view in views if view.online)

    def materialize(self, work: Materialization) -> None:
        """Fills the online store view by view; one failed view does not stop the others."""
        with self._writing(None):
            work.status = "running"
            for view in work.views:
                view.status = "running"
                before = self._online_store().rows_written[view.name]
                try:
                    self._materialize(view, work)
                    view.status = "succeeded"
                except Exception as error:
                    log.exception("materialization %s of %s.%s failed", work.id, self.name, view.name)
                    view.status = "failed"
                    view.error = failure_of(error)
                view.rows = self._online_store().rows_written[view.name] - before
            self.store.refresh_registry()

    def _materialize(self, progress: ViewProgress, work: Materialization) -> None:
        view = self._view(progress.name)
        if view is None or not is_readable(view):
            # A client's own kind of source: Feast reads it, the rule of writing is ours.
            self.store.materialize(work.start, work.end, [progress.name])
            return
        store, config = self._online_store(), self.store.config
        rows = carry(
            view, work.start, work.end, lambda some: store.online_write_batch(config, view, some, None)
        )
        progress.without_key, progress.without_time = rows.without_key, rows.without_time
        self.store.registry.apply_materialization(view, self.name, work.start, work.end)

    @contextlib.contextmanager
    def _writing(self, wait_seconds: float | None) -> Iterator[None]:
        if not self._writer.acquire(timeout=-1 if wait_seconds is None else wait_seconds):
            raise ProjectBusyError(f"project {self.name} is being written by another request")
        try:
            yield
        finally:
            self._writer.release()

    def _online_store(self) -> ProjectOnlineStore:
        store: ProjectOnlineStore = self.store._get_provider().online_store
        return store

    def _objects(self, definitions: Definitions) -> list[Any]:
        return definitions.build(self.name, self._entity, self._source, self._view)

    def _entity(self, name: str) -> Entity | None:
        try:
            return self.store.registry.get_entity(name, self.name, allow_cache=False)
        except EntityNotFoundException:
            return None

    def _source(self, name: str) -> FileSource | None:
        try:
            source = self.store.registry.get_data_source(name, self.name, allow_cache=False)
        except DataSourceObjectNotFoundException:
            return None
        return source if isinstance(source, FileSource) else None

    def _view(self, name: str) -> FeatureView | None:
        """Also one that a client made for a stream; not one that is computed by code."""
        try:
            view = self.store.registry.get_any_feature_view(name, self.name, allow_cache=False)
        except FeatureViewNotFoundException:
            return None
        return view if isinstance(view, FeatureView) else None


class Projects:
    """Opens projects on first use and keeps them warm."""

    def __init__(self, database: Database, redis: Redis | None = None, workers: int = 2) -> None:
        self._database = database
        self._redis = redis
        self._open: dict[str, Project] = {}
        self._opening: dict[str, asyncio.Lock] = {}
        self._workers = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="materialize")
        self._materializations: OrderedDict[tuple[str, str], Materialization] = OrderedDict()

    async def get(self, name: str, *, create: bool = False) -> Project:
        """The open project; without `create`, only if something was applied to it before."""
        check_name(name)
        project = self._open.get(name)
        if project is not None:
            return project
        async with self._opening.setdefault(name, asyncio.Lock()):
            project = self._open.get(name)
            if project is not None:
                return project
            if not create and not await asyncio.to_thread(self._exists, name):
                raise ProjectNotFoundError(f"nothing was applied to project {name} yet")
            project = await asyncio.to_thread(Project, name, self._database, self._redis)
            await project.open()
            self._open[name] = project
            log.info("project %s is open", name)
            return project

    def submit(self, project: Project, work: Materialization) -> Materialization:
        """Queues a materialization; the same id twice is the same run."""
        key = (project.name, work.id)
        known = self._materializations.get(key)
        if known is not None:
            return known
        self._materializations[key] = work
        self._forget_old()
        self._workers.submit(self._run, project, work)
        return work

    def materialization(self, project: str, work_id: str) -> Materialization | None:
        """A run that this process knows; none after a restart."""
        return self._materializations.get((project, work_id))

    async def close(self) -> None:
        """Ends everything; running materializations are abandoned, they can be repeated."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        for project in self._open.values():
            with contextlib.suppress(Exception):
                await project.close()
        self._open.clear()

    def registry_reachable(self) -> bool:
        """Whether the database answers."""
        try:
            with self._connect() as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def redis_reachable(self) -> bool | None:
        """Whether Redis answers; none where it is not used."""
        if self._redis is None:
            return None
        from matih_feast.redis_online import reachable

        return reachable(self._redis)

    def existing(self) -> list[str]:
        """Every project of the registry whose name a tenant may have."""
        with self._connect() as connection:
            if not _has_registry(connection):
                return []
            rows = connection.execute("SELECT project_id FROM public.projects ORDER BY 1").fetchall()
        return [row[0] for row in rows if re.fullmatch(PROJECT_PATTERN, row[0])]

    def _exists(self, name: str) -> bool:
        return name in self.existing()

    def _connect(self) -> psycopg.Connection:
        db = self._database
        return psycopg.connect(
            host=db.host,
            port=db.port,
            dbname=db.name,
            user=db.user,
            password=db.password,
            sslmode=db.sslmode,
            connect_timeout=3,
            autocommit=True,
        )

    def _run(self, project: Project, work: Materialization) -> None:
        try:
            project.materialize(work)
            failed = any(view.status != "succeeded" for view in work.views)
            work.status = "failed" if failed else "succeeded"
        except Exception:
            log.exception("materialization %s of %s failed", work.id, project.name)
            work.status = "failed"
        finally:
            work.finished_at = datetime.now(UTC)

    def _forget_old(self) -> None:
        for key in list(self._materializations):
            if len(self._materializations) <= REMEMBERED_MATERIALIZATIONS:
                return
            if self._materializations[key].finished_at is not None:
                del self._materializations[key]


def compared(definitions: Definitions, objects: list[Any]) -> tuple[list[Mismatch], list[str]]:
    """How views of the documents differ from their sources, and the views whose source is not there yet."""
    views = {o.name: o for o in objects if isinstance(o, FeatureView)}
    wrong: list[Mismatch] = []
    unread: list[str] = []
    for document in definitions.views:
        try:
            wrong += mismatches(views[document.name])
        except SourceMissingError:
            unread.append(document.name)
    return wrong, unread


def _has_registry(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT to_regclass('public.projects') IS NOT NULL").fetchone()
    return bool(row and row[0])
