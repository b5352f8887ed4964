"""Where conditions are poor: a slow line, and a browser without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from core.testing.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]

CUSTOMERS = "/customer/customers/"

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
"""A mobile line in the countryside: milliseconds, and bytes per second."""

FIRST_PAGE = 150_000
"""Bytes on the wire for the first page beside fonts and icons (the interface's own rule)."""

BESIDE = re.compile(r"\.(?:woff2|svg)(?:\?|$)")

MOST_SHIFT = 0.25  # cumulative layout shift that Web Vitals call poor; 0.02 to 0.16 were seen on a line this slow
WATCH_SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_first_list_is_light_and_still_on_a_slow_line(office, viewport):
    page = office.at_work("quan.le", viewport)
    page.add_init_script(f"({WATCH_SHIFTS})()")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW)
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    devtools.on("Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]}))
    devtools.on(
        "Network.loadingFinished",
        lambda event: sizes.update({names[event["requestId"]]: int(event["encodedDataLength"])}),
    )
    page.set_default_timeout(30_000)
    page.goto(CUSTOMERS, wait_until="commit", timeout=30_000)
    expect(page.locator("#list tbody tr").first).to_be_visible(timeout=30_000)
    page.wait_for_load_state("load")
    page.get_by_role("searchbox", name="Tìm trong danh sách").press_sequentially("dang")
    page.wait_for_url("**?q=dang**", timeout=30_000)
    expect(page.locator("html")).not_to_have_class(re.compile("is-loading"), timeout=30_000)

    first = {url: size for url, size in sizes.items() if not BESIDE.search(url) and "q=dang" not in url}
    assert len(first) > 5, "the requests were not seen"
    assert sum(first.values()) < FIRST_PAGE, sorted(first.items(), key=lambda item: -item[1])[:8]
    assert page.evaluate("window.shift") < MOST_SHIFT


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_daily_work_needs_no_javascript(office, log_in, viewport):
    page = office.page(viewport, java_script_enabled=False)
    page.goto("/")
    log_in(page, "quan.le")
    page.locator("main").get_by_role("link", name="Khách hàng").click()
    page.get_by_role("searchbox", name="Tìm trong danh sách").fill("dang")
    page.get_by_role("searchbox", name="Tìm trong danh sách").press("Enter")
    page.wait_for_url("**q=dang**")
    page.get_by_role("link", name=re.compile("Đặng ")).first.click()

    page.get_by_role("link", name="Trao đổi", exact=True).click()
    page.get_by_label("Viết trao đổi").fill("Khách hẹn gọi lại sau.")
    page.get_by_role("button", name="Đăng", exact=True).click()
    page.get_by_role("link", name="Trao đổi", exact=True).click()
    expect(page.locator(".post", has_text="Khách hẹn gọi lại sau.")).to_have_count(1)

    page.goto(f"{CUSTOMERS}new")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.locator("[data-errors]")).to_be_visible()
    page.get_by_label("Tên khách hàng").fill("Đặng Thị Không Máy")
    page.get_by_label("Nguồn khách hàng").select_option(label="Giới thiệu")
    page.get_by_label("Khách lẻ").check()
    page.get_by_label("Mối quan hệ").select_option(label="Tiềm năng")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Đặng Thị Không Máy")
