"""Who may add fields, under which names, what values forbid, and that nothing of a field is left behind or lost."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.core.resources.conftest import EVERYTHING
from tests.core.resources.fields import HOSTILE, field_form, stored
from tests.core.resources.pages import Page, read


def add(shelf, kind, **values):
    """The answer to a new field."""
    return shelf.admin.post("/core/fields/new", data=field_form(kind, **values))


def edit(shelf, id, **changes):
    """The answer to a changed field: its form as it stands, with these changes."""
    form = read(shelf.admin, f"/core/fields/{id}/edit")
    chosen = {name: form.selected(name) for name in ("type",)}
    return shelf.admin.post(f"/core/fields/{id}/edit", data={**form.fields(), **chosen, **changes})


def test_only_who_manages_fields_reaches_their_pages(shelf):
    shelf.add("text")
    for client in (shelf.client, shelf.world.client(shelf.world.user(shelf.tenant, "core.manage_settings"))):
        assert client.get("/core/fields/").status_code == 403
        assert add(type("", (), {"admin": client}), "text", label_vi="Kệ").status_code == 403
    assert "Custom fields" in shelf.admin.get("/settings", follow_redirects=True).text
    assert (
        "x_ke"
        not in read(shelf.world.client(shelf.world.user(shelf.world.tenant(), *EVERYTHING)), "/shelf/books/new").html
    )


@pytest.mark.parametrize("name", ["Pages", " PRICE (₫) ", "Kệ", "ke", "shelf"])
def test_a_name_is_taken_once_whatever_its_marks(shelf, name):
    assert add(shelf, "text", label_vi="Kệ", label_en="Shelf").status_code == 303
    assert add(shelf, "text", label_vi=name).status_code == 422
    assert add(shelf, "text", label_vi="Khác", label_en=name).status_code == 422


def test_names_for_programs_never_collide_and_hostile_ones_are_shown_as_text(shelf):
    for label in ("Hạng!", "hạng?", "id", "version", "tenant_id", "x_x", "日本", HOSTILE):
        assert add(shelf, "text", label_vi=label, help_vi=HOSTILE, section=HOSTILE).status_code == 303, label
    form = read(shelf.client, "/shelf/books/new")
    assert {"x_hang", "x_hang_2", "x_id", "x_version", "x_tenant_id", "x_x_x", "x_field"} < form.fields().keys()
    assert shelf.client.post("/shelf/books/new", data={"name": "A", "code": "1", "x_id": "x"}).status_code == 303
    for url in ("/shelf/books/", "/shelf/books/new", "/core/fields/"):
        page = shelf.admin.get(url).text
        assert '<b>"' not in page
        assert "123123" not in page


def test_a_type_and_a_choice_stay_while_a_record_has_them(full):
    full.client.post("/shelf/books/new", data=full.typed)
    refused = edit(full, full.ids["text"], type="integer")
    assert refused.status_code == 422
    assert "1 record has a value, so the type stays" in refused.text

    choices = {f"choices-{n}-{part}": text for n, (key, vi) in enumerate([("cu", "Cũ"), ("", "Rách")])
               for part, text in (("key", key), ("vi", vi), ("en", ""), ("is_offered", "y"))}  # fmt: skip
    without = edit(full, full.ids["choice"], **choices)
    assert without.status_code == 422
    assert "1 record has “Mới”" in without.text
    retired = {"choices-2-key": "moi", "choices-2-vi": "Mới toanh", "choices-2-en": "Brand new"}
    assert edit(full, full.ids["choice"], **choices, **retired).status_code == 303
    book = read(full.client, "/shelf/books/")
    assert "Brand new" in book.text
    assert "Brand new" not in read(full.client, "/shelf/books/new").text
    url = next(link["href"] for link in book.links if link.get("title") == "Dế Mèn")
    assert read(full.client, f"{url}/edit").selected("x_tinh_trang") == "moi"  # who has it keeps it

    assert edit(full, full.ids["money"], type="integer").status_code == 422
    empty = full.add("text", label_vi="Chưa dùng")
    assert edit(full, empty, type="date").status_code == 303


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("text", {"label_vi": ""}), ("text", {"label_vi": "x" * 81}), ("text", {"type": "sql"}),
        ("text", {"entity": "core_user"}), ("text", {"position": "-1"}), ("text", {"position": "9" * 30}),
        ("integer", {"default": "nhiều"}), ("date", {"default": "31/2/2026"}),
        ("choice", {"default": "khác", "choices": (("A", ""),)}), ("choice", {}),
        ("choice", {"choices": (("A", ""), ("a", ""))}), ("choice", {"choices": (("A, B", ""),)}),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_is_refused_and_its_form_kept(shelf, kind, wrong):
    answer = add(shelf, kind, **{"label_vi": "Thử", "help_vi": "giữ lại", **wrong})
    assert answer.status_code == 422, wrong
    assert Page(answer.text).fields()["help_vi"] == "giữ lại"


def test_there_are_at_most_a_hundred_and_the_form_says_so(shelf, monkeypatch):
    monkeypatch.setattr("core.resources.custom_fields.checking.MAX_FIELDS", 2)
    first = shelf.add("text")
    shelf.add("integer")
    refused = add(shelf, "date", label_vi="Một nữa")
    assert refused.status_code == 422
    assert "which is the most" in refused.text
    assert shelf.admin.post(f"/core/fields/{first}/delete").status_code == 303
    assert add(shelf, "date", label_vi="Một nữa").status_code == 303
    assert shelf.admin.post(f"/core/fields/{first}/restore").status_code == 422


def test_a_deleted_field_says_what_it_takes_along_and_comes_back_with_it(full):
    made = full.client.post("/shelf/books/new", data=full.typed).location
    assert "1 record has a value of this field" in read(full.admin, f"/core/fields/{full.ids['text']}/delete").text
    assert full.admin.post(f"/core/fields/{full.ids['text']}/delete").status_code == 303
    assert "Kệ" not in read(full.client, made).text
    assert add(full, "text", label_vi="Kệ").status_code == 303  # the name is free, its name for programs is not
    assert full.admin.post(f"/core/fields/{full.ids['text']}/restore").status_code == 422
    listed = read(full.admin, "/core/fields/").links
    other = next(link["href"] for link in listed if link.get("title") == "Kệ")
    assert full.admin.post(f"{other}/delete").status_code == 303
    assert full.admin.post(f"/core/fields/{full.ids['text']}/restore").status_code == 303
    assert stored(full)["Dế Mèn"]["x_ke"] == HOSTILE


def test_nothing_is_left_of_a_record_that_is_gone_for_good_and_a_merge_takes_over_what_is_missing(full):
    from addons.shelf.models import Book

    from core.resources.custom_fields.values import merge_values

    full.client.post("/shelf/books/new", data=full.typed)
    full.client.post("/shelf/books/new", data={"name": "Bản sao", "code": "B2", "x_ke": "riêng", "x_so_ban": ""})
    with full.world.session(full.tenant) as session:
        kept = session.scalars(select(Book).where(Book.code == "B2")).one()
        other = session.scalars(select(Book).where(Book.code == "B1")).one()
        merge_values(session, kept, other)
        session.flush()
        super(type(session), session).delete(other)  # for good, past the recycle bin
    values = stored(full)
    assert values["Bản sao"]["x_ke"] == "riêng"
    assert values["Bản sao"]["x_chu_de"] == ["su", "tho"]
    with full.world.session(full.tenant) as session:
        rows = Book.__field_values__
        records = set(session.scalars(select(rows.record_id)))
        assert records == {session.scalar(select(Book.id))}
        assert session.scalar(select(func.count(rows.id))) == len(values["Bản sao"]) + 1
