"""What the jobs write."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import Mapped

from core.db.actor import Actor
from core.db.base import TenantModel, index


class Mark(TenantModel):
    """One effect of a job. Only those who may look see it."""

    __tablename__ = "jobprobe_mark"
    __table_args__ = (index("number"),)

    number: Mapped[int]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return None if actor.can("jobprobe.look") else false()
