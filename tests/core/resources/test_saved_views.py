"""Saved views: an address that keeps a list, one's own or shared, and never more than its reader may see."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import select

from core.errors import Forbidden
from core.resources.saved_views.services import create_view
from core.tenancy.services import disable_addon, enable_addon
from core.testing.databases import AddonSet
from core.testing.queries import recorded_statements
from tests.core.resources.conftest import EVERYTHING, ROOT
from tests.core.resources.pages import Page, read

LIST = "/shelf/books/"


def save_view(client, query="", **data):
    """Save what the list shows; the id of the view."""
    answer = client.post(f"/shelf/books/views{query}", data={"name": "Của tôi", **data})
    assert answer.status_code == 303, Page(answer.text).text
    return parse_qs(urlsplit(answer.location).query)["view"][0]


@pytest.fixture
def sharer(world, tenant):
    return world.user(tenant, *EVERYTHING, "core.share_views", name="Trần Chia Sẻ")


@pytest.fixture
def books(shelve, librarian, sharer):
    shelve("Sách của thủ thư", owner_id=librarian.id, price=90_000)
    shelve("Sách của người chia sẻ", owner_id=sharer.id, price=90_000)
    shelve("Sách chung", price=10)


@pytest.mark.usefixtures("books")
def test_a_view_is_an_address_that_says_when_it_was_changed(client):
    query = "?tab=mine&q=sach&f.price.min=50000&sort=name"
    offered = read(client, LIST + query)
    assert any(link["href"].startswith("/shelf/books/views?tab=mine") for link in offered.links)
    form = Page(client.get("/shelf/books/views" + query, htmx="dialog").text)
    assert form.element(method="post")["action"] == "/shelf/books/views" + query
    id = save_view(client, query, name="Đắt <b>của tôi")

    page = read(client, f"{LIST}?view={id}")
    assert page.names == ["Sách của thủ thư"]
    assert "Đắt &lt;b&gt;của tôi" in page.html
    assert page.element(href=f"{LIST}?view={id}")["aria-current"] == "page"
    assert "Changed" not in page.text
    assert page.element(**{"aria-sort": "ascending"}) is not None
    hidden = {each["name"]: each["value"] for _tag, each in page.elements if each.get("form") == "search"}
    assert hidden == {"view": id, "tab": "mine", "f.price.min": "50000", "sort": "name"}
    price = next(link["href"] for link in page.links if link.get("aria-label", "").startswith("Remove filter: Price"))
    changed = read(client, price)
    assert (changed.names, "Changed" in changed.text) == (["Sách của thủ thư"], True)
    emptied = read(client, f"{LIST}?view={id}&q=")
    assert len(emptied.names) == 2
    assert "Changed" in emptied.text
    same = read(client, f"{LIST}?view={id}&{query[1:]}")
    assert "Changed" not in same.text, "the same said at length is no change"

    save = changed.element(method="post", action=price.replace(LIST + "?", f"/shelf/books/views/{id}?"))
    assert client.post(save["action"], data={"action": "save"}).location == f"{LIST}?view={id}"
    kept = read(client, f"{LIST}?view={id}")
    assert "Remove filter: Price" not in kept.html
    assert "Changed" not in kept.text
    assert "Đổi tên" in read(client, client.post(f"/shelf/books/views/{id}", data={"name": "Đổi tên"}).location).text
    assert client.post(f"/shelf/books/views/{id}", data={"action": "delete"}).status_code == 303
    assert client.get(f"{LIST}?view={id}").status_code == 404


@pytest.mark.usefixtures("books")
def test_a_shared_view_shows_each_reader_his_own_and_is_changed_by_those_who_may_share(
    world, tenant, client, sharer, librarian
):
    owner = world.client(sharer)
    id = save_view(owner, "?f.owner=me", name="Của tôi")
    addresses = [f"{LIST}?view={id}", f"/shelf/books/filter?key=owner&view={id}", f"/shelf/books/columns?view={id}",
                 f"/shelf/books/views/{id}", f"/shelf/books/views?view={id}"]  # fmt: skip
    for address in addresses:
        missing = client.get(address.replace(id, str(uuid4())))
        assert (client.get(address).status_code, missing.status_code) == (404, 404), address
    bulk = {"action": "lend", "all": "1", "confirmed": "1"}
    assert client.post(f"/shelf/books/bulk?view={id}", data=bulk).status_code == 404
    for action in ("begin", "save", "delete", ""):
        assert client.post(f"/shelf/books/views/{id}", data={"action": action, "name": "x"}).status_code == 404

    assert "is_shared" not in Page(client.get("/shelf/books/views").text).fields()
    client.post("/shelf/books/views", data={"name": "Lén chia sẻ", "is_shared": "y"})
    assert "Lén chia sẻ" not in read(owner, LIST).html, "shared without the right"
    with world.session(tenant, librarian) as session, pytest.raises(Forbidden):
        create_view(session, resource="shelf.books", name="Lén", args=[], is_shared=True)

    owner.post(f"/shelf/books/views/{id}", data={"name": "Của tôi", "is_shared": "y"})
    assert read(client, f"{LIST}?view={id}").names == ["Sách của thủ thư"]
    assert read(owner, f"{LIST}?view={id}").names == ["Sách của người chia sẻ"]
    changed = read(client, f"{LIST}?view={id}&q=sach")
    assert "Save as a view" in changed.text
    assert changed.element(value="save") is None
    for action in ("save", "delete", ""):
        assert client.post(f"/shelf/books/views/{id}", data={"action": action, "name": "x"}).status_code == 403
    other = world.client(world.user(tenant, *EVERYTHING, "core.share_views"))
    assert other.post(f"/shelf/books/views/{id}", data={"name": "Chung", "is_shared": "y"}).status_code == 303
    assert "Chung" in read(client, LIST).text
    stranger = world.client(world.user(world.tenant(), *EVERYTHING, "core.share_views"))
    assert stranger.get(f"{LIST}?view={id}").status_code == 404
    assert owner.post(f"/shelf/books/views/{id}", data={"name": "Chung"}).status_code == 303
    assert client.get(f"{LIST}?view={id}").status_code == 404, "it was taken back"


@pytest.mark.usefixtures("books")
def test_a_list_opens_with_the_view_of_its_user_else_of_his_group(world, tenant, client, sharer, librarian):
    from core.access.models import Group, GroupMember

    with world.session(tenant) as session:
        group = Group(name="Thủ thư")
        session.add(group)
        session.flush()
        session.add(GroupMember(group_id=group.id, user_id=librarian.id))
    owner = world.client(sharer)
    refused = owner.post("/shelf/books/views?q=sach", data={"name": "Nhóm", "group_ids": str(group.id)})
    assert refused.status_code == 422
    assert "Share the view before groups begin with it." in Page(refused.text).text
    assert Page(refused.text).fields()["name"] == "Nhóm"
    of_group = save_view(owner, "?q=chung", name="Nhóm", is_shared="y", group_ids=str(group.id))
    own = save_view(client, "?tab=mine", name="Riêng")

    assert client.get(LIST).location == f"{LIST}?view={of_group}"
    assert owner.get(LIST).status_code == 200, "the sharer is not in the group"
    page = read(client, f"{LIST}?view={of_group}")
    everything = next(link["href"] for link in page.links if link["href"].endswith("?q="))
    assert len(read(client, everything).names) == 2
    assert client.post(f"/shelf/books/views/{own}", data={"action": "begin"}).status_code == 303
    assert client.get(LIST).location == f"{LIST}?view={own}"
    client.post(f"/shelf/books/views/{own}", data={"action": "delete"})
    assert client.get(LIST).location == f"{LIST}?view={of_group}", "a deleted view opens nothing"
    assert client.post("/shelf/books/views", data={"action": "plain"}).status_code == 303
    assert client.get(LIST).status_code == 200
    client.post(f"/shelf/books/views/{of_group}", data={"action": "begin"})
    owner.post(f"/shelf/books/views/{of_group}", data={"name": "Nhóm"})
    assert client.get(LIST).status_code == 200, "the view is no longer shared"


def test_a_view_whose_filter_or_column_is_gone_opens_and_says_so_but_no_bulk_work_takes_it(
    client, world, tenant, shelve
):
    from core.resources.saved_views.models import SavedView

    shelve("Dế Mèn", "Số đỏ")
    id = save_view(client, "?q=men")
    with world.session(tenant) as session:
        view = session.scalars(select(SavedView)).one()
        view.args = [*view.args, ["f.gone", "1"], ["tab", "gone"]]
        view.columns = ["name", "gone.column", "price"]

    page = read(client, f"{LIST}?view={id}")
    assert page.names == ["Dế Mèn"]
    for told in ("“gone” is no filter", "There is no view “gone”", "The column “gone.column” of this view"):
        assert told in page.text
    assert client.post(f"/shelf/books/bulk?view={id}", data={"action": "lend", "all": "1"}).status_code == 422
    assert client.post(f"/shelf/books/views/{id}?view={id}&q=men", data={"action": "save"}).status_code == 303
    assert read(client, f"{LIST}?view={id}").element(id="ignored") is None


def test_nonsense_is_refused_and_loses_nothing(client, monkeypatch):
    for id in ("x", "<script>", "", str(uuid4())):
        assert client.get(LIST, query_string={"view": id}).status_code == (404 if id else 200), id
    empty = client.post("/shelf/books/views?q=men", data={"name": " \u200b"})
    assert empty.status_code == 422
    assert client.post("/shelf/books/views?f.price.min=abc", data={"name": "x"}).status_code == 422
    long = client.post("/shelf/books/views?q=men", data={"name": "dài " * 30})
    assert (long.status_code, Page(long.text).fields()["name"]) == (422, ("dài " * 30).strip())
    monkeypatch.setattr("core.resources.saved_views.services.MAX_VIEWS", 1)
    save_view(client)
    assert "1 views of this list already" in Page(client.post("/shelf/books/views", data={"name": "x"}).text).text


QUERIES = 7
"""Who (2), fields (1), views and columns (1), counts (1), rows (1), and a search on PostgreSQL (1)."""


@pytest.mark.usefixtures("books")
def test_a_saved_view_costs_no_statement_more_than_the_list(client):
    id = save_view(client, "?tab=mine&q=sach&f.price.min=1&sort=-pages")
    with recorded_statements() as statements:
        read(client, f"{LIST}?view={id}")
    assert len(statements) <= QUERIES, "\n\n".join(statements)


# Columns


def heads(page):
    """The columns' heads, in order."""
    table = page.html.partition("<thead>")[2].partition("</thead>")[0]
    cells = table.split("<th ")[1:]
    return [text for cell in cells if (text := Page("<th " + cell).text) not in ("", "Actions")]


