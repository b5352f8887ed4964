"""The town is built once a run, on SQLite, and carried to PostgreSQL as it is: both engines know the same ids and cookies."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, inspect, make_url, select

from core.app import create_app
from core.config import Config
from core.db.base import Model
from core.db.session import db
from core.testing.databases import AddonSet, Database, Databases, locked
from core.testing.world import World, make_config
from tests.isolation.finding import findings_of
from tests.isolation.probing import Prober, know_everybody
from tests.isolation.town import Business, Town, build_town, note_ids
from tests.isolation.walking import learn_paths
from tests.isolation.watching import Watch, watching

ADDONS = AddonSet(("customer", "activity", "automation", "order", "shipping", "boom"))


@dataclass(frozen=True)
class Site:
    """The town at rest on one engine: nobody is connected to its database."""

    town: Town
    database: Database
    data: Path
    admin_url: str | None

    @property
    def strangers(self) -> tuple[Business, ...]:
        return self.town.there, self.town.beyond

    @contextmanager
    def watching(self, database: Database) -> Iterator[Watch]:
        with watching(database, self.admin_url) as watch:
            yield watch


def ready_site(engine_name: str, databases: Callable[[str], Databases], run: Any) -> Site:
    """The town on an engine, built by the first worker that asks for it."""
    folder = run.folder / "town"
    folder.mkdir(exist_ok=True)
    town = _once(folder / "town.pickle", lambda: _build(databases("sqlite"), folder))
    rest = databases("sqlite").engine.describe("town")
    if engine_name == "sqlite":
        return Site(town, rest, folder / "data", None)
    admin_url = run.url("postgresql")
    name = _once(folder / "carried.pickle", lambda: _carry(rest, databases(engine_name), admin_url))
    return Site(town, databases(engine_name).engine.describe(name), folder / "data", admin_url)


def _once(file: Path, make: Callable[[], Any]) -> Any:
    with locked(file.with_suffix(".lock")):
        if not file.exists():
            file.write_bytes(pickle.dumps(make()))
        return pickle.loads(file.read_bytes())


def _build(room: Databases, folder: Path) -> Town:
    """Fill a database and learn all about it that every prober needs: ids, paths, forms and parameters."""
    room.engine.drop(room.engine.describe("town"))  # a build that failed half-way
    database = room.engine.copy(room.template(ADDONS), "town")
    app = create_app(site_config(database, folder / "data"))
    town = build_town(World(app))
    with watching(database, None) as watch, pytest.MonkeyPatch.context() as patch:
        know_everybody(patch)
        note_ids(town, watch.base, watch.columns)
        prober = Prober(app, town, watch)
        learn_paths(prober)
        for user in (town.here.boss, town.here.seller):
            findings_of(prober, user)
    with app.app_context():
        db.engine.dispose()
    room.engine.settle(database)
    return town


def site_config(database: Database, data: Path, **more: Any) -> Config:
    """Of an application on the town, which need not tell of each of ten thousand requests."""
    return make_config(database, ADDONS, data, smtp_url="console:", log_level="WARNING", **more)


def _carry(rest: Database, room: Databases, admin_url: str) -> str:
    """Copy every row to PostgreSQL, past triggers and foreign keys; the database's name there."""
    room.engine.drop(room.engine.describe("town"))
    database = room.engine.copy(room.template(ADDONS), "town")
    name = make_url(database.url).database
    target = create_engine(make_url(admin_url).set(drivername="postgresql+psycopg", database=name))
    source = create_engine(rest.url)
    with source.connect() as old, target.begin() as new:
        new.exec_driver_sql("SET session_replication_role = replica")
        present = set(inspect(new).get_table_names())
        for table in (each for each in Model.metadata.sorted_tables if each.name in present):
            if rows := old.execute(select(table)).mappings().all():
                new.execute(insert(table), [dict(row) for row in rows])
    source.dispose()
    target.dispose()
    room.engine.settle(database)
    return database.name
