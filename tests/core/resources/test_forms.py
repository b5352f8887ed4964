"""New, edit, delete: nothing that was typed is ever lost, and every field says what is wrong with it."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.core.resources.pages import Page, read

VALID = {"name": "Số đỏ", "code": "SD1"}


@pytest.fixture
def book(world, tenant):
    """``book(id)``: what the database holds of it."""

    def get(id=None):
        from addons.shelf.models import Book

        with world.session(tenant) as session:
            return session.scalars(select(Book).where(Book.id == id) if id else select(Book)).one()

    return get


def _edit(client, id, **values):
    """Send the edit form as a browser would that opened it just now."""
    fields = read(client, f"/shelf/books/{id}/edit").fields()
    return client.post(f"/shelf/books/{id}/edit", data={**fields, **values})


@pytest.mark.req("SYS-08")
def test_required_fields_carry_the_mark_and_the_attribute(client):
    page = read(client, "/shelf/books/new")
    for name in ("name", "code"):
        label = page.html.partition(f'<label for="{name}">')[2].partition("</label>")[0]
        assert "(*)" in label
        assert "required" in page.element(id=name)
    label = page.html.partition('<label for="phone">')[2].partition("</label>")[0]
    assert "(*)" not in label


def test_a_new_record_is_saved_and_shown(client, book):
    answer = client.post(
        "/shelf/books/new",
        data={
            **VALID,
            "phone": "+84 912.345.678",
            "price": "85.000",
            "printed_on": "2/9/1936",
            "pages": "250",
            "notes-0-text": "hay",
            "notes-1-text": "",
        },
    )
    assert answer.status_code == 303
    saved = book()
    assert (saved.name, saved.phone, saved.price, saved.printed_on) == (
        "Số đỏ",
        "+84912345678",
        85_000,
        date(1936, 9, 2),
    )
    page = read(client, answer.location)
    assert "Added: Số đỏ" in page.text
    assert "0912 345 678" in page.text
    assert "Notes 1" in page.text
    assert "hay" in read(client, f"{answer.location}?tab=notes").text


def test_a_refused_form_keeps_everything_typed_and_names_each_problem(client):
    typed = {
        "name": "",
        "code": "X" * 30,
        "phone": "0912 34",
        "price": "1.5",
        "printed_on": "31/2/2026",
        "pages": "9" * 12,
        "notes-0-text": "giữ lại",
    }
    answer = client.post("/shelf/books/new", data=typed)
    page = Page(answer.text)

    assert answer.status_code == 422
    assert {name: page.fields().get(name) for name in typed} == typed
    summary = page.html.partition("data-errors")[2].partition("</ul>")[0]
    for name in ("name", "code", "phone", "price", "printed_on", "pages"):
        assert page.element(id=name)["aria-invalid"] == "true", name
        assert f'href="#{name}"' in summary, name


def test_what_the_service_refuses_stands_at_its_field(client, shelve, book):
    shelve("Có rồi")
    answer = client.post("/shelf/books/new", data={"name": "Forbidden", "code": "B0001", "pages": "12"})
    page = Page(answer.text)

    assert answer.status_code == 422
    assert page.element(id="code")["aria-invalid"] == "true"
    assert "This code is taken." in page.text
    assert "Not this title." in page.text
    assert page.fields()["pages"] == "12"
    assert book().name == "Có rồi"


def test_two_who_take_the_same_code_at_once_lose_nothing(client, shelve, monkeypatch):
    """The service's check passes for both; the constraint catches the second."""
    from addons.shelf.resources import Books

    shelve("Có rồi")

    def careless(self, session, form):
        from addons.shelf.models import Book

        book = Book(name=form.name.data, code=form.code.data)
        session.add(book)
        return book

    monkeypatch.setattr(Books, "create", careless)
    answer = client.post("/shelf/books/new", data={"name": "Mới", "code": "B0001"})

    assert answer.status_code == 409
    assert Page(answer.text).fields()["name"] == "Mới"
    assert "at the same moment" in answer.text


def test_a_refused_form_does_not_forget_which_version_it_was_opened_on(client, shelve, book):
    """Else a form that was refused once would silently overwrite what others saved meanwhile."""
    id = shelve("Dế Mèn")
    opened = read(client, f"/shelf/books/{id}/edit").fields()
    assert _edit(client, id, name="Của người khác").status_code == 303

    refused = client.post(f"/shelf/books/{id}/edit", data={**opened, "phone": "12"})
    assert refused.status_code == 422
    again = client.post(f"/shelf/books/{id}/edit", data={**Page(refused.text).fields(), "phone": "", "name": "Của tôi"})
    assert again.status_code == 409
    assert book(id).name == "Của người khác"


