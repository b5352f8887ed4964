"""The scope, attacked by every way past it that is known (docs/decisions.md): what is read, written and refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, exists, func, insert, literal, select, text, union_all, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased, joinedload, selectinload

from core.access.models import User
from core.db.bulk import bulk_update
from core.db.scope import ScopeError
from core.db.session import ActorSession, NoActor, db, system, with_deleted
from core.errors import NotFound
from core.testing.world import World
from tests.core.db.conftest import Side


def names(found: Any) -> set[str]:
    return set(found)


def reads() -> dict[str, Callable[[ActorSession], Any]]:
    from addons.lab.models import Specimen

    some = select(Specimen.id, Specimen.name).subquery()
    cte = select(Specimen.name).cte()
    other = aliased(Specimen)
    return {
        "entities": lambda s: [row.name for row in s.scalars(select(Specimen))],
        "columns": lambda s: s.scalars(select(Specimen.name)).all(),
        "alias": lambda s: s.scalars(select(other.name)).all(),
        "subquery": lambda s: s.scalars(select(some.c.name)).all(),
        "cte": lambda s: s.scalars(select(cte.c.name)).all(),
        "union": lambda s: s.scalars(
            union_all(select(Specimen.name), select(Specimen.name).where(Specimen.id.is_(None)))
        ).all(),
        "self join": lambda s: s.scalars(select(Specimen.name).join(other, other.id == Specimen.id)).all(),
        "joined alias": lambda s: s.scalars(
            select(other.name).select_from(Specimen).join(other, other.name.is_not(None))
        ).all(),
        "outer joined alias": lambda s: s.scalars(
            select(other.name).select_from(User).outerjoin(other, other.name.is_not(None))
        ).all(),
        "scalar subquery": lambda s: s.scalars(
            select(select(other.name).where(other.id == Specimen.id).scalar_subquery()).select_from(Specimen)
        ).all(),
        "exists": lambda s: s.scalars(
            select(Specimen.name).where(exists(select(other.id).where(other.id == Specimen.id)))
        ).all(),
        "for update": lambda s: s.scalars(select(Specimen.name).with_for_update()).all(),
        "stream": lambda s: [row.name for row in s.scalars(select(Specimen).execution_options(yield_per=2))],
    }


READS = (
    "entities", "columns", "alias", "subquery", "cte", "union", "self join", "joined alias", "outer joined alias",
    "scalar subquery", "exists", "for update", "stream",
)  # fmt: skip


@pytest.mark.parametrize("way", READS)
def test_every_way_of_reading_yields_what_the_user_may_see(world: World, here: Side, there: Side, way: str) -> None:
    with world.session(here.tenant, here.user) as session:
        assert names(reads()[way](session)) == {"here own", "here shared"}


def test_counts_see_what_lists_see(world: World, here: Side, there: Side) -> None:
    from addons.lab.models import Specimen

    capped = select(Specimen.id).limit(100).subquery()
    with world.session(here.tenant, here.user) as session:
        assert session.scalar(select(func.count()).select_from(Specimen)) == 2
        assert session.scalar(select(func.count(capped.c.id))) == 2
    with world.session(here.tenant) as session:
        assert session.scalar(select(func.count()).select_from(Specimen)) == 3


def test_relationships_of_every_loading_hide_the_same_rows(world: World, here: Side, there: Side) -> None:
    from addons.lab.models import Loan, Specimen

    with world.session(here.tenant) as session:
        child = Specimen(name="child of hidden", owner_id=here.user.id, parent_id=here.hidden)
        session.add(child)
        session.flush()
        id = child.id
    for options in ([], [joinedload(Specimen.parent)], [selectinload(Specimen.parent)]):
        with world.session(here.tenant, here.user) as session:
            row = session.scalars(select(Specimen).where(Specimen.id == id).options(*options)).one()
            assert row.parent is None
            assert row.parent_id == here.hidden
    with world.session(here.tenant) as session:
        session.delete(session.need(Specimen, here.shared))
    for options in ([], [joinedload(Loan.specimen)], [selectinload(Loan.specimen)]):
        with world.session(here.tenant, here.user) as session:
            assert session.scalars(select(Loan).options(*options)).one().specimen is None


def test_what_is_absent_deleted_invisible_or_foreign_is_not_found_alike(world: World, here: Side, there: Side) -> None:
    from addons.lab.models import Specimen

    from core.db import uuid7

    with world.session(here.tenant) as session:
        gone = Specimen(name="gone", owner_id=here.user.id)
        session.add(gone)
        session.flush()
        session.delete(gone)
        gone_id = gone.id
    messages = set()
    with world.session(here.tenant, here.user) as session:
        for id in (uuid7(), gone_id, here.hidden, there.own):
            assert session.find(Specimen, id) is None
            with pytest.raises(NotFound) as refused:
                session.need(Specimen, id)
            messages.add(str(refused.value))
        assert session.need(Specimen, here.own).name == "here own"
    assert len(messages) == 1


def refusals(there: Side) -> dict[str, Callable[[ActorSession], Any]]:
    from addons.lab.models import Loan, Specimen

    table = Specimen.__table__
    return {
        "core select": lambda s: s.execute(select(table)),
        "core columns": lambda s: s.execute(select(table.c.name)),
        "table beside a model": lambda s: s.execute(select(Loan.id, table.c.name)),
        "alias of the table": lambda s: s.execute(select(Specimen.id).join(table.alias(), literal(True))),
        "core exists": lambda s: s.scalar(select(exists().where(Specimen.id == there.own))),
        "core update": lambda s: s.execute(update(table).values(name="x")),
        "core delete": lambda s: s.execute(delete(table)),
        "core insert": lambda s: s.execute(insert(table), [{"name": "x"}]),
        "text": lambda s: s.execute(text("SELECT name FROM lab_specimen")),
        "text inside": lambda s: s.execute(select(Specimen.name).where(text("1 = 1"))),
        "from_statement": lambda s: s.scalars(select(Specimen).from_statement(text("SELECT * FROM lab_specimen"))),
        "get": lambda s: s.get(Specimen, (there.tenant.id, there.own)),
        "query": lambda s: s.query(Specimen).all(),
        "merge": lambda s: s.merge(Specimen(tenant_id=there.tenant.id, id=there.own, name="x")),
        "bulk save": lambda s: s.bulk_save_objects([Specimen(name="x")]),
        "bulk insert mappings": lambda s: s.bulk_insert_mappings(Specimen, [{"name": "x"}]),
        "bulk update mappings": lambda s: s.bulk_update_mappings(Specimen, [{"id": there.own, "name": "x"}]),
        "update by key": lambda s: s.execute(update(Loan), [{"tenant_id": there.tenant.id, "id": there.own}]),
        "update past the flush": lambda s: s.execute(update(Specimen).values(name="x")),
        "delete past the flush": lambda s: s.execute(delete(Specimen)),
        "insert as another tenant": lambda s: s.execute(
            insert(Loan), [{"tenant_id": there.tenant.id, "specimen_id": there.own, "user_id": there.user.id}]
        ),
        "insert past the flush": lambda s: s.execute(insert(Specimen), [{"name": "x", "code": "x"}]),
        "insert without rows": lambda s: s.execute(insert(Loan).values(specimen_id=there.own)),
        "update of the tenant": lambda s: s.execute(update(Loan).values(tenant_id=there.tenant.id)),
        "add to another tenant": lambda s: s.add(Specimen(tenant_id=there.tenant.id, name="x")),
    }


REFUSALS = (
    "core select", "core columns", "table beside a model", "alias of the table", "core exists", "core update", "core delete",
    "core insert", "text", "text inside", "from_statement", "get", "query", "merge", "bulk save", "bulk insert mappings",
    "bulk update mappings", "update by key", "update past the flush", "delete past the flush", "insert as another tenant",
    "insert past the flush",
    "insert without rows", "update of the tenant", "add to another tenant",
)  # fmt: skip


def test_the_lists_of_ways_are_complete(here: Side) -> None:
    assert set(READS) == set(reads())
    assert set(REFUSALS) == set(refusals(here))


@pytest.mark.parametrize("way", REFUSALS)
def test_what_cannot_be_scoped_is_refused(world: World, here: Side, there: Side, way: str) -> None:
    with world.session(here.tenant, here.user) as session, pytest.raises(ScopeError):
        refusals(there)[way](session)


def test_a_row_cannot_change_its_tenant(world: World, here: Side, there: Side) -> None:
    from addons.lab.models import Specimen

    with pytest.raises(ScopeError), world.session(here.tenant, here.user) as session:
        session.need(Specimen, here.own).tenant_id = there.tenant.id
        session.flush()


@pytest.mark.parametrize("target", ["foreign", "hidden"])
def test_a_link_reaches_only_what_the_user_may_see(world: World, here: Side, there: Side, target: str) -> None:
    from addons.lab.models import Specimen

    id = there.own if target == "foreign" else here.hidden
    with pytest.raises(NotFound), world.session(here.tenant, here.user) as session:
        session.add(Specimen(name="pointing", parent_id=id))
        session.flush()


def test_a_bulk_change_and_an_insert_link_only_what_the_user_may_see(world: World, here: Side) -> None:
    from addons.lab.models import Loan, Specimen

    for write in (
        lambda s: bulk_update(s, Specimen, [here.own], {"parent_id": here.hidden}),
        lambda s: s.execute(insert(Loan), [{"specimen_id": here.hidden, "user_id": here.user.id}]),
    ):
        with pytest.raises(NotFound), world.session(here.tenant, here.user) as session:
            write(session)


@pytest.mark.parametrize("field", ["name", "code", "id", "tenant_id"])
def test_a_bulk_change_leaves_alone_what_other_columns_follow_from(world: World, here: Side, field: str) -> None:
    from addons.lab.models import Specimen

    with world.session(here.tenant, here.user) as session, pytest.raises(ScopeError):
        bulk_update(session, Specimen, [here.own], {field: "x"})


def test_composite_keys_refuse_a_foreign_row_even_to_the_system(world: World, here: Side, there: Side) -> None:
    from addons.lab.models import Specimen

    with pytest.raises(DBAPIError), world.session(here.tenant) as session:
        session.add(Specimen(name="pointing", parent_id=there.own))
        session.flush()


def test_a_session_serves_one_actor(world: World, here: Side, there: Side) -> None:
    from addons.lab.models import Specimen

    stranger = world.actor(there.user)
    with world.session(here.tenant, here.user) as session:
        session.need(Specimen, here.own)
        with pytest.raises(ScopeError):
            session.become(stranger)
    with world.app.app_context(), pytest.raises(NoActor):
        db.session().scalars(select(Specimen))


def test_the_platform_reaches_no_tenants_rows(world: World, here: Side) -> None:
    from addons.lab.models import Specimen

    from core.db.actor import Actor
    from core.db.session import open_session

    with world.app.app_context(), open_session(Actor.platform()) as session, pytest.raises(ScopeError):
        session.scalars(select(Specimen))


def test_the_system_sees_all_of_its_tenant_and_undoes_only_its_own_failure(
    world: World, here: Side, there: Side
) -> None:
    from addons.lab.models import Specimen

    with world.session(here.tenant, here.user) as session:
        with system(session) as all_seeing:
            assert all_seeing.scalar(select(func.count()).select_from(Specimen)) == 3
        session.add(Specimen(name="mine", owner_id=here.user.id))
        with pytest.raises(DBAPIError), system(session) as all_seeing:
            all_seeing.add(Specimen(name="twice", code="SP0001"))
            all_seeing.flush()
        session.flush()
        assert names(session.scalars(select(Specimen.name))) == {"here own", "here shared", "mine"}


def test_what_the_system_changed_is_read_anew(world: World, here: Side) -> None:
    from addons.lab.models import Specimen

    with world.session(here.tenant, here.user) as session:
        row = session.need(Specimen, here.own)
        with system(session) as all_seeing:
            all_seeing.need(Specimen, here.own).name = "changed by the system"
        assert row.name == "changed by the system"
        row.name = "changed again"


def test_two_tenants_alternating_in_threads_on_a_small_pool_never_meet(world: World, here: Side, there: Side) -> None:
    from addons.lab.models import Specimen

    wrong: list[Any] = []

    def work(side: Side, expected: set[str]) -> None:
        for _ in range(40):
            with world.session(side.tenant, side.user) as session:
                found = names(session.scalars(select(Specimen.name)))
                if found != expected:
                    wrong.append(found)

    threads = [
        threading.Thread(target=work, args=(side, {f"{slug} own", f"{slug} shared"}))
        for side, slug in ((here, "here"), (there, "there"), (here, "here"), (there, "there"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_statement_that_is_kept_serves_each_actor_his_own(world: World, here: Side, there: Side) -> None:
    from addons.lab.models import Specimen

    kept = select(Specimen.name)
    for _again in range(2):
        for side, user, seen in (
            (here, here.user, {"here own", "here shared"}),
            (there, there.user, {"there own", "there shared"}),
            (here, None, {"here own", "here shared", "here hidden"}),
            (there, None, {"there own", "there shared", "there hidden"}),
        ):
            with world.session(side.tenant, user) as session:
                assert names(session.scalars(kept)) == seen
    with world.session(here.tenant) as session:
        session.delete(session.need(Specimen, here.own))
    with world.session(here.tenant, here.user) as session:
        assert names(session.scalars(kept)) == {"here shared"}
        with with_deleted(session) as bin_too:
            assert names(bin_too.scalars(kept)) == {"here own", "here shared"}