def pick(client, *columns, query=""):
    order = list(columns)
    return client.post(f"/shelf/books/columns{query}", data={"order": order, "show": order, "save": "1"})


@pytest.mark.usefixtures("books")
def test_columns_are_chosen_and_ordered_for_oneself_and_the_rest_is_not_loaded(client, world, sharer):
    with recorded_statements() as statements:
        assert heads(read(client, LIST)) == ["Title", "Genre", "Owner", "Pages", "Price (₫)", "Added"]
    assert any("shelf_genre" in each for each in statements)
    asked = Page(client.get("/shelf/books/columns", htmx="dialog").text)
    order = [each["value"] for _tag, each in asked.elements if each.get("name") == "order"]
    assert order == ["name", "genre.name", "owner.name", "pages", "price", "created_at"]
    moved = client.post("/shelf/books/columns", data={"order": order, "show": ["price"], "up": "price"})
    rows = [each for tag, each in Page(moved.text).elements if tag == "input"]
    assert [each["value"] for each in rows if each["name"] == "order"] == [*order[:3], "price", "pages", "created_at"]
    assert [each["value"] for each in rows if "checked" in each] == ["name", "price"]
    assert len(heads(read(client, LIST))) == 6, "moving saves nothing"

    assert pick(client, "price", "nonsense", "pages", "price").status_code == 303
    with recorded_statements() as statements:
        assert heads(read(client, LIST)) == ["Title", "Price (₫)", "Pages"]
    assert not any("shelf_genre" in each for each in statements), "a column that is not shown is loaded"
    assert len(heads(read(world.client(sharer), LIST))) == 6, "they are one's own"
    assert heads(read(client, f"{LIST}?sort=-created_at&f.lent=0")) == ["Title", "Price (₫)", "Pages"]
    client.post("/shelf/books/columns", data={"reset": "1"})
    assert len(heads(read(client, LIST))) == 6


