"""Tasks, transactions and care records: their lists, board, workbooks and programs (TXN-01 to TXN-04)."""

from __future__ import annotations

from datetime import time, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from core.testing.queries import recorded_statements
from tests.addons.activity.conftest import TODAY, Clock, Office


@pytest.mark.engine("sqlite")
def test_a_task_goes_over_the_board(office: Office) -> None:
    id = office.plan(kind="task", title="Gửi catalogue", start=None, end=None)
    client = office.world.client(office.seller)
    assert "Gửi catalogue" in client.get("/activity/tasks/?show=board").text
    assert client.get(f"/activity/appointments/{id}").status_code == 404
    for value, status in (("in_progress", 200), ("cancelled", 422), ("done", 200), ("planned", 409)):
        sent = {"stage": value, "version": office.stored(id).version}
        assert client.post(f"/activity/tasks/{id}/move", data=sent, htmx=True).status_code == status, value
    assert (office.stored(id).state, office.stored(id).result) == ("done", "reached")


@pytest.mark.req("TXN-01")
def test_a_transaction_has_type_state_due_date_employee_and_content(office: Office) -> None:
    client = office.world.client(office.leader)
    sent = {"name": "Thăm đại lý", "tone": "red", "entity": "customer", "is_active": "y", "position": "5"}
    assert client.post("/activity/types/new", data=sent).status_code == 303
    page = client.get("/activity/transactions/new").text
    type_id = page.split(">Thăm đại lý<")[0].rpartition('value="')[2].strip('"')
    form = office.form(
        start=None, end=None, type_id=type_id, content="Mang hợp đồng", assignee_id=str(office.seller.id)
    )
    misfit = client.post("/activity/transactions/new", data={**form, "subject": ""})
    assert misfit.status_code == 422
    assert "another kind of record" in misfit.text
    made = client.post("/activity/transactions/new", data=form)
    assert made.status_code == 303
    listed = office.world.client(office.seller).get("/activity/transactions/").text
    for told in ("Gặp trao đổi báo giá", "Thăm đại lý", "Not started", "25/11/2026", "Lê Minh Quân"):
        assert told in listed
    assert client.post(f"/activity/types/{type_id}/delete").status_code == 409


@pytest.mark.req("TXN-02", "TXN-03", "TXN-04")
@pytest.mark.engine("sqlite")
def test_transactions_are_exported_all_or_ticked(office: Office) -> None:
    first = office.plan(kind="transaction", title="Gọi lần 1", subject=office.subject)
    office.plan(kind="transaction", title="Gọi lần 2")
    office.plan(by=office.leader, kind="transaction", title="Của trưởng phòng")
    office.plan(title="Lịch hẹn, không phải giao dịch")
    client = office.world.client(
        office.world.user(office.tenant, "activity.export", "activity.read", "activity.view_all")
    )
    columns = {"export": "1", "columns": ["title", "subject", "start", "state"]}

    def rows(**sent: Any) -> set[Any]:
        answer = client.post("/activity/transactions/export", data={**columns, **sent})
        assert answer.status_code == 200, answer.text
        return set(load_workbook(BytesIO(answer.data)).active.iter_rows(min_row=2, values_only=True))

    ticked = {("Gọi lần 1", "Nguyễn Thị Huyền Trang", "14:00", "Not started")}
    assert {row[0] for row in rows()} == {"Gọi lần 1", "Gọi lần 2", "Của trưởng phòng"}
    assert rows(rows="ticked", ids=[str(first)]) == ticked
    own = office.world.user(office.tenant, "activity.export", "activity.read")
    client = office.world.client(own)
    assert rows() == set()


@pytest.mark.engine("sqlite")
def test_a_care_record_is_done_when_it_is_written(office: Office, clock: Clock) -> None:
    client = office.world.client(office.seller)
    form = office.form(day="24/11/2026", start="11:30", end=None, result="absent", result_note="Gọi không nghe máy")
    future = client.post("/activity/care/new", data={**form, "start": "12:30"})
    assert future.status_code == 422
    assert "still to come" in future.text
    assert client.post("/activity/care/new", data=form).status_code == 303
    record = office.only()
    assert (record.state, record.kind, record.done_at) == ("done", "care", record.starts_at)
    assert office.last_contact() is None
    assert client.post("/activity/care/new", data={**form, "result": "reached"}).status_code == 303
    assert office.last_contact() is not None
    page = client.get("/activity/care/").text
    assert "Nobody was met or reached" in page


