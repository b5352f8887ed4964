"""What a list shows, to whom, and what it makes of its address."""

import base64
import itertools
import json
from datetime import date

import pytest
import time_machine

from core.resources.listing import count_text
from core.resources.paging import Cursor
from core.testing.queries import recorded_statements
from tests.core.resources.pages import Page, read

HOSTILE = [
    "'; DROP TABLE shelf; --",
    "%00",
    "\x00",
    "<script>alert(1)</script>",
    "9" * 400,
    "-1",
    "NaN",
    "1e400",
    "\ud800",
    "../../etc/passwd",
    "{{7*7}}",
    "%",
    "_",
    "\\",
]


@pytest.fixture
def genre(world, tenant):
    from addons.shelf.models import Genre

    genre = Genre(name="Truyện", tone="teal")
    with world.session(tenant) as session:
        session.add(genre)
    return genre


def test_columns_along_links_show_the_other_record(client, shelve, genre, librarian):
    shelve("Dế Mèn", genre_id=genre.id, owner_id=librarian.id, pages=1200, price=85_000, phone="+84912345678")

    page = read(client, "/shelf/books/")
    assert page.names == ["Dế Mèn"]
    assert "0912 345 678" in page.text
    assert "tone-teal" in page.html
    for text in ("Truyện", "Lê Thị Thủ Thư", "1,200", "85.000"):
        assert text in page.text


@pytest.mark.req("SYS-06")
def test_rows_counts_and_tabs_show_only_what_the_user_may_see(world, tenant, client, shelve, librarian):
    other = world.user(tenant, "shelf.read", name="Người khác")
    shelve("Của tôi", owner_id=librarian.id)
    shelve("Của người khác", "Cũng của người khác", owner_id=other.id)
    shelve("Của chung")
    stranger = world.tenant()
    with world.session(stranger) as session:
        from addons.shelf.models import Book

        session.add(Book(name="Nhà khác", code="X"))

    page = read(client, "/shelf/books/")
    assert set(page.names) == {"Của tôi", "Của chung"}
    assert "All 2" in page.text
    assert "Mine 1" in page.text
    assert "1–2 of 2" in page.text
    found = read(client, "/shelf/books/?q=cua")
    assert set(found.names) == {"Của tôi", "Của chung"}
    assert "1–2 of 2" in found.text
    other_page = read(world.client(other), "/shelf/books/?f.owner=me")
    assert len(other_page.names) == 2


def test_a_tab_may_ask_the_session(client, shelve, world, tenant):
    from addons.shelf.models import Note

    id = shelve("Có ghi chú")
    shelve("Không có")
    with world.session(tenant) as session:
        session.add(Note(book_id=id, text="hay"))

    page = read(client, "/shelf/books/?tab=noted")
    assert page.names == ["Có ghi chú"]
    assert page.element(href="/shelf/books/?tab=noted")["aria-current"] == "page"


def test_a_link_to_something_hidden_keeps_the_row_and_loses_the_name(client, shelve, genre, world, tenant, monkeypatch):
    from addons.shelf.models import Genre

    shelve("Dế Mèn", genre_id=genre.id)
    monkeypatch.setattr(Genre, "visible_to", classmethod(lambda cls, actor: cls.name == "another"))

    page = read(client, "/shelf/books/?q=men&sort=pages")
    assert page.names == ["Dế Mèn"]
    assert "Truyện" not in page.html
    assert "1–1 of 1" in page.text


SPELLINGS = ("de men", "DẾ MÈN", "mèn dế", "Dế  Mèn", "b0001", "0912 345 678", "0912345", "+84 912", "84912345678")


def test_search_ignores_marks_and_knows_phones_in_any_spelling(client, shelve):
    shelve("Dế Mèn phiêu lưu ký", phone="+84912345678")
    shelve("Số đỏ", phone="+84987000000")

    for query in SPELLINGS:
        page = read(client, "/shelf/books/", query_string={"q": query})
        assert page.names == ["Dế Mèn phiêu lưu ký"], query
        assert page.fields()["q"] == " ".join(query.split())


def test_an_old_phone_prefix_finds_its_successor(client, shelve):
    shelve("Dế Mèn", phone="+84395678901")
    assert read(client, "/shelf/books/", query_string={"q": "0169 567"}).names == ["Dế Mèn"]


KEPT = {
    "f.lent=1": ["lent"],
    "f.lent=0": ["dear", "plain", "storied"],
    "f.price.min=50.000": ["dear"],
    "f.price.max=49999&f.lent=0": ["plain", "storied"],
    "f.genre=none": ["dear", "lent", "plain"],
    "f.genre={genre}": ["storied"],
    "f.genre={genre}&f.genre=none&f.lent=0": ["dear", "plain", "storied"],
    "f.code=b0002": ["lent"],
    "f.owner=none&f.price.min=1": ["dear"],
    "f.printed.from=2/9/1945&f.printed.to=1945-09-02": ["plain"],
    "f.printed.to=01/09/1945": ["dear"],
}