@pytest.mark.parametrize("version", ["", "abc", None])
def test_a_form_without_a_version_is_stale(client, shelve, book, version):
    id = shelve("Dế Mèn")
    data = {**VALID, **({"version": version} if version is not None else {})}
    assert client.post(f"/shelf/books/{id}/edit", data=data).status_code == 409
    assert book(id).name == "Dế Mèn"


def test_subforms_can_be_added_without_javascript(client):
    answer = client.post("/shelf/books/new", data={**VALID, "notes-0-text": "một", "add_row": "notes"})
    page = Page(answer.text)
    assert answer.status_code == 200
    assert page.fields()["notes-0-text"] == "một"
    assert page.fields()["notes-1-text"] == ""
    full = {f"notes-{number}-text": "x" for number in range(5)}
    assert "notes-5-text" not in Page(client.post("/shelf/books/new", data={**full, "add_row": "notes"}).text).fields()


def test_a_form_lets_one_choose_only_what_one_may_see(client, world, shelve, book):
    stranger = world.user(world.tenant(), name="Nhà khác")
    answer = client.post("/shelf/books/new", data={**VALID, "owner_id": str(stranger.id)})
    assert answer.status_code == 422
    assert "Nhà khác" not in answer.text
    for owner in ("x", "\x00", "1" * 500):
        assert client.post("/shelf/books/new", data={**VALID, "owner_id": owner}).status_code == 422


def test_a_picker_without_javascript_takes_the_name(client, librarian, book):
    answer = client.post("/shelf/books/new", data={**VALID, "owner_id": "", "owner_id_text": "Lê Thị Thủ Thư"})
    assert answer.status_code == 303
    assert book().owner_id == librarian.id
    refused = client.post("/shelf/books/new", data={**VALID, "code": "2", "owner_id_text": "Không Ai"})
    assert refused.status_code == 422
    assert Page(refused.text).fields()["owner_id_text"] == "Không Ai"


def test_one_field_is_checked_when_it_is_left(client, shelve):
    other = shelve("Dế Mèn", phone="+84912345678")
    headers = {"HX-Trigger-Name": "phone"}

    wrong = client.post("/shelf/books/validate", data={"phone": "09"}, headers=headers, htmx=True)
    assert 'aria-invalid="true"' in wrong.text
    hinted = client.post("/shelf/books/validate", data={"phone": "0912345678"}, headers=headers, htmx=True)
    assert "This number is on another book." in hinted.text
    assert f'href="/shelf/books/{other}"' in hinted.text
    own = client.post(f"/shelf/books/validate?id={other}", data={"phone": "0912345678"}, headers=headers, htmx=True)
    assert "another book" not in own.text
    for name in ("name", "nothing", ""):
        answer = client.post("/shelf/books/validate", data={}, headers={"HX-Trigger-Name": name}, htmx=True)
        assert answer.status_code == 404


def test_the_form_guards_drafts_and_cancels(client, shelve):
    id = shelve("Dế Mèn")
    form = read(client, f"/shelf/books/{id}/edit").element(id="record")
    assert form["data-cancel-href"] == f"/shelf/books/{id}"
    assert {"data-guard", "data-draft", "novalidate"} <= form.keys()


def test_text_that_postgresql_would_refuse_is_cleaned(client, book):
    answer = client.post("/shelf/books/new", data={"name": "Số\x00 đỏ\u202e", "code": " A\x07 "})
    assert answer.status_code == 303
    assert (book().name, book().code) == ("Số đỏ", "A")


def test_delete_asks_deletes_and_can_be_undone(client, shelve, book):
    id = shelve("Dế Mèn")
    question = read(client, f"/shelf/books/{id}/delete")
    assert "Delete Dế Mèn?" in question.text
    assert question.element(method="post", action=f"/shelf/books/{id}/delete") is not None
    assert "<html" not in client.get(f"/shelf/books/{id}/delete", htmx="dialog").text

    deleted = client.post(f"/shelf/books/{id}/delete")
    assert deleted.status_code == 303
    page = read(client, deleted.location)
    assert page.names == []
    assert "Deleted: Dế Mèn" in page.text
    undo = page.element(action=f"/shelf/books/{id}/restore")
    assert undo is not None
    assert client.get(f"/shelf/books/{id}").status_code == 404

    assert client.post(undo["action"]).status_code == 303
    assert read(client, f"/shelf/books/{id}").element(id="record-menu") is not None


