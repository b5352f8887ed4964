"""The two rows of a job: what runners need to find it, and what it is. They share one id and one transaction."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from core.db.actor import Actor
from core.db.base import Model, TenantModel, index, link
from core.db.ids import uuid7
from core.db.types import Json, key_text

VIEW_JOBS = "core.view_jobs"


class JobState(StrEnum):
    """Where a job stands. ``done``, ``failed`` and ``cancelled`` are ends; a failed one can be sent off again."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


class JobDispatch(Model):
    """A job as runners see it: due when, held by whom until when.

    Outside row security: a runner has to find work of every tenant before it works for one. So it tells neither what the
    job is about nor who asked: no arguments, no user. ``attempt`` grows with every claim and fences off whoever was slower.
    """

    __tablename__ = "core_job_dispatch"
    __table_args__ = (Index(None, "state", "run_at", "id"), Index(None, "state", "lease_until", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(key_text(120))
    state: Mapped[str] = mapped_column(key_text(12), default=JobState.QUEUED)
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(key_text(120))
    created_at: Mapped[datetime] = mapped_column(default=now)


class JobSlot(Model):
    """What became of a schedule for one tenant at one of its moments: ``job_id``, or null where it was passed over.

    Outside row security, like the dispatch: the scheduler looks which tenants still lack one. The unique constraint is why no
    schedule runs twice, however many schedulers there are and whatever their clocks say.
    """

    __tablename__ = "core_job_slot"
    __table_args__ = (UniqueConstraint("name", "tenant_id", "slot"), Index(None, "name", "slot"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str] = mapped_column(key_text(120))
    tenant_id: Mapped[UUID]
    slot: Mapped[datetime]
    job_id: Mapped[UUID | None]


class Job(TenantModel):
    """A job as its tenant sees it. ``user_id`` is who asked; null is the system, which also runs it then.

    ``done`` of ``total`` counts what the job says it counts. ``tries`` are the starts since it last came further than
    ``furthest``; ``begun_at`` and ``begun_done`` are where the present start began, for the time left. ``error`` is for
    people, ``trace`` for administrators.
    """

    __tablename__ = "core_job"
    __table_args__ = (index("state"),)

    user_id: Mapped[UUID | None] = link("core_user")
    name: Mapped[str] = mapped_column(key_text(120))
    title: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(key_text(12), default=JobState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    furthest: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[Any] = mapped_column(Json, nullable=True)
    result: Mapped[Any] = mapped_column(Json, nullable=True)
    tries: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str] = mapped_column(Text, default="")
    trace: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    begun_at: Mapped[datetime | None]
    begun_done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return None if actor.can(VIEW_JOBS) else cls.user_id == actor.user_id

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED
