"""What goes along with a customer: sharing, handing over, deletion, numbers, timeline (OWN-07, OWN-08, CUS-031, CUS-071)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from addons.activity.models import State
from tests.addons.activity.conftest import TODAY, Clock, Office
from tests.addons.customer.test_kpi import number_of, parts_of

ROUTE = "/customer/customers/{}/handover"


def three(office: Office, clock: Clock) -> tuple[UUID, UUID, UUID]:
    """One that is open, one that the colleague does, one that was done; all about the customer."""
    opened = office.plan(title="Còn mở", subject=office.subject)
    helped = office.plan(by=office.leader, title="Ánh làm", subject=office.subject, assignee_id=office.colleague.id)
    past = office.plan(title="Đã xong", kind="transaction", subject=office.subject, day=TODAY - timedelta(days=3))
    done = {"result": "reached", "note": "Ký hợp đồng"}
    assert (
        office.world.client(office.seller).post(f"/activity/activities/{past}/complete", data=done).status_code == 303
    )
    return opened, helped, past


@pytest.mark.req("OWN-07", "OWN-08")
@pytest.mark.parametrize("boxes", [["activity.open"], ["activity.past"], ["activity.open", "activity.past"], []])
def test_activities_go_with_the_customer_as_ticked(office: Office, clock: Clock, boxes: list[str]) -> None:
    opened, helped, past = three(office, clock)
    heir = office.world.user(office.tenant, "activity.read", "activity.edit", "customer.read", name="Võ Thành Đạt")
    sent = {"people": [f"user:{heir.id}"], "boxes": boxes}
    path = ROUTE.format(office.customer_id)
    assert office.world.client(office.seller).post(path, data=sent).status_code == 303
    client = office.world.client(heir)
    seen = [client.get(f"/activity/activities/{id}").status_code == 303 for id in (opened, helped, past)]
    assert seen == ["activity.open" in boxes, False, "activity.past" in boxes]
    assert office.stored(opened).assignee_id == (heir.id if "activity.open" in boxes else office.seller.id)
    assert office.stored(helped).assignee_id == office.colleague.id
    assert office.stored(past).assignee_id == office.seller.id
    former = office.world.client(office.seller)
    for id in (opened, past):
        assert former.get(f"/activity/activities/{id}").status_code == 303
    if boxes == ["activity.past"]:
        assert "Ký hợp đồng" in client.get(f"/activity/transactions/{past}").text
        assert client.post(f"/activity/activities/{past}/complete", data={"result": "failed"}).status_code == 403


@pytest.mark.req("SHR-06")
def test_a_share_shows_activities_where_its_box_is_ticked(office: Office, clock: Clock) -> None:
    opened, _helped, past = three(office, clock)
    client, path = office.world.client(office.seller), f"/customer/customers/{office.customer_id}/share"
    reader = office.world.user(office.tenant, "activity.read", "customer.read")
    colleague = office.world.client(reader)
    for boxes, seen in (([], 404), (["activities"], 303)):
        sent = {"people": [f"user:{reader.id}"], "boxes": boxes, "option": "add"}
        assert client.post(path, data=sent).status_code == 303
        assert [colleague.get(f"/activity/activities/{id}").status_code for id in (opened, past)] == [seen, seen]


@pytest.mark.req("CUS-031", "CUS-042")
def test_the_customers_page_tells_of_them(office: Office, clock: Clock) -> None:
    three(office, clock)
    task = office.plan(kind="task", title="Gửi báo giá", subject=office.subject, start=None, end=None)
    leader = office.world.client(office.leader)
    page = leader.get(f"/customer/customers/{office.customer_id}").text
    assert "Create appointment" in page
    assert 'Appointments <span class="count">3</span>' in " ".join(page.split())
    asked = leader.get(f"/activity/of-customer/{office.customer_id}/new")
    assert asked.status_code == 303
    assert f"subject=customer:{office.customer_id}" in asked.location.replace("%3A", ":")
    talk = leader.get(f"/discussion/customer/{office.customer_id}").text
    assert "Lê Minh Quân: Đã xong" in talk
    assert "Succeeded: Ký hợp đồng" in talk
    assert "Còn mở" not in talk
    assert "Đã xong" not in leader.get(f"/discussion/customer/{office.customer_id}?show=logs").text
    stranger = office.world.client(office.world.user(office.tenant, "customer.read", "customer.view_all"))
    assert "Ký hợp đồng" not in stranger.get(f"/discussion/customer/{office.customer_id}").text
    question = leader.get(f"/customer/customers/{office.customer_id}/delete")
    assert question.status_code == 403 or "3 open activities" in question.text
    assert office.stored(task).state == State.PLANNED


@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-071", "CUS-073")
def test_tasks_of_customers_and_what_was_done_count_in_the_kpi(office: Office, clock: Clock) -> None:
    from addons.activity.models import ActivityProject, ActivityType

    with office.world.session(office.tenant) as session:
        project = ActivityProject(name="Mở đại lý")
        session.add(project)
        session.flush()
        project_id, type_id = project.id, session.scalars(select(ActivityType.id)).first()

    def task(subject: str | None = office.subject, **more: object) -> UUID:
        return office.plan(kind="task", title="Việc", subject=subject, start=None, end=None, **more)

    seller = office.world.client(office.seller)
    planned, cancelled = task(), task()
    assert seller.post(f"/activity/activities/{cancelled}/cancel", data={"reason": "Khách hủy"}).status_code == 303
    task(subject=None)
    task(day=TODAY + timedelta(days=40))
    task(by=office.leader, assignee_id=office.colleague.id, project_id=project_id)
    done = [task(project_id=project_id), task(type_id=type_id), task(subject=None, project_id=project_id)]
    for id in done:
        assert seller.post(f"/activity/activities/{id}/complete", data={"result": "reached"}).status_code == 303
    rights = ("customer.read", "customer.view_all", "customer.kpi", "activity.read", "activity.view_all")
    reader = office.world.client(office.world.user(office.tenant, *rights))
    page = reader.get("/customer/kpi").text
    assert number_of(page, "Tasks") == "4", "about customers, due in the month, not cancelled"
    assert number_of(page, "Tasks done, by project") == number_of(page, "Tasks done, by type") == "3"
    assert parts_of(page, "Tasks done, by project")["Mở đại lý"] == "2"
    assert sum(int(number) for number in parts_of(page, "Tasks done, by type").values()) == 3
    theirs = reader.get("/customer/kpi", query_string={"f.who": str(office.colleague.id)}).text
    assert (number_of(theirs, "Tasks"), number_of(theirs, "Tasks done, by project")) == ("1", "0")
    assert office.stored(planned).state == State.PLANNED
