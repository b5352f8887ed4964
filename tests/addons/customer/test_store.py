"""The customer data store page: what there is, by relationship, each number opening its list (CUS-054 to CUS-063)."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from addons.customer.store import share_of
from core.clock import ZONE, local_today
from core.testing.queries import recorded_statements
from tests.addons.customer.conftest import Shop

STORE = "/customer/"


@pytest.mark.req("CUS-059")
@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=8))
def test_a_share_is_rounded_half_up_to_one_decimal(counts: list[int]) -> None:
    total = sum(counts)
    for count in counts:
        exact = Decimal(count) * 100 / total if total else Decimal(0)
        assert share_of(count, total) == exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert abs(sum(share_of(count, total) for count in counts) - (100 if total else 0)) <= Decimal("0.05") * len(counts)


def relationships(shop: Shop) -> dict[str, Any]:
    from addons.customer.models import CustomerRelationship

    with shop.world.session(shop.tenant) as session:
        return {name: id for id, name in session.execute(select(CustomerRelationship.id, CustomerRelationship.name))}


def cells(page: str) -> dict[str, tuple[str, str, str]]:
    """Relationship → (share, count, address) as the page shows them."""
    rows = re.findall(r"<tr><td class=\"name\">.*?</tr>", page, re.DOTALL)
    found = {}
    for row in rows:
        name = re.search(r'class="cut">([^<]+)<', row)
        share = re.search(r'class="num pct">([^<]+) %<', row)
        link = re.search(r'class="num amount"><a href="([^"]+)"[^>]*>([^<]+)<', row)
        assert name and share and link
        found[html.unescape(name[1])] = (share[1], link[2], html.unescape(link[1]))
    return found


def total_of(client: Any, url: str) -> str:
    """The number of rows that the list at ``url`` says it has."""
    found = re.search(r'id="total">.*?class="count">([^<]+)<', client.get(url).text, re.DOTALL)
    assert found, url
    return found[1]


@pytest.mark.req("CUS-054", "CUS-058", "CUS-059", "CUS-060", "CUS-061", "CUS-062", "SYS-06")
def test_each_relationship_with_count_share_and_its_list(shop: Shop) -> None:
    from addons.customer.models import CustomerRelationship

    states = relationships(shop)
    new, loyal, paused = states["Mới"], states["Khách thân thiết"], states["Tạm ngừng"]
    for number, state in enumerate((new, loyal, paused)):
        shop.customer(name=f"Khách {number}", relationship_id=state)
    hidden = shop.customer(name="Của Ánh", by=shop.colleague, relationship_id=new)
    with shop.world.session(shop.tenant) as session:
        session.need(CustomerRelationship, paused).is_active = False
        session.need(CustomerRelationship, states["Có nguy cơ rời bỏ"]).is_active = False
    client = shop.world.client(shop.seller)

    shown = cells(client.get(STORE).text)

    numbers = {name: cell[:2] for name, cell in shown.items()}
    third = ("33.3", "1")
    assert numbers == {
        "Mới": third, "Tiềm năng": ("0", "0"), "Đang thương lượng": ("0", "0"), "Khách thân thiết": third,
        "Tạm ngừng": third,
    }, "those on offer, those that customers still have; three thirds are 33.3 each"  # fmt: skip
    assert {name: total_of(client, cell[2]) for name, cell in shown.items()} == {n: c[1] for n, c in shown.items()}
    assert total_of(client, shown["Mới"][2] + "&q=khach 0") == "1"
    assert total_of(client, shown["Mới"][2] + "&q=cua anh") == "0"

    from addons.customer.models import Customer

    with shop.world.session(shop.tenant) as session:
        session.need(Customer, hidden).relationship_id = None
    seen = cells(shop.world.client(shop.manager).get(STORE).text)
    assert seen["Without relationship"][:2] == ("25", "1")
    assert total_of(shop.world.client(shop.manager), seen["Without relationship"][2]) == "1"
    assert shop.world.client(shop.world.user(shop.tenant)).get(STORE).status_code == 403


@pytest.mark.req("CUS-059", "CUS-063")
def test_plus_adds_a_customer_in_the_relationship_and_nobody_is_no_division_by_zero(shop: Shop) -> None:
    states = relationships(shop)
    client = shop.world.client(shop.seller)
    page = client.get(STORE).text
    assert {cell[:2] for cell in cells(page).values()} == {("0", "0")}
    add = f"/customer/customers/new?relationship_id={states['Tiềm năng']}"
    assert add in html.unescape(page)
    options = re.findall(r"<option[^>]* selected[^>]*>", client.get(add).text)
    assert any(str(states["Tiềm năng"]) in option for option in options), options
    reader = shop.world.client(shop.world.user(shop.tenant, "customer.read"))
    assert "customers/new" not in reader.get(STORE).text


@pytest.mark.req("CUS-057", "CUS-058")
def test_the_number_to_not_forget_opens_the_same_customers(shop: Shop) -> None:
    from tests.addons.customer.test_contact import begins, change, contact, entered

    late, fresh = shop.customer(name="Quá Hạn"), shop.customer(name="Còn Hạn")
    for each in (late, fresh):
        entered(shop, each, begins(100))
    contact(shop, fresh, "customer.by_hand")
    client = shop.world.client(shop.seller)
    page = client.get(STORE).text
    tile = re.search(r'href="([^"]*forgotten[^"]*)".*?tile-value">(\d+)<', page, re.DOTALL)
    assert tile
    listed = client.get(html.unescape(tile[1])).text
    assert tile[2] == "1"
    assert "Quá Hạn" in listed
    assert "Còn Hạn" not in listed
    assert total_of(client, html.unescape(tile[1]) + "&q=con han") == "0"
    assert total_of(client, "/customer/customers/?f.forgotten=0") == "1"
    assert "Quá Hạn" in client.get("/customer/start/to-do").text
    assert "Quá Hạn" not in shop.world.client(shop.manager).get("/customer/start/to-do").text, "he is not in charge"
    change(shop, forget_days=100)
    assert total_of(client, html.unescape(tile[1])) == "0"


@pytest.mark.req("CUS-059")
def test_the_page_costs_the_same_whatever_it_shows(shop: Shop) -> None:
    from addons.customer.models import CustomerRelationship

    client = shop.world.client(shop.manager)
    pages = (STORE, "/customer/start/customers", "/customer/start/to-do")

    def costs() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with recorded_statements() as statements:
                assert client.get(page).status_code == 200
            found.append(len([each for each in statements if "SELECT" in str(each)]))
        return found

    few = costs()
    with shop.world.session(shop.tenant) as session:
        session.add_all(CustomerRelationship(name=f"Mối {number}", position=number) for number in range(10))
    for number, state in enumerate(relationships(shop).values()):
        shop.customer(name=f"Khách {number}", relationship_id=state, by=shop.manager)
    assert costs() == few
    assert max(few) <= 7, few


@pytest.mark.req("CUS-056", "CUS-058", "SYS-06")
def test_newly_updated_counts_comments_and_lists_their_customers(shop: Shop) -> None:
    from addons.customer.models import Customer
    from core.clock import now
    from core.db import uuid7
    from core.discussion.models import Comment
    from core.discussion.reading import mark_read

    lan, mai, hidden = (
        shop.customer(name="Lan"),
        shop.customer(name="Mai"),
        shop.customer(name="Của Ánh", by=shop.manager),
    )
    with shop.world.session(shop.tenant) as session:
        said = [
            (lan, shop.manager),
            (lan, shop.manager),
            (mai, shop.manager),
            (lan, shop.seller),
            (hidden, shop.manager),
        ]
        session.add_all(
            Comment(
                entity="customer", entity_id=id, author_id=who.id, body="Đã gọi.", created_at=now(), post_key=uuid7()
            )
            for id, who in said
        )
    client = shop.world.client(shop.seller)

    def unread() -> tuple[str, set[str]]:
        page = client.get(STORE).text
        tile = re.search(r'href="([^"]*f\.unread=1[^"]*)".*?tile-value">(\d+)<', page, re.DOTALL)
        assert tile
        listed = client.get(html.unescape(tile[1])).text
        return tile[2], {name for name in ("Lan", "Mai", "Của Ánh") if f">{name}</a>" in listed}

    assert unread() == ("3", {"Lan", "Mai"}), "comments, not customers; neither his own nor those that he may not see"
    assert "3 new comments" in client.get("/customer/start/to-do").text
    with shop.world.session(shop.tenant, shop.seller) as session:
        mark_read(session, Customer, lan, now())
    assert unread() == ("1", {"Mai"})
    with shop.world.session(shop.tenant) as session:
        session.scalars(select(Comment).where(Comment.entity_id == mai)).one().removed_at = now()
    assert unread() == ("0", set())
    assert total_of(client, "/customer/customers/?f.unread=0") == "2"


@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-066", "SYS-15")
def test_the_chart_of_the_start_page_opens_exactly_its_customers(shop: Shop) -> None:
    from addons.customer.models import Customer

    starts = [local_today().replace(day=1)]
    for _month in range(7):
        starts.append((starts[-1] - timedelta(days=1)).replace(day=1))
    second = timedelta(seconds=1)
    moments = [datetime.combine(day, time.min, ZONE) for day in starts]
    for at, moment in enumerate([moments[0], moments[0] - second, moments[1], moments[5], moments[5] - second]):
        id = shop.customer(name=f"Khách {at}")
        with shop.world.session(shop.tenant) as session:
            session.need(Customer, id).created_at = moment.astimezone(UTC)
    shop.customer(by=shop.colleague, name="Của Ánh")
    client = shop.world.client(shop.seller)
    page = client.get("/customer/start/customers").text
    columns = re.findall(r'<a href="([^"]+)"><title>[^<]*</title><rect.*?<text[^>]*>(\d+)</text>', page, re.DOTALL)
    assert [int(number) for _url, number in columns] == [1, 0, 0, 0, 2, 1]
    for url, number in columns:
        assert total_of(client, html.unescape(url)) == number
