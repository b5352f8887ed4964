"""Gunicorn's hooks (``gunicorn -c python:core.jobs.gunicorn_hooks``): the embedded runner works from the start on.

Without them it starts with the first request, which a quiet night may keep it waiting for.
"""

from __future__ import annotations

from typing import Any

from core.jobs.embedded import EmbeddedRunner
from core.jobs.outbox import EXTENSION


def post_worker_init(worker: Any) -> None:
    """Start the runner in the process that serves, after its fork."""
    runner = worker.app.callable.extensions[EXTENSION]
    if isinstance(runner, EmbeddedRunner):
        runner.start()


def worker_exit(server: Any, worker: Any) -> None:
    """Give the job under way back after its step."""
    runner = worker.app.callable.extensions[EXTENSION]
    if isinstance(runner, EmbeddedRunner):
        runner.stop()
