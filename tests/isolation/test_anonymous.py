"""Whoever has not signed in gets to the log-in page and nowhere else."""

from __future__ import annotations

import dataclasses

import pytest

from core.testing.routes import Target, targets_of
from core.web.access import Access
from tests.isolation.probing import Prober
from tests.isolation.town import HERE
from tests.isolation.walking import methods_of, own_path

PUBLIC = {
    "core.login", "core.login_submit", "core.login_code", "core.login_code_submit",
    "core.password_link", "core.password_link_use", "core.message_seen",
    "customer.feedback_page", "customer.feedback_send",
    "boom.person_page", "boom.person_code", "boom.person_open", "boom.person_dispute", "boom.person_forbid",
    "shipping.ghn", "shipping.ghtk", "shipping.viettel",
    "core.healthz", "core.readyz", "core.metrics",
}  # fmt: skip
"""Reviewed: what anybody may call. A new public route is added here with a reason in its declaration."""


def knock(prober: Prober, targets: list[Target]) -> None:
    """Call each target as nobody, and as somebody whose cookie is not worth anything."""
    token = prober.town.cookie(prober.town.here.boss).partition(".")[2]
    forged = f"{prober.town.there.tenant.id.hex}.{token}"
    for target, method in methods_of(targets):
        path = own_path(prober, target)
        for cookie in (None, forged, "rubbish", f"{prober.town.here.tenant.id.hex}."):
            answer = prober.send(method, path, form=() if method != "GET" else None, cookie=cookie)
            if answer.status != 303 or not answer.header("Location").startswith("/login"):
                prober.complain(answer, f"no way to the log-in: {answer.header('Location')!r}")
            _expect_nothing(prober, answer)
        answer = prober.send(method, path, form=() if method != "GET" else None, htmx=True)
        if answer.status != 401 or not answer.header("HX-Redirect").startswith("/login"):
            prober.complain(answer, f"htmx is not sent to the log-in: {answer.header('HX-Redirect')!r}")
        _expect_nothing(prober, answer)
        if method == "GET":
            answer = prober.send("HEAD", path)
            if answer.status != 303:
                prober.complain(answer, "HEAD is answered")


def _expect_nothing(prober: Prober, answer: object) -> None:
    if answer.shows(HERE):  # type: ignore[attr-defined]
        prober.complain(answer, "shows data")  # type: ignore[arg-type]
    prober.expect_unchanged(answer)  # type: ignore[arg-type]


def closed(prober: Prober) -> list[Target]:
    return [target for target in targets_of(prober.app) if not target.access.public]


@pytest.mark.req("SYS-01")
@pytest.mark.engine("sqlite")
def test_anonymous_visitors_are_sent_to_the_log_in(prober: Prober) -> None:
    knock(prober, closed(prober))

    prober.verdict(at_least=550)


@pytest.mark.engine("sqlite")
def test_only_reviewed_routes_are_public(prober: Prober) -> None:
    public = {target.endpoint: target.access.public for target in targets_of(prober.app) if target.access.public}

    assert public.keys() == PUBLIC
    assert all(public.values())


@pytest.mark.engine("sqlite")
def test_a_guard_that_lets_anybody_through_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = [target for target in closed(prober) if target.endpoint in {"core.search", "core.login"}]
    public = dataclasses.replace(Access(), public="nobody thought about it")
    monkeypatch.setitem(prober.app.extensions["banyan_access"], "core.search", public)

    knock(prober, targets)

    assert any("no way to the log-in" in complaint for complaint in prober.complaints)
