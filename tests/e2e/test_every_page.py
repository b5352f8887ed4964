"""Every page as every user meets it: both themes, narrow screens, the finger, both languages and none of them mixed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from addons.customer.models import Customer
from core.access.models import Group
from core.testing.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]

CUSTOMERS = "/customer/customers/"
ADMINISTRATOR = "quantri"
WIDTHS = (360, 390)


@pytest.fixture
def paths(office) -> dict[str, str]:
    """Each page of the kernel and of customers by name."""
    with office.world.session(office.tenant) as session:
        customer = session.scalars(select(Customer.id).order_by(Customer.id.desc()).limit(1)).one()
        group = session.scalars(select(Group.id).where(Group.shipped_key == "customer.salesperson")).one()
    return {
        "home": "/",
        "list": CUSTOMERS,
        "list, nothing found": f"{CUSTOMERS}?q=zzzz",
        "detail": f"{CUSTOMERS}{customer}",
        "contacts": f"{CUSTOMERS}{customer}?tab=contacts",
        "form": f"{CUSTOMERS}new",
        "question before deleting": f"{CUSTOMERS}{customer}/delete",
        "import": f"{CUSTOMERS}import",
        "export": f"{CUSTOMERS}export",
        "catalogue": "/customer/relationships/",
        "search": "/search?q=dang",
        "applications": "/apps",
        "groups": f"/core/groups/{group}",
        "settings": "/settings/customer",
        "users": "/core/users/",
        "user": "/core/users/new",
        "departments": "/core/departments/",
        "jobs": "/jobs",
        "notifications": "/notifications",
        "account": "/account",
        "missing": "/customer/nothing",
    }


def tick_two(page: Page) -> None:
    ticks = page.locator("#list tbody .tick input")
    ticks.nth(0).check()
    ticks.nth(1).check()
    expect(page.locator(".bulk")).to_be_visible()


def open_filters(page: Page) -> None:
    page.get_by_role("button", name="Thêm bộ lọc").click()
    expect(page.locator("#filters")).to_be_visible()


def ask_filter(page: Page) -> None:
    open_filters(page)
    page.locator("#filters").get_by_role("link").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def send_empty(page: Page) -> None:
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.locator("[data-errors]").wait_for()


STATES = {"list": (tick_two, open_filters, ask_filter), "form": (send_empty,)}
"""What is done to a page before it is looked at once more."""


def settle(page: Page, path: str) -> None:
    """Open a page and wait for what it fetches by itself."""
    page.goto(path)
    expect(page.locator(".skeleton")).to_have_count(0)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_breaks_a_rule_of_accessibility_in_either_theme(office, look, watch, paths, viewport):
    watch.allow("status of 404")
    visitor = office.page(viewport)
    visitor.goto("/login")
    look(visitor)
    page = office.at_work(ADMINISTRATOR, viewport)
    broken = []
    for name, path in paths.items():
        for change in (None, *STATES.get(name, ())):
            settle(page, path)
            if change is not None:
                change(page)
            try:
                look(page)
            except AssertionError as problem:
                broken.append(f"{name}, {change.__name__ if change else 'as it opens'}: {problem}")
    assert not broken, "\n".join(broken)


SMALL = """() => [...document.querySelectorAll(
    '.btn, .tabs a, .menu-item, .side-link, input.form-control, select, .bottombar > *')]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 2 && !e.closest('.chip, .visually-hidden-focusable'))
  .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML.slice(0, 120))"""


@pytest.mark.req("SYS-15")
def test_every_page_fits_a_narrow_phone_and_the_finger(office, watch, paths):
    watch.allow("status of 404")
    page = office.at_work(ADMINISTRATOR, PHONE)
    over, small = [], {}
    for name, path in paths.items():
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        settle(page, path)
        if found := page.evaluate(SMALL):
            small[name] = found
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 780})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                over.append(f"{name} at {width} px")
    assert over == []
    assert small == {}


ENGLISH = re.compile(
    r"\b(?:the|and|with|this|that|your|all|new|add|edit|delete|save|cancel|search|filter|more|rows?|from|of|to|no|yes|page|"
    r"next|previous|back|choose|name|phone|settings|groups?|customers?|nothing|here|status|date|created|changed?)\b",
    re.IGNORECASE,
)
TEXTS = """() => {
  const left = 'script, style, template, noscript, code, kbd, option, [lang=en], .code, .post-body, a[href^=mailto]';
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(left)) found.push(walker.currentNode.data);
  for (const name of ['aria-label', 'placeholder', 'title'])
    for (const element of document.querySelectorAll(`[${name}]`))
      if (!element.closest(left)) found.push(element.getAttribute(name));
  return [...new Set(found.map((text) => text.trim()).filter(Boolean))];
}"""
NAMES_OF_THINGS = {"Excel", "Website"}


def test_a_vietnamese_page_has_no_english(office, watch, paths):
    watch.allow("status of 404")
    page = office.at_work(ADMINISTRATOR)
    found = {}
    for name, path in paths.items():
        settle(page, path)
        english = [text for text in page.evaluate(TEXTS) if ENGLISH.search(text) and text not in NAMES_OF_THINGS]
        if english:
            found[name] = english
    assert found == {}


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_language_theme_and_row_height_are_chosen_and_kept(office, viewport):
    page = office.at_work("quan.le", viewport)
    html = page.locator("html")
    page.goto(CUSTOMERS)
    open_menu = page.locator(".user-button")
    open_menu.click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    expect(html).to_have_attribute("lang", "en")
    assert page.url.endswith(CUSTOMERS), "the language leads away from the page"

    open_menu.click()
    with page.expect_response("**/preferences"):
        page.get_by_role("button", name="Dark").click()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    with page.expect_response("**/preferences"):
        page.get_by_role("button", name="Compact").click()
    expect(html).to_have_attribute("data-density", "compact")
    page.reload()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    expect(html).to_have_attribute("data-density", "compact")
    expect(html).to_have_attribute("lang", "en")
    open_menu.click()
    page.get_by_role("button", name="Tiếng Việt").click()
    expect(page.get_by_role("heading", name="Khách hàng")).to_be_visible()


@pytest.mark.req("SYS-15")
def test_the_phone_gets_everywhere_by_bar_and_drawer(office):
    page = office.at_work(ADMINISTRATOR, PHONE)
    page.goto("/")
    bar = page.locator(".bottombar")
    customers = bar.get_by_role("link", name="Khách hàng", exact=True)
    customers.tap()
    page.wait_for_url(f"**{CUSTOMERS}")
    expect(customers).to_have_attribute("aria-current", "page")
    drawer = page.locator("#sidebar")
    bar.get_by_role("button", name="Mục khác").tap()
    expect(drawer).to_be_visible()
    drawer.get_by_role("link", name="Ứng dụng").tap()
    page.wait_for_url("**/apps")
    expect(drawer).to_be_hidden()
    bar.get_by_role("button", name="Mục khác").tap()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
