"""Databases for tests: a schema is built once per set of addons and copied for a test, or wiped after one.

A copy costs 1 ms on SQLite and a hundred on PostgreSQL, where a wiped one costs ten; building a schema costs seconds.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from core.db.roles import APP_ROLE, OWNER_ROLE, create_roles_sql, prepare_database_sql
from core.testing.wiping import Wiper

ROLE_PASSWORD = "banyan-test"  # noqa: S105  (opens nothing but the databases of a test run)
ROLES_LOCK = 7_205_759
"""Advisory lock number: roles belong to the whole cluster, and two runs may share one."""

FILE_COPY_VERSION = 150_000
"""PostgreSQL 15 copies block by block through the log unless told to copy files, which is twice as fast here."""


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a test: ``url`` as the application sees it, ``owner_url`` for migrations (the same on SQLite)."""

    engine_name: str
    name: str
    url: str
    owner_url: str


@dataclass(frozen=True, slots=True)
class AddonSet:
    """Addons by name, and further roots (as in BANYAN_ADDONS_PATH) to look for them; empty: the kernel alone."""

    names: tuple[str, ...] = ()
    roots: tuple[Path, ...] = ()


Dump = dict[str, list[tuple[str, ...]]]
"""Table → its rows as texts, sorted."""

SchemaBuilder = Callable[[Database, AddonSet], None]
"""Brings an empty database to the newest schema of some addons and closes every connection to it."""


class Engine(Protocol):
    """Where databases of one kind are made."""

    name: str

    def create(self, name: str) -> Database: ...
    def describe(self, name: str) -> Database: ...
    def settle(self, database: Database) -> None: ...
    def copy(self, template: Database, name: str) -> Database: ...
    def drop(self, database: Database) -> None: ...
    def remember(self, database: Database) -> None:
        """Look at a new database, so that it can be wiped; a connection to it stays."""

    def wipe(self, database: Database) -> bool:
        """Make a remembered database as new again; False: it cannot be, so drop it."""
        ...

    def dump(self, database: Database) -> Dump:
        """Every row of every table, seen past the application and past row security."""


class SqliteEngine:
    """Databases as files of one folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def describe(self, name: str) -> Database:
        url = f"sqlite:///{self._path(name)}"
        return Database(self.name, name, url, url)

    def create(self, name: str) -> Database:
        return self.describe(name)

    def settle(self, database: Database) -> None:
        """Bring the write-ahead log into the file, because only the file is copied."""
        connection = sqlite3.connect(self._path(database.name))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def copy(self, template: Database, name: str) -> Database:
        shutil.copyfile(self._path(template.name), self._path(name))
        return self.describe(name)

    def drop(self, database: Database) -> None:
        for suffix in ("", "-wal", "-shm"):
            self._path(database.name + suffix).unlink(missing_ok=True)

    def remember(self, database: Database) -> None:
        """A new copy costs less than wiping."""

    def wipe(self, database: Database) -> bool:
        return False

    def dump(self, database: Database) -> Dump:
        with closing(sqlite3.connect(self._path(database.name))) as connection:
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
            return {
                name: _as_texts(connection.execute(f'SELECT * FROM "{name}"'))  # noqa: S608  (names of tables)
                for (name,) in names.fetchall()
            }

    def _path(self, name: str) -> Path:
        stem, dash, suffix = name.partition("-")
        return self.folder / f"{stem}.sqlite3{dash}{suffix}"


class PostgresEngine:
    """Databases of one PostgreSQL server, reached as its administrator."""

    name = "postgresql"

    def __init__(self, admin_url: str, prefix: str) -> None:
        self.address = make_url(admin_url)
        self.prefix = prefix
        self._wipers: dict[str, Wiper | None] = {}

    def describe(self, name: str) -> Database:
        return Database(self.name, name, self._url(APP_ROLE, name), self._url(OWNER_ROLE, name))

    def create(self, name: str) -> Database:
        statement = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
        self._administer(sql.SQL(statement).format(self._identifier(name), sql.Identifier(OWNER_ROLE)))
        with self._connection(self.prefix + name) as connection:
            for prepare in prepare_database_sql(self.prefix + name):
                connection.execute(prepare.encode())
        return self.describe(name)

    def settle(self, database: Database) -> None:
        """Refuse connections: PostgreSQL copies only a database that nobody is using."""
        self._administer(
            sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(self._identifier(database.name))
        )

    def copy(self, template: Database, name: str) -> Database:
        with self._connection() as connection:
            strategy = "STRATEGY FILE_COPY" if connection.info.server_version >= FILE_COPY_VERSION else ""
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} {}").format(
                    self._identifier(name),
                    sql.Identifier(OWNER_ROLE),
                    self._identifier(template.name),
                    sql.SQL(strategy),
                )
            )
        return self.describe(name)

    def remember(self, database: Database) -> None:
        administrator = self._connection(self.prefix + database.name)
        self._wipers[database.name] = wiper = Wiper.of(administrator)
        if wiper is None:
            administrator.close()

    def wipe(self, database: Database) -> bool:
        wiper = self._wipers.get(database.name)
        try:
            return wiper is not None and wiper.wipe()
        except psycopg.OperationalError:  # the test took its server down
            return False

    def drop(self, database: Database) -> None:
        wiper = self._wipers.pop(database.name, None)
        if wiper:
            wiper.close()
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(self._identifier(database.name)))

    def dump(self, database: Database) -> Dump:
        with self._connection(self.prefix + database.name) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            query = sql.SQL("SELECT * FROM public.{}")
            return {name: _as_texts(connection.execute(query.format(sql.Identifier(name)))) for (name,) in names}

    def drop_all(self) -> None:
        """Remove whatever the run left in a server that is not ours."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (self.prefix,)
            ).fetchall()
            for (name,) in rows:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def ensure_roles(self) -> None:
        """Create Banyan's roles; those that the cluster has already keep their passwords."""
        with self._connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (ROLES_LOCK,))
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
            for statement in create_roles_sql():
                connection.execute(statement.encode())
            for role in {OWNER_ROLE, APP_ROLE} - known:
                grant = sql.SQL("ALTER ROLE {} PASSWORD {}")
                connection.execute(grant.format(sql.Identifier(role), sql.Literal(ROLE_PASSWORD)))

    def _administer(self, statement: sql.Composed) -> None:
        with self._connection() as connection:
            connection.execute(statement)

    def _connection(self, database: str | None = None) -> psycopg.Connection:
        address = self.address.set(drivername="postgresql", database=database or self.address.database)
        return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)

    def _identifier(self, name: str) -> sql.Identifier:
        return sql.Identifier(self.prefix + name)

    def _url(self, role: str, name: str) -> str:
        url: URL = self.address.set(
            drivername="postgresql+psycopg", username=role, password=ROLE_PASSWORD, database=self.prefix + name
        )
        return url.render_as_string(hide_password=False)


