"""The customer data store: All, Mine, Nobody in charge, each with search and filters (CUS-054, CUS-055, CUS-058)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.addons.customer.conftest import Shop

LIST = "/customer/customers/"


def tabs(page: str) -> dict[str, str]:
    listed = re.search(r'<ul class="tabs">(.*?)</ul>', page, re.DOTALL)
    assert listed
    return {
        label.strip(): count
        for label, count in re.findall(r'<a [^>]*>([^<]+)<span class="count">([^<]+)</span>', listed[1])
    }


@pytest.fixture
def customers(shop: Shop) -> Shop:
    shop.customer(name="Của Tôi", phone="0912345678", province="Hà Nội")
    shop.customer(by=shop.colleague, name="Của Ánh", relationship_id=None or shop.relationship_id)
    shop.customer(by=shop.manager, name="Chưa Ai", owner_id=None)
    return shop


@pytest.mark.req("CUS-054", "CUS-055", "SYS-06")
def test_the_counts_are_of_what_the_user_may_see(customers: Shop) -> None:
    client = customers.world.client(customers.manager)
    assert tabs(client.get(LIST).text) == {"All": "3", "Mine": "0", "Shared with me": "0", "Nobody in charge": "1"}
    seller = customers.world.client(customers.seller)
    assert tabs(seller.get(LIST).text) == {"All": "1", "Mine": "1", "Shared with me": "0", "Nobody in charge": "0"}


@pytest.mark.req("CUS-055")
@pytest.mark.parametrize(
    ("tab", "shown"), [("all", {"Của Tôi", "Của Ánh", "Chưa Ai"}), ("mine", set()), ("unassigned", {"Chưa Ai"})]
)
def test_each_tab_lists_its_customers(customers: Shop, tab: str, shown: set[str]) -> None:
    page = customers.world.client(customers.manager).get(f"{LIST}?tab={tab}").text
    assert {name for name in ("Của Tôi", "Của Ánh", "Chưa Ai") if name in page} == shown


SEARCHES: dict[str, set[str]] = {
    "cua": {"Của Tôi", "Của Ánh"},
    "CỦA tôi": {"Của Tôi"},
    "0912 345": {"Của Tôi"},
    "+84912345678": {"Của Tôi"},
    "KH000003": {"Chưa Ai"},
    "zzz": set(),
}


@pytest.mark.req("CUS-058")
@pytest.mark.parametrize("query", SEARCHES)
def test_customers_are_found_as_people_type(customers: Shop, query: str) -> None:
    page = customers.world.client(customers.manager).get(LIST, query_string={"q": query}).text
    assert {name for name in ("Của Tôi", "Của Ánh", "Chưa Ai") if name in page} == SEARCHES[query]


@pytest.mark.req("CUS-058")
def test_search_and_filters_narrow_each_tab(customers: Shop) -> None:
    client = customers.world.client(customers.manager)

    def shown(**args: Any) -> set[str]:
        page = client.get(LIST, query_string=args).text
        return {name for name in ("Của Tôi", "Của Ánh", "Chưa Ai") if f">{name}</a>" in page}

    assert shown(tab="unassigned", q="cua") == set()
    assert shown(**{"f.phone": "1"}) == {"Của Tôi"}
    assert shown(**{"f.phone": "0"}) == {"Của Ánh", "Chưa Ai"}
    assert shown(**{"f.owner": str(customers.colleague.id)}) == {"Của Ánh"}
    assert shown(**{"f.owner": "none"}) == {"Chưa Ai"}
    assert shown(**{"f.province": "Hà Nội"}) == {"Của Tôi"}
    assert shown(**{"f.group": str(customers.group_id)}) == {"Của Tôi", "Của Ánh", "Chưa Ai"}
    assert shown(**{"f.created.period": "today"}) == {"Của Tôi", "Của Ánh", "Chưa Ai"}
    assert shown(**{"f.created.period": "yesterday"}) == set()
    assert shown(**{"f.source": str(customers.source_id), "tab": "unassigned"}) == {"Chưa Ai"}


@pytest.mark.req("CUS-058")
def test_the_funnel_offers_a_form_for_each_filter(customers: Shop) -> None:
    client = customers.world.client(customers.manager)
    for key in ("relationship", "source", "group", "owner", "province", "created", "phone"):
        assert client.get(f"{LIST}filter?key={key}").status_code == 200


@pytest.mark.req("SYS-15")
def test_names_sort_in_vietnamese_order_by_the_given_name(shop: Shop) -> None:
    for name in ("Lê Văn Ước", "Trần Thị An", "Đỗ Văn Ấn", "Nguyễn Đức Ư"):
        shop.customer(name=name)
    page = shop.world.client(shop.seller).get(f"{LIST}?sort=name").text
    positions = [page.index(f">{name}<") for name in ("Trần Thị An", "Đỗ Văn Ấn", "Nguyễn Đức Ư", "Lê Văn Ước")]
    assert positions == sorted(positions)


def test_a_page_of_the_list_costs_few_statements(customers: Shop) -> None:
    from core.testing.queries import recorded_statements

    client = customers.world.client(customers.manager)
    client.get(LIST)
    with customers.world.app.app_context(), recorded_statements() as statements:
        client.get(LIST)
    few = [each for each in statements if "SELECT" in str(each)]
    for number in range(20):
        customers.customer(name=f"Khách Thêm {number}")
    with customers.world.app.app_context(), recorded_statements() as statements:
        client.get(LIST)
    assert len([each for each in statements if "SELECT" in str(each)]) == len(few) <= 5
