"""PostgreSQL crashes and comes back while people work: they are told to wait, and nothing that was acknowledged is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from core.access.models import Department
from core.db.session import db
from core.testing.databases import AddonSet, Databases, PostgresEngine
from core.testing.programs import MissingProgram
from core.testing.servers import PostgresServer, start_postgresql
from core.testing.world import World, build_schema

CLIENTS = 4
LONGEST = 10.0
"""Seconds that an answer may take, and that the application may need once the server is back."""


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    try:
        started = start_postgresql()
    except MissingProgram as missing:
        from core.testing.outcomes import unavailable

        unavailable(str(missing))
    yield started
    started.stop()


@pytest.fixture
def world(server: PostgresServer, app_factory: Any, tmp_path: Any) -> World:
    """An application on a server of its own, that nobody else's tests use."""
    engine = PostgresEngine(server.url, prefix="faults_")
    engine.ensure_roles()
    room = Databases(engine, tmp_path, "faults", lambda database, addons: build_schema(database, addons, tmp_path))
    return World(app_factory(database=room.migrated(AddonSet())))


class Employee(threading.Thread):
    """Somebody who makes departments one after the other and looks at their list, and notes what came of it."""

    numbers = count(1)

    def __init__(self, client: Any, is_enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.client = client
        self.is_enough = is_enough
        self.saved: list[str] = []
        self.refused: list[Any] = []
        self.others: list[Any] = []
        self.slowest = 0.0

    def run(self) -> None:
        while not self.is_enough.is_set():
            name = f"Phòng {next(self.numbers)}"
            made = self.ask(self.client.post, "/core/departments/new", data={"name": name})
            if made.status_code == 303:
                self.saved.append(name)
            self.ask(self.client.get, "/core/departments/", htmx="rows")

    def ask(self, send: Callable[..., Any], path: str, **options: Any) -> Any:
        began = time.monotonic()
        answer = send(path, **options)
        self.slowest = max(self.slowest, time.monotonic() - began)
        if answer.status_code == 503:
            self.refused.append(answer)
        elif answer.status_code not in {200, 303}:
            self.others.append((answer.status_code, answer.text))
        return answer


def until(condition: Callable[[], bool]) -> float:
    """Wait for ``condition``; how long that took. Twice as long as allowed, so that a failure says what was slow."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < 2 * LONGEST, "it did not happen"
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.engine("postgresql")
def test_a_crash_under_load_is_a_wait_and_loses_nothing(server: PostgresServer, world: World) -> None:
    tenant = world.tenant()
    user = world.user(tenant, "core.manage_users")
    is_enough = threading.Event()
    staff = [Employee(world.client(user), is_enough) for _ in range(CLIENTS)]
    for each in staff:
        each.start()
    until(lambda: all(len(each.saved) >= 3 for each in staff))

    server.kill()
    until(lambda: all(len(each.refused) >= 3 for each in staff))
    ready = world.app.test_client().get("/readyz")
    server.start()
    before = {each: len(each.saved) for each in staff}
    recovery = until(lambda: all(len(each.saved) > before[each] + 2 for each in staff))
    is_enough.set()
    for each in staff:
        each.join()

    assert [each.others for each in staff] == [[]] * CLIENTS
    assert ready.status_code == 503
    assert world.app.test_client().get("/readyz").status_code == 200
    assert max(each.slowest for each in staff) < LONGEST
    assert recovery < LONGEST
    refused = [answer for each in staff for answer in each.refused]
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
    pages = [answer for answer in refused if "HX-Reswap" not in answer.headers]
    fragments = [answer for answer in refused if "HX-Reswap" in answer.headers]
    assert all('data-error-status="503"' in answer.text for answer in pages)
    assert all("thử lại" in answer.text or "Try again" in answer.text for answer in pages)
    assert all(
        answer.headers["HX-Reswap"] == "none" and "toast" in answer.headers["HX-Trigger"] for answer in fragments
    )
    assert pages
    assert fragments
    with world.session(tenant) as session:
        kept = set(session.scalars(select(Department.name)))
    assert {name for each in staff for name in each.saved} <= kept
    assert tenants_left_on_connections(world) == {""}


def tenants_left_on_connections(world: World) -> set[str]:
    """What each connection that waits in the pool believes to be its tenant, outside of any transaction of ours."""
    with world.app.app_context():
        pool = db.engine.pool
        held = [pool.connect() for _ in range(pool.checkedin())]
        try:
            asked = [
                each.cursor().execute("SELECT current_setting('banyan.tenant', true)").fetchone()[0] for each in held
            ]
        finally:
            for each in held:
                each.close()
    assert asked
    return {tenant or "" for tenant in asked}
