"""Feast's Redis online store with our connections: the newest event stays, deletions stay in their project.

Feast 0.67 finds a project's keys by the pattern `*<project>`, and so those of every project whose name ends
with this one: deleting a view of `acme` would take values of `big_acme`. Keys are compared exactly here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, Final, Literal

import redis
import redis.asyncio
from feast import FeatureView
from feast.infra.key_encoding_utils import serialize_entity_key_prefix
from feast.infra.online_stores.helpers import _mmh3
from feast.infra.online_stores.redis import RedisOnlineStore, RedisOnlineStoreConfig
from feast.repo_config import RepoConfig
from google.protobuf.timestamp_pb2 import Timestamp
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.retry import Retry

from matih_feast.rows import NewestEventStore, Row
from matih_feast.settings import Redis

TYPE: Final = "matih_feast.redis_online.ProjectRedisOnlineStore"
# How long a call waits for one of the shared connections.
WAIT_SECONDS = 5.0
CONNECTIONS = 16
# Keys that are looked at, and deleted, in one round trip.
BATCH = 1000

# ARGV: for the event, then the created time: a field's name, its bytes (google.protobuf.Timestamp), seconds
# and nanoseconds, all but the name empty where there is none; then names and bytes of the features.
_WRITE_UNLESS_NEWER: Final = """
local function varint(bytes, at)
  local number, below, factor = 0, 0, 1
  for i = 1, 10 do
    local byte = bytes:byte(at)
    at = at + 1
    if i < 10 then
      number = number + (byte % 128) * factor
      below = below + (127 - byte % 128) * factor
      factor = factor * 128
    else
      number = -below - 1
    end
    if byte < 128 then break end
  end
  return number, at
end

local function moment(bytes)
  local parts, at = {0, 0}, 1
  while at <= #bytes do
    local part = math.floor(bytes:byte(at) / 8)
    parts[part], at = varint(bytes, at + 1)
  end
  return parts
end

-- Negative when the stored time is older than the given one; no time is the oldest.
local function compared(field, seconds, nanos)
  local stored = redis.call('HGET', KEYS[1], field)
  if not stored then return seconds == '' and 0 or -1 end
  if seconds == '' then return 1 end
  local known = moment(stored)
  if known[1] ~= tonumber(seconds) then return known[1] - tonumber(seconds) end
  return known[2] - tonumber(nanos)
end

local order = compared(ARGV[1], ARGV[3], ARGV[4])
if order == 0 then order = compared(ARGV[5], ARGV[7], ARGV[8]) end
if order > 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if ARGV[6] == '' then
  redis.call('HDEL', KEYS[1], ARGV[5])
else
  redis.call('HSET', KEYS[1], ARGV[5], ARGV[6])
end
for i = 9, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
"""


class ProjectRedisOnlineStoreConfig(RedisOnlineStoreConfig):  # type: ignore[misc]
    """Feast looks it up by the store's name. Credentials are fields: Feast's string cannot hold any text."""

    type: Literal["matih_feast.redis_online.ProjectRedisOnlineStore"] = TYPE
    url: str
    user: str = ""
    password: str = ""
    ca_file: str = ""

    def redis(self) -> Redis:
        """The Redis that is meant."""
        return Redis.parse(self.url, self.user, self.password, self.ca_file)


class ProjectRedisOnlineStore(NewestEventStore, RedisOnlineStore):  # type: ignore[misc]
    """Keys, fields and bytes of Feast's store, and a field `_created:<view>` that Feast does not read."""

    def _get_client(self, online_store_config: ProjectRedisOnlineStoreConfig) -> redis.Redis:
        return shared_client(online_store_config.redis())

    async def _get_client_async(
        self, online_store_config: ProjectRedisOnlineStoreConfig
    ) -> redis.asyncio.Redis:
        return _shared_async_client(online_store_config.redis())

    def write_newest(self, config: RepoConfig, table: FeatureView, rows: list[Row]) -> None:
        """Each row is compared and written by one script, so nobody writes between."""
        client = self._get_client(config.online_store)
        write = client.register_script(_WRITE_UNLESS_NEWER)
        project = config.project.encode()
        pipeline: Any
        for start in range(0, len(rows), BATCH):
            with client.pipeline(transaction=False) as pipeline:
                for row in rows[start : start + BATCH]:
                    arguments: list[Any] = [
                        *_moment(f"_ts:{table.name}", row.event),
                        *_moment(f"_created:{table.name}", row.created),
                    ]
                    for feature, value in row.values.items():
                        arguments += (_mmh3(f"{table.name}:{feature}"), value.SerializeToString())
                    write(keys=[row.key + project], args=arguments, client=pipeline)
                pipeline.execute()

    def delete_table(self, config: RepoConfig, table: FeatureView) -> None:
        """Removes a view's values from all entities of this project, and entities that have no others."""
        client = self._get_client(config.online_store)
        mark = f"_ts:{table.name}".encode()
        created = f"_created:{table.name}".encode()
        fields = [mark, created, *(_mmh3(f"{table.name}:{feature.name}") for feature in table.features)]
        own = keys_of(client, config.project, serialize_entity_key_prefix(table.join_keys))
        while keys := list(islice(own, BATCH)):
            looking: Any
            removing: Any
            with client.pipeline(transaction=False) as looking:
                for key in keys:
                    looking.hkeys(key)
                names = looking.execute()
            with client.pipeline(transaction=False) as removing:
                for key, present in zip(keys, names, strict=True):
                    views = {name for name in present if name.startswith(b"_ts:")}
                    if views == {mark}:
                        removing.unlink(key)
                    elif mark in views:
                        removing.hdel(key, *fields)
                removing.execute()

    def delete_entity_values(self, config: RepoConfig, join_keys: list[str]) -> None:
        """Removes all values of the entities with these join keys in this project."""
        client = self._get_client(config.online_store)
        remove(client, keys_of(client, config.project, serialize_entity_key_prefix(join_keys)))

    def stop(self) -> None:
        """The connections are shared by all projects and end with the process."""

    async def stop_async(self) -> None:
        """The connections are shared by all projects and end with the process."""


