"""The applications of one test worker: made once per engine and set of addons, lent to test after test.

A new application costs 0.1 s, and as much again until its templates are loaded and its SQL is compiled. What a test may
change is put back when it returns one: configuration, extensions, files and the database, of which each test has its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, make_url

from core.app import create_app
from core.db.session import db
from core.kernel import EXTENSION
from core.testing.databases import AddonSet, Database
from core.testing.world import make_config


@dataclass
class Lent:
    """An application with what it was like when it was new, and the database that its engine leads to now."""

    app: Flask
    engine: Engine
    database: Database
    config: dict[str, Any]
    extensions: dict[str, Any]
    routes: int
    in_use: bool = False

    def connect_args(self, dialect: Any, record: object, arguments: list[Any], options: dict[str, Any]) -> None:
        """Lead a new connection to the present database."""
        arguments[:], here = dialect.create_connect_args(make_url(self.database.url))
        options.update(here)


class Apps:
    """``lend`` and ``take_back``; ``prepare`` is called once with each new application."""

    def __init__(self, prepare: Callable[[Flask], None]) -> None:
        self._prepare = prepare
        self._shelf: dict[tuple[str, AddonSet], Lent] = {}

    def lend(self, database: Database, addons: AddonSet, data: Path) -> Flask:
        """An application as new, on ``database``, with its files in ``data``."""
        key = (database.engine_name, addons)
        lent = self._shelf.get(key)
        if lent is None or lent.in_use:
            lent = self._shelf[key] = self._make(database, addons, data)
        lent.in_use = True
        if lent.database != database:
            lent.engine.dispose()
            lent.database = database
        kernel = lent.extensions[EXTENSION]
        config = make_config(database, addons, data)
        lent.app.extensions[EXTENSION] = replace(kernel, config=config)
        lent.app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
        return lent.app

    def take_back(self, app: Flask) -> None:
        """Undo what the test did to ``app``; one with routes of a test's own is not kept.

        Its connections stay: the next test often gets the same database, wiped.
        """
        key, lent = next((key, lent) for key, lent in self._shelf.items() if lent.app is app)
        if len(list(app.url_map.iter_rules())) != lent.routes:
            lent.engine.dispose()
            del self._shelf[key]
            return
        app.config.clear()
        app.config.update(lent.config)
        app.extensions.clear()
        app.extensions.update(lent.extensions)
        app._got_first_request = False
        lent.in_use = False

    def _make(self, database: Database, addons: AddonSet, data: Path) -> Lent:
        app = create_app(make_config(database, addons, data))
        self._prepare(app)
        with app.app_context():
            engine = db.engine
        routes = len(list(app.url_map.iter_rules()))
        lent = Lent(app, engine, database, dict(app.config), dict(app.extensions), routes)
        event.listen(engine, "do_connect", lent.connect_args)
        return lent
