"""What a user sees: a bar that moves by itself until the job has ended, and the bell's list."""

import threading

import pytest

from core.jobs import Step
from core.jobs.embedded import EmbeddedRunner
from core.jobs.outbox import EXTENSION
from core.notifications import notify

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]


@pytest.fixture
def runner(app):
    runner = EmbeddedRunner(app, poll_seconds=0.1)
    app.extensions[EXTENSION] = runner
    runner.start()
    yield runner
    runner.stop()


def test_the_progress_moves_by_itself_and_stops_asking_at_the_end(runner, page, sign_in, live_server, user, scripted):
    half, whole = threading.Event(), threading.Event()

    def waits_for_the_test(run):
        assert half.wait(30)
        yield Step(done=50, total=100, cursor=50)
        assert whole.wait(30)
        run.result = {"message": "100 rows are in.", "links": [{"label": "Look at them", "url": "/jobs"}]}

    id = scripted(waits_for_the_test)
    sign_in(page, user).goto(f"{live_server.url}/jobs/{id}")
    half.set()
    page.locator("#job_progress progress[value='50']").wait_for()
    whole.set()
    page.get_by_text("100 rows are in.").wait_for()

    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1_500)
    assert asked == []
    page.get_by_role("link", name="Look at them").click()
    page.wait_for_url("**/jobs")


def test_a_lost_connection_is_told_once_and_mended_by_itself(
    runner, phone_page, sign_in, live_server, user, scripted, watch
):
    ending, page = threading.Event(), phone_page

    def waits_for_the_test(run):
        yield Step(done=50, total=100, cursor=50)
        assert ending.wait(30)

    id = scripted(waits_for_the_test)
    watch.allow("ERR_INTERNET_DISCONNECTED|503|htmx:")
    sign_in(page, user).goto(f"{live_server.url}/jobs/{id}")
    page.locator("[data-left]").wait_for()
    asked = []
    page.on("requestfailed", lambda request: asked.append(request))
    page.on("response", lambda response: response.status == 503 and asked.append(response))

    def loses_it_and_finds_it_again(lose, find):
        asked.clear()
        lose()
        while len(asked) < 2:
            page.wait_for_timeout(100)
        assert page.locator(".snack").count() == 0
        assert page.get_by_text("The server cannot be reached just now.").count() == 1
        assert not page.locator("[data-left]").is_visible()
        find()
        page.locator("[data-left]").wait_for()
        assert page.get_by_text("The server cannot be reached just now.").count() == 0

    loses_it_and_finds_it_again(lambda: page.context.set_offline(True), lambda: page.context.set_offline(False))
    loses_it_and_finds_it_again(
        lambda: page.route("**/jobs/*", lambda route: route.fulfill(status=503)), lambda: page.unroute("**/jobs/*")
    )
    ending.set()
    page.locator("#job_progress progress").wait_for()
    page.get_by_text("Done").first.wait_for()


def test_the_bell_opens_a_list_and_a_notice_leads_to_its_place(world, tenant, page, sign_in, live_server, user, axe):
    with world.session(tenant) as session:
        notify(session, [user.id], kind="mention", title="Trần Bình mentioned you", url="/jobs")
    sign_in(page, user).goto(f"{live_server.url}/notifications")
    axe(page)
    page.locator("#bell").click()
    page.locator("#notices").get_by_text("Trần Bình mentioned you").click()
    page.wait_for_url("**/jobs")

    assert page.locator("#bell.dot").count() == 0


def test_the_pages_of_jobs_are_accessible(page, sign_in, live_server, world, tenant, ask, run, axe):
    admin = world.user(tenant, "core.view_jobs", "jobprobe.look")
    id = ask("jobprobe.count_up", admin, to=30)
    run()
    sign_in(page, admin)
    for path in (f"/jobs/{id}", "/jobs", "/jobs/all", "/jobs/schedules"):
        page.goto(live_server.url + path)
        axe(page)
