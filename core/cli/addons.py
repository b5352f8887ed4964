"""``banyan addon``: what is known, loaded and enabled."""

from __future__ import annotations

import click

from core.app import create_app
from core.db.actor import Actor
from core.db.session import open_session
from core.kernel import current_kernel
from core.tenancy.addons import enabled_addons
from core.tenancy.queries import get_tenant
from core.tenancy.services import disable_addon, enable_addon


@click.group()
def addon() -> None:
    """Addons of this deployment and of its businesses."""


@addon.command("list")
@click.option("--tenant", "slug", help="Show which of them this business has switched on.")
def list_addons(slug: str | None) -> None:
    """The loaded addons in load order."""
    with create_app().app_context():
        enabled: frozenset[str] = frozenset()
        if slug:
            with open_session(Actor.system(get_tenant(slug).id)) as session:
                enabled = enabled_addons(session)
        for found in current_kernel().registry.addons:
            state = "" if not slug else "on" if found.name in enabled else "off"
            click.echo(f"{found.name:16} {found.manifest.version:8} {state:4} {found.manifest.title}")


@addon.command()
@click.argument("name")
@click.argument("slug")
def enable(name: str, slug: str) -> None:
    """Switch NAME on for the business SLUG, with what it depends on."""
    with create_app().app_context(), open_session(Actor.system(get_tenant(slug).id)) as session:
        click.echo(", ".join(enable_addon(session, name)) or "already on")


@addon.command()
@click.argument("name")
@click.argument("slug")
def disable(name: str, slug: str) -> None:
    """Switch NAME off for the business SLUG; its data stay."""
    with create_app().app_context(), open_session(Actor.system(get_tenant(slug).id)) as session:
        disable_addon(session, name)
