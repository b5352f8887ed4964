"""kill -9 of the runner at any moment loses nothing and repeats nothing."""

import random
import time

import pytest
from sqlalchemy import select

from core.db.actor import Actor
from core.db.session import open_session
from core.jobs import JobState
from core.jobs.models import JobDispatch
from core.jobs.worker_identity import is_dead
from core.testing.processes import wait_until

TO = 600
KILLS = 5


@pytest.fixture
def start_runner(start_process, script):
    return lambda lease_seconds=60: start_process(script("runner.py"), str(lease_seconds))


def test_killing_the_runner_again_and_again_leaves_each_effect_exactly_once(start_runner, ask, look, effects):
    id = ask(to=TO)
    chance = random.Random(20261121)
    for _ in range(KILLS):
        process = start_runner()
        before = look(id).done
        wait_until(lambda before=before: look(id).done > before)
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
    assert not look(id).has_ended, "the last kill came too late to prove anything"

    start_runner()
    wait_until(lambda: look(id).has_ended)

    assert look(id).state == JobState.DONE
    assert effects(id) == list(range(TO))


@pytest.mark.engine("postgresql")  # SQLite has no other machines
def test_a_runner_elsewhere_is_waited_for_until_its_lease_ends(start_runner, app, ask, look, read, effects):
    """Where a dead process cannot be told from a slow one (another machine), the lease decides."""
    id = ask(to=200)
    process = start_runner(lease_seconds=1)
    wait_until(lambda: look(id).done)
    worker = read(select(JobDispatch.worker))[0][0]
    assert not is_dead(worker)
    process.kill()
    assert is_dead(worker)
    with app.app_context(), open_session(Actor.platform()) as session:
        dispatch = session.scalar(select(JobDispatch).where(JobDispatch.id == id))
        dispatch.worker = "another place/1/1/1"
    start_runner()
    wait_until(lambda: look(id).has_ended)

    assert look(id).begun_at >= dispatch.lease_until
    assert effects(id) == list(range(200))