def test_filters_keep_what_they_say(client, shelve, genre):
    shelve("dear", price=90_000, printed_on=date(1930, 1, 1))
    shelve("lent", is_lent=True)
    shelve("plain", printed_on=date(1945, 9, 2))
    shelve("storied", genre_id=genre.id)

    for arguments, names in KEPT.items():
        page = read(client, "/shelf/books/?" + arguments.format(genre=genre.id))
        assert sorted(page.names) == names, arguments
        assert page.element(id="ignored") is None, arguments


PERIODS = {
    "f.added.period=today": ["last minute of the day", "first minute of the day"],
    "f.added.period=yesterday": ["the day before"],
    "f.added.from=20/11/2026&f.added.to=20/11/2026": ["the day before"],
    "f.added.from=20/11/2026": ["last minute of the day", "first minute of the day", "the day before"],
    "f.added.to=20/11/2026": ["the day before"],
    "f.added.period=last_year": [],
}


@pytest.mark.req("SYS-09")
def test_a_period_filter_takes_presets_and_from_to_in_vietnamese_days(client, shelve):
    with time_machine.travel("2026-11-20T16:59:59Z", tick=False):
        shelve("the day before")
    with time_machine.travel("2026-11-20T17:00:00Z", tick=False):
        shelve("first minute of the day")
    with time_machine.travel("2026-11-21T16:59:59Z", tick=False):
        shelve("last minute of the day")
        for arguments, names in PERIODS.items():
            assert read(client, f"/shelf/books/?{arguments}").names == names, arguments


def test_chips_read_as_sentences_and_can_be_taken_off(client, shelve, genre):
    shelve("Dế Mèn", genre_id=genre.id)
    page = read(client, f"/shelf/books/?f.genre={genre.id}&f.price.max=90000&q=me&sort=name")

    assert "Genre Truyện" in page.text
    assert "Price at most 90.000 ₫" in page.text
    removal = next(link["href"] for link in page.links if link.get("aria-label", "").startswith("Remove filter: Genre"))
    assert removal == "/shelf/books/?q=me&f.price.max=90000&sort=name"


def test_each_filter_has_a_form_that_works_as_a_plain_get(client, shelve, genre):
    shelve("Dế Mèn")
    for name in ("genre", "lent", "owner", "added", "price", "code"):
        page = read(client, f"/shelf/books/filter?key={name}&q=men&tab=mine")
        assert page.fields() | {"q": "men", "tab": "mine"} == page.fields(), name
        assert page.element(method="get", action="/shelf/books/") is not None
        fragment = client.get(f"/shelf/books/filter?key={name}", htmx="dialog")
        assert "<html" not in fragment.text


def test_an_unknown_filter_has_no_form(client):
    assert client.get("/shelf/books/filter?key=nothing").status_code == 404
    assert client.get("/shelf/books/filter").status_code == 404


NAMES = ("q", "tab", "sort", "size", "after", "before", "f.genre", "f.lent", "f.owner", "f.added.period", "f.added.from",
         "f.price.min", "f.code", "f.unknown", "anything")  # fmt: skip


def test_hostile_parameters_are_told_and_never_fail(client, shelve):
    shelve("Dế Mèn")
    for name, value in itertools.product(NAMES, HOSTILE):
        answer = client.get("/shelf/books/", query_string={name: value.encode(errors="surrogatepass")})

        assert answer.status_code == 200, (name, value)
        assert "<script>alert" not in answer.text, name
        if name not in {"q", "f.code", "f.price.min"}:
            assert "Dế Mèn" in answer.text, (name, value)
            assert 'id="ignored"' in answer.text, f"what was ignored of {name}={value} is not told"


FORGED = ("x", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", ["a"], {"a": 1}, True,
          2**70, 1.5, None, "\x00", "\ud800")  # fmt: skip


def test_forged_positions_are_told_and_never_fail(client, shelve):
    shelve("Dế Mèn", pages=1)
    for sort, value, way in itertools.product(("-created_at", "pages", "name", "price"), FORGED, ("after", "before")):
        parts = [sort, value, "0" * 32, 1]
        forged = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

        answer = client.get("/shelf/books/", query_string={"sort": sort, way: forged})
        assert answer.status_code == 200, parts


def test_a_position_of_another_order_is_not_taken(client, shelve, world, tenant):
    from addons.shelf.models import Book

    with world.session(tenant) as session:
        book = session.need(Book, shelve("Dế Mèn"))
    at = Cursor(book.created_at, book.id, 1).encode("-created_at")

    page = read(client, f"/shelf/books/?sort=created_at&after={at}")
    assert page.names == ["Dế Mèn"]
    assert "This page of the list is not known" in page.text


