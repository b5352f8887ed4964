"""Discussion on any record: writing, mentioning, attaching, reading the change log, and who may do which."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from core.attachments.models import Attachment
from core.discussion.models import Comment
from core.notifications import Notification
from core.testing.databases import AddonSet
from core.testing.queries import recorded_statements
from core.testing.world import World

ROOT = Path(__file__).parent / "root"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("notes",), (ROOT,))


@dataclass
class Scene:
    """A note of ``owner``; ``boss`` sees all notes, ``other`` only his own (none)."""

    world: World
    tenant: Any
    owner: Any
    boss: Any
    other: Any
    note: UUID

    @property
    def url(self) -> str:
        return f"/discussion/notes_note/{self.note}"

    def comments(self) -> int:
        with self.world.session(self.tenant) as session:
            return session.scalar(select(func.count()).select_from(Comment)) or 0

    def notices(self) -> list[Notification]:
        with self.world.session(self.tenant) as session:
            return list(session.scalars(select(Notification)))


@pytest.fixture
def scene(world: World) -> Scene:
    from addons.notes.models import Note

    tenant = world.tenant()
    owner = world.user(tenant, "notes.read", "notes.comment", name="Lê Minh Quân")
    boss = world.user(tenant, "notes.read", "notes.read_all", name="Trần Ngọc Ánh")
    other = world.user(tenant, "notes.read", "notes.comment", name="Phạm Thị Thu Hà")
    with world.session(tenant, owner) as session:
        note = Note(name="Hợp đồng 2027", owner_id=owner.id)
        session.add(note)
    return Scene(world, tenant, owner, boss, other, note.id)


def test_a_post_stands_in_the_stream_with_its_author_and_is_escaped(scene: Scene) -> None:
    client = scene.world.client(scene.owner)
    answer = client.post(scene.url, data={"body": "Khách <b>đồng ý</b>\nký tuần sau"}, htmx="talk")
    assert answer.status_code == 200
    assert "Khách &lt;b&gt;đồng ý&lt;/b&gt;\nký tuần sau" in answer.text
    assert "Lê Minh Quân" in answer.text
    assert "<html" not in answer.text
    assert "Khách &lt;b&gt;" in scene.world.client(scene.boss).get(scene.url).text


@pytest.mark.parametrize("body", ["", "   ", "\u200b"])
def test_an_empty_post_is_refused(scene: Scene, body: str) -> None:
    answer = scene.world.client(scene.owner).post(scene.url, data={"body": body}, htmx="talk")
    assert answer.status_code == 422
    assert "Write something, or attach a file." in answer.text
    assert scene.comments() == 0


def test_a_refused_post_keeps_what_was_typed(scene: Scene) -> None:
    answer = scene.world.client(scene.owner).post(scene.url, data={"body": "x" * 10_001}, htmx="talk")
    assert answer.status_code == 422
    assert "x" * 10_001 in answer.text


def test_a_double_click_posts_once(scene: Scene) -> None:
    client = scene.world.client(scene.owner)
    data = {"body": "một lần", "post_key": str(uuid4())}
    assert [client.post(scene.url, data=data, htmx="talk").status_code for _ in range(2)] == [200, 200]
    assert scene.comments() == 1


def test_without_javascript_the_browser_returns_to_the_record(scene: Scene) -> None:
    answer = scene.world.client(scene.owner).post(scene.url, data={"body": "xin chào"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/notes/{scene.note}")


def test_a_mention_tells_the_person_once_and_not_the_author(scene: Scene) -> None:
    body = f"@{scene.boss.username} xem giúp, @{scene.boss.username}! @{scene.owner.username} @nobody a@{scene.boss.username}"
    answer = scene.world.client(scene.owner).post(scene.url, data={"body": body}, htmx="talk")
    assert ">@Trần Ngọc Ánh</a>" in answer.text
    assert f"a@{scene.boss.username}" in answer.text
    notices = scene.notices()
    assert [(notice.user_id, notice.url) for notice in notices] == [(scene.boss.id, f"/notes/{scene.note}")]


def test_an_address_is_no_mention(scene: Scene) -> None:
    scene.world.client(scene.owner).post(scene.url, data={"body": f"gửi thư tới x@{scene.boss.username}"}, htmx="talk")
    assert scene.notices() == []


def test_whoever_may_not_see_the_record_cannot_be_mentioned(scene: Scene) -> None:
    answer = scene.world.client(scene.owner).post(scene.url, data={"body": f"@{scene.other.username} ơi"}, htmx="talk")
    assert answer.status_code == 422
    assert "Phạm Thị Thu Hà may not see this record" in answer.text
    assert (scene.comments(), scene.notices()) == (0, [])


def test_reading_needs_sight_and_writing_needs_the_right(scene: Scene) -> None:
    assert scene.world.client(scene.other).get(scene.url).status_code == 404
    assert scene.world.client(scene.other).post(scene.url, data={"body": "x"}).status_code == 404
    assert scene.world.client(scene.boss).get(scene.url).status_code == 200
    assert scene.world.client(scene.boss).post(scene.url, data={"body": "x"}).status_code == 403
    stranger = scene.world.user(scene.tenant)
    assert scene.world.client(stranger).get(scene.url).status_code == 403
    elsewhere = scene.world.user(scene.world.tenant("elsewhere"), "notes.read", "notes.read_all", "notes.comment")
    assert scene.world.client(elsewhere).get(scene.url).status_code == 404
    assert scene.world.client(elsewhere).get(f"/discussion/core_user/{scene.owner.id}").status_code == 404
    assert scene.comments() == 0


def test_the_change_log_names_fields_and_people_and_can_stand_alone(scene: Scene) -> None:
    from addons.notes.models import Note

    with scene.world.session(scene.tenant, scene.boss) as session:
        note = session.need(Note, scene.note)
        note.name = "Hợp đồng 2028"
        note.owner_id = scene.boss.id
    client = scene.world.client(scene.boss)
    logs = client.get(f"{scene.url}?show=logs").text
    assert "Trần Ngọc Ánh changed Name from “Hợp đồng 2027” to “Hợp đồng 2028”" in logs
    assert "Trần Ngọc Ánh changed Owner from “Lê Minh Quân” to “Trần Ngọc Ánh”" in logs
    assert "changed Name" not in client.get(f"{scene.url}?show=posts").text


def test_long_discussions_come_in_pages(scene: Scene) -> None:
    client = scene.world.client(scene.owner)
    for number in range(35):
        client.post(scene.url, data={"body": f"bài số {number:02d}"}, htmx="talk")
    newest = client.get(f"{scene.url}?show=posts").text
    assert "bài số 34" in newest
    assert "bài số 04" not in newest
    earlier = newest.partition("before=")[2].partition('"')[0].replace("&amp;", "&")
    assert "bài số 04" in client.get(f"{scene.url}?show=posts&before={earlier}").text
    assert client.get(f"{scene.url}?before=rubbish&show=rubbish").status_code == 200


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.exe", b"MZ\x90\x00"),
        ("x.html", b"<html>"),
        ("x.svg", b"<svg>"),
        ("x.png", b"<script>"),
        ("x.pdf", b""),
        ("x", PNG),
    ],
)
def test_only_known_files_that_are_what_they_say_are_taken(scene: Scene, name: str, content: bytes) -> None:
    data = {"body": "", "files": (io.BytesIO(content), name)}
    answer = scene.world.client(scene.owner).post(scene.url, data=data, htmx="talk")
    assert answer.status_code == 422
    assert scene.comments() == 0


def test_an_attached_file_is_a_download_for_whoever_sees_the_record(scene: Scene) -> None:
    hostile = "../../<script>ảnh.png"
    client = scene.world.client(scene.owner)
    answer = client.post(scene.url, data={"body": "", "files": (io.BytesIO(PNG), hostile)}, htmx="talk")
    assert answer.status_code == 200
    assert "<script>ảnh" not in answer.text
    with scene.world.session(scene.tenant) as session:
        file = session.scalars(select(Attachment)).one()
    url = f"/files/{file.id}"
    download = client.get(url)
    assert download.data == PNG
    assert download.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in download.headers["Content-Security-Policy"]
    assert scene.world.client(scene.boss).get(url).status_code == 200
    assert scene.world.client(scene.other).get(url).status_code == 404
    assert scene.world.client().get(url).status_code == 303


def test_whoever_sees_the_record_is_offered_by_any_spelling_and_nobody_else(scene: Scene) -> None:
    world, tenant = scene.world, scene.tenant
    world.user(tenant, "notes.comment", "notes.read_all", name="Đỗ Quang Anh")  # may not read
    for number in range(30):
        world.user(tenant, "notes.read", name=f"Ân Thị {number}")  # sees own notes only
    client = world.client(scene.owner)
    found = client.get(f"{scene.url}/people?q=anh").text
    assert re.findall('data-value="([^"]+)"', found) == [scene.boss.username]
    assert "data-value" not in client.get(f"{scene.url}/people?q=thu ha").text
    assert world.client(scene.other).get(f"{scene.url}/people?q=anh").status_code == 404

    with recorded_statements() as statements:
        client.get(f"{scene.url}/people?q=an")  # 24 colleagues are looked at
    assert len(statements) <= 9
