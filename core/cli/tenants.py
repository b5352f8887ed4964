"""``banyan tenant``: businesses of this deployment."""

from __future__ import annotations

import click

from core.app import create_app
from core.clock import ZONE
from core.tenancy import queries
from core.tenancy.services import create_tenant


@click.group()
def tenant() -> None:
    """Businesses of this deployment."""


@tenant.command("create")
@click.argument("slug")
@click.argument("name")
@click.option("--time-zone", default=ZONE.key, show_default=True, help="Its clock (IANA name).")
def create(slug: str, name: str, time_zone: str) -> None:
    """Make the business NAME, known at the log-in as SLUG, with all loaded addons switched on."""
    with create_app().app_context():
        click.echo(create_tenant(slug, name, time_zone=time_zone).slug)


@tenant.command("list")
def list_tenants() -> None:
    """All businesses."""
    with create_app().app_context():
        for each in queries.list_tenants():
            click.echo(f"{each.slug:20} {each.name}")
