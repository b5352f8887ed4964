"""What is known of an import, of each of its rows, and of an export. The files lie in the data folder."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from core.db.actor import Actor
from core.db.base import TenantModel, bare_id, index, link, unique
from core.db.types import Json, key_text


class ImportState(StrEnum):
    """Where an import stands. In the three that end in -ing a job works; it may have been stopped or have failed."""

    READING = "reading"
    REFUSED = "refused"
    MAPPING = "mapping"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    DONE = "done"


WORKING = frozenset({ImportState.READING, ImportState.CHECKING, ImportState.APPLYING})


class Phase(StrEnum):
    """A trial run writes nothing but its findings; applying writes the records."""

    CHECK = "check"
    APPLY = "apply"


class Outcome(StrEnum):
    """What became of a row; of a trial run, what would."""

    CREATED = "created"
    UPDATED = "updated"
    FAILED = "failed"


class Import(TenantModel):
    """An uploaded workbook on its way into a resource. Only who uploaded it sees it.

    ``sheet`` describes the sheet that was read (``SheetInfo``), ``mapping`` is column index → key of a field, ``counts``
    is phase → outcome → rows. ``job_id`` is the job of the present state.
    """

    __tablename__ = "core_import"
    __table_args__ = (index("sha256", "created_at"), index("user_id", "created_at"))

    user_id: Mapped[UUID] = link("core_user", index=False)
    resource: Mapped[str] = mapped_column(key_text(120))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(key_text(64))
    state: Mapped[str] = mapped_column(key_text(12), default=ImportState.READING)
    sheet: Mapped[Any] = mapped_column(Json, nullable=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    job_id: Mapped[UUID | None] = bare_id("jobs are cleared, and this stays")
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    applied_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return cls.user_id == actor.user_id


class ImportRow(TenantModel):
    """What became of one row of an import, written in the transaction that wrote its record.

    The unique key is the wall behind the job's cursor: no row of a file is ever applied twice. Of a trial run only the
    rows that would fail are kept. ``problems`` are pairs (column index or null, text).
    """

    __tablename__ = "core_import_row"
    __table_args__ = (unique("import_id", "phase", "number"), index("import_id", "phase", "outcome", "number"))

    import_id: Mapped[UUID] = link("core_import", ondelete="CASCADE", index=False)
    phase: Mapped[str] = mapped_column(key_text(8))
    number: Mapped[int]
    outcome: Mapped[str] = mapped_column(key_text(8))
    record_id: Mapped[UUID | None] = bare_id("tells what became of a row, wherever that record is now")
    title: Mapped[str] = mapped_column(String(100), default="")
    problems: Mapped[list[Any]] = mapped_column(Json, default=list)


class Export(TenantModel):
    """A workbook made for one user. ``expires_at`` is when it is removed; ``rows`` counts those below the header."""

    __tablename__ = "core_export"
    __table_args__ = (index("expires_at"),)

    user_id: Mapped[UUID] = link("core_user")
    resource: Mapped[str] = mapped_column(key_text(120))
    file_name: Mapped[str] = mapped_column(String(200))
    job_id: Mapped[UUID | None] = bare_id("jobs are cleared, and this stays")
    rows: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return cls.user_id == actor.user_id
