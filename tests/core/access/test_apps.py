"""The Apps page and what an addon that is switched off leaves behind: nothing to be seen, and all its data (SYS-01)."""

from __future__ import annotations

import pytest


@pytest.fixture
def addons(stall_addons):
    return stall_addons


@pytest.fixture
def chef(world, tenant):
    rights = ("core.manage_apps", "core.manage_settings", "stall.read", "stall.edit", "till.read")
    return world.client(world.user(tenant, *rights))


def test_the_page_shows_every_addon_by_category_with_its_state_and_needs(chef):
    chef.post("/apps/till/disable")

    page = chef.get("/apps").text.partition("<main")[2]
    card = page.partition(">Till<")[2]

    assert page.index("Sales") < page.index("Market stall")
    assert 'aria-checked="false"' in card[:600]
    assert "Needs: Market stall" in card
    assert "0.2.0" in card
    assert "Quản trị" not in page


def test_the_search_finds_without_marks_and_answers_the_fragment(chef):
    page = chef.get("/apps?q=needs+THE+stall", htmx="apps").text

    assert "Till" in page
    assert "What the tests of rights" not in page
    assert page.strip().startswith('<div id="apps">')
    assert "No application found" in chef.get("/apps?q=zebra").text


@pytest.mark.req("SYS-01")
def test_switched_off_an_addon_is_gone_everywhere_and_its_data_come_back(world, tenant, chef):
    from addons.stall.models import Good

    with world.session(tenant) as session:
        session.add(Good(name="Trà sen"))
    assert "Takings" in chef.get("/stall/").text

    chef.post("/apps/till/disable")
    without_till = chef.get("/stall/").text
    chef.post("/apps/stall/disable")
    chef.get("/")  # takes the toast with its undo
    home = chef.get("/").text
    settings = chef.get("/settings/core").text

    assert "Takings" not in without_till
    assert 'href="/stall/"' in without_till
    assert "/stall/" not in home
    assert "/settings/stall" not in settings
    assert "Kinds of goods" not in settings
    for url in ("/stall/", "/stall/kinds", "/till/takings", "/settings/stall"):
        assert chef.get(url).status_code == 404, url

    chef.post("/apps/till/enable")
    assert "Trà sen" in chef.get("/stall/").text
    assert chef.get("/till/takings").status_code == 200


def test_one_business_switches_for_itself_alone(world, chef):
    neighbour = world.client(world.user(world.tenant(), "till.read"))

    chef.post("/apps/till/disable")

    assert neighbour.get("/till/takings").status_code == 200


def test_what_is_switched_on_along_is_asked_about_first(chef):
    chef.post("/apps/till/disable")
    chef.post("/apps/stall/disable")

    page = chef.get("/apps").text
    question = chef.get("/apps/till/switch", htmx="dialog").text

    assert 'href="/apps/till/switch"' in page
    assert "Market stall" in question
    assert "<html" not in question


def test_what_others_need_is_not_switched_off(chef):
    answer = chef.post("/apps/stall/disable")

    assert answer.status_code == 422
    assert "Till" in answer.text
    assert "Till" in chef.get("/apps/stall/switch").text
    assert chef.get("/stall/").status_code == 200


@pytest.mark.parametrize("name", ["core", "no-such"])
def test_the_kernel_and_unknown_addons_have_no_switch(chef, name):
    assert chef.post(f"/apps/{name}/disable").status_code == 404
    assert chef.post(f"/apps/{name}/enable").status_code == 404
    assert chef.get(f"/apps/{name}/switch").status_code == 404


def test_switching_needs_the_right_and_the_token(world, tenant, chef):
    staff = world.client(world.user(tenant, "stall.read", "core.manage_settings"))

    assert staff.post("/apps/till/disable").status_code == 403
    assert chef.post("/apps/till/disable", csrf=False).status_code == 403
    assert chef.get("/apps/till/disable").status_code == 405
    assert chef.get("/till/takings").status_code == 200
