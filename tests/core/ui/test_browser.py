"""What the pages do in a real browser: keys, ticks, pickers, drafts, refusals; by the rules of WCAG, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from core.testing.browser import DESKTOP, PHONE, LiveServer, Watch
from tests.core.ui.demo import make_demo

pytestmark = pytest.mark.browser

PAGES = ("/customers", "/customer", "/form", "/sink", "/login", "/error-bare", "/empty")
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def demo() -> Flask:
    return make_demo()


@pytest.fixture
def server(serve: Callable[[Any], LiveServer], demo: Flask) -> LiveServer:
    return serve(demo)


@pytest.fixture
def desk(open_page: OpenPage, server: LiveServer) -> Page:
    return open_page(DESKTOP, base_url=server.url)


@pytest.fixture
def phone(open_page: OpenPage, server: LiveServer) -> Page:
    return open_page(PHONE, base_url=server.url)


def bodies(page: Page) -> list[str]:
    """The bodies of the POST requests from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    return sent


@pytest.mark.parametrize(("viewport", "theme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_the_pages_break_no_accessibility_rule(
    open_page: OpenPage, server: LiveServer, axe: Callable[..., None], viewport: tuple[int, int], theme: str
) -> None:
    page = open_page(viewport, base_url=server.url)
    for path in PAGES:
        page.goto(f"{path}?theme={theme}")
        axe(page)
    page.goto(f"/form?theme={theme}")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.locator("[data-errors]").wait_for()
    axe(page)
    page.goto(f"/customer?theme={theme}")
    page.get_by_role("button", name="Chia sẻ").first.click()
    axe(page)


@pytest.mark.req("SYS-15")
def test_nothing_runs_over_at_any_width(desk: Page) -> None:
    for path in PAGES:
        desk.goto(path)
        for width in (360, 390, 768, 1024, 1280, 1440, 1920, 2560):
            desk.set_viewport_size({"width": width, "height": 900})
            assert desk.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"


@pytest.mark.req("SYS-15")
def test_a_finger_gets_44_pixels(phone: Page) -> None:
    small = """() => [...document.querySelectorAll('.btn, .tabs a, input.form-control, select, .bottombar > *, .tick-hit')]
      .filter((e) => e.offsetParent && !e.closest('.chip, .visually-hidden-focusable'))
      .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML.slice(0, 120))"""
    for path in ("/customers", "/form", "/customer"):
        phone.goto(path)
        assert phone.evaluate(small) == []


def test_the_device_decides_the_theme_until_the_user_does(open_page: OpenPage, server: LiveServer) -> None:
    page = open_page(base_url=server.url, color_scheme="dark")
    page.goto("/sink?theme=auto")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator(".user-button").click()
    page.get_by_role("button", name="Sáng").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.get_by_role("button", name="Dày").click()
    expect(page.locator("html")).to_have_attribute("data-density", "compact")


def test_the_palette_is_worked_by_keyboard_alone(desk: Page, axe: Callable[..., None]) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if "/search" in request.url else None)
    desk.goto("/customer")
    desk.keyboard.press("Control+k")
    box = desk.get_by_role("combobox", name="Tìm mọi thứ")
    expect(box).to_be_focused()
    expect(desk.get_by_role("option")).to_have_count(1)
    desk.keyboard.type("dang", delay=10)
    options = desk.get_by_role("group", name="Khách hàng").get_by_role("option")
    expect(options).to_have_count(2)
    assert [url.partition("?")[2] for url in asked] == ["q=", "q=dang"]  # one request for the pause, none per key
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    axe(desk)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("option", name="Khách hàng", exact=True)).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/customers")
    desk.locator("h1").click()
    desk.keyboard.press("/")
    expect(box).to_be_focused()
    desk.keyboard.press("Escape")
    expect(box).to_be_hidden()


def test_a_search_is_given_up_when_typing_goes_on(desk: Page) -> None:
    waiting: list[Any] = []
    desk.route(re.compile(r"/search\?q=d$"), lambda route: waiting.append(route))  # answered too late
    desk.goto("/customers")
    desk.keyboard.press("/")
    with desk.expect_request(re.compile(r"/search\?q=d$")):
        desk.keyboard.type("d")
    expect(desk.locator("#palette")).to_have_class(re.compile("is-searching"))
    desk.keyboard.type("ang")
    expect(desk.get_by_role("option", name="Đặng Thu Hà")).to_be_visible()
    with suppress(PlaywrightError):
        waiting[0].fulfill(status=200, content_type="text/html", body='<p id="found"><a href="/late">Muộn</a></p>')
    expect(desk.get_by_text("Muộn")).to_have_count(0)
    expect(desk.get_by_role("option", name="Đặng Thu Hà")).to_be_visible()


