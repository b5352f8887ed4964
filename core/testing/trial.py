"""An addon on trial: an application with it and what it depends on, and businesses that have it, or have it off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from flask import Flask

from core.access.models import User
from core.access.tokens import USE_API
from core.app import create_app
from core.db.base import TenantModel
from core.db.migrations import chains
from core.db.session import ActorSession, db
from core.discovery import FoundAddon
from core.kernel import EXTENSION
from core.registry import Registry
from core.resources.base import Resource, all_resources
from core.tenancy.models import Tenant
from core.testing.databases import AddonSet, Database, Databases, Dump
from core.testing.routes import Target, api_targets_of, targets_of
from core.testing.seeding import CannotMake, Seeder, model_of
from core.testing.world import World, make_config

ROWS = 12
"""Rows of each model: more than a list may ask the database questions."""

THERE = "qxthere88"
"""Stands in every text of ``there``, and nowhere else."""

Fill = Callable[[ActorSession, Seeder], None]
"""Makes rows that columns alone do not tell how to make, and notes their ids in ``seeder.made``."""


@dataclass
class Business:
    """One business, an employee with every right, and the rows that were made: table → ids."""

    tenant: Tenant
    boss: User
    rows: Mapping[str, Sequence[UUID]] = field(default_factory=dict)


@dataclass
class Trial:
    """``here`` and ``there`` have the addon, ``off`` has it switched off. ``problems`` tells of what could not be made."""

    name: str
    addons: AddonSet
    app: Flask
    database: Database
    rooms: Databases
    data: Path
    fill: Fill
    job_arguments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @cached_property
    def world(self) -> World:
        return World(self.app)

    @property
    def registry(self) -> Registry:
        return cast(Registry, self.app.extensions[EXTENSION].registry)

    @property
    def addon(self) -> FoundAddon:
        return self.registry.addon(self.name)

    @cached_property
    def here(self) -> Business:
        return self._business()

    @cached_property
    def there(self) -> Business:
        return self._business(marker=THERE)

    @cached_property
    def off(self) -> Business:
        return self._business(has_it=False)

    @cached_property
    def stranger(self) -> User:
        """An employee of ``here`` without any right of the addon; his programs may call the API."""
        return self.world.user(self.here.tenant, USE_API)

    @cached_property
    def resources(self) -> list[Resource[Any]]:
        with self.app.app_context():
            return [each for each in all_resources().values() if each.addon == self.name]

    @property
    def targets(self) -> list[Target]:
        """The addon's routes that a browser calls."""
        return [target for target in targets_of(self.app) if target.addon == self.name]

    @property
    def api_targets(self) -> list[Target]:
        """The addon's routes that a program calls."""
        return [target for target in api_targets_of(self.app) if target.addon == self.name]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of the addon's models, dependencies first."""
        return next(
            (tuple(t.name for t in each.tables) for each in chains(self.registry) if each.addon == self.name), ()
        )

    def resource_of(self, target: Target) -> Resource[Any] | None:
        """The resource that a route belongs to."""
        fitting = [each for each in self.resources if target.endpoint.startswith(f"{each.full_name}_")]
        return max(fitting, key=lambda each: len(each.name), default=None)

    def own_rows(self) -> Dump:
        """Every row of the addon's tables, seen past the application."""
        everything = self.rooms.engine.dump(self.database)
        return {table: everything.get(table, []) for table in self.tables}

    def close(self) -> None:
        """Leave the database; whatever was made stays in it."""
        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose()

    def copy(self) -> Trial:
        """The same addon on a copy of the database, for what cannot be undone; ``close`` it."""
        self.close()
        self.rooms.engine.settle(self.database)
        database = self.rooms.copy(self.database)
        return start_trial(self.name, self.addons, database, self.rooms, self.data, self.fill)

    def _business(self, *, has_it: bool = True, marker: str = "") -> Business:
        everything = [
            name for name in self.registry.order if name not in {"core", *((self.name,) if not has_it else ())}
        ]
        tenant = self.world.tenant(addons=everything)
        business = Business(tenant, self.world.user(tenant, *self.registry.permissions))
        if has_it:
            with self.world.session(tenant) as session:
                seeder = Seeder(session, [business.boss.id], marker)
                self.fill(session, seeder)
                self._make_rows(seeder)
                business.rows = {table: seeder.made[table] for table in self.tables if seeder.made.get(table)}
        return business

    def _make_rows(self, seeder: Seeder) -> None:
        """Rows of every model of the addon for which ``fill`` made none, by its columns."""
        for model in self._models():
            if seeder.made.get(str(model.__tablename__)):
                continue
            try:
                seeder.make(model, ROWS)
            except CannotMake as problem:
                self.problems.append(str(problem))

    def _models(self) -> Iterator[type[TenantModel]]:
        for table in self.tables:
            model = model_of(table)
            if issubclass(model, TenantModel):
                yield model


def start_trial(
    name: str, addons: AddonSet, database: Database, rooms: Databases, data: Path, fill: Fill, **more: Any
) -> Trial:
    """Boot ``addons`` on ``database``, which has their tables. Raises BootError with everything that is wrong."""
    app = create_app(make_config(database, addons, data, api_per_minute=1_000_000))  # a trial asks quickly
    return Trial(name, addons, app, database, rooms, data, fill, **more)
