"""Notices: the bell's list, opening, marking read, whose they are, clearing old ones."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.jobs import Job, enqueue, enqueue_at
from core.jobs.models import JobDispatch
from core.notifications import Notification, notify


@pytest.fixture
def tell(world, tenant, user):
    """``tell("Title", url="/x")`` sends ``user`` a notice; its id."""

    def send(title, to=None, **options):
        with world.session(tenant) as session:
            notify(session, [(to or user).id], kind="mention", title=title, **options)
            return session.scalar(select(Notification.id).order_by(Notification.id.desc()).limit(1))

    return send


def unread(world, tenant):
    with world.session(tenant) as session:
        return set(session.scalars(select(Notification.title).where(Notification.read_at.is_(None))))


def test_the_page_shows_the_newest_first_in_pages(client_for, user, tell):
    for number in range(31):
        tell(f"Notice {number:02}")
    client = client_for(user)

    page = client.get("/notifications").text
    assert re.findall(r"Notice \d\d(?=</b>)", page) == [f"Notice {number:02}" for number in range(30, 0, -1)]
    older = re.search(r'href="(/notifications\?before=[^"]+)"', page)[1]
    assert re.findall(r"Notice \d\d(?=</b>)", client.get(older).text) == ["Notice 00"]


def test_opening_a_notice_marks_it_read_and_goes_there(world, tenant, client_for, user, tell):
    id = tell("Come", url="/customer/7")
    tell("Other")
    answer = client_for(user).post(f"/notifications/{id}/open")

    assert (answer.status_code, answer.location) == (303, "/customer/7")
    assert unread(world, tenant) == {"Other"}


@pytest.mark.parametrize("url", ["", "https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_a_notice_leads_nowhere_else(client_for, user, tell, url):
    id = tell("Come", url=url)

    assert client_for(user).post(f"/notifications/{id}/open").location == "/notifications"


def test_one_or_all_are_marked_read(world, tenant, client_for, user, tell):
    ids = [tell(f"Notice {number}") for number in range(3)]
    client = client_for(user)
    client.post(f"/notifications/{ids[0]}/read")
    assert unread(world, tenant) == {"Notice 1", "Notice 2"}
    client.post("/notifications/read-all")
    assert unread(world, tenant) == set()


def test_nobody_reads_or_marks_what_is_another_persons(world, tenant, client_for, user, tell):
    id = tell("For Hoa", url="/secret")
    stranger = client_for(world.user(tenant, "core.view_jobs"))

    assert "For Hoa" not in stranger.get("/notifications").text
    assert "For Hoa" not in stranger.get("/notifications/recent").text
    assert stranger.post(f"/notifications/{id}/open").status_code == 404
    assert stranger.post(f"/notifications/{id}/read").status_code == 404
    stranger.post("/notifications/read-all")
    assert unread(world, tenant) == {"For Hoa"}


def test_the_bells_list_is_a_fragment(client_for, user, tell):
    tell("Look <here>")
    fragment = client_for(user).get("/notifications/recent", htmx=True).text

    assert "<html" not in fragment
    assert "Look &lt;here&gt;" in fragment


def test_notices_of_half_a_year_ago_are_cleared(world, tenant, tell, run):
    tell("Old")
    boundary = datetime.now(UTC) + timedelta(milliseconds=5)
    with time_machine.travel(boundary + timedelta(seconds=1), tick=False):
        tell("Young")
    with world.session(tenant) as session:
        enqueue(session, "core.purge_notifications")
    with time_machine.travel(boundary + timedelta(days=180), tick=False):
        run()

    assert unread(world, tenant) == {"Young"}


def test_old_jobs_are_cleared_with_their_dispatch(world, tenant, ask, run):
    ask("jobprobe.count_up", to=1)
    run()
    boundary = datetime.now(UTC) + timedelta(milliseconds=5)
    with world.session(tenant) as session:
        waiting = enqueue_at(session, "jobprobe.count_up", boundary + timedelta(days=365), to=1).id
        purge = enqueue(session, "core.purge_jobs").id
    with time_machine.travel(boundary + timedelta(seconds=1), tick=False):
        young = ask("jobprobe.count_up", to=1)
    with time_machine.travel(boundary + timedelta(days=90), tick=False):
        run()

    with world.session(tenant) as session:
        assert set(session.scalars(select(Job.id))) == {waiting, young, purge}
        assert set(session.scalars(select(JobDispatch.id))) == {waiting, young, purge}
