"""Who works when: hours of the week, absences, and what whoever plans is told of them (Lịch làm việc)."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from addons.activity.hours import covers, format_hours, parse_hours
from core.errors import DomainError
from tests.addons.activity.conftest import TODAY, Office

HOURS = "8:00–12:00, 13h30-17h30"
WEEK = {f"d{at}": HOURS for at in range(5)} | {"d5": "08:00-12:00", "d6": ""}


def test_hours_are_read_as_people_write_them() -> None:
    assert parse_hours(HOURS) == [(480, 720), (810, 1050)]
    assert parse_hours("22:00-24:00; 0:00-2:00") == [(0, 120), (1320, 1440)]
    assert format_hours(parse_hours(HOURS)) == "08:00–12:00, 13:30–17:30"
    assert format_hours([(1320, 1440)]) == "22:00–24:00"
    assert parse_hours(" ") == []
    for wrong in ("8", "8-", "12:00-8:00", "8:00-12:00, 11:00-13:00", "25:00-26:00", "8:00-8:00", "a-b"):
        with pytest.raises(DomainError):
            parse_hours(wrong)
    parts = parse_hours("8:00-10:00, 10:00-12:00, 13:00-17:00")
    assert covers(parts, 480, 720)
    assert not covers(parts, 480, 721)
    assert not covers(parts, 470, 500)


@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-031")
def test_whoever_plans_outside_of_hours_or_in_a_leave_is_told(office: Office) -> None:
    world = office.world
    manager = world.user(
        office.tenant, "activity.read", "activity.manage_schedules", "activity.create", name="Phạm Hồng Nhung"
    )
    made = world.client(manager).post("/activity/schedules/new", data={"user_id": str(office.seller.id), **WEEK})
    assert made.status_code == 303, made.text
    assert "13:30–17:30" in world.client(manager).get(made.location).text
    wrong = world.client(manager).post(
        "/activity/schedules/new", data={"user_id": str(office.seller.id), "d0": "8-", "d6": "x"}
    )
    assert wrong.status_code == 422
    assert wrong.text.count("Write hours like") >= 2
    assert "There is a work schedule of this employee already." in wrong.text

    client = world.client(office.seller)
    leave = {"kind": "leave", "first_day": "26/11/2026", "last_day": "27/11/2026", "note": "Về quê"}
    assert client.post("/activity/absences/new", data=leave).status_code == 303
    half = {"kind": "sick", "first_day": "30/11/2026", "start": "13:30", "end": "17:30"}
    own = client.post("/activity/absences/new", data=half)
    assert "13:30–17:30" in client.get(own.location).text
    assert (
        client.post("/activity/absences/new", data={**leave, "last_day": "25/11/2026", "start": "8"}).status_code == 422
    )
    assert (
        client.post("/activity/absences/new", data={**leave, "user_id": str(office.colleague.id)}).status_code == 303
    )  # his own

    leader = world.client(office.leader)

    def tell(**sent: str) -> str:
        form = office.form(assignee_id=str(office.seller.id), **sent)
        headers = {"HX-Trigger-Name": "end"}
        return str(leader.post("/activity/appointments/validate", data=form, htmx=True, headers=headers).text)

    assert "Outside" not in tell(day="25/11/2026", start="14:00", end="15:00")
    assert "Outside of working hours (08:00–12:00, 13:30–17:30)." in tell(day="25/11/2026", start="12:00", end="13:00")
    assert "Not a working day." in tell(day="29/11/2026", start="9:00", end="10:00")
    assert "Absent: 26/11/2026 – 27/11/2026." in tell(day="26/11/2026", start="14:00", end="15:00")
    assert "Absent" not in tell(day="30/11/2026", start="9:00", end="10:00")
    told = tell(day="30/11/2026", start="16:00", end="17:00")
    assert "Absent: 30/11/2026 13:30–17:30." in told
    assert "Về quê" not in told

    id = office.plan(day=TODAY + timedelta(days=2), start=time(9), end=time(10))
    assert "Absent: 26/11/2026" in client.get(f"/activity/appointments/{id}").text
    week = client.get("/activity/calendar?view=week&day=2026-11-25").text
    assert week.count(">Absent</span>") == 4  # two days, entered twice
    assert "cal-slot is-off" in week
    assert "Absent" in client.get("/activity/calendar?view=month&day=2026-11-25").text
    assert "is-off" not in world.client(office.colleague).get("/activity/calendar?view=week&day=2026-11-25").text


@pytest.mark.engine("sqlite")
def test_everybody_keeps_his_own_absences(office: Office) -> None:
    client, other = (office.world.client(each) for each in (office.seller, office.colleague))
    made = client.post("/activity/absences/new", data={"kind": "leave", "first_day": "26/11/2026"})
    assert other.get(made.location).status_code == 404
    assert other.post(f"{made.location}/delete").status_code == 404
    assert office.world.client(office.leader).get(made.location).status_code == 200  # he sees all calendars
    data = {"kind": "trip", "first_day": "26/11/2026", "version": "1"}
    assert office.world.client(office.leader).post(f"{made.location}/edit", data=data).status_code in {403, 404}
    assert client.post(f"{made.location}/edit", data=data).status_code == 303
    assert "Business trip" in client.get(made.location).text
    assert client.get("/activity/schedules/new").status_code == 403
    assert client.post(f"{made.location}/delete").status_code == 303
