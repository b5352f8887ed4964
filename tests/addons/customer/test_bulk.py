"""Changing many customers at once: what changed, what was skipped and why (SYS-12)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.addons.customer.conftest import Shop

BULK = "/customer/customers/bulk"


def send(shop: Shop, user: Any, action: str, ids: list[Any], **values: Any) -> Any:
    sent = {"action": action, "ids": [str(id) for id in ids], "confirmed": "1", **values}
    return shop.world.client(user).post(BULK, data=sent)


@pytest.mark.req("SYS-12", "OWN-02", "SHR-13")
def test_the_person_in_charge_of_several_and_a_notice_with_their_number(shop: Shop) -> None:
    from core.notifications import Notification

    ids = [shop.customer(name=f"Khách {number}") for number in range(3)]
    answer = send(shop, shop.manager, "owner", ids, people=f"user:{shop.colleague.id}")
    assert answer.status_code == 303
    assert {shop.stored(f"Khách {number}").owner_id for number in range(3)} == {shop.colleague.id}
    with shop.world.session(shop.tenant, shop.colleague) as session:
        assert "3 " in session.scalars(select(Notification.title)).one()


@pytest.mark.req("SYS-12", "CUS-041")
def test_what_is_so_already_or_invisible_is_skipped_and_told(shop: Shop) -> None:
    from addons.customer.models import CustomerRelationship

    with shop.world.session(shop.tenant) as session:
        loyal = session.scalar(select(CustomerRelationship.id).where(CustomerRelationship.name == "Khách thân thiết"))
    mine, already = shop.customer(name="Của Tôi"), shop.customer(name="Đã Thân", relationship_id=loyal)
    hidden = shop.customer(by=shop.colleague, name="Của Ánh")
    page = send(shop, shop.seller, "relationship", [mine, already, hidden], relationship_id=str(loyal)).text
    assert "1 changed, 2 skipped" in page
    assert "Đã Thân" in page
    assert "Của Ánh" not in page
    assert shop.stored("Của Tôi").relationship_id == loyal
    assert shop.stored("Của Ánh").relationship_id == shop.relationship_id


@pytest.mark.req("SYS-12", "CUS-053")
def test_several_are_deleted_by_whom_may(shop: Shop) -> None:
    ids = [shop.customer(name=f"Khách {number}") for number in range(3)]
    assert send(shop, shop.seller, "delete", ids).status_code == 403
    assert len(shop.names()) == 3
    send(shop, shop.manager, "delete", ids[:2])
    assert shop.names() == ["Khách 2"]


@pytest.mark.req("SYS-18")
def test_a_bulk_change_is_in_the_record_of_each_customer(shop: Shop) -> None:
    from core.audit import AuditEntry

    ids = [shop.customer(name=f"Khách {number}") for number in range(2)]
    send(shop, shop.manager, "owner", ids, people=f"user:{shop.colleague.id}")
    with shop.world.session(shop.tenant) as session:
        query = select(AuditEntry.entity_id, AuditEntry.changes).where(AuditEntry.user_id == shop.manager.id)
        entries = {row.entity_id: row.changes for row in session.execute(query) if "owner_id" in row.changes}
    assert entries == {id: {"owner_id": [str(shop.seller.id), str(shop.colleague.id)]} for id in ids}
