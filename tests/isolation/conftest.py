"""A town of two businesses, built once an engine and copied for every test; probers that walk through it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.app import create_app
from core.db.session import db
from core.testing.databases import AddonSet, Database, Databases
from core.testing.world import World, make_config
from tests.isolation.probing import Prober, Target, targets_of
from tests.isolation.town import Town, build_town, note_ids
from tests.isolation.walking import learn_paths
from tests.isolation.watching import watching

ADDONS = AddonSet(("customer",))


@pytest.fixture
def addons() -> AddonSet:
    return ADDONS


@pytest.fixture(scope="session")
def built(
    engine_name: str, databases: Callable[[str], Databases], test_run: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Databases, Database, Town, Path]]:
    """The town's database on this engine, at rest: nobody is connected to it."""
    room, data = databases(engine_name), tmp_path_factory.mktemp("town")
    database = room.migrated(ADDONS)
    app = create_app(make_config(database, ADDONS, data))
    town = build_town(World(app))
    with watching(database, _admin_url(engine_name, test_run)) as watch:
        note_ids(town, watch.base, watch.columns)
        learn_paths(Prober(app, town, watch))
    _disconnect(app)
    room.engine.settle(database)
    yield room, database, town, data
    room.drop(database)


@pytest.fixture
def open_town(built: tuple[Databases, Database, Town, Path], engine_name: str, test_run: Any) -> Callable[..., Any]:
    """``with open_town() as prober``: a copy of the town, an application on it, and a prober of its own."""
    room, template, town, data = built

    @contextmanager
    def enter(**config: Any) -> Iterator[Prober]:
        database = room.engine.copy(template, room._next_name())
        app = create_app(make_config(database, ADDONS, data, **config))
        app.testing = True
        with watching(database, _admin_url(engine_name, test_run)) as watch:
            strangers = frozenset(id.hex for ids in town.there.ids.values() for id in ids)
            yield Prober(app, town, watch, strangers=strangers)
        _disconnect(app)
        room.drop(database)

    return enter


@pytest.fixture
def breadth(engine_name: str) -> int:
    """How many of the things that are alike a probe tries: few, or with BANYAN_TEST_PROBES=all practically all."""
    if os.environ.get("BANYAN_TEST_PROBES") == "all":
        return 30
    return 2 if engine_name == "sqlite" else 1


@pytest.fixture
def prober(open_town: Callable[..., Any]) -> Iterator[Prober]:
    with open_town() as made:
        yield made


@pytest.fixture
def town(prober: Prober) -> Town:
    return prober.town


@pytest.fixture
def targets(prober: Prober) -> list[Target]:
    return targets_of(prober.app)


def _disconnect(app: Flask) -> None:
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def _admin_url(engine_name: str, test_run: Any) -> str | None:
    return test_run.url("postgresql") if engine_name == "postgresql" else None
