"""What another addon adds to customers, and that it is gone where the addon is off."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from core.testing.databases import AddonSet
from core.testing.queries import recorded_statements
from tests.addons.customer.conftest import Shop
from tests.addons.customer.test_bulk import send


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("customer", "deals"), (Path(__file__).parent / "root",))


@pytest.mark.req("SHR-06", "SHR-09", "OWN-05")
def test_documents_are_shared_and_passed_on_only_while_their_addon_is_on(shop: Shop) -> None:

    from addons.deals.extends.customer import PASSED_ON

    from addons.customer.models import CustomerShare
    from core.tenancy.services import disable_addon

    lan = shop.customer(name="Lan")
    client, path = shop.world.client(shop.seller), f"/customer/customers/{lan}"
    people = f"user:{shop.colleague.id}"
    client.post(f"{path}/share", data={"option": "add", "people": people})
    client.post(f"{path}/share", data={"option": "add", "people": people, "boxes": "deals"})
    client.post(f"{path}/share", data={"option": "add", "people": people})
    with shop.world.session(shop.tenant) as session:
        assert session.scalars(select(CustomerShare.boxes)).one() == ["basic", "deals"]
    assert "Basic information, Deals" in client.get(f"{path}?tab=viewers").text

    with shop.world.session(shop.tenant) as session:
        disable_addon(session, "deals")
    assert "Old deals" not in client.get(f"{path}/handover").text
    assert "Deals" not in client.get(f"{path}?tab=viewers").text
    PASSED_ON.clear()
    assert client.post(f"{path}/handover", data={"people": people, "boxes": "deals"}).status_code == 303
    assert PASSED_ON == []


@pytest.mark.req("CUS-030")
def test_the_short_form_passes_everything_on_unless_a_tick_is_taken_away(shop: Shop) -> None:
    from addons.deals.extends.customer import PASSED_ON

    lan, mai = shop.customer(name="Lan"), shop.customer(name="Mai")
    client = shop.world.client(shop.seller)
    form = client.get(f"/customer/customers/{lan}/owner").text
    assert re.search(r'<input[^>]*name="boxes"[^>]*checked|<input[^>]*checked[^>]*name="boxes"', form)
    PASSED_ON.clear()
    owner = str(shop.colleague.id)
    assert (
        client.post(f"/customer/customers/{lan}/owner", data={"owner_id": owner, "boxes": "deals"}).status_code == 303
    )
    assert client.post(f"/customer/customers/{mai}/owner", data={"owner_id": owner}).status_code == 303
    assert [each.customer_id for each in PASSED_ON] == [lan]


@pytest.mark.req("OWN-05")
def test_ticked_documents_go_to_the_new_person(shop: Shop) -> None:
    from addons.deals.extends.customer import PASSED_ON

    lan, mai = shop.customer(name="Lan"), shop.customer(name="Mai")
    PASSED_ON.clear()
    people = f"user:{shop.colleague.id}"
    send(shop, shop.seller, "owner", [lan], people=people)
    assert PASSED_ON == []
    send(shop, shop.seller, "owner", [mai], people=people, boxes="deals")
    assert [(each.customer_id, each.from_user_id, each.to_user_id) for each in PASSED_ON] == [
        (mai, shop.seller.id, shop.colleague.id)
    ]


def tabs_of(page: str) -> dict[str, str]:
    """Name of a tab → its number, in the order of the page."""
    listed = page.partition('<ul class="tabs">')[2].partition("</ul>")[0]
    return {
        " ".join(re.sub("<[^>]+>", "", name).split()): number
        for name, number in re.findall(r"<a [^>]*>([^<]+)(?:<span class=\"count\">([^<]*)</span>)?</a>", listed)
    }


@pytest.mark.req("CUS-026", "CUS-037", "CUS-043")
def test_a_tab_and_a_quick_action_of_another_addon_stand_among_the_customers_own(shop: Shop) -> None:
    from addons.customer.models import Customer
    from core.attachments import attach
    from core.tenancy.services import disable_addon

    lan = shop.customer(name="Lan", contacts=[{"name": "Ông Tư"}, {"name": "Bà Năm"}])
    shop.customer(name="Mai", referrer_customer_id=lan)
    shop.customer(by=shop.colleague, name="Của Ánh", referrer_customer_id=lan)
    salesperson = ("customer.read", "customer.edit", "customer.change_relationship", "customer.comment")
    dealer = shop.world.user(shop.tenant, *salesperson, "deals.read", name="Phạm Hoàng Giang")
    seller, client = shop.world.client(shop.seller), shop.world.client(dealer)
    path, panel = f"/customer/customers/{lan}", f"/discussion/customer/{lan}"
    seller.post(f"{path}/share", data={"option": "add", "people": f"user:{dealer.id}"})
    seller.post(panel, data={"files": (io.BytesIO(b"%PDF-1.7"), "báo giá.pdf")})

    with recorded_statements() as statements:
        page = client.get(path).text
    assert len(statements) <= 10, "\n\n".join(statements)
    assert tabs_of(page) == {
        "Information": "", "Contacts": "2", "Documents": "1", "Deals": "2", "Feedback": "0", "Referrer": "0",
        "Messages": "0", "Tier": "", "Viewers": "",
    }  # fmt: skip
    assert tabs_of(seller.get(path).text)["Referrer"] == "1"
    expected = ["Information", "Contacts", "Documents", "Deals", "Feedback", "Referrer", "Messages", "Tier", "Viewers"]
    assert list(tabs_of(page)) == expected
    new = f'href="/deals/new/{lan}"'
    for text in (page, client.get(panel).text):  # on the page and beside the composer
        assert f"{path}/relationship" in text
        assert f"{path}/owner" in text
        assert new in text
    assert "New deal" in client.get(panel).text
    assert f'hx-get="/deals/of/{lan}"' in client.get(f"{path}?tab=deals.of_customer").text
    documents = client.get(f"{path}?tab=documents").text
    assert "báo giá.pdf" in documents
    assert "Lê Minh Quân" in documents
    with shop.world.session(shop.tenant, shop.seller) as session:  # a file of the customer itself, in the same tab
        file = FileStorage(io.BytesIO(b"%PDF-1.7"), "giấy phép.pdf")
        attach(session, session.need(Customer, lan), [file])
    assert {"báo giá.pdf", "giấy phép.pdf"} <= set(re.findall(r"[\w ]+\.pdf", client.get(f"{path}?tab=documents").text))
    assert tabs_of(client.get(path).text)["Documents"] == "2"

    assert new not in seller.get(path).text  # lacks the right
    with shop.world.session(shop.tenant) as session:
        disable_addon(session, "deals")
    page = client.get(path).text + client.get(panel).text
    assert "Deals" not in tabs_of(page)
    assert new not in page
