"""Migrations: one Alembic chain and one version table per addon, run in dependency order, in one transaction.

A chain without a version table is new here: its tables are made from the metadata and the chain is stamped. Every run ends
with :func:`core.db.protect.protect`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations.ops import UpgradeOps
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    Select,
    String,
    Table,
    column,
    create_engine,
    inspect,
    literal,
    select,
    table,
    union_all,
)
from sqlalchemy.engine import make_url

from core.config import Config
from core.db.base import Model
from core.db.engines import prepare_engine
from core.db.protect import KERNEL_INDEXES, protect
from core.registry import Registry

LOCK_KEY = 0x62616E79616E
"""The advisory lock under which PostgreSQL lets one migration run at a time ("banyan"); SQLite has its write lock."""


class MigrationError(RuntimeError):
    """The database cannot be brought to the code's schema; the message says what to do."""


@dataclass(frozen=True)
class Chain:
    """One addon's migrations and the tables they make."""

    addon: str
    folder: Path
    tables: tuple[Table, ...]

    @property
    def version_table(self) -> str:
        return f"{self.addon}_version"

    @property
    def scripts(self) -> ScriptDirectory:
        config = AlembicConfig()
        location = str(self.folder).replace("%", "%%")
        config.set_main_option("script_location", location)
        config.set_main_option("version_locations", location)
        config.set_main_option("path_separator", "newline")
        return ScriptDirectory.from_config(config)

    @property
    def head(self) -> str | None:
        return self.scripts.get_current_head() if self.folder.is_dir() else None

    def context(self, connection: Connection, **options: Any) -> MigrationContext:
        names = {table.name for table in self.tables}

        def include(obj: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
            if kind == "table":
                return name in names or (reflected and _owner_of(name or "", self.addon))
            # protect() makes these, not the metadata.
            return not (kind == "index" and reflected and (name or "").endswith(KERNEL_INDEXES))

        return MigrationContext.configure(
            connection,
            opts={
                "version_table": self.version_table,
                "target_metadata": Model.metadata,
                "include_object": include,
                "compare_type": True,
                "render_as_batch": True,
                "render_item": _render_item,
                **options,
            },
        )


@dataclass(frozen=True)
class ChainStatus:
    """Where one chain stands: ``current`` in the database, ``head`` in the code; None where there is none."""

    addon: str
    current: str | None
    head: str | None
    is_installed: bool = True

    @property
    def is_current(self) -> bool:
        return self.is_installed and self.current == self.head


def chains(registry: Registry) -> list[Chain]:
    """The chains of the loaded addons, dependencies first."""
    found = []
    for addon in registry.addons:
        tables = {
            cast(Table, mapper.local_table).name
            for mapper in Model.registry.mappers
            if f"{mapper.class_.__module__}.".startswith(f"{addon.package}.")
        }
        ordered = tuple(table for table in Model.metadata.sorted_tables if table.name in tables)
        if ordered:
            found.append(Chain(addon.manifest.name, addon.folder / "migrations", ordered))
    return found


def upgrade(config: Config, registry: Registry) -> list[str]:
    """Bring the database to the code's schema; what was done, a line a chain. All or nothing."""
    done = []
    with owner_connection(config) as connection:
        all_chains = chains(registry)
        for chain in all_chains:
            done.append(_upgrade_chain(connection, chain))
        protect(connection, [table for chain in all_chains for table in chain.tables], app_role=serving_role(config))
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise MigrationError(f"foreign keys broken by a migration: {broken[:5]}")
        else:
            for chain in all_chains:
                connection.exec_driver_sql(f'GRANT SELECT ON "{chain.version_table}" TO "{serving_role(config)}"')
    return done


def replay(config: Config, registry: Registry) -> None:
    """Run every migration of every chain from its beginning on an empty database, as the oldest release would have."""
    with owner_connection(config) as connection:
        for chain in chains(registry):
            if chain.head:
                _run_scripts(connection, chain)
        existing = set(inspect(connection).get_table_names())
        tables = [table for chain in chains(registry) for table in chain.tables if table.name in existing]
        protect(connection, tables, app_role=serving_role(config))


def status(config: Config, registry: Registry) -> list[ChainStatus]:
    """Where each chain stands."""
    with owner_connection(config) as connection:
        existing = set(inspect(connection).get_table_names())
        return [
            ChainStatus(
                chain.addon,
                chain.context(connection).get_current_revision(),
                chain.head,
                is_installed=chain.version_table in existing,
            )
            for chain in chains(registry)
        ]


def find_behind(connection: Connection, registry: Registry) -> list[str]:
    """The addons whose tables are not at the code's last migration. Any role that may read the version tables may ask."""
    existing = set(inspect(connection).get_table_names())
    all_chains = chains(registry)
    asked = [_version_query(chain) for chain in all_chains if chain.version_table in existing]
    current = dict(connection.execute(union_all(*asked)).all()) if asked else {}
    return [
        chain.addon
        for chain in all_chains
        if chain.version_table not in existing or current.get(chain.addon) != _last_head(chain)
    ]


def _version_query(chain: Chain) -> Select[str, str]:
    return select(literal(chain.addon), column("version_num", String)).select_from(table(chain.version_table))


@cache
def _last_head(chain: Chain) -> str | None:
    """Reading the scripts takes 10 ms, and a load balancer asks every few seconds."""
    return chain.head


def check(config: Config, registry: Registry) -> list[str]:
    """How the database differs from the models, a line a difference; empty when they are equal."""
    with owner_connection(config) as connection:
        return [
            f"{chain.addon}: {_told(difference)}"
            for chain in chains(registry)
            for difference in compare_metadata(chain.context(connection), Model.metadata)
        ]


def _told(difference: Any) -> str:
    """A difference of Alembic's as people say it; those of columns' types and defaults as they are."""
    kind, *what = difference if isinstance(difference, tuple) else ("", difference)
    if str(kind).startswith(("add_", "remove_")):
        verb, _, noun = str(kind).partition("_")
        name = f"{what[1]}.{what[2].name}" if noun == "column" else f"{what[0].name}"
        return f"{noun} {name} {'is missing' if verb == 'add' else 'is in no model'}"
    return str(difference)


def revision_text(
    config: Config, registry: Registry, addon: str, message: str, number: str, previous: str | None
) -> str:
    """The source of a migration that takes ``addon``'s tables in the database of ``config`` to the models."""
    chain = next((chain for chain in chains(registry) if chain.addon == addon), None)
    if chain is None:
        raise MigrationError(f"{addon} has no tables")
    with owner_connection(config) as connection:
        script = produce_migrations(chain.context(connection), Model.metadata)
    upgrade_ops = cast(UpgradeOps, script.upgrade_ops)
    body = render_python_code(upgrade_ops, render_as_batch=True, render_item=_render_item)
    body = "\n".join(line for line in body.splitlines() if not line.lstrip().startswith("#"))
    return _REVISION.format(message=message, number=number, previous=repr(previous), body=body)


_REVISION = '''"""{message}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "{number}"
down_revision = {previous}


def upgrade() -> None:
{body}
'''


def _upgrade_chain(connection: Connection, chain: Chain) -> str:
    context = chain.context(connection)
    existing = set(inspect(connection).get_table_names())
    left_over = sorted(existing & {table.name for table in chain.tables})
    if chain.version_table not in existing:
        if left_over:
            raise MigrationError(f"{chain.addon}: tables without a version table: {', '.join(left_over)}")
        Model.metadata.create_all(connection, tables=list(chain.tables))
        context._ensure_version_table()
        if chain.head:
            context.stamp(chain.scripts, chain.head)
        return f"{chain.addon}: created at {chain.head}"
    before = context.get_current_revision()
    if before is None and left_over:
        return _adopt(connection, chain)
    if before == chain.head:
        return f"{chain.addon}: already at {chain.head}"
    _run_scripts(connection, chain)
    return f"{chain.addon}: {before} → {chain.head}"


def _adopt(connection: Connection, chain: Chain) -> str:
    """Tables that were made before the addon had migrations: new models get theirs, equal ones take the head."""
    Model.metadata.create_all(connection, tables=list(chain.tables))
    context = chain.context(connection)
    if chain.head is None:
        return f"{chain.addon}: has no migrations; missing tables were created"
    if compare_metadata(context, Model.metadata):
        raise MigrationError(f"{chain.addon}: its tables are older than its first migration and differ from the models")
    context.stamp(chain.scripts, chain.head)
    return f"{chain.addon}: adopted at {chain.head}"


def _run_scripts(connection: Connection, chain: Chain) -> None:
    scripts = chain.scripts
    migration = chain.context(connection, fn=lambda revision, _: scripts._upgrade_revs("heads", revision))
    with Operations.context(migration):
        migration.run_migrations()


@contextmanager
def owner_connection(config: Config) -> Iterator[Connection]:
    """A connection of the owner role in one locked transaction."""
    if not config.database_url.startswith("sqlite") and not config.database_owner_url:
        raise MigrationError("PostgreSQL is migrated by the owner role: set DATABASE_OWNER_URL (see banyan db roles)")
    if config.database_url.startswith("sqlite"):
        config.data.mkdir(parents=True, exist_ok=True)
    engine: Engine = create_engine(config.database_owner_url or config.database_url, **_owner_options(config))
    prepare_engine(engine)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                # Only outside a transaction; a batch migration that drops a parent would else delete its children.
                cast(Any, connection.connection.dbapi_connection).execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_KEY})")
                yield connection
    finally:
        engine.dispose()


def _owner_options(config: Config) -> dict[str, Any]:
    return {"connect_args": {"isolation_level": None}} if config.database_url.startswith("sqlite") else {}


def serving_role(config: Config) -> str:
    """The role that the application connects as."""
    return make_url(config.database_url).username or "banyan_app"


def _owner_of(table: str, addon: str) -> bool:
    return table == addon or (table.startswith(f"{addon}_") and table != f"{addon}_version")


def _render_item(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """Write the kernel's own types by name."""
    if kind != "type":
        return False
    if type(item).__module__ == "core.db.types":
        return f"types.{type(item).__name__}()"
    if isinstance(item, JSON):
        return "types.Json"
    variant = getattr(item, "_variant_mapping", {}).get("postgresql")
    if isinstance(item, String) and getattr(variant, "collation", None) == "C":
        return f"types.key_text({item.length or ''})"
    return False
