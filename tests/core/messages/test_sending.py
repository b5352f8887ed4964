"""The queue: written with the caller's transaction, handed over after it, tried again or given up; mail as it travels."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.db import ids
from core.errors import DomainError
from core.jobs.models import Job
from core.messages import PermanentFailure, TemporaryFailure
from core.messages.models import MessageState
from core.messages.services import queue_message
from core.messages.smtp import html_of
from core.notifications import Notification
from tests.core.messages.conftest import make_certificate

SMS = {"channel": "sms", "recipient": "0912 000 111", "body": "Chào chị"}
MAIL = {"channel": "email", "recipient": "trang@example.vn", "subject": "Báo giá tháng 11", "body": "Chào chị"}


@pytest.fixture(autouse=True)
def ids_of_this_test(monkeypatch):
    """Ids never go back in time, but these tests do."""
    monkeypatch.setattr(ids, "_last", 0)


@pytest.fixture
def ask(world, tenant):
    """``ask(**fields)`` asks for an SMS, or what the fields say, and commits."""

    def queue(by=None, **fields):
        with world.session(tenant, by) as session:
            return queue_message(session, **{"key": "one", **SMS, **fields}).id

    return queue


def refuse(failure):
    def answer():
        raise failure

    return answer


@pytest.mark.req("SYS-11")
def test_a_message_leaves_after_the_commit_and_once_for_a_key(world, tenant, courier, ask, run, messages):
    with pytest.raises(RuntimeError, match="rolled back"), world.session(tenant) as session:
        queue_message(session, key="lost", **SMS)
        raise RuntimeError("rolled back")
    run()
    assert courier.TAKEN == []

    first = ask()
    assert courier.TAKEN == [], "it was sent before the commit"
    assert ask(body="Another text") == first
    run()
    run()

    (taken,) = courier.TAKEN
    assert (taken.id, taken.recipient, taken.body) == (str(first), "+84912000111", "Chào chị")
    (message,) = messages()
    assert (message.state, message.attempts, message.error) == (MessageState.SENT, 1, "")
    assert message.sent_at is not None


@pytest.mark.engine("sqlite")
def test_what_cannot_be_sent_is_refused_with_every_reason(world, tenant, courier):
    def problems(**fields):
        with pytest.raises(DomainError) as refused, world.session(tenant) as session:
            queue_message(session, **{"key": "one", **SMS, **fields})
        return {(problem.code, problem.field) for problem in refused.value.problems}

    assert problems(recipient="nobody", body=" ") == {("bad_address", "recipient"), ("required", "body")}
    assert problems(body="x" * 919) == {("too_long", "body")}
    assert problems(channel="zalo") == {("no_sender", None)}
    assert problems(channel="email") == {("no_sender", None)}
    courier.READY[0] = False
    assert problems() == {("no_sender", None)}


@pytest.mark.req("SYS-11")
def test_now_is_not_never(courier, ask, run, messages):
    """A temporary refusal is tried again, later and later, and has failed in the end; a permanent one at once."""
    moment = datetime.now(UTC)
    with time_machine.travel(moment, tick=False) as clock:
        ask(key="later")
        courier.ANSWERS += [refuse(TemporaryFailure("421 busy"))] * 2
        run()
        assert [(each.state, each.attempts, each.error) for each in messages()] == [("queued", 1, "421 busy")]
        run()
        assert messages()[0].attempts == 1, "it did not wait"
        clock.shift(timedelta(minutes=1))
        run()
        clock.shift(timedelta(minutes=5))
        run()
        assert [(each.state, each.attempts, each.error) for each in messages()] == [("sent", 3, "")]

        ask(key="never")
        courier.ANSWERS += [refuse(PermanentFailure("550 no such number"))]
        run()
        clock.shift(timedelta(days=2))
        run()
        assert [(each.state, each.attempts, each.error) for each in messages()[1:]] == [
            ("failed", 1, "550 no such number")
        ]

        ask(key="endless")
        courier.ANSWERS += [refuse(TemporaryFailure("421 busy"))] * 9
        for _try in range(9):
            run()
            clock.shift(timedelta(hours=13))
        assert (messages()[2].state, messages()[2].attempts) == ("failed", 8)
    assert len(courier.TAKEN) == 1


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize(("repeatable", "state", "taken"), [(False, "failed", 0), (True, "sent", 1)])
def test_a_kill_while_it_is_sent_sends_it_twice_only_where_that_is_once(
    world, tenant, courier, ask, run, messages, monkeypatch, repeatable, state, taken
):
    from dataclasses import replace

    from core.messages import jobs

    find = jobs.find_sender
    monkeypatch.setattr(jobs, "find_sender", lambda *args: replace(find(*args), is_repeatable=repeatable))
    ask()
    courier.ANSWERS.append(refuse(Killed()))
    with pytest.raises(Killed):
        run()
    assert messages()[0].state == MessageState.SENDING

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
        run()

    assert (messages()[0].state, len(courier.TAKEN)) == (state, taken)
    assert ("Có thể tin đã đến nơi" in messages()[0].error) is (state == "failed")


@pytest.mark.engine("sqlite")
def test_a_runner_that_stops_between_claim_and_sending_loses_nothing(app, courier, ask, run, messages):
    from core.jobs.claims import claim_next
    from core.jobs.execution import run_claim

    ask()
    with app.app_context():
        run_claim(claim_next(), lambda: True)
    assert (messages()[0].state, courier.TAKEN) == ("sending", [])
    run()
    assert (messages()[0].state, len(courier.TAKEN)) == ("sent", 1)


@pytest.mark.engine("sqlite")
def test_who_wrote_learns_that_it_did_not_arrive(world, tenant, courier, run):
    """Of a message about a record; nobody gets bells for the jobs that send."""
    user = world.user(tenant, "courier.greet", name="Lê Thị Hoa")
    with world.session(tenant, user) as session:
        queue_message(session, key="about", about=session.find(type(user), user.id), url="/search", **SMS)
        queue_message(session, key="plain", **SMS)
    courier.ANSWERS += [refuse(PermanentFailure("550 no"))] * 2
    run()
    with world.session(tenant) as session:
        notices = session.execute(select(Notification.user_id, Notification.kind, Notification.body)).all()
        assert notices == [(user.id, "message", "550 no")]
        assert set(session.scalars(select(Job.user_id))) == {None}


@pytest.mark.req("SYS-11")
def test_mail_is_written_as_people_read_it(world, tenant, post, ask, run, messages):
    ask(
        **MAIL | {"subject": "Báo giá\r\nBcc: all@example.vn", "body": "Chào <chị>\n\nXem https://haidang.vn/a?b=1&c=2."},
        recipient_name="Chị Huyền\nTrang", reply_to="quan@haidang.example",
    )  # fmt: skip
    run()

    (mail,) = post.taken
    assert mail["Subject"] == "Báo giá Bcc: all@example.vn"
    assert mail["Bcc"] is None
    assert mail["To"].addresses[0].display_name == "Chị Huyền Trang"
    assert (mail["From"].addresses[0].addr_spec, mail["Reply-To"]) == ("crm@haidang.example", "quan@haidang.example")
    assert mail["From"].addresses[0].display_name == tenant.name
    assert str(messages()[0].id) in mail["Message-ID"]
    text, page = (part.get_content() for part in mail.iter_parts())
    assert text.replace("\r\n", "\n").strip() == "Chào <chị>\n\nXem https://haidang.vn/a?b=1&c=2."
    assert "Chào &lt;chị&gt;" in page
    assert '<a href="https://haidang.vn/a?b=1&amp;c=2">' in page


@pytest.mark.engine("sqlite")
def test_html_of_a_text_holds_no_markup_of_the_text():
    assert "<script" not in html_of("<script>alert(1)</script>")
    assert html_of('http://a.vn/"onclick="x').count('"') % 2 == 0
    assert "javascript" not in html_of("see http://a.vn").lower()


@pytest.mark.engine("sqlite")
@pytest.mark.req("SYS-11")
@pytest.mark.parametrize(
    ("answers", "state", "told"),
    [
        ({"RCPT": "550 no such user"}, "failed", "550 no such user"),
        ({"RCPT": "451 greylisted"}, "queued", "451 greylisted"),
        ({"MAIL": "554 not you"}, "failed", "554 not you"),
        ({".": "552 too big"}, "failed", "552 too big"),
        ({".": "452 full"}, "queued", "452 full"),
        ({"EHLO": None}, "queued", "Disconnected"),
        ({".": None}, "failed", "Có thể tin đã đến nơi"),
    ],
)
def test_what_the_mail_servers_answer_means(post, ask, run, messages, answers, state, told):
    post.answers.update(answers)
    ask(**MAIL)
    run()
    assert messages()[0].state == state
    assert told in messages()[0].error


@pytest.mark.engine("sqlite")
@pytest.mark.req("SYS-11")
@pytest.mark.parametrize(
    ("written_for", "is_trusted", "told"),
    [
        ("127.0.0.2", True, ""),
        ("127.0.0.2", False, "CERTIFICATE_VERIFY_FAILED"),
        ("127.0.0.9", True, "CERTIFICATE_VERIFY_FAILED"),
    ],
)
def test_the_line_is_encrypted_with_a_server_that_proves_who_it_is(
    start_post, use_post, ask, run, messages, tmp_path, monkeypatch, written_for, is_trusted, told
):
    """STARTTLS on a line that leaves the machine; nothing is said to who has no certificate that somebody vouches for."""
    certificate = make_certificate(tmp_path, written_for)
    elsewhere = start_post("127.0.0.2")
    elsewhere.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    elsewhere.tls.load_cert_chain(certificate)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    use_post(elsewhere.url)
    ask(**MAIL)
    run()
    (message,) = messages()
    assert message.state == ("queued" if told else "sent"), message.error
    assert told in message.error
    assert len(elsewhere.taken) == (0 if told else 1)
    assert ("DATA" in elsewhere.encrypted) == (not told)


@pytest.mark.engine("sqlite")
def test_mail_never_leaves_this_machine_unencrypted(start_post, use_post, ask, run, messages):
    elsewhere = start_post("127.0.0.2")
    use_post(elsewhere.url)
    ask(**MAIL)
    run()
    assert (messages()[0].state, elsewhere.taken) == ("queued", [])
    assert "STARTTLS" in messages()[0].error
