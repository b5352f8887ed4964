"""``banyan addon``: what is known, loaded and enabled; writing a new one, checking and purging one."""

from __future__ import annotations

import os
from pathlib import Path

import click

from core.app import ROOT, create_app, load_registry
from core.config import Config
from core.db.actor import Actor
from core.db.session import open_session
from core.discovery import Discovery, discover, installed_entry_points
from core.kernel import current_kernel
from core.purging import purge_addon
from core.tenancy.addons import enabled_addons
from core.tenancy.queries import get_tenant
from core.tenancy.services import disable_addon, enable_addon


@click.group()
def addon() -> None:
    """Addons of this deployment and of its businesses."""


@addon.command("list")
@click.option("--tenant", "slug", help="Show which of them this business has switched on.")
def list_addons(slug: str | None) -> None:
    """The loaded addons in load order, then those that are known and not loaded."""
    with create_app().app_context():
        enabled: frozenset[str] = frozenset()
        if slug:
            with open_session(Actor.system(get_tenant(slug).id)) as session:
                enabled = enabled_addons(session)
        kernel = current_kernel()
        for found in kernel.registry.addons:
            state = "loaded" if not slug else "on" if found.name in enabled else "off"
            click.echo(f"{found.name:16} {found.manifest.version:8} {state:7} {found.manifest.title}")
        for name, found in sorted(_discovery(kernel.config).known.items()):
            if name not in kernel.registry:
                click.echo(f"{name:16} {found.manifest.version:8} {'known':7} {found.manifest.title}")


def _discovery(config: Config) -> Discovery:
    return discover([ROOT, *config.addons_path], installed_entry_points())


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


@addon.command()
@click.argument("name")
@click.option(
    "--archive",
    "folder",
    type=click.Path(path_type=Path),
    help="Where the export goes; default: purged/ in BANYAN_DATA.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def purge(name: str, folder: Path | None, yes: bool) -> None:
    """Export all data of NAME, of every business, and remove them from this deployment: tables, rights, settings, files.

    It must be switched off everywhere. Take it out of BANYAN_ADDONS too, or the next upgrade makes empty tables again.
    """
    config = Config.from_environment(os.environ)
    if not yes:
        click.confirm(f"Remove everything of {name} of every business? It is exported first.", abort=True)
    known = _discovery(config).known
    done = purge_addon(config, load_registry(config), name, known, folder or config.data / "purged")
    for table, rows in done.rows.items():
        if rows:
            click.echo(f"{rows:8} {table}")
    click.echo(f"{done.files:8} files")
    click.echo(f"exported to {done.archive}")
