"""The two engines: SQLite embedded, PostgreSQL for production."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event

from core.config import Config
from core.db.session import read_only

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for another before it fails."""


def engine_options(config: Config) -> dict[str, Any]:
    """What the engine of ``config.database_url`` is made with."""
    if config.database_url.startswith("sqlite"):
        return {
            "connect_args": {"isolation_level": None, "check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}
        }
    return {"pool_size": 8, "max_overflow": 4, "pool_pre_ping": True, "pool_timeout": 10, "pool_recycle": 1800}


def prepare_engine(engine: Engine) -> None:
    """Attach what each connection of ``engine`` needs. Safe to call once per engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)


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