def _moment(field: str, moment: datetime | None) -> tuple[str, bytes, str, str]:
    if moment is None:
        return field, b"", "", ""
    at = Timestamp()
    at.FromDatetime(moment)
    return field, at.SerializeToString(), str(at.seconds), str(at.nanos)


def keys_of(client: redis.Redis, project: str, prefix: bytes = b"") -> Iterator[bytes]:
    """The keys of exactly this project that begin with the prefix."""
    name = project.encode()
    pattern = re.sub(rb"[*?\[\]\\]", rb"\\\g<0>", prefix) + b"*" + name
    for key in client.scan_iter(match=pattern, count=BATCH):
        if entity_key_length(key) == len(key) - len(name):
            yield key


def remove(client: redis.Redis, keys: Iterator[bytes]) -> int:
    """Removes the keys and answers how many there were."""
    removed = 0
    while some := list(islice(keys, BATCH)):
        removed += int(client.unlink(*some))  # type: ignore[arg-type]
    return removed


def entity_key_length(key: bytes) -> int | None:
    """How many bytes of a Redis key are the entity key, which comes first and tells its own length."""

    def number(at: int) -> int:
        if at + 4 > len(key):
            raise IndexError(at)
        return int.from_bytes(key[at : at + 4], "little")

    try:
        # The names and the values of the join keys, each with type and length.
        parts, at = 2 * number(0), 4
        for _ in range(parts):
            at += 8 + number(at + 4)
    except IndexError:
        return None
    return at if at <= len(key) else None


@cache
def shared_client(address: Redis) -> redis.Redis:
    """One client of this Redis for all projects and threads."""
    kind = redis.SSLConnection if address.tls else redis.Connection
    pool = redis.BlockingConnectionPool(  # type: ignore[no-untyped-call]
        max_connections=CONNECTIONS,
        timeout=WAIT_SECONDS,
        connection_class=kind,
        **_options(address),
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 2),
    )
    return redis.Redis(connection_pool=pool)


@cache
def _shared_async_client(address: Redis) -> redis.asyncio.Redis:
    kind = redis.asyncio.SSLConnection if address.tls else redis.asyncio.Connection
    pool = redis.asyncio.BlockingConnectionPool(
        max_connections=CONNECTIONS,
        timeout=WAIT_SECONDS,
        connection_class=kind,
        **_options(address),
        retry=redis.asyncio.retry.Retry(ExponentialBackoff(cap=0.5, base=0.05), 2),
    )
    return redis.asyncio.Redis(connection_pool=pool)


def reachable(address: Redis) -> bool:
    """Whether Redis answers within a second; health is asked often and must not wait."""
    patience = {"socket_connect_timeout": 1, "socket_timeout": 1}
    kind = redis.SSLConnection if address.tls else redis.Connection
    connection = kind(**{**_options(address), **patience}, retry=Retry(NoBackoff(), 0))
    try:
        connection.connect()  # type: ignore[no-untyped-call]
        return True
    except redis.RedisError:
        return False
    finally:
        connection.disconnect()  # type: ignore[no-untyped-call]


def _options(address: Redis) -> dict[str, Any]:
    options: dict[str, Any] = {
        "host": address.host,
        "port": address.port,
        "db": address.database,
        "username": address.user or None,
        "password": address.password or None,
        "socket_connect_timeout": 3,
        "socket_timeout": 15,
        "health_check_interval": 30,
    }
    if address.tls and address.ca_file:
        options["ssl_ca_certs"] = address.ca_file
    return options
