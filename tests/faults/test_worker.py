"""``banyan worker`` in production: told to stop, and its children killed. PostgreSQL, as in production."""

import os
import signal
from pathlib import Path

import pytest

from core.jobs import JobState
from core.jobs.outbox import EXTENSION
from core.jobs.rq_worker import RedisWaker
from core.testing.processes import wait_until

pytestmark = [
    pytest.mark.engine("postgresql"),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds a worker's children in /proc (Linux)"),
]


@pytest.fixture
def start_worker(start_process, app, redis_url):
    app.extensions[EXTENSION] = RedisWaker(redis_url)
    return lambda: start_process("-m", "core.cli", "worker", REDIS_URL=redis_url)


def test_a_worker_stops_after_its_step_and_a_killed_child_is_no_loss(start_worker, ask, look, effects):
    id = ask(to=300)
    first = start_worker()
    wait_until(lambda: look(id).done)
    first.send(signal.SIGTERM)
    assert first.wait() == 0
    assert look(id).state == JobState.QUEUED
    assert look(id).tries == 0

    second = start_worker()
    given_back = look(id).done
    wait_until(lambda: look(id).done > given_back)
    for pid in wait_until(second.children):
        os.kill(pid, signal.SIGKILL)
    assert not look(id).has_ended, "the kill came too late to prove anything"
    wait_until(lambda: look(id).has_ended)

    assert second.poll() is None
    assert look(id).state == JobState.DONE
    assert effects(id) == list(range(300))
