"""The permission matrix: every route against every permission, with the declared one alone and with all others."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, cast

import pytest
from flask import g

from core.access.signing_in import Me
from core.clock import now
from core.db.actor import Actor
from core.kernel import EXTENSION
from core.tenancy.addons import remember_enabled
from core.testing.routes import Target, targets_of
from core.testing.world import World
from core.web import requests
from core.web.access import SIGNED_IN
from tests.isolation.conftest import IS_THOROUGH
from tests.isolation.probing import Prober
from tests.isolation.trespass import LOT
from tests.isolation.walking import methods_of, own_path

REACHED = 299
"""The status of a view that was reached; none of ours answers it."""


def stub_views(prober: Prober) -> None:
    """Let every view only tell that it was reached: what is asked about is the guard."""
    for endpoint in prober.app.extensions["banyan_access"]:
        prober.app.view_functions[endpoint] = lambda **arguments: ("reached", REACHED)


def everybody(prober: Prober) -> frozenset[str]:
    return frozenset(prober.app.extensions[EXTENSION].registry.permissions)


Cell = tuple[Target, str, str, frozenset[str]]
"""A route, a method, who tries it, and the permissions that he holds."""

CELLS = 4_000
"""How many cells a run asks for; ``BANYAN_TEST_PROBES=all`` asks for every route against every holder."""


def holders(prober: Prober) -> Iterator[tuple[str, frozenset[str]]]:
    """Who tries: nobody in particular, whoever holds one permission alone, the ready-made groups, and whoever holds all."""
    yield "no permission", frozenset()
    for permission in sorted(everybody(prober)):
        yield permission, frozenset([permission])
    for group in prober.app.extensions[EXTENSION].registry.groups:
        yield f"the group {group.key}", frozenset(group.permissions)
    yield "all permissions", everybody(prober)


def matrix(prober: Prober, targets: list[Target], most: int = CELLS) -> list[Cell]:
    """Each route against its declared permissions, each alone, against none and all; and of all other cells as many as
    ``most`` leaves room for, drawn by lot.
    """
    due, others, everything = [], [], everybody(prober)
    for target, method in methods_of(targets):
        for who, held in holders(prober):
            decides = held <= {*target.access.permissions} or held == everything
            (due if decides else others).append((target, method, who, held))
    room = len(others) if IS_THOROUGH else max(0, most - len(due))
    return due + random.Random(LOT).sample(others, min(room, len(others)))


def try_every_permission(prober: Prober, targets: list[Target], monkeypatch: pytest.MonkeyPatch) -> None:
    """A route is reached if and only if one of its declared permissions is held.

    Who somebody is comes from a header here instead of the database, which makes thousands of cells cheap.
    """
    boss = prober.town.here.boss

    def identify(session: Any, request: Any) -> Actor:
        held = frozenset(request.headers["X-Holds"].split())
        g.me = Me(boss.id, boss.id, "", "", "en", "auto", "comfortable", "", "Asia/Ho_Chi_Minh", now(), now())
        session.become(Actor(boss.tenant_id, boss.id, "", held))
        remember_enabled(session, {"core", *prober.app.extensions[EXTENSION].registry.order})
        return cast(Actor, session.actor)

    paths = {target.endpoint: own_path(prober, target) for target in targets}
    stub_views(prober)
    monkeypatch.setattr(requests, "identify", identify)
    for target, method, who, held in matrix(prober, targets):
        headers = {"X-Holds": " ".join(sorted(held))}
        answer = prober.send(method, paths[target.endpoint], boss, headers=headers, htmx=True)
        wanted = SIGNED_IN in target.access.permissions or not held.isdisjoint(target.access.permissions)
        if answer.status != (REACHED if wanted else 403):
            prober.complain(answer, f"with {who} alone; declared {target.access}")


def try_all_but_the_declared(prober: Prober, targets: list[Target]) -> None:
    """Somebody who may do everything else gets 403, and nothing has happened."""
    world, people = World(prober.app), {}
    for access in {target.access for target in targets}:
        user = world.user(prober.town.here.tenant, *sorted(everybody(prober) - set(access.permissions)))
        prober.town.cookies[user.id] = world.cookie(user)[1]
        people[access] = user
    prober.watch.rebase()
    for turn, (target, method) in enumerate(methods_of(targets)):
        path, form = own_path(prober, target), None if method == "GET" else ()
        answer = prober.send(method, path, people[target.access], form=form, htmx=bool(turn % 2))
        if answer.status != 403:
            prober.complain(answer, f"without {target.access.permissions}")
        prober.expect_unchanged(answer)


def guarded(prober: Prober) -> list[Target]:
    return [target for target in targets_of(prober.app) if target.wants_permission]


@pytest.mark.req("SYS-02")
@pytest.mark.engine("sqlite")
def test_a_route_is_reached_with_a_declared_permission_and_with_no_other(
    own_prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = [target for target in targets_of(own_prober.app) if not target.access.public]

    try_every_permission(own_prober, closed, monkeypatch)

    own_prober.verdict(at_least=3_000)


@pytest.mark.req("SYS-02")
@pytest.mark.engine("sqlite")
def test_all_other_permissions_together_open_nothing(own_prober: Prober) -> None:
    try_all_but_the_declared(own_prober, guarded(own_prober))

    own_prober.verdict(at_least=200)


@pytest.mark.engine("sqlite")
def test_every_declared_permission_exists(own_prober: Prober) -> None:
    known = own_prober.app.extensions[EXTENSION].registry.permissions

    unknown = [
        f"{target}: {permission}"
        for target in targets_of(own_prober.app)
        for permission in target.access.permissions
        if permission not in known and permission != SIGNED_IN
    ]

    assert not unknown
    assert all(target.access.permissions or target.access.public for target in targets_of(own_prober.app))


@pytest.mark.engine("sqlite")
def test_a_guard_that_asks_nobody_is_noticed(own_prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "access_of", lambda endpoint: None)

    try_all_but_the_declared(own_prober, guarded(own_prober)[:3])

    assert any("without" in complaint for complaint in own_prober.complaints)


@pytest.mark.engine("sqlite")
def test_a_guard_that_takes_any_permission_for_the_right_one_is_noticed(
    own_prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Actor, "can", lambda actor, permission: bool(actor.permissions))

    try_every_permission(own_prober, guarded(own_prober)[:3], monkeypatch)

    assert any("alone" in complaint for complaint in own_prober.complaints)
