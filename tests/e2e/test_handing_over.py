"""A manager groups, shares and gives customers away, on a phone and at a desk; the colleagues see it at their next click."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from core.testing.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]

CUSTOMERS = "/customer/customers/"


def choose(page: Page, *names: str) -> None:
    """Mark people on the left and take them over to the right, one after the other."""
    people = page.locator("[data-people]")
    find, left = people.get_by_placeholder("Tìm nhân viên, phòng ban"), people.locator("[data-available] li:visible")
    for name in names:
        find.fill(name)
        left.first.get_by_role("checkbox").check()
        people.get_by_role("button", name="Chọn", exact=True).click()
    find.fill("")
    expect(people.locator("[data-chosen] li")).to_have_count(len(names))


def choose_all_marked_and_drop_them(page: Page) -> None:
    """Copy all takes every marked one over; the others on the right go back by a tick (SHR-05)."""
    people = page.locator("[data-people]")
    left, right = people.locator("[data-available] li:visible"), people.locator("[data-chosen] li")
    expect(left).not_to_have_count(0)
    before = left.count()
    for at in (0, 1):
        left.nth(at).get_by_role("checkbox").check()
    people.get_by_role("button", name="Chọn tất cả").click()
    expect(right).to_have_count(2)
    expect(left).to_have_count(before - 2)
    people.get_by_role("button", name="Bỏ tất cả").click()
    expect(right).to_have_count(0)


@pytest.mark.req("SHR-05", "OWN-04", "OWN-06", "OWN-14")
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_customers_are_split_and_taken_back(office, viewport):
    page = office.at_work("quantri", viewport)
    page.goto(f"{CUSTOMERS}?tab=all")
    ticks = page.locator("#list input[name=ids]:visible")
    for at in range(3):
        ticks.nth(at).check()
    page.locator(".bulk").get_by_role("button", name="Chuyển chủ sở hữu").click()
    choose_all_marked_and_drop_them(page)
    choose(page, "my.huynh", "dat.vo")
    page.get_by_role("button", name="Chuyển chủ sở hữu", exact=True).last.click()
    expect(page.locator("[data-errors]")).to_contain_text("Chia đều")
    expect(page.locator("[data-chosen] li")).to_have_count(2)

    page.get_by_label("Chia đều số lượng khách hàng").check()
    page.get_by_role("button", name="Xem trước").click()
    preview = page.locator(".pairs")
    expect(preview).to_contain_text(re.compile(r"Huỳnh Thị Diễm My\s*2 khách hàng\s*Võ Thành Đạt\s*1 khách hàng"))
    page.get_by_role("button", name="Chuyển chủ sở hữu", exact=True).last.click()
    expect(page.locator("[data-people]")).to_have_count(0)

    desk = office.at_work("quantri")
    desk.goto("/customer/handovers/")
    desk.locator("#list tbody").get_by_role("link").first.click()
    desk.get_by_role("button", name="Hoàn tác").click()
    desk.locator("#confirm").get_by_role("button").last.click()
    expect(desk.get_by_text("Đã hoàn tác:")).to_be_visible()
