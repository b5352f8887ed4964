"""Only our own pages change anything: no token, a strange token or a strange origin is refused, and reading never writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from itsdangerous import URLSafeTimedSerializer

from core.kernel import EXTENSION, current_session
from core.tenancy.models import Tenant
from core.testing.routes import SAFE, Target, targets_of
from core.testing.world import World
from core.web import requests
from tests.isolation.conftest import IS_THOROUGH
from tests.isolation.probing import Prober
from tests.isolation.walking import methods_of, own_path

READING_THAT_WRITES = {"customer.referrers"}
"""Reviewed: naming customers that one may not see is put on record, in a transaction of its own (CUS-005)."""

STRANGE_ORIGINS = (
    "https://evil.example",
    "null",
    "http://localhost:8080",
    "https://localhost",
    "http://localhost.evil.example",
)


def forgeries(prober: Prober) -> Iterator[dict[str, Any]]:
    """Ways in which another site's page might send the request."""
    other_page = URLSafeTimedSerializer(str(prober.app.secret_key), salt="wtf-csrf-token").dumps("another page's token")
    yield {"csrf": False}
    yield {"csrf": False, "headers": {"X-CSRFToken": "rubbish"}}
    yield {"csrf": False, "headers": {"X-CSRFToken": str(other_page)}}
    yield {"csrf": False, "form": (("csrf_token", "rubbish"),)}
    yield {"csrf": False, "query": (("csrf_token", prober.csrf_token),)}
    yield {"csrf": False, "body": b"{}", "content_type": "application/json"}
    for site in ("cross-site", "same-site", "rubbish"):
        yield {"headers": {"Sec-Fetch-Site": site}}
    for origin in STRANGE_ORIGINS:
        yield {"headers": {"Origin": origin}}


def forge(prober: Prober, targets: list[Target]) -> None:
    """Send each unsafe request in several forged ways, as the boss: without a token, and in turn in all the others."""
    ways = list(forgeries(prober))
    for turn, (target, method) in enumerate(unsafe(targets)):
        path = own_path(prober, target)
        every = IS_THOROUGH or len(targets) == 1
        chosen = ways if every else [ways[0], *(ways[1 + (turn * 3 + at) % (len(ways) - 1)] for at in range(3))]
        for at, forgery in enumerate(chosen):
            htmx = bool((turn + at) % 2)
            answer = prober.send(method, path, prober.town.here.boss, htmx=htmx, **{"form": (), **forgery})
            if answer.status not in {400, 403}:
                prober.complain(answer, f"accepted as {forgery}")
            prober.expect_unchanged(answer)


def unsafe(targets: list[Target]) -> list[tuple[Target, str]]:
    return [(target, method) for target, method in methods_of(targets) if method not in SAFE]


def own_pages(prober: Prober) -> list[Target]:
    """All routes but webhooks, which prove their sender by a signature instead."""
    webhooks = {webhook.endpoint for webhook in prober.app.extensions[EXTENSION].registry.webhooks}
    return [target for target in targets_of(prober.app) if target.endpoint not in webhooks]


def read_everything(prober: Prober, targets: list[Target]) -> None:
    """Every GET, as a page for the boss and as a fragment for somebody who sees little: nothing is written."""
    for target in targets:
        if "GET" not in target.methods:
            continue
        for user in (prober.town.here.boss, prober.town.here.seller):
            is_seller = user is prober.town.here.seller
            if is_seller and target.endpoint in READING_THAT_WRITES:
                continue
            query = (("q", "qx"), ("tab", "contacts"))
            prober.expect_unchanged(prober.send("GET", own_path(prober, target), user, query=query, htmx=is_seller))


@pytest.mark.engine("sqlite")
def test_a_forged_request_changes_nothing(swift: Prober) -> None:
    forge(swift, own_pages(swift))

    swift.verdict(at_least=700)


@pytest.mark.engine("sqlite")
def test_the_same_requests_from_our_own_pages_are_let_in(prober: Prober) -> None:
    refused = []
    for target, method in unsafe(own_pages(prober)):
        for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, {"Sec-Fetch-Site": "none"}):
            answer = prober.send(method, own_path(prober, target), prober.town.here.boss, form=(), headers=headers)
            prober.watch.restore()
            refused += [str(target)] if answer.status in {400, 403} else []

    assert len(refused) < prober.sent / 10, refused


def test_reading_writes_nothing(swift: Prober) -> None:
    targets = targets_of(swift.app)

    read_everything(swift, targets[::3] if swift.is_small else targets)

    swift.verdict(at_least=150)


@pytest.mark.engine("sqlite")
def test_a_token_that_nobody_asks_for_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prober.app.extensions["csrf"], "protect", lambda: None)

    forge(prober, [target for target in own_pages(prober) if target.endpoint == "core.preferences"])

    assert any("accepted as {'csrf': False}" in complaint for complaint in prober.complaints)


@pytest.mark.engine("sqlite")
def test_an_origin_that_nobody_looks_at_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    token_only = prober.app.extensions["csrf"].protect
    functions = [
        token_only if each is requests._refuse_forged else each for each in prober.app.before_request_funcs[None]
    ]
    monkeypatch.setitem(prober.app.before_request_funcs, None, functions)

    forge(prober, [target for target in own_pages(prober) if target.endpoint == "core.preferences"])

    assert any("evil.example" in complaint for complaint in prober.complaints)
    assert any("cross-site" in complaint for complaint in prober.complaints)
    assert not any("'csrf': False" in complaint for complaint in prober.complaints)


@pytest.mark.engine("sqlite")
def test_a_page_that_writes_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    def write() -> str:
        current_session().rollback()
        with World(prober.app).session(prober.town.here.tenant) as session:
            session.add(Tenant(slug="mutant", name="Mutant"))
        return ""

    monkeypatch.setattr("core.web.requests.SAFE_METHODS", frozenset())
    monkeypatch.setitem(prober.app.view_functions, "core.home", write)

    read_everything(prober, [target for target in targets_of(prober.app) if target.endpoint == "core.home"])

    assert any("changed" in complaint for complaint in prober.complaints)
