"""A walk through the catalogue: no table, key or constraint misses the tenants' wall."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ForeignKeyConstraint, Table, UniqueConstraint, text
from sqlalchemy.exc import DBAPIError

from core.db import migrations
from core.db.session import db
from core.testing.world import World
from tests.core.db.conftest import Side

OUTSIDE = {
    "core_tenant": "looked up before anybody is known",
    "core_job_dispatch": "a runner looks for work of all tenants",
    "core_job_slot": "the scheduler looks which tenants have not come to a time yet",
    "core_login_attempt": "counted before anybody is known",
    "core_api_count": "counted before anybody is known",
}
"""Kernel tables outside row security, each with its reason."""


def tables(app: Flask) -> list[Table]:
    return [table for chain in migrations.chains(app.extensions["banyan"].registry) for table in chain.tables]


def test_every_table_is_a_tenants_or_has_a_reason(app: Flask) -> None:
    outside = {table.name for table in tables(app) if "tenant_id" not in table.primary_key.columns}
    assert outside <= set(OUTSIDE)


def test_every_key_and_unique_constraint_carries_the_tenant(app: Flask) -> None:
    missing = []
    for table in tables(app):
        if "tenant_id" not in table.primary_key.columns:
            continue
        missing += [f"{table.name}: primary key"] if [c.name for c in table.primary_key] != ["tenant_id", "id"] else []
        for constraint in table.constraints:
            if (
                isinstance(constraint, ForeignKeyConstraint | UniqueConstraint)
                and "tenant_id" not in constraint.columns
            ):
                missing.append(f"{table.name}: {constraint.name}")
            if isinstance(constraint, ForeignKeyConstraint):
                assert constraint.ondelete in {"RESTRICT", "CASCADE"}, constraint.name
        missing += [f"{table.name}: {index.name}" for index in table.indexes if index.columns[0].name != "tenant_id"]
    assert not missing


@pytest.mark.engine("postgresql")
def test_row_security_stands_on_every_tenant_table(app: Flask) -> None:
    wanted = {table.name for table in tables(app) if "tenant_id" in table.primary_key.columns}
    query = """
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polqual IS NOT NULL, p.polwithcheck IS NOT NULL
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'tenant' WHERE c.relkind = 'r'
    """
    with app.app_context(), db.engine.connect() as connection:
        found = {row[0]: tuple(row[1:]) for row in connection.execute(text(query))}
        views = connection.execute(
            text("SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace")
        ).all()
        definers = connection.execute(
            text("SELECT proname, proconfig FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace")
        ).all()
    assert {name: found[name] for name in wanted} == dict.fromkeys(wanted, (True, True, True, True))
    assert views == []
    assert [(name, config) for name, config in definers] == [
        ("banyan_search", ["search_path=pg_catalog, public, pg_temp"])
    ]


@pytest.mark.engine("postgresql")
def test_the_application_role_is_powerless(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        role = connection.execute(
            text("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        ).one()
        owned = connection.execute(
            text("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        ).scalar_one()
        assert tuple(role) == (False, False, False, False)
        assert owned == 0


@pytest.mark.engine("postgresql")
def test_without_a_tenant_there_are_no_rows_and_with_one_only_its_own(
    app: Flask, world: World, here: Side, there: Side
) -> None:
    count = text("SELECT count(*) FROM lab_specimen")
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(count).scalar_one() == 0
        connection.rollback()
        connection.exec_driver_sql(f"SET LOCAL banyan.tenant = '{here.tenant.id}'")
        assert connection.execute(count).scalar_one() == 3
        connection.rollback()
        assert connection.execute(count).scalar_one() == 0


@pytest.mark.engine("postgresql")
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE lab_specimen SET tenant_id = '{there}'",
        "INSERT INTO lab_loan (tenant_id, id, specimen_id, user_id) "
        "VALUES ('{there}', gen_random_uuid(), '{foreign}', '{user}')",
        "ALTER TABLE lab_specimen DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON lab_specimen",
        "TRUNCATE lab_specimen CASCADE",
        "SET ROLE banyan_owner",
        "SET ROLE banyan_search",
        "UPDATE core_audit SET action = 'forged'",
        "DELETE FROM core_audit",
        "CREATE TABLE leak AS SELECT * FROM lab_specimen",
    ],
)
def test_raw_sql_as_the_application_role_is_refused(app: Flask, here: Side, there: Side, attack: str) -> None:
    statement = attack.format(there=there.tenant.id, foreign=there.own, user=there.user.id)
    with app.app_context(), db.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.exec_driver_sql(f"SET LOCAL banyan.tenant = '{here.tenant.id}'")
        connection.exec_driver_sql(statement)


@pytest.mark.engine("postgresql")
def test_the_search_function_answers_only_for_the_transactions_tenant(app: Flask, here: Side, there: Side) -> None:
    search = text("SELECT count(*) FROM banyan_search('lab_specimen', ARRAY['%own%'], 10)")
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(search).scalar_one() == 0
        connection.exec_driver_sql(f"SET LOCAL banyan.tenant = '{here.tenant.id}'")
        assert connection.execute(search).scalar_one() == 1


@pytest.mark.engine("postgresql")
def test_serving_as_the_owner_is_refused(app_factory: Any, database: Any) -> None:
    from dataclasses import replace

    from core.db.engines import PowerfulRoleError

    app = app_factory((), database=replace(database, url=database.owner_url))
    with app.app_context(), pytest.raises(PowerfulRoleError), db.engine.connect():
        pass


def test_the_database_equals_the_models(app: Flask) -> None:
    kernel = app.extensions["banyan"]
    assert migrations.check(kernel.config, kernel.registry) == []


def test_a_safe_request_cannot_write(app: Flask, world: World, here: Side) -> None:
    from addons.lab.models import Specimen

    from core.db.actor import Actor
    from core.db.session import read_only

    token = read_only.set(True)
    try:
        with app.app_context():
            session = db.session()
            session.become(Actor.system(here.tenant.id))
            session.add(Specimen(name="written by a GET"))
            with pytest.raises(DBAPIError):
                session.flush()
            session.rollback()
    finally:
        read_only.reset(token)