class Databases:
    """The databases of one worker on one engine. Templates are shared by all workers of the run."""

    def __init__(self, engine: Engine, folder: Path, worker: str, build: SchemaBuilder) -> None:
        self.engine = engine
        self.folder = folder
        self.worker = worker
        self.build = build
        self._numbers = count(1)
        self._wiped: dict[AddonSet, list[Database]] = {}

    def empty(self) -> Database:
        """A database without any table."""
        return self.engine.create(self._next_name())

    def migrated(self, addons: AddonSet) -> Database:
        """A database with the newest schema of these addons and no row of a tenant."""
        if wiped := self._wiped.get(addons):
            return wiped.pop()
        database = self.copy(self.template(addons))
        self.engine.remember(database)
        return database

    def take_back(self, database: Database, addons: AddonSet) -> None:
        """Wipe what ``migrated(addons)`` gave, for the next who asks, or drop it."""
        if self.engine.wipe(database):
            self._wiped.setdefault(addons, []).append(database)
        else:
            self.drop(database)

    def copy(self, database: Database) -> Database:
        """A copy of a database that nobody is using."""
        return self.engine.copy(database, self._next_name())

    def drop(self, database: Database) -> None:
        self.engine.drop(database)

    def template(self, addons: AddonSet) -> Database:
        """The database that those of these addons are copied from; made by the first worker that asks."""
        name = f"template_{_fingerprint(addons)}"
        ready = self.folder / f"{self.engine.name}-{name}.ready"
        with locked(ready.with_suffix(".lock")):
            if ready.exists():
                return self.engine.describe(name)
            self.engine.drop(self.engine.describe(name))  # a build that failed half-way
            database = self.engine.create(name)
            self.build(database, addons)
            self.engine.settle(database)
            ready.touch()
            return database

    def _next_name(self) -> str:
        return f"{self.worker}_{next(self._numbers)}"


def _as_texts(rows: Iterable[tuple[object, ...]]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(value) for value in row) for row in rows)


def _fingerprint(addons: AddonSet) -> str:
    return hashlib.sha256(repr(addons).encode()).hexdigest()[:12]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep the run's other workers out, by a lock on the file ``path``."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
