"""kill -9 of the runner at any moment loses nothing and repeats nothing."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from core.db.actor import Actor
from core.db.session import open_session, read_only
from core.jobs import Job, JobState
from core.jobs.models import JobDispatch
from core.kernel import current_session
from core.testing.world import SECRET_KEY

TO = 4_000
KILLS = 5


@pytest.fixture
def runner_process(database, tmp_path):
    """Starts runner processes on the test's database; those still alive are killed at the end."""
    environ = os.environ | {
        "DATABASE_URL": database.url,
        "BANYAN_DATA": str(tmp_path),
        "BANYAN_SECRET_KEY": SECRET_KEY,
        "BANYAN_RUNNER": "none",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    if database.owner_url != database.url:
        environ["DATABASE_OWNER_URL"] = database.owner_url
    running = []

    def start(lease_seconds=60):
        command = [sys.executable, str(Path(__file__).parent / "serve_jobs.py"), str(lease_seconds)]
        process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        running.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def app(app_factory, addons, database):
    return app_factory(addons.names, addons.roots, database=database)


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


@pytest.fixture
def look(app, tenant):
    """The job's row without waiting for SQLite's write lock, which the runner holds most of the time."""

    def read(id):
        token = read_only.set(True)
        try:
            with app.app_context():
                current_session().become(Actor.system(tenant.id))
                return current_session().need(Job, id)
        finally:
            read_only.reset(token)

    return read


def test_killing_the_runner_again_and_again_leaves_each_effect_exactly_once(runner_process, ask, look, marks):
    id = ask("jobprobe.count_up", to=TO, batch=20, pause=0.02)
    chance = random.Random(20261121)
    for _ in range(KILLS):
        process = runner_process()
        before = look(id).done
        wait_until(lambda before=before: look(id).done > before)
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.wait()
    assert not look(id).has_ended, "the last kill came too late to prove anything"

    runner_process()
    wait_until(lambda: look(id).has_ended)

    assert look(id).state == JobState.DONE
    assert marks() == list(range(TO))


def test_a_runner_elsewhere_is_waited_for_until_its_lease_ends(runner_process, app, ask, look, marks):
    """Where a dead process cannot be told from a slow one (another machine), the lease decides."""
    id = ask("jobprobe.count_up", to=60, batch=5, pause=0.05)
    process = runner_process(lease_seconds=3)
    wait_until(lambda: look(id).done > 0)
    process.kill()
    process.wait()
    with app.app_context(), open_session(Actor.platform()) as session:
        session.scalar(select(JobDispatch).where(JobDispatch.id == id)).worker = "another place/1/1/1"
    done = look(id).done
    runner_process(lease_seconds=3)
    assert look(id).done == done
    wait_until(lambda: look(id).has_ended)

    assert marks() == list(range(60))
