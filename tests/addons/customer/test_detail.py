"""A customer's page: header, discussion, quick changes and the menu (CUS-018 to CUS-020, CUS-034, CUS-053)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from tests.addons.customer.conftest import Shop
from tests.core.resources.pages import Page, read, sent_by


def url(id: Any, verb: str = "") -> str:
    return f"/customer/customers/{id}{verb}"


@pytest.mark.req("CUS-018", "CUS-019", "CUS-038")
def test_the_list_opens_the_page_whose_header_says_who_it_is(shop: Shop) -> None:
    id = shop.customer(
        salutation="Chị", phone="0912345678", email="trang@mail.example", address="18 ngõ 214", province="Hà Nội"
    )
    client = shop.world.client(shop.seller)
    assert f'href="{url(id)}"' in client.get("/customer/customers/").text
    header = client.get(url(id)).text.partition('class="who"')[2].partition("</header>")[0]
    for text in (
        "Chị Nguyễn Thị Huyền Trang", "tel:+84912345678", "0912 345 678", "trang@mail.example", "18 ngõ 214, Hà Nội",
        "Lê Minh Quân", "Mới",
    ):  # fmt: skip
        assert text in header


@pytest.mark.req("CUS-053", "SYS-06")
def test_who_may_not_see_a_customer_gets_the_page_of_one_that_does_not_exist(shop: Shop) -> None:
    id = shop.customer()
    client = shop.world.client(shop.colleague)
    for verb in ("", "/edit", "/relationship", "/owner"):
        there, nowhere = client.get(url(id, verb)), client.get(url(uuid.uuid4(), verb))
        assert there.status_code == nowhere.status_code == 404
        assert "Nguyễn Thị Huyền Trang" not in there.text
    assert client.post(url(id, "/edit"), data=shop.form(version="1")).status_code == 404


@pytest.mark.req("CUS-053", "SYS-05")
def test_the_menu_offers_what_the_user_may(shop: Shop) -> None:
    id = shop.customer()
    seller, manager = (shop.world.client(user).get(url(id)).text for user in (shop.seller, shop.manager))
    assert f'data-copy="{url(id)}"' in seller
    assert url(id, "/edit") in seller
    assert url(id, "/delete") not in seller
    assert url(id, "/delete") in manager
    assert shop.world.client(shop.seller).post(url(id, "/delete")).status_code == 403


@pytest.mark.req("CUS-053")
def test_deleting_asks_moves_to_the_recycle_bin_and_can_be_undone(shop: Shop) -> None:
    id = shop.customer()
    client = shop.world.client(shop.manager)
    assert "Nguyễn Thị Huyền Trang" in client.get(url(id, "/delete")).text
    assert shop.names() == ["Nguyễn Thị Huyền Trang"]  # asking deletes nothing

    client.post(url(id, "/delete"))
    assert shop.names() == []
    assert client.get(url(id)).status_code == 404
    client.post(url(id, "/restore"))
    assert shop.names() == ["Nguyễn Thị Huyền Trang"]


@pytest.mark.req("CUS-036", "SYS-18")
def test_the_record_of_changes_says_who_changed_what(shop: Shop) -> None:
    from addons.customer.models import CustomerGroup
    from core.audit import AuditEntry

    id = shop.customer(note="Cũ")
    with shop.world.session(shop.tenant) as session:
        other = session.scalars(select(CustomerGroup.id).order_by(CustomerGroup.position.desc())).first()
    sent = shop.form(note="Mới", group_ids=str(other), version="1")
    assert shop.world.client(shop.seller).post(url(id, "/edit"), data=sent).status_code == 303
    with shop.world.session(shop.tenant) as session:
        query = select(AuditEntry).where(AuditEntry.entity_id == id, AuditEntry.action == "update")
        changes: dict[str, Any] = {}
        for entry in session.scalars(query):
            assert entry.user_id == shop.seller.id
            changes |= entry.changes
    assert changes["note"] == ["Cũ", "Mới"]
    assert changes["groups"] == [["Khách lẻ"], ["VIP"]]


@pytest.mark.req("SYS-18")
def test_a_stale_form_loses_nothing_and_overwrites_nothing(shop: Shop) -> None:
    id = shop.customer(note="Cũ")
    client = shop.world.client(shop.seller)
    assert client.post(url(id, "/edit"), data=shop.form(note="Thứ nhất", version="1")).status_code == 303
    stale = client.post(url(id, "/edit"), data=shop.form(note="Thứ hai", version="1"))
    assert stale.status_code == 409
    assert "Thứ hai" in stale.text
    assert "Thứ nhất" in stale.text
    assert shop.stored("Nguyễn Thị Huyền Trang").note == "Thứ nhất"


@pytest.mark.req("SYS-18", "CUS-015")
def test_two_who_edit_the_contacts_of_a_customer_are_asked_about_what_both_changed_alone(shop: Shop) -> None:
    """Rows are told apart by their ids: a new one on either side stays, one that was removed goes, and a field is a choice."""
    from addons.customer.queries import list_contacts

    contacts = {
        "contacts-0-name": "Anh Ba", "contacts-0-phone": "0912345678", "contacts-0-note": "gọi sáng",
        "contacts-1-name": "Chị Tư", "contacts-2-name": "Bác Sáu",
    }  # fmt: skip
    id = shop.customer()
    seller, manager = shop.world.client(shop.seller), shop.world.client(shop.manager)
    first = sent_by(read(seller, url(id, "/edit")))
    assert seller.post(url(id, "/edit"), data={**first, **contacts}).status_code == 303
    opened, theirs = (sent_by(read(client, url(id, "/edit"))) for client in (seller, manager))

    gone = {name: value for name, value in theirs.items() if not name.startswith("contacts-1-")}
    saved = manager.post(
        url(id, "/edit"), data={**gone, "contacts-0-phone": "0987654321", "contacts-0-position": "Kế toán",
                                "contacts-3-name": "Cô Tám"},
    )  # fmt: skip
    assert saved.status_code == 303
    mine = {**opened, "contacts-0-phone": "0909090909", "contacts-0-note": "gọi chiều", "contacts-5-name": "Chú Mười"}
    answer = seller.post(url(id, "/edit"), data=mine)
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "Anh Ba · Phone" in page.text
    assert "When you opened it: 0912 345 678" in page.text
    sent = sent_by(page)
    (choice,) = (name for name in sent if name.startswith("take-"))
    assert seller.post(url(id, "/edit"), data={**sent, choice: "theirs"}).status_code == 303
    with shop.world.session(shop.tenant) as session:
        contacts = list_contacts(session, id)
    assert [(each.name, each.phone, each.position, each.note) for each in contacts] == [
        ("Anh Ba", "+84987654321", "Kế toán", "gọi chiều"),
        ("Bác Sáu", None, None, None),
        ("Cô Tám", None, None, None),
        ("Chú Mười", None, None, None),
    ]


@pytest.mark.req("CUS-029", "CUS-041")
def test_the_relationship_is_changed_from_the_header(shop: Shop) -> None:
    from addons.customer.models import CustomerRelationship

    id = shop.customer()
    with shop.world.session(shop.tenant) as session:
        loyal = session.scalar(select(CustomerRelationship.id).where(CustomerRelationship.name == "Khách thân thiết"))
    client = shop.world.client(shop.seller)
    assert "Khách thân thiết" in client.get(url(id, "/relationship"), htmx="dialog").text
    assert client.post(url(id, "/relationship"), data={"relationship_id": str(loyal)}).status_code == 303
    assert "Khách thân thiết" in client.get(url(id)).text
    assert client.post(url(id, "/relationship"), data={"relationship_id": ""}).status_code == 422


@pytest.mark.req("CUS-029", "SYS-02")
def test_the_relationship_needs_its_right_in_the_form_too(shop: Shop) -> None:
    from addons.customer.models import CustomerRelationship

    id = shop.customer()
    editor = shop.world.user(shop.tenant, "customer.read", "customer.view_all", "customer.edit")
    client = shop.world.client(editor)
    assert 'name="relationship_id"' not in client.get(url(id, "/edit")).text
    assert client.post(url(id, "/relationship"), data={}).status_code == 403
    with shop.world.session(shop.tenant) as session:
        loyal = session.scalar(select(CustomerRelationship.id).where(CustomerRelationship.name == "Khách thân thiết"))
    sent = shop.form(relationship_id=str(loyal), owner_id=str(editor.id), note="Mới", version="1")
    assert client.post(url(id, "/edit"), data=sent).status_code == 303
    customer = shop.stored("Nguyễn Thị Huyền Trang")
    assert (customer.note, customer.relationship_id, customer.owner_id) == ("Mới", shop.relationship_id, shop.seller.id)


@pytest.mark.req("CUS-030", "OWN-14")
def test_one_hands_over_his_own_customers_and_the_new_person_is_told(shop: Shop) -> None:
    from core.notifications import Notification

    id = shop.customer()
    client = shop.world.client(shop.seller)
    answer = client.post(url(id, "/owner"), data={"owner_id": str(shop.colleague.id)})
    assert answer.location == "/customer/customers/"
    assert client.get(url(id)).status_code == 404
    assert shop.world.client(shop.colleague).get(url(id)).status_code == 200
    with shop.world.session(shop.tenant) as session:
        notice = session.scalars(select(Notification)).one()
        assert notice.user_id == shop.colleague.id


@pytest.mark.req("CUS-030", "OWN-14")
def test_others_customers_need_the_right(shop: Shop) -> None:
    id = shop.customer()
    editor = shop.world.user(shop.tenant, "customer.read", "customer.view_all", "customer.edit")
    shop.world.client(editor).post(url(id, "/owner"), data={"owner_id": str(editor.id)})
    assert shop.stored("Nguyễn Thị Huyền Trang").owner_id == shop.seller.id
    shop.world.client(shop.manager).post(url(id, "/owner"), data={"owner_id": ""})
    assert shop.stored("Nguyễn Thị Huyền Trang").owner_id is None


@pytest.mark.req("CUS-020", "CUS-034", "CUS-025")
def test_who_is_related_writes_and_who_only_sees_reads(shop: Shop) -> None:
    id = shop.customer()
    panel = f"/discussion/customer/{id}"
    seller, manager = shop.world.client(shop.seller), shop.world.client(shop.manager)
    assert panel in seller.get(url(id)).text

    post = {"body": "Khách hẹn gọi lại lúc 15:30", "post_key": str(uuid.uuid4())}
    for _twice in range(2):  # a double click
        assert seller.post(panel, data=post).status_code == 303
    assert manager.get(panel).text.count("Khách hẹn gọi lại lúc 15:30") == 1
    assert manager.post(panel, data={**post, "post_key": str(uuid.uuid4())}).status_code == 403
    assert seller.post(panel, data={"body": "  ", "post_key": str(uuid.uuid4())}).status_code == 422
    assert shop.world.client(shop.colleague).get(panel).status_code == 404


@pytest.mark.req("CUS-042", "SYS-01")
def test_a_hostile_name_is_only_text(shop: Shop) -> None:
    hostile = '"><script>alert(1)</script>'
    id = shop.customer(name=hostile, note="{{ 7*7 }}")
    client = shop.world.client(shop.seller)
    for path in (url(id), "/customer/customers/", url(id, "/edit"), f"/customer/referrers?q={hostile}"):
        assert "<script>alert" not in client.get(path).text


@pytest.mark.req("SYS-02", "OWN-14", "CUS-041")
@pytest.mark.parametrize("field", ["owner_id", "relationship_id"])
def test_the_service_asks_for_the_rights_whoever_calls_it(shop: Shop, field: str) -> None:
    from addons.customer.models import Customer, CustomerRelationship
    from addons.customer.services import update_customer
    from core.errors import DomainError

    id = shop.customer()
    editor = shop.world.user(shop.tenant, "customer.read", "customer.view_all", "customer.edit")
    with shop.world.session(shop.tenant) as session:
        other = session.scalars(select(CustomerRelationship.id).order_by(CustomerRelationship.position.desc())).first()
    values: Any = {"owner_id": editor.id} if field == "owner_id" else {"relationship_id": other}
    with shop.world.session(shop.tenant, editor) as session, pytest.raises(DomainError) as refused:
        update_customer(session, session.need(Customer, id), **values)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("forbidden", field)]
