"""The recycle bin: what lies there, who sees it, bringing back, deleting for good, and what the night does."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from playwright.sync_api import expect
from sqlalchemy import select

from core.attachments import attach
from core.attachments.models import Attachment
from core.attachments.services import path_of
from core.audit import AuditEntry
from core.clock import now
from core.db.session import with_deleted
from core.discussion.models import Comment
from core.jobs import Job, enqueue
from core.jobs.execution import run_due_jobs
from core.settings.models import set_setting
from core.testing.browser import PHONE
from core.testing.databases import AddonSet
from core.testing.queries import recorded_statements
from tests.core.resources.pages import Page, read

ROOT = Path(__file__).parent / "drawer"
RIGHTS = ("drawer.read", "drawer.create", "drawer.edit", "drawer.delete")
BIN = "/drawer/folders/bin/"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("drawer",), (ROOT,))


class Office:
    """A business with a clerk who may delete and a keeper who may also delete for good."""

    def __init__(self, world: Any) -> None:
        self.world, self.tenant = world, world.tenant()
        self.clerk = world.user(self.tenant, *RIGHTS, "core.use_api", name="Lê Văn Thư")
        self.keeper = world.user(self.tenant, *RIGHTS, "core.delete_forever", "core.view_audit", name="Trần Thủ Kho")
        self.codes = iter(range(1, 10_000))

    def add(self, *names: str, model: str = "Folder", **values: Any) -> Any:
        from addons.drawer import models

        rows = []
        for name in names:
            code = {"code": f"F{next(self.codes):04}"} if model == "Folder" else {}
            rows.append(getattr(models, model)(name=name, **{**code, **values}))
        with self.world.session(self.tenant) as session:
            session.add_all(rows)
        return rows[0].id if len(rows) == 1 else [row.id for row in rows]

    def delete(self, id: UUID, model: str = "Folder", user: Any = None) -> None:
        from addons.drawer import models

        with self.world.session(self.tenant, user or self.clerk) as session:
            session.delete(session.need(getattr(models, model), id))

    def there(self, model: str = "Folder", *, deleted: bool = False) -> list[str]:
        """The names of what is not deleted, or of all that is kept still."""
        from addons.drawer import models

        kind = getattr(models, model)
        with self.world.session(self.tenant) as session:
            if not deleted:
                return sorted(session.scalars(select(kind.name)))
            with with_deleted(session) as reader:
                return sorted(reader.scalars(select(kind.name)))

    def audited(self, id: UUID) -> list[tuple[str, str]]:
        with self.world.session(self.tenant) as session:
            query = select(AuditEntry.action, AuditEntry.user_name).where(AuditEntry.entity_id == id)
            return [(row[0], row[1]) for row in session.execute(query.order_by(AuditEntry.id))]


@pytest.fixture
def office(world):
    return Office(world)


def _bulk(client, action, ids=(), query="", **data):
    return client.post(f"{BIN}bulk{query}", data={"action": action, "ids": [str(id) for id in ids], **data})


def test_the_bin_shows_what_was_deleted_by_whom_and_what_went_along(office, world):
    mine, hidden = office.add("Hợp đồng thuê"), office.add("Mật", owner_id=office.keeper.id)
    office.add("Còn đây")
    office.add("Trang 1", "Trang 2", model="Paper", folder_id=mine)
    office.delete(mine)
    office.delete(hidden, user=office.keeper)
    clerk = world.client(office.clerk)

    assert read(clerk, "/drawer/folders/").element(href=BIN) is not None
    page = read(clerk, BIN)
    for text in ("Recycle bin: Folders", "Hợp đồng thuê", "Lê Văn Thư", "Today", "paper: 2", "30 days"):
        assert text in page.text, text
    assert "Mật" not in page.html
    assert "Còn đây" not in page.html
    assert "Delete for good" not in page.text  # that takes another right
    assert "Mật" in read(world.client(office.keeper), BIN).text
    assert "Hợp đồng thuê" in read(clerk, f"{BIN}?q=hop+dong").text
    assert "Hợp đồng thuê" not in read(clerk, f"{BIN}?q=khac").text
    assert "Hợp đồng thuê" not in read(clerk, f"{BIN}?f.by={office.keeper.id}").text
    reader = world.client(world.user(office.tenant, "drawer.read"))
    assert reader.get(BIN).status_code == 403
    assert f'href="{BIN}"' not in read(reader, "/drawer/folders/").html
    stranger = world.client(world.user(world.tenant(), *RIGHTS, "core.delete_forever"))
    assert "Hợp đồng thuê" not in stranger.get(BIN).text

    answers = [client.post(f"/drawer/folders/{id}/restore") for client, id in
               ((clerk, hidden), (clerk, uuid4()), (stranger, mine))]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert len({Page(answer.text).text for answer in answers[:2]}) == 1
    assert "2 skipped" in _bulk(clerk, "restore", [hidden, uuid4()], confirmed="1").text


def test_the_bin_is_paged_by_key_and_asks_little(office, world):
    ids = office.add(*(f"Cặp {at:02}" for at in range(30)))
    start = datetime(2026, 11, 20, 3, tzinfo=UTC)
    for at, id in enumerate(ids):
        with time_machine.travel(start + timedelta(minutes=at // 2), tick=False):
            office.delete(id)
    client = world.client(office.keeper)
    seen, url = [], f"{BIN}?size=25"
    while url:
        with recorded_statements() as statements:
            page = read(client, url)
        assert len(statements) <= 8, statements
        seen += [each["title"] for _tag, each in page.elements if each.get("title", "").startswith("Cặp")]
        url = page.link("next")
    assert sorted(seen) == [f"Cặp {at:02}" for at in range(30)]
    assert {*seen[:2]} == {"Cặp 28", "Cặp 29"}


def test_parts_that_were_deleted_in_the_same_act_come_back_with_it(office, world):
    cabinet = office.add("Tủ A", model="Cabinet")
    early, late = office.add("Xóa trước", "Xóa cùng tủ", cabinet_id=cabinet)
    office.delete(early)
    office.delete(cabinet, "Cabinet")
    assert office.there() == []
    client = world.client(office.clerk)
    assert "folder: 1" in read(client, "/drawer/cabinets/bin/").text

    refused = client.post(f"/drawer/folders/{late}/restore")
    assert refused.status_code == 409
    assert "Cabinet: Tủ A was deleted too. Restore that first." in refused.text
    assert office.there() == []

    assert client.post(f"/drawer/cabinets/{cabinet}/restore").status_code == 303
    assert (office.there("Cabinet"), office.there()) == (["Tủ A"], ["Xóa cùng tủ"])
    assert office.audited(late) == [("create", "system"), ("delete", "Lê Văn Thư"), ("restore", "Lê Văn Thư")]
    assert client.post(f"/drawer/cabinets/{cabinet}/restore").status_code == 303  # a second click changes nothing
    assert client.post(f"/drawer/folders/{early}/restore").status_code == 303
    assert office.there() == ["Xóa cùng tủ", "Xóa trước"]


def test_what_is_in_the_way_is_named_and_nothing_comes_back_by_halves(office, world):
    cabinet = office.add("Tủ A", model="Cabinet")
    office.add("Mã cũ", code="HD-1", cabinet_id=cabinet)
    model = office.add("Mẫu", owner_id=office.keeper.id)
    copy, free = office.add("Bản sao", model_id=model), office.add("Tự do")
    office.delete(cabinet, "Cabinet")
    for id in (copy, free):
        office.delete(id)
    office.delete(model, user=office.keeper)
    taken = office.add("Mã mới", code="HD-1")
    client = world.client(office.clerk)

    refused = client.post(f"/drawer/cabinets/{cabinet}/restore")
    assert refused.status_code == 409
    assert "Code HD-1 has been taken by Mã mới meanwhile." in refused.text
    assert (office.there("Cabinet"), office.there()) == ([], ["Mã mới"])

    answer = _bulk(client, "restore", all="1", query="?q=", confirmed="1")
    report = Page(answer.text).text
    assert "1 changed, 2 skipped" in report
    assert "Mã cũ" in report
    assert f"Model: folder {str(model)[-8:]} was deleted too." in report  # which the clerk may not see
    assert "Mẫu" not in report
    assert office.there() == ["Mã mới", "Tự do"]

    office.delete(taken)
    program = world.program(office.clerk)
    path = f"/api/v1/drawer/folders/{copy}/restore"
    refused = program.post(path)
    assert refused.status_code == 409
    assert refused.json["errors"][0]["code"] == "target_deleted"
    assert world.client(office.keeper).post(f"/drawer/folders/{model}/restore").status_code == 303
    assert program.post(path).json["name"] == "Bản sao"
    assert program.post(f"/api/v1/drawer/cabinets/{cabinet}/restore").status_code == 200
    assert office.there() == ["Bản sao", "Mã cũ", "Mẫu", "Tự do"]


def test_deleting_for_good_takes_a_right_and_the_number(office, world):
    gone, kept, live = office.add("Bỏ"), office.add("Đang mượn"), office.add("Còn dùng")
    office.add("Trang 1", model="Paper", folder_id=gone)
    office.add("Phiếu mượn", model="Loan", folder_id=kept)
    from addons.drawer.models import Folder
    from werkzeug.datastructures import FileStorage

    with world.session(office.tenant, office.clerk) as session:
        folder = session.need(Folder, gone)
        file = FileStorage(io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\x00" * 20), "ảnh.png")
        (attached,) = attach(session, folder, [file])
        place = path_of(attached)
        session.add(Comment(entity="drawer_folder", entity_id=gone, author_id=office.clerk.id, body="Ghi",
                            created_at=now(), post_key=uuid4()))  # fmt: skip
    for id in (gone, kept):
        office.delete(id)
    assert _bulk(world.client(office.clerk), "purge", [gone], confirmed="1", counted="1").status_code == 403

    client = world.client(office.keeper)
    ids = [gone, kept, live]
    question = Page(_bulk(client, "purge", ids).text)
    assert "Delete for good 3 folders?" in question.text
    assert "Type the number 3 to go on" in question.text
    for wrong in ("", "2", "x"):
        refused = _bulk(client, "purge", ids, confirmed="1", counted=wrong)
        assert refused.status_code == 422
        assert "That is not the number of records." in refused.text
    assert office.there(deleted=True) == ["Bỏ", "Còn dùng", "Đang mượn"]
    assert place.exists()

    report = Page(_bulk(client, "purge", ids, confirmed="1", counted=" 3 ").text).text
    assert "1 changed, 2 skipped" in report
    assert "Đang mượn : It stays, because something still refers to it: loan." in report
    assert "Còn dùng : It is not in the recycle bin any more." in report
    assert office.there(deleted=True) == ["Còn dùng", "Đang mượn"]
    assert office.there("Paper") == []
    assert not place.exists()
    with world.session(office.tenant) as session:
        assert session.scalars(select(Comment.id)).all() == session.scalars(select(Attachment.id)).all() == []
    assert office.audited(gone)[-1] == ("purge", "Trần Thủ Kho")
    assert "Deleted for good" in client.get("/core/audit/").text


@pytest.fixture
def night(world, office):
    """``night()``: what the job of the night has to say; None where it did nothing."""

    def run() -> str | None:
        with world.session(office.tenant) as session:
            id = enqueue(session, "core.empty_recycle_bin").id
        with world.app.app_context():
            run_due_jobs()
        with world.session(office.tenant) as session:
            job = session.need(Job, id)
            assert job.state == "done", job.error
            return job.result["message"] if job.result else None

    return run


def test_the_night_deletes_for_good_what_is_older_than_the_setting(office, world, night):
    other = Office(world)
    theirs = other.add("Nhà khác")
    cabinet = office.add("Tủ cũ", model="Cabinet")
    office.add("Trong tủ", cabinet_id=cabinet)
    old = office.add(*(f"Cũ {at}" for at in range(60)))
    lent, fresh = office.add("Đang mượn"), office.add("Mới xóa")
    loan = office.add("Phiếu", model="Loan", folder_id=lent)
    with time_machine.travel(now() - timedelta(days=31), tick=True):
        for id in (*old, lent):
            office.delete(id)
        office.delete(cabinet, "Cabinet")
        other.delete(theirs)
    with time_machine.travel(now() - timedelta(days=29), tick=True):
        office.delete(fresh)

    for days in (0, 40):
        with world.session(office.tenant) as session:
            set_setting(session, "core.bin_days", days)
        assert night() is None
    with world.session(office.tenant) as session:
        set_setting(session, "core.bin_days", 30)
    stays = "Mục này được giữ lại vì vẫn còn dữ liệu liên kết đến nó: loan."
    assert night() == f"Đã xóa vĩnh viễn 62 bản ghi. 1 bản ghi: {stays}"
    assert office.there(deleted=True) == ["Mới xóa", "Đang mượn"]
    assert office.there("Cabinet", deleted=True) == []
    assert other.there(deleted=True) == ["Nhà khác"]
    assert office.audited(old[0])[-1] == ("purge", "system")
    assert night() == f"Đã xóa vĩnh viễn 0 bản ghi. 1 bản ghi: {stays}"

    with world.session(office.tenant) as session:
        from addons.drawer.models import Loan

        session.delete(session.need(Loan, loan))
    assert night() == "Đã xóa vĩnh viễn 1 bản ghi."
    assert office.there(deleted=True) == ["Mới xóa"]


def test_what_was_deleted_just_now_is_undone_from_the_message(office, world):
    ids = office.add("Một", "Hai", "Ba")
    client = world.client(office.clerk)
    office.delete(ids[2])
    answer = client.post("/drawer/folders/bulk", data={"action": "delete", "ids": ids[:2], "confirmed": "1"})
    page = read(client, answer.location)
    undo = next(each["action"] for _tag, each in page.elements if "bin/undo" in each.get("action", ""))
    assert "Deleted: 2 folders" in page.text
    assert office.there() == []
    for wrong in ("/drawer/folders/bin/undo", "/drawer/folders/bin/undo?since=x&until=2026-01-01"):
        assert client.post(wrong).status_code == 404
    world.client(office.keeper).post(undo)  # it is not his to undo
    assert office.there() == []
    assert client.post(undo).status_code == 303
    assert office.there() == ["Hai", "Một"]


def test_one_place_leads_to_every_bin(office, world):
    office.delete(office.add("Bỏ"))
    page = read(world.client(office.keeper), "/recycle-bin")
    assert page.element(href=BIN) is not None
    assert page.element(href="/drawer/cabinets/bin/") is not None
    assert "/core/fields/bin/" not in page.html
    assert "Folders 1" in page.text
    assert world.client(office.clerk).get("/recycle-bin").status_code == 403


@pytest.mark.browser
@pytest.mark.engine("sqlite")
def test_deleted_undone_restored_and_gone_on_a_phone(office, open_page, live_server, sign_in):
    first = office.add("Hợp đồng thuê")
    office.add("Trang 1", model="Paper", folder_id=first)
    second = office.add("Biên bản")
    page = sign_in(open_page(PHONE, base_url=live_server.url), office.keeper)
    page.goto(f"/drawer/folders/{first}/delete")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(f"**/folders/{first}")
    assert office.there() == ["Biên bản", "Hợp đồng thuê"]

    office.delete(first, user=office.keeper)
    office.delete(second, user=office.keeper)
    page.goto("/drawer/folders/")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("link", name="Recycle bin").click()
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_label("Choose Biên bản").check()
    page.get_by_role("button", name="Restore", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(rows).to_have_count(1)
    assert office.there() == ["Biên bản"]

    page.get_by_label("Choose Hợp đồng thuê").check()
    page.get_by_role("button", name="Delete for good").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Type the number 1 to go on").fill("2")
    dialog.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("That is not the number of records.")).to_be_visible()
    page.get_by_label("Type the number 1 to go on").fill("1")
    page.get_by_role("button", name="Delete for good").click()
    expect(rows).to_have_count(0)
    assert office.there(deleted=True) == ["Biên bản"]
