"""Connects an application with whoever runs its jobs, as the configuration says."""

from __future__ import annotations

from flask import Flask

from core.config import Config
from core.jobs.declarations import job_problems
from core.jobs.embedded import EmbeddedRunner
from core.jobs.outbox import EXTENSION, NoRunner, Waker
from core.manifest import BootError
from core.registry import Registry


def install(app: Flask, config: Config, registry: Registry) -> None:
    """Check the declared jobs and give ``app`` its runner. Raises BootError with everything that is wrong with them."""
    problems = list(job_problems(registry))
    if problems:
        raise BootError(problems)
    app.extensions[EXTENSION] = _waker(app, config)


def _waker(app: Flask, config: Config) -> Waker:
    if config.runner == "rq" and config.redis_url:
        from core.jobs.rq_worker import RedisWaker  # the library is loaded only where there is a Redis

        return RedisWaker(config.redis_url)
    if config.runner == "embedded":
        runner = EmbeddedRunner(app)
        app.before_request(runner.start)
        return runner
    return NoRunner()
