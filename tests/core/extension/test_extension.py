"""Two tiny addons: slots, events and contributions work where both are on, and are silent where one is off."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.notifications import Notification
from core.tenancy.services import disable_addon, enable_addon
from core.testing.databases import AddonSet
from core.testing.world import World

ROOT = Path(__file__).parent / "root"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("market", "gadget"), (ROOT,))


def opened(world: World, tenant: object) -> int:
    with world.session(tenant) as session:  # type: ignore[arg-type]
        return session.scalar(select(func.count()).select_from(Notification)) or 0


def test_the_extender_shows_contributes_and_refuses(world: World) -> None:
    tenant = world.tenant()
    client = world.client(world.user(tenant, "market.read", "gadget.read"))
    page = client.get("/market/").text
    assert "Gadget fee: 7000" in page
    assert 'hx-get="/gadget/of-stall?stall=front"' in page
    assert client.get("/gadget/of-stall?stall=front").text == "gadgets of front"
    assert client.post("/market/open", data={"name": "seven"}).status_code == 200
    refused = client.post("/market/open", data={"name": "thirteen"})
    assert refused.status_code == 422
    assert "Gadgets refuse this name." in refused.text
    assert opened(world, tenant) == 1


@pytest.mark.req("SYS-01")
def test_an_addon_that_is_off_shows_nothing_does_nothing_and_keeps_its_place(world: World) -> None:
    tenant = world.tenant(addons=["market"])
    client = world.client(world.user(tenant, "market.read", "gadget.read"))
    page = client.get("/market/").text
    assert "Gadget" not in page
    assert client.get("/gadget/of-stall?stall=front").status_code == 404
    assert client.post("/market/open", data={"name": "thirteen"}).status_code == 200
    with world.session(tenant) as session:
        assert enable_addon(session, "gadget") == ["gadget"]
    assert "Gadget fee" in client.get("/market/").text
    with world.session(tenant) as session:
        disable_addon(session, "market")
    assert client.get("/market/").status_code == 404
    assert client.get("/gadget/of-stall?stall=front").status_code == 200


def test_a_slot_is_shown_only_with_its_permission(world: World) -> None:
    tenant = world.tenant()
    client = world.client(world.user(tenant, "market.read"))
    assert "of-stall" not in client.get("/market/").text
    assert client.get("/gadget/of-stall?stall=front").status_code == 403


@pytest.mark.addons()
def test_the_extender_alone_boots_without_what_it_extends(app_factory) -> None:  # type: ignore[no-untyped-def]
    app = app_factory(("gadget",), (ROOT,))
    assert all(marked.addon == "core" for marked in app.extensions["banyan"].registry.marked("event"))
    assert "market" not in app.extensions["banyan"].registry
