"""What can go wrong outside of this process, and the sentences for people."""

from __future__ import annotations

from typing import Final

import psycopg
import redis.exceptions
import sqlalchemy.exc
from psycopg_pool import PoolTimeout

from matih_feast.sources import SourceMissingError, SourceUnreadableError
from matih_features.columns import ColumnError

# What it looks like when the database, or the Redis with the online values, is not there or takes no writes.
DATABASE_AWAY: Final = (psycopg.OperationalError, PoolTimeout, sqlalchemy.exc.OperationalError)
REDIS_AWAY: Final = (
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.OutOfMemoryError,
)


def failure_of(error: Exception) -> str:
    """Why a view could not be carried, and what to do."""
    kind = type(error).__name__
    if isinstance(error, ColumnError):
        return f"{error}; change the source or declare what it holds"[:1000]
    if isinstance(error, SourceMissingError | SourceUnreadableError):
        return f"{error}; upload it and materialize again"[:1000]
    if isinstance(error, REDIS_AWAY):
        return f"the Redis with the online values does not answer ({kind}); materialize again"
    if isinstance(error, DATABASE_AWAY):
        return f"the Feast database does not answer ({kind}); materialize again"
    if isinstance(error, OSError):
        return f"its source cannot be read from the object store ({kind}); materialize again"
    return f"Feast failed ({kind}: {error}); its log says where"[:1000]
