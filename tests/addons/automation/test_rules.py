"""Rules through their pages and jobs: what sets them off, what they do, and what never happens (SYS-16)."""

from __future__ import annotations

import pytest

from tests.addons.automation.conftest import Office

pytestmark = [pytest.mark.req("SYS-16"), pytest.mark.engine("sqlite")]

CALL = {"key": "activity.plan", "kind": "appointment", "title": "Gọi chào {{ record }}", "who": "person:owner",
        "in_days": "1", "start": "09:00", "remind_minutes": "30"}  # fmt: skip
TELL = {"key": "automation.notify", "text": "Khách mới: {{ record }}", "roles": ["owner", "creator"]}


def test_a_new_customer_gets_an_appointment_and_people_are_told(office: Office) -> None:
    rule = office.rule("created", CALL, {**TELL, "user_ids": [str(office.other.id), str(office.admin.id)]})
    office.customer()
    assert office.activities() == []  # after the commit, by a job
    office.work()
    (made,) = office.activities()
    assert (made.title, made.subject_label, made.assignee_id) == (
        "Gọi chào Nguyễn Thị Huyền Trang",
        "Nguyễn Thị Huyền Trang",
        office.seller.id,
    )
    assert office.notices(office.admin) == ["Khách mới: Nguyễn Thị Huyền Trang"]
    assert "Khách mới: Nguyễn Thị Huyền Trang" in office.notices(office.seller)
    assert office.notices(office.other) == []  # he may not see the customer
    (run,) = office.runs()
    assert (run.state, len(run.effects)) == ("done", 3)
    client = office.world.client(office.admin)
    log = client.get("/automation/runs/").text
    assert "Nguyễn Thị Huyền Trang" in log
    page = client.get(f"/automation/runs/{run.id}").text
    assert f"/activity/activities/{made.id}" in page
    assert "✗ Trần Ngọc Ánh" in page
    assert "Nguyễn Thị Huyền Trang" in client.get(rule).text
    assert client.get("/automation/runs/?f.state=failed").text.count("Huyền Trang") == 0
    office.work()
    assert len(office.activities()) == 1
