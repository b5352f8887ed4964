"""Move, add and remove groups of several customers (GRP)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from addons.customer.grouping import GroupChange, regrouped
from tests.addons.customer.conftest import Shop
from tests.addons.customer.test_bulk import send

NORTH, SOUTH, CENTRE, YOUNG, OLD, LOOSE, FREE = (UUID(int=n) for n in range(7))
REGION, AGE = UUID(int=100), UUID(int=101)
TYPES = {NORTH: REGION, SOUTH: REGION, CENTRE: REGION, YOUNG: AGE, OLD: AGE, LOOSE: None, FREE: None}
some_groups = st.frozensets(st.sampled_from(list(TYPES)))


@pytest.mark.req("GRP-04")
@pytest.mark.parametrize(
    ("present", "chosen", "after"),
    [
        ({SOUTH, YOUNG}, {NORTH}, {NORTH, YOUNG}),
        ({SOUTH, CENTRE, LOOSE}, {NORTH}, {NORTH, LOOSE}),
        ({SOUTH, LOOSE}, {FREE}, {SOUTH, FREE}),
        ({SOUTH}, {NORTH, CENTRE}, {NORTH, CENTRE}),
        ({SOUTH}, {YOUNG}, {SOUTH, YOUNG}),
    ],
)
def test_moving_takes_the_place_of_the_same_type(present: set[UUID], chosen: set[UUID], after: set[UUID]) -> None:
    assert regrouped(present, GroupChange.MOVE, chosen, TYPES) == after


@pytest.mark.req("GRP-03", "GRP-05", "GRP-06")
@given(some_groups, some_groups)
def test_what_each_option_promises(present: frozenset[UUID], chosen: frozenset[UUID]) -> None:
    added = regrouped(present, GroupChange.ADD, chosen, TYPES)
    removed = regrouped(present, GroupChange.REMOVE, chosen, TYPES)
    moved = regrouped(present, GroupChange.MOVE, chosen, TYPES)
    assert added == present | chosen
    assert removed == present - chosen
    assert chosen <= moved <= present | chosen
    types = {TYPES[id] for id in chosen}
    assert {id for id in moved if TYPES[id] in types} == chosen
    assert {id for id in moved if TYPES[id] not in types} == {id for id in present if TYPES[id] not in types}
    assert regrouped(moved, GroupChange.MOVE, chosen, TYPES) == moved
    assert regrouped(present, GroupChange.MOVE, chosen, TYPES, replace_all=True) == chosen


def make_groups(shop: Shop, **types: list[str]) -> dict[str, UUID]:
    from addons.customer.models import CustomerGroup, CustomerType

    with shop.world.session(shop.tenant) as session:
        made = {}
        for type_name, names in types.items():
            kind = CustomerType(name=type_name)
            session.add(kind)
            session.flush()
            groups = [CustomerGroup(name=name, type_id=kind.id) for name in names]
            session.add_all(groups)
            session.flush()
            made |= {group.name: group.id for group in groups}
        return made


def groups_of(shop: Shop, name: str) -> str:
    from addons.customer.models import Customer
    from addons.customer.queries import list_groups_of

    with shop.world.session(shop.tenant) as session:
        id = session.scalars(select(Customer.id).where(Customer.name == name)).one()
        return ", ".join(sorted(group.name for group in list_groups_of(session, id)))


@pytest.mark.req("GRP-01", "GRP-02", "GRP-04", "GRP-06", "GRP-07", "SYS-18")
def test_several_customers_are_moved_and_the_last_group_stays(shop: Shop) -> None:
    from core.audit import AuditEntry

    groups = make_groups(shop, region=["Miền Bắc", "Miền Nam"], age=["20-30"])
    north, south, young = groups["Miền Bắc"], groups["Miền Nam"], groups["20-30"]
    lan = shop.customer(name="Lan", group_ids=[south, young])
    mai = shop.customer(name="Mai", group_ids=[north])
    hidden = shop.customer(by=shop.colleague, name="Của Ánh", group_ids=[south])

    page = send(shop, shop.seller, "groups", [lan, mai, hidden], option="move", group_ids=str(north)).text
    assert "1 changed, 2 skipped" in page
    assert [groups_of(shop, name) for name in ("Lan", "Mai", "Của Ánh")] == ["20-30, Miền Bắc", "Miền Bắc", "Miền Nam"]
    with shop.world.session(shop.tenant) as session:
        told = session.scalars(
            select(AuditEntry.changes).where(AuditEntry.entity_id == lan, AuditEntry.action == "update")
        ).all()
    assert {"groups": [["20-30", "Miền Nam"], ["20-30", "Miền Bắc"]]} in told

    page = send(shop, shop.seller, "groups", [lan, mai], option="remove", group_ids=str(north)).text
    assert "1 changed, 1 skipped" in page
    assert "at least one group" in page
    assert [groups_of(shop, name) for name in ("Lan", "Mai")] == ["20-30", "Miền Bắc"]


@pytest.mark.req("GRP-03")
@pytest.mark.parametrize("sent", [{}, {"group_ids": "x"}, {"group_ids": str(UUID(int=5))}, {"option": "swap"}])
def test_what_cannot_be_done_is_said_and_changes_nothing(shop: Shop, sent: dict[str, Any]) -> None:
    lan = shop.customer(name="Lan")
    before = groups_of(shop, "Lan")
    values = {"option": "add", **sent} if "option" not in sent else {"group_ids": str(shop.group_id), **sent}
    assert send(shop, shop.seller, "groups", [lan], **values).status_code == 422
    assert groups_of(shop, "Lan") == before
    assert send(shop, shop.world.user(shop.tenant, "customer.read"), "groups", [lan], **values).status_code == 403
