"""``banyan db``: migrations and roles."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import make_url

from core.app import load_registry
from core.config import Config
from core.db import migrations
from core.db.roles import create_roles_sql, prepare_database_sql


@click.group("db")
def database() -> None:
    """The database's schema."""


@database.command()
def upgrade() -> None:
    """Bring the schema to this version: all addons, one transaction."""
    config = Config.from_environment(os.environ)
    for line in migrations.upgrade(config, load_registry(config)):
        click.echo(line)


@database.command()
def status() -> None:
    """Where each addon's migrations stand; exit status 1 when one is behind."""
    config = Config.from_environment(os.environ)
    states = migrations.status(config, load_registry(config))
    for each in states:
        click.echo(f"{each.addon:20} {each.current or '-':12} {'' if each.is_current else f'→ {each.head}'}")
    sys.exit(0 if all(each.is_current for each in states) else 1)


@database.command()
def check() -> None:
    """Compare the database with the models; exit status 1 when they differ."""
    config = Config.from_environment(os.environ)
    differences = migrations.check(config, load_registry(config))
    for line in differences:
        click.echo(line)
    sys.exit(1 if differences else 0)


@database.command()
def roles() -> None:
    """Print the statements that an administrator of PostgreSQL runs once."""
    name = make_url(Config.from_environment(os.environ).database_url).database or "banyan"
    for statement in (*create_roles_sql(), *prepare_database_sql(name)):
        click.echo(f"{statement};")


@database.command()
@click.argument("addon")
@click.option("-m", "--message", required=True, help="What the migration does, in a few words.")
def revision(addon: str, message: str) -> None:
    """Write the next migration of ADDON: what takes its last migration to its models."""
    config = Config.from_environment(os.environ)
    registry = load_registry(config)
    folder = registry.addon(addon).folder / "migrations"
    folder.mkdir(exist_ok=True)
    numbers = sorted(path.stem[:4] for path in folder.glob("[0-9][0-9][0-9][0-9]_*.py"))
    number = f"{int(numbers[-1]) + 1 if numbers else 1:04d}"
    with tempfile.TemporaryDirectory() as scratch:
        blank = replace(config, database_url=f"sqlite:///{Path(scratch) / 'blank.sqlite3'}", database_owner_url=None)
        migrations.replay(blank, registry)
        text = migrations.revision_text(blank, registry, addon, message, number, numbers[-1] if numbers else None)
    name = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")
    (folder / f"{number}_{name}.py").write_text(text, encoding="utf-8")
    click.echo(str(folder / f"{number}_{name}.py"))
