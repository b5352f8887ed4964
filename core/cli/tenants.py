"""``banyan tenant``: businesses of this deployment."""

from __future__ import annotations

import click

from core.app import create_app
from core.tenancy import queries
from core.tenancy.services import create_tenant


@click.group()
def tenant() -> None:
    """Businesses of this deployment."""


@tenant.command("create")
@click.argument("slug")
@click.argument("name")
def create(slug: str, name: str) -> None:
    """Make the business NAME, known at the log-in as SLUG, with all loaded addons switched on."""
    with create_app().app_context():
        click.echo(create_tenant(slug, name).slug)


@tenant.command("list")
def list_tenants() -> None:
    """All businesses."""
    with create_app().app_context():
        for each in queries.list_tenants():
            click.echo(f"{each.slug:20} {each.name}")
