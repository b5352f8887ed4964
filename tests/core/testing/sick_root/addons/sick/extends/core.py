"""Puts up another bed whenever it is switched on, and leaves a group behind that bears its name."""

from __future__ import annotations

from addons.sick.models import Bed
from sqlalchemy import select

from core.access.models import Group
from core.db import ActorSession
from core.events import on
from core.tenancy.events import AddonEnabled


@on(AddonEnabled)
def put_up_beds(session: ActorSession, event: AddonEnabled) -> None:
    if event.addon == "sick":
        session.add(Bed(number=7))
        if session.scalar(select(Group.id).where(Group.name == "sick.leave")) is None:
            session.add(Group(name="sick.leave"))
