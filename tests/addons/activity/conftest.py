"""A business with a salesperson, a colleague, their leader, and a customer of the salesperson's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.testing.databases import AddonSet
from core.testing.world import World

TODAY = date(2026, 11, 24)
"""A Tuesday."""

STAFF = (
    "activity.read", "activity.create", "activity.edit", "activity.comment", "activity.delete",
    "customer.read", "customer.create", "customer.edit", "customer.comment",
)  # fmt: skip


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("activity", "customer"))


@dataclass
class Clock:
    """What the application takes for now: noon of TODAY in Vietnam, until it is moved."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 5, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **length: float) -> None:
        self.moment += timedelta(**length)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Freezes the activities' clock; sessions and jobs go on by the real one."""
    from addons.activity import calendar, jobs, queries, resources, services, views

    made = Clock()
    for module in (jobs, queries, resources, services, views):
        monkeypatch.setattr(module, "now", made)
    for module in (resources, calendar, views):
        monkeypatch.setattr(module, "local_today", lambda: (made() + timedelta(hours=7)).date())
    return made


@dataclass
class Office:
    """One business with its people."""

    world: World
    tenant: Any
    seller: Any
    colleague: Any
    leader: Any
    customer_id: UUID

    @property
    def subject(self) -> str:
        return f"customer:{self.customer_id}"

    def form(self, **changes: Any) -> dict[str, Any]:
        """What a browser sends for an appointment that can be saved; None leaves a field out."""
        sent = {
            "title": "Gặp trao đổi báo giá",
            "subject": self.subject,
            "day": "25/11/2026",
            "start": "14:00",
            "end": "15:00",
            "remind_minutes": "30",
            **changes,
        }
        return {name: value for name, value in sent.items() if value is not None}

    def plan(self, by: Any = None, kind: str = "appointment", **changes: Any) -> UUID:
        """A planned activity of ``by`` (default: the salesperson)."""
        from addons.activity.models import Kind
        from addons.activity.services import plan_activity

        fields = {"title": "Gặp khách", "day": TODAY + timedelta(days=1), "start": time(14), "end": time(15), **changes}
        with self.world.session(self.tenant, by or self.seller) as session:
            return plan_activity(session, Kind(kind), **fields).id

    def stored(self, id: UUID) -> Any:
        """The activity as the whole business knows it."""
        from addons.activity.models import Activity

        with self.world.session(self.tenant) as session:
            found = session.need(Activity, id)
            session.expunge_all()
            return found

    def only(self) -> Any:
        """The one activity that there is."""
        from addons.activity.models import Activity

        with self.world.session(self.tenant) as session:
            id = session.scalars(select(Activity.id)).one()
        return self.stored(id)

    def last_contact(self) -> Any:
        """When the customer was last in contact."""
        from addons.customer.models import Customer

        with self.world.session(self.tenant) as session:
            return session.scalars(select(Customer.last_contact_at).where(Customer.id == self.customer_id)).one()

    def notices(self, user: Any) -> list[str]:
        """The titles of a user's notices, in their order."""
        from core.notifications.models import Notification

        with self.world.session(self.tenant) as session:
            mine = select(Notification.title).where(Notification.user_id == user.id)
            return list(session.scalars(mine.order_by(Notification.id)))


@pytest.fixture
def office(world: World, clock: Clock) -> Office:
    from addons.customer.models import CustomerGroup, CustomerRelationship, CustomerSource
    from addons.customer.services import create_customer

    tenant = world.tenant()
    seller = world.user(tenant, *STAFF, name="Lê Minh Quân")
    with world.session(tenant, seller) as session:
        source, relationship, group = (
            session.scalars(select(model.id).order_by(model.position)).first()
            for model in (CustomerSource, CustomerRelationship, CustomerGroup)
        )
        customer = create_customer(
            session, name="Nguyễn Thị Huyền Trang", source_id=source, relationship_id=relationship, group_ids=[group]
        )
        customer_id = customer.id
    leader = (*STAFF, "activity.assign", "activity.view_all", "activity.export", "activity.import",
              "activity.manage_catalogues", "customer.view_all", "customer.change_owner", "core.use_api")  # fmt: skip
    return Office(
        world,
        tenant,
        seller,
        world.user(tenant, *STAFF, name="Trần Ngọc Ánh"),
        world.user(tenant, *leader, name="Nguyễn Đức Thắng"),
        customer_id,
    )
