"""Every row exactly once, in both directions, with equal and missing sort values, while rows come and go."""

import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import uuid7
from core.db.types import Scaled
from core.resources.paging import BadCursor, Cursor
from tests.core.resources.pages import read, walk

SORTS = ("pages", "-pages", "created_at", "-created_at", "name", "price", "-price")


@pytest.fixture
def pages_of_two(monkeypatch, app):
    from addons.shelf.resources import Books

    monkeypatch.setattr(Books, "page_sizes", (2, 50))


def test_a_position_among_numbers_with_decimals_is_read_as_it_was_written():
    place = Cursor(Decimal("12.5"), uuid7(), 3)

    assert Cursor.decode(place.encode("rate"), "rate", Scaled()) == place
    for hostile in ("1e400", "-1e18", "NaN", "x", [1], {}):
        with pytest.raises(BadCursor):
            Cursor.decode(Cursor(hostile, place.id, 0).encode("rate"), "rate", Scaled())


def _flat(pages):
    return [name for page in pages for name in page]


@pytest.mark.usefixtures("pages_of_two")
@pytest.mark.parametrize("sort", SORTS)
def test_each_row_once_in_both_directions(client, shelve, sort):
    for number, pages in enumerate([3, None, 7, 7, None, 7, 1, None, 3]):
        shelve(f"Sách {number}", pages=pages, price=(pages or 0) * 1000)

    forward = walk(client, f"/shelf/books/?sort={sort}")
    assert sorted(_flat(forward)) == [f"Sách {number}" for number in range(9)]
    assert len(forward) == 5

    last = f"/shelf/books/?sort={sort}"
    while (after := read(client, last).link("next")) is not None:
        last = after
    backward = walk(client, last, "prev")
    assert list(reversed(backward)) == forward


@pytest.mark.usefixtures("pages_of_two")
def test_rows_without_a_value_count_as_smallest(client, shelve):
    for name, pages in (("none", None), ("ten", 10), ("zero", 0), ("minus", -5)):
        shelve(name, pages=pages)

    assert _flat(walk(client, "/shelf/books/?sort=pages")) == ["none", "minus", "zero", "ten"]
    assert _flat(walk(client, "/shelf/books/?sort=-pages")) == ["ten", "zero", "minus", "none"]


@pytest.mark.usefixtures("pages_of_two")
def test_names_sort_in_vietnamese_order(client, shelve):
    shelve("Ông Đỗ", "Bà An", "Cô Ánh", "Chú Dung", "Anh Đức")

    # by the given name: a before á, d before đ
    assert _flat(walk(client, "/shelf/books/?sort=name")) == ["Bà An", "Cô Ánh", "Chú Dung", "Ông Đỗ", "Anh Đức"]


@pytest.mark.usefixtures("pages_of_two")
@pytest.mark.parametrize("sort", ["pages", "-pages"])
def test_inserts_and_deletions_between_pages_neither_repeat_nor_skip_what_was_there(
    client, shelve, world, tenant, sort
):
    from addons.shelf.models import Book
    from sqlalchemy import select

    dice = random.Random(7)
    values = [None, None, None, 5, 5, 5, 5, 9, 9, 1, 2]
    kept = [f"Sách {number}" for number in range(len(values))]
    for name, pages in zip(kept, values, strict=True):
        shelve(name, pages=pages)
    doomed = shelve("Sắp xóa", pages=5)

    seen, url = [], f"/shelf/books/?sort={sort}"
    while url:
        page = read(client, url)
        seen += page.names
        url = page.link("next")
        shelve("Mới", pages=dice.choice([None, 0, 5, 9, 100]))
        if doomed is not None:
            with world.session(tenant) as session:
                session.delete(session.scalar(select(Book).where(Book.id == doomed)))
            doomed = None

    assert sorted(name for name in seen if name in kept) == sorted(kept)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.none() | st.integers(-3, 3), min_size=1, max_size=11), descending=st.booleans())
@pytest.mark.usefixtures("pages_of_two")
def test_paging_walks_any_values_like_a_sorted_list(world, values, descending):
    from addons.shelf.models import Book

    tenant = world.tenant()
    client = world.client(world.user(tenant, "shelf.read"))
    with world.session(tenant) as session:
        books = [Book(name=f"{at}", code=f"{at}", pages=pages) for at, pages in enumerate(values)]
        session.add_all(books)
    expected = sorted(books, key=lambda book: (book.pages is not None, book.pages or 0, book.id), reverse=descending)

    walked = walk(client, f"/shelf/books/?sort={'-' if descending else ''}pages")

    assert _flat(walked) == [book.name for book in expected]


@pytest.mark.usefixtures("pages_of_two")
def test_the_pager_says_where_one_is(client, shelve):
    shelve(*(f"Sách {number}" for number in range(5)))
    first = read(client, "/shelf/books/")
    second = read(client, first.link("next"))
    back = read(client, second.link("prev"))

    assert "1–2 of 5" in first.text
    assert first.link("prev") is None
    assert "3–4 of 5" in second.text
    assert "5–5 of 5" in read(client, second.link("next")).text
    assert "1–2 of 5" in back.text
    assert back.link("prev") is None


def test_a_page_beyond_the_end_leads_back_to_the_beginning(client, shelve, world, tenant):
    from addons.shelf.models import Book

    id = shelve("Sách")
    with world.session(tenant) as session:
        book = session.need(Book, id)
        at = Cursor(book.created_at, book.id, 1).encode("-created_at")

    page = read(client, f"/shelf/books/?after={at}")
    assert page.names == []
    assert "There are no more rows here" in page.text
    assert any(link["href"] == "/shelf/books/" and "To the first page" in page.text for link in page.links)
