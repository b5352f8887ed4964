"""Activities with their people, moves and reminders, and the catalogues that sort them.

One table holds appointments, tasks, transactions and care records: they differ in what their forms ask, not in what they are
(TXN-01). What an activity is about is named by table and id, so any kind of record can join (``contributions``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Index, Select, String, Text, UniqueConstraint, select, union_all
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, validates

from addons.activity.contributions import loaded_subjects
from addons.activity.hours import format_hours
from core.access.models import DepartmentMember, User
from core.db import (
    Actor,
    Audited,
    Searchable,
    SoftDelete,
    Stamped,
    TenantModel,
    Versioned,
    index,
    key_text,
    link,
    link_to_any,
    to,
    unique,
)

TONES = ("green", "teal", "blue", "violet", "amber", "orange", "red", "grey")
"""The design tokens' tones, which a type takes in the calendar."""


class Kind(StrEnum):
    """What sort of activity it is; each has its own list and form."""

    APPOINTMENT = "appointment"
    TASK = "task"
    TRANSACTION = "transaction"
    CARE = "care"


class State(StrEnum):
    """How far an activity is (TXN-01: not started, in progress, done)."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN = (State.PLANNED, State.IN_PROGRESS)

TRANSITIONS: Mapping[State, tuple[State, ...]] = {
    State.PLANNED: (State.IN_PROGRESS, State.DONE, State.CANCELLED),
    State.IN_PROGRESS: (State.PLANNED, State.DONE, State.CANCELLED),
    State.DONE: (),
    State.CANCELLED: (State.PLANNED,),
}
"""From each state, those that can follow. What is done stays done: it stands on the record's timeline."""


class Result(StrEnum):
    """What came of it."""

    REACHED = "reached"
    PARTLY = "partly"
    FAILED = "failed"
    ABSENT = "absent"
    """Nobody was met or reached: no contact with the customer (CUS-057)."""


class Role(StrEnum):
    """Why somebody sees an activity that is not his."""

    PARTICIPANT = "participant"
    READER = "reader"
    """He had it before, or it was passed on to him to read (OWN-07, OWN-08)."""


def name_key(name: str) -> str:
    """By what names of a catalogue are compared: case and spaces do not count."""
    return " ".join(name.casefold().split())


class CatalogueEntry(Audited, Versioned, Searchable):
    """An entry of an editable list: a name unique but for case and spaces, an order, and whether it is still offered."""

    __search__: ClassVar[tuple[str, ...]] = ("name",)
    __audit_exclude__: ClassVar[tuple[str, ...]] = ("name_key",)

    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(key_text(120))
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[UniqueConstraint | Index, ...]:
        return (unique("name_key"), index("position"))

    @validates("name")
    def _keep_key(self, key: str, name: str) -> str:
        self.name_key = name_key(name)
        return name


class ActivityType(CatalogueEntry, TenantModel):
    """A type of activity (Loại công việc, Loại giao dịch): call, meeting. ``entity`` keeps it to one kind of record."""

    __tablename__ = "activity_type"

    entity: Mapped[str | None] = mapped_column(key_text(63))
    tone: Mapped[str] = mapped_column(key_text(12), default="blue")


class ActivityProject(CatalogueEntry, TenantModel):
    """A project that tasks belong to (Dự án công việc), CUS-073."""

    __tablename__ = "activity_project"


