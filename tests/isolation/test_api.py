"""The API under the same probes as the pages: every operation that is declared, so a new resource is probed by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest

from core.access.tokens import Caller
from core.api import requests as api
from core.api.limits import Rate
from core.api.openapi import document
from core.db.actor import Actor
from core.resources.base import Resource, all_resources
from core.testing.routes import Target, api_targets_of
from tests.isolation.probing import Answer, Prober, difference
from tests.isolation.test_addon_off import OFF, switch_off
from tests.isolation.test_permissions import CELLS, REACHED, matrix, stub_views
from tests.isolation.town import HERE, HIDDEN

ABSENT = UUID("0190a5f2-6c1e-7b3a-9f00-5d1c2e3f4a5b")
NAMED = ("customer", "customer_source", "customer_group", "core_user", "core_department", "core_group")
"""Tables whose ids the bodies of requests name."""


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of probes from one address, none of which writes that it has been."""
    monkeypatch.setattr(api, "count_request", lambda address, token: [Rate("token", 9, 0, 9)])
    monkeypatch.setattr(Caller, "is_use_noted", property(lambda caller: True))


def ask(prober: Prober, target: Target, token: str | None, body: Any = None, **values: Any) -> Answer:
    """Call an operation as a program; JSON is sent where the method takes it."""
    headers = {"Cookie": "", "If-Match": "*"} | ({"Authorization": f"Bearer {token}"} if token else {})
    method = target.methods[0]
    sent = {} if method in {"GET", "DELETE"} else {"body": json.dumps(body or {}).encode()}
    return prober.send(method, target.path(**values), headers=headers, content_type="application/json", **sent)


def entity_of(prober: Prober, target: Target) -> str:
    name, _line, verb = target.endpoint.partition("_api_")
    with prober.app.app_context():
        return all_resources()[name].entity if verb else ""


def own_id(prober: Prober, target: Target) -> UUID:
    """An id that the operation's resource has; where a table holds several kinds of records, one of its kind."""
    page = target.endpoint.partition("_api_")[0] + "_detail"
    _table, at = prober.town.rows.get(("boss", page, "id"), ("", 0))
    ids = prober.town.here.ids.get(entity_of(prober, target), ())
    return ids[at] if at < len(ids) else ABSENT


@pytest.mark.req("SYS-01")
@pytest.mark.engine("sqlite")
def test_without_a_good_token_nothing_answers(prober: Prober) -> None:
    boss = prober.town.here.boss
    token = prober.town.tokens[boss.id]
    prefix, _tenant, secret = token.split("_", 2)
    forged = f"{prefix}_{prober.town.there.tenant.id.hex}_{secret}"
    for target in api_targets_of(prober.app):
        for bad in (None, forged, token[:-1], f"{token}x", "rubbish", prober.town.cookies[boss.id]):
            answer = ask(prober, target, bad, id=own_id(prober, target))
            if answer.status != 401 or answer.shows(HERE):
                prober.complain(answer, "is answered")
            prober.expect_unchanged(answer)

    prober.verdict(at_least=200)


