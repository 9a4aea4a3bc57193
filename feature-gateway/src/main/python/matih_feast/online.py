"""Feast's PostgreSQL online store with connections that survive a restart, in which the newest event stays.

Feast 0.67 keeps one connection for ever (or takes one from a pool without giving it back after an error), so
a single lost connection would stop online reads until the process is restarted.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncGenerator, Generator
from typing import Any, Final, Literal

from feast import FeatureView
from feast.infra.online_stores.helpers import compute_table_id, extract_text_and_num
from feast.infra.online_stores.postgres_online_store.postgres import (
    PostgreSQLOnlineStore,
    PostgreSQLOnlineStoreConfig,
)
from feast.infra.utils.postgres.connection_utils import _get_conn_kwargs, _get_conninfo
from feast.repo_config import RepoConfig
from psycopg import AsyncConnection, Connection, sql
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from matih_feast.rows import NewestEventStore, Row

TYPE: Final = "matih_feast.online.PooledOnlineStore"
# How long a read waits for a connection before the database counts as away.
WAIT_SECONDS = 5.0
# Every project has its own connections; those of quiet ones are given back.
IDLE_SECONDS = 60.0
ROWS_AT_ONCE = 500
# A row that the table has newer, under whichever feature, is passed over; a writer that comes between
# the two comparisons is met by the second one, under the lock of the row.
_UPSERT: Final = sql.SQL(
    """
    insert into {table} as stored
      (entity_key, feature_name, value, value_text, vector_value, event_ts, created_ts)
    select entity_key, feature_name, value, value_text, null, event_ts, created_ts
    from unnest(%s::bytea[], %s::text[], %s::bytea[], %s::text[], %s::timestamptz[], %s::timestamptz[])
      as given (entity_key, feature_name, value, value_text, event_ts, created_ts)
    where not exists (
      select from {table} known
      where known.entity_key = given.entity_key
        and (known.event_ts, coalesce(known.created_ts, '-infinity'))
          > (given.event_ts, coalesce(given.created_ts, '-infinity')))
    on conflict (entity_key, feature_name) do update
    set value = excluded.value, value_text = excluded.value_text, vector_value = excluded.vector_value,
        event_ts = excluded.event_ts, created_ts = excluded.created_ts
    where (stored.event_ts, coalesce(stored.created_ts, '-infinity'))
      <= (excluded.event_ts, coalesce(excluded.created_ts, '-infinity'))
    """
)


class PooledOnlineStoreConfig(PostgreSQLOnlineStoreConfig):  # type: ignore[misc]
    """Feast looks this class up by the store's name."""

    type: Literal["matih_feast.online.PooledOnlineStore"] = TYPE


class PooledOnlineStore(NewestEventStore, PostgreSQLOnlineStore):  # type: ignore[misc]
    """The same tables and bytes as Feast's store; the connections and the rule of writing are ours."""

    def __init__(self) -> None:
        super().__init__()
        self._opening = threading.Lock()
        self._sync_pool: ConnectionPool[Connection] | None = None
        self._async_pool: AsyncConnectionPool[AsyncConnection] | None = None

    @contextlib.contextmanager
    def _get_conn(self, config: RepoConfig, autocommit: bool = False) -> Generator[Connection, Any, Any]:
        with self._opening:
            if self._sync_pool is None:
                self._sync_pool = ConnectionPool(
                    conninfo=_get_conninfo(config.online_store),
                    kwargs=_get_conn_kwargs(config.online_store),
                    min_size=0,
                    max_size=4,
                    max_idle=IDLE_SECONDS,
                    num_workers=1,
                    timeout=WAIT_SECONDS,
                    check=ConnectionPool.check_connection,
                    open=True,
                )
            pool = self._sync_pool
        with pool.connection() as connection:
            connection.set_autocommit(autocommit)
            try:
                yield connection
            finally:
                if not connection.closed and autocommit:
                    connection.set_autocommit(False)

    @contextlib.asynccontextmanager
    async def _get_conn_async(
        self, config: RepoConfig, autocommit: bool = False
    ) -> AsyncGenerator[AsyncConnection, Any]:
        if self._async_pool is None:
            self._async_pool = AsyncConnectionPool(
                conninfo=_get_conninfo(config.online_store),
                kwargs=_get_conn_kwargs(config.online_store),
                min_size=0,
                max_size=4,
                max_idle=IDLE_SECONDS,
                num_workers=1,
                timeout=WAIT_SECONDS,
                check=AsyncConnectionPool.check_connection,
                open=False,
            )
            await self._async_pool.open()
        async with self._async_pool.connection() as connection:
            await connection.set_autocommit(autocommit)
            try:
                yield connection
            finally:
                if not connection.closed and autocommit:
                    await connection.set_autocommit(False)

    def write_newest(self, config: RepoConfig, table: FeatureView, rows: list[Row]) -> None:
        """One transaction; whole rows are compared, also where a feature of the view is new."""
        name = compute_table_id(config.project, table, config.registry.enable_online_feature_view_versioning)
        statement = _UPSERT.format(table=sql.Identifier(name))
        with self._get_conn(config) as connection:
            for start in range(0, len(rows), ROWS_AT_ONCE):
                connection.execute(statement, _columns(rows[start : start + ROWS_AT_ONCE]))

    def stop(self) -> None:
        """Closes the threads' pool."""
        with self._opening:
            if self._sync_pool is not None:
                self._sync_pool.close()
                self._sync_pool = None

    async def stop_async(self) -> None:
        """Closes the event loop's pool."""
        if self._async_pool is not None:
            await self._async_pool.close()
            self._async_pool = None


def _columns(rows: list[Row]) -> list[list[Any]]:
    columns: list[list[Any]] = [[], [], [], [], [], []]
    for row in rows:
        for feature in sorted(row.values):
            value = row.values[feature]
            text, _ = extract_text_and_num(value, False)
            # Text in PostgreSQL holds no NUL; it only serves Feast's searches.
            searched = None if text is None or "\0" in text else text
            cells = (row.key, feature, value.SerializeToString(), searched, row.event, row.created)
            for column, cell in zip(columns, cells, strict=True):
                column.append(cell)
    return columns
