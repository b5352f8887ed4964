"""Schedules: each slot once for every tenant that has the addon, whatever happens to schedulers and clocks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import event, func, select, update

from core.clock import now
from core.db.actor import Actor
from core.db.session import db, open_session
from core.errors import DomainError
from core.jobs import Job, JobState, enqueue, scheduler
from core.jobs.embedded import EmbeddedRunner
from core.jobs.models import JobDispatch, JobSlot
from core.jobs.scheduler import KEPT, Scheduler
from core.jobs.slots import next_slot
from core.kernel import current_kernel
from core.registry import Registry
from core.tenancy.models import Tenant, TenantAddon
from core.tenancy.services import create_tenant, disable_addon, enable_addon
from core.testing.processes import wait_until

DAILY = "jobprobe.daily"
DAY = timedelta(days=1)


@pytest.fixture
def slot(tenant):
    """The first 02:30 in Vietnam that the tenant lives to see."""
    return next_slot("30 2 * * *", ZoneInfo("Asia/Ho_Chi_Minh"), now())


@pytest.fixture
def tick(app):
    """``tick(moment)``: a scheduler that has just been started, or ``kept``, looks at that moment."""

    def look(moment, kept=None):
        with app.app_context():
            (kept or Scheduler()).tick(moment)

    return look


@pytest.fixture
def runs(world, tenant):
    """How often the daily job was asked for."""

    def count(of=None):
        with world.session(of or tenant) as session:
            return session.scalar(select(func.count(Job.id)).where(Job.name == DAILY))

    return count


@pytest.fixture
def end_all(app):
    """Every run is over."""

    def end():
        with app.app_context(), open_session(Actor.platform()) as session:
            session.execute(update(JobDispatch).values(state=JobState.DONE))

    return end


@pytest.fixture
def slots_of(app):
    """The slots of the daily job that are on record, in order."""

    def read():
        with app.app_context(), open_session(Actor.platform()) as session:
            return list(session.scalars(select(JobSlot.slot).where(JobSlot.name == DAILY).order_by(JobSlot.slot)))

    return read


def test_every_schedule_that_is_declared_runs(world, tenant, slot, tick, run):
    tick(slot + timedelta(hours=12))
    run()

    with world.session(tenant) as session:
        ended = {job.name: job.state for job in session.scalars(select(Job))}
        declared = {job.name for job in current_kernel().registry.schedules}
    assert declared >= {DAILY, "core.purge_jobs", "core.purge_notifications", "core.remove_exchange_files"}
    assert ended == dict.fromkeys(declared, JobState.DONE)


def test_only_who_has_the_addon_at_that_time_is_served(app, world, tenant, slot, tick, runs):
    with app.app_context():
        without, later, away, young = (create_tenant(each, each) for each in ("without", "later", "away", "young"))
        with open_session(Actor.platform()) as session:
            session.execute(update(Tenant).where(Tenant.id == away.id).values(is_active=False))
            session.execute(update(Tenant).where(Tenant.id == young.id).values(created_at=slot + DAY / 24))
    for each in (without, later):
        with world.session(each) as session:
            disable_addon(session, "jobprobe")
    tick(slot - timedelta(seconds=1))
    assert runs() == 0
    tick(slot)
    with time_machine.travel(slot + timedelta(hours=1)), world.session(later) as session:
        enable_addon(session, "jobprobe")
    tick(slot + timedelta(hours=2))

    assert [runs(each) for each in (tenant, without, later, away, young)] == [1, 0, 0, 0, 0]
    tick(slot + DAY)
    assert runs(later) == 1


def test_a_schedule_follows_the_clock_of_the_tenant(app, slot, tick, runs):
    with app.app_context():
        abroad = create_tenant("abroad", "Abroad", time_zone="Europe/Berlin")
    due = next_slot("30 2 * * *", ZoneInfo("Europe/Berlin"), now())
    tick(due - timedelta(minutes=1))
    assert runs(abroad) == 0
    tick(due)
    assert runs(abroad) == 1


def test_two_schedulers_at_once_start_it_once(app, world, tenant, slot, runs, slots_of):
    tenants = [tenant, *(world.tenant() for _ in range(4))]
    barrier = Barrier(2)

    def work(_):
        with app.app_context():
            barrier.wait()
            Scheduler().tick(slot)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))

    assert [runs(each) for each in tenants] == [1] * 5
    assert slots_of() == [slot] * 5


def test_a_kill_between_any_two_statements_neither_loses_nor_doubles_it(app, slot, tick, runs, end_all, monkeypatch):
    class Killed(BaseException):
        pass

    def is_killed_at(statement, moment):
        left = iter(range(statement, -1, -1))

        def count(*_):
            if next(left, None) == 0:
                raise Killed

        with app.app_context():
            for name in ("before_cursor_execute", "commit"):
                event.listen(db.engine, name, count)
            try:
                Scheduler().tick(moment)
            except Killed:
                db.engine.dispose()  # as the process's end would close its connections
                return True
            finally:
                for name in ("before_cursor_execute", "commit"):
                    event.remove(db.engine, name, count)
            return False

    with app.app_context():
        monkeypatch.setattr(Registry, "schedules", (current_kernel().registry.jobs[DAILY],))
    day = 0
    while is_killed_at(day, slot + day * DAY):
        tick(slot + day * DAY)
        day += 1
        assert runs() == day, f"killed at statement {day}"
        end_all()
    assert day > 10


def test_of_what_was_missed_the_latest_runs_once(tenant, slot, tick, runs, slots_of, end_all):
    tick(slot)
    end_all()
    tick(slot + 3 * DAY + timedelta(hours=5))
    tick(slot + 3 * DAY + timedelta(hours=6))

    assert runs() == 2
    assert slots_of() == [slot, slot + 3 * DAY]


def test_what_was_missed_too_long_ago_is_left(tenant, slot, tick, runs, monkeypatch):
    monkeypatch.setattr(scheduler, "CATCH_UP", timedelta(hours=2))
    tick(slot + timedelta(hours=2, seconds=1))
    assert runs() == 0
    tick(slot + timedelta(hours=2))
    assert runs() == 1


def test_no_clock_that_jumps_runs_a_slot_again(tenant, slot, tick, runs, slots_of, end_all):
    steady = Scheduler()  # one that has seen it all, and in between others that have just been started
    tick(slot + 2 * DAY, steady)
    end_all()
    for jump in (-2 * DAY, timedelta(), -DAY, 2000 * DAY, timedelta(), DAY, -timedelta(minutes=5)):
        tick(slot + 2 * DAY + jump, steady)
        end_all()
        tick(slot + 2 * DAY + jump)
        end_all()

    assert slots_of() == [slot + 2 * DAY, slot + 3 * DAY, slot + 2002 * DAY]
    assert runs() == 3


def test_a_run_that_is_not_over_is_not_asked_for_again(tenant, slot, tick, runs, slots_of, end_all):
    tick(slot)
    tick(slot + DAY)
    assert runs() == 1
    end_all()
    tick(slot + DAY)
    assert runs() == 1, "that slot has been passed over"
    tick(slot + 2 * DAY)

    assert runs() == 2
    assert slots_of() == [slot, slot + DAY, slot + 2 * DAY]


def test_what_fails_for_one_business_is_made_up_for_and_keeps_no_other(
    app, world, tenant, slot, tick, runs, monkeypatch
):
    other, kept = world.tenant(), Scheduler()
    broken = {tenant.id}

    def enqueue_or_fail(session, name, /, **arguments):
        if session.tenant_id in broken:
            raise RuntimeError("not now")
        return enqueue(session, name, **arguments)

    monkeypatch.setattr(scheduler, "enqueue", enqueue_or_fail)
    tick(slot, kept)
    assert (runs(), runs(other)) == (0, 1)
    broken.clear()
    tick(slot + timedelta(seconds=10), kept)
    assert (runs(), runs(other)) == (1, 1)


def test_old_slots_are_forgotten(tenant, slot, tick, slots_of, end_all):
    tick(slot)
    end_all()
    tick(slot + DAY)
    end_all()
    tick(slot + 2 * DAY + KEPT)

    assert slots_of() == [slot + DAY, slot + 2 * DAY + KEPT]


def test_the_embedded_runner_keeps_schedules_too(app, world, tenant, runs):
    with app.app_context(), open_session(Actor.platform()) as session:
        session.execute(update(Tenant).values(created_at=now() - 2 * DAY))
    with world.session(tenant) as session:
        session.execute(update(TenantAddon).values(changed_at=now() - 2 * DAY))
    runner = EmbeddedRunner(app)
    runner.start()
    try:
        wait_until(runs)
    finally:
        runner.stop()
    assert runs() == 1


@pytest.mark.engine("sqlite")
def test_a_tenants_time_zone_must_exist(app):
    with app.app_context(), pytest.raises(DomainError, match="Asia/Ho_Chi_Minh"):
        create_tenant("nowhere", "Nowhere", time_zone="Mars/Olympus")
