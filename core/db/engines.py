"""The two engines: SQLite embedded, PostgreSQL for production."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from core.config import Config
from core.db.session import read_only

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for another before it fails."""


CONNECT_SECONDS = 5
"""How long a connection may take to be made, or to become free in a pool that is used up."""

_CONNECTION = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}
"""A server that has vanished without a word is noticed within a minute, not within the two hours of TCP."""

TRANSACTION_CONTROL = ("BEGIN", "SET LOCAL", "SET TRANSACTION", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")
"""How the statements begin that belong to a transaction and not to the work in it."""

statements: ContextVar[list[int] | None] = ContextVar("statements", default=None)
"""A list of one number, to which every statement of this thread adds one; transaction control does not count."""


def engine_options(config: Config) -> dict[str, Any]:
    """What the engine of ``config.database_url`` is made with. Errors name the statement and never its values."""
    if config.database_url.startswith("sqlite"):
        arguments = {"isolation_level": None, "check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}
        return {"connect_args": arguments, "hide_parameters": True}
    return {
        "connect_args": _CONNECTION,
        "hide_parameters": True,
        "pool_size": 8,
        "max_overflow": 4,
        "pool_pre_ping": True,
        "pool_timeout": CONNECT_SECONDS,
        "pool_recycle": 1800,
    }


def prepare_engine(engine: Engine) -> None:
    """Attach what each connection of ``engine`` needs. Safe to call once per engine."""
    event.listen(engine, "before_cursor_execute", _count)
    event.listen(engine, "handle_error", _leave_values_out)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)


def forbid_writes(engine: Engine) -> None:
    """Let nothing be changed through ``engine`` from here on, whoever opens a session."""
    event.listen(engine, "begin", _begin_reading)


def _begin_reading(connection: Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql("PRAGMA query_only=ON" if is_sqlite else "SET TRANSACTION READ ONLY")


def _count(connection: Connection, cursor: object, statement: str, *_: object) -> None:
    if (counted := statements.get()) is not None and not statement.startswith(TRANSACTION_CONTROL):
        counted[0] += 1


def _leave_values_out(context: ExceptionContext) -> None:
    """PostgreSQL tells in an error's DETAIL what stood in the row: that is for no log."""
    error = context.original_exception
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        error.args = (error.diag.message_primary,)


def refuse_powerful_role(engine: Engine) -> None:
    """Refuse to serve as a PostgreSQL role that row security does not bind (superuser, BYPASSRLS, or owner of the tables)."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "first_connect", _check_role)


def _check_role(connection: Any, record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR EXISTS"
            " (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relname = 'core_tenant')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        is_powerful = cursor.fetchone()[0]
    connection.rollback()
    if is_powerful:
        raise PowerfulRoleError(
            "DATABASE_URL names a role that row security does not bind. Serve as the application role (banyan db roles),"
            " and put the owner into DATABASE_OWNER_URL."
        )


class PowerfulRoleError(RuntimeError):
    """The application would run without the tenants' wall."""


def _sqlite_pragmas(connection: Any, record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    """Writers queue at the start: a deferred transaction that turns into a writer fails with "database is locked"."""
    reads_only = read_only.get()
    connection.exec_driver_sql("PRAGMA query_only=ON" if reads_only else "PRAGMA query_only=OFF")
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
