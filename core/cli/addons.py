"""``banyan addon``: what is known, loaded and enabled; writing a new one, checking and purging one."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import click

from core.app import ROOT, create_app, load_registry
from core.cli.new_addon import new
from core.config import Config
from core.db.actor import Actor
from core.db.session import open_session
from core.discovery import MANIFESTS, NAMESPACE, Discovery, discover, installed_entry_points
from core.kernel import current_kernel
from core.manifest import KERNEL, NAME
from core.purging import purge_addon
from core.tenancy.addons import enabled_addons
from core.tenancy.queries import get_tenant
from core.tenancy.services import disable_addon, enable_addon
from core.vetting.checking import check_addons


@click.group()
def addon() -> None:
    """Addons of this deployment and of its businesses."""


addon.add_command(new)


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
@click.argument("wanted", nargs=-1, metavar="[NAME|PATH]...")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(wanted: tuple[str, ...], as_json: bool) -> None:
    """What is wrong with addons, each thing with its code; exit status 1 when something is.

    A PATH is an addon's folder, or a root: then all addons of it. Without any, all addons that are known. No database and no
    setting of this deployment is needed, and none is touched.
    """
    roots = [Path(each) for each in os.environ.get("BANYAN_ADDONS_PATH", "").split(os.pathsep) if each]
    places = [Path(word).resolve() for word in wanted if _is_path(word)]
    roots += [root for place in places if (root := _root_of(place)) not in roots]
    discovery = discover([ROOT, *roots], installed_entry_points())
    names = [word for word in wanted if not _is_path(word)]
    every = sorted({*discovery.known, *discovery.broken} - {KERNEL})
    names += [name for place in places for name in every if _lies_in(discovery, name, place)]
    names = list(dict.fromkeys(names)) if wanted else every
    findings = check_addons(discovery, names)
    if as_json:
        click.echo(json.dumps({"addons": names, "findings": [asdict(each) for each in findings]}, ensure_ascii=False))
    else:
        for each in findings:
            click.echo(f"{each}\n")
        number = f"{len(findings) or 'no'} problem{'' if len(findings) == 1 else 's'}"
        click.echo(f"{', '.join(names) or 'no addon'}: {number}")
    sys.exit(1 if findings else 0)


def _is_path(word: str) -> bool:
    return NAME.fullmatch(word) is None


def _root_of(place: Path) -> Path:
    """The root that a path lies in, or is."""
    if place.parent.name == NAMESPACE and not (place / MANIFESTS).is_dir():
        return place.parent.parent
    return place


def _lies_in(discovery: Discovery, name: str, place: Path) -> bool:
    root = _root_of(place)
    here = (root / NAMESPACE / name, root / MANIFESTS / f"{name}.toml")
    return place == here[0] or (place == root and any(each.exists() for each in here))


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
