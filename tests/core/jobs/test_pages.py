"""The pages of jobs: progress that asks again until the end, cancelling, retrying, and who sees what."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.errors import DomainError
from core.jobs import Job, JobState, Step
from core.jobs.claims import claim_next
from core.jobs.execution import run_claim
from core.tenancy.services import disable_addon

POLLS = "every 1s"


@pytest.fixture
def admin(world, tenant):
    return world.user(tenant, "core.view_jobs", name="Trần Quản Trị")


def test_a_waiting_job_asks_again_every_second_and_an_ended_one_does_not(client_for, user, ask, run):
    id = ask("jobprobe.count_up", to=25)
    client = client_for(user)

    page = client.get(f"/jobs/{id}").text
    assert POLLS in page
    assert "Count up" in page
    assert f'href="/jobs/{id}"' in page  # to ask again without JavaScript
    run()
    fragment = client.get(f"/jobs/{id}", htmx="job_progress").text
    assert POLLS not in fragment
    assert "25 numbers" in fragment
    assert fragment.lstrip().startswith('<section class="job" id="job_progress"')


def test_a_running_job_shows_its_count_and_the_time_left(app, client_for, user, scripted, elsewhere):
    seen = {}
    client = client_for(user)
    with time_machine.travel(datetime(2026, 11, 21, 8, tzinfo=UTC), tick=False) as clock:

        def works(run):
            clock.shift(timedelta(seconds=20))
            yield Step(done=100, total=300, cursor=100)
            seen["page"] = elsewhere(lambda: client.get(f"/jobs/{run.job_id}").text)
            yield Step(done=300, total=300, cursor=300)

        scripted(works)
        with app.app_context():
            run_claim(claim_next())

    assert '<progress value="100" max="300"' in seen["page"]
    assert re.search(r"about 40 seconds left|còn khoảng 40 giây", seen["page"])


def test_a_running_job_is_cancelled_by_its_button(client_for, user, scripted, run, job_of, elsewhere):
    client = client_for(user)

    def is_cancelled_meanwhile(run):
        yield Step(done=1, total=3, cursor=1)
        url = f"/jobs/{run.job_id}"
        assert elsewhere(lambda: client.post(f"{url}/cancel")).status_code == 303
        assert "/cancel" not in elsewhere(lambda: client.get(url, htmx="job_progress")).text
        yield Step(done=2, total=3, cursor=2)
        raise AssertionError("it should have stopped")

    id = scripted(is_cancelled_meanwhile)
    run()

    assert job_of(id).state == JobState.CANCELLED
    assert client.post(f"/jobs/{id}/cancel").status_code == 409


def test_a_result_shows_its_message_and_its_own_links_only(client_for, user, scripted, run):
    def has_links(run):
        run.result = {
            "message": "12 <b>rows</b>",
            "links": [
                {"label": "Report", "url": "/files/1"},
                {"label": "Elsewhere", "url": "https://evil.example/"},
                {"label": "Script", "url": "javascript:alert(1)"},
                {"label": "Other host", "url": "//evil.example"},
            ],
        }

    id = scripted(has_links)
    run()
    page = client_for(user).get(f"/jobs/{id}").text

    assert "12 &lt;b&gt;rows&lt;/b&gt;" in page
    assert '<a href="/files/1">Report</a>' in page
    assert "evil.example" not in page
    assert "javascript:" not in page


def test_a_failed_job_is_retried_from_its_page(client_for, user, scripted, run, job_of):
    mood = {"refuses": True}

    def refuses_once(run):
        if mood["refuses"]:
            raise DomainError.of("no", "The file is empty.")

    id = scripted(refuses_once)
    run()
    client = client_for(user)
    assert "The file is empty." in client.get(f"/jobs/{id}").text
    mood["refuses"] = False
    assert client.post(f"/jobs/{id}/retry").status_code == 303
    assert client.post(f"/jobs/{id}/retry").status_code == 409
    run()

    assert job_of(id).state == JobState.DONE


def test_the_details_of_an_error_are_for_administrators(client_for, user, admin, scripted, run):
    def breaks(run):
        raise RuntimeError("secret detail")

    id = scripted(breaks)
    run()

    assert "secret detail" not in client_for(user).get(f"/jobs/{id}").text
    assert "secret detail" in client_for(admin).get(f"/jobs/{id}").text


@pytest.mark.parametrize("action", ["", "/cancel", "/retry"])
def test_another_persons_job_and_another_business_job_are_both_not_there(world, tenant, client_for, ask, action):
    id = ask("jobprobe.count_up", to=5)
    other = world.tenant()
    strangers = [
        world.user(tenant, "jobprobe.look"),
        world.user(other, "core.view_jobs"),
    ]
    for stranger in strangers:
        client = client_for(stranger)
        answer = client.post(f"/jobs/{id}{action}") if action else client.get(f"/jobs/{id}")
        assert answer.status_code == 404
    answer = client_for().post(f"/jobs/{id}{action}") if action else client_for().get(f"/jobs/{id}")
    assert answer.status_code == 303
    assert "/login" in answer.location


def test_an_administrator_sees_everybodys_jobs_by_state(client_for, user, admin, scripted, ask, run):
    def breaks(run):
        raise DomainError.of("no", "A broken file.")

    failed = scripted(breaks)
    run()
    waiting = ask("jobprobe.count_up", to=5)
    client = client_for(admin)

    page = client.get("/jobs/all?state=failed").text
    assert str(failed) in page
    assert "A broken file." in page
    assert "Lê Thị Hoa" in page
    assert str(waiting) not in page
    assert str(waiting) in client.get("/jobs/all?state=queued").text
    everything = client.get("/jobs/all").text
    assert str(failed) in everything
    assert str(waiting) in everything
    assert str(waiting) not in client.get("/jobs").text
    assert client_for(user).get("/jobs/all").status_code == 403


def test_ones_own_jobs_are_paged_newest_first(world, tenant, client_for, user):
    from core.jobs import enqueue

    with world.session(tenant, user) as session:
        ids = [str(enqueue(session, "jobprobe.count_up", to=n).id) for n in range(51)]
    client = client_for(user)

    page = client.get("/jobs").text
    shown = list(dict.fromkeys(re.findall(r"/jobs/([0-9a-f-]{36})\"", page)))
    assert shown == ids[:0:-1]
    older = re.search(r'href="(/jobs\?before=[^"]+)"', page)[1].replace("&amp;", "&")
    rest = client.get(older).text
    assert ids[0] in rest
    assert ids[1] not in rest


def test_an_administrator_sees_schedules_and_runs_one_now(world, tenant, client_for, user, admin, run, marks):
    daily = "/jobs/schedules/jobprobe.daily"
    client = client_for(admin)
    with time_machine.travel(datetime(2026, 11, 20, 19, 25, tzinfo=UTC)):  # 02:25 in Vietnam
        page = client.get("/jobs/schedules").text
    order = re.findall(r'action="/jobs/schedules/([^"]+)"', page)
    assert order.index("jobprobe.daily") < order.index("core.purge_jobs") < order.index("core.purge_notifications")
    coming = re.findall(r"\d\d/11/2026 \d\d:\d\d", page)
    assert coming == sorted(coming)
    assert {"21/11/2026 02:30", "21/11/2026 02:40", "22/11/2026 02:20"} <= set(coming)
    assert page.count("Not yet") == len(order)

    started = client.post(daily)
    with world.session(tenant) as session:
        [job] = session.scalars(select(Job)).all()
    assert started.location == f"/jobs/{job.id}"
    assert job.user_id is None, "as the schedule would: for the system"
    again = client.post(daily, headers={"HX-Request": "true"})
    assert again.status_code == 409
    run()
    assert marks() == [0]
    assert "Done" in client.get("/jobs/schedules").text
    assert client.post(daily).status_code == 303

    with world.session(tenant) as session:
        disable_addon(session, "jobprobe")
    assert "jobprobe" not in client.get("/jobs/schedules").text
    assert client.post(daily).status_code == 404
    assert client.post("/jobs/schedules/core.sort_names").status_code == 404
    assert client_for(user).get("/jobs/schedules").status_code == 403
    assert client_for(user).post("/jobs/schedules/core.purge_jobs").status_code == 403
