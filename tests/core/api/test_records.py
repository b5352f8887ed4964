"""Records through the API: what is given, what is taken, and that it goes the same way as on the page."""

from __future__ import annotations

import pytest

from core.api.bodies import MAX_BYTES
from core.db.actor import Actor
from core.db.session import open_session
from core.tenancy.services import disable_addon
from core.testing.world import Program


def problems(answer) -> dict[str, str]:
    """The codes of the fields' problems, by field; of the whole, under ``""``."""
    assert answer.content_type == "application/problem+json", answer.text
    found = answer.json
    assert found["status"] == answer.status_code
    return {each["field"]: each["code"] for each in found.get("errors", ())} or {"": found["code"]}


@pytest.fixture
def genre(world, tenant):
    from addons.shelf.models import Genre

    with world.session(tenant) as session:
        genre = Genre(name="Đồng thoại", tone="green")
        session.add(genre)
    return str(genre.id)


def test_a_book_is_made_read_changed_deleted_and_restored(program, genre, librarian):
    made = program.post(
        "/shelf/books",
        {
            "name": "  Dế Mèn ",
            "code": "B1",
            "phone": "0912 345 678",
            "price": 45_000,
            "printed_on": "1941-06-01",
            "genre_id": genre,
            "owner_id": str(librarian.id),
            "notes": [{"text": "Bìa rách"}, {"text": "Có chữ ký"}],
        },
    )
    id = made.json["id"]
    changed = program.patch(f"/shelf/books/{id}", {"pages": 120, "genre_id": None, "notes": []}, headers=match(1))
    gone = program.delete(f"/shelf/books/{id}")
    absent = program.get(f"/shelf/books/{id}")
    back = program.post(f"/shelf/books/{id}/restore")

    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/shelf/books/{id}")
    assert made.json | {"created_at": ""} == {
        "id": id,
        "version": 1,
        "name": "Dế Mèn",
        "code": "B1",
        "phone": "+84912345678",
        "genre": {"id": genre, "name": "Đồng thoại"},
        "owner": {"id": str(librarian.id), "name": "Lê Thị Thủ Thư"},
        "pages": None,
        "price": 45_000,
        "created_at": "",
        "printed_on": "1941-06-01",
        "is_lent": False,
        "genre_id": genre,
        "owner_id": str(librarian.id),
        "notes": [{"text": "Bìa rách"}, {"text": "Có chữ ký"}],
    }
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert changed.json == made.json | {"version": 2, "pages": 120, "genre": None, "genre_id": None, "notes": []}
    assert (gone.status_code, gone.text, absent.status_code) == (204, "", 404)
    assert back.json == changed.json | {"version": 4}


def match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def test_a_list_gives_its_columns_page_by_page(program, book):
    books = [book(f"Sách {number}", pages=number % 3 or None) for number in range(7)]

    seen, pages, url = [], 0, "/shelf/books?limit=3&sort=pages"
    while url:
        page = program.get(url)
        assert page.status_code == 200, page.text
        seen += page.json["items"]
        pages, last, url = pages + 1, url, page.json["next"]
    back = program.get(program.get(last).json["previous"]).json["items"]

    assert pages == 3
    assert sorted(each["id"] for each in seen) == sorted(each["id"] for each in books)
    assert [each["pages"] for each in seen] == [None, None, None, 1, 1, 2, 2]
    assert back == seen[3:6]
    assert seen[0].keys() == {
        "id", "version", "name", "code", "phone", "genre", "owner", "pages", "price", "created_at"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=de men", ["Dế Mèn"]),
        ("f.price.min=50000", ["Số đỏ"]),
        ("f.lent=1", ["Số đỏ"]),
        ("f.genre=none&f.code=B000", ["Số đỏ", "Dế Mèn"]),
        ("tab=mine", []),
        ("sort=-price&limit=1", ["Số đỏ"]),
    ],
)
def test_a_list_is_narrowed_by_the_parameters_of_its_page(program, book, query, found):
    book("Dế Mèn", price=45_000)
    book("Số đỏ", price=60_000, is_lent=True)

    assert [each["name"] for each in program.get(f"/shelf/books?{query}").json["items"]] == found


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=x", "limit=%D9%A3", "limit=-1", "size=25", "sort=search_text", "sort=owner.name",
        "f.genre=x", "f.lent=2", "f.price.min=1&f.price.max=0", "f.added.from=31/02/2026", "after=x", "before=e30",
        "tab=x", "f.password_hash=x", "filter=x",
    ],
)  # fmt: skip
def test_what_a_list_cannot_read_is_refused_and_not_left_out(program, query):
    answer = program.get(f"/shelf/books?{query}")

    assert answer.status_code == 422
    assert set(problems(answer).values()) == {"bad_parameter"}


