"""``banyan addon purge``: everything is exported, then nothing is left, and nobody else loses anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from core.access.models import Group, GroupPermission
from core.attachments import attach
from core.attachments.models import Attachment
from core.cli.main import banyan
from core.clock import local_today
from core.db.base import Model
from core.errors import DomainError
from core.exchange.models import Export, Import
from core.jobs import enqueue
from core.notifications import notify
from core.purging.belongings import NAMING_COLUMNS
from core.settings import set_setting
from core.tenancy.services import disable_addon, enable_addon
from core.testing.databases import AddonSet
from core.testing.promises import traces_of
from core.testing.world import World, make_environ

ROOT = Path(__file__).parents[2] / "docs" / "root"
TELLING = {"addon", "entity", "permission", "resource", "shipped_key"}
"""Names of columns that say whose a kernel row is."""


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("visits",), (ROOT,))


@pytest.fixture
def purge(database: Any, tmp_path: Path) -> Callable[..., Result]:
    """``banyan addon purge NAME`` on the test's deployment, which loads ``addons`` and knows visits."""

    def run(name: str = "visits", *options: str, addons: str = "visits") -> Result:
        environ = make_environ(database, tmp_path) | {"BANYAN_ADDONS": addons, "BANYAN_ADDONS_PATH": str(ROOT)}
        return CliRunner(env=environ).invoke(banyan, ["addon", "purge", name, *options])

    return run


def switch_off(world: World, *tenants: Any) -> None:
    for tenant in tenants:
        with world.session(tenant) as session:
            disable_addon(session, "visits")


def live_with_it(world: World, tenant: Any) -> Any:
    """Leave a trace of visits in every kernel table that can hold one; the user who did."""
    from addons.visits.services import log_visit

    user = world.user(tenant, "visits.read", groups=("visits.traveller",))
    with world.session(tenant, user) as session:
        visit = log_visit(session, place="Cảng Đình Vũ", visited_on=local_today())
        attach(session, visit, [FileStorage(BytesIO(b"one and the same text"), "a.txt")])
        enqueue(session, "visits.remove_before", day="2026-01-01")
        enqueue(session, "core.run_bulk_action", resource="visits.visits", action="x", query="", until="", values={})
    with world.session(tenant) as session:
        set_setting(session, "visits.days_back", 7)
        notify(session, [user.id], kind="x", title="See there", url=f"/visits/visits/{visit.id}")
        session.add(Import(user_id=user.id, resource="visits.visits", file_name="a.xlsx", sha256="0"))
        session.add(Export(user_id=user.id, resource="visits.visits", file_name="b.xlsx", expires_at=visit.created_at))
    return user


def test_everything_is_exported_and_nothing_is_left(
    world: World, database: Any, databases: Any, purge: Callable[..., Result], tmp_path: Path
) -> None:
    engine = databases(database.engine_name).engine
    tenants = [world.tenant("here"), world.tenant("there")]
    for tenant in tenants:
        live_with_it(world, tenant)
    switch_off(world, *tenants)
    before = engine.dump(database)
    assert {line.partition(":")[0] for line in traces_of("visits", before)} >= {
        "core_attachment", "core_audit", "core_export", "core_group_permission", "core_import", "core_job", "core_setting",
        "core_job_dispatch", "core_notification", "core_tenant_addon",
    }  # fmt: skip

    done = purge("visits", "--yes")

    assert done.exit_code == 0, done.output
    after = engine.dump(database)
    assert traces_of("visits", after) == []
    assert [name for name in after if name.startswith("visits")] == []
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    (archive,) = (tmp_path / "purged").iterdir()
    with ZipFile(archive) as file:
        rows = [json.loads(line) for line in file.read("tables/visits.jsonl").splitlines()]
        about = json.loads(file.read("about.json"))
        names = file.namelist()
    assert [row["place"] for row in rows] == ["Cảng Đình Vũ"] * 2
    assert about["rows"]["core_setting"] == 2
    assert sum(name.startswith("files/files/") for name in names) == 2
    assert archive.stat().st_mode & 0o077 == 0
    gone = sum(len(before[table]) - len(after.get(table, ())) for table in before)
    assert gone == sum(about["rows"].values()) - len(tenants)  # each business has a note of the purge


