"""What the metadata cannot say and no addon author may forget: row security, grants, append-only triggers, indexes for search
and counts.

The kernel runs it over all tables after every migration, in the same transaction; it is idempotent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Table

from core.db.base import Model, TenantModel
from core.db.roles import SEARCH_ROLE
from core.db.scope import is_tenant_table

TENANT = "nullif(current_setting('banyan.tenant', true), '')::uuid"
"""The transaction's tenant; null where none is set, and then no row matches."""

KERNEL_INDEXES = ("_search", "_kept")
"""How the names of the indexes end that are made here and stand in no migration."""

SAMPLE, COMMON = 300, 6
"""Rows at either end of a tenant's that are looked at first, and how many of them make a text common."""

_TENANT_IN_TEXT = TENANT.replace("'", "''")

SEARCH_FUNCTION = f"""
CREATE OR REPLACE FUNCTION banyan_search(target regclass, patterns text[], cap integer) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    terms text;
    hits integer;
    is_common boolean;
BEGIN
    SELECT string_agg(
        CASE WHEN left(pattern, 1) = '%' THEN format('search_text LIKE %L', pattern)
        ELSE format('(search_text LIKE %L OR search_text LIKE %L)', pattern, '% ' || pattern) END, ' AND '
    ) INTO terms FROM unnest(patterns) AS pattern;
    EXECUTE format(
        'SELECT least((SELECT count(*) FROM (SELECT search_text FROM %1$s WHERE tenant_id = {_TENANT_IN_TEXT}'
        ' ORDER BY id LIMIT {SAMPLE}) AS oldest WHERE %2$s), (SELECT count(*) FROM (SELECT search_text FROM %1$s'
        ' WHERE tenant_id = {_TENANT_IN_TEXT} ORDER BY id DESC LIMIT {SAMPLE}) AS newest WHERE %2$s))', target, terms
    ) INTO hits;
    IF hits >= {COMMON} THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE tenant_id = {_TENANT_IN_TEXT} OFFSET $1)', target)
        INTO is_common USING cap::bigint * {SAMPLE} / hits;
        IF is_common THEN
            RETURN QUERY SELECT gen_random_uuid() FROM generate_series(1, cap);
            RETURN;
        END IF;
    END IF;
    RETURN QUERY EXECUTE format(
        'SELECT id FROM %s WHERE tenant_id = {_TENANT_IN_TEXT} AND %s LIMIT $1', target, terms
    ) USING cap;
END $body$
"""  # noqa: S608  (constants only)
"""Search past row security, which would forbid the trigram index (LIKE is not leakproof): rows with all of the patterns, where
one without a leading % is the beginning of a word. It filters the tenant itself, and its owner may read nothing but keys and
folded text.

A text that is common among the oldest and the newest rows of many is not looked up: as many ids as the cap, of no rows, say so.
The trigram index would first collect every row that it has, and row security keeps the planner from knowing how many."""


def protect(connection: Connection, tables: Iterable[Table], *, app_role: str | None) -> None:
    """Bring the protection of ``tables`` up to date. ``app_role`` is the role that serves (PostgreSQL only)."""
    statements = (
        _postgresql(list(tables), app_role or "") if connection.dialect.name == "postgresql" else _sqlite(tables)
    )
    for statement in statements:
        connection.exec_driver_sql(
            statement.replace("%", "%%") if connection.dialect.name == "postgresql" else statement
        )


def append_only_tables() -> frozenset[str]:
    """Names of the tables whose rows are written once."""
    return frozenset(
        mapper.class_.__tablename__
        for mapper in Model.registry.mappers
        if issubclass(mapper.class_, TenantModel) and mapper.class_.__append_only__
    )


def _postgresql(tables: list[Table], app_role: str) -> Iterator[str]:
    append_only = append_only_tables()
    yield "CREATE EXTENSION IF NOT EXISTS pg_trgm"
    yield f"SET LOCAL ROLE {SEARCH_ROLE}"
    yield "DROP FUNCTION IF EXISTS banyan_search(regclass, text, integer)"  # as it was at first
    yield SEARCH_FUNCTION
    yield "REVOKE ALL ON FUNCTION banyan_search(regclass, text[], integer) FROM PUBLIC"
    yield f'GRANT EXECUTE ON FUNCTION banyan_search(regclass, text[], integer) TO "{app_role}"'
    yield "RESET ROLE"
    for table in tables:
        name = f'"{table.name}"'
        rights = "SELECT, INSERT" if table.name in append_only else "SELECT, INSERT, UPDATE, DELETE"
        yield f'REVOKE ALL ON {name} FROM "{app_role}"'
        yield f'GRANT {rights} ON {name} TO "{app_role}"'
        if not is_tenant_table(table):
            continue
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS tenant ON {name}"
        yield f"CREATE POLICY tenant ON {name} USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})"
        if "search_text" in table.columns:
            yield f"CREATE INDEX IF NOT EXISTS ix_{table.name}_search ON {name} USING gin (search_text gin_trgm_ops)"
            yield f"GRANT SELECT (tenant_id, id, search_text) ON {name} TO {SEARCH_ROLE}"
            yield f"DROP POLICY IF EXISTS search ON {name}"
            yield f"CREATE POLICY search ON {name} FOR SELECT TO {SEARCH_ROLE} USING (true)"
        if "deleted_at" in table.columns:  # lists count from it, without looking at the rows
            kept = "WHERE deleted_at IS NULL"
            yield f"CREATE INDEX IF NOT EXISTS ix_{table.name}_kept ON {name} (tenant_id, id) {kept}"


def _sqlite(tables: Iterable[Table]) -> Iterator[str]:
    append_only = append_only_tables()
    for table in tables:
        if table.name in append_only:
            for verb in ("UPDATE", "DELETE"):
                yield (
                    f"CREATE TRIGGER IF NOT EXISTS {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} "
                    f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
                )
