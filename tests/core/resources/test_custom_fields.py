"""Fields that a business adds to its records: typed, asked for, shown, filtered and sorted by like the model's own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.testing.queries import recorded_statements
from tests.core.resources.fields import HOSTILE, stored
from tests.core.resources.pages import Page, read, walk


def test_a_value_of_every_type_is_asked_for_kept_shown_and_changed(full):
    form = read(full.client, "/shelf/books/new")
    assert form.fields()["x_so_ban"] == "3"  # the default
    assert "Mượn trả" in form.text  # the part of the form
    assert "Tầng mấy?" in form.text  # the help
    assert "Condition" in form.text  # the reader's language

    made = full.client.post("/shelf/books/new", data=full.typed)
    assert made.status_code == 303, Page(made.text).text
    assert stored(full)["Dế Mèn"] == {
        "x_ke": HOSTILE, "x_tom_tat": "dòng 1\ndòng 2", "x_so_ban": 12, "x_tien_dat_coc": 1_500_000,
        "x_can_nang_kg": Decimal("0.35"), "x_han_tra": date(2026, 11, 21), "x_sach_hiem": True, "x_tinh_trang": "moi",
        "x_chu_de": ["su", "tho"], "x_nguoi_giu": full.librarian.id,
    }  # fmt: skip
    shown = ("1.500.000", "0.35", "21/11/2026", "New", "Sử, Thơ", full.librarian.name)
    for url in (made.location, "/shelf/books/"):
        page = read(full.client, url)
        assert all(text in page.text for text in shown), url
        assert "<b>" not in page.html.partition("<main")[2].replace("<b>Dế", "")
        assert "&lt;b&gt;" in page.html
        assert "123123" not in page.html

    opened = read(full.client, f"{made.location}/edit")
    data = {**full.typed, "version": opened.fields()["version"], "x_so_ban": "", "x_tinh_trang": "", "x_chu_de": "dia"}
    del data["x_sach_hiem"]
    assert full.client.post(f"{made.location}/edit", data=data).status_code == 303
    now = stored(full)["Dế Mèn"]
    assert (now["x_chu_de"], now.keys() & {"x_so_ban", "x_tinh_trang", "x_sach_hiem"}) == (["dia"], set())
    assert now["x_ke"] == HOSTILE


@pytest.mark.req("CUS-036")
def test_a_changed_value_is_on_record_with_the_record_and_moves_its_version(full):
    from addons.shelf.models import Book

    from core.audit import AuditEntry

    made = full.client.post("/shelf/books/new", data=full.typed)
    opened = read(full.client, f"{made.location}/edit").fields()
    with full.world.session(full.tenant) as session:
        before = session.scalar(select(Book.version))
    typed = {**full.typed, "version": opened["version"]}
    first = full.client.post(f"{made.location}/edit", data={**typed, "x_tinh_trang": "cu", "pages": "9"})
    assert first.status_code == 303

    with full.world.session(full.tenant) as session:
        assert session.scalar(select(Book.version)) > before
        query = select(AuditEntry).where(AuditEntry.entity == "shelf", AuditEntry.action == "update")
        entries = session.scalars(query.order_by(AuditEntry.id)).all()[1:]  # the first belongs to the making
        changed = {name: sides for entry in entries for name, sides in entry.changes.items()}
        assert changed == {"pages": [None, 9], "x_tinh_trang": ["Mới", "Cũ"]}
        assert {entry.user_name for entry in entries} == {full.librarian.name}
    stale = full.client.post(f"{made.location}/edit", data={**typed, "x_tinh_trang": "moi"})
    assert stale.status_code == 409
    assert stored(full)["Dế Mèn"]["x_tinh_trang"] == "cu"


def test_what_does_not_fit_its_type_is_told_at_its_field_and_loses_nothing(full):
    wrong = {
        "x_ke": "k" * 201, "x_tom_tat": "t" * 10_001, "x_so_ban": "9" * 30, "x_tien_dat_coc": "1,5",
        "x_can_nang_kg": "1,23456", "x_han_tra": "31/2/2026", "x_tinh_trang": "khác", "x_chu_de": ["su", "khác"],
        "x_nguoi_giu": "x",
    }  # fmt: skip
    answer = full.client.post("/shelf/books/new", data={**full.typed, **wrong})
    page = Page(answer.text)
    assert answer.status_code == 422
    summary = answer.text.partition("data-errors")[2].partition("</ul>")[0]
    assert {name for name in wrong if f'href="#{name}"' not in summary} == set()
    assert page.fields()["x_han_tra"] == "31/2/2026"

    stranger = full.world.user(full.world.tenant(), name="Nhà khác")
    foreign = full.client.post("/shelf/books/new", data={**full.typed, "x_nguoi_giu": str(stranger.id)})
    assert foreign.status_code == 422
    assert "Nhà khác" not in foreign.text
    assert stored(full) == {}


def test_a_required_field_is_marked_and_asked_for(shelf, shelve):
    shelf.add("text", is_required="y")
    assert shelf.client.post("/shelf/books/new", data={"name": "Dế Mèn", "code": "B1"}).status_code == 422
    assert "required" in read(shelf.client, "/shelf/books/new").element(id="x_ke")
    old = shelve("Sách cũ")  # from before the field was there: read, and asked for at its next change
    assert read(shelf.client, f"/shelf/books/{old}").text


def test_lists_filter_and_sort_by_values_and_by_their_absence(full):
    books = {
        "một": {"x_ke": "An", "x_so_ban": "5", "x_han_tra": "1/1/2026", "x_can_nang_kg": "1,5", "x_tinh_trang": "moi"},
        "hai": {"x_ke": "Ân", "x_so_ban": "7", "x_tinh_trang": "cu", "x_chu_de": ["su", "dia"], "x_sach_hiem": "y"},
        "ba": {"x_ke": "Ăn", "x_so_ban": "5", "x_nguoi_giu": str(full.librarian.id), "x_han_tra": "1/2/2026"},
        "bốn": {"x_so_ban": ""},
    }
    for number, (name, values) in enumerate(books.items()):
        sent = {"name": name, "code": str(number), "x_so_ban": "", **values}
        assert full.client.post("/shelf/books/new", data=sent).status_code == 303

    def listed(arguments: str) -> list[str]:
        page = read(full.client, f"/shelf/books/?{arguments}")
        assert page.element(id="ignored") is None, page.text
        return page.names

    filters = {
        "f.x_ke=n": {"một", "hai", "ba"}, "f.x_ke=Â": {"hai"}, "f.x_so_ban.min=6": {"hai"},
        "f.x_so_ban.max=5": {"một", "ba"}, "f.x_can_nang_kg.min=1,5": {"một"}, "f.x_can_nang_kg.min=1,501": set(),
        "f.x_han_tra.from=2026-01-02": {"ba"}, "f.x_sach_hiem=1": {"hai"}, "f.x_sach_hiem=0": {"một", "ba", "bốn"},
        "f.x_tinh_trang=moi": {"một"}, "f.x_tinh_trang=moi&f.x_tinh_trang=none": {"một", "ba", "bốn"},
        "f.x_chu_de=dia": {"hai"}, "f.x_nguoi_giu=me": {"ba"}, "f.x_nguoi_giu=none": {"một", "hai", "bốn"},
    }  # fmt: skip
    assert {each: set(listed(each)) for each in filters} == filters
    for arguments in filters:
        chip = read(full.client, f"/shelf/books/?{arguments}").element(id="list")
        assert chip is not None
    assert listed("sort=x_ke") == ["bốn", "một", "ba", "hai"]  # a ă â, nothing first
    assert listed("sort=-x_so_ban") == ["hai", "ba", "một", "bốn"]
    assert listed("sort=x_han_tra") == ["hai", "bốn", "một", "ba"]
    for nonsense in ("f.x_so_ban.min=abc", "f.x_tinh_trang=khác", "f.x_nguoi_giu=x", "f.x_khong=1", "sort=x_tom_tat"):
        assert read(full.client, f"/shelf/books/?{nonsense}").element(id="ignored") is not None, nonsense


def test_pages_sorted_by_a_value_show_each_row_once_both_ways(shelf, shelve, monkeypatch):
    from addons.shelf.resources import Books

    monkeypatch.setattr(Books, "page_sizes", (2, 50))
    shelf.add("integer")
    shelve("không")
    for number, copies in enumerate(["3", "", "7", "7", "", "7", "1"]):
        sent = {"name": f"S{number}", "code": f"C{number}", "x_so_ban": copies}
        assert shelf.client.post("/shelf/books/new", data=sent).status_code == 303

    for sort in ("x_so_ban", "-x_so_ban"):
        forward = walk(shelf.client, f"/shelf/books/?sort={sort}")
        assert sorted(name for page in forward for name in page) == sorted(["không", *(f"S{n}" for n in range(7))])
        last = f"/shelf/books/?sort={sort}"
        while (after := read(shelf.client, last).link("next")) is not None:
            last = after
        assert list(reversed(walk(shelf.client, last, "prev"))) == forward


def test_pages_stay_within_their_statements_whatever_fields_they_show(full, shelve):
    shelve(*(f"Sách {number}" for number in range(55)))
    detail = full.client.post("/shelf/books/new", data=full.typed).location
    for url, at_most in (("/shelf/books/?q=sach", 6), (detail, 10)):
        with recorded_statements() as statements:
            read(full.client, url)
        assert len(statements) <= at_most, "\n\n".join(statements)
    with recorded_statements() as with_fields:
        read(full.client, "/shelf/books/?sort=x_so_ban&f.x_sach_hiem=1")
    fields = [each for each in with_fields if "core_custom_field" in each]
    assert len(fields) == 1  # with the rights
    values = [each for each in with_fields if "shelf_field_value" in each]
    assert len(values) == 2  # the rows and the counts, which are there anyhow
