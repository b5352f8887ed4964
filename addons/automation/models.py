"""The rule and the log of what it did."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import (
    Audited,
    Searchable,
    SoftDelete,
    TenantModel,
    Versioned,
    bare_id,
    index,
    key_text,
    link,
    to,
    unique,
)


class Trigger(StrEnum):
    """What sets a rule off."""

    CREATED = "created"
    CHANGED = "changed"
    TIME = "time"


class RunState(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    """It was at the end of too long a chain of rules that set each other off."""


class AutomationRule(Audited, SoftDelete, Versioned, Searchable, TenantModel):
    """One trigger, conditions, and a list of actions.

    ``kind`` is the full name of a resource. ``value`` is what ``field`` must become, as ``triggers.text_of`` writes it; None
    for any change. ``days`` after ``moment`` (negative: before) a time trigger is due, from ``hour`` on by the
    business's clock. ``conditions`` are parameters of the resource's list, ``actions`` are {"key", "values"}.
    """

    __tablename__ = "automation_rule"
    __table_args__ = (index("created_at"), index("is_active", "trigger"))
    __search__ = ("name",)
    __audit_exclude__ = ("active_since",)

    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(key_text(80))
    trigger: Mapped[str] = mapped_column(key_text(20))
    field: Mapped[str | None] = mapped_column(key_text(63))
    value: Mapped[str | None] = mapped_column(String(200))
    moment: Mapped[str | None] = mapped_column(key_text(63))
    days: Mapped[int] = mapped_column(default=0)
    hour: Mapped[int] = mapped_column(default=8)
    conditions: Mapped[list[Any]] = mapped_column(default=list)
    actions: Mapped[list[Any]] = mapped_column(default=list)
    is_active: Mapped[bool] = mapped_column(default=False)
    active_since: Mapped[datetime | None]
    """When it was switched on: what happened or was due before is left alone."""


class AutomationRun(TenantModel):
    """What a rule did to a record: once for each ``occasion``, which is an entry of the record of changes or a day.

    ``effects`` are {"action", "text", "url"}; ``rule_name`` and ``record_label`` are what they were called then.
    """

    __tablename__ = "automation_run"
    __table_args__ = (
        unique("rule_id", "record_id", "occasion"),
        index("at"),
        index("rule_id", "at"),
        index("state", "at"),
    )

    rule_id: Mapped[UUID] = link("automation_rule", ondelete="CASCADE", index=False)
    rule: Mapped[AutomationRule | None] = to(rule_id)
    rule_name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(key_text(80))
    record_id: Mapped[UUID] = bare_id("the log tells what was done to that very record")
    record_label: Mapped[str] = mapped_column(String(200))
    occasion: Mapped[str] = mapped_column(key_text(80))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(key_text(20), default=RunState.DONE)
    message: Mapped[str] = mapped_column(Text, default="")
    effects: Mapped[list[Any]] = mapped_column(default=list)
