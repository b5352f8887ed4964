"""``banyan run``."""

from __future__ import annotations

import os
import sys

import click

from core.config import Config

THREADS = 8
"""Requests that the one embedded process answers at a time; the job runner is a thread beside them."""


@click.command()
def run() -> None:
    """Serve on BANYAN_HOST:BANYAN_PORT from one process, with jobs run inside it."""
    config = Config.from_environment(os.environ)
    command = [sys.executable, "-m", "gunicorn", "core.app:create_app()", "--bind", f"{config.host}:{config.port}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS), "--access-logfile", "-"]
    command += ["--config", "python:core.jobs.gunicorn_hooks", "--no-control-socket"]
    os.execv(sys.executable, command)  # noqa: S606  (our own interpreter and arguments)
