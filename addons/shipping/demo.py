"""Rights of the demonstration business; its parcels come with the boom customers."""

from __future__ import annotations

from sqlalchemy import select

from core.access.models import Group
from core.access.services import add_group_members
from core.db import ActorSession
from core.demo.business import Duty, employees_with
from core.demo.marking import demo_data

GROUPS: dict[Duty, str] = {
    "administrator": "shipping.manager",
    "manager": "shipping.manager",
    "seller": "shipping.seller",
    "accountant": "shipping.seller",
}


@demo_data
def load(session: ActorSession) -> None:
    """Each duty has its rights."""
    for duty, key in GROUPS.items():
        group = session.scalars(select(Group).where(Group.shipped_key == key)).one()
        add_group_members(session, group, [user.id for user in employees_with(session, duty)])
