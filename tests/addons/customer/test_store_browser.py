"""From the start page over the data store to a list and back, and the KPI, in a real browser, on a wide screen and a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.addons.customer.conftest import Shop


@pytest.mark.browser
@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-061", "CUS-064", "SYS-15")
def test_a_manager_goes_from_numbers_to_customers(
    shop: Shop, live_server: Any, sign_in: Any, open_page: Any, axe: Any
) -> None:
    manager = shop.world.user(
        shop.tenant, "customer.read", "customer.view_all", "customer.create", "customer.kpi", name="Nguyễn Thu Hằng"
    )
    for number in range(3):
        shop.customer(name=f"Khách {number}", by=manager, owner_id=manager.id)
    for viewport in ((1440, 900), (390, 844)):
        page = open_page(viewport)
        sign_in(page, manager)
        page.goto(f"{live_server.url}/")
        numbers = page.get_by_role("region", name="My numbers this month")
        expect(numbers.get_by_role("link", name="New customers")).to_contain_text("3")
        expect(page.get_by_role("region", name="My customers").get_by_role("progressbar").first).to_be_visible()
        axe(page)
        page.goto(f"{live_server.url}/customer/")
        axe(page)
        page.get_by_role("link", name=re.compile("Mới: 3")).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("3")
        page.goto(f"{live_server.url}/customer/kpi")
        axe(page)
        page.get_by_text("From, to, employee or department").click()
        page.get_by_label("Employee or department").select_option(label="Me")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("link", name="New customers: 3", exact=True)).to_be_visible()
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) <= 0
        page.get_by_role("link", name="New customers: 3", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("3")