def test_programs_go_the_way_of_the_form(office: Office) -> None:
    program = office.world.program(office.leader)
    body = {"title": "Hẹn qua API", "subject": office.subject, "day": "2026-11-25", "start": "09:00", "end": "10:30"}
    made = program.post("/activity/appointments", body)
    assert made.status_code == 201, made.text
    assert made.json["starts_at"].startswith("2026-11-25T02:00")
    assert office.only().subject == office.subject
    wrong = program.post("/activity/appointments", {**body, "end": "08:00"})
    assert wrong.status_code == 422
    assert [(each["field"], each["code"]) for each in wrong.json["errors"]] == [("end", "end_before_start")]


@pytest.mark.engine("sqlite")
def test_nobody_gives_activities_away_without_the_right(office: Office) -> None:
    client = office.world.client(office.seller)
    sent = office.form(assignee_id=str(office.colleague.id))
    assert client.post("/activity/appointments/new", data=sent).status_code == 303
    assert office.only().assignee_id == office.seller.id
    id = office.only().id
    bulk = {"action": "give", "ids": [str(id)], "assignee_id": str(office.colleague.id), "confirmed": "1"}
    assert client.post("/activity/appointments/bulk", data=bulk).status_code == 403
    leader = office.world.client(office.leader)
    assert leader.post("/activity/appointments/bulk", data=bulk).status_code in {200, 303}


def test_pages_take_few_statements(office: Office) -> None:
    ids = [
        office.plan(title=f"Hẹn {n}", subject=office.subject, participant_ids=[office.colleague.id]) for n in range(6)
    ]
    client = office.world.client(office.leader)
    for path, most in (
        ("/activity/appointments/", 6),
        ("/activity/tasks/?tab=all", 6),
        (f"/activity/appointments/{ids[0]}", 10),
        ("/activity/calendar?who=all", 8),
        (f"/activity/of-customer/{office.customer_id}", 6),
    ):
        client.get(path)
        with recorded_statements() as statements:
            assert client.get(path).status_code == 200
        assert len(statements) <= most, [path, *statements]
    assert TODAY + timedelta(days=1) == office.stored(ids[0]).day


@pytest.mark.engine("sqlite")
@pytest.mark.req("TXN-01", "CUS-057")
def test_the_start_page_says_what_is_to_be_done_and_takes_done_by_one_press(office: Office, clock: Clock) -> None:
    """What is overdue first, then today's; done is done once, and the customer has been in contact."""
    due = office.plan(
        title="Quá hạn", day=TODAY - timedelta(days=2), start=time(9), end=time(10), subject=office.subject
    )
    office.plan(title="Cả ngày", day=TODAY, start=None, end=None)
    office.plan(title="Chiều nay", day=TODAY, start=time(15), end=time(16))
    office.plan(title="Ngày mai")
    with_others = office.plan(by=office.leader, title="Họp cùng", day=TODAY, start=time(17), end=time(18),
                              participant_ids=[office.seller.id])  # fmt: skip
    client = office.world.client(office.seller)
    page = client.get("/activity/start/today").text
    order = [page.index(title) for title in ("Quá hạn", "Cả ngày", "Chiều nay", "Họp cùng")]
    assert order == sorted(order)
    assert "Ngày mai" not in page
    assert f"/activity/activities/{with_others}/done" not in page  # somebody else's
    assert client.post(f"/activity/activities/{with_others}/done").status_code == 403
    assert client.post(f"/activity/activities/{due}/done", data={"version": "9"}).status_code == 409
    after = client.post(f"/activity/activities/{due}/done", data={"version": "1"}, htmx=True).text
    assert "Quá hạn" not in after
    assert "Chiều nay" in after
    assert (office.stored(due).state, office.stored(due).result) == ("done", "reached")
    assert office.last_contact() is not None
    assert client.post(f"/activity/activities/{due}/done", data={"version": "2"}).status_code == 409
