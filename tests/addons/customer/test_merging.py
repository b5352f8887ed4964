"""Merging two customers into one: what is asked, what moves, what cannot, and taking it back."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.clock import local_today
from core.testing.databases import AddonSet
from tests.addons.customer.conftest import Shop
from tests.addons.customer.test_bulk import send
from tests.core.resources.pages import Page

MERGE = "/customer/customers/merge"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("customer", "activity", "vault", "ledger"), (Path(__file__).parent / "root",))


@pytest.fixture
def boss(shop: Shop) -> Any:
    """Who may merge, and sees everything."""
    rights = ("read", "view_all", "create", "edit", "delete", "change_owner", "change_relationship", "change_tier")
    return shop.world.user(
        shop.tenant, *(f"customer.{each}" for each in rights), "core.view_audit", "core.delete_forever", name="Vũ Hà"
    )


def look(shop: Shop, by: Any, kept: UUID, merged: UUID) -> Any:
    return shop.world.client(by).get(MERGE, query_string={"ids": [str(kept), str(merged)]})


def proposed(text: str) -> dict[str, str]:
    """What the preview would send as it stands."""
    inputs = [each for tag, each in Page(text).elements if tag == "input" and "name" in each]
    return {
        each["name"]: each.get("value", "")
        for each in inputs
        if (each.get("type") != "radio" or "checked" in each) and each["name"] not in {"csrf_token", "ids"}
    }


def merge(shop: Shop, by: Any, kept: UUID, merged: UUID, **sent: Any) -> Any:
    """Open the preview and send it as it stands, with these changes."""
    shown = look(shop, by, kept, merged)
    assert shown.status_code == 200, shown.text
    data = {**proposed(shown.text), "ids": [str(kept), str(merged)], **sent}
    return shop.world.client(by).post(MERGE, data=data)


def undo(shop: Shop, by: Any, merged: UUID) -> Any:
    """Undo the merge of this customer."""
    from addons.customer.models import CustomerMerge

    with shop.world.session(shop.tenant) as session:
        query = select(CustomerMerge.id).where(CustomerMerge.merged_id == merged, CustomerMerge.undone_at.is_(None))
        id = session.scalars(query).one()
    return shop.world.client(by).post(f"/customer/merges/{id}/undo", follow_redirects=True)


TOLD = {"customer_contact_time", "customer_merge", "core_audit"}
"""Tables that an undo does not set back: facts, and what was done."""

KERNELS = {"version", "updated_at", "updated_by_id", "search_text"}


def state(shop: Shop) -> dict[str, list[Any]]:
    """Every row of every table that can refer to a customer, whoever may see it, and the customers themselves."""
    from addons.customer.models import Customer
    from core.db.references import references_to

    with shop.world.app.app_context():
        tables = {each.table for each in references_to("customer")} | {Customer.__table__}
    found = {}
    with shop.world.session(shop.tenant) as session:
        for table in sorted(tables, key=lambda each: each.name):
            columns = [column for column in table.columns if column.name not in KERNELS]
            rows = session.connection().execute(select(*columns).where(table.c.tenant_id == session.tenant_id))
            if table.name not in TOLD:
                found[table.name] = sorted(map(repr, rows))
    return found


def referring(shop: Shop, id: UUID) -> dict[str, int]:
    """How many rows of each table refer to the customer."""
    from core.db.references import count_references

    with shop.world.session(shop.tenant) as session:
        return count_references(session, "customer", id)


def two(shop: Shop) -> tuple[UUID, UUID]:
    """Two records of one person, a colleague has the second; with everything that customers can have."""
    from addons.vault.models import Badge, Parcel, Sticker

    from addons.activity.models import Kind
    from addons.activity.services import plan_activity
    from addons.customer.models import CustomerGroup

    with shop.world.session(shop.tenant) as session:
        groups = list(session.scalars(select(CustomerGroup.id).order_by(CustomerGroup.position)))[:3]
    lan = shop.customer(
        name="Nguyễn Thị Lan", salutation="Chị", phone="0912 345 678", email="lan@example.vn", address="12 Lý Thường Kiệt",
        province="Hà Nội", group_ids=groups[:2], contacts=[{"name": "Ông Tư", "is_main": True}],
    )  # fmt: skip
    double = shop.customer(
        by=shop.colleague, name="Cty Lan Anh", phone="0912345678", phone2="0987 654 321", email="ketoan@lananh.vn",
        tax_code="0312345678", note="Hỏi chị Lan", group_ids=groups[1:],
        contacts=[{"name": "Bà Năm", "phone": "0903 111 222", "is_main": True}, {"name": "Kế toán"}],
    )  # fmt: skip
    shop.customer(name="Người Được Giới Thiệu", referrer_customer_id=double)
    reader, other = (shop.world.user(shop.tenant, "customer.read", name=name) for name in ("Hồ Cường", "Đỗ Hà"))
    for by, id, people in ((shop.seller, lan, [reader]), (shop.colleague, double, [reader, other])):
        sent = {
            "option": "add",
            "people": [f"user:{each.id}" for each in people],
            "boxes": "activities" if id == double else [],
        }
        assert shop.world.client(by).post(f"/customer/customers/{id}/share", data=sent).status_code == 303
    said = {"body": "Khách hay gọi buổi sáng", "files": (io.BytesIO(b"%PDF-1.7"), "hợp đồng.pdf")}
    assert shop.world.client(shop.colleague).post(f"/discussion/customer/{double}", data=said).status_code < 400
    with shop.world.session(shop.tenant, shop.colleague) as session:
        when = local_today() + timedelta(days=1)
        plan_activity(session, Kind.TASK, title="Gửi báo giá", day=when, subject=f"customer:{double}")
    third = shop.customer(name="Ba")
    with shop.world.session(shop.tenant) as session:
        session.add_all([
            Badge(customer_id=lan, kind="vip", note="của Lan"), Badge(customer_id=double, kind="vip", note="trùng"),
            Badge(customer_id=double, kind="đối tác"), Parcel(sender_id=double, receiver_id=third),
            Parcel(sender_id=double, receiver_id=lan), Sticker(kind="customer", record_id=double),
            Sticker(kind="activity", record_id=double),
        ])  # fmt: skip
    return lan, double


@pytest.mark.req("CUS-017", "SYS-18")
def test_two_become_one_with_all_that_they_had_and_two_again(shop: Shop, boss: Any) -> None:
    from addons.vault.models import Badge, Parcel, Sticker

    from addons.customer.models import Customer, CustomerContact, CustomerGroupMember, CustomerShare
    from core.audit import AuditEntry
    from core.notifications import Notification

    lan, double = two(shop)
    before = state(shop)
    client = shop.world.client(boss)
    shown = look(shop, boss, lan, double)
    told = Page(shown.text).text
    for text in ("Chị Nguyễn Thị Lan", "Cty Lan Anh", "0312345678", "Ông Tư, Bà Năm", "Hồ Cường", "badge: 2", "Exchanges: 1",
                 "Documents: 1", "Customers whom he referred: 1"):  # fmt: skip
        assert text.casefold() in told.casefold(), text
    choices = {name: side for name, side in proposed(shown.text).items() if name.startswith("take-")}
    assert choices["take-tax_code"] == "merged", "what the kept one has not is taken"
    assert choices["take-name"] == choices["take-email"] == "kept"
    assert "take-phone" not in choices, "both have the same"
    assert state(shop) == before

    done = merge(shop, boss, lan, double, **{"take-name": "merged", "take-code": "merged", "take-owner": "merged"})
    assert done.status_code == 303, done.text
    assert done.location.endswith(f"/customer/customers/{lan}")
    one = shop.stored("Cty Lan Anh")
    assert one.id == lan
    assert (one.code, one.salutation, one.owner_id) == ("KH000002", None, shop.colleague.id)
    assert (one.phone, one.phone2, one.email) == ("+84912345678", "+84987654321", "lan@example.vn")
    assert (one.tax_code, one.note, one.address) == ("0312345678", "Hỏi chị Lan", "12 Lý Thường Kiệt")
    with shop.world.session(shop.tenant) as session:
        assert session.find(Customer, double) is None
        contacts = select(CustomerContact.name, CustomerContact.is_main, CustomerContact.email)
        assert session.execute(contacts.where(CustomerContact.customer_id == lan).order_by(CustomerContact.sequence)).all() == [
            ("Ông Tư", True, None), ("Bà Năm", False, None), ("Kế toán", False, None),
            ("Cty Lan Anh", False, "ketoan@lananh.vn"),
        ]  # fmt: skip
        assert (
            len(session.scalars(select(CustomerGroupMember).where(CustomerGroupMember.customer_id == lan)).all()) == 3
        )
        shares = session.scalars(select(CustomerShare.boxes).where(CustomerShare.customer_id == lan)).all()
        assert shares == [["activities", "basic"]] * 2
        badges = session.execute(select(Badge.kind, Badge.note, Badge.version).where(Badge.customer_id == lan)).all()
        assert sorted(badges) == [("vip", "của Lan", 1), ("đối tác", "", 2)], (
            "a row that is there once stays with its own"
        )
        third = session.scalars(select(Customer.id).where(Customer.name == "Ba")).one()
        parcels = set(session.execute(select(Parcel.sender_id, Parcel.receiver_id)).all())
        assert parcels == {(lan, third), (double, lan)}, "nobody sends himself a parcel"
        stickers = set(session.execute(select(Sticker.kind, Sticker.record_id)).all())
        assert stickers == {("customer", lan), ("activity", double)}
        assert (
            session.scalars(select(Customer.referrer_customer_id).where(Customer.name == "Người Được Giới Thiệu")).one()
            == lan
        )
        actions = {row[0]: row[1] for row in session.execute(select(AuditEntry.entity_id, AuditEntry.action)
                   .where(AuditEntry.action.in_(["merge", "merge_away"]), AuditEntry.user_id == boss.id))}  # fmt: skip
        assert actions == {lan: "merge", double: "merge_away"}
        notices = select(Notification.user_id).where(Notification.kind == "customer.merged")
        assert set(session.scalars(notices)) == {shop.seller.id, shop.colleague.id}
    assert "Khách hay gọi buổi sáng" in client.get(f"/discussion/customer/{lan}").text
    planner = shop.world.user(shop.tenant, "customer.read", "customer.view_all", "activity.read", "activity.view_all")
    assert "Gửi báo giá" in shop.world.client(planner).get(f"/activity/of-customer/{lan}").text
    assert str(lan) in client.get("/customer/customers/?q=bà năm").text
    led = client.get(f"/customer/customers/{double}?tab=contacts")
    assert (led.status_code, led.location) == (303, f"/customer/customers/{lan}?tab=contacts")
    assert "Cty Lan Anh" in client.get("/customer/customers/bin/").text
    assert referring(shop, double) == {"vault_badge": 1, "vault_parcel": 1, **left_behind(shop, double)}

    back = undo(shop, boss, double)
    assert back.status_code == 200
    assert "two customers again" in back.text
    after = state(shop)
    assert {table: rows for table, rows in after.items() if rows != before[table]} == {}
    assert client.get(f"/customer/customers/{double}").status_code == 200
    assert shop.world.client(shop.seller).get(f"/customer/customers/{lan}").status_code == 200
    link = re.search(r"/customer/merges/([0-9a-f-]{36})", client.get("/customer/merges/").text)
    assert link
    assert client.post(f"/customer/merges/{link[1]}/undo").status_code == 409, "once"


def left_behind(shop: Shop, id: UUID) -> dict[str, int]:
    """Rows of customers themselves that stay with the one that went, because the kept one has the same."""
    return {table: n for table, n in referring(shop, id).items() if table.startswith(("customer_", "core_"))}


@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-017", "SYS-02", "SYS-06")
def test_what_cannot_be_merged_changes_nothing(shop: Shop, boss: Any) -> None:
    from addons.vault.models import Entry

    from addons.customer.models import Customer

    lan, mai = shop.customer(name="Lan"), shop.customer(name="Mai")
    hidden = shop.customer(by=shop.colleague, name="Của Ánh")
    booked = shop.customer(name="Có Sổ")
    elsewhere = Shop(**{**vars(shop), "tenant": shop.world.tenant()})
    with shop.world.session(elsewhere.tenant) as session:
        foreign = Customer(name="Nơi Khác")
        session.add(foreign)
        session.flush()
        foreign_id = foreign.id
    with shop.world.session(shop.tenant) as session:
        session.add(Entry(customer_id=booked))
    rights = ("customer.read", "customer.edit", "customer.delete", "customer.change_owner")
    limited = shop.world.user(shop.tenant, *rights, name="Tạ Bình")
    only_delete = shop.world.user(shop.tenant, "customer.read", "customer.view_all", "customer.delete")
    before = state(shop)

    def status(by: Any, *ids: Any, **sent: Any) -> tuple[int, int]:
        client, data = shop.world.client(by), {"ids": [str(id) for id in ids], "version0": "1", "version1": "1", **sent}
        return client.get(MERGE, query_string=data).status_code, client.post(MERGE, data=data).status_code

    assert status(boss, lan, lan) == (422, 422), "the same one twice"
    assert status(boss, lan) == status(boss) == status(boss, lan, mai, hidden) == (422, 422)
    assert status(boss, lan, "nonsense") == status(boss, lan, uuid4()) == status(boss, lan, foreign_id) == (404, 404)
    assert status(limited, lan, mai) == (404, 404), "out of sight"
    assert status(shop.seller, lan, mai) == status(only_delete, lan, mai) == (403, 403)
    assert status(boss, lan, mai, version1="7") == (200, 409), "changed since it was looked at"
    assert status(boss, lan, mai, version0="") == (200, 409)
    page = look(shop, boss, lan, booked).text
    assert "Entries that never change refer to Có Sổ" in page
    assert status(boss, lan, booked) == (200, 409)
    with shop.world.session(shop.tenant) as session:
        session.need(Customer, mai).note = "owes"
    before = state(shop)
    kept = merge(shop, boss, lan, mai)
    assert kept.status_code == 409, "what forbids deletion did not move"
    assert "1 open debt" in kept.text
    assert state(shop) == before
    answer = send(shop, boss, "merge", [lan, mai])
    assert answer.status_code == 303
    assert f"ids={lan}&ids={mai}" in answer.location
    assert (
        "Tick exactly two" in shop.world.client(boss).get(send(shop, boss, "merge", [lan, mai, hidden]).location).text
    )
    assert merge(shop, boss, booked, lan).status_code == 303, "the other way round"


@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-005", "CUS-017")
def test_a_chain_of_merges_leads_on_and_is_undone_from_its_end(shop: Shop, boss: Any) -> None:
    from addons.customer.models import Customer
    from addons.customer.services import update_customer

    client = shop.world.client(boss)
    first = shop.customer(name="Lan Một", phone="0912 000 001")
    second = shop.customer(name="Lan Hai", phone="0912 000 002", phone2="0912 000 003")
    third = shop.customer(name="Lan Ba", phone="0912 000 004")
    between = shop.customer(name="Giữa", referrer_customer_id=first)
    client.post(f"/customer/customers/{second}/edit", data=shop.form(name="Lan Hai", phone="0912000002",
                phone2="0912000003", referrer=f"customer:{between}", version="1"))  # fmt: skip
    assert shop.stored("Lan Hai").referrer_customer_id == between

    assert merge(shop, boss, second, first).status_code == 303
    assert shop.stored("Giữa").referrer_customer_id == second
    assert shop.stored("Lan Hai").referrer_customer_id is None, "else he would have referred himself"
    assert merge(shop, boss, third, second).status_code == 303
    for gone in (first, second):
        assert client.get(f"/customer/customers/{gone}").location == f"/customer/customers/{third}"
    assert merge(shop, boss, third, between).status_code == 303
    assert shop.stored("Lan Ba").referrer_customer_id is None
    numbers = client.get(f"/customer/customers/{third}?tab=contacts").text
    assert "0912 000 003" in numbers + client.get(f"/customer/customers/{third}").text, "no number is lost"

    refused = undo(shop, boss, first)
    assert refused.status_code == 409
    assert "Undo that first" in refused.text
    with shop.world.session(shop.tenant, boss) as session:
        changed = {"name": "Lan Ba Mới", "phone2": "0977 123 456", "website": "lan.vn"}
        update_customer(session, session.need(Customer, third), **changed)
    new = shop.customer(name="Sau Khi Gộp", referrer_customer_id=third)
    undone = undo(shop, boss, second)
    assert undone.status_code == 200
    assert "Changed since, so it stays as it is: Phone" in undone.text
    one = shop.stored("Lan Ba Mới")
    assert (one.id, one.phone2, one.website) == (third, "+84977123456", "https://lan.vn")
    assert shop.stored("Sau Khi Gộp").referrer_customer_id == third
    assert new
    assert shop.stored("Lan Hai").phone == "+84912000002"
    assert client.get(f"/customer/customers/{first}").location == f"/customer/customers/{second}"
    assert undo(shop, boss, first).status_code == 200
    assert shop.stored("Lan Một").phone == "+84912000001"
    assert client.get(f"/customer/customers/{first}").status_code == 200

    from core.settings.services import change_settings

    assert merge(shop, boss, first, second).status_code == 303
    with shop.world.session(shop.tenant) as session:
        change_settings(session, "customer", {"undo_days": 0})
    late = undo(shop, boss, second)
    assert late.status_code == 409
    assert "cannot be undone any more" in late.text


@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-017")
def test_the_warning_of_a_duplicate_leads_to_a_merge(shop: Shop, boss: Any) -> None:
    from addons.customer.models import Customer
    from addons.customer.services import update_customer

    client = shop.world.client(boss)
    lan = shop.customer(name="Lan", phone="0912 345 678")
    sent = shop.form(name="Lan Nữa", phone="0912345678", owner_id=str(boss.id))
    warned = client.post("/customer/customers/new", data=sent)
    assert warned.status_code == 422
    assert f'name="merge_with" value="{lan}"' in warned.text
    made = client.post("/customer/customers/new", data={**sent, "confirm": "y", "merge_with": str(lan)})
    again = shop.stored("Lan Nữa").id
    assert made.location == f"{MERGE}?ids={lan}&ids={again}"
    assert "Lan Nữa is merged into" in client.get(made.location).text
    question = client.get(f"/customer/customers/{lan}/merge").text
    assert f"ids={lan}&amp;ids={again}" in question, "the likely one is offered"
    chosen = client.post(f"/customer/customers/{lan}/merge", data={"other_id": str(again)})
    assert chosen.location == f"{MERGE}?ids={lan}&ids={again}"
    assert client.post(f"/customer/customers/{lan}/merge", data={"other_id": str(lan)}).status_code == 422
    seller = shop.world.client(shop.seller)
    mine = shop.form(name="Lan Ba", phone="0912345678")
    assert "merge_with" not in seller.post("/customer/customers/new", data=mine).text, "who may not merge"
    with shop.world.session(shop.tenant, boss) as session:
        update_customer(session, session.need(Customer, again), phone="0912 345 679")
    changed = {**sent, "version": str(shop.stored("Lan Nữa").version)}
    warned = client.post(f"/customer/customers/{again}/edit", data=changed)
    assert warned.status_code == 422
    assert f"ids={again}&amp;ids={lan}" in warned.text