def test_wrong_values_are_told_by_field_as_on_the_page(program, book, world, librarian):
    book("Dế Mèn")
    sent = {"code": "B0001", "name": "x" * 81, "phone": "12", "price": "dear", "notes": [{"text": "a", "page": 1}]}
    page = world.client(librarian).post("/shelf/books/new", data={"name": "x" * 81, "code": "B9", "phone": "12"})

    typed = program.post("/shelf/books", sent)
    judged = program.post("/shelf/books", {"code": "B9", "name": "x" * 81, "phone": "12"})
    taken = program.post("/shelf/books", {"code": "B0001", "name": "Forbidden"})
    empty = program.post("/shelf/books", {"name": ""})
    vietnamese = program.post("/shelf/books", {"name": ""}, headers={"Accept-Language": "fr, vi;q=0.5"})

    assert problems(typed) == {"price": "wrong_type", "notes.0.page": "unknown_field"}
    assert problems(judged) == {"phone": "invalid", "name": "invalid"}
    assert all(each["message"] in page.text for each in judged.json["errors"])
    assert problems(taken) == {"code": "taken", "name": "forbidden_title"}
    assert problems(empty) == {"name": "required", "code": "required"}
    assert {each["message"] for each in empty.json["errors"]} == {"This field is required."}
    assert {each["message"] for each in vietnamese.json["errors"]} == {"Trường này là bắt buộc."}
    assert [each["name"] for each in program.get("/shelf/books").json["items"]] == ["Dế Mèn"]


HOSTILE = [
    (b"", 400, "bad_json"),
    (b"{", 400, "bad_json"),
    (b"[]", 400, "not_an_object"),
    (b'"x"', 400, "not_an_object"),
    (b'{"name": "\xff"}', 400, "bad_json"),
    ('{"name": "x"}'.encode("utf-16"), 400, "bad_json"),
    (b'{"pages": NaN}', 400, "bad_json"),
    (b'{"pages": -Infinity}', 400, "bad_json"),
    (b'{"name": "a", "name": "b"}', 400, "duplicate_key"),
    (b'{"notes": [{"text": "a", "text": "b"}]}', 400, "duplicate_key"),
    (b"[" * 100_000, 400, "too_deep"),
    (b'{"notes": ' * 9 + b"1" + b"}" * 9, 400, "too_deep"),
    (b'{"pages": 1' + b"0" * 5_000 + b"}", 422, "too_large"),
    (b'{"pages": 9223372036854775808}', 422, "too_large"),
    (b'{"pages": 2147483648}', 422, "invalid"),
    (b'{"pages": 1e999}', 422, "too_large"),
    (b'{"pages": 1.5}', 422, "wrong_type"),
    (b'{"pages": true}', 422, "wrong_type"),
    (b'{"pages": "12"}', 422, "wrong_type"),
    (rb'{"name": "\ud800"}', 422, "bad_text"),
    (rb'{"name": "a\u0000b"}', 422, "bad_text"),
    (rb'{"na\u0000me": "a"}', 422, "bad_text"),
    (b'{"name": {"$ne": null}}', 422, "wrong_type"),
    (b'{"name": ["a@b.c", "d@e.f"]}', 422, "wrong_type"),
    (b'{"name": 1}', 422, "wrong_type"),
    (b'{"is_lent": null}', 422, "wrong_type"),
    (b'{"is_lent": "y"}', 422, "wrong_type"),
    (b'{"notes": {}}', 422, "wrong_type"),
    (b'{"notes": [null]}', 422, "wrong_type"),
    (b'{"notes": ["text"]}', 422, "wrong_type"),
    (b'{"notes": [' + b",".join([b"{}"] * 6) + b"]}", 422, "too_many"),
    (b'{"genre_id": "none"}', 422, "wrong_format"),
    (b'{"genre_id": "{0190a5f2-6c1e-7b3a-9f00-5d1c2e3f4a5b}"}', 422, "wrong_format"),
    (b'{"printed_on": "01/06/1941"}', 422, "wrong_format"),
    (b'{"printed_on": "1941-02-30"}', 422, "wrong_format"),
    (b'{"tenant_id": "0190a5f2-6c1e-7b3a-9f00-5d1c2e3f4a5b"}', 422, "unknown_field"),
    (b'{"created_by_id": null}', 422, "unknown_field"),
    (b'{"deleted_at": null}', 422, "unknown_field"),
    (b'{"search_text": "x"}', 422, "unknown_field"),
    (b'{"name_text": "x"}', 422, "unknown_field"),
]


