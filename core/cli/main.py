"""``banyan``: the group of all commands, and how an error of the boot or of the business is shown."""

from __future__ import annotations

import sys

import click

from core.cli.accounts import user
from core.cli.addons import addon
from core.cli.database import database
from core.cli.demo import demo
from core.cli.doctor import doctor
from core.cli.openapi import openapi
from core.cli.scheduler import scheduler
from core.cli.serving import run
from core.cli.shell import shell
from core.cli.tenants import tenant
from core.cli.worker import worker
from core.config import ConfigError
from core.db.migrations import MigrationError
from core.errors import DomainError
from core.manifest import BootError


@click.group()
def banyan() -> None:
    """Banyan: a modular business suite."""


for command in (run, demo, doctor, shell, worker, scheduler, database, tenant, user, addon, openapi):
    banyan.add_command(command)


def main() -> None:
    """Run the command line; problems go to standard error, one paragraph each, with exit status 1."""
    try:
        banyan()
    except (ConfigError, BootError, MigrationError, DomainError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
