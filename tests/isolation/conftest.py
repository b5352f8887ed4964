"""A town of three businesses, built once a run; probers that walk through copies of it.

A module of tests shares one copy and one application. Whatever a probe changes is put back before the next one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from core.app import create_app
from core.db.session import db
from core.testing.databases import Databases
from core.testing.routes import Target, targets_of
from tests.isolation.building import Site, ready_site, site_config
from tests.isolation.probing import Prober, know_everybody

IS_THOROUGH = os.environ.get("BANYAN_TEST_PROBES") == "all"
"""Whether to try everything that can be listed, not what fits into the suite."""


@pytest.fixture(scope="session")
def site(engine_name: str, databases: Callable[[str], Databases], test_run: Any) -> Site:
    """The town at rest on this engine."""
    return ready_site(engine_name, databases, test_run)


@contextmanager
def open_site(
    site: Site, room: Databases, folder: Path, test_run: Any, **config: Any
) -> Iterator[Callable[[], Prober]]:
    """A copy of the town with an application on it; what is yielded makes a prober with an account of its own."""
    data = folder / "data"
    shutil.copytree(site.data, data)
    database = room.copy(site.database)
    app = create_app(site_config(database, data, **config))
    app.testing = True
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(test_run.folder))
    strangers = frozenset(id.hex for each in site.strangers for ids in each.ids.values() for id in ids)
    with site.watching(database) as watch:
        yield lambda: Prober(app, site.town, watch, strangers=strangers)
    _disconnect(app)
    room.drop(database)


@pytest.fixture(scope="module")
def new_prober(
    site: Site, engine_name: str, databases: Callable[[str], Databases], test_run: Any, tmp_path_factory: Any
) -> Iterator[Callable[[], Prober]]:
    """The module's application."""
    with open_site(site, databases(engine_name), tmp_path_factory.mktemp("town"), test_run) as made:
        yield made


@pytest.fixture
def prober(new_prober: Callable[[], Prober]) -> Iterator[Prober]:
    """For tests that leave the application as it is; what they change in its data is put back."""
    made = new_prober()
    yield made
    made.watch.restore()


@pytest.fixture
def swift(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> Prober:
    """``prober``, with an application that asks the database only once who a cookie belongs to and what he may."""
    know_everybody(monkeypatch)
    return prober


@pytest.fixture
def open_town(
    site: Site, engine_name: str, databases: Callable[[str], Databases], test_run: Any, tmp_path: Path
) -> Callable[..., Any]:
    """``with open_town(**config) as prober``: an application that the test may spoil, on a copy of its own."""

    @contextmanager
    def enter(**config: Any) -> Iterator[Prober]:
        with open_site(site, databases(engine_name), tmp_path, test_run, **config) as made:
            yield made()

    return enter


@pytest.fixture
def own_prober(open_town: Callable[..., Any]) -> Iterator[Prober]:
    """A prober whose application and data the test may spoil."""
    with open_town() as made:
        yield made


@pytest.fixture
def targets(prober: Prober) -> list[Target]:
    return targets_of(prober.app)


def _disconnect(app: Flask) -> None:
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
