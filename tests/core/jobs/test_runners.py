"""The two runners: the thread of the web process, and RQ on a real Redis."""

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import redis
import time_machine
from sqlalchemy import select

from core.db.actor import Actor
from core.db.session import open_session
from core.jobs import JobState, Step
from core.jobs.claims import claim_next
from core.jobs.embedded import EmbeddedRunner
from core.jobs.models import JobDispatch
from core.jobs.outbox import EXTENSION
from core.jobs.rq_worker import JobWorker, RedisWaker, Sweeper, make_queue, perform, sweep
from core.jobs.worker_identity import is_dead, worker_name

SOON = 20  # seconds; only a broken runner takes them


def wait_for(condition):
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline, "nobody ran the job"
        time.sleep(0.02)


@pytest.fixture
def embedded(app):
    """A runner that would not look by itself for as long as the test lasts."""
    runner = EmbeddedRunner(app, poll_seconds=600)
    app.extensions[EXTENSION] = runner
    yield runner
    runner.stop()


def test_the_embedded_runner_is_woken_by_the_commit(embedded, ask, job_of, marks):
    embedded.start()
    id = ask("jobprobe.count_up", to=20)
    wait_for(lambda: job_of(id).has_ended)

    assert job_of(id).state == JobState.DONE
    assert marks() == list(range(20))


@pytest.mark.engine("sqlite")
def test_the_first_request_starts_the_embedded_runner(app_factory, addons, user, tenant, world, database):
    app = app_factory(addons.names, addons.roots, database=database, runner="embedded")
    runner = app.extensions[EXTENSION]
    names = {thread.name for thread in threading.enumerate()}
    assert "jobs" not in names
    app.test_client().get("/login")
    try:
        assert "jobs" in {thread.name for thread in threading.enumerate()}
    finally:
        runner.stop()
    assert "jobs" not in {thread.name for thread in threading.enumerate()}


def test_the_embedded_runner_outlives_what_a_job_and_the_database_do(embedded, scripted, ask, job_of, monkeypatch):
    from core.jobs import embedded as module

    fails = iter([True])

    def claim():
        if next(fails, False):
            raise ConnectionError("the database is away")
        return claim_next()

    monkeypatch.setattr(module, "claim_next", claim)
    embedded.poll_seconds = 0.01
    embedded.start()
    broken = scripted(lambda run: 1 / 0)
    wait_for(lambda: job_of(broken).trace)
    id = ask("jobprobe.count_up", to=5)
    wait_for(lambda: job_of(id).has_ended)

    assert job_of(id).state == JobState.DONE


def test_stopping_gives_the_job_back_after_its_step(embedded, ask, job_of, marks, run):
    embedded.start()
    id = ask("jobprobe.count_up", to=100_000, pause=0.01)
    wait_for(lambda: job_of(id).done)
    embedded.stop()

    job = job_of(id)
    assert job.state == JobState.QUEUED
    assert marks() == list(range(job.done))


@pytest.mark.engine("sqlite")
def test_a_job_without_a_pause_lets_others_write(embedded, ask, scripted, world, tenant):
    """SQLite has one writer at a time and no queue: whoever takes the lock again at once shuts all others out."""
    ending = threading.Event()

    def never_rests(run):
        number = 0
        while not ending.is_set():
            run.session.scalar(select(JobDispatch.id))
            time.sleep(0.05)  # the lock is held
            number += 1
            yield Step(done=number)

    scripted(never_rests)
    embedded.start()
    waits = []
    try:
        time.sleep(0.2)
        for _ in range(10):
            asked = time.monotonic()
            with world.session(tenant) as session:
                session.scalar(select(JobDispatch.id))
            waits.append(time.monotonic() - asked)
    finally:
        ending.set()
    assert max(waits) < 1.5, waits


def test_only_a_process_of_this_machine_is_known_to_be_dead():
    place, pid, _, thread = worker_name().split("/")

    assert not is_dead(worker_name())
    assert is_dead(f"{place}/{pid}/1/{thread}")  # our process id, another start
    assert not is_dead(f"elsewhere/{pid}/1/{thread}")
    assert not is_dead("")


