"""The box at the top: what it finds, for whom, and what that costs."""

from __future__ import annotations

import re
from html import unescape

import pytest

from core.tenancy.services import disable_addon
from core.testing.queries import recorded_statements
from tests.addons.customer.conftest import Shop


def found(client: object, query: str) -> list[str]:
    """The names of what is found."""
    page = client.get("/search", query_string={"q": query}, htmx="found")
    assert page.status_code == 200
    assert "<html" not in page.text
    links = re.findall(r'<a class="menu-item".*?</a>', page.text, flags=re.S)
    return [unescape(re.search(r'<span class="cut">(.*?)</span>|<span>(.*?)</span>', link)[0]) for link in links]


def names(client: object, query: str) -> list[str]:
    return [re.sub("<[^>]+>", "", each) for each in found(client, query)]


def test_customers_are_found_by_name_phone_and_code_in_any_spelling(shop: Shop) -> None:
    id = shop.customer(name="Đặng Thu Hà", phone="0912345678", code="KH77")
    shop.customer(name="Công ty Hà Đặng", phone="0987654321")
    client = shop.world.client(shop.seller)

    assert names(client, "dang") == ["Đặng Thu Hà", "Công ty Hà Đặng"]  # whose name begins so comes first
    for query in ("ĐẶNG thu", "ha thu", "kh77", "0912 345", "+84912345678", "912345", "ha dang thu"):
        assert "Đặng Thu Hà" in names(client, query), query
    for query in ("dang xyz", "hux", "0912 346", "%", "_", "\\"):
        assert "Đặng Thu Hà" not in names(client, query), query
    assert f'href="/customer/customers/{id}"' in client.get("/search?q=kh77").text
    for query in ("\0", "x" * 5_000, "'", "' OR 1=1", "đ" * 100, "a b c d e f"):
        names(client, query)


def test_only_what_one_may_see_in_applications_that_are_on(shop: Shop) -> None:
    shop.customer(name="Đặng Của Quân")
    shop.customer(by=shop.colleague, name="Đặng Của Ánh")
    world, tenant = shop.world, shop.tenant
    assert names(world.client(shop.seller), "dang cua") == ["Đặng Của Quân"]
    assert names(world.client(shop.manager), "dang cua") == ["Đặng Của Ánh", "Đặng Của Quân"]
    assert names(world.client(world.user(tenant)), "dang cua") == []
    stranger = world.client(world.user(world.tenant("elsewhere"), "customer.read", "customer.view_all"))
    assert names(stranger, "dang cua") == []
    with world.session(tenant) as session:
        disable_addon(session, "customer")
    assert names(world.client(shop.manager), "dang cua") == []


def test_pages_and_actions_are_found_by_whoever_may_use_them(shop: Shop) -> None:
    seller, world = shop.world.client(shop.seller), shop.world
    assert names(seller, "add customer") == ["Add customer"]
    assert names(seller, "customers")[0] == "Customers"
    assert "Record of changes" not in names(seller, "record changes")
    reader = world.client(world.user(shop.tenant, "core.view_audit"))
    assert names(reader, "record changes") == ["Record of changes"]
    assert names(reader, "add customer") == []
    assert "Record of changes" in names(reader, "")


def test_without_javascript_the_page_shows_the_same_and_leads_to_all_of_it(shop: Shop) -> None:
    for number in range(8):
        shop.customer(name=f"Đặng Văn {number}", phone=f"098765432{number}")
    page = shop.world.client(shop.seller).get("/search?q=dang").text
    assert "<html" in page
    assert len(re.findall("Đặng Văn [0-9]</span>", page)) == 6
    assert 'href="/customer/customers/?q=dang"' in page


@pytest.mark.parametrize("query", ["dang", "da", "0912 345 678"])
def test_a_search_costs_the_log_in_one_look_up_and_one_statement_per_resource(shop: Shop, query: str) -> None:
    shop.customer(name="Đặng Thu Hà", phone="0912345678")
    client = shop.world.client(shop.seller)
    client.get("/search?q=x")
    with recorded_statements() as nothing:
        client.get("/notifications/recent", htmx=True)
    with recorded_statements() as statements:
        client.get("/search", query_string={"q": query}, htmx="found")
    log_in = len(nothing) - 1
    assert len(statements) <= log_in + 3, "the look-up, the fields of customers, the customers"