def test_on_a_phone_the_palette_fills_the_screen_and_a_tap_opens(phone: Page, axe: Callable[..., None]) -> None:
    phone.goto("/form")
    phone.locator("#find").click()
    box = phone.get_by_role("combobox", name="Tìm mọi thứ")
    box.fill("dang")
    option = phone.get_by_role("option", name="Đặng Văn Ấn")
    expect(option).to_be_visible()
    assert phone.locator("#palette").bounding_box() == {"x": 0, "y": 0, "width": PHONE[0], "height": PHONE[1]}
    axe(phone)
    option.click()
    phone.wait_for_url("**/customer")


@pytest.mark.req("SYS-12")
def test_ticks_raise_the_bulk_bar_and_all_means_all(desk: Page) -> None:
    desk.goto("/customers")
    bar = desk.locator(".bulk")
    expect(bar).to_be_hidden()
    ticks = desk.locator("tbody .tick input")
    ticks.nth(1).check()
    ticks.nth(4).click(modifiers=["Shift"])
    expect(bar.locator("[data-bulk-count]")).to_have_text("4")
    bar.get_by_label("Chọn cả 1.284 kết quả").check()
    expect(bar.locator("[data-bulk-count]")).to_have_text("1.284")
    ticks.nth(0).uncheck()
    expect(bar.locator("[data-bulk-count]")).to_have_text("11")
    bar.get_by_label("Chọn cả 1.284 kết quả").check()
    sent = bodies(desk)
    bar.get_by_role("button", name="Xóa").click()
    expect(desk.get_by_role("dialog")).to_contain_text("Xóa 1.284 khách hàng?")
    desk.get_by_role("button", name="Tiếp tục").click()
    desk.wait_for_url("**/bulk")
    assert "all=1" in sent[0]
    assert "action=delete" in sent[0]


def test_a_question_answered_with_cancel_sends_nothing(desk: Page) -> None:
    desk.goto("/customers")
    desk.locator("tbody .tick input").first.check()
    sent = bodies(desk)
    desk.locator(".bulk").get_by_role("button", name="Xóa").click()
    desk.keyboard.press("Escape")
    desk.wait_for_timeout(200)
    assert sent == []


def test_a_row_menu_opens_beside_its_button_and_takes_arrow_keys(desk: Page) -> None:
    desk.goto("/customers")
    button = desk.get_by_role("button", name="Thao tác với Anh Đặng Hữu Phước").first
    button.click()
    menu = desk.locator("#menu-c1")
    expect(menu).to_be_visible()
    at, box = button.bounding_box(), menu.bounding_box()
    assert at
    assert box
    assert abs(box["x"] + box["width"] - at["x"] - at["width"]) < 2
    assert 0 <= box["y"] - at["y"] - at["height"] < 10
    desk.keyboard.press("ArrowDown")
    expect(menu.get_by_role("link").first).to_be_focused()
    desk.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()


