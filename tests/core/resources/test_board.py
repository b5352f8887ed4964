"""A board: cards in columns by stage, moved by a service that may refuse, on the version that was seen."""

import pytest
from sqlalchemy import select

from core.manifest import BootError
from core.resources import Board
from core.testing.browser import DESKTOP, PHONE
from core.testing.queries import recorded_statements
from tests.core.resources.conftest import EVERYTHING
from tests.core.resources.pages import Page, read

BOARD = "/shelf/books/?show=board"


def lanes(page):
    """What stands in each column: heading with count and sum → titles of its cards."""
    found = {}
    for part in page.html.split('<section class="lane')[1:]:
        part = part.partition("</section>")[0]
        head = Page(part.partition("<ul")[0].partition(">")[2]).text
        found[head] = [card.partition("</a>")[0].rpartition(">")[2] for card in part.split('class="deal"')[1:]]
    return found


def move(client, id, stage, version=1, query="?show=board", **options):
    return client.post(f"/shelf/books/{id}/move{query}", data={"stage": stage, "version": version}, **options)


@pytest.fixture
def stage_of(world, tenant):
    def get(id):
        from addons.shelf.models import Book

        with world.session(tenant) as session:
            return session.scalar(select(Book.stage).where(Book.id == id))

    return get


def test_a_board_shows_what_the_list_keeps_with_counts_and_sums(client, world, tenant, shelve):
    from addons.shelf.models import Book

    shelve("Một", "Hai", price=100)
    shelve("Ba", stage="read", price=1_000_000)
    shelve("Lạc", stage="lost")
    hidden = shelve("Của người khác", owner_id=world.user(tenant).id)

    page = read(client, BOARD)
    assert lanes(page) == {"New 2 200 ₫": ["Hai", "Một"], "Read 1 1.000.000 ₫": ["Ba"], "Lost 1 0 ₫": ["Lạc"]}
    assert str(hidden) not in page.html
    assert lanes(read(client, f"{BOARD}&q=mot&f.price.max=100"))["New 1 100 ₫"] == ["Một"]
    nowhere = shelve("Không đâu")
    with world.session(tenant) as session:
        session.need(Book, nowhere).stage = None
    assert lanes(read(client, BOARD))["Nowhere 1 0 ₫"] == ["Không đâu"]
    ways = [link["href"] for link in page.links if link.get("class") == "btn btn-line" and "books/" in link["href"]]
    assert ways[:2] == ["/shelf/books/", BOARD]
    assert "cannot be shown as “board”" in read(client, "/shelf/genres/?show=board").text
    saved = client.post(f"/shelf/books/views{BOARD.removeprefix('/shelf/books/')}&q=ba", data={"name": "Bảng"}).location
    assert lanes(read(client, saved))["Read 1 1.000.000 ₫"] == ["Ba"]


QUERIES = 8
"""Statements of a board: who (2), fields (1), views (1), tabs (1), counts (1), cards (1), and a search on PostgreSQL (1)."""


def test_a_column_is_read_a_page_at_a_time(client, shelve, monkeypatch):
    monkeypatch.setattr("core.resources.board.PAGE", 2)
    shelve(*(f"Sách {number}" for number in range(5)), price=1)
    shelve("Đọc", stage="read")
    with recorded_statements() as statements:
        page = read(client, BOARD + "&q=sach")
    assert len(statements) <= QUERIES, "\n\n".join(statements)
    assert next(iter(lanes(page).items())) == ("New 5 5 ₫", ["Sách 4", "Sách 3"])
    more = next(link["href"] for link in page.links if "after_card" in link["href"])
    second = client.get(more, htmx="more-0").text
    assert "<html" not in second
    assert ["Sách 2" in second, "Sách 1" in second, "Sách 3" in second, "Đọc" in second] == [True, True, False, False]
    plain = read(client, Page(client.get(more).text).element(id="more-0") and more)
    third = next(link["href"] for link in plain.links if "after_card" in link["href"])
    last = read(client, third)
    assert "Sách 0" in last.text
    assert not any("after_card" in link["href"] for link in last.links)
    for bad in (more.replace("stage=new", "stage=xyz"), more.partition("&after_card")[0], more[:-5] + "x"):
        assert client.get(bad).status_code == 422, bad
    monkeypatch.setattr("core.resources.board.COUNT_CAP", 3)
    monkeypatch.setattr("core.resources.listing.COUNT_CAP", 3)
    assert next(iter(lanes(read(client, BOARD)))) == "New 3+", "a sum of some of the rows would be wrong"


