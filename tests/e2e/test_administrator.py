"""An administrator's work, and what the colleagues notice of it at their next click."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.access.models import Group
from core.testing.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]

CUSTOMERS = "/customer/customers/"


def menu_entry(page: Page, name: str):
    return page.locator("#sidebar").get_by_role("link", name=name, exact=True)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_application_is_switched_off_and_on_for_everybody(office, watch, viewport):
    watch.allow("status of 404")
    admin, seller = office.at_work("quantri", viewport), office.at_work("quan.le")
    seller.goto("/")
    expect(menu_entry(seller, "Khách hàng")).to_be_visible()

    admin.goto("/apps")
    switch = admin.get_by_role("switch", name="Khách hàng")
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    assert seller.goto(CUSTOMERS).status == 404
    seller.goto("/")
    expect(menu_entry(seller, "Khách hàng")).to_have_count(0)

    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    assert seller.goto(CUSTOMERS).status == 200
    expect(menu_entry(seller, "Khách hàng")).to_be_visible()
    assert seller.locator("#list tbody tr").count() > 0, "switching off lost the data"


@pytest.mark.req("SYS-02")
def test_a_tick_in_a_group_counts_from_the_members_next_click(office, watch):
    watch.allow("status of 403")
    with office.world.session(office.tenant) as session:
        group = session.scalars(select(Group.id).where(Group.shipped_key == "customer.salesperson")).one()
    admin, seller = office.at_work("quantri"), office.at_work("quan.le")
    seller.goto(CUSTOMERS)
    add = seller.get_by_role("link", name="Thêm khách hàng")
    expect(add).to_be_visible()
    admin.goto("/")
    menu_entry(admin, "Nhóm quyền").click()
    admin.locator("main nav").get_by_role("link", name="Nhân viên kinh doanh").click()
    admin.wait_for_url(f"**/core/groups/{group}")

    right = admin.get_by_label("Thêm khách hàng")
    right.uncheck()
    admin.get_by_role("button", name="Lưu quyền").first.click()
    expect(admin.locator("#toasts")).to_contain_text("Nhân viên kinh doanh")
    add.click()
    expect(seller.get_by_text("Lỗi 403")).to_be_visible()
    seller.goto(CUSTOMERS)
    expect(add).to_have_count(0)

    right.check()
    admin.get_by_role("button", name="Lưu quyền").first.click()
    expect(right).to_be_checked()
    seller.reload()
    add.click()
    seller.wait_for_url(f"**{CUSTOMERS}new")


def test_a_new_employee_logs_in_chooses_a_password_and_works(office, log_in):
    admin = office.at_work("quantri")
    admin.goto("/core/users/")
    admin.get_by_role("link", name="Thêm nhân viên").click()
    admin.get_by_label("Tên", exact=False).first.fill("Đặng Thùy Linh")
    admin.get_by_label("Tên đăng nhập").fill("linh.dang")
    admin.get_by_label("Nhân viên kinh doanh").check()
    admin.get_by_role("button", name="Lưu", exact=True).click()
    admin.wait_for_url(re.compile("/core/users/[0-9a-f-]{36}$"))
    expect(admin.locator("h1")).to_contain_text("Đặng Thùy Linh")

    admin.get_by_role("button", name="Liên kết mời").click()
    address = admin.locator("#password-link").inner_text()

    newcomer = office.page()
    newcomer.goto(urlsplit(address).path)
    for field in newcomer.locator("input[type=password]").all():
        field.fill("hoa dao no som")
    newcomer.get_by_role("button", name="Đặt mật khẩu").click()
    newcomer.wait_for_url("**/login")
    log_in(newcomer, "linh.dang", "hoa dao no som")
    newcomer.goto(CUSTOMERS)
    expect(newcomer.get_by_role("link", name="Thêm khách hàng").first).to_be_visible()
