"""A rule made in a real browser, tried, and seen to act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.addons.automation.conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite"), pytest.mark.req("SYS-16")]


def test_a_rule_is_made_tried_and_acts(
    page: Page, sign_in: Callable[..., Page], live_server: Any, office: Office, axe: Callable[..., None]
) -> None:
    office.customer(phone="0912345678")
    sign_in(page, office.admin).goto(f"{live_server.url}/automation/rules/")
    page.get_by_role("link", name="Add rule").first.click()
    page.get_by_role("region", name="Customers", exact=True).get_by_role("link", name="When one is created").click()
    page.get_by_label("Name of the rule").fill("Chào khách mới")
    page.get_by_label("Condition to add").select_option(label="Phone")
    page.get_by_role("button", name="Add condition").click()
    expect(page.get_by_label("Name of the rule")).to_have_value("Chào khách mới")
    page.get_by_label("Phone", exact=True).select_option(label="Has a phone")
    page.get_by_label("Action to add").select_option(label="Plan an appointment or a task")
    page.get_by_role("button", name="Add action").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Say what is to be done.").first).to_be_visible()
    page.get_by_label("What is to be done").fill("Gọi chào {{ record }}")
    page.get_by_label("Who does it").select_option(label="Person in charge")
    axe(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Phone: Has a phone")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Try on a record").click()
    page.get_by_role("combobox", name="Customer").fill("huyen trang")
    page.get_by_role("option", name="Huyền Trang").click()
    page.get_by_role("button", name="What would happen?").click()
    expect(page.get_by_role("status").get_by_text("Gọi chào Nguyễn Thị Huyền Trang")).to_be_visible()
    axe(page)
    office.customer(name="Trần Văn Bình", phone="0987654321")
    office.work()
    page.goto(f"{live_server.url}/automation/runs/")
    page.get_by_role("link", name="Trần Văn Bình").click()
    page.get_by_role("link", name="Gọi chào Trần Văn Bình").click()
    expect(page.get_by_role("heading", name="Gọi chào Trần Văn Bình")).to_be_visible()
