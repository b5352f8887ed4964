"""What leaves the house in workbooks, for whom, and that it is put on record."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from openpyxl import load_workbook
from sqlalchemy import select

from core.audit import AuditEntry
from core.exchange.models import Export
from core.exchange.storage import export_path
from core.jobs.claims import claim_next
from core.jobs.execution import run_claim
from tests.core.exchange.desk import read_back

ALL = {"export": "1", "rows": "all"}
COLUMNS = (
    *("code", "name", "phone", "birthday", "budget", "level", "is_member", "note"),
    *("source_id", "created_at", "name_length"),
)


@pytest.fixture
def arrive(world, tenant):
    """``arrive(name="Lan", …)``: a guest; ``arrive(count=700)``: so many of them."""

    def put(count=1, **values):
        from addons.guestbook.models import Guest

        with world.session(tenant) as session:
            guests = [Guest(**{"name": f"Khách {number}", **values}) for number in range(count)]
            session.add_all(guests)
            session.flush()
            return [guest.id for guest in guests]

    return put


def export(desk, columns=COLUMNS, query="", **data):
    return desk.client.post(f"{desk.path}/export{query}", data={**ALL, "columns": list(columns), **data})


def names(answer):
    return [row[0] for row in read_back(answer.data)[1:]]


@pytest.mark.req("SYS-10")
def test_values_are_what_they_are_and_titles_are_vietnamese(desk, arrive):
    arrive(
        name="Lan", phone="+84912345678", birthday=date(1990, 11, 21), budget=1_500_000, level="gold", is_member=True
    )
    book = load_workbook(io.BytesIO(export(desk).data))
    titles, row = list(book.worksheets[0].iter_rows())
    assert [cell.value for cell in titles][:5] == ["Mã khách", "Tên khách", "Điện thoại", "Ngày sinh", "Ngân sách"]
    values = [cell.value for cell in row]
    assert values[3].date() == date(1990, 11, 21)
    assert values[:7] == ["G000001", "Lan", "0912345678", values[3], 1_500_000, "Vàng", "Yes"]
    assert [row[2].data_type, row[2].number_format] == ["s", "@"]
    assert [row[0].data_type, row[3].is_date, row[4].data_type] == ["s", True, "n"]
    assert isinstance(values[9], datetime)
    assert values[10] == 3


@pytest.mark.req("SYS-10")
@pytest.mark.parametrize("text", ["=1+1", "+84 912", "-5% lần sau", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_no_text_becomes_a_formula_and_it_comes_back_equal(desk, arrive, guests, text):
    arrive(name="Lan", note=text)
    answer = export(desk)
    cell = load_workbook(io.BytesIO(answer.data)).worksheets[0]["H2"]
    assert (cell.data_type, cell.value) == ("s", text)
    url = desk.read(answer.data)
    desk.check(url, update_existing="1")
    desk.apply(url)
    assert [guest.note for guest in guests()] == [text]


@pytest.mark.req("SYS-06")
@pytest.mark.req("SYS-10")
def test_only_what_the_user_sees_and_the_list_shows(desk, arrive, world, tenant):
    stranger = world.user(tenant, "guestbook.read")
    arrive(name="Fremd", owner_id=stranger.id)
    arrive(name="Lan", is_member=True, level="gold")
    arrive(name="Hoa", is_member=True)
    arrive(name="Mai")
    assert sorted(names(export(desk, ("name",)))) == ["Hoa", "Lan", "Mai"]
    assert names(export(desk, ("name",), "?sort=name")) == ["Hoa", "Lan", "Mai"]
    assert sorted(names(export(desk, ("name",), "?tab=members"))) == ["Hoa", "Lan"]
    assert names(export(desk, ("name",), "?q=mai")) == ["Mai"]


@pytest.mark.req("SYS-12")
def test_the_ticked_ones_alone(desk, arrive, world, tenant):
    lan, hoa, _mai = (arrive(name=name)[0] for name in ("Lan", "Hoa", "Mai"))
    stranger = world.user(tenant, "guestbook.read")
    hidden = arrive(name="Fremd", owner_id=stranger.id)[0]
    question = desk.client.post(f"{desk.path}/export", data={"ids": [lan, hoa]})
    assert "The 2 ticked rows" in question.text
    assert "All 3 rows that match" in question.text
    assert sorted(names(export(desk, ("name",), rows="ticked", ids=[lan, hoa, hidden]))) == ["Hoa", "Lan"]
    assert export(desk, ("name",), rows="ticked").status_code == 422
    assert export(desk, ("name",), rows="ticked", ids=["x"]).status_code == 422


def test_the_chosen_columns_in_their_order(desk, arrive):
    arrive(name="Lan", phone="+84912345678")
    assert read_back(export(desk, ("phone", "name")).data) == [("Tên khách", "Điện thoại"), ("Lan", "0912345678")]
    assert export(desk, ("password_hash",)).status_code == 422


def test_a_filter_that_cannot_be_read_exports_nothing(desk, arrive):
    arrive(name="Lan")
    assert export(desk, query="?f_nothing=1").status_code == 422
    assert desk.client.get(f"{desk.path}/export?tab=nowhere").status_code == 422


@pytest.mark.req("SYS-10")
def test_the_export_is_put_on_record(desk, arrive, world, tenant):
    arrive(3, is_member=True)
    export(desk, ("name", "phone"), "?tab=members")
    with world.session(tenant) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert (entry.entity, entry.user_name, entry.changes) == (
        "guestbook",
        "Lê Thị Nhập Liệu",
        {"rows": [None, 3], "columns": [None, ["name", "phone"]], "filter": [None, {"tab": "members"}]},
    )


@pytest.mark.req("SYS-10")
def test_exporting_needs_its_permission(world, tenant, arrive):
    arrive(name="Lan")
    client = world.client(world.user(tenant, "guestbook.read", "guestbook.import"))
    assert client.get("/guestbook/guests/export").status_code == 403
    assert client.post("/guestbook/guests/export", data={**ALL, "columns": ["name"]}).status_code == 403
    assert "guests/export" not in client.get("/guestbook/guests/").text


def test_many_rows_are_a_jobs_work_and_the_file_is_its_owners_for_a_day(desk, arrive, world, tenant):
    arrive(2_300)
    answer = export(desk, ("name", "code"))
    url = answer.headers["Location"]
    assert "Writing the workbook" in desk.page(url)
    assert desk.client.get(f"{url}/file").status_code == 404
    desk.run_jobs()

    assert "2,300 rows" in desk.page(url)
    rows = read_back(desk.client.get(f"{url}/file").data)[1:]
    assert sorted(rows, key=lambda row: row[0]) == sorted((f"G{n + 1:06}", f"Khách {n}") for n in range(2_300))
    colleague = world.client(world.user(tenant, "guestbook.read", "guestbook.export"))
    assert colleague.get(url).status_code == 404
    assert colleague.get(f"{url}/file").status_code == 404
    with world.session(tenant) as session:
        assert session.scalars(select(AuditEntry.changes).where(AuditEntry.action == "export")).one()["rows"] == [
            None,
            2_300,
        ]


def test_after_a_day_the_file_is_gone(desk, arrive, world, tenant):
    from core.jobs import enqueue

    arrive(600)
    url = export(desk, ("name",)).headers["Location"]
    desk.run_jobs()
    with world.session(tenant) as session:
        path = session.scalars(select(Export)).one()
    with world.app.app_context():
        file = export_path(path)
    assert file.exists()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        with world.session(tenant) as session:
            enqueue(session, "core.remove_exchange_files")
        desk.run_jobs()
    assert not file.exists()
    assert desk.client.get(url).status_code == 404


def test_an_interrupted_export_begins_anew_and_is_whole(desk, arrive):
    arrive(5_500)
    url = export(desk, ("name",)).headers["Location"]
    with desk.world.app.app_context():
        run_claim(claim_next(), lambda: True)
    assert "Writing the workbook" in desk.page(url)
    desk.run_jobs()
    found = [row[0] for row in read_back(desk.client.get(f"{url}/file").data)[1:]]
    assert sorted(found) == sorted(f"Khách {number}" for number in range(5_500))
