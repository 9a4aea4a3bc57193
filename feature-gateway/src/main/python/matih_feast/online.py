"""Feast's PostgreSQL online store with connections that survive a restart of the database.

Feast 0.67 keeps one connection for ever (or takes one from a pool without giving it back after an error), so
a single lost connection would stop online reads until the process is restarted.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, Final, Literal

from feast import FeatureView
from feast.infra.online_stores.postgres_online_store.postgres import (
    PostgreSQLOnlineStore,
    PostgreSQLOnlineStoreConfig,
)
from feast.infra.utils.postgres.connection_utils import _get_conn_kwargs, _get_conninfo
from feast.repo_config import RepoConfig
from psycopg import AsyncConnection, Connection
from psycopg_pool import AsyncConnectionPool, ConnectionPool

TYPE: Final = "matih_feast.online.PooledOnlineStore"
# How long a read waits for a connection before the database counts as away.
WAIT_SECONDS = 5.0
# Every project has its own connections; those of quiet ones are given back.
IDLE_SECONDS = 60.0


class PooledOnlineStoreConfig(PostgreSQLOnlineStoreConfig):  # type: ignore[misc]
    """Feast looks this class up by the store's name."""

    type: Literal["matih_feast.online.PooledOnlineStore"] = TYPE


class PooledOnlineStore(PostgreSQLOnlineStore):  # type: ignore[misc]
    """The same tables, statements and bytes as Feast's store; only the connections are ours."""

    def __init__(self) -> None:
        super().__init__()
        self._opening = threading.Lock()
        self._sync_pool: ConnectionPool[Connection] | None = None
        self._async_pool: AsyncConnectionPool[AsyncConnection] | None = None
        self.rows_written: Counter[str] = Counter()

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

    def online_write_batch(
        self,
        config: RepoConfig,
        table: FeatureView,
        data: list[Any],
        progress: Callable[[int], Any] | None,
    ) -> None:
        """Counts what was written, by view: materialization shows it as progress."""
        super().online_write_batch(config, table, data, progress)
        self.rows_written[table.name] += len(data)

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
