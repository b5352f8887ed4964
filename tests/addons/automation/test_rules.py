"""Rules through their pages and jobs: what sets them off, what they do, and what never happens (SYS-16)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.audit import CREATED_AS
from core.jobs import enqueue
from core.tenancy.services import disable_addon
from tests.addons.automation.conftest import CUSTOMERS, Clock, Office

pytestmark = pytest.mark.req("SYS-16")

CALL = {"key": "activity.plan", "kind": "appointment", "title": "Gọi chào {{ record }}", "who": "person:owner",
        "in_days": "1", "start": "09:00", "remind_minutes": "30"}  # fmt: skip
PREFERENCES = "/account/notifications"
TELL = {"key": "automation.notify", "text": "Khách mới: {{ record }}", "roles": ["owner", "creator"]}


def test_a_new_customer_gets_an_appointment_and_people_are_told(office: Office) -> None:
    rule = office.rule("created", CALL, {**TELL, "user_ids": [str(office.other.id), str(office.admin.id)]})
    choices = office.world.client(office.seller)
    assert "An automation rule tells me something" in choices.get(PREFERENCES).text
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
    with office.world.session(office.tenant) as session:
        enqueue(session, "automation.run_rules", ids=[run.occasion.removeprefix("entry:")])
    office.work()
    assert len(office.activities()) == len(office.runs()) == 1  # the same occasion, again
    choices.post(PREFERENCES, data={"automation.notice": "none"})
    had = len(office.notices(office.seller))
    office.customer(name="Không muốn nghe")
    office.work()
    assert not [each for each in office.notices(office.seller)[had:] if each.startswith("Khách mới")]
    assert "Khách mới: Không muốn nghe" in office.notices(office.admin)


@pytest.mark.engine("sqlite")
def test_a_field_that_becomes_a_value_sets_off_rules_under_their_conditions(office: Office) -> None:
    """Another value and a record that does not meet the conditions do nothing; another change is another occasion."""
    second = str(office.relationships["second"])
    office.rule(
        "changed",
        {"key": "automation.change_field", "change": f"owner_id={office.other.id}"},
        {
            "key": "activity.plan",
            "kind": "task",
            "title": "Kiểm tra hồ sơ",
            "who": f"user:{office.admin.id}",
            "in_days": "0",
        },
        watched=f"relationship_id={second}",
        conditions={"f.phone": "1"},
    )
    with_phone = office.customer(phone="0912345678")
    without = office.customer(name="Không số điện thoại")
    office.work()
    assert office.activities() == []
    for id in (with_phone, without):
        office.move(id, "third")
    office.work()
    assert office.runs() == []
    for id in (with_phone, without):
        assert office.move(id, "second").status_code < 400
    office.work()
    (made,) = office.activities()
    assert (made.title, made.kind, made.is_all_day, made.assignee_id) == (
        "Kiểm tra hồ sơ",
        "task",
        True,
        office.admin.id,
    )
    assert office.stored(with_phone).owner_id == office.other.id
    assert office.stored(without).owner_id == office.seller.id
    office.move(with_phone, "third", by=office.admin)
    office.move(with_phone, "second", by=office.admin)
    office.work()
    assert len(office.activities()) == 2  # another change is another occasion


def test_what_fails_is_told_and_never_breaks_what_was_saved(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from addons.automation.actions import ChangeField

    office.rule(
        "created",
        {"key": "activity.plan", "kind": "task", "title": "Việc đầu", "who": "person:owner", "in_days": "0"},
        {"key": "automation.change_field", "change": f"owner_id={office.other.id}"},
    )
    with monkeypatch.context() as broken:
        broken.setattr(ChangeField, "run", lambda *given: 1 / 0)
        answer = office.world.client(office.seller).post("/customer/customers/new", data=office.form())
        assert answer.status_code == 303, answer.text
        office.work()
    assert office.activities() == []  # the first action went with the second
    (run,) = office.runs()
    assert (run.state, run.effects) == ("failed", [])
    assert "lỗi" in run.message.lower() or "error" in run.message.lower()
    assert run.message in office.world.client(office.admin).get("/automation/runs/?tab=failed&q=").text
    nobody = office.customer(by=office.admin, owner_id=None, name="Chưa ai phụ trách")
    office.work()
    failed = office.runs()[-1]
    assert (failed.record_id, failed.state) == (nobody, "failed")
    assert office.stored(nobody).owner_id is None


def test_rules_do_not_run_in_circles(office: Office) -> None:
    """A rule never sets itself off, and a chain ends after five with a message in the log."""
    from addons.automation.models import RunState
    from addons.automation.running import MAX_CHAIN

    first, second = str(office.relationships["first"]), str(office.relationships["second"])
    change = {"key": "automation.change_field"}
    office.rule(
        "changed", {**change, "change": f"relationship_id={second}"}, watched=f"relationship_id={first}", name="Tới"
    )
    office.rule(
        "changed", {**change, "change": f"relationship_id={first}"}, watched=f"relationship_id={second}", name="Lui"
    )
    id = office.customer(relationship_id=office.relationships["third"])
    office.move(id, "first")
    office.work()
    assert [each.rule_name for each in office.runs()] == ["Tới", "Lui"]
    assert str(office.stored(id).relationship_id) == first

    owners = [office.seller, office.other, office.admin]
    for at in range(MAX_CHAIN + 2):
        watched = f"owner_id={owners[at % 3].id}"
        office.rule(
            "changed", {**change, "change": f"owner_id={owners[(at + 1) % 3].id}"}, watched=watched, name=f"Dây {at}"
        )
    with office.world.session(office.tenant, office.admin) as session:
        from addons.customer.ownership import hand_over

        hand_over(session, [id], [office.other.id])
    office.work()
    stopped = [each for each in office.runs() if each.state == RunState.STOPPED]
    assert stopped
    assert all(str(MAX_CHAIN) in each.message and not each.effects for each in stopped)
    assert len(office.runs()) < 60


def test_days_without_contact_birthdays_and_days_before(office: Office, clock: Clock) -> None:
    """Once for each day that counts, from the hour on, late for three days, and nothing from before the rule was there."""
    note = {"key": "automation.notify", "roles": ["owner"]}
    office.rule(
        "time", {**note, "text": "Lâu rồi: {{ record }}"}, moment="last_contact", days="7", hour="8", name="7 ngày"
    )
    office.rule(
        "time", {**note, "text": "Sinh nhật: {{ record }}"}, moment="birthday", days="2", direction="before", hour="0"
    )
    trang = office.customer(birthday=date(1990, 12, 3), phone="0912345678")
    office.customer(name="Sinh ngày nhuận", birthday=date(2000, 2, 29))
    old = office.customer(name="Đã lâu")
    office.contacted(old, clock.moment - timedelta(days=30))
    told = lambda: [each for each in office.notices(office.seller) if each.startswith(("Lâu rồi", "Sinh nhật"))]  # noqa: E731
    office.hourly()
    assert told() == []
    clock.at("2026-12-01 00:30")  # two days before the birthday; seven after the contact, but it is not yet eight
    office.hourly()
    office.hourly()
    assert told() == ["Sinh nhật: Nguyễn Thị Huyền Trang"]
    clock.at("2026-12-01 08:00")
    office.contacted(trang, clock.moment)
    office.hourly()
    assert told() == [
        "Sinh nhật: Nguyễn Thị Huyền Trang",
        "Lâu rồi: Sinh ngày nhuận",
    ]  # Trang has been called meanwhile
    clock.at("2026-12-10 07:00")  # the eighth was the seventh day, and nothing ran since
    office.hourly()
    office.hourly()
    assert told()[2:] == ["Lâu rồi: Nguyễn Thị Huyền Trang"]
    clock.at("2027-02-26 09:00")  # 2027 has no 29 February: the 28th counts
    office.hourly()
    assert told()[3:] == ["Sinh nhật: Sinh ngày nhuận"]
    assert "Lâu rồi: Đã lâu" not in told()


@pytest.mark.engine("sqlite")
def test_a_try_tells_what_would_happen_and_does_nothing(office: Office) -> None:
    rule = office.rule("created", CALL, TELL, is_active="", conditions={"f.phone": "1"})
    reached, unreached = office.customer(phone="0912345678"), office.customer(name="Không số")
    client = office.world.client(office.admin)
    page = client.post(f"{rule}/try", data={"record_id": str(reached)}).text
    assert "Gọi chào Nguyễn Thị Huyền Trang" in page
    assert "Khách mới: Nguyễn Thị Huyền Trang → Lê Minh Quân" in page
    assert "does not meet the conditions" in client.post(f"{rule}/try", data={"record_id": str(unreached)}).text
    nobody = office.customer(by=office.admin, owner_id=None, name="Chưa ai phụ trách", phone="0987654321")
    assert "names nobody" in client.post(f"{rule}/try", data={"record_id": str(nobody)}).text
    assert client.post(f"{rule}/try", data={"record_id": ""}).status_code == 422
    office.work()
    assert (office.activities(), office.runs()) == ([], [])
    assert not [each for each in office.notices(office.seller) if each.startswith("Khách mới")]


@pytest.mark.engine("sqlite")
def test_everything_wrong_is_told_at_once_and_parts_are_added_and_taken_away(office: Office) -> None:
    client = office.world.client(office.admin)
    assert "Customers" in client.get("/automation/rules/new").text
    refused = office.send(
        "changed", {**CALL, "title": "{{ nobody }}", "in_days": "900", "who": "user:x"}, name="", watched="name=x"
    )
    assert refused.status_code == 422
    for told in ("Give the rule a name.", "Not a valid choice", "There is no variable", "from 0 to 365"):
        assert told in refused.text, told
    assert "Add at least one action." in office.send("created").text
    assert office.send("time", TELL, moment="nonsense", days="-4", hour="8").status_code == 422
    assert office.send("created", TELL, conditions={"f.owner": "me"}).status_code == 422
    assert (
        office.send("created", TELL, conditions={"f.relationship": "00000000-0000-7000-8000-000000000000"}).status_code
        == 422
    )
    data = {"kind": CUSTOMERS, "trigger": "created", "name": "Chào khách", "action": ["automation.notify", "activity.plan"],
            "a0-text": "Một", "a1-title": "Hai", "a1-in_days": "3", "condition": ["phone"], "f.phone": "1"}  # fmt: skip
    more = client.post("/automation/rules/new", data={**data, "do": "add-condition", "new_condition": "province"}).text
    assert 'name="f.province"' in more
    more = client.post(
        "/automation/rules/new", data={**data, "do": "add-action", "new_action": "automation.change_field"}
    ).text
    assert 'name="a2-change"' in more
    less = client.post("/automation/rules/new", data={**data, "do": "drop-action:0"}).text
    assert 'value="Hai"' in less
    assert 'value="Một"' not in less
    assert 'name="a1-' not in less
    assert (
        'name="f.phone"' not in client.post("/automation/rules/new", data={**data, "do": "drop-condition:phone"}).text
    )
    assert office.world.client(office.seller).get("/automation/rules/").status_code == 403


@pytest.mark.engine("sqlite")
def test_a_rule_is_changed_switched_and_looked_at(office: Office) -> None:
    rule = office.rule("created", CALL, TELL, conditions={"f.phone": "1"})
    client = office.world.client(office.admin)
    page = client.get(rule).text
    for told in ("When one is created", "Phone: Has a phone", "Plan an appointment or a task", "Gọi chào {{ record }}"):
        assert told in page
    form = client.get(f"{rule}/edit").text
    for kept in ('value="Gọi chào {{ record }}"', 'value="Khách mới: {{ record }}"', 'name="f.phone"'):
        assert kept in form
    client.post(f"{rule}/switch")
    office.customer(phone="0912345678")
    client.post(f"{rule}/switch")
    office.work()
    assert office.runs() == []  # it was off when the customer was made
    office.customer(phone="0912345677")
    client.post(f"{rule}/switch")
    client.post(f"{rule}/switch")
    office.work()
    assert office.runs() == []  # and is another rule's time since
    data = {
        "name": "Chào bằng thông báo",
        "action": ["automation.notify"],
        "a0-text": "Mới",
        "a0-roles": ["owner"],
        "is_active": "y",
    }
    assert client.post(f"{rule}/edit", data={**data, "version": "1"}).status_code == 409
    assert client.post(f"{rule}/edit", data={**data, "version": "5"}).status_code == 303
    assert "Chào bằng thông báo" in client.get("/automation/rules/").text
    office.customer(name="Sau khi sửa")
    office.work()
    assert [each.rule_name for each in office.runs()] == ["Chào bằng thông báo"]
    client.post(f"{rule}/delete")
    office.customer(name="Sau khi xóa")
    office.work()
    assert len(office.runs()) == 1
    client.post(f"{rule}/restore")
    assert "Switched off" in client.get(rule).text  # nobody has looked at it since


@pytest.mark.engine("sqlite")
def test_an_email_goes_to_the_customer_in_the_words_of_a_template(office: Office, mail: None) -> None:
    from core.messages.models import Message

    rule = office.rule("created", {"key": "automation.send_email", "text": "vi:customer.email"})
    office.customer(email="trang@example.vn")
    office.customer(name="Không thư")
    office.work()
    (message,) = office.rows(Message, Message.template == "customer.email")
    assert (message.recipient, message.entity) == ("trang@example.vn", "customer")
    assert "Nguyễn Thị Huyền Trang" in message.body
    assert "Lê Minh Quân" in message.body
    assert [each.state for each in office.runs()] == ["done", "failed"]
    assert "Thank-you letter" in office.world.client(office.admin).get(rule).text
    office.work()
    assert len(office.rows(Message, Message.template == "customer.email")) == 1


@pytest.mark.engine("sqlite")
def test_an_appointment_that_is_done_sets_off_a_rule_of_activities(office: Office) -> None:
    from addons.activity.models import Activity, Kind
    from addons.activity.services import complete, plan_activity

    office.rule(
        "changed",
        {**CALL, "title": "Gọi lại sau: {{ record }}", "who": "person:assignee", "kind": "task", "start": ""},
        kind="activity.appointments",
        watched="state=done",
    )
    customer = office.customer()
    with office.world.session(office.tenant, office.seller) as session:
        day = date(2026, 11, 24)
        id = plan_activity(session, Kind.APPOINTMENT, title="Khảo sát", subject=f"customer:{customer}", day=day).id
        task = plan_activity(session, Kind.TASK, title="Việc khác", day=day).id
    with office.world.session(office.tenant, office.seller) as session:
        for each in (id, task):
            complete(session, session.need(Activity, each), result="reached")
    office.work()
    (made,) = [each for each in office.activities() if each.title.startswith("Gọi lại")]
    assert (made.title, made.subject_id, made.assignee_id) == ("Gọi lại sau: Khảo sát", customer, office.seller.id)


@pytest.mark.engine("sqlite")
def test_imports_set_rules_off_and_what_is_switched_off_is_told(office: Office) -> None:
    from addons.customer.services import create_customer

    rule = office.rule("created", CALL)
    of_tasks = office.rule("created", {**TELL, "roles": ["assignee"]}, kind="activity.tasks", name="Việc mới")
    with office.world.session(office.tenant, office.seller) as session:
        session.info[CREATED_AS] = "import"
        create_customer(
            session,
            name="Từ Excel",
            source_id=office.source_id,
            relationship_id=office.relationships["first"],
            group_ids=[office.group_id],
        )
    office.work()
    assert [each.title for each in office.activities()] == ["Gọi chào Từ Excel"]
    with office.world.session(office.tenant) as session:
        disable_addon(session, "activity")
    office.customer()
    office.work()
    assert [each.state for each in office.runs()] == ["done", "failed"]
    client = office.world.client(office.admin)
    assert "đang tắt" in client.get(f"/automation/runs/{office.runs()[-1].id}").text  # in the language of who saved
    assert "an application did that is switched off" in client.get(rule).text
    assert "The application of these records is switched off." in client.get(of_tasks).text
    assert client.get(f"{of_tasks}/edit").status_code == 404
    client.post(f"{of_tasks}/switch")
    assert client.post(f"{of_tasks}/switch").status_code == 422
