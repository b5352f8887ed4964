"""Discussion on any record: writing, mentioning, attaching, reading the change log, and who may do which."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import func, select

from core.attachments.models import Attachment
from core.attachments.services import path_of
from core.audit import AuditEntry
from core.clock import now
from core.db.session import with_deleted
from core.discussion.models import Comment, CommentLike, CommentMention, Reading
from core.discussion.reading import count_unread, has_unread, unread_by_record
from core.jobs import enqueue
from core.jobs.execution import run_due_jobs
from core.notifications import Notification
from core.settings.models import set_setting
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

    def post(self, user: Any, body: str, **more: Any) -> Comment:
        """What ``user`` posts, as it is stored."""
        answer = self.world.client(user).post(self.url, data={"body": body, **more}, htmx="talk")
        assert answer.status_code == 200, answer.text
        return self.stored()

    def open(self, user: Any, query: str = "") -> str:
        """The panel as ``user`` reads it, with what it says by itself: that he has read it."""
        client = self.world.client(user)
        panel = str(client.get(f"{self.url}{query}", htmx="talk").text)
        if until := re.search(r'name="until" value="([^"]+)"', panel):
            assert client.post(f"{self.url}/read", data={"until": until[1]}, htmx=True).status_code == 200
        return panel

    def stored(self) -> Comment:
        """The newest comment."""
        with self.world.session(self.tenant) as session:
            found = session.scalars(select(Comment).order_by(Comment.id.desc())).first()
            assert found is not None
            session.expunge_all()
            return found

    def kept(self, action: str) -> list[Any]:
        """What the audit trail has of comments."""
        with self.world.session(self.tenant) as session:
            query = select(AuditEntry.changes).where(AuditEntry.action == action, AuditEntry.entity == "core_comment")
            return [changes["body"] for changes in session.scalars(query.order_by(AuditEntry.id))]

    def unread(self, user: Any) -> int:
        """What ``user`` has not read of all notes."""
        from addons.notes.models import Note

        with self.world.session(self.tenant, user) as session:
            listed = session.scalars(select(Note.id).where(has_unread(Note, session.actor))).all()
            by_record = dict(session.execute(unread_by_record(Note, session.actor)).all())
            count = count_unread(session, Note)
            assert count == sum(by_record[id] for id in listed)
            return count

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
    assert "Write something, or attach a file or a location." in answer.text
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


@pytest.mark.req("CUS-023")
def test_an_author_changes_his_comment_for_two_hours_by_the_servers_clock(scene: Scene) -> None:
    client = scene.world.client(scene.owner)
    first = scene.post(scene.owner, f"giá cũ @{scene.owner.username}")
    url, form = f"/comments/{first.id}", f"{scene.url}?edit={first.id}"

    with time_machine.travel(first.created_at + timedelta(minutes=36), tick=False):
        assert "Edit (1 h 24 min left)" in client.get(scene.url).text
        assert 'class="post-edit"' in client.get(form, htmx="talk").text
        assert client.post(url, data={"body": f"giá mới @{scene.boss.username}"}, htmx="talk").status_code == 200
    changed = scene.stored()
    assert (changed.id, changed.created_at, changed.edited_at) == (
        first.id, first.created_at, first.created_at + timedelta(minutes=36),
    )  # fmt: skip
    assert ">edited<" in client.get(scene.url).text
    assert scene.kept("edit_comment") == [[first.body, changed.body]]
    assert [notice.user_id for notice in scene.notices()] == [scene.boss.id]
    with scene.world.session(scene.tenant) as session:
        assert session.scalars(select(CommentMention.user_id)).all() == [scene.boss.id]

    end = first.created_at + timedelta(hours=2)  # of the first sending, not of the edit
    with time_machine.travel(end, tick=False):
        client = scene.world.client(scene.owner)
        assert client.post(url, data={"body": "đúng hai tiếng"}, htmx="talk").status_code == 200
        assert 'class="post-edit"' in client.get(form, htmx="talk").text
    with time_machine.travel(end + timedelta(seconds=1), tick=False):
        refused = client.post(url, data={"body": "gõ từ trước"}, htmx="talk")
        assert refused.status_code == 409
        assert "within 2 hours of sending" in refused.text
        assert ">gõ từ trước</textarea>" in refused.text  # to be copied
        assert "min left)" not in client.get(scene.url).text
    assert scene.stored().body == "đúng hai tiếng"


@pytest.mark.req("CUS-023", "CUS-024")
def test_nobody_changes_or_deletes_the_comment_of_another(scene: Scene) -> None:
    comment = scene.post(scene.owner, "của tôi")
    chief = scene.world.user(
        scene.tenant, "notes.read", "notes.read_all", "notes.comment", groups=("core.administrator",)
    )
    client = scene.world.client(chief)
    assert client.post(f"/comments/{comment.id}", data={"body": "của tôi rồi"}, htmx="talk").status_code == 403
    assert client.post(f"/comments/{comment.id}/remove", htmx="talk").status_code == 403
    page = client.get(f"{scene.url}?edit={comment.id}").text
    assert "post-edit" not in page
    assert "/remove" not in page
    for verb in ("", "/remove", "/like"):  # who does not see the record has nothing there
        assert scene.world.client(scene.other).post(f"/comments/{comment.id}{verb}").status_code == 404
    assert scene.stored().body == "của tôi"
    own = scene.world.client(scene.owner)
    for body in ("", "x" * 10_001, f"@{scene.other.username}"):  # the rules of a new one
        assert own.post(f"/comments/{comment.id}", data={"body": body}, htmx="talk").status_code == 422


@pytest.mark.req("CUS-024")
def test_a_deleted_comment_leaves_its_place_and_its_text_in_the_audit_trail(scene: Scene) -> None:
    client = scene.world.client(scene.owner)
    sent = {"files": (io.BytesIO(PNG), "ảnh.png"), "lat": "21.03", "lng": "105.85", "accuracy": "8"}
    comment = scene.post(scene.owner, "nói nhầm", **sent)
    with scene.world.session(scene.tenant) as session:
        file = session.scalars(select(Attachment.id)).one()
    assert client.get(f"/files/{file}").status_code == 200

    with time_machine.travel(comment.created_at + timedelta(days=30)):  # at any time
        client = scene.world.client(scene.owner)
        assert client.post(f"/comments/{comment.id}/remove", htmx="talk").status_code == 200
        assert client.post(f"/comments/{comment.id}/remove", htmx="talk").status_code == 200
    client = scene.world.client(scene.owner)
    page = scene.world.client(scene.boss).get(scene.url).text
    assert "This comment has been deleted." in page
    assert "Lê Minh Quân" in page
    assert "nói nhầm" not in page
    assert "google.com" not in page
    assert client.get(f"/files/{file}").status_code == 404
    assert scene.kept("remove_comment") == [["nói nhầm", None]]
    assert scene.stored().body == ""
    assert client.post(f"/comments/{comment.id}", data={"body": "lại"}, htmx="talk").status_code == 409
    assert client.post(f"/comments/{comment.id}/like", htmx="talk").status_code == 404


@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-024")
def test_the_files_of_a_deleted_comment_are_gone_when_their_time_is_over(scene: Scene) -> None:
    """As long as other deleted records are kept; bytes that another file names stay."""

    def night(days: int) -> list[str]:
        with scene.world.session(scene.tenant) as session:
            set_setting(session, "core.bin_days", days)
            enqueue(session, "core.remove_deleted_files")
        with scene.world.app.app_context():
            run_due_jobs()
        with scene.world.session(scene.tenant) as session, with_deleted(session) as everything:
            return [each.name for each in everything.scalars(select(Attachment).order_by(Attachment.id))]

    scene.post(scene.owner, "giữ lại", files=(io.BytesIO(PNG), "cùng nội dung.png"))
    for name, content in (("nhầm.png", PNG), ("bí mật.txt", b"mat khau")):
        comment = scene.post(scene.owner, name, files=(io.BytesIO(content), name))
        with time_machine.travel(now() - timedelta(days=31), tick=True), scene.world.session(scene.tenant) as session:
            for file in session.scalars(select(Attachment).where(Attachment.comment_id == comment.id)):
                session.delete(file)
                place = path_of(file)
    assert len(night(0)) == len(night(40)) == 3
    assert place.exists()
    assert night(30) == ["cùng nội dung.png"]
    assert not place.exists()
    with scene.world.session(scene.tenant) as session:
        assert path_of(session.scalars(select(Attachment)).one()).exists()


@pytest.mark.req("CUS-022")
def test_a_like_counts_once_for_each_and_can_be_taken_back(scene: Scene) -> None:
    comment = scene.post(scene.owner, "chốt rồi")
    url = f"/comments/{comment.id}/like"
    owner, boss = (scene.world.client(user) for user in (scene.owner, scene.boss))
    for _twice in range(2):  # a double click
        liked = owner.post(url, data={"likes": "1"}, htmx="talk").text
    assert "Liked · 1" in liked
    assert "Like · 1" in boss.get(scene.url).text
    both = boss.post(url, data={"likes": "1"}, htmx="talk").text
    assert "Liked · 2" in both
    assert 'title="Lê Minh Quân, Trần Ngọc Ánh"' in both
    assert 'name="likes" value="0"' in both  # a click again
    assert "Like · 1" in boss.post(url, data={"likes": "0"}, htmx="talk").text
    with scene.world.session(scene.tenant) as session:
        assert session.scalars(select(CommentLike.user_id)).all() == [scene.owner.id]


@pytest.mark.req("CUS-028")
def test_a_location_is_kept_with_its_accuracy_and_time_and_leads_to_a_map(scene: Scene) -> None:
    moment = now() - timedelta(minutes=3)
    at = str(int(moment.timestamp() * 1000))
    comment = scene.post(scene.owner, "", lat="21.028511", lng="105.804817", accuracy="12.4", at=at)
    assert comment.place is not None
    assert (comment.place["lat"], comment.place["lng"], comment.place["accuracy"]) == (21.028511, 105.804817, 12.4)
    assert comment.place["at"][:19] == moment.isoformat()[:19]
    page = scene.world.client(scene.boss).get(scene.url).text
    assert 'href="https://www.google.com/maps?q=21.028511,105.804817"' in page
    assert 'rel="noopener noreferrer"' in page
    assert "(± 12 m)" in page
    future = str(int((now() + timedelta(days=1)).timestamp() * 1000))
    assert scene.post(scene.owner, "", lat="0", lng="0", at=future).place["at"] <= now().isoformat()

    client = scene.world.client(scene.owner)
    for wrong in (
        {"lat": "91"},
        {"lng": "-181"},
        {"lat": "nan"},
        {"lat": "x"},
        {"accuracy": "-1"},
        {"accuracy": "inf"},
    ):
        sent = {"body": "ở đây", "lat": "21", "lng": "105", "accuracy": "5", **wrong}
        refused = client.post(scene.url, data=sent, htmx="talk")
        assert refused.status_code == 422, wrong
        assert ">ở đây</textarea>" in refused.text
    assert client.post(scene.url, data={"body": "x", "lat": "1", "lng": "1", "at": "9" * 40}).status_code == 303


@pytest.mark.req("CUS-027")
def test_pictures_are_shown_and_other_files_are_named(scene: Scene) -> None:
    files = [(io.BytesIO(PNG), "ảnh 1.png"), (io.BytesIO(PNG), "ảnh 2.png"), (io.BytesIO(b"%PDF-1.7"), "báo giá.pdf")]
    scene.post(scene.owner, "", files=files)
    page = scene.world.client(scene.boss).get(scene.url).text
    assert page.count("<img src=") == 2
    assert 'alt="ảnh 1.png"' in page
    assert 'class="cut">báo giá.pdf' in page
    many = {"body": "", "files": [(io.BytesIO(PNG), f"{n}.png") for n in range(11)]}
    refused = scene.world.client(scene.owner).post(scene.url, data=many, htmx="talk")
    assert refused.status_code == 422
    assert "At most 10 files" in refused.text


@pytest.mark.req("CUS-056")
def test_what_others_wrote_is_unread_until_the_discussion_is_opened(scene: Scene) -> None:
    world = scene.world
    writer = world.user(scene.tenant, "notes.read", "notes.read_all", "notes.comment", name="Đỗ Văn Hùng")
    first = scene.post(writer, "một")
    scene.post(writer, "hai")
    scene.post(scene.owner, "của tôi")
    assert (scene.unread(scene.owner), scene.unread(writer), scene.unread(scene.boss)) == (2, 1, 3)
    assert scene.unread(scene.other) == 0  # does not see the note
    assert "until" not in scene.open(scene.boss, "?show=logs"), "the log shows no comment"
    assert scene.unread(scene.boss) == 3
    world.client(writer).post(f"/comments/{first.id}/remove", htmx="talk")
    assert scene.unread(scene.boss) == 2
    assert 'count-new m-0">2<' in scene.open(scene.boss)
    assert scene.unread(scene.boss) == 0
    assert "count-new" not in scene.open(scene.boss)
    newest = scene.post(scene.owner, "mới")
    assert scene.unread(scene.boss) == 1
    scene.open(scene.boss, "?show=posts")
    for until in ("rubbish", "", (now() + timedelta(days=9)).isoformat(), first.created_at.isoformat()):
        assert world.client(scene.boss).post(f"{scene.url}/read", data={"until": until}).status_code == 303
    with world.session(scene.tenant) as session:
        marks = session.scalars(select(Reading.until).where(Reading.user_id == scene.boss.id)).all()
    assert [newest.created_at <= mark <= now() for mark in marks] == [True]
    assert world.client(scene.other).post(f"{scene.url}/read", data={"until": until}).status_code == 404

    scene.post(writer, "trước khi mất quyền")
    from addons.notes.models import Note

    with world.session(scene.tenant) as session:
        session.need(Note, scene.note).owner_id = writer.id
    assert scene.unread(scene.owner) == 0  # no longer visible
    another = world.tenant("elsewhere")
    elsewhere = world.user(another, "notes.read", "notes.read_all")
    with world.session(another, elsewhere) as session:
        assert count_unread(session, Note) == 0
