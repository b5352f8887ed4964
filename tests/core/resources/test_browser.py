"""A resource in a real browser: search while typing, filters, ticks, dialogs, undo; and nothing that axe objects to."""

import pytest
from playwright.sync_api import expect

from core.testing.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]


@pytest.fixture
def shelf(world, tenant, shelve, librarian):
    from addons.shelf.models import Genre, Note

    genres = [Genre(name="Truyện dài", tone="teal"), Genre(name="Tùy bút", tone="amber")]
    with world.session(tenant) as session:
        session.add_all(genres)
    names = ("Dế Mèn phiêu lưu ký", "Số đỏ", "Tắt đèn", "Chí Phèo", "Vang bóng một thời", "Lão Hạc")
    for at, name in enumerate(names):
        shelve(
            name,
            genre_id=genres[at % 2].id if at % 3 else None,
            owner_id=librarian.id if at % 2 else None,
            pages=120 * at or None,
            price=85_000 * at,
            phone=f"+8491234567{at}",
        )
    shelve("Công ty TNHH MTV Xuất bản và Phát hành Sách Giáo khoa Nguyễn Thị Huyền Trang", price=1_284_500_000)
    id = shelve("Có ghi chú", genre_id=genres[0].id)
    with world.session(tenant) as session:
        session.add(Note(book_id=id, text="hay"))
    return id


@pytest.fixture
def desktop(open_page, live_server, sign_in, librarian):
    return sign_in(open_page(DESKTOP, base_url=live_server.url), librarian)


@pytest.fixture
def phone(open_page, live_server, sign_in, librarian):
    return sign_in(open_page(PHONE, base_url=live_server.url), librarian)


def _rows(page):
    return page.locator("#list tbody tr")


@pytest.mark.usefixtures("shelf")
def test_typing_searches_and_keeps_what_is_typed_and_the_address(desktop):
    desktop.goto("/shelf/books/")
    box = desktop.get_by_role("searchbox", name="Search in this list")
    box.press_sequentially("de men")
    desktop.wait_for_url("**/shelf/books/?q=de%20men")

    assert _rows(desktop).count() == 1
    assert box.input_value() == "de men"
    assert box.evaluate("box => box === document.activeElement")
    desktop.reload()
    assert _rows(desktop).count() == 1
    desktop.go_back()
    desktop.wait_for_url("**/shelf/books/")


@pytest.mark.usefixtures("shelf")
def test_a_filter_is_added_and_removed(desktop):
    desktop.goto("/shelf/books/")
    desktop.get_by_role("button", name="Add a filter").click()
    desktop.get_by_role("link", name="Genre").click()
    desktop.get_by_role("dialog").get_by_label("Tùy bút").check()
    desktop.get_by_role("dialog").get_by_role("button", name="Filter").click()
    desktop.wait_for_url("**f.genre=**")
    assert _rows(desktop).count() == 2

    desktop.get_by_role("searchbox", name="Search in this list").press_sequentially("so")
    desktop.wait_for_url("**q=so**")
    assert "f.genre=" in desktop.url, "the search lost the filter"
    desktop.get_by_role("link", name="Remove filter: Genre Tùy bút").click()
    desktop.wait_for_url(lambda url: "f.genre" not in url)
    assert "q=so" in desktop.url


@pytest.mark.usefixtures("shelf")
def test_ticks_count_and_the_bulk_bar_asks_before_it_acts(desktop):
    desktop.goto("/shelf/books/")
    desktop.get_by_label("Choose Số đỏ").check()
    desktop.get_by_label("Choose Tắt đèn").check()
    desktop.get_by_role("button", name="Delete").click()
    dialog = desktop.get_by_role("dialog")
    dialog.get_by_text("Delete 2 books?").wait_for()
    dialog.get_by_role("button", name="Delete").click()

    desktop.get_by_text("Deleted: 2 books").wait_for()
    assert _rows(desktop).count() == 6
    desktop.get_by_role("button", name="Undo").click()
    desktop.get_by_text("Restore: 2 changed").wait_for()
    assert _rows(desktop).count() == 8


