"""What the macros and the shell put into a page: nothing inline, everything escaped, required marks, names for everything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.ui.assets import STATIC, AssetUrls, asset
from core.ui.macros import TEMPLATES
from core.ui.shell import MenuItem, MenuSection, build_bottom, build_menu
from core.ui.words import initials, tone_of
from tests.core.ui.demo import make_demo

PAGES = (
    "/customers",
    "/empty",
    "/customer",
    "/form",
    "/sink",
    "/login",
    "/error/404",
    "/error/500",
    "/error-bare",
    "/dialog",
)
HOSTILE = "\"><script>alert(1)</script>'{{7*7}}"
TEMPLATE_FILES = sorted(Path(TEMPLATES).rglob("*.html"))


class Tags(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags_of(page: str) -> list[tuple[str, dict[str, str | None]]]:
    return Tags(page).found


@pytest.fixture(scope="module")
def demo() -> Flask:
    return make_demo()


@pytest.fixture
def client(demo: Flask) -> FlaskClient:
    return demo.test_client()


@pytest.fixture
def refused_form(client: FlaskClient) -> str:
    answer = client.post(
        "/form", data={"csrf_token": token(client), "email": "huyentrang@", "contacts-0-phone": "0912"}
    )
    assert answer.status_code == 422
    return answer.text


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/form").text)
    assert found
    return found[1]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_nothing_inline(client: FlaskClient, path: str) -> None:
    for tag, attributes in tags_of(client.get(path).text):
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        for name, value in attributes.items():
            assert name != "style"
            assert not name.startswith("on")
            assert not name.startswith("hx-on")
            assert name != "hx-trigger" or "[" not in str(value)
            assert "javascript:" not in str(value)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_no_other_host(client: FlaskClient, path: str) -> None:
    for _, attributes in tags_of(client.get(path).text):
        for name in ("src", "href", "action", "hx-get", "hx-post"):
            assert not re.match(r"(https?:)?//", attributes.get(name) or "")


def test_fonts_are_named_with_the_version_of_their_package(client: FlaskClient) -> None:
    lock = json.loads((STATIC.parents[2] / "package-lock.json").read_text(encoding="utf-8"))
    version = lock["packages"]["node_modules/@fontsource-variable/inter"]["version"]
    loaded = re.findall(r'url\("(.*?woff2.*?)"\)', (STATIC / "tokens.css").read_text(encoding="utf-8"))
    preloaded = [
        attributes["href"] for _, attributes in tags_of(client.get("/login").text) if attributes.get("as") == "font"
    ]

    assert loaded
    assert all(url.endswith(f"?v={version}") for url in loaded)
    assert preloaded == [f"/static/{url}" for url in loaded]


@pytest.mark.parametrize("path", PAGES)
def test_hostile_text_stays_text(path: str) -> None:
    page = make_demo(hostile=HOSTILE).test_client().get(path).text
    assert "<script>alert" not in page
    assert "alert(1)</script>" not in page
    for tag, attributes in tags_of(page):
        assert tag != "script" or attributes.get("src")


def test_the_people_of_a_picker_are_escaped() -> None:
    page = make_demo(hostile=HOSTILE).test_client().get("/people?q=a").text
    assert [tag for tag, _ in tags_of(page) if tag == "script"] == []


@pytest.mark.parametrize("path", PAGES)
def test_an_id_is_given_once(client: FlaskClient, path: str) -> None:
    ids = [attributes["id"] for _, attributes in tags_of(client.get(path).text) if attributes.get("id")]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("path", PAGES)
def test_what_is_referred_to_is_there(client: FlaskClient, path: str) -> None:
    tags = tags_of(client.get(path).text)
    ids = {attributes.get("id") for _, attributes in tags}
    for tag, attributes in tags:
        wanted = " ".join(
            attributes.get(name) or "" for name in ("aria-labelledby", "aria-describedby", "popovertarget")
        )
        for target in [*wanted.split(), *([attributes["for"]] if tag == "label" and attributes.get("for") else [])]:
            assert target in ids, f"{tag} refers to #{target}"


@pytest.mark.parametrize("path", PAGES)
def test_every_post_form_carries_the_csrf_token(client: FlaskClient, path: str) -> None:
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", client.get(path).text, re.DOTALL):
        assert re.search(r'name="csrf_token" value="[^"]+"', form)


@pytest.mark.req("SYS-08")
def test_a_required_field_carries_the_mark_and_an_optional_one_does_not(client: FlaskClient) -> None:
    page = client.get("/form").text
    for name in ("name", "source", "owner", "contacts-0-name"):
        label = re.search(rf'<label for="{name}">.*?</label>', page, re.DOTALL)
        assert label
        assert "(*)" in label[0]
    assert re.search(r"<legend[^>]*>Nhóm khách hàng.*?\(\*\).*?</legend>", page)
    for name in ("phone", "note", "born", "viewers"):
        label = re.search(rf'<label for="{name}">.*?</label>', page, re.DOTALL)
        assert label
        assert "(*)" not in label[0]


@pytest.mark.req("SYS-08")
def test_the_sign_in_page_marks_its_fields(client: FlaskClient) -> None:
    assert client.get("/login").text.count("(*)") == 3


@pytest.mark.req("SYS-13")
def test_help_link_and_hotline_are_shown_when_set(client: FlaskClient) -> None:
    for path in ("/customers", "/login"):
        page = client.get(path).text
        assert 'href="/help"' in page
        assert 'href="tel:19000000"' in page


def test_a_refused_form_says_beside_each_field_and_on_top_what_is_wrong(refused_form: str) -> None:
    tags = tags_of(refused_form)
    wrong = {attributes.get("id") for _, attributes in tags if attributes.get("aria-invalid") == "true"}
    assert {"name", "email", "source", "owner", "contacts-0-name"} <= wrong
    summary = refused_form[refused_form.index("data-errors") :]
    for name in ("name", "email", "source", "groups", "owner", "contacts"):
        assert f'href="#{name}"' in summary
    name_field = next(attributes for _, attributes in tags if attributes.get("id") == "name")
    assert name_field["aria-describedby"] == "name-help name-error"


def test_the_empty_row_has_a_placeholder_for_its_number(client: FlaskClient) -> None:
    page = client.get("/form").text
    template = re.search(r"<template data-rows-template>.*?</template>", page, re.DOTALL)
    assert template
    assert 'name="contacts-__row__-name"' in template[0]
    assert 'for="contacts-__row__-name"' in template[0]


def test_a_password_is_never_sent_back(client: FlaskClient) -> None:
    data = {"csrf_token": token(client), "secret": "Bí mật 9!"}
    assert "Bí mật 9!" not in client.post("/form", data=data).text


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 418, 422, 429, 500, 503, 504])
def test_every_refusal_has_a_page_of_its_own(client: FlaskClient, status: int) -> None:
    page = client.get(f"/error/{status}").text
    assert f'data-error-status="{status}"' in page
    assert f"Lỗi {status}" in page


def test_an_anonymous_visitor_gets_the_error_without_the_menu() -> None:
    page = make_demo().test_client().get("/error-bare").text
    assert 'id="sidebar"' not in page
    assert "Hệ thống đang bận." in page


@pytest.mark.parametrize("file", TEMPLATE_FILES, ids=lambda file: file.name)
def test_a_template_breaks_no_house_rule(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for banned in ("|safe", "| safe", "autoescape false", "Markup(", "hx-on", " style=", "render_template_string"):
        assert banned not in text
    assert not re.search(r"hx-trigger=\"[^\"]*\[", text)


@pytest.mark.parametrize("file", sorted((STATIC / "js").glob("*.js")), ids=lambda file: file.name)
def test_a_script_evaluates_no_text(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for banned in (
        "eval(",
        "new Function",
        "innerHTML =",
        "outerHTML =",
        "insertAdjacentHTML",
        "document.write",
        'setAttribute("on',
    ):
        assert banned not in text
    assert not re.search(r"^import ", text, re.MULTILINE), "an imported file's URL carries no hash"


def test_the_lock_file_names_no_package_host() -> None:
    root = Path(TEMPLATES).parents[2]
    assert '"resolved"' not in (root / "package-lock.json").read_text(encoding="utf-8")


# ---- assets ----


def test_an_asset_url_changes_with_the_content(tmp_path: Path) -> None:
    urls = AssetUrls(tmp_path, "/static", seconds=0)
    (tmp_path / "a.css").write_text("a {}")
    before = urls("a.css")
    assert urls("a.css") == before
    (tmp_path / "a.css").write_text("b {}")
    assert before.startswith("/static/a.css?v=")
    assert urls("a.css") != before
    assert urls("missing.css") == "/static/missing.css"


def test_every_asset_of_a_page_is_served(client: FlaskClient) -> None:
    for tag, attributes in tags_of(client.get("/customers").text):
        url = attributes.get("src") or (attributes.get("href") if tag in {"link", "use"} else None)
        if url:
            assert client.get(url.partition("#")[0]).status_code == 200, url


def test_every_icon_of_a_page_is_in_the_sprite(client: FlaskClient) -> None:
    sprite = (STATIC / "vendor" / "icons.svg").read_text(encoding="utf-8")
    for path in PAGES:
        for name in re.findall(r"icons\.svg[^#\"]*#([\w-]+)", client.get(path).text):
            assert f'id="{name}"' in sprite


@pytest.mark.req("SYS-15")
def test_a_first_page_is_light(client: FlaskClient) -> None:
    import gzip

    page = client.get("/customers").text
    links = [a.get("src") or a.get("href") for tag, a in tags_of(page) if tag in {"script", "link"}]
    files = [str(link) for link in links if link and "/fonts/" not in link]
    weight = len(gzip.compress(page.encode())) + sum(len(gzip.compress(client.get(url).data)) for url in files)
    assert weight < 150_000
    assert asset("banyan.css") in files


# ---- menu ----


class Entry:
    def __init__(
        self, title: str, endpoint: str, permission: str | None = None, section: str = "", order: int = 0
    ) -> None:
        self.title, self.endpoint, self.permission, self.section, self.order = (
            title,
            endpoint,
            permission,
            section,
            order,
        )
        self.icon = "users"


def entries() -> Iterator[Entry]:
    yield Entry("Settings", "core.settings", "core.manage_settings", "Administration", 90)
    yield Entry("Customers", "customer.customers_list", "customer.read", "Sales", 10)
    yield Entry("Orders", "order.orders_list", "order.read", "Sales", 20)
    yield Entry("Today", "core.today", None, "", 50)


def menu_for(*permissions: str, endpoint: str | None = None) -> tuple[MenuSection, ...]:
    return build_menu(entries(), endpoint, "/{}".format, lambda permission: permission in permissions, closed={"Sales"})


def test_the_menu_shows_what_the_user_may_in_the_manifests_order() -> None:
    menu = menu_for("customer.read", "core.manage_settings")
    assert [(section.title, [item.title for item in section.items]) for section in menu] == [
        ("", ["Today"]),
        ("Sales", ["Customers"]),
        ("Administration", ["Settings"]),
    ]


def test_a_page_of_a_resource_marks_its_list_and_opens_its_section() -> None:
    sales = next(s for s in menu_for("customer.read", "order.read", endpoint="order.orders_edit") if s.title == "Sales")
    assert [item.current for item in sales.items] == [False, True]
    assert sales.open
    assert not next(s for s in menu_for("order.read") if s.title == "Sales").open


def test_the_bottom_bar_takes_the_wanted_links_then_the_first() -> None:
    bottom = build_bottom(menu_for("customer.read", "order.read"), ["/order.orders_list", "/gone"])
    assert [item.title for item in bottom] == ["Orders", "Today", "Customers"]
    many = MenuSection(title="", items=tuple(MenuItem(title=str(n), url=f"/{n}", icon="users") for n in range(9)))
    assert len(build_bottom([many])) == 4


# ---- names ----


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Lê Minh Quân", "MQ"), ("Đạt", "Đ"), ("Nhà thuốc – Chi nhánh (Ứng Hòa)", "NH"), ("", "?"), ("...", "?")],
)
def test_initials_are_of_the_last_two_words(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_name_keeps_its_tone() -> None:
    assert tone_of("Lê Minh Quân") == tone_of("Lê Minh Quân")
    assert len({tone_of(f"Người {n}") for n in range(40)}) > 3