@pytest.mark.engine("sqlite")
def test_no_body_is_misunderstood(program, book):
    """Each hostile body, as a new record and as a change: told what is wrong, nothing stored, never a failure of ours."""
    made = book("Dế Mèn")
    wrong = []
    for body, status, code in HOSTILE:
        for method, path in (("POST", "/shelf/books"), ("PATCH", f"/shelf/books/{made['id']}")):
            sent = {"data": body, "content_type": "application/json", "headers": {"If-Match": "*"}}
            answer = program(method, path, **sent)
            if answer.status_code != status or code not in problems(answer).values():
                wrong.append((method, body[:60], answer.status_code, answer.text[:300]))
    assert not wrong
    assert program.get(f"/shelf/books/{made['id']}").json == made


@pytest.mark.engine("sqlite")
def test_only_json_of_a_bounded_size_is_taken(program):
    form = program.post("/shelf/books", data="name=x", content_type="application/x-www-form-urlencoded")
    bare = program.post("/shelf/books", data=b"{}")
    huge = program.post("/shelf/books", data=b" " * (MAX_BYTES + 1), content_type="application/json")

    assert [(each.status_code, problems(each)[""]) for each in (form, bare, huge)] == [
        (415, "not_json"), (415, "not_json"), (413, "too_large"),
    ]  # fmt: skip


def test_a_change_of_an_old_version_changes_nothing(program, book):
    made = book("Dế Mèn")
    url = f"/shelf/books/{made['id']}"
    program.patch(url, {"name": "Dế Choắt", "version": 1})

    refused = [
        program.patch(url, {"pages": 1}, headers=match(1)),
        program.patch(url, {"pages": 1, "version": 1}),
        program.patch(url, {"pages": 1}),
        program.patch(url, {"pages": 1, "version": "2"}),
        program.patch(url, {"pages": 1}, headers={"If-Match": 'W/"2"'}),
        program.patch(url, {"pages": 1, "version": 2}, headers=match(1)),
        program.delete(url, headers=match(1)),
    ]
    kept = program.get(url)
    overwritten = program.patch(url, {"pages": 2}, headers={"If-Match": "*"})

    assert [(each.status_code, *problems(each).values()) for each in refused] == [
        (412, "stale"), (409, "stale"), (428, "version_required"), (422, "wrong_type"), (412, "stale"),
        (412, "stale"), (412, "stale"),
    ]  # fmt: skip
    assert (kept.json["name"], kept.json["pages"], kept.headers["ETag"]) == ("Dế Choắt", None, '"2"')
    assert overwritten.json["pages"] == 2


