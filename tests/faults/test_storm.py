"""Workers, their children and schedulers are killed at random, Redis is emptied and goes away: nothing is lost or done twice.

For some seconds; with ``BANYAN_TEST_FAULTS=long`` (``make faults``) for minutes, with the sweep of production.
"""

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from sqlalchemy import func, select

from core.jobs import Job, JobState
from core.jobs.models import ENDED, JobDispatch, JobSlot
from core.jobs.outbox import EXTENSION
from core.jobs.rq_worker import SWEEP_SECONDS, RedisWaker
from core.testing.outcomes import unavailable
from core.testing.processes import wait_until
from core.testing.programs import MissingProgram
from core.testing.servers import ServerFailed, start_redis

pytestmark = [
    pytest.mark.engine("postgresql"),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds a worker's children in /proc (Linux)"),
]

FAST = 300
"""A minute of the schedulers takes a fifth of a second."""


@dataclass(frozen=True)
class Storm:
    kills: int
    jobs: int  # asked for between two kills
    redis_away: float  # seconds
    sweep: float  # seconds


SHORT = Storm(kills=9, jobs=1, redis_away=1.5, sweep=0.5)
LONG = Storm(kills=300, jobs=3, redis_away=30, sweep=SWEEP_SECONDS)


@pytest.fixture
def storm():
    return LONG if os.environ.get("BANYAN_TEST_FAULTS") == "long" else SHORT


@pytest.fixture
def own_redis(app):
    """A Redis that may be killed; the application tells it of jobs."""
    try:
        server = start_redis()
    except (MissingProgram, ServerFailed) as problem:
        unavailable(str(problem))
    app.extensions[EXTENSION] = RedisWaker(server.url)
    yield server
    server.stop()


class Machines:
    """Two workers and two schedulers, replaced as soon as they are killed."""

    def __init__(self, start_process, script, redis_url, storm):
        right = str(time.time())
        self.starts = {
            "worker": lambda: start_process(script("worker.py"), str(storm.sweep), REDIS_URL=redis_url),
            "scheduler": lambda: start_process(script("scheduler.py"), right, str(FAST)),
        }
        self.running = [(kind, start()) for kind, start in self.starts.items() for _ in range(2)]

    def kill_one(self, chance):
        number = chance.randrange(len(self.running))
        kind, process = self.running[number]
        if children := process.children():
            with suppress(ProcessLookupError):
                os.kill(children[0], signal.SIGKILL)
            if chance.random() < 0.5:
                return "child"
        process.kill()
        self.running[number] = kind, self.starts[kind]()
        return kind

    def stop(self, wanted):
        for _, process in [each for each in self.running if each[0] == wanted]:
            process.kill()
        self.running = [each for each in self.running if each[0] != wanted]

    def ended_by_themselves(self):
        return [process.log.read_text()[-2_000:] for _, process in self.running if process.poll() is not None]


def test_nothing_is_lost_and_nothing_done_twice(start_process, script, own_redis, storm, ask, read, effects):
    machines = Machines(start_process, script, own_redis.url, storm)
    chance, killed, ids = random.Random(20261122), Counter(), []

    def blow(kills):
        for _ in range(kills):
            for _ in range(storm.jobs):
                asked = time.monotonic()
                ids.append(ask(to=50))
                assert time.monotonic() - asked < 3, "somebody waited for Redis"
            time.sleep(chance.uniform(0.1, 0.5))
            killed[machines.kill_one(chance)] += 1

    blow(storm.kills // 3)
    with redis.Redis.from_url(own_redis.url) as client:
        client.flushall()
    blow(storm.kills // 3)
    own_redis.kill()
    ids += [ask(to=50) for _ in range(5)]
    time.sleep(storm.redis_away)
    own_redis.start()
    own_redis.process.send_signal(signal.SIGSTOP)
    ids += [ask(to=50) for _ in range(5)]
    own_redis.process.send_signal(signal.SIGCONT)
    blow(storm.kills // 3)

    machines.stop("scheduler")
    open_jobs = select(func.count(JobDispatch.id)).where(JobDispatch.state.not_in(ENDED))
    wait_until(lambda: read(open_jobs)[0][0] == 0, 60)
    assert killed["worker"] and killed["scheduler"]
    assert {state for (state,) in read(select(Job.state))} == {JobState.DONE}
    assert all(effects(id) == list(range(50)) for id in ids)

    started = [id for (id,) in read(select(JobSlot.job_id).where(JobSlot.job_id.is_not(None)))]
    scheduled = [id for (id,) in read(select(Job.id).where(Job.name == "endure.keep_time"))]
    assert sorted(started) == sorted(scheduled)
    assert scheduled
    assert all(effects(id) == [0] for id in scheduled)
    assert not machines.ended_by_themselves()
