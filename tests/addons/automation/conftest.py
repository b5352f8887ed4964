"""A business with an administrator of rules, a salesperson with customers, and a way to let jobs run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from core.clock import ZONE, to_local
from core.jobs import enqueue
from core.jobs.execution import run_due_jobs
from core.testing.databases import AddonSet
from core.testing.world import World

SELLER = (
    "customer.read", "customer.create", "customer.edit", "customer.change_relationship", "activity.read", "activity.create",
    "activity.edit",
)  # fmt: skip
ADMIN = (
    *SELLER, "automation.manage", "customer.view_all", "activity.view_all", "customer.change_owner",
    "customer.manage_catalogues",
)  # fmt: skip
CUSTOMERS = "customer.customers"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("activity", "automation", "customer"))


@dataclass
class Clock:
    """What rules take for now: noon of 24 November 2026 in Vietnam, until it is moved."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 5, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.moment

    def at(self, local: str) -> None:
        """Move it to a time in Vietnam."""
        self.moment = datetime.fromisoformat(local).replace(tzinfo=ZONE)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Freezes the clock of rules and of what customers are stamped with; sessions and jobs go on by the real one."""
    from addons.automation import jobs, running, services, triggers
    from addons.customer import contact
    from core.db import flush

    made = Clock()
    for module in (jobs, running, services, triggers, flush, contact):
        monkeypatch.setattr(module, "now", made)
    monkeypatch.setattr(triggers, "local_today", lambda: to_local(made()).date())
    return made


@pytest.fixture
def mail(app: Flask) -> None:
    """The deployment writes e-mails to its log."""
    kernel = app.extensions["banyan"]
    config = replace(kernel.config, smtp_url="console:", mail_from="crm@haidang.example")
    app.extensions["banyan"] = replace(kernel, config=config)


@dataclass
class Office:
    """One business, with what the tests do in it."""

    world: World
    tenant: Any
    admin: Any
    seller: Any
    other: Any
    relationships: Mapping[str, UUID]
    source_id: UUID
    group_id: UUID

    def rule(self, trigger: str, *actions: Mapping[str, Any], kind: str = CUSTOMERS, **fields: Any) -> str:
        """Make a rule on its page; the path of the rule."""
        answer = self.send(trigger, *actions, kind=kind, **fields)
        assert answer.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", answer.text)[-3000:]
        return str(answer.location)

    def send(self, trigger: str, *actions: Mapping[str, Any], kind: str = CUSTOMERS, **fields: Any) -> Any:
        """What a browser sends for a rule. An action is {"key": …, and its fields}; a condition is {filter: value}."""
        conditions = fields.pop("conditions", {})
        data: dict[str, Any] = {"kind": kind, "trigger": trigger, "name": "Quy tắc", "is_active": "y", **fields}
        data["condition"] = [name.removeprefix("f.").partition(".")[0] for name in conditions]
        data["action"] = [each["key"] for each in actions]
        for at, action in enumerate(actions):
            data |= {f"a{at}-{name}": value for name, value in action.items() if name != "key"}
        return self.world.client(self.admin).post("/automation/rules/new", data={**data, **conditions})

    def customer(self, by: Any = None, **fields: Any) -> UUID:
        """A customer of the salesperson."""
        from addons.customer.services import create_customer

        given = {
            "name": "Nguyễn Thị Huyền Trang",
            "source_id": self.source_id,
            "relationship_id": self.relationships["first"],
            "group_ids": [self.group_id],
            "confirm": True,
            **fields,
        }
        with self.world.session(self.tenant, by or self.seller) as session:
            return create_customer(session, **given).id

    def move(self, customer_id: UUID, name: str, by: Any = None) -> Any:
        """Put a customer into a relationship, as the list's bulk bar does."""
        return self.world.client(by or self.seller).post(
            "/customer/customers/bulk",
            data={"action": "relationship", "ids": str(customer_id), "id": str(customer_id),
                  "relationship_id": str(self.relationships[name]), "confirmed": "1"},
        )  # fmt: skip

    def form(self) -> dict[str, Any]:
        """What a browser sends for a customer."""
        return {"name": "Phạm Văn Hùng", "source_id": str(self.source_id), "group_ids": [str(self.group_id)],
                "relationship_id": str(self.relationships["first"]), "owner_id": str(self.seller.id)}  # fmt: skip

    def contacted(self, customer_id: UUID, moment: datetime) -> None:
        from addons.customer.api import note_contact

        with self.world.session(self.tenant, self.seller) as session:
            note_contact(session, customer_id, "customer.by_hand", moment)

    def work(self) -> None:
        """Let every job run that is due."""
        with self.world.app.app_context():
            run_due_jobs()

    def hourly(self) -> None:
        """What the scheduler asks for every hour."""
        with self.world.session(self.tenant) as session:
            enqueue(session, "automation.run_on_time")
        self.work()

    def rows(self, model: Any, *where: Any) -> list[Any]:
        with self.world.session(self.tenant) as session:
            found = list(session.scalars(select(model).where(*where).order_by(model.id)))
            session.expunge_all()
            return found

    def runs(self) -> list[Any]:
        from addons.automation.models import AutomationRun

        return self.rows(AutomationRun)

    def activities(self) -> list[Any]:
        from addons.activity.models import Activity

        return self.rows(Activity)

    def notices(self, user: Any) -> list[str]:
        from core.notifications.models import Notification

        return [each.title for each in self.rows(Notification, Notification.user_id == user.id)]

    def stored(self, customer_id: UUID) -> Any:
        from addons.customer.models import Customer

        return self.rows(Customer, Customer.id == customer_id)[0]


@pytest.fixture
def office(world: World) -> Office:
    from addons.customer.models import CustomerGroup, CustomerRelationship, CustomerSource

    tenant = world.tenant()
    with world.session(tenant) as session:
        relations = session.scalars(select(CustomerRelationship.id).order_by(CustomerRelationship.position)).all()
        source, group = (session.scalars(select(model.id)).first() for model in (CustomerSource, CustomerGroup))
        assert source
        assert group
    return Office(
        world,
        tenant,
        world.user(tenant, *ADMIN, name="Nguyễn Đức Thắng"),
        world.user(tenant, *SELLER, name="Lê Minh Quân"),
        world.user(tenant, *SELLER, name="Trần Ngọc Ánh"),
        dict(zip(("first", "second", "third", "fourth"), relations, strict=False)),
        source,
        group,
    )