@pytest.fixture
def queue(redis_url):
    return make_queue(redis_url)


@pytest.fixture
def on_redis(app, redis_url):
    app.extensions[EXTENSION] = RedisWaker(redis_url)
    return app.extensions[EXTENSION]


def work_off(app, redis_url):
    """What ``banyan worker`` does, until the queue is empty; the forks included."""
    sweeper = Sweeper(app, redis_url)
    with app.app_context():
        JobWorker(sweeper, redis.Redis.from_url(redis_url)).work(burst=True, logging_level="WARNING")


@pytest.mark.engine("sqlite")
def test_only_the_id_travels_over_redis(on_redis, queue, ask, redis_url):
    id = ask("jobprobe.count_up", to=5)

    assert [message.partition("-")[0] for message in queue.job_ids] == [id.hex]
    with redis.Redis.from_url(redis_url) as client:
        stored = client.hgetall(f"rq:job:{queue.job_ids[0]}")
    assert queue.fetch_job(queue.job_ids[0]).args == [str(id)]
    assert b"jobprobe" not in b"".join(stored.values())


def test_an_rq_worker_runs_what_was_committed(app, on_redis, redis_url, ask, job_of, marks):
    ids = [ask("jobprobe.count_up", to=5) for _ in range(3)]
    work_off(app, redis_url)

    assert [job_of(id).state for id in ids] == [JobState.DONE] * 3
    assert marks() == sorted([0, 1, 2, 3, 4] * 3)


@pytest.mark.engine("sqlite")
def test_a_message_that_comes_twice_runs_its_job_once(app, on_redis, redis_url, ask, marks):
    id = ask("jobprobe.count_up", to=5)
    on_redis.wake([id, id])
    work_off(app, redis_url)

    assert marks() == [0, 1, 2, 3, 4]


def test_a_message_about_no_job_is_harmless(app, world, tenant):
    with app.app_context():
        perform(str(uuid4()))


@pytest.mark.engine("sqlite")
def test_what_redis_lost_is_sent_again(app, on_redis, redis_url, queue, ask, job_of):
    id = ask("jobprobe.count_up", to=5)
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    with app.app_context():
        assert sweep(queue) == 1
        assert sweep(queue) == 0  # it is waiting in the queue now
    work_off(app, redis_url)

    assert job_of(id).state == JobState.DONE


@pytest.mark.engine("sqlite")
def test_what_a_dead_worker_held_is_sent_again(app, redis_url, queue, ask, job_of):
    id = ask("jobprobe.count_up", to=5)
    with app.app_context():
        claim_next()
        assert sweep(queue) == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)), app.app_context():
        assert sweep(queue) == 1
        work_off(app, redis_url)

    assert job_of(id).state == JobState.DONE


@pytest.mark.engine("sqlite")
def test_a_job_whose_horse_was_killed_goes_on_at_once(app, redis_url, queue, ask, job_of, marks):
    """The lease of a process that is known to be gone is not waited for."""
    id = ask("jobprobe.count_up", to=5)
    with app.app_context():
        claim_next()
        with open_session(Actor.platform()) as session:
            row = session.scalar(select(JobDispatch).where(JobDispatch.id == id))
            row.worker = worker_name().rsplit("/", 2)[0] + "/1/0"
        assert sweep(queue) == 1
    work_off(app, redis_url)

    assert job_of(id).state == JobState.DONE
    assert marks() == [0, 1, 2, 3, 4]


@pytest.mark.engine("sqlite")
def test_a_dead_redis_delays_no_request(app, ask, run, job_of):
    app.extensions[EXTENSION] = RedisWaker("redis://127.0.0.1:1/0")
    started = time.monotonic()
    ids = [ask("jobprobe.count_up", to=5) for _ in range(5)]

    assert time.monotonic() - started < 3
    assert run() == 5
    assert {job_of(id).state for id in ids} == {JobState.DONE}
