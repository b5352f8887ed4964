"""An application that is switched off is not there: none of its routes, and nothing of it on the kernel's pages."""

from __future__ import annotations

import pytest

from core.tenancy.services import disable_addon
from core.testing.routes import Target, targets_of
from core.testing.world import World
from core.web import requests
from tests.isolation.probing import Prober
from tests.isolation.walking import methods_of, own_path

KERNEL_ROUTES = ("core.discussion_panel", "core.discussion_post", "core.discussion_people", "core.attachment")
"""Routes of the kernel that show what belongs to an addon's record."""

OFF = ("boom", "shipping", "order", "activity", "automation", "customer")

OVERVIEWS = ("/", "/search?q=customer", "/settings", "/settings/core", "/account", "/jobs", "/notifications")


def switch_off(prober: Prober) -> None:
    with World(prober.app).session(prober.town.here.tenant) as session:
        for addon in OFF:
            disable_addon(session, addon)
    prober.watch.rebase()


def try_doors(prober: Prober, targets: list[Target]) -> None:
    """Everything of the addon is 404 for somebody who has every right."""
    for target, method in methods_of(targets):
        for htmx in (False, True):
            path, form = own_path(prober, target), None if method == "GET" else ()
            answer = prober.send(method, path, prober.town.here.boss, form=form, htmx=htmx)
            if answer.status != 404:
                prober.complain(answer, "the addon is off")
            if "customer contact" in answer.text.lower() or any(f"/{addon}/" in answer.text for addon in OFF):
                prober.complain(answer, "shows something of it")
            prober.expect_unchanged(answer)


def of_the_addon(prober: Prober) -> list[Target]:
    found = [each for each in targets_of(prober.app) if each.addon in OFF or each.endpoint in KERNEL_ROUTES]
    assert {each.endpoint for each in found} >= set(KERNEL_ROUTES)
    return found


@pytest.mark.req("SYS-01")
@pytest.mark.engine("sqlite")
def test_no_route_of_an_addon_answers_while_it_is_off(own_prober: Prober) -> None:
    switch_off(own_prober)

    try_doors(own_prober, of_the_addon(own_prober))

    own_prober.verdict(at_least=130)


@pytest.mark.req("SYS-01")
@pytest.mark.engine("sqlite")
def test_nothing_leads_to_an_addon_that_is_off(own_prober: Prober) -> None:
    switch_off(own_prober)

    for path in OVERVIEWS:
        answer = own_prober.send("GET", path, own_prober.town.here.boss)
        if answer.status not in {200, 303} or any(f'href="/{addon}/' in answer.text for addon in OFF):
            own_prober.complain(answer, "leads to the addon")

    own_prober.verdict(at_least=len(OVERVIEWS))


@pytest.mark.engine("sqlite")
def test_a_guard_that_forgets_the_switch_is_noticed(own_prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    switch_off(own_prober)
    order = own_prober.app.extensions["banyan"].registry.order
    monkeypatch.setattr(requests, "enabled_addons", lambda session: frozenset(order))

    try_doors(
        own_prober, [target for target in of_the_addon(own_prober) if target.endpoint == "customer.customers_list"]
    )

    assert any("the addon is off" in complaint for complaint in own_prober.complaints)
