"""Tabs that other addons put on a record's page, the checks at the boot, and what an addon can replace."""

import pytest

from core.manifest import BootError
from core.resources import Column, Permissions, Resource, Tab
from core.resources.base import find_resource
from core.testing.databases import AddonSet
from tests.core.resources.conftest import ROOT
from tests.core.resources.pages import read


@pytest.fixture
def addons():
    return AddonSet(("shelf", "sticker"), (ROOT,))


def _tabs(page, id):
    return [link["href"] for link in page.links if link["href"].startswith(f"/shelf/books/{id}?tab=")]


def test_another_addons_tab_is_loaded_from_its_own_guarded_route(world, tenant, shelve):
    id = shelve("Dế Mèn")
    client = world.client(world.user(tenant, "shelf.read", "sticker.read"))

    page = read(client, f"/shelf/books/{id}")
    assert f"/shelf/books/{id}?tab=sticker.book_tab" in _tabs(page, id)
    opened = read(client, f"/shelf/books/{id}?tab=sticker.book_tab")
    pane = opened.element(id="slot")
    assert pane["hx-get"] == f"/sticker/book/{id}"
    assert any(link["href"] == f"/sticker/book/{id}" for link in opened.links), "no way without JavaScript"
    fragment = client.get(pane["hx-get"], htmx="slot").text
    assert fragment == "<p>Stickers of Dế Mèn</p>"


def test_a_tab_needs_its_permission_and_its_addon(world, tenant, shelve):
    id = shelve("Dế Mèn")
    reader = world.client(world.user(tenant, "shelf.read"))
    assert "sticker" not in read(reader, f"/shelf/books/{id}?tab=sticker.book_tab").html

    without = world.tenant(addons=["shelf"])
    from addons.shelf.models import Book

    book = Book(name="Số đỏ", code="1")
    with world.session(without) as session:
        session.add(book)
    client = world.client(world.user(without, "shelf.read", "sticker.read"))
    assert "sticker" not in read(client, f"/shelf/books/{book.id}").html
    assert client.get(f"/sticker/book/{book.id}").status_code == 404


def test_a_wrong_declaration_stops_the_boot_and_says_everything(app):
    from addons.shelf.models import Book

    class Wrong(Resource[Book]):
        model = Book
        name = "wrong"
        permissions = Permissions("shelf")
        columns = (
            Column("nmae", "Name", kind="title"),
            Column("owner.nothing", "Owner", kind="colour"),
            Column("phone", "Phone", sort=True),
        )
        tabs = (Tab("a", "A"), Tab("a", "B"))

    with pytest.raises(BootError) as refused:
        Wrong.routes("shelf")
    told = str(refused.value)
    for each in ("nmae", "nothing", "colour", 'index("phone")', "tabs.a"):
        assert each in told


def test_a_resource_without_a_verb_has_no_such_route(app):
    rules = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("shelf.genres")}
    assert rules == {
        f"shelf.genres_{verb}"
        for verb in ("list", "filter", "pick", "detail", "views", "view", "columns", "api_list", "api_record")
    }


def test_a_resource_is_found_by_its_full_name(app):
    with app.app_context():
        assert find_resource("shelf.books").entity == "shelf"
        with pytest.raises(KeyError):
            find_resource("shelf.nothing")