def test_an_answer_into_the_dialog_opens_it(desk: Page) -> None:
    desk.goto("/customer")
    desk.get_by_role("link", name="Đặt lịch").click()
    expect(desk.get_by_role("dialog", name="Đặt lịch hẹn")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize(("button", "words"), [("Hỏi máy chủ", "không có quyền"), ("Mẫu 500", "Hệ thống gặp lỗi")])
def test_a_refusal_without_words_is_told_in_ours(desk: Page, watch: Watch, button: str, words: str) -> None:
    watch.allow("status of 403|status of 500|Response Status Error")
    desk.goto("/sink")
    desk.get_by_role("button", name=button).click()
    expect(desk.get_by_role("alert").filter(has_text=words)).to_be_visible()
    expect(desk.get_by_role("button", name=button)).to_be_visible()
    desk.locator("#toasts").get_by_role("button", name="Đóng").click()
    expect(desk.locator("#toasts [data-toast]")).to_have_count(0)


def test_undo_posts_and_tells_the_outcome(desk: Page) -> None:
    desk.goto("/customers?toast=1")
    sent = bodies(desk)
    desk.get_by_role("button", name="Hoàn tác").click()
    expect(desk.locator("#toasts")).to_contain_text("Restored")
    assert len(sent) == 1
    expect(desk.locator("#toasts")).not_to_contain_text("Đã xóa 12 khách hàng")


def test_a_lost_connection_is_told(desk: Page, watch: Watch) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED")
    desk.goto("/sink")
    desk.context.set_offline(True)
    expect(desk.get_by_text("Mất kết nối mạng.")).to_be_visible()
    desk.context.set_offline(False)
    expect(desk.get_by_text("Mất kết nối mạng.")).to_be_hidden()


def test_the_first_wrong_field_has_the_focus(desk: Page) -> None:
    desk.goto("/form")
    desk.get_by_role("button", name="Lưu", exact=True).click()
    expect(desk.locator("#name")).to_be_focused()
    desk.get_by_role("link", name="E-mail").click()
    expect(desk.locator("#email")).to_be_focused()


def test_esc_cancels_a_form_but_first_closes_what_is_open(desk: Page) -> None:
    desk.goto("/form")
    owner = desk.get_by_role("combobox", name="Người phụ trách")
    owner.fill("qu")
    expect(desk.get_by_role("option", name="Lê Minh Quân")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("option", name="Lê Minh Quân")).to_be_hidden()
    owner.fill("")
    desk.locator("#name").click()
    desk.keyboard.press("Escape")
    desk.wait_for_url("**/customers")


def test_a_picker_is_worked_by_keyboard(desk: Page) -> None:
    desk.goto("/form")
    owner = desk.get_by_role("combobox", name="Người phụ trách")
    owner.press_sequentially("ng")
    desk.locator("#owner-options [role=option]").first.wait_for()
    desk.keyboard.press("ArrowDown")
    chosen = desk.locator(f"#{owner.get_attribute('aria-activedescendant')}")
    label = chosen.get_attribute("data-label")
    desk.keyboard.press("Enter")
    expect(owner).to_have_value(label or "?")
    expect(desk.locator("input[name=owner]")).not_to_have_value("")
    owner.fill("không ai")
    desk.get_by_text("Không tìm thấy “không ai”").wait_for()
    desk.locator("#name").click()
    expect(owner).to_have_value(label or "?")
    desk.get_by_role("button", name="Xóa lựa chọn").click()
    expect(desk.locator("input[name=owner]")).to_have_value("")


def test_a_picker_of_several_collects_and_drops(desk: Page) -> None:
    desk.goto("/form")
    viewers = desk.get_by_role("combobox", name="Người xem")
    viewers.press_sequentially("thắng")
    desk.get_by_role("option", name="Nguyễn Đức Thắng").click()
    expect(desk.locator("input[name=viewers]")).to_have_count(3)
    desk.get_by_role("button", name="Bỏ Trần Ngọc Ánh").click()
    expect(desk.locator("input[name=viewers]")).to_have_count(2)


def test_a_mention_is_offered_and_written(desk: Page) -> None:
    desk.goto("/customer")
    post = desk.get_by_label("Viết trao đổi")
    post.press_sequentially("Nhờ @qu")
    desk.get_by_role("option", name="Lê Minh Quân").wait_for()
    desk.keyboard.press("Enter")
    expect(post).to_have_value("Nhờ @quan.le ")


def test_rows_are_added_up_to_the_most_and_removed(desk: Page) -> None:
    desk.goto("/form")
    add = desk.get_by_role("button", name="Thêm dòng")
    for _ in range(3):
        add.click()
    expect(desk.locator("[data-row]")).to_have_count(4)
    expect(add).to_be_hidden()
    expect(desk.locator("#contacts-3-name")).to_be_focused()
    desk.get_by_role("button", name="Bỏ dòng này").first.click()
    expect(desk.locator("[data-row]")).to_have_count(3)
    expect(add).to_be_visible()


def test_money_is_grouped_at_first_and_when_the_field_is_left(desk: Page) -> None:
    desk.goto("/form")
    expect(desk.locator("#limit")).to_have_value("50.000.000")
    desk.locator("#limit").fill("1234567")
    desk.locator("#name").click()
    expect(desk.locator("#limit")).to_have_value("1.234.567")


def test_leaving_with_unsaved_changes_asks(desk: Page) -> None:
    desk.goto("/form")
    desk.locator("#name").fill("Chị Oanh")
    asked: list[str] = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.get_by_role("link", name="Hủy").click()
    desk.wait_for_url("**/customers")
    assert asked == ["beforeunload"]


def leave(page: Page, path: str) -> None:
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(path)


def test_a_draft_survives_and_is_cleared_once_saved(desk: Page) -> None:
    desk.goto("/form")
    desk.locator("#name").fill("Chị Hoàng Thị Kiều Oanh")
    desk.locator("#secret").fill("Bí mật 9!")
    desk.get_by_label("Miền Nam").check()
    desk.get_by_role("button", name="Thêm dòng").click()
    desk.locator("#contacts-1-name").fill("Anh Được")
    desk.wait_for_timeout(600)
    assert "Bí mật" not in desk.evaluate("JSON.stringify(localStorage)")
    leave(desk, "/login")
    desk.goto("/form")
    expect(desk.locator("#name")).to_have_value("Chị Hoàng Thị Kiều Oanh")
    expect(desk.get_by_label("Miền Nam")).to_be_checked()
    expect(desk.locator("#contacts-1-name")).to_have_value("Anh Được")
    expect(desk.locator("#secret")).to_have_value("")
    expect(desk.get_by_text("Đã khôi phục bản nháp")).to_be_visible()

    desk.locator("#email").fill("oanh@congty.example")
    desk.locator("#source").select_option("fb")
    desk.get_by_role("combobox", name="Người phụ trách").press_sequentially("quân")
    desk.get_by_role("option", name="Lê Minh Quân").click()
    desk.locator("#contacts-0-name").fill("Chị Oanh")
    desk.get_by_role("button", name="Lưu", exact=True).click()
    desk.wait_for_url("**/customers?toast=1")
    desk.goto("/form")
    expect(desk.locator("#name")).to_have_value("")


def test_a_draft_is_discarded_on_request(desk: Page) -> None:
    desk.goto("/form")
    desk.locator("#name").fill("Nháp")
    desk.wait_for_timeout(600)
    leave(desk, "/customers")
    desk.goto("/form")
    desk.get_by_role("button", name="Bỏ bản nháp").click()
    expect(desk.locator("#name")).to_have_value("")
    expect(desk.get_by_text("Đã khôi phục bản nháp")).to_have_count(0)


def test_a_refused_form_keeps_its_draft_and_what_the_server_answered(desk: Page) -> None:
    desk.goto("/form")
    desk.locator("#name").fill("Chị Oanh")
    desk.get_by_role("button", name="Lưu", exact=True).click()
    desk.locator("[data-errors]").wait_for()
    desk.wait_for_load_state()
    expect(desk.locator("#name")).to_have_value("Chị Oanh")
    leave(desk, "/customers")
    desk.goto("/form")
    expect(desk.locator("#name")).to_have_value("Chị Oanh")


def test_a_form_is_sent_once(desk: Page) -> None:
    desk.goto("/form")
    desk.route("**/form", lambda route: None if route.request.method == "POST" else route.continue_())
    sent = bodies(desk)
    button = "document.querySelector('.save-bar [type=submit]')"
    desk.evaluate(f"() => [0, 120, 240].forEach((ms) => setTimeout(() => {button}.click(), ms))")
    desk.wait_for_timeout(800)
    assert len(sent) == 1


@pytest.mark.req("SYS-15")
def test_the_phone_has_a_drawer_and_a_bar_of_five(phone: Page, axe: Callable[..., None]) -> None:
    phone.goto("/customers")
    expect(phone.locator(".bottombar > *")).to_have_count(5)
    expect(phone.locator("#sidebar")).to_be_hidden()
    phone.get_by_role("button", name="Mục khác", exact=True).tap()
    expect(phone.locator("#sidebar")).to_be_visible()
    axe(phone)
    phone.get_by_role("button", name="Đóng trình đơn").tap()
    expect(phone.locator("#sidebar")).to_be_hidden()


def test_the_pages_work_without_javascript(open_page: OpenPage, server: LiveServer) -> None:
    page = open_page(PHONE, base_url=server.url, java_script_enabled=False)
    page.goto("/customers")
    expect(page.locator(".bulk")).to_be_hidden()
    page.get_by_role("button", name="Thao tác với Anh Đặng Hữu Phước").first.tap()
    page.locator("#menu-c1").get_by_role("link", name="Sửa thông tin").tap()
    page.wait_for_url("**/form")
    expect(page.locator("[data-row-add]")).to_be_hidden()
    page.get_by_role("button", name="Lưu", exact=True).tap()
    expect(page.locator("[data-errors]")).to_be_visible()
    page.goto("/customers")
    page.locator("tbody .tick label").first.tap()
    expect(page.locator(".bulk")).to_be_visible()
    page.locator(".bottombar button").tap()
    expect(page.locator("#sidebar")).to_be_visible()