@pytest.mark.req("SYS-02")
@pytest.mark.engine("sqlite")
def test_an_operation_is_reached_with_one_of_its_rights_and_with_no_other(
    own_prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each operation against each right: who holds what is told by the token here, which makes the cells cheap."""
    boss, targets = own_prober.town.here.boss, api_targets_of(own_prober.app)

    def identify(session: Any) -> Actor:
        held = frozenset(api.request.headers["X-Holds"].split())
        session.become(Actor(boss.tenant_id, boss.id, "", held))
        api.g.caller = Caller(ABSENT, "", boss.id, "", "", "Asia/Ho_Chi_Minh", boss.created_at, None)
        return session.actor

    stub_views(own_prober)
    monkeypatch.setattr(api, "identify", identify)
    for target, method, who, held in matrix(own_prober, targets, most=CELLS // 2):
        headers = {"X-Holds": " ".join(sorted(held))}
        answer = own_prober.send(method, target.path(id=ABSENT), headers=headers)
        wanted = not target.wants_permission or not held.isdisjoint(target.access.permissions)
        if answer.status != (REACHED if wanted else 403):
            own_prober.complain(answer, f"with {who} alone; declared {target.access}")

    own_prober.verdict(at_least=1_000)


def strange_ids(prober: Prober) -> Iterator[tuple[str, Mapping[str, list[UUID]]]]:
    """Who asks, with which token, for what he must not know of."""
    town = prober.town
    yield town.tokens[town.here.boss.id], town.there.ids
    yield town.tokens[town.here.seller.id], town.hidden


@pytest.mark.req("SYS-06", "SHR-01")
def test_what_is_anothers_is_not_there(prober: Prober) -> None:
    """Ids of another business and of a colleague's records, in paths and in bodies: as if nobody had them."""
    named = NAMED[:1] if prober.is_small else NAMED
    with prober.app.app_context():
        told = document()
    bodies = {target.endpoint: list(bodies_of(told, target)) for target in api_targets_of(prober.app)}
    for token, strange in strange_ids(prober):
        for target in api_targets_of(prober.app):
            if target.ids:
                for id in strange.get(entity_of(prober, target), [])[:2]:
                    compare(prober, target, token, id)
            for body in bodies[target.endpoint]:
                for id in [id for table in named for id in strange.get(table, [])[:1]]:
                    compare_bodies(prober, target, token, body, id)

    prober.verdict(at_least=100 if prober.is_small else 200)


def compare(prober: Prober, target: Target, token: str, id: UUID) -> None:
    answer = ask(prober, target, token, id=id)
    if answer.status not in {404, 403}:
        prober.complain(answer, "is there")
    if told := difference(answer, ask(prober, target, token, id=ABSENT), str(id), str(ABSENT)):
        prober.complain(answer, f"is told from an id that nobody has: {told}")
    prober.expect_unchanged(answer)


def compare_bodies(prober: Prober, target: Target, token: str, body: dict[str, Any], id: UUID) -> None:
    answers = []
    for each in (id, ABSENT):
        sent = json.loads(json.dumps(body).replace(str(ABSENT), str(each)))
        answers.append(ask(prober, target, token, sent, id=own_id(prober, target)))
        prober.watch.restore()
    if told := difference(*answers, str(id), str(ABSENT)):
        prober.complain(answers[0], f"with {body} is told from an id that nobody has: {told}")


def bodies_of(told: dict[str, Any], target: Target) -> Iterator[dict[str, Any]]:
    """Bodies that name an id in one of the fields that take one, as the API's own description tells."""
    path = target.rule.removeprefix("/api/v1").replace("<uuid:id>", "{id}")
    operation = told["paths"].get(path, {}).get(target.methods[0].lower(), {})
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = told["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for name, shape in schema.get("properties", {}).items():
        if shape.get("format") == "uuid":
            yield {name: str(ABSENT)}
        elif shape.get("items", {}).get("format") == "uuid":
            yield {name: [str(ABSENT)]}


@pytest.mark.req("SYS-01")
@pytest.mark.engine("sqlite")
def test_the_operations_of_an_addon_that_is_off_are_not_there(own_prober: Prober) -> None:
    switch_off(own_prober)
    token = own_prober.town.tokens[own_prober.town.here.boss.id]
    for target in api_targets_of(own_prober.app):
        answer = ask(own_prober, target, token, id=own_id(own_prober, target))
        is_off = target.addon in OFF or "/core/fields/<" in target.rule  # a field of customers is off with them
        if (answer.status == 404) is not is_off and "restore" not in target.endpoint:
            own_prober.complain(answer, "is answered wrongly")
        own_prober.watch.restore()

    own_prober.verdict(at_least=30)


@pytest.mark.engine("sqlite")
def test_a_reader_without_scope_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    """The probes of strange ids, against a build that looks records up with the system's eyes."""
    find, tenant_id = Resource.find, prober.town.here.tenant.id

    def see_all(resource: Any, session: Any, id: UUID, *options: Any) -> Any:
        session._scope = type(session.scope)(Actor.system(tenant_id))
        return find(resource, session, id, *options)

    monkeypatch.setattr(Resource, "find", see_all)
    target = next(each for each in api_targets_of(prober.app) if each.endpoint == "customer.customers_api_record")

    prober.forbidden = (HIDDEN,)
    compare(prober, target, prober.town.tokens[prober.town.here.seller.id], prober.town.hidden["customer"][0])

    assert any("is there" in complaint for complaint in prober.complaints)
    assert any(f"shows {HIDDEN}" in complaint for complaint in prober.complaints)