@pytest.mark.engine("postgresql")  # SQLite lets nobody else write meanwhile
def test_a_change_that_comes_between_reading_and_writing_wins(program, book, tenant, monkeypatch):
    """The version is compared again where the row is written, not only where it is read."""
    from addons.shelf.models import Book
    from addons.shelf.resources import Books

    made = book("Dế Mèn")

    def change_first(resource, session, record, form, original=Books.update):
        with open_session(Actor.system(tenant.id)) as other:
            other.need(Book, record.id).name += "!"
        original(resource, session, record, form)

    monkeypatch.setattr(Books, "update", change_first)

    matched = program.patch(f"/shelf/books/{made['id']}", {"pages": 1}, headers=match(1))
    said = program.patch(f"/shelf/books/{made['id']}", {"pages": 1, "version": 2})

    assert [(each.status_code, problems(each)[""]) for each in (matched, said)] == [(412, "stale"), (409, "stale")]
    assert program.get(f"/shelf/books/{made['id']}").json["pages"] is None


def test_who_may_not_edit_gets_what_the_pages_show(world, librarian, book):
    made = book("Dế Mèn", is_lent=True, notes=[{"text": "Mật"}])
    reader = world.program(librarian, "shelf.read")

    got = reader.get(f"/shelf/books/{made['id']}").json

    assert made.keys() - got.keys() == {"is_lent", "notes", "genre_id", "owner_id"}
    assert got == {name: made[name] for name in got}
    assert not {"search_text", "sort_name", "tenant_id", "created_by_id", "deleted_at"} & made.keys()


def test_a_bulk_action_changes_what_it_may_and_says_what_it_left(program, book, genre):
    one, two = book("Dế Mèn"), book("Số đỏ", is_lent=True)
    nobody = "0190a5f2-6c1e-7b3a-9f00-5d1c2e3f4a5b"

    lent = program.post("/shelf/books/bulk/lend", {"ids": [one["id"], two["id"], nobody]})
    moved = program.post("/shelf/books/bulk/move", {"ids": [one["id"]], "genre_id": genre})
    wrong = program.post("/shelf/books/bulk/move", {"ids": [one["id"]], "genre_id": nobody})
    none = program.post("/shelf/books/bulk/lend", {"ids": []})
    many = program.post("/shelf/books/bulk/lend", {"ids": [nobody] * 501})
    odd = program.post("/shelf/books/bulk/lend", {"ids": "all", "all": True})

    assert lent.json == {
        "changed": 1,
        "skipped": [
            {"name": "Số đỏ", "reason": "It is lent already."},
            {"name": "", "reason": "It does not exist any more, or you may not see it."},
        ],
    }
    assert moved.json == {"changed": 1, "skipped": []}
    assert program.get(f"/shelf/books/{one['id']}").json["genre"]["name"] == "Đồng thoại"
    assert problems(wrong) == {"genre_id": "invalid"}
    assert problems(none) == {"ids": "required"}
    assert problems(many) == {"ids": "too_many"}
    assert problems(odd) == {"ids": "wrong_type", "all": "unknown_field"}


def test_what_can_be_chosen_is_told(program, genre):
    assert program.get("/shelf/books/choices").json == {
        "choices": {"genre_id": [{"value": genre, "text": "Đồng thoại"}]}
    }


def test_a_record_handed_out_of_ones_sight_is_changed_and_no_more_told(world, tenant, program, book):
    made, colleague = book("Dế Mèn"), world.user(tenant, "shelf.read", "core.use_api")

    handed = program.patch(f"/shelf/books/{made['id']}", {"owner_id": str(colleague.id), "version": 1})
    gone = program.get(f"/shelf/books/{made['id']}")

    assert (handed.status_code, handed.json) == (200, {"id": made["id"]})
    assert gone.status_code == 404
    assert world.program(colleague).get(f"/shelf/books/{made['id']}").json["name"] == "Dế Mèn"


