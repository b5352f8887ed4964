"""Steps, errors, cancelling, rights: what a job's run leaves behind."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.access.models import GroupMember, User
from core.db.actor import Actor
from core.errors import DomainError
from core.jobs import JobState, Step, enqueue
from core.jobs.claims import LEASE_SECONDS, claim_next, claim_one
from core.jobs.execution import run_claim
from core.jobs.services import cancel_job, retry_job
from core.notifications import Notification
from core.tenancy.services import disable_addon


def write(run, number):
    from addons.jobprobe.models import Mark

    run.session.add(Mark(number=number))


def test_a_job_runs_and_tells_how_far_it_came(ask, run, job_of, marks):
    id = ask("jobprobe.count_up", to=25)

    assert run() == 1
    job = job_of(id)
    assert (job.state, job.done, job.total, job.cursor) == (JobState.DONE, 25, 25, 25)
    assert job.result == {"message": "25 numbers"}
    assert marks() == list(range(25))


def test_a_job_that_ended_is_not_run_again(ask, run, marks):
    ask("jobprobe.count_up", to=5)
    run()

    assert run() == 0
    assert marks() == [0, 1, 2, 3, 4]


def test_a_plain_function_is_one_step(scripted, run, job_of, marks):
    id = scripted(lambda run: write(run, 7))
    run()

    assert job_of(id).state == JobState.DONE
    assert marks() == [7]


def test_an_error_undoes_its_step_and_no_earlier_one(scripted, run, job_of, marks):
    def breaks_in_the_second_step(run):
        write(run, 1)
        yield Step(done=1, total=2, cursor="first")
        write(run, 2)
        raise RuntimeError("broken")

    id = scripted(breaks_in_the_second_step)
    run()

    assert marks() == [1]
    job = job_of(id)
    assert (job.state, job.cursor, job.done) == (JobState.QUEUED, "first", 1)
    assert "RuntimeError: broken" in job.trace


def test_a_failed_step_is_tried_again_later_and_later_then_given_up(scripted, run, job_of, ask):
    starts = []

    def always_breaks(run):
        starts.append(run.attempt)
        raise RuntimeError("broken")

    with time_machine.travel(datetime(2026, 11, 21, 8, tzinfo=UTC), tick=False) as clock:
        id = scripted(always_breaks)
        for wait in (0, 10, 60):
            clock.shift(timedelta(seconds=wait - 1 if wait else 0))
            if wait:
                assert run() == 0
                clock.shift(timedelta(seconds=1))
            assert run() == 1
        assert starts == [1, 2, 3]
        assert job_of(id).state == JobState.FAILED
        clock.shift(timedelta(days=1))
        assert run() == 0
    assert "Quản trị viên" in job_of(id).error


def test_tries_count_at_one_place_only(scripted, run, job_of):
    """A job that comes further each time is not given up, however often it is hindered."""

    def breaks_after_each_step(run):
        at = run.cursor or 0
        if at == 5:
            return
        yield Step(done=at + 1, total=5, cursor=at + 1)
        raise RuntimeError("hindered")

    with time_machine.travel(datetime(2026, 11, 21, 8, tzinfo=UTC), tick=False) as clock:
        id = scripted(breaks_after_each_step)
        while run():
            clock.shift(timedelta(minutes=10))
        assert job_of(id).state == JobState.DONE


def test_a_job_that_forgets_its_cursor_is_given_up_all_the_same(scripted, run, job_of):
    def starts_over(run):
        yield Step(done=1, total=2)
        raise RuntimeError("broken")

    with time_machine.travel(datetime(2026, 11, 21, 8, tzinfo=UTC), tick=False) as clock:
        id = scripted(starts_over)
        starts = 0
        while starts < 10 and run():
            starts += 1
            clock.shift(timedelta(minutes=10))
        assert starts == 3
        assert job_of(id).state == JobState.FAILED


def test_a_refusal_of_the_business_is_not_tried_again(scripted, run, job_of):
    def refuses(run):
        raise DomainError.of("no", "The file has no rows.")

    id = scripted(refuses)
    run()

    assert (job_of(id).state, job_of(id).error) == (JobState.FAILED, "The file has no rows.")


def test_a_failed_job_goes_on_at_its_cursor_when_retried(world, tenant, user, scripted, run, job_of, marks):
    mood = {"refuses": True}

    def in_two_steps(run):
        if run.cursor is None:
            write(run, 1)
            yield Step(done=1, total=2, cursor="half")
        if mood["refuses"]:
            raise DomainError.of("no", "Not yet.")
        write(run, 2)

    id = scripted(in_two_steps)
    run()
    mood["refuses"] = False
    with world.session(tenant, user) as session:
        retry_job(session, id)
    run()

    assert job_of(id).state == JobState.DONE
    assert marks() == [1, 2]


def test_cancelling_a_running_job_keeps_the_steps_that_were_done(world, tenant, user, scripted, run, job_of, marks):
    def is_cancelled_meanwhile(run):
        for number in range(5):
            write(run, number)
            yield Step(done=number + 1, total=5, cursor=number + 1)
            if number == 0:
                with world.session(tenant, user) as session:
                    cancel_job(session, run.job_id)

    id = scripted(is_cancelled_meanwhile)
    run()

    job = job_of(id)
    assert (job.state, job.done) == (JobState.CANCELLED, 2)
    assert marks() == [0, 1]


def test_cancelling_a_waiting_job_ends_it_at_once(world, tenant, user, ask, run, job_of):
    id = ask("jobprobe.count_up", to=5)
    with world.session(tenant, user) as session:
        cancel_job(session, id)

    assert job_of(id).state == JobState.CANCELLED
    assert run() == 0


def test_a_job_works_with_the_rights_of_the_moment(world, tenant, user, scripted, run):
    from addons.jobprobe.models import Mark

    seen = {}

    def looks(run):
        seen["may"] = run.session.actor.can("jobprobe.look")
        seen["rows"] = len(run.session.scalars(select(Mark)).all())
        seen["who"] = run.session.actor.user_id

    with world.session(tenant) as session:
        session.add(Mark(number=1))
    scripted(looks)
    run()
    assert seen == {"may": True, "rows": 1, "who": user.id}

    scripted(looks)
    with world.session(tenant) as session:
        for member in session.scalars(select(GroupMember).where(GroupMember.user_id == user.id)):
            session.delete(member)
    run()
    assert seen == {"may": False, "rows": 0, "who": user.id}


def test_a_job_declared_for_the_system_sees_all_of_the_tenant(scripted, run):
    seen = {}
    scripted(lambda run: seen.update(system=run.session.actor.is_system), name="jobprobe.scripted_system")
    run()

    assert seen == {"system": True}


def test_a_job_of_a_locked_account_is_not_run(world, tenant, user, ask, run, job_of, marks):
    id = ask("jobprobe.count_up", to=5)
    with world.session(tenant) as session:
        session.need(User, user.id).is_active = False
    run()

    assert job_of(id).state == JobState.CANCELLED
    assert job_of(id).error
    assert marks() == []


def test_a_job_of_a_disabled_addon_is_not_run(world, tenant, ask, run, job_of, marks):
    id = ask("jobprobe.count_up", to=5)
    with world.session(tenant) as session:
        disable_addon(session, "jobprobe")
    run()

    assert job_of(id).state == JobState.CANCELLED
    assert job_of(id).error
    assert marks() == []


def test_a_job_of_a_business_that_is_switched_off_is_not_run(app, tenant, ask, run, job_of):
    from core.db.session import open_session
    from core.tenancy.models import Tenant

    id = ask("jobprobe.count_up", to=5)
    with app.app_context(), open_session(Actor.platform()) as session:
        session.scalar(select(Tenant).where(Tenant.id == tenant.id)).is_active = False
    run()

    assert job_of(id).state == JobState.CANCELLED


def test_a_runner_that_lost_its_lease_commits_nothing(app, ask, job_of, marks, scripted, run):
    taken = {}

    def is_overtaken(run):
        write(run, 1)
        yield Step(done=1, total=2, cursor=1)
        if not taken:
            with time_machine.travel(datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS + 1)):
                taken["claim"] = claim_one(run.job_id)
        write(run, 2)
        yield Step(done=2, total=2, cursor=2)

    id = scripted(is_overtaken)
    run()

    assert marks() == [1]
    assert (job_of(id).state, job_of(id).cursor) == (JobState.RUNNING, 1)
    assert taken["claim"].attempt == 2


def test_an_expired_lease_that_nobody_took_still_holds(scripted, run, job_of, marks):
    def is_slow(run):
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS + 30)):
            write(run, 1)
            yield Step(done=1, total=1, cursor=1)

    id = scripted(is_slow)
    run()

    assert job_of(id).state == JobState.DONE
    assert marks() == [1]


def test_a_job_whose_runner_died_is_taken_over_when_its_lease_ends(app, ask, run, job_of, marks):
    id = ask("jobprobe.count_up", to=20)
    with app.app_context():
        assert claim_next() is not None
        assert claim_next() is None
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS + 1)):
        assert run() == 1

    assert job_of(id).state == JobState.DONE
    assert marks() == list(range(20))


def test_a_job_that_kills_its_runner_is_given_up(app, ask, run, job_of):
    id = ask("jobprobe.count_up", to=20)
    from core.jobs.execution import _begin

    moment = datetime.now(UTC)
    for _ in range(3):
        moment += timedelta(seconds=LEASE_SECONDS + 1)
        with time_machine.travel(moment), app.app_context():
            _begin(claim_next())
    with time_machine.travel(moment + timedelta(seconds=LEASE_SECONDS + 1)):
        run()

    assert job_of(id).state == JobState.FAILED


def test_a_runner_that_is_told_to_stop_gives_the_job_back_after_its_step(app, ask, job_of, marks, run):
    id = ask("jobprobe.count_up", to=30)
    with app.app_context():
        run_claim(claim_next(), is_stopping=lambda: True)

    assert (job_of(id).state, job_of(id).cursor) == (JobState.QUEUED, 10)
    run()
    assert marks() == list(range(30))


def test_a_job_may_not_commit_by_itself(scripted, run, job_of, marks):
    def commits(run):
        write(run, 1)
        run.session.commit()

    id = scripted(commits)
    run()

    assert marks() == []
    assert "never commits" in job_of(id).trace


def test_a_job_may_use_savepoints(scripted, run, marks, job_of):
    def tries_each_row(run):
        for number in range(3):
            try:
                with run.session.begin_nested():
                    write(run, number)
                    run.session.flush()
                    if number == 1:
                        raise ValueError("a bad row")
            except ValueError:
                pass
        yield Step(done=3, total=3)

    scripted(tries_each_row)
    run()

    assert marks() == [0, 2]


def test_what_the_kernel_keeps_per_request_works_in_a_job(scripted, run, job_of):
    from core.kernel import current_session
    from core.settings import setting

    seen = {}

    def asks_the_kernel(run):
        seen["session"] = current_session() is run.session
        seen["setting"] = setting("core.name_order")

    scripted(asks_the_kernel)
    run()

    assert seen == {"session": True, "setting": "given"}


@pytest.mark.parametrize(("seconds", "notices"), [(5, 0), (15, 1)])
def test_whoever_asked_is_told_when_a_long_job_ends(world, tenant, user, scripted, run, seconds, notices):
    with time_machine.travel(datetime(2026, 11, 21, 8, tzinfo=UTC), tick=False) as clock:
        id = scripted(lambda run: clock.shift(timedelta(seconds=seconds)))
        run()
        with world.session(tenant, user) as session:
            found = session.scalars(select(Notification)).all()

    assert len(found) == notices
    assert [notice.url for notice in found] == [f"/jobs/{id}"] * notices


def test_a_job_keeps_json_only(world, tenant, user):
    with world.session(tenant, user) as session:
        with pytest.raises(TypeError, match=r"jobprobe\.count_up\.to: a job keeps JSON, not datetime"):
            enqueue(session, "jobprobe.count_up", to=datetime.now(UTC))
        with pytest.raises(TypeError, match="unexpected keyword"):
            enqueue(session, "jobprobe.count_up", to=5, upto=5)
        with pytest.raises(LookupError, match="no loaded addon declares"):
            enqueue(session, "jobprobe.unknown")
