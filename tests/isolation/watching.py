"""The rows of a test's database, seen past the application: what changed, in whose business, and back to how it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import Engine, event, make_url

from core.testing.databases import Database

Row = tuple[object, ...]
Rows = dict[str, list[Row]]
"""Table → its rows, as text, in a fixed order."""


class Watch(Protocol):
    """One database under observation; ``base`` is what :meth:`restore` goes back to."""

    base: Rows
    columns: dict[str, list[str]]

    def changed(self) -> Rows:
        """The tables that differ from the base, with their rows right now; empty where none does."""

    def restore(self) -> None:
        """Make everything as it was at the base."""

    def rebase(self) -> None:
        """Take what stands now as the base."""


def describe(before: Rows, after: Rows) -> list[str]:
    """What differs in the tables of ``after``, a line a row: ``- core_user(…)`` went, ``+ core_user(…)`` came."""
    lines = []
    for table in after:
        old, new = set(before[table]), set(after[table])
        lines += [f"- {table}{row}"[:2000] for row in old - new] + [f"+ {table}{row}"[:2000] for row in new - old]
    return lines


class SqliteWatch:
    """Through a connection of its own; SQLite tells it cheaply whether another connection has committed anything."""

    def __init__(self, database: Database) -> None:
        self._live = sqlite3.connect(str(make_url(database.url).database), isolation_level=None, timeout=10)
        self._kept = sqlite3.connect(":memory:")
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        self.tables = sorted(name for (name,) in self._live.execute(names))
        self.columns = {
            table: [column[1] for column in self._live.execute(f'PRAGMA table_info("{table}")')]
            for table in self.tables
        }
        self.rebase()

    def rebase(self) -> None:
        self._live.backup(self._kept)
        self._version = self._data_version()
        self._rows = {table: self._rows_of(table) for table in self.tables}
        self.base = {table: _sorted(rows) for table, rows in self._rows.items()}

    def changed(self) -> Rows:
        if self._data_version() == self._version:
            return {}
        rows = {table: self._rows_of(table) for table in self.tables}
        return {table: _sorted(rows[table]) for table in self.tables if rows[table] != self._rows[table]}

    def _rows_of(self, table: str) -> list[Row]:
        return self._live.execute(f'SELECT * FROM "{table}"').fetchall()

    def restore(self) -> None:
        if self._data_version() != self._version:
            self._kept.backup(self._live)
            self._version = self._data_version()

    def close(self) -> None:
        self._live.close()
        self._kept.close()

    def _data_version(self) -> int:
        return int(self._live.execute("PRAGMA data_version").fetchone()[0])


READS = ("SELECT", "SET ", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


class PostgresWatch:
    """As the server's administrator, whom neither row security nor grants bind.

    Sums over all tables are dear there, so they are asked for only after this process has sent something that may write.
    """

    def __init__(self, database: Database, admin_url: str) -> None:
        name = make_url(database.url).database
        address = make_url(admin_url).set(drivername="postgresql", database=name)
        self._live = psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)
        self._live.execute("SET session_replication_role = replica")  # no triggers, no foreign keys while rows go back
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        self.tables = [name for (name,) in self._live.execute(names)]
        self.columns = {
            table: [column.name for column in self._live.execute(f'SELECT * FROM "{table}" LIMIT 0').description]
            for table in self.tables
        }
        self._hashes = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, count(*), sum(hashtextextended(row::text, 0)) FROM public.{} AS row").format(
                sql.Literal(table), sql.Identifier(table)
            )
            for table in self.tables
        )
        event.listen(Engine, "before_cursor_execute", self._note_statement)
        self.rebase()

    def _note_statement(self, connection: object, cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(READS):
            self._may_have_changed = True

    def rebase(self) -> None:
        self._live.execute("DROP SCHEMA IF EXISTS kept CASCADE")
        self._live.execute("CREATE SCHEMA kept")
        for table in self.tables:
            self._live.execute(sql.SQL("CREATE TABLE kept.{0} AS TABLE public.{0}").format(sql.Identifier(table)))
        self._sums = self._sum()
        self._may_have_changed = False
        self.base = {table: self._rows_of(table) for table in self.tables}

    def changed(self) -> Rows:
        return {table: self._rows_of(table) for table in self._changed_tables()}

    def _changed_tables(self) -> list[str]:
        if not self._may_have_changed:
            return []
        tables = {str(table) for table, _count, _sum in self._sum() ^ self._sums}
        self._may_have_changed = bool(tables)
        return sorted(tables)

    def _rows_of(self, table: str) -> list[Row]:
        return _sorted(self._live.execute(sql.SQL("SELECT * FROM public.{}").format(sql.Identifier(table))))

    def restore(self) -> None:
        for table in self._changed_tables():
            back = sql.SQL("DELETE FROM public.{0}; INSERT INTO public.{0} SELECT * FROM kept.{0}")
            self._live.execute(back.format(sql.Identifier(table)))
        self._may_have_changed = False

    def close(self) -> None:
        event.remove(Engine, "before_cursor_execute", self._note_statement)
        self._live.close()

    def _sum(self) -> set[Row]:
        return set(self._live.execute(self._hashes))


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(tuple(value if isinstance(value, bytes) else str(value) for value in row) for row in rows)


@contextmanager
def watching(database: Database, admin_url: str | None) -> Iterator[Watch]:
    """Watch ``database`` as it is now."""
    watch = PostgresWatch(database, admin_url) if admin_url else SqliteWatch(database)
    try:
        yield watch
    finally:
        watch.close()
