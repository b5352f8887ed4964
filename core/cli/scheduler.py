"""``banyan scheduler``."""

from __future__ import annotations

import click

from core.app import create_app
from core.jobs.scheduler import serve


@click.command()
def scheduler() -> None:
    """Ask for scheduled jobs at their time, until told to stop. One is enough, two are safe."""
    serve(create_app())
