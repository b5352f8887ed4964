"""Migrations: from nothing by every step, or at once from the models, it is the same database; all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from core.app import load_registry
from core.config import Config
from core.db import migrations
from core.db.migrations import MigrationError
from core.manifest import read_profile
from core.registry import Registry
from core.testing.databases import AddonSet, Database
from core.testing.world import make_config

PROFILES = Path(__file__).parents[3] / "manifests" / "profiles"


@pytest.fixture
def standard() -> AddonSet:
    """All addons of the standard profile."""
    profile, problems = read_profile(PROFILES / "standard.toml")
    assert profile is not None, problems
    return AddonSet(profile.addons)


def settings(database: Database, addons: AddonSet, data: Path) -> tuple[Config, Registry]:
    config = make_config(database, addons, data)
    return config, load_registry(config)


def described(database: Database) -> dict[str, Any]:
    """Tables, columns, keys, indexes, and what protect() adds, in comparable form."""
    engine = create_engine(database.owner_url)
    found: dict[str, Any] = {}
    with engine.connect() as connection:
        inspector = inspect(connection)
        for table in sorted(inspector.get_table_names()):
            columns, links = inspector.get_columns(table), inspector.get_foreign_keys(table)
            found[table] = {
                "columns": {each["name"]: (str(each["type"]), each["nullable"], each["default"]) for each in columns},
                "key": inspector.get_pk_constraint(table)["constrained_columns"],
                "links": sorted(str((e["constrained_columns"], e["referred_table"], e["options"])) for e in links),
                "unique": sorted(str(each["column_names"]) for each in inspector.get_unique_constraints(table)),
                "indexes": sorted(
                    str((e["name"], e["column_names"], e["unique"])) for e in inspector.get_indexes(table)
                ),
            }
        if database.engine_name == "postgresql":
            catalogue = "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
            grants = (
                "SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants"
                " WHERE table_schema = 'public' AND grantee LIKE 'banyan%' ORDER BY 1, 2, 3"
            )
            found["policies"] = [tuple(row) for row in connection.execute(text(catalogue))]
            found["grants"] = [tuple(row) for row in connection.execute(text(grants))]
        else:
            triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
            found["triggers"] = [tuple(row) for row in connection.execute(text(triggers))]
    engine.dispose()
    return found


def test_every_step_from_nothing_gives_the_models_database(
    new_database: Callable[..., Database], standard: AddonSet, tmp_path: Path
) -> None:
    stepped, fresh = new_database(), new_database(standard)
    config, registry = settings(stepped, standard, tmp_path)
    migrations.replay(config, registry)
    migrations.upgrade(config, registry)
    assert migrations.check(config, registry) == []
    assert described(stepped) == described(fresh)
    assert all(status.head and status.is_current for status in migrations.status(config, registry))


def test_an_upgrade_repeated_changes_nothing(
    new_database: Callable[..., Database], standard: AddonSet, tmp_path: Path
) -> None:
    database = new_database(standard)
    before = described(database)
    assert all("already at" in line for line in migrations.upgrade(*settings(database, standard, tmp_path)))
    assert described(database) == before


def test_tables_of_unknown_origin_are_not_touched(
    new_database: Callable[..., Database], standard: AddonSet, tmp_path: Path
) -> None:
    database = new_database()
    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE core_user (id INTEGER)"))
    engine.dispose()
    with pytest.raises(MigrationError, match="core_user"):
        migrations.upgrade(*settings(database, standard, tmp_path))
    assert set(described(database)) - {"policies", "grants", "triggers"} == {"core_user"}


@pytest.mark.engine("postgresql")
def test_postgresql_without_an_owner_says_what_to_set(database: Database, standard: AddonSet, tmp_path: Path) -> None:
    from dataclasses import replace

    config, registry = settings(database, standard, tmp_path)
    with pytest.raises(MigrationError, match="DATABASE_OWNER_URL"):
        migrations.upgrade(replace(config, database_owner_url=None), registry)
