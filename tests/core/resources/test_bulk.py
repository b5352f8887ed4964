"""Bulk actions: which records, the question, the count of what changed and the reasons for what did not (SYS-12)."""

from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from tests.core.resources.pages import Page, read


@pytest.fixture
def titles(world, tenant):
    """``titles(lent=True)``: the names of the books of the tenant that are lent, or not."""

    def get(**wanted):
        from addons.shelf.models import Book

        with world.session(tenant) as session:
            return sorted(session.scalars(select(Book.name).filter_by(**wanted)))

    return get


def _lend(client, ids=(), query="", **data):
    return client.post(f"/shelf/books/bulk{query}", data={"action": "lend", "ids": [str(id) for id in ids], **data})


@pytest.mark.req("SYS-12")
def test_every_row_has_a_tick_and_there_is_one_for_all(client, shelve):
    shelve(*(f"Sách {number}" for number in range(60)))
    page = read(client, "/shelf/books/")

    ticks = [each for tag, each in page.elements if tag == "input" and each.get("name") == "ids"]
    assert len(ticks) == len(page.names) == 50
    assert all(tick["form"] == "bulk" and tick["aria-label"].startswith("Choose Sách") for tick in ticks)
    assert page.element(**{"data-tick-all": ""}) is not None
    assert "Choose all 60 that match" in page.text


@pytest.mark.req("SYS-12")
def test_the_question_names_action_and_count_and_does_nothing_yet(client, shelve, titles):
    ids = shelve("Một", "Hai")
    question = Page(_lend(client, ids).text)

    assert "Lend 2 books?" in question.text
    assert "Delete 1 book?" in client.post("/shelf/books/bulk", data={"action": "delete", "ids": str(ids[0])}).text
    assert titles(is_lent=True) == []
    fields = [(each["name"], each["value"]) for tag, each in question.elements if tag == "input" and "name" in each]
    answer = client.post("/shelf/books/bulk", data={name: [v for n, v in fields if n == name] for name, _ in fields})
    assert answer.status_code == 303
    assert titles(is_lent=True) == ["Hai", "Một"]
    assert "Lend: 2 changed" in read(client, answer.location).text


@pytest.mark.req("SYS-12")
def test_the_report_says_how_many_changed_and_which_did_not_and_why(client, world, tenant, shelve, titles):
    free = shelve("Rảnh")
    lent = shelve("Đã mượn", is_lent=True)
    hidden = shelve("Của người khác", owner_id=world.user(tenant).id)

    answer = _lend(client, [free, lent, hidden, uuid4(), "no id"], confirmed="1")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert "1 changed, 4 skipped" in page.text
    assert "Đã mượn : It is lent already." in page.text
    assert page.text.count("It does not exist any more, or you may not see it.") == 3
    assert "Của người khác" not in page.html
    assert titles(is_lent=True) == ["Rảnh", "Đã mượn"]


@pytest.mark.req("SYS-12")
def test_all_that_match_are_those_of_the_filter_and_of_the_user(client, world, tenant, shelve, titles):
    shelve("Sách đắt", price=90_000)
    shelve("Sách rẻ", price=10)
    shelve("Sách đắt của người khác", price=90_000, owner_id=world.user(tenant).id)

    query = "?f.price.min=50000&q=sach"
    assert "Lend 1 book?" in _lend(client, query=query, all="1").text
    answer = _lend(client, query=query, all="1", confirmed="1")
    assert answer.status_code == 303
    assert titles(is_lent=True) == ["Sách đắt"]
    assert answer.location.startswith("/shelf/books/?")


def test_a_filter_that_cannot_be_read_selects_nothing(client, shelve, titles):
    shelve("Sách")
    for query in ("?f.price.min=abc", "?unknown=1", "?f.genre=x"):
        assert _lend(client, query=query, all="1", confirmed="1").status_code == 422
    assert titles(is_lent=True) == []