def test_what_is_hidden_or_anothers_is_like_what_never_was(world, tenant, program, book, librarian):
    """A colleague's book, another business's and an id nobody has: the same answers to everything that names one."""
    from addons.shelf.models import Book, Genre

    elsewhere = world.tenant()
    with world.session(elsewhere) as session:
        foreign_genre, foreign_book = Genre(name="Riêng"), Book(name="Riêng", code="X1")
        session.add_all([foreign_genre, foreign_book])
    with world.session(tenant) as session:
        hidden_book = Book(name="Của đồng nghiệp", code="X2", owner_id=world.user(tenant).id)
        session.add(hidden_book)
    absent = "0190a5f2-6c1e-7b3a-9f00-5d1c2e3f4a5b"
    mine = book("Dế Mèn")
    ids = {str(foreign_book.id), str(foreign_genre.id), str(hidden_book.id), absent}

    def ask(id: str) -> list[object]:
        answers = [
            program.get(f"/shelf/books/{id}"),
            program.get(f"/shelf/genres/{id}"),
            program.patch(f"/shelf/books/{id}", {"name": "Của tôi"}, headers={"If-Match": "*"}),
            program.delete(f"/shelf/books/{id}"),
            program.post(f"/shelf/books/{id}/restore"),
            program.post("/shelf/books/bulk/delete", {"ids": [id]}),
            program.post("/shelf/books", {"name": "Mới", "code": "N1", "genre_id": id}),
            program.patch(f"/shelf/books/{mine['id']}", {"owner_id": id, "version": 1}),
            program.get(f"/shelf/books?f.genre={id}"),
            program.get(f"/shelf/books?f.owner={id}"),
        ]
        return [(each.status_code, each.text.replace(id, "ID").partition('"request_id"')[0]) for each in answers]

    told = {id: ask(id) for id in ids}

    assert all(answers == told[absent] for answers in told.values())
    assert [status for status, _text in told[absent]] == [404, 404, 404, 404, 404, 200, 422, 422, 422, 200]
    assert [each["id"] for each in program.get("/shelf/books").json["items"]] == [mine["id"]]
    with world.session(elsewhere) as session:
        assert session.need(Book, foreign_book.id).name == "Riêng"


def test_every_operation_wants_its_own_right(world, tenant, librarian, book):
    """Each right alone opens what it is for; without a token, with a wrong one, without the addon nothing opens."""
    made = book("Dế Mèn")
    url = f"/shelf/books/{made['id']}"
    operations = {
        ("GET", "/shelf/books"): {"shelf.read"},
        ("GET", url): {"shelf.read"},
        ("GET", "/shelf/books/choices"): {"shelf.create", "shelf.edit"},
        ("POST", "/shelf/books"): {"shelf.create"},
        ("PATCH", url): {"shelf.edit"},
        ("POST", "/shelf/books/bulk/lend"): {"shelf.edit"},
        ("POST", f"{url}/restore"): {"shelf.delete"},
        ("POST", "/shelf/books/bulk/delete"): {"shelf.delete"},
        ("DELETE", url): {"shelf.delete"},
    }
    rights = ("shelf.read", "shelf.create", "shelf.edit", "shelf.delete")
    programs = {right: world.program(librarian, right) for right in rights}
    for (method, path), wanted in operations.items():
        body = None if method in {"GET", "DELETE"} else {}
        for right, program in programs.items():
            answer = program(method, path, body)
            assert (answer.status_code == 403) is (right not in wanted), (method, path, right, answer.text)
        for nobody in (
            Program(world.app, None),
            Program(world.app, "banyan_x"),
            Program(world.app, f"{program.token}x"),
        ):
            answer = nobody(method, path, body)
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    with world.session(tenant) as session:
        disable_addon(session, "shelf")
    for method, path in operations:
        body = None if method in {"GET", "DELETE"} else {}
        assert programs["shelf.read"](method, path, body).status_code == 404


@pytest.mark.engine("sqlite")
def test_what_is_not_there_is_told_as_json(program):
    nowhere = program.get("/shelf/authors")
    wrong = program("PUT", "/shelf/books", {})
    odd = program.get("/shelf/books/1")

    assert [(each.status_code, problems(each)) for each in (nowhere, wrong, odd)] == [
        (404, {"": "not_found"}), (405, {"": "method_not_allowed"}), (404, {"": "not_found"}),
    ]  # fmt: skip
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
