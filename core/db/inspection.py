"""What PostgreSQL says of the role that asks, its walls and its clock. Any role may ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, text

from core.db.protect import append_only_tables
from core.db.roles import OWNER_ROLE, SEARCH_ROLE
from core.db.scope import is_tenant_table

_WALLS = text("""
    SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
           p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL,
           has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
    FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'tenant'
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
""")

_POWERS = text("""
    SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
           EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relnamespace = 'public'::regnamespace),
           EXISTS (SELECT FROM pg_roles other WHERE other.rolname IN (:owner, :search)
                   AND pg_has_role(pg_roles.oid, other.oid, 'MEMBER'))
    FROM pg_roles WHERE rolname = current_user
""")

_POWER_NAMES = (
    "is a superuser",
    "bypasses row security",
    "may make roles",
    "may make databases",
    "owns tables",
    "may act as the owner or the search role",
)


@dataclass(frozen=True, slots=True)
class Server:
    """The server's version (``150007`` is 15.7), encoding, moment (UTC), and how many connections it admits and has."""

    version: int
    encoding: str
    moment: datetime
    connections: int
    in_use: int


def find_unprotected(connection: Connection, tables: Iterable[Table]) -> list[str]:
    """The tables whose wall has a hole: no row security, no policy, or rights to change what is written once."""
    found = {name: (secured, policed, changeable) for name, secured, policed, changeable in connection.execute(_WALLS)}
    append_only = append_only_tables()
    return [
        f"{table.name}: {hole}"
        for table in tables
        for hole in _holes(table, found.get(table.name), table.name in append_only)
    ]


def _holes(table: Table, found: tuple[bool, bool, bool] | None, is_append_only: bool) -> Iterator[str]:
    if found is None:
        yield "missing"
        return
    secured, policed, changeable = found
    if is_tenant_table(table) and not secured:
        yield "row security is off"
    if is_tenant_table(table) and not policed:
        yield "no policy"
    if is_append_only and changeable:
        yield "may be changed"


def find_powers(connection: Connection) -> list[str]:
    """What the role that asks should not be able to do."""
    granted = connection.execute(_POWERS, {"owner": OWNER_ROLE, "search": SEARCH_ROLE}).one()
    return [name for name, is_granted in zip(_POWER_NAMES, granted, strict=True) if is_granted]


def find_missing_limits(connection: Connection, limits: Iterable[str]) -> list[str]:
    """Those of the settings ``limits`` that are 0, which is none, for the role that asks."""
    query = text("SELECT name FROM pg_settings WHERE name = ANY(:names) AND setting = '0'")
    return sorted(connection.execute(query, {"names": list(limits)}).scalars())


def describe_server(connection: Connection) -> Server:
    """What the server says of itself."""
    query = text("""
        SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), clock_timestamp(),
               current_setting('max_connections')::int, (SELECT count(*) FROM pg_stat_activity)
    """)
    return Server(*connection.execute(query).one())
