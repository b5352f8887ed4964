"""RQ on Redis as the wake-up of production: the job's id is all that travels, the database decides.

A message may be lost, doubled or late without harm: a lost one is sent again by the sweep, a doubled one finds the job
claimed. Workers fork per job; the application is loaded once before, and no database connection crosses the fork.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from core.db.failures import failure_of
from core.db.session import db
from core.jobs.claims import claim_one, free_dead_workers, list_due
from core.jobs.execution import run_claim

log = logging.getLogger(__name__)

QUEUE = "banyan"
"""One queue for one kind of worker: with two, RQ loses messages of killed workers for good (measured)."""

WAKE_TIMEOUT_SECONDS = 1.0
"""A user waits for the wake-up; the sweep does not."""

PAUSE_SECONDS = 5.0
"""How long wake-ups are left out after Redis has failed."""

SWEEP_SECONDS = 10.0
SWEEP_LIMIT = 1_000
"""Messages a sweep sends at most."""

RESTART_SECONDS = 2.0
"""Pause before the worker comes back after Redis has failed it."""

MESSAGE_SECONDS = 60
"""How long Redis remembers a message that failed; what failed is in the database."""

UNLIMITED = -1
"""RQ's own time limit is off: a job's steps have the lease."""

_stopping = threading.Event()


class RedisWaker:
    """Announces committed jobs on Redis. After a failure it pauses, so that a dead Redis delays nobody."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._queue: Queue | None = None
        self._paused_until = 0.0

    def wake(self, ids: Sequence[UUID]) -> None:
        if time.monotonic() < self._paused_until:
            return
        try:
            self._queue = self._queue or make_queue(self._url, timeout=WAKE_TIMEOUT_SECONDS)
            send(self._queue, ids)
        except RedisError:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            raise


def make_queue(redis_url: str, *, timeout: float | None = None) -> Queue:
    """The queue of this deployment; with a ``timeout`` in seconds Redis is asked once and not waited for."""
    options: dict[str, Any] = {}
    if timeout is not None:
        options = {
            "socket_timeout": timeout,
            "socket_connect_timeout": timeout,
            "retry": Retry(NoBackoff(), 0),
        }
    return Queue(QUEUE, connection=Redis.from_url(redis_url, **options), serializer=JSONSerializer)


def count_workers(redis_url: str) -> int:
    """How many workers serve the queue; one that died without a word counts until RQ misses it, after seven minutes."""
    return Worker.count(queue=make_queue(redis_url, timeout=WAKE_TIMEOUT_SECONDS))


def send(queue: Queue, ids: Sequence[UUID]) -> None:
    """Put messages for these jobs into the queue, in one round trip."""
    queue.enqueue_many(
        [
            Queue.prepare_data(
                f"{__name__}.{perform.__name__}",
                args=[str(id)],
                timeout=UNLIMITED,
                result_ttl=0,
                failure_ttl=MESSAGE_SECONDS,
                job_id=f"{id.hex}-{uuid4().hex[:8]}",
            )
            for id in ids
        ]
    )


def sweep(queue: Queue) -> int:
    """Send again what is due and has no message in the queue; how many. Needs an app context."""
    free_dead_workers()
    waiting = {message.partition("-")[0] for message in queue.job_ids}
    missing = [id for id, _ in list_due(SWEEP_LIMIT) if id.hex not in waiting]
    if missing:
        send(queue, missing)
    return len(missing)


def perform(id: str) -> None:
    """What RQ calls in the forked process: take the job if it is still to be had, and run it."""
    claim = claim_one(UUID(id))
    if claim is not None:
        run_claim(claim, _stopping.is_set)


class Sweeper(threading.Thread):
    """Sweeps beside the worker. ``idle`` is held by whoever must not be disturbed: a sweep, or a fork."""

    def __init__(self, app: Flask, redis_url: str, seconds: float = SWEEP_SECONDS) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.app = app
        self.queue = make_queue(redis_url, timeout=SWEEP_SECONDS)
        self.seconds = seconds
        self.idle = threading.Lock()
        self.soon = threading.Event()

    def run(self) -> None:
        while True:
            try:
                with self.idle, self.app.app_context():
                    sweep(self.queue)
            except Exception as error:
                told = None if failure_of(error) else error
                log.error("the sweep failed; the next one is in %s s", self.seconds, exc_info=told)
            self.soon.wait(self.seconds)
            self.soon.clear()


class JobWorker(Worker):
    """RQ's forking worker between a sweeper that uses the database and children that must not inherit its connections."""

    max_connection_wait_time = 5  # seconds; RQ's minute would be a minute without jobs after Redis is back

    def __init__(self, sweeper: Sweeper, connection: Redis) -> None:
        super().__init__([QUEUE], connection=connection, serializer=JSONSerializer)
        self.sweeper = sweeper
        self.was_asked_to_stop = False

    def fork_work_horse(self, job: Any, queue: Any) -> None:
        with self.sweeper.idle:
            db.engine.dispose()
            super().fork_work_horse(job, queue)

    def handle_work_horse_killed(self, job: Any, retpid: int, ret_val: int, rusage: Any) -> None:
        super().handle_work_horse_killed(job, retpid, ret_val, rusage)  # type: ignore[no-untyped-call]
        self.sweeper.soon.set()

    def setup_work_horse_signals(self) -> None:
        """Hand the job back after its step when the machine is told to stop, instead of dying within it."""
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGTERM, _stop_after_step)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.was_asked_to_stop = True
        if self.horse_pid:
            with suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def serve(app: Flask, redis_url: str, *, sweep_seconds: float = SWEEP_SECONDS) -> None:
    """Work until told to stop (SIGTERM, SIGINT); a lost Redis is waited for."""
    sweeper = Sweeper(app, redis_url, sweep_seconds)
    sweeper.start()
    with app.app_context():
        while not _work(sweeper, redis_url):
            time.sleep(RESTART_SECONDS)


def _work(sweeper: Sweeper, redis_url: str) -> bool:
    """Work until told to stop (True) or until Redis is lost. RQ speaks to Redis also when it begins and when it ends."""
    worker = None
    try:
        worker = JobWorker(sweeper, Redis.from_url(redis_url))
        worker.work(logging_level="INFO")
    except RedisError as error:
        log.error("Redis is away, the worker tries again in %s s: %s", RESTART_SECONDS, error)
    return worker is not None and worker.was_asked_to_stop


def _stop_after_step(signum: int, frame: FrameType | None) -> None:
    _stopping.set()
