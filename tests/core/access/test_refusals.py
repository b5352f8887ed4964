"""What somebody reads who may not open a page: an application that is off and a right that is lacking are two things."""

from __future__ import annotations

import pytest

from core.tenancy.services import disable_addon

pytestmark = pytest.mark.engine("sqlite")


@pytest.fixture
def addons(stall_addons):
    return stall_addons


@pytest.fixture
def staff(world, tenant):
    return world.client(world.user(tenant, "stall.read"))


@pytest.mark.req("SYS-01")
def test_an_application_that_is_off_says_so_whatever_is_asked_of_it(world, tenant, staff):
    absent = "00000000-0000-0000-0000-000000000000"
    with world.session(tenant) as session:
        disable_addon(session, "till")

    page = staff.get("/till/takings")
    fragment = staff.get("/till/takings", htmx=True)

    assert page.status_code == 404
    assert "The application “Till” is switched off." in page.text
    assert "Ask your administrator" in page.text
    assert fragment.status_code == 404
    assert "switched off" in fragment.headers["HX-Trigger"]
    assert "switched off" not in staff.get("/till/nothing").text, "an address that nobody has is not there"
    assert "switched off" not in staff.get(f"/stall/{absent}/edit").text
    assert "switched off" not in world.client().get("/till/takings", follow_redirects=True).text


@pytest.mark.req("SYS-02")
def test_a_lacking_right_is_named(staff):
    page = staff.get("/till/takings")
    fragment = staff.get("/till/takings", htmx=True)

    assert page.status_code == 403
    assert "You lack the right “View the till”." in page.text
    assert "switched off" not in page.text
    assert "View the till" in fragment.headers["HX-Trigger"]
