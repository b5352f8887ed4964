"""Appointments through their pages: planned, changed, put off, done, cancelled, and what everybody is told (CUS-031)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from tests.addons.activity.conftest import TODAY, Clock, Office

NEW = "/activity/appointments/new"


@pytest.mark.req("CUS-031", "CUS-042")
def test_an_appointment_is_made_from_the_customer_and_stands_on_his_page(office: Office) -> None:
    client = office.world.client(office.seller)
    tab = client.get(f"/activity/of-customer/{office.customer_id}").text
    assert f"{NEW}?subject=customer" in tab
    assert "Nguyễn Thị Huyền Trang" in client.get(f"{NEW}?subject={office.subject}").text

    made = client.post(NEW, data=office.form(place="Văn phòng khách", participant_ids=[str(office.colleague.id)]))

    assert made.status_code == 303, made.text
    page = client.get(made.location).text
    for told in ("Gặp trao đổi báo giá", "Wednesday 25/11/2026, 14:00–15:00", "Văn phòng khách", "Trần Ngọc Ánh",
                 f"/customer/customers/{office.customer_id}"):  # fmt: skip
        assert told in page
    appointment = office.only()
    assert appointment.starts_at == datetime(2026, 11, 25, 7, tzinfo=UTC)
    assert office.notices(office.colleague) == ["Lê Minh Quân put into your calendar: Gặp trao đổi báo giá"]
    assert "Gặp trao đổi báo giá" in client.get(f"/activity/of-customer/{office.customer_id}").text
    assert client.get(f"/customer/customers/{office.customer_id}").text.count("Appointments") >= 1
    assert "Huyền Trang" in client.get("/activity/appointments/?q=huyen trang").text


@pytest.mark.engine("sqlite")
def test_everything_wrong_is_told_at_once_and_nothing_is_lost(office: Office) -> None:
    client = office.world.client(office.seller)
    refused = client.post(NEW, data=office.form(title="", end="13:00", content="Mang theo mẫu", end_day="01/03/2027"))
    assert refused.status_code == 422
    for told in ("Say what is to be done.", "It may take at most 31 days.", "Mang theo mẫu"):
        assert told in refused.text
    for changes, told in (
        ({"start": "25:00"}, "This is not a time of day"),
        ({"end": "14:00"}, "It must end after it begins."),
        ({"end": "13:59"}, "It must end after it begins."),
        ({"start": "", "end": "15:00"}, "Say when it begins"),
        ({"day": ""}, "Say on which day."),
        ({"subject": "customer:01890a5d-ac96-774b-bcce-b302099a8057"}, "you may not see it"),
        ({"subject": "nonsense"}, "from the list"),
        ({"remind_minutes": "99999999999999999999"}, 'aria-invalid="true"'),
        ({"assignee_id": str(office.leader.id), "type_id": "1"}, 'aria-invalid="true"'),
    ):
        answer = client.post(NEW, data=office.form(**changes))
        assert answer.status_code == 422, changes
        assert told in answer.text, changes
    typed = office.form(subject=None, subject_text="Nguyen thi huyen trang", start="14h30", end=None)
    assert client.post(NEW, data=typed).status_code == 303
    appointment = office.only()
    assert appointment.subject == office.subject
    assert (appointment.ends_at - appointment.starts_at) == timedelta(minutes=60)
    assert appointment.assignee_id == office.seller.id


@pytest.mark.engine("sqlite")
def test_an_overlap_is_told_and_never_refused(office: Office) -> None:
    office.plan(title="Họp nội bộ")
    client = office.world.client(office.leader)
    sent = office.form(start="14:30", end="15:30", assignee_id=str(office.seller.id))
    headers = {"HX-Trigger-Name": "start"}
    hint = client.post("/activity/appointments/validate", data=sent, htmx=True, headers=headers).text
    assert "1 other thing is planned at this time:" in hint
    assert "14:00–15:00 Họp nội bộ" in hint
    assert (
        "planned at this time"
        not in client.post(
            "/activity/appointments/validate", data={**sent, "start": "15:00"}, htmx=True, headers=headers
        ).text
    )
    made = client.post(NEW, data=sent)
    assert made.status_code == 303
    assert "14:00–15:00 Họp nội bộ" in client.get(made.location).text
    # a colleague who may not see it learns that somebody is busy, and nothing else
    colleague = office.world.user(office.tenant, *("activity.read", "activity.create", "activity.assign"))
    blind = (
        office.world.client(colleague)
        .post("/activity/appointments/validate", data=sent, htmx=True, headers=headers)
        .text
    )
    assert "14:00–15:00 Busy" in blind
    assert "Họp nội bộ" not in blind


@pytest.mark.req("CUS-057")
def test_done_it_stands_on_the_timeline_and_counts_as_contact(office: Office, clock: Clock) -> None:
    id, missed = office.plan(subject=office.subject), office.plan(subject=office.subject)
    client = office.world.client(office.seller)
    asked = client.get(f"/activity/activities/{id}/complete").text
    assert "Nguyễn Thị Huyền Trang" in asked
    clock.forward(days=1, hours=4)
    assert client.post(f"/activity/activities/{missed}/complete", data={"result": "absent"}).status_code == 303
    assert office.last_contact() is None
    version = office.stored(id).version
    note = {"result": "partly", "note": "Khách xin giảm 5%", "version": version}
    assert client.post(f"/activity/activities/{id}/complete", data=note).status_code == 303
    appointment = office.stored(id)
    assert (appointment.state, appointment.result, appointment.done_at) == ("done", "partly", clock.moment)
    assert office.last_contact() is not None
    assert "Khách xin giảm 5%" in client.get(f"/activity/of-customer/{office.customer_id}").text
    again = client.post(f"/activity/activities/{id}/complete", data={**note, "version": version + 1})
    assert again.status_code == 409
    assert "is over" in again.text
    assert client.get(f"/activity/appointments/{id}/edit").status_code == 403
    assert client.post(f"/activity/activities/{id}/cancel", data={"reason": "Bận"}).status_code == 409


@pytest.mark.engine("sqlite")
def test_put_off_it_remembers_when_it_should_have_been(office: Office) -> None:
    id = office.plan(by=office.leader, assignee_id=office.seller.id, participant_ids=[office.colleague.id])
    client = office.world.client(office.seller)
    path = f"/activity/activities/{id}/reschedule"
    version = office.stored(id).version
    same = client.post(path, data={"day": "25/11/2026", "start": "14:00", "version": version})
    assert same.status_code == 422
    assert "at this time already" in same.text
    moved = {"day": "26/11/2026", "start": "09:00", "reason": "Khách bận đột xuất", "version": version}
    assert client.post(path, data=moved).status_code == 303
    stale = client.post(path, data={**moved, "day": "27/11/2026"})
    assert stale.status_code == 409
    appointment = office.stored(id)
    assert appointment.state == "planned"
    assert appointment.starts_at == datetime(2026, 11, 26, 2, tzinfo=UTC)
    assert appointment.ends_at - appointment.starts_at == timedelta(hours=1)
    page = client.get(f"/activity/appointments/{id}").text
    for told in ("25/11/2026 14:00", "26/11/2026 09:00", "Khách bận đột xuất"):
        assert told in page
    assert office.notices(office.colleague)[-1] == "Lê Minh Quân rescheduled: Gặp khách"
    assert office.notices(office.leader) == []


@pytest.mark.engine("sqlite")
def test_cancelled_with_a_reason_and_taken_up_again(office: Office) -> None:
    id = office.plan(by=office.leader, assignee_id=office.seller.id)
    client = office.world.client(office.seller)
    bare = client.post(f"/activity/activities/{id}/cancel", data={"reason": " "})
    assert bare.status_code == 422
    assert "Say why it is cancelled." in bare.text
    assert client.post(f"/activity/activities/{id}/cancel", data={"reason": "Khách đi công tác"}).status_code == 303
    assert "Khách đi công tác" in client.get(f"/activity/appointments/{id}").text
    assert client.post(f"/activity/activities/{id}/complete", data={"result": "reached"}).status_code == 409
    assert client.post(f"/activity/activities/{id}/take-up").status_code == 303
    assert (office.stored(id).state, office.stored(id).cancel_reason) == ("planned", None)
    assert client.post(f"/activity/activities/{id}/start").status_code == 303
    assert office.stored(id).state == "in_progress"
    assert client.post(f"/activity/activities/{id}/start").status_code == 409


def test_one_sees_and_changes_ones_own(office: Office) -> None:
    mine = office.plan(title="Của Quân")
    given = office.plan(by=office.leader, title="Giao cho Ánh", assignee_id=office.colleague.id)
    shared = office.plan(by=office.leader, title="Họp chung", participant_ids=[office.seller.id])
    seller, colleague = (office.world.client(user) for user in (office.seller, office.colleague))
    listed = seller.get("/activity/appointments/").text
    assert [name in listed for name in ("Của Quân", "Giao cho Ánh", "Họp chung")] == [True, False, True]
    for path in (f"/activity/appointments/{given}", f"/activity/activities/{given}/complete"):
        assert seller.get(path).status_code == 404
    assert colleague.get(f"/activity/appointments/{mine}").status_code == 404
    assert seller.get(f"/activity/appointments/{shared}").status_code == 200
    assert seller.get(f"/activity/appointments/{shared}/edit").status_code == 403
    assert seller.post(f"/activity/activities/{shared}/cancel", data={"reason": "Bận"}).status_code == 403
    form = office.form(title="Đổi tên", version=office.stored(given).version)
    assert colleague.post(f"/activity/appointments/{given}/edit", data=form).status_code == 422  # not his customer
    assert colleague.post(f"/activity/appointments/{given}/edit", data={**form, "subject": ""}).status_code == 303
    team = office.world.client(office.leader).get("/activity/appointments/").text
    assert all(name in team for name in ("Của Quân", "Đổi tên", "Họp chung"))


@pytest.mark.engine("sqlite")
def test_the_calendar_shows_days_weeks_and_months(office: Office) -> None:
    night = {"day": date(2026, 12, 31), "start": time(23), "end_day": date(2027, 1, 1), "end": time(1)}
    office.plan(title="Đêm giao thừa", **night)
    office.plan(title="Việc cả ngày", kind="task", day=TODAY, start=None, end=None)
    client = office.world.client(office.seller)
    week = client.get("/activity/calendar").text
    assert "Việc cả ngày" in week
    assert "23/11/2026 – 29/11/2026" in week
    assert "Đêm giao thừa" not in week
    for address, times in (("view=day&day=2026-12-31", 1), ("view=day&day=2027-01-01", 1), ("view=day&day=2027-01-02", 0),
                           ("view=month&day=2026-12-15", 2), ("view=week&day=2027-01-01&kind=task", 0)):  # fmt: skip
        page = client.get(f"/activity/calendar?{address}").text
        assert page.count(">Đêm giao thừa<") == times, address
    assert "start=09:00" in week.replace("%3A", ":")
    part = client.get("/activity/calendar?view=month", htmx="calendar").text
    assert part.lstrip().startswith('<div id="calendar"')
    for nonsense in ("view=year&day=soon&who=user:1&kind=x", "day=0001-01-01", "day=9999-12-31", "who=all"):
        assert client.get(f"/activity/calendar?{nonsense}").status_code == 200
    other = client.get(f"/activity/calendar?who=user:{office.leader.id}").text
    assert "selected>My calendar" in other
    assert f"user:{office.seller.id}" in office.world.client(office.leader).get("/activity/calendar").text


@pytest.mark.engine("sqlite")
@pytest.mark.req("SYS-09")
def test_times_are_those_of_the_business_wherever_it_is(office: Office) -> None:
    """A branch in Berlin: what is typed, shown, filtered and exported is on its clock, and neighbours keep theirs."""
    from addons.activity.models import Activity

    world = office.world
    berlin = world.tenant(time_zone="Europe/Berlin")
    seller = world.user(berlin, "activity.read", "activity.create", "activity.edit", name="Phạm Thu Hà")
    client = world.client(seller)
    made = client.post(NEW, data={"title": "Họp đối tác", "day": "25/11/2026", "start": "14:00"})
    assert made.status_code == 303, made.text
    late = client.post(NEW, data={"title": "Cuộc gọi khuya", "day": "25/11/2026", "start": "23:30"})
    with world.session(berlin) as session:
        stored = {each.title: each for each in session.scalars(select(Activity))}
        assert stored["Họp đối tác"].starts_at == datetime(2026, 11, 25, 13, tzinfo=UTC)
        assert stored["Cuộc gọi khuya"].starts_at == datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
        assert stored["Cuộc gọi khuya"].day == date(2026, 11, 25)
    assert "Wednesday 25/11/2026, 23:30–26/11/2026 00:30" in client.get(late.location).text
    week = client.get("/activity/calendar?view=day&day=2026-11-25").text
    assert "14:00–15:00 Họp đối tác" in week
    assert "Cuộc gọi khuya" in week
    assert 'value="14:00"' in client.get(f"{made.location}/edit").text
    listed = "/activity/appointments/?f.day.from=2026-11-25&f.day.to=2026-11-25"
    assert "Cuộc gọi khuya" in client.get(listed).text
    id = office.plan(start=time(14))
    assert "14:00–15:00" in world.client(office.seller).get(f"/activity/appointments/{id}").text


@pytest.mark.engine("sqlite")
def test_the_calendar_moves_an_appointment_and_takes_it_back(office: Office) -> None:
    """To another day or time, by steps of keys too; on the version that was seen, and only what is one's own."""
    world, client = office.world, office.world.client(office.seller)
    id = office.plan(participant_ids=[office.colleague.id])
    path = f"/activity/activities/{id}/move"
    week = {"page": "?view=week&day=2026-11-25"}
    shown = client.get("/activity/calendar?view=week&day=2026-11-25").text
    assert f'data-cal-move="{path}"' in shown
    answer = client.post(path, data={"day": "2026-11-27", "version": "1", **week}, htmx="calendar")
    assert answer.status_code == 200, answer.text
    assert "14:00–15:00 Gặp khách" in answer.text
    assert office.stored(id).starts_at == datetime(2026, 11, 27, 7, tzinfo=UTC)
    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    assert client.post(path, data={"day": "2026-11-28", "version": "1", **week}, htmx="calendar").status_code == 409
    assert client.post(undo, htmx="none").headers["HX-Redirect"].startswith("/activity/calendar?")
    assert office.stored(id).starts_at == datetime(2026, 11, 25, 7, tzinfo=UTC)
    assert client.post(undo, htmx="none").status_code == 409  # it stands where it stood
    for sent, begins in (
        ({"day": "2026-11-26", "start": "09:30"}, datetime(2026, 11, 26, 2, 30, tzinfo=UTC)),
        ({"days": "-1"}, datetime(2026, 11, 25, 2, 30, tzinfo=UTC)),
        ({"minutes": "30"}, datetime(2026, 11, 25, 3, 0, tzinfo=UTC)),
    ):
        assert client.post(path, data={**sent, **week}).status_code == 303
        moved = office.stored(id)
        assert (moved.starts_at, moved.ends_at - moved.starts_at) == (begins, timedelta(hours=1))
    for wrong in (
        {"day": "nonsense"},
        {"day": "2026-11-25", "start": "99:00"},
        {"minutes": "0"},
        {"days": "366", "day": "2999-12-31"},
    ):
        assert client.post(path, data={**wrong, **week}, htmx="calendar").status_code == 422, wrong
    assert world.client(office.colleague).post(path, data={"days": "1", **week}).status_code == 403
    assert 'draggable="false"' in world.client(office.colleague).get("/activity/calendar?day=2026-11-25").text
    whole = office.plan(title="Hội chợ", start=None, end=None, end_day=TODAY + timedelta(days=2))
    assert (
        client.post(f"/activity/activities/{whole}/move", data={"day": "2026-12-01", "start": "09:00"}).status_code
        == 303
    )
    fair = office.stored(whole)
    assert (fair.is_all_day, fair.day, fair.ends_at - fair.starts_at) == (True, date(2026, 12, 1), timedelta(days=2))
    assert "Gặp khách" in office.notices(office.colleague)[-1]