def test_the_walls_stand_again_and_the_addon_can_come_back(
    world: World, tenant: Any, database: Any, purge: Callable[..., Result], tmp_path: Path
) -> None:
    live_with_it(world, tenant)
    switch_off(world, tenant)
    assert purge("visits", "--yes").exit_code == 0

    environ = make_environ(database, tmp_path) | {"BANYAN_ADDONS": "visits", "BANYAN_ADDONS_PATH": str(ROOT)}
    run = CliRunner(env=environ).invoke
    assert run(banyan, ["db", "upgrade"]).exit_code == 0
    assert run(banyan, ["db", "check"]).exit_code == 0
    with world.session(tenant) as session:
        assert enable_addon(session, "visits") == ["visits"]
    live_with_it(world, tenant)


def test_a_file_that_another_record_has_too_stays(
    world: World, tenant: Any, purge: Callable[..., Result], tmp_path: Path
) -> None:
    user = live_with_it(world, tenant)
    with world.session(tenant) as session:
        attach(session, session.need(type(user), user.id), [FileStorage(BytesIO(b"one and the same text"), "c.txt")])
    switch_off(world, tenant)

    assert purge("visits", "--yes").exit_code == 0

    with world.session(tenant) as session:
        assert session.scalars(select(Attachment.name)).all() == ["c.txt"]
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


def test_a_group_that_grants_more_than_the_addon_stays_the_business_s_own(
    world: World, tenant: Any, purge: Callable[..., Result]
) -> None:
    with world.session(tenant) as session:
        group = session.scalars(select(Group).where(Group.shipped_key == "visits.traveller")).one()
        session.add(GroupPermission(group_id=group.id, permission="core.manage_users"))
    user = world.user(tenant, groups=("visits.traveller",))
    switch_off(world, tenant)

    assert purge("visits", "--yes").exit_code == 0

    assert world.actor(user).permissions == {"core.manage_users"}


def test_it_is_refused_while_somebody_has_it_on(
    world: World, database: Any, databases: Any, purge: Callable[..., Result], tmp_path: Path
) -> None:
    world.tenant("here")
    switch_off(world, world.tenant("there"))
    engine = databases(database.engine_name).engine
    before = engine.dump(database)

    refused = purge("visits", "--yes")

    assert isinstance(refused.exception, DomainError)
    assert "visits đang bật cho here." in str(refused.exception)
    assert engine.dump(database) == before
    assert not (tmp_path / "purged").exists()


def test_it_asks_first_and_refuses_the_kernel_and_what_is_not_there(world: World, purge: Callable[..., Result]) -> None:
    assert purge("visits").exit_code == 1  # nobody answered
    for name, code in (("core", "kernel"), ("nobody", "no_data")):
        refused = purge(name, "--yes").exception
        assert isinstance(refused, DomainError)
        assert refused.problems[0].code == code


def test_an_addon_whose_code_is_not_loaded_any_more_can_be_purged(
    world: World, tenant: Any, database: Any, databases: Any, purge: Callable[..., Result]
) -> None:
    live_with_it(world, tenant)
    switch_off(world, tenant)

    assert purge("visits", "--yes", addons=",").exit_code == 0

    assert traces_of("visits", databases(database.engine_name).engine.dump(database)) == []


def test_a_failure_drops_nothing(
    world: World,
    tenant: Any,
    database: Any,
    databases: Any,
    purge: Callable[..., Result],
    monkeypatch: Any,
    tmp_path: Path,
) -> None:
    live_with_it(world, tenant)
    switch_off(world, tenant)
    engine = databases(database.engine_name).engine
    before = engine.dump(database)
    monkeypatch.setattr("core.purging.archive._verify", lambda path: 1 / 0)

    assert isinstance(purge("visits", "--yes").exception, ZeroDivisionError)

    assert engine.dump(database) == before
    assert list((tmp_path / "purged").iterdir()) == []


def test_every_kernel_table_that_names_an_addon_is_known() -> None:
    """A new one would be left behind."""
    tables = [table for name, table in Model.metadata.tables.items() if name.startswith("core_")]
    telling = {table.name for table in tables if TELLING & set(table.columns.keys())}

    assert telling - NAMING_COLUMNS.keys() == set()
    assert all(column in Model.metadata.tables[table].columns for table, column in NAMING_COLUMNS.items())
