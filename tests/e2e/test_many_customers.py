"""A manager puts a list in order, on a phone and at a desk: groups, sharing, tiers, and two records of one person."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from addons.customer.models import CustomerTier
from core.testing.browser import DESKTOP, PHONE
from tests.e2e.test_handing_over import choose

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]

CUSTOMERS = "/customer/customers/"


def tick(page: Page, action: str, count: int = 2) -> None:
    """Tick the first customers of the list and press a button of the bar."""
    page.goto(f"{CUSTOMERS}?tab=all")
    ticks = page.locator("#list input[name=ids]:visible")
    for at in range(count):
        ticks.nth(at).check()
    page.locator(".bulk").get_by_role("button", name=action, exact=True).click()


def toasts(page: Page) -> Locator:
    return page.get_by_role("region", name="Thông điệp")


def confirm(page: Page, action: str) -> None:
    page.get_by_role("button", name=action, exact=True).last.click()
    expect(toasts(page)).to_contain_text(f"{action}: đã đổi")


@pytest.mark.req("GRP-02", "GRP-05", "SHR-03", "TIE-02", "CUS-017", "SYS-15")
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_list_is_put_in_order(office, look, viewport) -> None:
    with office.world.session(office.tenant) as session:
        session.add(CustomerTier(name="Bạch kim", position=900, min_amount=900_000_000))
    page: Page = office.at_work("quantri", viewport)
    page.set_default_timeout(9_000)

    tick(page, "Chuyển nhóm")
    page.locator("input[name=option][value=add]").check()
    page.locator("input[name=group_ids]").last.check()
    confirm(page, "Chuyển nhóm")

    tick(page, "Chia sẻ khách hàng")
    choose(page, "my.huynh")
    confirm(page, "Chia sẻ khách hàng")

    tick(page, "Đổi cấp độ")
    page.locator("select[name=tier_id]").select_option(label="Bạch kim")
    confirm(page, "Đổi cấp độ")
    page.goto(f"{CUSTOMERS}?tab=all")
    page.locator("#list tbody td.name a").first.click()
    expect(page.locator(".who")).to_contain_text("Bạch kim")

    tick(page, "Gộp", 3)
    expect(page.get_by_text("đánh dấu đúng hai khách hàng")).to_be_visible()
    tick(page, "Gộp")
    page.wait_for_url(re.compile(r"/customer/customers/merge\?ids=.*&ids="))
    expect(page.get_by_role("heading", name="Gộp khách hàng")).to_be_visible()
    look(page)
    names = page.locator("input[name=take-name]")
    names.last.check()
    taken = (names.last.get_attribute("aria-label") or "").partition(": ")[2]
    page.get_by_role("button", name="Gộp", exact=True).click()
    expect(page.locator(".who h1")).to_contain_text(taken)
    expect(toasts(page)).to_contain_text("Đã gộp vào")
    toasts(page).get_by_role("button", name="Hoàn tác").click()
    expect(toasts(page)).to_contain_text("lại là hai khách hàng")
    expect(page.locator(".who h1")).not_to_contain_text(taken)
