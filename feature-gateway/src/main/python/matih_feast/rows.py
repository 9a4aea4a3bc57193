"""Rows as Feast stores them, and the rule which of two rows of an entity stays."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feast import FeatureView
from feast.infra.key_encoding_utils import serialize_entity_key
from feast.protos.feast.types import Value_pb2
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value
from feast.repo_config import RepoConfig

# What Feast passes to a store: key, values by feature, event time, created time.
FeastRow = tuple[EntityKey, dict[str, Value], datetime, datetime | None]

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One row under the bytes of its entity key."""

    key: bytes
    values: dict[str, Value]
    event: datetime
    created: datetime | None

    @property
    def age(self) -> tuple[datetime, datetime]:
        """The greater stays: the newest event, then the newest created time, of which none is the oldest."""
        return self.event, self.created or NEVER


def from_json(value: Any, kind: str) -> Any:  # noqa: ANN401
    """A value as the gateway sends it: bytes in base64, and infinite numbers as words, which JSON has not."""
    if value is None:
        return None
    if kind.endswith("_list"):
        return [from_json(element, kind.removesuffix("_list")) for element in value]
    if kind == "bytes":
        return b64decode(value)
    return float(value) if kind in {"float", "double"} else value


def value_of(value: object, kind: str) -> Value:
    """Feast's message of a value of a declared kind; times are whole seconds since 1970."""
    if value is None:
        return Value()
    held: Any = value
    if kind.endswith("_list"):
        scalar = {"unix_timestamp_list": "int64_list"}.get(kind, kind)
        held = getattr(Value_pb2, "".join(part.capitalize() for part in scalar.split("_")))(val=value)
    return Value(**{f"{kind}_val": held})


def newest_rows(rows: Iterable[FeastRow], serialization_version: int) -> list[Row]:
    """One row per entity, the last one among equals, in the order of their keys.

    The order lets two writers of the same entities wait for each other instead of both being stuck.
    """
    newest: dict[bytes, Row] = {}
    for entity, values, event, created in rows:
        row = Row(
            serialize_entity_key(entity, entity_key_serialization_version=serialization_version),
            values,
            _aware(event),
            None if created is None else _aware(created),
        )
        known = newest.get(row.key)
        if known is None or known.age <= row.age:
            newest[row.key] = row
    return [newest[key] for key in sorted(newest)]


class NewestEventStore(ABC):
    """An online store in which the newest event of an entity stays, however late or often rows are written.

    Feast 0.67 lets the last write win in PostgreSQL, and compares without a lock in Redis.
    """

    def __init__(self) -> None:
        super().__init__()
        # By view: materialization shows it as progress.
        self.rows_written: Counter[str] = Counter()

    def online_write_batch(
        self,
        config: RepoConfig,
        table: FeatureView,
        data: list[FeastRow],
        progress: Callable[[int], Any] | None,
    ) -> None:
        """Writes each row unless a newer one of its entity is stored; atomic for each entity."""
        self.write_newest(config, table, newest_rows(data, config.entity_key_serialization_version))
        self.rows_written[table.name] += len(data)
        if progress is not None:
            progress(len(data))

    async def online_write_batch_async(
        self,
        config: RepoConfig,
        table: FeatureView,
        data: list[FeastRow],
        progress: Callable[[int], Any] | None,
    ) -> None:
        """The same rule for Feast's own write path."""
        await asyncio.to_thread(self.online_write_batch, config, table, data, progress)

    @abstractmethod
    def write_newest(self, config: RepoConfig, table: FeatureView, rows: list[Row]) -> None:
        """Writes rows of different entities, each unless a newer one is stored."""


def _aware(moment: datetime) -> datetime:
    """Feast's naive times are UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