def _fingerprint(answer):
    """What an answer tells: all but the request's number."""
    body = Page(answer.text).text
    headers = {name: value for name, value in answer.headers if name not in {"X-Request-ID", "Set-Cookie"}}
    return answer.status_code, body, headers.get("Content-Type")


def test_absent_foreign_deleted_and_invisible_are_the_same(client, world, tenant, shelve):
    from addons.shelf.models import Book

    foreign = Book(name="Nhà khác", code="F")
    with world.session(world.tenant()) as session:
        session.add(foreign)
    hidden = shelve("Của người khác", owner_id=world.user(tenant).id)
    deleted = shelve("Đã xóa")
    client.post(f"/shelf/books/{deleted}/delete")
    read(client, "/shelf/books/")

    for rule, method in (("", "get"), ("/edit", "get"), ("/delete", "get"), ("/edit", "post"), ("/delete", "post")):
        answers = {
            _fingerprint(getattr(client, method)(f"/shelf/books/{id}{rule}"))
            for id in (uuid4(), foreign.id, hidden, deleted)
        }
        assert len(answers) == 1, rule
        assert answers.pop()[0] == 404
    for id in (uuid4(), foreign.id, hidden):
        assert client.post(f"/shelf/books/{id}/restore").status_code == 404


def test_a_malformed_id_is_not_found(client):
    for id in ("1", "x" * 36, "%00", "..%2f..", "00000000-0000-0000-0000-00000000000g"):
        assert client.get(f"/shelf/books/{id}").status_code == 404


def test_every_verb_needs_its_permission(world, tenant, shelve):
    id = shelve("Dế Mèn")
    reader = world.client(world.user(tenant, "shelf.read"))
    nobody = world.client(world.user(tenant))
    anonymous = world.client()
    verbs = [
        ("get", "/shelf/books/new"),
        ("post", "/shelf/books/new"),
        ("get", f"/shelf/books/{id}/edit"),
        ("post", f"/shelf/books/{id}/edit"),
        ("get", f"/shelf/books/{id}/delete"),
        ("post", f"/shelf/books/{id}/delete"),
        ("post", f"/shelf/books/{id}/restore"),
        ("post", "/shelf/books/validate"),
        ("post", "/shelf/books/bulk"),
    ]
    for method, url in verbs:
        assert getattr(reader, method)(url).status_code == 403, url
    for url in ("/shelf/books/", f"/shelf/books/{id}", "/shelf/books/pick", "/shelf/books/filter?key=lent"):
        assert reader.get(url).status_code == 200
        assert nobody.get(url).status_code == 403
        assert anonymous.get(url).status_code == 303
    page = read(reader, f"/shelf/books/{id}")
    assert "/edit" not in page.html
    assert "/delete" not in page.html
    listed = read(reader, "/shelf/books/")
    assert "/edit" not in listed.html
    assert "bulk" not in listed.fields().values()


def test_every_unsafe_route_needs_the_token(client, shelve):
    id = shelve("Dế Mèn")
    for url in ("new", f"{id}/edit", f"{id}/delete", f"{id}/restore", "validate", "bulk"):
        assert client.post(f"/shelf/books/{url}", data=VALID, csrf=False).status_code == 403, url


def test_a_detail_page_stays_within_its_queries(client, shelve, librarian, world, tenant):
    from addons.shelf.models import Genre

    from core.testing.queries import recorded_statements

    genre = Genre(name="Truyện")
    with world.session(tenant) as session:
        session.add(genre)
    id = shelve("Dế Mèn", genre_id=genre.id, owner_id=librarian.id)

    for url in (f"/shelf/books/{id}", f"/shelf/books/{id}?tab=notes", f"/shelf/books/{id}?tab=nothing"):
        with recorded_statements() as statements:
            page = read(client, url)
        assert len(statements) <= 7, "\n\n".join(statements)
        assert "Truyện" in page.text


def test_a_tab_is_a_link_and_a_fragment(client, shelve):
    id = shelve("Dế Mèn")
    page = read(client, f"/shelf/books/{id}")
    assert any(link["href"] == f"/shelf/books/{id}?tab=notes" for link in page.links)
    fragment = client.get(f"/shelf/books/{id}?tab=notes", htmx="pane")
    assert fragment.text.lstrip().startswith('<div id="pane"')
    assert "<html" not in fragment.text
