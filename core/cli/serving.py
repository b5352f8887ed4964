"""``banyan run``."""

from __future__ import annotations

import os
import sys

import click

from core.config import Config


@click.command()
def run() -> None:
    """Serve on BANYAN_HOST:BANYAN_PORT; on SQLite from one process, with jobs run inside it."""
    Config.from_environment(os.environ)  # what is wrong is told before the server starts
    command = [sys.executable, "-m", "gunicorn", "core.app:create_app()", "--config", "python:core.serving"]
    os.execv(sys.executable, command)  # noqa: S606  (our own interpreter and arguments)
