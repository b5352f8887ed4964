"""The runner inside the web process: one daemon thread that claims job after job. The default without Redis.

Several such processes may share a database; each job still goes to one of them.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Sequence
from uuid import UUID

from flask import Flask

from core.db.failures import failure_of
from core.jobs.claims import claim_next, free_dead_workers
from core.jobs.execution import run_claim
from core.jobs.scheduler import Scheduler
from core.jobs.turns import WriteTurns

log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
"""How often to look without having been woken: for delayed jobs, back-offs and what other processes left."""

SWEEP_SECONDS = 10.0
"""How often to look for leases of dead processes, and for what is scheduled."""

STOP_SECONDS = 10.0
"""How long the end of the process waits for the step under way."""


class EmbeddedRunner:
    """Started once per process, by its first request or by the server's start; a fork starts its own."""

    def __init__(self, app: Flask, *, poll_seconds: float = POLL_SECONDS) -> None:
        self.app = app
        self.poll_seconds = poll_seconds
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid: int | None = None
        self._swept = 0.0
        self._turns = WriteTurns()
        self._scheduler = Scheduler()

    def wake(self, ids: Sequence[UUID]) -> None:
        """Look for work at once. A process that serves nobody (a command) has no thread and leaves it to those who do."""
        self._woken.set()

    def start(self) -> None:
        """Start the thread, unless this process has one."""
        if self._pid == os.getpid():
            return
        with self._starting:
            if self._pid == os.getpid():
                return
            self._pid = os.getpid()
            self._stopping.clear()
            self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)
            self._thread.start()
            atexit.register(self.stop)

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """End after the step under way; its job goes back to the queue."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None and self._pid == os.getpid():
            self._thread.join(timeout)
            self._pid = None
        atexit.unregister(self.stop)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            if not self._work():
                self._woken.wait(self.poll_seconds)
                self._woken.clear()

    def _work(self) -> bool:
        """Run one job; False when there is none, or when the database cannot be asked just now."""
        try:
            with self.app.app_context():
                self._sweep()
                claim = claim_next()
                if claim is None:
                    return False
                run_claim(claim, self._stopping.is_set, turns=self._turns)
                self._turns.let_others_write()
        except Exception as error:
            # While a database is away this is said every time: a line does, without its traceback.
            told = None if failure_of(error) else error
            log.error("the job runner could not work; it tries again in %s s", self.poll_seconds, exc_info=told)
            return False
        return True

    def _sweep(self) -> None:
        if time.monotonic() - self._swept > SWEEP_SECONDS:
            self._swept = time.monotonic()
            free_dead_workers()
            self._scheduler.look()