def test_names_are_escaped_everywhere(client, shelve, world, tenant, librarian):
    evil = '"><img src=x onerror=alert(1)>'
    id = shelve(evil, owner_id=librarian.id)

    for url in (
        "/shelf/books/",
        f"/shelf/books/{id}",
        f"/shelf/books/{id}/edit",
        f"/shelf/books/{id}/delete",
        "/shelf/books/pick",
        f"/shelf/books/?q={evil}",
    ):
        assert "<img src=x" not in client.get(url).text


def test_sorting_is_a_link_and_says_which_way(client, shelve):
    shelve("Dế Mèn")
    page = read(client, "/shelf/books/?q=men")
    assert page.element(**{"aria-sort": "descending"}) is not None
    assert any(link["href"] == "/shelf/books/?q=men&sort=-price" for link in page.links)
    sorted_page = read(client, "/shelf/books/?q=men&sort=-price")
    assert any(link["href"] == "/shelf/books/?q=men&sort=price" for link in sorted_page.links)


def test_htmx_gets_the_region_alone(client, shelve):
    shelve("Dế Mèn")
    answer = client.get("/shelf/books/?q=men", htmx="list")
    page = Page(answer.text)

    assert answer.text.lstrip().startswith('<div class="listing" id="list"')
    assert page.names == ["Dế Mèn"]
    assert 'role="search"' not in answer.text
    assert "<html" not in answer.text


def test_the_heading_counts_what_is_shown(client, shelve):
    shelve("Dế Mèn", "Số đỏ", is_lent=True)
    shelve("Tắt đèn")
    for query, count in (("", 3), ("?q=men", 1), ("?f.lent=1", 2), ("?f.lent=1&q=xyz", 0), ("?tab=mine", 0)):
        page = read(client, f"/shelf/books/{query}")
        assert f'<span id="total"><span class="count">{count}</span></span></h1>' in page.html, query
    fragment = client.get("/shelf/books/?q=men", htmx="list").text
    assert '<span id="total" hx-swap-oob="true"><span class="count">1</span></span>' in fragment


def test_an_empty_list_says_what_to_do(client, shelve, world, tenant):
    empty = read(client, "/shelf/books/")
    assert "Nothing here yet" in empty.text
    assert any(link["href"] == "/shelf/books/new" for link in empty.links)
    reader = read(world.client(world.user(tenant, "shelf.read")), "/shelf/books/")
    assert not any(link.get("href") == "/shelf/books/new" for link in reader.links)
    shelve("Dế Mèn")
    assert "Nothing matches" in read(client, "/shelf/books/?q=xyz").text


def test_the_search_form_carries_the_rest_of_the_state(client, shelve):
    shelve("Dế Mèn")
    page = read(client, "/shelf/books/?tab=all&f.lent=0&sort=name&size=25&q=men")
    hidden = {each["name"]: each["value"] for _tag, each in page.elements if each.get("form") == "search"}
    assert hidden == {"f.lent": "0", "sort": "name", "size": "25"}
    assert page.element(id="search", method="get", action="/shelf/books/") is not None


QUERIES = 7
"""Statements of a whole list page: who (2), views and columns, custom fields, counts, rows (1 each), and a search on
PostgreSQL (1)."""


@pytest.mark.parametrize("count", [1, 60])
def test_a_list_page_stays_within_its_queries_however_many_rows(client, shelve, librarian, genre, count):
    filtered = "?tab=noted&f.lent=0&f.price.min=1&sort=-pages&q=sach"
    names = [f"Sách {number}" for number in range(count)]
    shelve(*names, owner_id=librarian.id, genre_id=genre.id, phone="+84912345678")
    shelve("Không trang", pages=None)

    for arguments in ("", "?q=sach", "?q=0912", "?sort=pages", "?tab=mine", filtered):
        with recorded_statements() as statements:
            read(client, f"/shelf/books/{arguments}")
        assert len(statements) <= QUERIES, f"{arguments}\n\n" + "\n\n".join(statements)


def test_a_count_stops_at_its_cap(client, shelve, monkeypatch):
    monkeypatch.setattr("core.resources.listing.COUNT_CAP", 3)
    shelve(*(f"Sách {number}" for number in range(5)))

    page = read(client, "/shelf/books/")
    assert "1–5 of 3+" in page.text
    assert "All 3+" in page.text


def test_a_capped_count_is_written_in_the_readers_groups(app):
    with app.test_request_context():
        assert count_text(10_000) == 10_000
        assert count_text(10_001) == "10.000+"