def test_deleting_can_be_undone_from_the_toast(desktop, shelf):
    desktop.goto(f"/shelf/books/{shelf}")
    desktop.get_by_role("button", name="More actions").click()
    desktop.get_by_role("link", name="Delete").click()
    desktop.get_by_role("dialog").get_by_role("button", name="Delete").click()
    desktop.wait_for_url("**/shelf/books/")
    desktop.get_by_role("button", name="Undo").click()
    desktop.wait_for_url(f"**/shelf/books/{shelf}")
    desktop.get_by_role("heading", name="Có ghi chú").wait_for()


def test_a_tab_opens_in_place(desktop, shelf):
    desktop.goto(f"/shelf/books/{shelf}")
    desktop.get_by_role("link", name="Notes 1").click()
    desktop.get_by_text("hay", exact=True).wait_for()
    desktop.wait_for_url("**?tab=notes")


def test_a_field_is_checked_when_it_is_left_and_a_refused_form_focuses_the_first_error(desktop, shelf):
    desktop.goto("/shelf/books/new")
    desktop.get_by_label("Phone").fill("0912345671")
    desktop.get_by_label("Phone").press("Tab")
    desktop.get_by_text("This number is on another book.").wait_for()
    desktop.get_by_label("Phone").fill("09")
    desktop.get_by_label("Phone").press("Tab")
    desktop.locator("#phone[aria-invalid=true]").wait_for()

    desktop.get_by_label("Code").fill("X")
    desktop.get_by_label("Code").press("Enter")
    desktop.locator("[data-errors]").wait_for()
    assert desktop.evaluate("document.activeElement.id") == "name"
    assert desktop.get_by_label("Code").input_value() == "X"


def test_a_refused_form_can_be_left_and_come_back_to_and_no_page_complains(desktop, shelf):
    """The watch over each page fails this test on any console error and any violation of the content security policy."""
    desktop.goto("/shelf/books/")
    desktop.locator("#list tbody .more button").first.click()
    desktop.keyboard.press("Escape")
    with desktop.expect_response("**sort=**"):  # the row's menu has a place by now, which the new rows must not inherit
        desktop.get_by_role("link", name="Price (₫)").click()
    desktop.goto(f"/shelf/books/{shelf}")
    with desktop.expect_navigation():
        desktop.locator(".acts").get_by_role("link", name="Edit").click()
    desktop.get_by_label("Code").fill("")
    desktop.get_by_label("Title").fill("Ghi chú mới")
    for _time in range(2):
        with desktop.expect_navigation():
            desktop.get_by_role("button", name="Save", exact=True).click()
        desktop.locator("[data-errors]").wait_for()
    desktop.get_by_role("link", name="Books", exact=True).first.click()
    desktop.locator("#list").wait_for()
    desktop.go_back()

    desktop.wait_for_url(f"**/{shelf}/edit")
    expect(desktop.get_by_label("Title")).to_have_value("Ghi chú mới")
    expect(desktop.get_by_label("Code")).to_have_value("")


@pytest.mark.usefixtures("shelf")
def test_the_phone_shows_every_bulk_action_without_scrolling(phone):
    phone.goto("/shelf/books/")
    phone.get_by_label("Choose Số đỏ").check()
    bar = phone.locator(".bulk")
    width = phone.viewport_size["width"]
    for box in (each.bounding_box() for each in bar.locator("button, label").all()):
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_breaks_a_rule_of_accessibility(
    open_page, live_server, sign_in, world, tenant, librarian, shelf, axe, theme
):
    from sqlalchemy import select

    from core.access.models import User

    with world.session(tenant) as session:
        session.scalars(select(User).where(User.id == librarian.id)).one().theme = theme
    for viewport in (DESKTOP, PHONE):
        page = sign_in(open_page(viewport, base_url=live_server.url), librarian)
        for path in ("/", f"/{shelf}", f"/{shelf}?tab=notes", "/new", f"/{shelf}/delete", "/?f.lent=0&f.price.max=x"):
            page.goto(f"/shelf/books{path}")
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, viewport)
