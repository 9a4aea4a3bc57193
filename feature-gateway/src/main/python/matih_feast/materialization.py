"""One run of carrying a source's rows online, and how far it came."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass
class ViewProgress:
    """How far one view's materialization came, and how many rows of its source could not be used."""

    name: str
    status: str = "pending"
    rows: int = 0
    without_key: int = 0
    without_time: int = 0
    error: str | None = None

    def document(self) -> dict[str, Any]:
        """As it is shown."""
        shown: dict[str, Any] = {
            "name": self.name,
            "status": self.status,
            "rows": self.rows,
            "rows_without_key": self.without_key,
            "rows_without_time": self.without_time,
        }
        if self.error is not None:
            shown["error"] = self.error
        return shown


@dataclass
class Materialization:
    """One run over some views; kept in memory only, a lost one may be repeated without harm."""

    id: str
    project: str
    start: datetime
    end: datetime
    views: list[ViewProgress]
    status: str = "queued"
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    finished_at: datetime | None = None

    def document(self) -> dict[str, Any]:
        """As it is shown."""
        shown: dict[str, Any] = {
            "id": self.id,
            "project": self.project,
            "status": self.status,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "views": [view.document() for view in self.views],
            "created_at": self.created_at.isoformat(),
        }
        if self.finished_at is not None:
            shown["finished_at"] = self.finished_at.isoformat()
        return shown
