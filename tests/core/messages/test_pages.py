"""The queue's page, the templates' pages, what each user wants to be told, and the digest."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.db import ids
from core.jobs import enqueue
from core.messages import PermanentFailure
from core.messages.services import queue_message, queue_template
from core.notifications import Notification, notify

SMS = {"channel": "sms", "recipient": "0912000111", "body": "Chào chị"}


@pytest.fixture(autouse=True)
def ids_of_this_test(monkeypatch):
    monkeypatch.setattr(ids, "_last", 0)


@pytest.mark.engine("sqlite")
@pytest.mark.req("SYS-11")
def test_administrators_find_send_again_and_cancel(world, tenant, client_for, courier, run, messages):
    def fail():
        raise PermanentFailure("550 no such number")

    with world.session(tenant) as session:
        failed = queue_message(session, key="one", recipient_name="Chị Huyền Trang", **SMS).id
    courier.ANSWERS.append(fail)
    run()
    with world.session(tenant) as session:
        waiting = queue_message(session, key="two", **SMS | {"recipient": "0988000222"}).id
    admin = client_for(world.user(tenant, "core.view_messages", "core.manage_messages"))
    reader = client_for(world.user(tenant, "core.view_messages"))

    assert "+84912000111" in admin.get("/core/messages/?f.state=failed").text
    assert "+84988000222" not in admin.get("/core/messages/?f.state=failed").text
    assert "+84912000111" in admin.get("/core/messages/?q=huyen trang&f.channel=sms").text
    assert (
        "No results" in admin.get("/core/messages/?f.channel=email").text
        or "+849" not in admin.get("/core/messages/?f.channel=email").text
    )
    page = admin.get(f"/core/messages/{failed}").text
    assert "550 no such number" in page
    assert "Chào chị" in page
    assert reader.post(f"/core/messages/{failed}/retry").status_code == 403
    assert f"{failed}/retry" not in reader.get(f"/core/messages/{failed}").text
    assert client_for(world.user(tenant, "core.view_jobs")).get("/core/messages/").status_code == 403

    assert admin.post(f"/core/messages/{waiting}/cancel").status_code == 303
    assert admin.post(f"/core/messages/{failed}/retry").status_code == 303
    assert admin.post(f"/core/messages/{failed}/cancel").status_code == 303
    assert admin.post(f"/core/messages/{failed}/retry").status_code == 303
    run()
    assert [(each.state, each.attempts) for each in messages()] == [("sent", 1), ("cancelled", 0)]
    assert [each.id for each in courier.TAKEN] == [str(failed)]
    assert admin.post(f"/core/messages/{failed}/retry").status_code == 409
    assert admin.post(f"/core/messages/{waiting}/cancel").status_code == 409
    bulk = admin.post(
        "/core/messages/bulk", data={"action": "retry", "ids": [str(waiting), str(failed)], "confirmed": "1"}
    )
    assert bulk.status_code in (200, 303)
    run()
    assert [each.state for each in messages()] == ["sent", "sent"]


@pytest.mark.engine("sqlite")
@pytest.mark.req("SYS-11")
def test_templates_are_worded_by_the_tenant(world, tenant, client_for, courier, messages):
    admin = client_for(world.user(tenant, "core.manage_templates"))
    at = "/core/templates/courier.greeting"
    assert client_for(world.user(tenant, "core.view_messages")).get(at).status_code == 403
    assert at in admin.get("/core/templates").text
    assert "Hello {{ name }} of {{ place }}" in admin.get(at).text
    worded = {"body_vi": "Chào {{name}} ở {{ place }}!", "body_en": "Hi {{ name }}"}

    for wrong, told in [
        ({"body_en": "Hi {{ nobody }}"}, "{{ nobody }}"),
        ({"body_en": "Hi {{ name|upper }}"}, "{{ name|upper }}"),
        ({"body_en": "Hi {{ name.__class__ }}"}, "{{ name.__class__ }}"),
        ({"body_en": "Hi {{ 7*7 }}"}, "{{ 7*7 }}"),
        ({"body_en": ""}, "body_en-error"),
        ({"body_en": "x" * 919}, "918"),
    ]:
        answer = admin.post(at, data=worded | wrong)
        assert (answer.status_code, told in answer.text) == (422, True), wrong
        assert "Chào {{name}} ở {{ place }}!" in answer.text, "what was typed is gone"

    preview = admin.post(at, data=worded | {"preview": "1"}).text
    assert "Chào Hoa ở Huế!" in preview
    assert "Hello {{ name }}" in admin.get(at).text, "the preview saved"
    assert admin.post(at, data=worded).status_code == 303
    assert admin.post(f"{at}/new", data={"title": "Tết", "body_vi": "Chúc mừng năm mới {{ name }}"}).status_code == 303
    again = admin.post(f"{at}/new", data={"title": "Tết", "body_vi": "Lại {{ name }}"})
    assert (again.status_code, "title-error" in again.text) == (422, True)
    assert "Tết" in admin.get("/core/templates").text

    values = {"name": "{{ place }} <b>", "place": "Huế"}
    with world.session(tenant) as session:
        queue_template(session, "courier.greeting", values, language="vi", recipient="0912000111", once="vi")
        queue_template(session, "courier.greeting", values, language="en", recipient="0912000111", once="en")
    assert [each.body for each in messages()] == ["Chào {{ place }} <b> ở Huế!", "Hi {{ place }} <b>"]
    assert admin.post(f"{at}/restore").status_code == 303
    assert "Hello {{ name }} of {{ place }}" in admin.get(at).text


@pytest.fixture
def people(world, tenant):
    """Somebody with an address who reads English, and a colleague without one."""
    with world.session(tenant) as session:
        reader = world.user(tenant, "courier.greet", name="Lê Thị Hoa")
        colleague = world.user(tenant, "courier.greet", name="Trần Bình")
        found = {user.id: user for user in session.scalars(select(type(reader)))}
        found[reader.id].email, found[reader.id].language = "hoa@example.vn", "en"
    return reader, colleague


def choose(client, **ways):
    assert client.post("/account/notifications", data=ways).status_code == 303


@pytest.mark.req("SYS-11")
def test_everybody_is_told_as_he_chose(world, tenant, client_for, people, post, run, messages):
    reader, colleague = people
    client = client_for(reader)

    def tell(title, kind):
        with world.session(tenant) as session:
            notify(session, [reader.id, colleague.id], kind=kind, title=title, body="<b>", url="/search?q=1")

    def notices(user):
        with world.session(tenant) as session:
            return list(session.scalars(select(Notification.title).where(Notification.user_id == user.id)))

    tell("by default", "mention")
    run()
    (mail,) = post.taken
    assert (mail["To"].addresses[0].addr_spec, mail["Subject"]) == ("hoa@example.vn", "by default")
    text = mail.get_body(("plain",)).get_content()
    assert text.startswith("Hello Lê Thị Hoa")
    assert re.search(r"Open it: http://\S+/search\?q=1", text)
    assert re.search(r"http://\S+/account/notifications", text)

    choose(client, mention="bell", job="email", security="none", nonsense="email")
    tell("bell alone", "mention")
    tell("at once", "job")
    tell("cannot be off", "security")
    choose(client, mention="none")
    tell("not at all", "mention")
    run()
    assert [each["Subject"] for each in post.taken[1:]] == ["at once", "cannot be off"]
    assert notices(reader) == ["by default", "bell alone", "at once", "cannot be off"]
    assert notices(colleague)[-1] == "not at all"


@pytest.mark.req("SYS-11")
def test_the_digest_names_each_unread_notice_once(world, tenant, client_for, people, post, run):
    reader, _colleague = people
    client = client_for(reader)
    choose(client, mention="digest", job="bell")

    def tell(title, kind="mention"):
        with world.session(tenant) as session:
            notify(session, [reader.id], kind=kind, title=title, url="/search")
            return session.scalar(select(Notification.id).where(Notification.title == title))

    def digest():
        with world.session(tenant) as session:
            enqueue(session, "core.send_digests")
            enqueue(session, "core.send_digests")
        run()
        found = [mail.get_body(("plain",)).get_content() for mail in post.taken]
        post.taken.clear()
        return found

    assert digest() == []
    tell("Bình mentioned you")
    tell("a parcel", "courier.delivery")
    tell("a job", "job")
    client.post(f"/notifications/{tell('read already')}/read")
    (text,) = digest()
    assert "- Bình mentioned you" in text
    assert "- a parcel" in text
    assert "a job" not in text
    assert "read already" not in text
    assert "/account/notifications" in text
    assert digest() == []
    tell("another")
    (text,) = digest()
    assert "- another" in text
    assert "Bình" not in text

    tell("long ago")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        assert digest() == []


@pytest.mark.engine("sqlite")
def test_mail_is_offered_only_where_it_is_set_up(world, tenant, client_for, people, use_post):
    client = client_for(people[0])
    assert 'value="email"' not in client.get("/account/notifications").text
    choose(client, mention="bell", job="none")
    use_post("console:")
    page = client.get("/account/notifications").text
    assert re.search(r'name="mention".*?<option value="email" selected', page, re.DOTALL), (
        "saving took the default away"
    )
    assert re.search(r'name="job".*?<option value="none" selected', page, re.DOTALL)
    assert 'value="none"' not in re.search(r'name="security".*?</select>', page, re.DOTALL)[0]
    assert 'href="/account/notifications"' in client.get("/account").text


@pytest.mark.engine("sqlite")
def test_notices_are_shown_by_kind_and_unread(world, tenant, client_for, people):
    reader, _colleague = people
    client = client_for(reader)
    with world.session(tenant) as session:
        for number in range(40):
            notify(session, [reader.id], kind="job" if number % 2 else "mention", title=f"Notice {number:02}")
        read = session.scalar(select(Notification.id).where(Notification.title == "Notice 38"))
    client.post(f"/notifications/{read}/read")

    page = client.get("/notifications?kind=mention").text
    assert re.findall(r"Notice \d\d(?=</)", page)[:2] == ["Notice 38", "Notice 36"]
    assert "Notice 37" not in page
    page = client.get("/notifications?show=unread").text
    assert "Notice 38" not in page
    older = re.search(r'href="(/notifications\?before=[^"]+)"', page)[1].replace("&amp;", "&")
    assert "show=unread" in older
    assert re.findall(r"Notice \d\d(?=</b>)", client.get(older).text)[0] == "Notice 08"
    assert "Notice 39" in client.get("/notifications?kind=nonsense&show=x").text
