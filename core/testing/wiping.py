"""Wiping a PostgreSQL database after a test, so that the next one gets it as new.

Copying a template costs a hundred milliseconds or more, because every table and index is some files. Deleting the rows
that a test left costs a few. A test that changed anything but rows (a table, a policy, a trigger, a grant) is noticed by
the catalogue's row versions, and its database is not used again.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

CATALOGUES = (
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_index",
    "pg_namespace",
    "pg_policy",
    "pg_proc",
    "pg_rewrite",
    "pg_trigger",
)
MOST_ROWS = 100
"""A template with more rows than this is a business of its own; comparing it would cost more than copying it."""

MOST_USES = 60
"""Deleted rows stay in the files until somebody vacuums, and nobody does."""

AT_WORK = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IS DISTINCT FROM 'idle'
"""


@dataclass
class Wiper:
    """One database as it was when it was new, and an administrator's connection to it."""

    connection: psycopg.Connection
    schema: str
    """The fingerprint of its catalogue."""
    empty: list[str]
    """Tables that have no row when the database is new."""
    kept: str
    """The rows of all other tables."""
    uses: int = 0

    @classmethod
    def of(cls, connection: psycopg.Connection) -> Wiper | None:
        """A wiper for the new database of ``connection``; None where wiping would not pay."""
        tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        filled = _filled(connection, tables)
        if not tables or sum(_count(connection, name) for name in filled) > MOST_ROWS:
            return None
        empty = sorted(set(tables) - set(filled))
        return cls(connection, _schema(connection), empty, _rows(connection, filled))

    def wipe(self) -> bool:
        """Delete what a test left; False when the database has changed in another way or somebody still works in it."""
        self.uses += 1
        if self.uses >= MOST_USES or self._one(AT_WORK) != "0" or self.schema != _schema(self.connection):
            return False
        filled = _filled(self.connection, self.empty)
        others = [name for name in self._tables() if name not in self.empty]
        if self.kept != _rows(self.connection, others):
            return False
        with self.connection.transaction():
            self.connection.execute("SET LOCAL session_replication_role = replica")  # no foreign keys, no triggers
            for name in filled:
                self.connection.execute(sql.SQL("DELETE FROM public.{}").format(sql.Identifier(name)))
        return True

    def close(self) -> None:
        self.connection.close()

    def _tables(self) -> list[str]:
        found = self.connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [name for (name,) in found]

    def _one(self, query: str) -> str:
        row = self.connection.execute(query.encode()).fetchone()
        return str(row[0]) if row else ""


def _schema(connection: psycopg.Connection) -> str:
    """Every change of a catalogue's row gives it a new version, whose number is that of the transaction."""
    query = " UNION ALL ".join(f"SELECT count(*), sum(xmin::text::bigint) FROM {name}" for name in CATALOGUES)  # noqa: S608
    return str(connection.execute(query.encode()).fetchall())


def _filled(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    parts = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM public.{})").format(sql.Literal(name), sql.Identifier(name))
        for name in tables
    ]
    return sorted(name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(parts))) if parts else []


def _count(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table))).fetchone()
    return int(row[0]) if row else 0


def _rows(connection: psycopg.Connection, tables: list[str]) -> str:
    query = sql.SQL("SELECT * FROM public.{}")
    return str(
        {name: sorted(map(str, connection.execute(query.format(sql.Identifier(name))))) for name in sorted(tables)}
    )
