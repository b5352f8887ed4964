"""SQLite that is locked for too long, and disks without room: a clear answer, nothing half-written, reading goes on."""

from __future__ import annotations

import errno
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, make_url, select

from core.access.models import Department
from core.attachments.models import Attachment
from core.clock import local_today
from core.db import engines
from core.db.session import db
from core.testing.databases import AddonSet
from core.testing.world import World

pytestmark = pytest.mark.engine("sqlite")

PLACE = "/core/departments/"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("visits",), (Path(__file__).parents[1] / "docs" / "root",))


@pytest.fixture
def app(app_factory: Any, database: Any, addons: AddonSet, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An application of its own, whose writers wait for a tenth of a second only."""
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 100)
    return app_factory(addons.names, addons.roots, database=database)


@pytest.fixture
def client(world: World, tenant: Any) -> Any:
    return world.client(world.user(tenant, "core.manage_users"))


def save(client: Any, name: str, **options: Any) -> Any:
    return client.post(f"{PLACE}new", data={"name": name}, **options)


def names(world: World, tenant: Any) -> list[str]:
    with world.session(tenant) as session:
        return list(session.scalars(select(Department.name)))


def expect_a_wait(answer: Any, *words: str) -> None:
    """A 503 that says one of ``words``: what fails before the user is known speaks Vietnamese."""
    told = answer.text + str(json.loads(answer.headers.get("HX-Trigger", "{}")))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert any(word in told for word in words)


def test_a_lock_beyond_the_wait_is_told_and_gone_with_it(world: World, tenant: Any, client: Any, database: Any) -> None:
    holder = sqlite3.connect(str(make_url(database.url).database), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    expect_a_wait(save(client, "Kho"), "very busy", "rất bận")
    expect_a_wait(save(client, "Kho", htmx="form"), "very busy", "rất bận")
    assert client.get(PLACE).status_code == 200
    holder.execute("ROLLBACK")
    assert save(client, "Kho").status_code == 303

    assert names(world, tenant) == ["Kho"]
    holder.close()


def test_a_full_disk_stops_writing_and_not_reading(app: Any, world: World, tenant: Any, client: Any) -> None:
    assert save(client, "Kho").status_code == 303
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "checkout")
    def fill(connection: Any, record: object, proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {1 if is_full else 1 << 30}")

    is_full = True
    refused = 0
    while refused < 3:  # until the pages at hand are used up; then for good
        answer = save(client, f"Phòng {len(names(world, tenant))} {'x' * 80}")
        assert answer.status_code in {303, 503}
        refused += answer.status_code == 503
    expect_a_wait(answer, "no room")
    kept = names(world, tenant)
    page = client.get(PLACE)
    is_full = False

    assert page.status_code == 200
    assert "Kho" in page.text
    assert save(client, "Xưởng").status_code == 303
    assert sorted(names(world, tenant)) == sorted([*kept, "Xưởng"])


def test_a_file_that_finds_no_room_leaves_nothing(
    app: Any, world: World, tenant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from addons.visits.services import log_visit

    user = world.user(tenant, groups=("visits.traveller",))
    with world.session(tenant, user) as session:
        visit = log_visit(session, place="Cảng Đình Vũ", visited_on=local_today())
    folder = Path(app.extensions["banyan"].config.data) / "files"

    def post(text: str) -> Any:
        data = {"body": text, "files": (io.BytesIO(b"%PDF-1.7 " + b"x" * 100_000), "hop-dong.pdf")}
        return world.client(user).post(f"/discussion/visits/{visit.id}", data=data)

    with monkeypatch.context() as full:
        full.setattr("core.attachments.services.os.fsync", _no_room)
        expect_a_wait(post("đầu"), "no room")
        left = [path for path in folder.rglob("*") if path.is_file()]
    answers = [post("sau"), post("sau nữa")]

    assert left == []
    assert [answer.status_code for answer in answers] == [303, 303]
    with world.session(tenant) as session:
        assert len(session.scalars(select(Attachment)).all()) == 2
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def _no_room(descriptor: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
