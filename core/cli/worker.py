"""``banyan worker``."""

from __future__ import annotations

import os

import click

from core.app import create_app
from core.config import Config
from core.jobs.rq_worker import serve


@click.command()
def worker() -> None:
    """Run background jobs that Redis announces, until told to stop. Start as many as there are jobs at a time."""
    config = Config.from_environment(os.environ)
    if not config.redis_url:
        raise click.UsageError("Set REDIS_URL; without Redis the web process runs the jobs itself.")
    serve(create_app(config), config.redis_url)