class Activity(Audited, SoftDelete, Versioned, Searchable, TenantModel):
    """Something that one employee does at a time: ``starts_at`` up to, and without, ``ends_at`` (UTC).

    All day means from midnight to midnight on the business's clock. ``day`` is the day on which it begins there.
    """

    __tablename__ = "activity"
    __table_args__ = (
        index("kind", "starts_at"),
        index("starts_at"),
        index("day"),
        index("state", "day"),
        index("done_at"),
        index("assignee_id", "starts_at"),
        index("created_by_id"),
        index("subject_entity", "subject_id", "starts_at"),
    )
    __search__ = ("title", "subject_label", "place", "content")
    __audit_exclude__ = ("kind", "day", "subject_entity", "subject_id")

    kind: Mapped[str] = mapped_column(key_text(20))
    title: Mapped[str] = mapped_column(String(200))
    subject_entity: Mapped[str | None] = mapped_column(key_text(63))
    subject_id: Mapped[UUID | None] = link_to_any("subject_entity")
    subject_label: Mapped[str | None] = mapped_column(String(200))
    """What the record was called when the activity was saved: it stays readable for whoever may not open the record."""
    type_id: Mapped[UUID | None] = link("activity_type")
    type: Mapped[ActivityType | None] = to(type_id)
    project_id: Mapped[UUID | None] = link("activity_project")
    project: Mapped[ActivityProject | None] = to(project_id)
    assignee_id: Mapped[UUID] = link("core_user", index=False)
    assignee: Mapped[User] = to(assignee_id)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    day: Mapped[date]
    is_all_day: Mapped[bool] = mapped_column(default=False)
    place: Mapped[str | None] = mapped_column(String(200))
    content: Mapped[str | None] = mapped_column(Text)
    remind_minutes: Mapped[int | None]
    state: Mapped[str] = mapped_column(key_text(20), default=State.PLANNED)
    result: Mapped[str | None] = mapped_column(key_text(20))
    result_note: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(500))

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def subject(self) -> str:
        """What it is about, as forms send it: ``customer:<id>``; empty for nothing."""
        return f"{self.subject_entity}:{self.subject_id}" if self.subject_entity else ""

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Assigned · created · taking part · one's departments' · shared with the record · all."""
        return seen_with_activity(cls.id, actor)


def seen_with_activity(activity_id: Any, actor: Actor) -> ColumnElement[bool] | None:
    """The visibility rule of an activity and of what hangs on it."""
    if actor.can("activity.view_all"):
        return None
    criterion: ColumnElement[bool] = activity_id.in_(visible_activity_ids(actor))
    return criterion


def visible_activity_ids(actor: Actor) -> CompoundSelect[UUID]:
    """The ids that a user without ``activity.view_all`` may see, for IN."""
    given, made, shown = (Activity.__table__.alias(name) for name in ("given", "made", "shown"))
    person = ActivityPerson.__table__.alias("person")
    parts: list[Select[UUID]] = [
        select(given.c.id).where(given.c.tenant_id == actor.tenant_id, given.c.assignee_id == actor.user_id),
        select(made.c.id).where(made.c.tenant_id == actor.tenant_id, made.c.created_by_id == actor.user_id),
        select(person.c.activity_id).where(person.c.tenant_id == actor.tenant_id, person.c.user_id == actor.user_id),
    ]
    if actor.can("activity.view_department") and actor.department_ids:
        team, member = Activity.__table__.alias("team"), DepartmentMember.__table__.alias("member")
        colleagues = select(member.c.user_id).where(
            member.c.tenant_id == actor.tenant_id, member.c.department_id.in_(sorted(actor.department_ids))
        )
        parts.append(select(team.c.id).where(team.c.tenant_id == actor.tenant_id, team.c.assignee_id.in_(colleagues)))
    for subject in loaded_subjects():
        records = subject.seen_by(actor)
        if records is not None:
            about = shown.c.subject_entity == subject.entity
            parts.append(
                select(shown.c.id).where(shown.c.tenant_id == actor.tenant_id, about, shown.c.subject_id.in_(records))
            )
    return union_all(*parts)


class ActivityPerson(TenantModel):
    """A colleague who takes part in an activity, or may read it."""

    __tablename__ = "activity_person"
    __table_args__ = (unique("activity_id", "user_id"), index("user_id", "activity_id"))

    activity_id: Mapped[UUID] = link("activity", ondelete="CASCADE", index=False)
    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE", index=False)
    user: Mapped[User] = to(user_id)
    role: Mapped[str] = mapped_column(key_text(20), default=Role.PARTICIPANT)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_activity(cls.activity_id, actor)


class ActivityMove(Stamped, TenantModel):
    """A rescheduling: when it should have been, when it was to be instead, and why."""

    __tablename__ = "activity_move"

    activity_id: Mapped[UUID] = link("activity", ondelete="CASCADE")
    from_starts_at: Mapped[datetime]
    from_ends_at: Mapped[datetime]
    to_starts_at: Mapped[datetime]
    to_ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500), default="")
    mover_id: Mapped[UUID | None] = link("core_user", index=False)
    mover: Mapped[User | None] = to(mover_id)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_activity(cls.activity_id, actor)


class ActivityReminder(TenantModel):
    """A reminder that is still to be sent, at ``at`` (UTC), to whoever takes part then. It goes with the notice."""

    __tablename__ = "activity_reminder"
    __table_args__ = (unique("activity_id"), index("at"))

    activity_id: Mapped[UUID] = link("activity", ondelete="CASCADE", index=False)
    activity: Mapped[Activity | None] = to(activity_id)
    at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_activity(cls.activity_id, actor)


class AbsenceKind(StrEnum):
    """Why somebody is not there."""

    LEAVE = "leave"
    SICK = "sick"
    TRIP = "trip"
    OTHER = "other"


def _of_people(user_id: Any, actor: Actor) -> ColumnElement[bool] | None:
    """Own · one's departments' · all: whose calendars one may look into."""
    if actor.can("activity.view_all") or actor.can("activity.manage_schedules"):
        return None
    own: ColumnElement[bool] = user_id == actor.user_id
    if actor.can("activity.view_department") and actor.department_ids:
        member = DepartmentMember.__table__.alias("colleague")
        colleagues = select(member.c.user_id).where(
            member.c.tenant_id == actor.tenant_id, member.c.department_id.in_(sorted(actor.department_ids))
        )
        return own | user_id.in_(colleagues)
    return own


class WorkWeek(Audited, Versioned, TenantModel):
    """When an employee works (Lịch làm việc): for each weekday, Monday first, parts [from, to] in minutes of the day."""

    __tablename__ = "activity_work_week"
    __table_args__ = (unique("user_id"), index("updated_at"))

    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE", index=False)
    user: Mapped[User] = to(user_id)
    hours: Mapped[list[Any]] = mapped_column(default=list)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return _of_people(cls.user_id, actor)


class Absence(Audited, Versioned, TenantModel):
    """Days on which an employee is not there, the last included; with minutes after midnight, only between these on each."""

    __tablename__ = "activity_absence"
    __table_args__ = (index("first_day"), index("user_id", "first_day"))

    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE", index=False)
    user: Mapped[User] = to(user_id)
    kind: Mapped[str] = mapped_column(key_text(20), default=AbsenceKind.LEAVE)
    first_day: Mapped[date]
    last_day: Mapped[date]
    start_minute: Mapped[int | None]
    end_minute: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(String(300))

    @property
    def hours(self) -> str:
        """Between which times of each day; empty for all of it."""
        if self.start_minute is None or self.end_minute is None:
            return ""
        return format_hours([(self.start_minute, self.end_minute)])

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return _of_people(cls.user_id, actor)
