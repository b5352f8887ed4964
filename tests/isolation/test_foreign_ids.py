"""What is not one's own is not there: ids, names, numbers and positions of another business, or of a colleague.

Each is asked for twice, once as it is and once made up. The two answers must be the same, tell nothing, and change nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import pytest

from core.db import scope
from core.db.scope import Scope, ScopeCriteria
from core.db.session import ActorSession
from core.errors import Forbidden
from core.resources.base import Resource
from core.testing.routes import targets_of
from tests.isolation.conftest import IS_THOROUGH
from tests.isolation.probing import Prober
from tests.isolation.town import HIDDEN, THERE
from tests.isolation.trespass import Probe, Trespass, draw, draw_lot, from_next_door, from_the_next_desk, part_of
from tests.isolation.walking import methods_of, words_for

PARTS = 4
"""Into how many tests the mass is cut, so that several workers share it."""

PROBES = 10_000
"""Strangers' values that a run asks for on SQLite; ``BANYAN_TEST_PROBES=all`` asks for all that can be listed."""

SMALL = 300
"""Probes drawn for PostgreSQL, for each of the two who ask: the routes are the same, and a probe costs twice as much."""

UNPROBED: dict[str, str] = {}
"""Reviewed: endpoints that get no stranger's value, each with the reason."""

OFFICES = {"boss": from_next_door, "seller": from_the_next_desk}


@pytest.fixture(scope="module")
def plans(new_prober: Callable[[], Prober]) -> dict[str, list[Probe]]:
    """What the boss asks for in other businesses, and the seller at a colleague's desk."""
    prober = new_prober()
    boss, seller = (list(office(prober).plan()) for office in OFFICES.values())
    if IS_THOROUGH:
        return {"boss": boss, "seller": seller}
    if prober.is_small:
        return {"boss": draw_lot(boss, SMALL), "seller": draw_lot(seller, SMALL)}
    sellers = draw(seller, 0)
    return {"boss": draw(boss, PROBES - len(sellers)), "seller": sellers}


@pytest.mark.req("CUS-053", "SYS-06", "SHR-01", "SHR-02")
@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_not_ones_own_is_not_there(swift: Prober, plans: dict[str, list[Probe]], part: int) -> None:
    for who, probes in plans.items():
        OFFICES[who](swift).try_all(part_of(probes, part, PARTS))

    swift.verdict()


def test_the_plan_reaches_every_route_and_every_place(prober: Prober, plans: dict[str, list[Probe]]) -> None:
    probes = [probe for each in plans.values() for probe in each]
    routes = {(each.endpoint, method) for each, method in methods_of(targets_of(prober.app)) if not each.access.public}
    reached = {(probe.place.form.target.endpoint, probe.place.form.method) for probe in plans["boss"]}
    shares = [part_of(each, part, PARTS) for each in plans.values() for part in range(PARTS)]

    assert len(UNPROBED) <= 10
    if not prober.is_small:
        assert {(endpoint, method) for endpoint, method in routes - reached if endpoint not in UNPROBED} == set()
    assert len(probes) >= (2 * SMALL if prober.is_small else PROBES)
    assert sorted(map(id, probes)) == sorted(id(probe) for share in shares for probe in share)
    if not prober.is_small:
        assert Counter(probe.place.where for probe in probes).keys() == {"path", "field", "query", "form", "json"}
        assert {name for probe in probes for name, _value in probe.given} >= {
            "sort",
            "columns",
            "after",
            "q",
            "f.owner",
        }


def few(trespass: Trespass, *endpoints: str) -> list[Probe]:
    """The due probes of these routes' paths: enough for a proof."""
    targets = [target for target in trespass.targets() if target.endpoint in endpoints]
    assert len(targets) == len(endpoints)
    return [probe for probe in trespass.in_paths(targets) if probe.is_due]


def forget_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else statements that were scoped before, and rules that were made, stay as they are."""
    monkeypatch.setattr(scope, "_known", WeakKeyDictionary())
    monkeypatch.setattr(scope, "_ruled", scope._ruled.__wrapped__)


def lift_the_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_rules(monkeypatch)
    monkeypatch.setattr(
        Scope, "_option", lambda self, model, **_: ScopeCriteria(model, model.id.is_not(None), include_aliases=True)
    )


DOORS = ("customer.customers_detail", "core.attachment", "core.jobs_detail", "core.groups_detail")


@pytest.mark.engine("sqlite")
def test_a_scope_without_tenant_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    trespass = from_next_door(prober)
    probes = few(trespass, *DOORS)
    lift_the_scope(monkeypatch)

    trespass.try_all(probes)

    found = "\n".join(prober.complaints)
    assert "tells apart" in found
    assert f"shows {THERE}" in found
    assert "shows the strange id" in found


@pytest.mark.engine("postgresql")
def test_the_wall_of_postgresql_stands_where_the_scope_has_a_hole(
    prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    trespass = from_next_door(prober)
    probes = few(trespass, *DOORS)
    lift_the_scope(monkeypatch)

    trespass.try_all(probes)

    prober.verdict(at_least=len(DOORS))


@pytest.mark.engine("sqlite")
def test_a_lifted_visibility_rule_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    from addons.customer.models import Customer

    trespass = from_the_next_desk(prober)
    probes = few(trespass, "customer.customers_detail", "customer.customers_edit")
    forget_rules(monkeypatch)
    monkeypatch.setattr(Customer, "visible_to", classmethod(lambda cls, actor: None))

    trespass.try_all(probes)

    found = "\n".join(prober.complaints)
    assert "tells apart" in found
    assert f"shows {HIDDEN}" in found


@pytest.mark.engine("sqlite")
def test_an_answer_that_tells_strange_from_absent_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    trespass = from_next_door(prober)
    theirs = set(prober.town.there.ids["customer"])
    find = Resource.find

    def tell(self: Any, session: ActorSession, id: UUID, *options: Any) -> Any:
        if id in theirs:
            raise Forbidden.of("forbidden", "This belongs to somebody else.")
        return find(self, session, id, *options)

    monkeypatch.setattr(Resource, "find", tell)

    trespass.try_all(few(trespass, "customer.customers_detail"))

    assert any("tells apart" in complaint for complaint in prober.complaints)


@pytest.mark.engine("sqlite")
def test_a_picker_that_looks_next_door_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    trespass = from_next_door(prober)
    probes = list(trespass.in_fields({"core.people_pick"}))
    lift_the_scope(monkeypatch)

    trespass.try_all(probes)

    assert any("in the field q: tells apart" in complaint for complaint in prober.complaints)


def test_words_stand_for_every_argument_of_a_path(prober: Prober) -> None:
    arguments = {name for target in targets_of(prober.app) for name, kind in target.arguments.items() if kind != "uuid"}

    unknown = [name for name in arguments if words_for(prober, name) == ["x"]]

    assert not unknown, "tell tests/isolation/walking.py what may stand there"