def test_a_bulk_action_needs_its_own_permission(world, tenant, shelve, titles):
    id = shelve("Sách")
    editor = world.client(world.user(tenant, "shelf.read", "shelf.edit"))

    assert "Delete" not in Page(read(editor, "/shelf/books/").html.partition('id="bulk"')[2]).text
    answer = editor.post("/shelf/books/bulk", data={"action": "delete", "ids": str(id), "confirmed": "1"})
    assert answer.status_code == 403
    assert titles() == ["Sách"]


def test_nothing_ticked_and_unknown_actions_are_told(client, shelve):
    id = shelve("Sách")
    assert _lend(client).status_code == 422
    assert client.post("/shelf/books/bulk", data={"ids": str(id)}).status_code == 422
    assert client.post("/shelf/books/bulk", data={"ids": str(id), "action": "'; --"}).status_code == 422


def test_an_action_with_a_form_asks_first(client, world, tenant, shelve):
    from addons.shelf.models import Book, Genre

    genre = Genre(name="Truyện")
    with world.session(tenant) as session:
        session.add(genre)
    id = shelve("Sách")

    question = Page(client.post("/shelf/books/bulk", data={"action": "move", "ids": str(id)}).text)
    assert "genre_id" in question.fields()
    refused = client.post(
        "/shelf/books/bulk", data={"action": "move", "ids": str(id), "confirmed": "1", "genre_id": str(uuid4())}
    )
    assert refused.status_code == 422
    done = client.post(
        "/shelf/books/bulk", data={"action": "move", "ids": str(id), "confirmed": "1", "genre_id": str(genre.id)}
    )
    assert done.status_code == 303
    with world.session(tenant) as session:
        assert session.scalar(select(Book.genre_id)) == genre.id


@pytest.fixture
def small_limits(monkeypatch, app):
    for module in ("bulk", "bulk_pages", "jobs"):
        for name, value in (("SYNC_LIMIT", 3), ("BATCH", 2)):
            monkeypatch.setattr(f"core.resources.{module}.{name}", value, raising=False)


@pytest.mark.req("SYS-12")
@pytest.mark.usefixtures("small_limits")
def test_more_than_a_request_may_change_becomes_a_job_of_the_same_user(app, client, world, tenant, shelve, titles):
    from core.jobs import Job
    from core.jobs.execution import run_due_jobs

    shelve(*(f"Sách {number}" for number in range(5)))
    shelve("Sách đã mượn", is_lent=True)
    shelve("Sách của người khác", owner_id=world.user(tenant).id)
    shelve("Khác")

    assert "Lend 6 books?" in _lend(client, query="?q=sach", all="1").text
    answer = _lend(client, query="?q=sach", all="1", confirmed="1")
    assert answer.status_code == 303
    assert answer.location.startswith("/jobs/")
    assert titles(is_lent=True) == ["Sách đã mượn"]
    shelve("Sách đến sau")
    with app.app_context():
        run_due_jobs()

    assert titles(is_lent=True) == [*(f"Sách {number}" for number in range(5)), "Sách đã mượn"]
    with world.session(tenant) as session:
        job = session.scalars(select(Job)).one()
        assert (job.state, job.done, job.total) == ("done", 6, 6)
        assert job.result["message"] == "Lend: 5 changed, 1 skipped"
        assert job.result["reasons"] == [{"name": "Sách đã mượn", "reason": "It is lent already."}]


@pytest.mark.req("SYS-12")
@pytest.mark.usefixtures("small_limits")
def test_a_period_of_a_job_is_that_of_the_moment_of_asking(app, client, shelve, titles):
    from core.jobs.execution import run_due_jobs

    with time_machine.travel("2026-11-20T03:00:00Z", tick=False):
        shelve(*(f"Tháng mười một {number}" for number in range(4)))
        query = "?f.added.period=this_month&sort=name"
        question = Page(_lend(client, query=query, all="1").text)
        asked = question.element(method="post", novalidate="")["action"]
        assert "f.added.from=2026-11-01" in asked
        assert question.fields()["back"] == query[1:]
        answer = client.post(asked, data={"action": "lend", "all": "1", "confirmed": "1", "back": "next=//x\r\nA: b"})
        assert answer.location.startswith("/jobs/")
    with time_machine.travel("2026-12-05T03:00:00Z", tick=False), app.app_context():
        shelve("Tháng mười hai")
        run_due_jobs()
    assert titles(is_lent=True) == [f"Tháng mười một {number}" for number in range(4)]