def test_a_move_is_the_services_and_keeps_the_lock(client, world, tenant, shelve, stage_of):
    id = shelve("Dế Mèn")
    question = Page(client.get(f"/shelf/books/{id}/move?show=board", htmx="dialog").text)
    assert [each["value"] for _tag, each in question.elements if each.get("name") == "stage"] == ["new", "read", "lost"]
    assert question.fields()["version"] == "1"
    answer = move(client, id, "lost")
    assert (answer.status_code, answer.location, stage_of(id)) == (303, BOARD, "lost")

    stale = move(client, id, "new", version=1)
    assert (stale.status_code, stage_of(id)) == (409, "lost")
    assert "Somebody else changed this record meanwhile" in Page(stale.text).text
    assert Page(stale.text).fields()["version"] == "2", "the question comes again on the version of now"
    dragged = move(client, id, "new", version=1, htmx=f"card-{id}")
    assert (dragged.status_code, dragged.text, stage_of(id)) == (409, "", "lost")
    assert "Somebody else changed" in dragged.headers["HX-Trigger"]
    refused = move(client, id, "read", version=2, htmx=f"card-{id}")
    assert (refused.status_code, stage_of(id)) == (422, "lost")
    assert "A lost book has to be found first." in refused.headers["HX-Trigger"]
    assert "A lost book has to be found first." in Page(move(client, id, "read", version=2).text).text

    moved = move(client, id, "new", version=2, htmx=f"card-{id}")
    card = Page(moved.text)
    assert (card.element(id=f"card-{id}")["data-version"], stage_of(id)) == ("3", "new")
    assert [each["id"] for _tag, each in card.elements if "hx-swap-oob" in each] == ["lane-head-0", "lane-head-2"]
    filtered = move(client, id, "lost", version=3, query="?show=board&q=khac", htmx=f"card-{id}")
    assert (filtered.status_code, f"card-{id}" in filtered.text, stage_of(id)) == (200, False, "lost")
    for stage, status in (("none", 422), ("xyz", 422), ("", 422), ("new", 303)):
        assert move(client, id, stage, version=4).status_code == status, stage
    reader = world.client(world.user(tenant, "shelf.read"))
    assert move(reader, id, "read", version=5).status_code == 403
    assert "data-move" not in read(reader, BOARD).html
    hidden = shelve("Của người khác", owner_id=world.user(tenant).id)
    stranger = world.client(world.user(world.tenant(), *EVERYTHING))
    assert (move(client, hidden, "read").status_code, move(stranger, id, "read").status_code) == (404, 404)


def test_a_new_record_begins_in_the_column_it_was_asked_for_in(client):
    add = next(link["href"] for link in read(client, BOARD).links if link.get("aria-label") == "Add to “Lost”")
    assert add == "/shelf/books/new?stage=lost"
    page = read(client, "/shelf/books/new?name=Dế+Mèn&price=1500&pages=xyz&phone=x&nothing=1&notes=1&is_lent=y")
    assert (page.fields()["name"], page.fields()["price"]) == ("Dế Mèn", "1500")


def test_a_board_without_index_lock_or_columns_fails_the_boot(app):
    from addons.shelf.models import Book, Genre
    from addons.shelf.resources import Books, Genres

    def wrong(base, field, model, **more):
        board = Board(field, stages=(), move=lambda *args: None, permission="shelf.edit", **more)
        return type("Wrong", (base,), {"name": "wrong", "model": model, "board": board})

    for declared, told in (
        (wrong(Books, "pages", Book), 'Add index("pages", "created_at")'),
        (wrong(Books, "nothing", Book), '"nothing" is no column'),
        (wrong(Books, "stage", Book, card=("gone",)), "There is no such column"),
        (wrong(Genres, "tone", Genre), "Derive the model from Versioned"),
    ):
        with pytest.raises(BootError, match=told.replace("(", r"\(").replace(")", r"\)")):
            declared.routes("shelf")


# In a browser


@pytest.fixture
def open_board(open_page, live_server, sign_in, librarian, shelve):
    shelve("Dế Mèn", "Số đỏ", price=1_000)
    shelve("Tắt đèn", stage="lost")

    def go(viewport):
        page = sign_in(open_page(viewport, base_url=live_server.url), librarian)
        page.goto(BOARD)
        return page

    return go


def _lane(page, name):
    return page.locator("[data-lane]").filter(has=page.get_by_role("heading", name=name))


@pytest.mark.browser
@pytest.mark.engine("sqlite")
def test_cards_are_dragged_and_moved_by_keys_and_come_back_where_they_are_refused(
    open_board, watch, axe, world, tenant
):
    from addons.shelf.models import Book
    from playwright.sync_api import expect

    watch.allow("status of 409")
    page = open_board(DESKTOP)
    axe(page)
    page.locator(".deal", has_text="Số đỏ").drag_to(_lane(page, "Read").locator("[data-cards]"))
    expect(_lane(page, "Read").locator(".deal", has_text="Số đỏ")).to_have_attribute("data-version", "2")
    expect(_lane(page, "Read").locator(".lane-head")).to_contain_text("1.000")
    expect(_lane(page, "New").get_by_role("heading")).to_have_text("New 1")

    page.locator(".deal", has_text="Tắt đèn").drag_to(_lane(page, "Read").locator("[data-cards]"))
    expect(page.locator("#toasts")).to_contain_text("A lost book has to be found first.")
    expect(_lane(page, "Lost").locator(".deal")).to_have_count(1)

    handle = page.get_by_role("link", name="Move Dế Mèn")
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect(_lane(page, "Read").locator(".deal", has_text="Dế Mèn")).to_have_attribute("data-version", "2")
    expect(handle).to_be_focused()
    with world.session(tenant) as session:
        session.scalars(select(Book).where(Book.name == "Dế Mèn")).one().stage = "lost"
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#toasts")).to_contain_text("Somebody else changed this record meanwhile")
    expect(_lane(page, "Lost").locator(".deal", has_text="Dế Mèn")).to_have_attribute("data-version", "3")
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.get_by_role("link", name="Move Dế Mèn").press("Enter")
    page.get_by_role("dialog").get_by_label("New").check()
    page.get_by_role("dialog").get_by_role("button", name="Move", exact=True).click()
    expect(_lane(page, "New").locator(".deal", has_text="Dế Mèn")).to_have_count(1)


@pytest.mark.browser
@pytest.mark.engine("sqlite")
def test_the_phone_swipes_from_column_to_column(open_board, axe):
    page = open_board(PHONE)
    axe(page)
    board = page.locator("[data-board]")
    assert board.evaluate("board => getComputedStyle(board).scrollSnapType") == "x mandatory"
    assert board.evaluate("board => board.scrollWidth > board.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
