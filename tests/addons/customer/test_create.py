"""New customer: the form, field by field (CUS-001 to CUS-016)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.addons.customer.conftest import Shop

NEW = "/customer/customers/new"


@pytest.mark.req("CUS-001", "CUS-002", "CUS-016")
def test_the_list_leads_to_an_empty_form_which_stores_a_customer(shop: Shop) -> None:
    client = shop.world.client(shop.seller)
    assert NEW in client.get("/customer/customers/").text
    form = client.get(NEW)
    assert form.status_code == 200
    assert 'value="Lê Minh Quân"' in form.text  # the creator is in charge unless he says otherwise

    sent = shop.form(province="ha noi", address="18 ngõ 214", note="Gọi\nbuổi chiều")
    answer = client.post(NEW, data=sent)

    customer = shop.stored("Nguyễn Thị Huyền Trang")
    assert answer.status_code == 303
    assert answer.location == f"/customer/customers/{customer.id}"
    assert customer.owner_id == customer.created_by_id == shop.seller.id
    assert (customer.province, customer.note) == ("Hà Nội", "Gọi\nbuổi chiều")


@pytest.mark.req("SYS-02", "SYS-05")
def test_without_the_right_there_is_no_form(shop: Shop) -> None:
    reader = shop.world.client(shop.world.user(shop.tenant, "customer.read"))
    assert NEW not in reader.get("/customer/customers/").text
    assert reader.get(NEW).status_code == 403
    assert reader.post(NEW, data=shop.form()).status_code == 403
    assert shop.names() == []


@pytest.mark.req("CUS-008")
def test_the_name_is_required_and_everything_that_is_wrong_is_told_at_once(shop: Shop) -> None:
    sent = shop.form(name="  ", source_id=None, phone="abc", website="javascript:alert(1)", birthday="31/02/2020")
    answer = shop.world.client(shop.seller).post(NEW, data=sent)

    assert answer.status_code == 422
    assert 'id="birthday-error"' in answer.text
    sent.pop("birthday")
    answer = shop.world.client(shop.seller).post(NEW, data=sent)
    for field in ("name", "source_id", "phone", "website"):
        assert f'id="{field}-error"' in answer.text
    assert shop.names() == []


@pytest.mark.req("CUS-008", "CUS-009")
def test_salutation_and_name_address_the_customer(shop: Shop) -> None:
    from addons.customer.api import merge_variables

    shop.world.client(shop.seller).post(NEW, data=shop.form(salutation="Chị", phone="0912 345 678"))

    variables = merge_variables(shop.stored("Nguyễn Thị Huyền Trang"))
    assert variables["customer_name"] == "Chị Nguyễn Thị Huyền Trang"
    assert variables["customer_phone"] == "0912 345 678"
    assert variables["customer_email"] == ""


@pytest.mark.req("CUS-008")
@pytest.mark.parametrize(("name", "is_odd"), [("Trang", True), ("Huyền Trang", False), ("Nhà hàng Sen", False)])
def test_a_one_word_name_is_doubted_and_saved(shop: Shop, name: str, is_odd: bool) -> None:
    client = shop.world.client(shop.seller)
    sent = shop.form(name=name)
    hint = client.post("/customer/customers/validate", data=sent, htmx=True, headers={"HX-Trigger-Name": "name"})
    assert ("full name?" in hint.text) is is_odd
    assert client.post(NEW, data=sent).status_code == 303
    assert shop.names() == [name]


@pytest.mark.req("CUS-010")
def test_nobody_or_a_colleague_may_be_in_charge(shop: Shop) -> None:
    client = shop.world.client(shop.seller)
    empty = client.post(NEW, data=shop.form(name="Chưa Ai", owner_id=""))
    given = client.post(NEW, data=shop.form(name="Cho Ánh", owner_id=str(shop.colleague.id)))

    assert shop.stored("Chưa Ai").owner_id is None
    assert shop.stored("Cho Ánh").owner_id == shop.colleague.id
    assert empty.location == given.location == "/customer/customers/"  # out of his sight now


@pytest.mark.req("CUS-010", "CUS-006")
def test_a_locked_account_cannot_be_put_in_charge(shop: Shop) -> None:
    lock(shop)
    answer = shop.world.client(shop.seller).post(NEW, data=shop.form(owner_id=str(shop.colleague.id)))
    assert answer.status_code == 422
    assert "locked" in answer.text
    assert shop.names() == []


def lock(shop: Shop) -> None:
    from core.access.models import User

    with shop.world.session(shop.tenant) as session:
        session.need(User, shop.colleague.id).is_active = False


REQUIRED = {
    "source_id": "customer.source_required",
    "group_ids": "customer.group_required",
    "relationship_id": "customer.relationship_required",
}


@pytest.mark.req("CUS-011", "CUS-012", "CUS-013", "SYS-08")
@pytest.mark.parametrize("field", REQUIRED)
def test_source_group_and_relationship_are_required_until_a_setting_says_otherwise(shop: Shop, field: str) -> None:
    from core.settings import set_setting

    client = shop.world.client(shop.seller)
    sent = shop.form(**{field: None})
    refused = client.post(NEW, data=sent)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text

    with shop.world.session(shop.tenant) as session:
        set_setting(session, REQUIRED[field], False)
    assert client.post(NEW, data=sent).status_code == 303


@pytest.mark.req("CUS-012", "CLS-05")
def test_a_customer_stands_in_several_groups(shop: Shop) -> None:
    from addons.customer.models import CustomerGroup, CustomerGroupMember

    with shop.world.session(shop.tenant) as session:
        ids = list(session.scalars(select(CustomerGroup.id).order_by(CustomerGroup.position)))[:3]
    sent = shop.form(group_ids=[str(id) for id in (*ids, ids[0])])
    assert shop.world.client(shop.seller).post(NEW, data=sent).status_code == 303
    with shop.world.session(shop.tenant) as session:
        assert set(session.scalars(select(CustomerGroupMember.group_id))) == set(ids)


@pytest.mark.req("CUS-011")
def test_an_entry_of_another_business_or_one_switched_off_is_no_choice(shop: Shop) -> None:
    from addons.customer.models import CustomerSource

    elsewhere = shop.world.tenant()
    with shop.world.session(elsewhere) as session:
        foreign = session.scalars(select(CustomerSource.id)).first()
    with shop.world.session(shop.tenant) as session:
        session.need(CustomerSource, shop.source_id).is_active = False
    client = shop.world.client(shop.seller)
    for id in (foreign, shop.source_id, "no id"):
        assert client.post(NEW, data=shop.form(source_id=str(id))).status_code == 422
    assert shop.names() == []


@pytest.mark.req("CUS-014")
def test_phones_are_kept_as_numbers_and_as_they_were_typed(shop: Shop) -> None:
    sent = shop.form(
        phone="01695.678.945", phone2="(024) 3822 1234", email="Trang@Mail.Example", website="huyentrang.vn"
    )
    assert shop.world.client(shop.seller).post(NEW, data=sent).status_code == 303

    customer = shop.stored("Nguyễn Thị Huyền Trang")
    assert (customer.phone, customer.phone_raw) == ("+84395678945", "01695.678.945")
    assert customer.phone2 == "+842438221234"
    assert (customer.email, customer.website) == ("trang@mail.example", "https://huyentrang.vn")


@pytest.mark.req("CUS-014")
def test_an_odd_email_website_or_tax_code_is_doubted_and_saved(shop: Shop) -> None:
    client = shop.world.client(shop.seller)
    sent = shop.form(email="trang@", website="huyentrang", tax_code="0100047517")
    for field in ("email", "website", "tax_code"):
        hint = client.post("/customer/customers/validate", data=sent, htmx=True, headers={"HX-Trigger-Name": field})
        assert hint.status_code == 200
        assert "This does not look like" in hint.text or "check digit" in hint.text
    assert client.post(NEW, data=sent).status_code == 303


@pytest.mark.req("CUS-014")
@pytest.mark.parametrize(
    ("code", "is_right"),
    [
        ("0100047516", True),
        ("0108156901", True),
        ("0100233488-001", True),
        ("001090012345", True),
        ("0100047517", False),
    ],
)
def test_tax_codes_are_judged_by_their_check_digit(code: str, is_right: bool) -> None:
    from addons.customer.tax_codes import is_tax_code, normalise_tax_code

    assert is_tax_code(normalise_tax_code(f" {code[:4]} {code[4:]} ")) is is_right


@pytest.mark.req("CUS-015", "CUS-039")
def test_contacts_are_entered_with_the_customer_and_find_him(shop: Shop) -> None:
    client = shop.world.client(shop.seller)
    contacts = {
        "contacts-0-name": "Đỗ Mạnh Cường",
        "contacts-0-position": "Giám đốc",
        "contacts-0-phone": "0987 654 321",
        "contacts-0-is_main": "y",
        "contacts-1-name": "",
        "contacts-2-name": "Vũ Thị Diễm",
    }
    answer = client.post(NEW, data=shop.form(name="Công ty Bình Minh", **contacts))
    assert answer.status_code == 303

    page = client.get(f"{answer.location}?tab=contacts").text
    assert page.index("Đỗ Mạnh Cường") < page.index("Vũ Thị Diễm")
    assert "tel:+84987654321" in page
    assert "Công ty Bình Minh" in client.get("/customer/customers/?q=0987654321").text
    assert "Công ty Bình Minh" in client.get("/customer/customers/?q=do manh cuong").text


@pytest.mark.req("CUS-015")
def test_one_contact_at_most_is_the_main_one_and_each_has_a_name(shop: Shop) -> None:
    client = shop.world.client(shop.seller)
    two = {"contacts-0-name": "A B", "contacts-0-is_main": "y", "contacts-1-name": "C D", "contacts-1-is_main": "y"}
    assert "Only one contact" in client.post(NEW, data=shop.form(**two)).text
    nameless = client.post(NEW, data=shop.form(**{"contacts-0-phone": "0987654321"}))
    assert nameless.status_code == 422
    assert 'id="contacts-0-name-error"' in nameless.text
    assert shop.names() == []


@pytest.mark.req("CUS-015")
def test_contacts_are_changed_and_removed_with_the_customer(shop: Shop) -> None:
    from addons.customer.models import CustomerContact

    id = shop.customer(contacts=[{"name": "Đỗ Mạnh Cường"}, {"name": "Vũ Thị Diễm"}])
    with shop.world.session(shop.tenant) as session:
        kept = session.scalar(select(CustomerContact.id).where(CustomerContact.name == "Vũ Thị Diễm"))
    sent = shop.form(version="1", **{"contacts-0-id": str(kept), "contacts-0-name": "Vũ Thị Ngọc Diễm"})
    sent["version"] = version_of(shop, id)
    answer = shop.world.client(shop.seller).post(f"/customer/customers/{id}/edit", data=sent)
    assert answer.status_code == 303
    with shop.world.session(shop.tenant) as session:
        assert [(row.id, row.name) for row in session.scalars(select(CustomerContact))] == [(kept, "Vũ Thị Ngọc Diễm")]


def version_of(shop: Shop, id: object) -> str:
    from addons.customer.models import Customer

    with shop.world.session(shop.tenant) as session:
        return str(session.scalar(select(Customer.version).where(Customer.id == id)))


@pytest.mark.req("CUS-016")
def test_saving_twice_from_one_form_is_told_as_a_duplicate(shop: Shop) -> None:
    client = shop.world.client(shop.seller)
    sent = shop.form(phone="0912345678")
    assert client.post(NEW, data=sent).status_code == 303
    assert client.post(NEW, data=sent).status_code == 422
    assert len(shop.names()) == 1


@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-015", "CUS-039")
def test_a_program_that_changes_contacts_alone_moves_the_version(shop: Shop) -> None:
    lan = shop.customer(name="Lan", contacts=[{"name": "Ông Tư"}])
    writer = shop.world.user(
        shop.tenant, *("customer." + each for each in ("read", "view_all", "edit")), "core.use_api"
    )
    program, path = (
        shop.world.program(writer, "customer.read", "customer.view_all", "customer.edit"),
        f"/customer/customers/{lan}",
    )
    first = program.get(path).json
    changed = program.patch(path, {"version": first["version"], "contacts": [{"name": "Bà Năm"}]})
    assert changed.status_code == 200, changed.text
    assert changed.json["version"] > first["version"]
    stale = program.patch(path, {"version": first["version"], "contacts": [{"name": "Người khác"}]})
    assert stale.status_code == 409
    assert [each["name"] for each in program.get(path).json["contacts"]] == ["Bà Năm"]
    again = program.patch(path, {"version": changed.json["version"], "name": "Lan"})
    assert again.json["version"] == changed.json["version"], "nothing was changed"