@pytest.mark.req("SYS-12")
@pytest.mark.usefixtures("small_limits")
def test_more_ticks_than_a_request_may_change_are_a_job_too(app, client, world, tenant, shelve, titles):
    from core.jobs import Job
    from core.jobs.execution import run_due_jobs

    ids = shelve(*(f"Sách {number}" for number in range(5)))
    hidden = shelve("Sách của người khác", owner_id=world.user(tenant).id)
    shelve("Sách không chọn")
    assert "Lend 6 books?" in _lend(client, [*ids, hidden]).text
    assert _lend(client, [*ids, hidden], confirmed="1").location.startswith("/jobs/")
    with app.app_context():
        run_due_jobs()
    assert titles(is_lent=True) == [f"Sách {number}" for number in range(5)]
    with world.session(tenant) as session:
        job = session.scalars(select(Job)).one()
        assert (job.state, job.done, job.total) == ("done", 6, 6)
        assert job.result["message"] == "Lend: 5 changed, 1 skipped"


@pytest.mark.usefixtures("small_limits")
def test_a_job_whose_user_lost_the_right_does_nothing(app, client, world, tenant, librarian, shelve, titles):
    from core.access.models import GroupPermission
    from core.jobs.execution import run_due_jobs

    shelve(*(f"Sách {number}" for number in range(5)))
    assert _lend(client, all="1", confirmed="1").status_code == 303
    with world.session(tenant) as session:
        for permission in session.scalars(select(GroupPermission).where(GroupPermission.permission == "shelf.edit")):
            session.delete(permission)
    with app.app_context():
        run_due_jobs()
    assert titles(is_lent=True) == []


@pytest.mark.usefixtures("small_limits")
def test_a_filter_that_means_nothing_any_more_chooses_nothing(app, client, world, tenant, shelve, titles):
    from core.jobs import Job
    from core.jobs.execution import run_due_jobs

    shelve(*(f"Sách {number}" for number in range(5)))
    assert _lend(client, all="1", confirmed="1").status_code == 303
    with world.session(tenant) as session:
        job = session.scalars(select(Job)).one()
        job.arguments = {**job.arguments, "query": "tab=gone"}
    with app.app_context():
        run_due_jobs()
    assert titles(is_lent=True) == []
    with world.session(tenant) as session:
        assert session.scalars(select(Job)).one().state == "failed"


def test_a_picker_offers_what_the_reader_may_see(client, world, tenant, shelve):
    ids = shelve("Dế Mèn", "Số đỏ")
    shelve("Của người khác", owner_id=world.user(tenant).id)
    page = Page(client.get("/shelf/books/pick").text)
    options = {each["data-label"]: each["data-value"] for tag, each in page.elements if "data-value" in each}
    assert options == {"Dế Mèn": str(ids[0]), "Số đỏ": str(ids[1])}
    assert "B0001" in page.text
    found = client.get("/shelf/books/pick?q=so do", htmx="owner-options")
    assert "Số đỏ" in found.text
    assert "Dế Mèn" not in found.text
    rest = client.get("/shelf/books/pick", query_string={"without": [str(ids[0]), "x"]})
    assert "Dế Mèn" not in rest.text


def test_a_picker_says_when_there_is_more(client, shelve):
    shelve(*(f"Sách {number}" for number in range(25)))
    page = Page(client.get("/shelf/books/pick").text)
    assert sum("data-value" in each for _tag, each in page.elements) == 20
    assert "There are more" in page.text
