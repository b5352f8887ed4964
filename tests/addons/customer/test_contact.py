"""The last contact with a customer: what counts as one, and who is forgotten (CUS-057)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from core.clock import ZONE, local_today, now
from core.testing.databases import AddonSet
from tests.addons.customer.conftest import Shop


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("customer", "deals"), (Path(__file__).parent / "root",))


def change(shop: Shop, addon: str = "customer", **settings: object) -> None:
    """Another value of a setting, with the jobs that it asks for."""
    from core.jobs.execution import run_due_jobs
    from core.settings.services import change_settings

    with shop.world.session(shop.tenant) as session:
        change_settings(session, addon, settings)
    with shop.world.app.app_context():
        run_due_jobs()


def contact(shop: Shop, customer: UUID, kind: str, at: datetime | None = None) -> None:
    from addons.customer.api import note_contact

    with shop.world.session(shop.tenant, shop.seller) as session:
        note_contact(session, customer, kind, at)


def begins(days_ago: int) -> datetime:
    """The first moment of that day in Vietnam."""
    return datetime.combine(local_today() - timedelta(days=days_ago), time.min, ZONE).astimezone(UTC)


def entered(shop: Shop, customer: UUID, at: datetime) -> None:
    from addons.customer.models import Customer

    with shop.world.session(shop.tenant) as session:
        session.need(Customer, customer).created_at = at


def forgotten_names(shop: Shop, user: object = None) -> set[str]:
    from sqlalchemy import select

    from addons.customer.contact import forgotten
    from addons.customer.models import Customer

    with shop.world.session(shop.tenant, user or shop.manager) as session:
        return set(session.scalars(select(Customer.name).where(forgotten(session))))


@pytest.mark.req("CUS-057")
def test_forgotten_is_who_was_last_in_contact_strictly_more_than_n_days_ago(shop: Shop) -> None:
    just, over = shop.customer(name="Vừa Đủ"), shop.customer(name="Quá Hạn")
    never, new = shop.customer(name="Chưa Gọi"), shop.customer(name="Mới Nhập")
    hidden = shop.customer(name="Của Ánh", by=shop.colleague)
    change(shop, forget_days=7)
    for each in (just, over, never, hidden):
        entered(shop, each, begins(300))
    entered(shop, new, begins(7))
    entered(shop, never, begins(7) - timedelta(seconds=1))
    contact(shop, just, "customer.by_hand", begins(7))
    contact(shop, over, "customer.by_hand", begins(7) - timedelta(seconds=1))

    assert forgotten_names(shop) == {"Quá Hạn", "Chưa Gọi", "Của Ánh"}
    assert forgotten_names(shop, shop.seller) == {"Quá Hạn", "Chưa Gọi"}

    change(shop, forget_days=0)
    contact(shop, over, "customer.by_hand", begins(0))
    assert forgotten_names(shop, shop.seller) == {"Vừa Đủ", "Chưa Gọi", "Mới Nhập"}, "with 0, all but those of today"


@pytest.mark.req("CUS-057")
def test_a_relationship_may_have_days_of_its_own(shop: Shop) -> None:
    from sqlalchemy import select

    from addons.customer.models import CustomerRelationship

    with shop.world.session(shop.tenant) as session:
        loyal = session.scalars(
            select(CustomerRelationship.id).where(CustomerRelationship.name == "Khách thân thiết")
        ).one()
    edit = f"/customer/relationships/{loyal}/edit"
    manager = shop.world.client(shop.manager)
    sent = {"name": "Khách thân thiết", "position": "40", "tone": "green", "is_active": "y", "version": "1"}
    assert manager.post(edit, data={**sent, "forget_days": "-1"}).status_code == 422
    assert manager.post(edit, data={**sent, "forget_days": "3"}).status_code == 303
    change(shop, forget_days=7)
    for name, relationship, days in (
        ("Thân Quá", loyal, 4), ("Thân Vừa", loyal, 3), ("Thường", shop.relationship_id, 4), ("Không", None, 8),
    ):  # fmt: skip
        entered(shop, shop.customer(name=name), begins(days))
        with shop.world.session(shop.tenant) as session:
            from addons.customer.models import Customer

            session.scalars(select(Customer).where(Customer.name == name)).one().relationship_id = relationship

    assert forgotten_names(shop) == {"Thân Quá", "Không"}
    assert "not contacted for longer than set" in manager.get("/customer/").text


@pytest.mark.req("CUS-057")
def test_what_counts_as_contact_is_a_setting_that_loses_no_history(shop: Shop) -> None:
    from core.jobs.execution import run_due_jobs
    from core.tenancy.services import disable_addon, enable_addon

    lan, other = shop.customer(name="Lan"), shop.customer(name="Mai")
    called, dealt, told = begins(30), begins(20), begins(10)
    contact(shop, lan, "customer.by_hand", called)
    contact(shop, lan, "deals.deal", dealt)
    contact(shop, lan, "deals.deal", dealt - timedelta(days=3))
    contact(shop, lan, "customer.comment", told)

    assert shop.stored("Lan").last_contact_at == dealt, (
        "comments do not count by default; an older deal changes nothing"
    )
    change(shop, contact_by_comment=True)
    assert shop.stored("Lan").last_contact_at == told
    change(shop, contact_by_comment=False)
    change(shop, "deals", deal_is_contact=False)
    assert shop.stored("Lan").last_contact_at == called
    change(shop, "deals", deal_is_contact=True)
    assert shop.stored("Lan").last_contact_at == dealt
    for switch, expected in ((disable_addon, called), (enable_addon, dealt)):
        with shop.world.session(shop.tenant) as session:
            switch(session, "deals")
        with shop.world.app.app_context():
            run_due_jobs()
        assert shop.stored("Lan").last_contact_at == expected, switch.__name__
    assert shop.stored("Mai").last_contact_at is None
    contact(shop, other, "deals.deal", now() + timedelta(days=2))
    assert shop.stored("Mai").last_contact_at <= now(), "a moment to come counts as now"
    with pytest.raises(ValueError, match="nobody contributes"):
        contact(shop, lan, "deals.nothing")


@pytest.mark.req("CUS-057")
def test_a_contact_is_noted_from_the_page_and_by_a_comment_without_changing_the_customer(shop: Shop) -> None:
    lan = shop.customer(name="Lan")
    before = shop.stored("Lan")
    client = shop.world.client(shop.seller)
    client.post(f"/discussion/customer/{lan}", data={"body": "Đã gọi, khách hẹn lại."})
    assert shop.stored("Lan").last_contact_at is None

    answer = client.post(f"/customer/customers/{lan}/contacted")
    after = shop.stored("Lan")
    assert answer.status_code == 303
    assert after.last_contact_at is not None
    assert (after.version, after.updated_at) == (before.version, before.updated_at), "an open form stays good"
    assert "Last contact" not in client.get(f"/discussion/customer/{lan}?show=logs").text
    assert shop.world.client(shop.colleague).post(f"/customer/customers/{lan}/contacted").status_code == 404

    change(shop, contact_by_comment=True)
    client.post(f"/discussion/customer/{lan}", data={"body": "Khách đồng ý."})
    assert shop.stored("Lan").last_contact_at > after.last_contact_at
