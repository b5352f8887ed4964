"""The demonstration business as its people use it: one copy of it per test, behind a socket, with its job runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.access.models import User
from core.app import create_app
from core.db.session import db
from core.demo.business import PASSWORD, SLUG, load_demo
from core.jobs.outbox import EXTENSION
from core.tenancy.models import Tenant
from core.tenancy.queries import list_tenants
from core.testing.browser import DESKTOP, LiveServer
from core.testing.databases import AddonSet, Database, Databases
from core.testing.outcomes import unavailable
from core.testing.world import World, build_schema, make_config
from core.ui.assets import AssetBuildError, build_assets, is_built

LOADED = AddonSet(("customer",))
WITH_DEMO = AddonSet((*LOADED.names, "+demo"))
"""Never loaded: the name of the template that holds the demonstration business, beside the empty one of the same addons."""

CUSTOMERS = "/customer/customers/"


@pytest.fixture(scope="session", autouse=True)
def _vendor_files() -> None:
    if not is_built():
        try:
            build_assets()
        except AssetBuildError as error:
            unavailable(str(error))


@pytest.fixture(scope="session")
def demo_databases(
    databases: Callable[[str], Databases], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Databases]:
    """Databases whose template has the demonstration business: loaded once per run and engine, copied per test."""
    known: dict[str, Databases] = {}
    data = tmp_path_factory.mktemp("demo")

    def build(database: Database, addons: AddonSet) -> None:
        build_schema(database, LOADED, data)
        app = create_app(make_config(database, LOADED, data))
        with app.app_context():
            load_demo()
            for engine in db.engines.values():
                engine.dispose()

    def on(engine_name: str) -> Databases:
        if engine_name not in known:
            room = databases(engine_name)
            known[engine_name] = Databases(room.engine, room.folder, f"{room.worker}_demo", build)
        return known[engine_name]

    return on


@pytest.fixture
def database(engine_name: str, demo_databases: Callable[[str], Databases]) -> Iterator[Database]:
    """A copy of the demonstration business."""
    room = demo_databases(engine_name)
    made = room.migrated(WITH_DEMO)
    yield made
    room.drop(made)


@pytest.fixture
def app(app_factory: Callable[..., Flask], database: Database) -> Iterator[Flask]:
    """The application as ``banyan run`` serves it: jobs run inside it."""
    app = app_factory(LOADED.names, database=database, runner="embedded")
    yield app
    app.extensions[EXTENSION].stop()


@pytest.fixture
def tenant(app: Flask) -> Tenant:
    """The demonstration business."""
    with app.app_context():
        return next(each for each in list_tenants() if each.slug == SLUG)


@dataclass(frozen=True, slots=True)
class Office:
    """The business and the people who come to work in it."""

    world: World
    tenant: Tenant
    server: LiveServer
    open_page: Callable[..., Page]

    def page(self, viewport: tuple[int, int] = DESKTOP, **options: Any) -> Page:
        """A page of somebody who has not logged in."""
        return self.open_page(viewport, base_url=self.server.url, **options)

    def at_work(self, username: str, viewport: tuple[int, int] = DESKTOP, **options: Any) -> Page:
        """A page of ``username``, who has logged in before."""
        page = self.page(viewport, **options)
        name, value = self.world.cookie(self.user(username))
        page.context.add_cookies([{"name": name, "value": value, "url": self.server.url}])
        return page

    def user(self, username: str) -> User:
        with self.world.session(self.tenant) as session:
            return session.scalars(select(User).where(User.username == username)).one()

    def prefer(self, username: str, **preferences: str) -> None:
        """Set ``theme``, ``language`` or ``density`` of somebody's pages."""
        with self.world.session(self.tenant) as session:
            user = session.scalars(select(User).where(User.username == username)).one()
            for name, value in preferences.items():
                setattr(user, name, value)


@pytest.fixture
def office(world: World, tenant: Tenant, live_server: LiveServer, open_page: Callable[..., Page]) -> Office:
    return Office(world, tenant, live_server, open_page)


@pytest.fixture
def log_in() -> Callable[..., None]:
    """``log_in(page, username)``: by the form, with the password that ``banyan demo`` prints."""

    def fill(page: Page, username: str, password: str = PASSWORD) -> None:
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu", exact=False).first.fill(password)
        page.get_by_role("button", name="Đăng nhập", exact=True).click()
        expect(page.get_by_role("heading", name="Xin chào")).to_be_visible()

    return fill


COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""What a theme can break."""


@pytest.fixture
def look(axe: Callable[..., None]) -> Callable[[Page], None]:
    """``look(page)`` fails with what the page as it stands breaks of the accessibility rules, light and dark."""

    def both(page: Page) -> None:
        page.emulate_media(reduced_motion="reduce")
        before = page.locator("html").get_attribute("data-theme-choice")
        for theme, rules in (("light", {}), ("dark", COLOURS), (before, None)):
            page.evaluate("theme => { document.documentElement.dataset.themeChoice = theme }", theme)
            if rules is not None:
                expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
                axe(page, **rules)

    return both
