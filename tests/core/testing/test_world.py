"""The application fixtures: who is signed in, what a client sends, what a session sees."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core.access.models import User
from core.db.actor import Actor
from core.db.session import open_session
from core.testing.databases import AddonSet
from core.testing.queries import recorded_statements


@pytest.fixture
def addons():
    return AddonSet(("probe",), (Path(__file__).parent / "probe_root",))


def test_every_test_gets_its_own_tenants(world):
    names = [world.tenant().slug for _ in range(2)]

    assert names == ["business-1", "business-2"]


def test_a_user_has_exactly_the_permissions_that_the_test_names(world, tenant):
    user = world.user(tenant, "core.view_jobs")

    assert world.actor(user).permissions == {"core.view_jobs"}
    assert world.actor(world.user(tenant)).permissions == set()


def test_a_session_works_for_the_user_it_was_asked_for(world, tenant):
    user = world.user(tenant, "core.view_jobs", name="Lê Thị Hoa")
    with world.session(tenant, user) as session:
        assert session.actor.name == "Lê Thị Hoa"
        assert session.actor.can("core.view_jobs")
        assert not session.actor.can("core.manage_users")


def test_what_a_session_writes_is_committed_and_stays_in_its_tenant(world, tenant):
    world.user(tenant, name="Trần Bình")
    other = world.tenant()
    with world.session(tenant) as session:
        assert session.scalars(select(User.name)).all() == ["Trần Bình"]
    with world.session(other) as session:
        assert session.scalars(select(User.name)).all() == []


def test_the_application_uses_the_database_of_the_test(app, world, database, engine_name):
    with app.app_context(), open_session(Actor.platform()) as session:
        assert session.bind is None
        assert session.get_bind().dialect.name == engine_name


def test_a_client_works_as_the_user_it_was_made_for(world, tenant, client_for):
    hoa = client_for(world.user(tenant, "probe.look", name="Lê Thị Hoa"))

    assert "Lê Thị Hoa" in hoa.get("/probe/").text
    assert hoa.post("/probe/push").status_code == 403


def test_a_client_sends_the_token_of_its_page_unless_told_not_to(world, tenant, client_for):
    client = client_for(world.user(tenant, "probe.push"))

    assert client.post("/probe/push").text == "pushed"
    assert client.post("/probe/push", csrf=False).status_code == 403


def test_a_client_asks_for_fragments(world, tenant, client_for):
    client = client_for(world.user(tenant, "probe.look"))

    assert "for rows" in client.get("/probe/", htmx="rows").text
    assert "for any" in client.get("/probe/", htmx=True).text
    assert " for " not in client.get("/probe/").text


def test_the_addon_of_a_root_is_enabled_for_a_new_tenant_unless_left_out(world, client_for):
    without = world.tenant(addons=[])
    client = client_for(world.user(without, "probe.look"))

    assert client.get("/probe/").status_code == 404


def test_statements_are_recorded(world, tenant):
    with world.session(tenant) as session, recorded_statements() as statements:
        session.scalars(select(User.id).limit(3)).all()

    assert len(statements) == 1
    assert statements[0].startswith("SELECT core_user.id")


@pytest.mark.browser
@pytest.mark.engine("sqlite")
def test_a_page_is_signed_in_on_the_live_server(world, tenant, page, live_server, sign_in):
    sign_in(page, world.user(tenant, "probe.look", name="Trần Bình"))
    page.goto(f"{live_server.url}/probe/")

    assert page.get_by_role("heading").inner_text() == "Trần Bình"
