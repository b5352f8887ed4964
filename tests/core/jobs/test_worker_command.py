"""``banyan worker`` as it runs in production: a process that forks, is told to stop, and whose children are killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.jobs import JobState
from core.jobs.outbox import EXTENSION
from core.jobs.rq_worker import RedisWaker
from core.testing.world import SECRET_KEY

SOON = 40  # seconds; a broken worker takes them


@pytest.fixture
def app(app_factory, addons, database, redis_url):
    app = app_factory(addons.names, addons.roots, database=database)
    app.extensions[EXTENSION] = RedisWaker(redis_url)
    return app


@pytest.fixture
def worker(database, addons, redis_url, tmp_path):
    """Starts worker processes, each in a process group of its own; the groups are killed at the end."""
    environ = os.environ | {
        "DATABASE_URL": database.url,
        "REDIS_URL": redis_url,
        "BANYAN_DATA": str(tmp_path),
        "BANYAN_SECRET_KEY": SECRET_KEY,
        "BANYAN_ADDONS": "jobprobe",
        "BANYAN_ADDONS_PATH": str(addons.roots[0]),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    running = []

    def start():
        command = [sys.executable, "-m", "core.cli.main", "worker"]
        log = (tmp_path / f"worker{len(running)}.log").open("w")
        running.append(subprocess.Popen(command, env=environ, stdout=log, stderr=log))
        log.close()
        return running[-1]

    yield start
    for process in running:
        for pid in children(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.kill()
        process.wait()


def children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in listed.read_text().split()] if listed.exists() else []


def wait_for(condition):
    deadline = time.monotonic() + SOON
    while not (found := condition()):
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
    return found


def test_a_worker_that_is_told_to_stop_gives_its_job_back_and_another_goes_on(worker, ask, job_of, marks):
    id = ask("jobprobe.count_up", to=1_000, pause=0.05)
    first = worker()
    wait_for(lambda: job_of(id).done > 0)
    first.send_signal(signal.SIGTERM)
    assert first.wait(SOON) == 0

    job = job_of(id)
    assert job.state == JobState.QUEUED
    assert job.tries == 0
    worker()
    wait_for(lambda: job_of(id).has_ended)
    assert job_of(id).state == JobState.DONE
    assert marks() == list(range(1_000))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the worker's children in /proc (Linux)")
def test_a_killed_child_of_a_worker_loses_and_repeats_nothing(worker, ask, job_of, marks):
    id = ask("jobprobe.count_up", to=400, pause=0.05)
    parent = worker()
    wait_for(lambda: job_of(id).done > 0)
    for pid in wait_for(lambda: children(parent.pid)):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: job_of(id).has_ended)

    assert parent.poll() is None
    assert job_of(id).state == JobState.DONE
    assert marks() == list(range(400))
