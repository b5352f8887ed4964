"""A job exists if and only if the transaction that asked for it commits, and the runner is woken after that."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from core.db.actor import Actor
from core.db.session import open_session
from core.jobs import Job, enqueue, enqueue_at
from core.jobs.claims import claim_next
from core.jobs.models import JobDispatch
from core.jobs.outbox import EXTENSION


class Heard:
    """A waker that remembers what it was told, and whether the job was to be seen by then."""

    def __init__(self, fails=False):
        self.ids = []
        self.fails = fails

    def wake(self, ids):
        self.ids += ids
        if self.fails:
            raise ConnectionError("nobody there")


@pytest.fixture
def heard(app):
    app.extensions[EXTENSION] = Heard()
    return app.extensions[EXTENSION]


def count_rows(world, tenant):
    with world.session(tenant) as session:
        jobs = session.scalar(select(func.count(Job.id)))
        return jobs, session.scalar(select(func.count(JobDispatch.id)))


def test_the_runner_hears_of_a_job_after_the_commit_only(world, tenant, user, heard):
    with world.session(tenant, user) as session:
        job = enqueue(session, "jobprobe.count_up", to=1)
        assert heard.ids == []
    assert heard.ids == [job.id]


def test_a_rollback_takes_the_job_along(world, tenant, user, heard):
    with pytest.raises(ZeroDivisionError), world.session(tenant, user) as session:
        enqueue(session, "jobprobe.count_up", to=1)
        raise ZeroDivisionError

    assert heard.ids == []
    assert count_rows(world, tenant) == (0, 0)


def test_a_session_that_goes_on_after_a_rollback_announces_nothing_of_before(world, tenant, user, heard):
    with world.session(tenant, user) as session:
        enqueue(session, "jobprobe.count_up", to=1)
        session.rollback()
        kept = enqueue(session, "jobprobe.count_up", to=2)

    assert heard.ids == [kept.id]
    assert count_rows(world, tenant) == (1, 1)


def test_what_a_savepoint_undoes_is_not_announced(world, tenant, user, heard):
    with world.session(tenant, user) as session:
        kept = [enqueue(session, "jobprobe.count_up", to=1)]
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            enqueue(session, "jobprobe.count_up", to=2)
            raise ZeroDivisionError
        with pytest.raises(IntegrityError), session.begin_nested():
            enqueue(session, "jobprobe.count_up", to=3)
            session.add(JobDispatch(id=session.scalars(select(JobDispatch.id)).first()))
        with session.begin_nested():
            kept.append(enqueue(session, "jobprobe.count_up", to=4))

    assert heard.ids == [job.id for job in kept]
    assert count_rows(world, tenant) == (2, 2)


def test_a_savepoint_announces_nothing(world, tenant, user, heard):
    with world.session(tenant, user) as session:
        with session.begin_nested():
            enqueue(session, "jobprobe.count_up", to=1)
        assert heard.ids == []
    assert len(heard.ids) == 1


def test_a_runner_that_cannot_be_woken_costs_the_user_nothing(world, tenant, user, app, run):
    app.extensions[EXTENSION] = Heard(fails=True)
    with world.session(tenant, user) as session:
        enqueue(session, "jobprobe.count_up", to=1)

    assert run() == 1


def test_the_dispatch_row_tells_nothing_of_the_job(world, tenant, user):
    """It stands outside row security, so every runner and every tenant's session may read it."""
    assert {column.name for column in JobDispatch.__table__.columns} == {
        "id", "tenant_id", "name", "state", "run_at", "lease_until", "attempt", "worker", "created_at",
    }  # fmt: skip


def test_a_job_may_be_asked_for_later(world, tenant, user, run):
    moment = datetime.now(UTC) + timedelta(hours=1)
    with world.session(tenant, user) as session:
        enqueue_at(session, "jobprobe.count_up", moment, to=1)

    assert run() == 0
    with time_machine.travel(moment + timedelta(seconds=1)):
        assert run() == 1


def test_of_two_runners_exactly_one_gets_a_job(app, world, tenant, user):
    with world.session(tenant, user) as session:
        for _ in range(20):
            enqueue(session, "jobprobe.count_up", to=1)
    claims = []
    together = threading.Barrier(4)

    def claim_all():
        with app.app_context():
            together.wait()
            misses = 0
            while misses < 3:
                claim = claim_next()
                misses = 0 if claim else misses + 1
                if claim:
                    claims.append(claim.id)

    runners = [threading.Thread(target=claim_all) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()

    assert len(claims) == len(set(claims)) == 20


def test_jobs_run_in_the_order_in_which_they_were_asked_for(app, world, tenant, user):
    with world.session(tenant, user) as session:
        asked = [enqueue(session, "jobprobe.count_up", to=1).id for _ in range(5)]
    with app.app_context():
        assert [claim_next().id for _ in asked] == asked


def test_the_dispatch_row_is_found_without_a_tenant(app, ask):
    id = ask("jobprobe.count_up", to=1)
    with app.app_context(), open_session(Actor.platform()) as session:
        assert session.scalars(select(JobDispatch.id)).all() == [id]
