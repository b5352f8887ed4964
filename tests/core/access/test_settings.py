"""The settings pages, generated from the manifests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core.access.models import User
from core.audit import AuditEntry
from core.jobs.execution import run_due_jobs
from core.settings import setting


@pytest.fixture
def addons(stall_addons):
    return stall_addons


@pytest.fixture
def chef(world, tenant):
    return world.client(world.user(tenant, "core.manage_settings", "stall.edit"))


VALUES = {
    "motto": "Ngon mỗi ngày",
    "site": "https://stall.example/cho",
    "shelves": "7",
    "fresh": "0",
    "float": "1.500.000",
    "side": "right",
}


def read(world, tenant):
    with world.session(tenant) as session:
        names = ("motto", "site", "shelves", "fresh", "float", "open", "side")
        return {name: setting(f"stall.{name}", session=session) for name in names}


def test_every_type_is_shown_with_its_default_and_stored_as_its_type(world, tenant, chef):
    page = chef.get("/settings/stall").text

    answer = chef.post("/settings/stall", data=VALUES)

    for text in ("Fresh every day", "Default: 4.", "Default: 3 days.", "500.000", "Default: Yes.", "Left side"):
        assert text in page
    assert (answer.status_code, answer.location) == (303, "/settings/stall")
    assert read(world, tenant) == {
        "motto": "Ngon mỗi ngày",
        "site": "https://stall.example/cho",
        "shelves": 7,
        "fresh": 0,
        "float": 1_500_000,
        "open": False,
        "side": "right",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("motto", "x" * 21),
        ("site", "javascript:alert(1)"),
        ("site", "//stall.example"),
        ("site", "https://"),
        ("shelves", "0"),
        ("shelves", "10"),
        ("shelves", "many"),
        ("shelves", ""),
        ("fresh", "-1"),
        ("float", "1.5"),
        ("side", "middle"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_stored(world, tenant, chef, name, value):
    before = read(world, tenant)

    answer = chef.post("/settings/stall", data={**VALUES, name: value})

    assert answer.status_code == 422
    assert "data-errors" in answer.text
    assert read(world, tenant) == before


def test_all_wrong_values_are_told_at_once(chef):
    page = chef.post("/settings/stall", data={**VALUES, "site": "ftp://x", "shelves": "99"}).text

    assert "2 things to correct" in page


def test_back_to_the_default(world, tenant, chef):
    chef.post("/settings/stall", data=VALUES)
    assert "/settings/stall/motto/reset" in chef.get("/settings/stall").text

    chef.post("/settings/stall/motto/reset")

    assert read(world, tenant)["motto"] == "Fresh every day"
    assert read(world, tenant)["shelves"] == 7
    assert "/settings/stall/motto/reset" not in chef.get("/settings/stall").text
    assert chef.post("/settings/stall/no_such/reset").status_code == 404


def test_changes_are_recorded_with_name_old_and_new(world, tenant, chef):
    chef.post("/settings/stall", data={**VALUES, "open": "1"})

    with world.session(tenant) as session:
        entries = session.scalars(select(AuditEntry.changes).where(AuditEntry.action == "set")).all()

    assert {"stall.shelves": [4, 7]} in entries
    assert not [entry for entry in entries if "stall.open" in entry]


def test_one_business_sets_for_itself_alone(world, tenant, chef):
    other = world.tenant()

    chef.post("/settings/stall", data=VALUES)

    assert read(world, other)["shelves"] == 4


@pytest.mark.req("SYS-13")
def test_help_link_and_hotline_show_once_they_are_set_and_none_is_shipped(world, tenant, chef):
    before = chef.get("/").text
    chef.post(
        "/settings/core",
        data={"help_url": "https://help.example/vi", "hotline": "1900 0000", "name_order": "given"},
    )

    after = chef.get("/").text

    assert "tel:" not in before
    assert "024 7300 4666" not in before
    assert 'href="https://help.example/vi"' in after
    assert 'href="tel:19000000"' in after


@pytest.mark.req("SYS-13")
@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "/help", "ftp://help.example"])
def test_the_help_link_leads_to_a_web_page_only(chef, address):
    answer = chef.post("/settings/core", data={"help_url": address, "hotline": "", "name_order": "given"})

    assert answer.status_code == 422
    assert "http:// or https://" in answer.text


@pytest.mark.req("SYS-14")
def test_the_gear_holds_the_catalogues_that_addons_contribute(world, tenant, chef):
    page = chef.get("/settings/core").text
    stranger = world.client(world.user(tenant, "core.manage_settings"))

    assert 'href="/stall/kinds"' in page
    assert "Kinds of goods" in page
    assert "Kinds of goods" not in stranger.get("/settings/core").text


@pytest.mark.req("SYS-14")
def test_whoever_may_only_a_catalogue_reaches_it_by_the_gear(world, tenant):
    assert world.client(world.user(tenant, "stall.edit")).get("/settings").location == "/stall/kinds"
    assert world.client(world.user(tenant)).get("/settings").status_code == 403


@pytest.mark.req("SYS-02")
def test_settings_lead_to_permissions(world, tenant):
    chef = world.client(world.user(tenant, "core.manage_settings", "core.manage_groups"))

    page = chef.get("/settings").location

    assert 'href="/core/groups/"' in chef.get(page).text


def test_settings_of_unknown_addons_are_not_there(chef):
    assert chef.get("/settings/no-such").status_code == 404
    assert chef.get("/settings/till").status_code == 404
    assert chef.post("/settings/no-such", data={}).status_code == 404


def test_reading_names_another_way_sorts_those_that_are_there(world, tenant, chef):
    for name in ("Nguyễn Bảo An", "Lê Cường", "Trần Ánh"):
        world.user(tenant, name=name)
    values = {"help_url": "", "hotline": ""}

    def names():
        with world.session(tenant) as session:
            return [name for name in session.scalars(select(User.name).order_by(User.sort_name)) if "Văn" not in name]

    def run_jobs():
        with world.app.app_context():
            run_due_jobs()

    given = names()
    chef.post("/settings/core", data={**values, "name_order": "full"})
    with ThreadPoolExecutor(1) as another_process:
        another_process.submit(run_jobs).result()

    assert given == ["Nguyễn Bảo An", "Trần Ánh", "Lê Cường"]
    assert names() == ["Lê Cường", "Nguyễn Bảo An", "Trần Ánh"]
