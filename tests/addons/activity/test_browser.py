"""The calendar in a real browser: a free hour is clicked, the appointment put off and done; on a phone, the day is a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.addons.activity.conftest import TODAY, Office

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]


def test_from_a_free_hour_to_what_came_of_it(
    page: Page, sign_in: Callable[..., Page], live_server: Any, office: Office, axe: Callable[..., None]
) -> None:
    office.plan(title="Họp giao ban", day=TODAY + timedelta(days=1), start=time(9, 30), end=time(11))
    sign_in(page, office.seller).goto(f"{live_server.url}/activity/calendar")
    expect(page.get_by_role("link", name="09:30 Họp giao ban")).to_be_visible()
    axe(page)
    page.get_by_role("region", name="Wednesday 25/11/2026").locator(".cal-slot").nth(1).click(
        position={"x": 100, "y": 5}
    )
    page.get_by_label("What is to be done").fill("Khảo sát lắp đặt")
    page.get_by_role("combobox", name="About").fill("huyen trang")
    page.get_by_role("option", name=re.compile("Huyền Trang")).click()
    expect(page.get_by_label("Begins")).to_have_value("09:00")
    page.get_by_label("Ends").fill("10h15")
    page.get_by_role("textbox", name="Place").click()
    expect(page.locator("#hint-end")).to_contain_text("09:30–11:00 Họp giao ban")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Wednesday 25/11/2026, 09:00–10:15")).to_be_visible()
    page.get_by_role("link", name="Reschedule").click()
    page.get_by_role("textbox", name="Day", exact=True).fill("23/11/2026")
    page.get_by_role("textbox", name="Reason").fill("Khách đổi ngày")
    page.get_by_role("dialog").get_by_role("button", name="Reschedule").click()
    expect(page.get_by_role("heading", name="Monday 23/11/2026, 09:00–10:15")).to_be_visible()
    page.get_by_role("link", name="Complete").click()
    page.get_by_role("textbox", name="Note").fill("Đã đo, cần thêm van giảm áp")
    page.get_by_role("dialog").get_by_role("button", name="Complete").click()
    expect(page.get_by_text("Đã đo, cần thêm van giảm áp").first).to_be_visible()
    page.goto(f"{live_server.url}/activity/calendar")
    page.get_by_role("link", name="Month").click()
    expect(page.get_by_role("heading", name="Month 11/2026")).to_be_visible()
    expect(page).to_have_url(re.compile("view=month"))
    axe(page)
    page.get_by_role("link", name="Later").click()
    expect(page.get_by_role("heading", name="Month 12/2026")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Month 11/2026")).to_be_visible()


def test_an_appointment_is_dragged_and_pushed_by_keys_and_put_back(
    page: Page, sign_in: Callable[..., Page], live_server: Any, office: Office, axe: Callable[..., None]
) -> None:
    office.plan(title="Gặp khách", day=TODAY, start=time(9), end=time(10))
    sign_in(page, office.seller).goto(f"{live_server.url}/activity/calendar")
    item = page.get_by_role("link", name=re.compile("Gặp khách"))
    thursday = page.get_by_role("region", name="Thursday 26/11/2026")
    item.drag_to(
        thursday.locator(".cal-slot").nth(3), source_position={"x": 20, "y": 3}, target_position={"x": 20, "y": 5}
    )
    expect(thursday.get_by_role("link", name="11:00 Gặp khách")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    tuesday = page.get_by_role("region", name="Tuesday 24/11/2026")
    expect(tuesday.get_by_role("link", name="09:00 Gặp khách")).to_be_visible()
    item.focus()
    page.keyboard.press("Shift+ArrowRight")
    wednesday = page.get_by_role("region", name="Wednesday 25/11/2026")
    expect(wednesday.get_by_role("link", name="09:00 Gặp khách")).to_be_focused()
    page.keyboard.press("Shift+ArrowDown")
    expect(wednesday.get_by_role("link", name="09:30 Gặp khách")).to_be_focused()
    page.get_by_role("link", name="Month").click()
    expect(page).to_have_url(re.compile("view=month"))
    item.drag_to(page.get_by_role("region", name="Friday 20/11/2026"))
    expect(
        page.get_by_role("region", name="Friday 20/11/2026").get_by_role("link", name="09:30 Gặp khách")
    ).to_be_visible()
    axe(page)


def test_on_a_phone_the_day_is_a_list(
    phone_page: Page, sign_in: Callable[..., Page], live_server: Any, office: Office, axe: Callable[..., None]
) -> None:
    office.plan(title="Gặp đại lý", day=TODAY, start=time(14), end=time(15))
    office.plan(title="Ngày mai mới gặp")
    page = sign_in(phone_page, office.seller)
    page.goto(f"{live_server.url}/activity/calendar")
    expect(page.get_by_role("link", name="14:00 Gặp đại lý")).to_be_visible()
    expect(page.get_by_text("Ngày mai mới gặp")).to_be_hidden()
    page.get_by_role("navigation", name="Days").get_by_role("link").nth(2).tap()
    expect(page.get_by_text("Ngày mai mới gặp")).to_be_visible()
    axe(page)
    page.goto(live_server.url)
    page.get_by_role("button", name="Done: Gặp đại lý").tap()
    expect(page.get_by_text("Nothing is planned for today.")).to_be_visible()
    axe(page)
