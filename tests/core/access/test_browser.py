"""The administration in a real browser: signing in, ticking, switching; and what assistive technology finds there."""

from __future__ import annotations

import re

import pytest
from pyotp import TOTP
from sqlalchemy import select

from core.access.models import Group
from core.clock import now

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]


@pytest.fixture
def addons(stall_addons):
    return stall_addons


@pytest.fixture
def boss(world, tenant):
    return world.user(tenant, "stall.read", "till.read", groups=["core.administrator"], name="Trần Quản Trị")


def seller(world, tenant):
    with world.session(tenant) as session:
        return session.scalars(select(Group.id).where(Group.shipped_key == "stall.seller")).one()


def test_signing_in_and_out_by_the_keyboard(page, live_server, employee):
    employee("hoa")

    page.goto(f"{live_server.url}/account")
    page.get_by_label("Tên đăng nhập").fill("hoa")
    page.get_by_label("Mật khẩu").first.fill("bờ biển rất dài")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    page.get_by_role("button", name=re.compile("account, language")).click()
    page.get_by_role("button", name="Sign out", exact=True).first.click()

    page.wait_for_url("**/login")


def test_a_section_is_ticked_whole_and_saved(page, live_server, sign_in, boss, world, tenant):
    group = seller(world, tenant)
    sign_in(page, boss).goto(f"{live_server.url}/core/groups/{group}")

    page.get_by_role("button", name=re.compile("Tick all or none.*Market stall")).click()
    page.get_by_role("button", name="Save rights").first.click()
    page.wait_for_load_state()

    assert page.get_by_label("Delete goods").is_checked()
    assert not page.get_by_label("View the till").is_checked()


def test_a_member_is_found_and_added(page, live_server, sign_in, boss, world, tenant):
    world.user(tenant, name="Nguyễn Thị Hoà")
    sign_in(page, boss).goto(f"{live_server.url}/core/groups/{seller(world, tenant)}")

    page.get_by_role("combobox", name="People to add").press_sequentially("thi hoa")
    page.get_by_role("option", name=re.compile("Nguyễn Thị Hoà")).click()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_load_state()

    assert page.locator("#members li.set", has_text="Nguyễn Thị Hoà").count() == 1


def test_an_application_that_others_need_says_so_in_a_dialog(page, live_server, sign_in, boss):
    sign_in(page, boss).goto(f"{live_server.url}/apps")

    page.get_by_role("switch", name="Market stall").click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()

    assert "Till" in dialog.inner_text()


def test_an_application_is_switched_off_and_on_again_by_undo(page, live_server, sign_in, boss):
    sign_in(page, boss).goto(f"{live_server.url}/apps")

    page.get_by_role("switch", name="Till").click()
    page.wait_for_load_state()
    assert page.get_by_role("switch", name="Till").get_attribute("aria-checked") == "false"
    page.get_by_role("button", name="Undo").click()

    page.locator("[role=switch][aria-label=Till][aria-checked=true]").wait_for()


@pytest.mark.parametrize("viewport", [(1440, 900), (390, 844)])
def test_assistive_technology_finds_its_way(open_page, viewport, live_server, sign_in, boss, world, tenant, axe):
    page = sign_in(open_page(viewport), boss)
    paths = [
        "/", "/account", "/apps", "/settings/stall", "/core/users/", "/core/users/new",
        f"/core/users/{boss.id}?tab=rights", "/core/departments/new", f"/core/groups/{seller(world, tenant)}",
    ]  # fmt: skip

    for path in paths:
        page.goto(f"{live_server.url}{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport[0], path


def test_a_second_factor_on_the_phone_from_setting_it_up_to_losing_it(phone_page, live_server, employee, axe):
    employee("hoa", language="vi")
    page = phone_page

    def give_password():
        page.goto(f"{live_server.url}/login?next=/account")
        page.get_by_label("Tên đăng nhập").fill("hoa")
        page.get_by_label("Mật khẩu").first.fill("bờ biển rất dài")
        page.get_by_role("button", name="Đăng nhập", exact=True).tap()

    def look():
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url

    give_password()
    page.get_by_role("link", name="Bật", exact=True).tap()
    page.wait_for_url("**/account/second-factor/new")
    assert page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 100"), (
        "the policy blocks it"
    )
    page.locator("#main summary").tap()
    look()
    app = TOTP(page.locator("#main details code").inner_text().replace(" ", ""))
    page.get_by_label("Mã ứng dụng đang hiển thị").fill(app.at(now()))
    page.get_by_role("button", name="Bật", exact=True).tap()
    page.locator(".recovery-codes").wait_for()
    codes = page.locator(".recovery-codes li").all_inner_texts()
    look()
    page.get_by_role("link", name="Tôi đã lưu mã").tap()
    page.wait_for_url(f"{live_server.url}/account")
    page.context.clear_cookies()

    give_password()
    page.wait_for_url("**/login/code**")
    look()
    page.get_by_label("Mã xác thực").fill(app.at(now(), counter_offset=1))  # the code of enrolment works once
    page.get_by_role("button", name="Đăng nhập", exact=True).tap()
    page.wait_for_url(f"{live_server.url}/account")
    page.context.clear_cookies()

    give_password()
    page.get_by_role("link", name="Mất điện thoại? Dùng mã khôi phục").tap()
    page.get_by_label("Mã khôi phục").fill(codes[0])
    page.get_by_role("button", name="Đăng nhập", exact=True).tap()
    page.wait_for_url(f"{live_server.url}/account")
    assert "Mã khôi phục còn lại: 9" in page.locator("#second-factor").inner_text()
    assert "Đã dùng một mã khôi phục" in page.locator("#activity").inner_text()
    page.get_by_role("button", name="Đăng xuất mọi nơi").tap()
    page.get_by_role("dialog").get_by_role("button", name="Tiếp tục").tap()
    page.wait_for_url("**/login")
    page.goto(f"{live_server.url}/account")
    page.wait_for_url("**/login?next=**")