@pytest.mark.usefixtures("books")
def test_a_view_has_columns_of_its_own_that_each_reader_may_change_for_himself(client, world, sharer):
    owner = world.client(sharer)
    pick(owner, "name", "pages")
    id = save_view(owner, "?q=sach", is_shared="y")
    view = f"?view={id}"
    assert heads(read(client, LIST + view)) == ["Title", "Pages"]
    pick(client, "name", "price", query=view)
    page = read(client, LIST + view)
    assert (heads(page), "Changed" in page.text) == (["Title", "Price (₫)"], True)
    assert len(heads(read(client, LIST))) == 6
    assert heads(read(owner, LIST + view)) == ["Title", "Pages"]
    pick(owner, "name", "created_at", query=view)
    owner.post(f"/shelf/books/views/{id}{view}", data={"action": "save"})
    assert "Changed" not in read(owner, LIST + view).text
    client.post("/shelf/books/columns" + view, data={"reset": "1"})
    assert heads(read(client, LIST + view)) == ["Title", "Added"]


class TestExtended:
    """Columns and filters of another addon, while it is on."""

    @pytest.fixture
    def addons(self):
        return AddonSet(("shelf", "sticker"), (ROOT,))

    def test_they_come_and_go_with_the_addon_and_choices_outlive_it(self, client, world, tenant, shelve):
        shelve("Dế Mèn", "Dế Mèn phiêu lưu ký")
        assert heads(read(client, LIST))[-1] == "Letters"
        assert read(client, f"{LIST}?f.long=1").names == ["Dế Mèn phiêu lưu ký"]
        pick(client, "name", "sticker.letters", "price")
        id = save_view(client, "?f.long=1")
        with world.session(tenant) as session:
            disable_addon(session, "sticker")

        page = read(client, LIST)
        assert heads(page) == ["Title", "Price (₫)"]
        assert "Long title" not in page.html
        assert "Letters" not in client.get("/shelf/books/columns").text
        opened = read(client, f"{LIST}?view={id}")
        assert "“long” is no filter" in opened.text
        assert "The column “sticker.letters” of this view" in opened.text
        with world.session(tenant) as session:
            enable_addon(session, "sticker")
        assert heads(read(client, f"{LIST}?view={id}")) == ["Title", "Letters", "Price (₫)"]
