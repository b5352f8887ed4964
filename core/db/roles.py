"""PostgreSQL roles (architecture §3): who owns, who serves, who searches, who backs up. Run once by an administrator.

``banyan db roles`` prints the statements; the test suite runs them on its own server.
"""

from __future__ import annotations

OWNER_ROLE = "banyan_owner"
APP_ROLE = "banyan_app"
SEARCH_ROLE = "banyan_search"
BACKUP_ROLE = "banyan_backup"

APP_LIMITS = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "5min",
}
"""What the application role may take before PostgreSQL ends it: somebody else waits for the thread, or for the lock.
A minute is the longest step of a job (:data:`core.jobs.claims.LEASE_SECONDS`)."""

_MAKE_ROLE = "DO $$ BEGIN CREATE ROLE {role} {options}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"


def create_roles_sql() -> list[str]:
    """Statements that make the four roles of a cluster; repeating them changes nothing. Passwords are the administrator's."""
    options = {
        OWNER_ROLE: "LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT",
        APP_ROLE: "LOGIN NOSUPERUSER NOBYPASSRLS",
        SEARCH_ROLE: "NOLOGIN NOSUPERUSER NOBYPASSRLS",
        BACKUP_ROLE: "LOGIN NOSUPERUSER BYPASSRLS",
    }
    return [
        *(_MAKE_ROLE.format(role=role, options=granted) for role, granted in options.items()),
        # NOINHERIT: a member that inherits would see all tenants through the search role's policy.
        f"ALTER ROLE {OWNER_ROLE} NOINHERIT",
        f"GRANT {SEARCH_ROLE} TO {OWNER_ROLE}",
        f"GRANT pg_read_all_data TO {BACKUP_ROLE}",
        *(f"ALTER ROLE {APP_ROLE} SET {name} = '{value}'" for name, value in APP_LIMITS.items()),
    ]


def prepare_database_sql(database: str) -> list[str]:
    """Statements that hand a new database to the owner role. Run inside that database, by an administrator."""
    return [
        f'ALTER DATABASE "{database}" OWNER TO {OWNER_ROLE}',
        f'REVOKE TEMPORARY ON DATABASE "{database}" FROM PUBLIC',
        f"ALTER SCHEMA public OWNER TO {OWNER_ROLE}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {BACKUP_ROLE}",
        # The search function belongs to the search role, and PostgreSQL wants CREATE from a function's owner.
        f"GRANT USAGE, CREATE ON SCHEMA public TO {SEARCH_ROLE}",
    ]
