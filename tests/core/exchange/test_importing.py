"""An import from the upload to its result, through its pages."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from core.audit import AuditEntry
from core.exchange import jobs
from core.exchange.models import ImportRow
from core.exchange.spooling import ERROR_HEADER
from core.jobs import Job
from core.jobs.claims import claim_next
from core.jobs.execution import run_claim
from tests.core.exchange.desk import Desk, read_back, workbook

HEADERS = ("Ghi chú", "SĐT", "Tên khách", "Ngày sinh", "Ngân sách", "Hạng", "Nguồn")


@pytest.fixture
def small_batches(monkeypatch):
    """Ten rows to a step instead of 500."""
    monkeypatch.setattr(jobs, "BATCH", 10)


BOTH = pytest.mark.parametrize("path", ["/guestbook/guests", "/guestbook/crowd"], ids=["by form", "in batches"])


def put(world, tenant, **values):
    from addons.guestbook.models import Guest

    with world.session(tenant) as session:
        guest = Guest(**values)
        session.add(guest)
        session.flush()
        return guest.id


@BOTH
def test_rows_become_records(desk, guests, path):
    desk.path = path
    lan = ["quen", 912345678, "  Trần  Thị   Lan\u00a0", "21/11/1990", "1.500.000", "VÀNG", None]
    hoa = [None, "+84 1234 567 890", "Lê Hoa", date(1985, 2, 3), 2000, "bạc", None]
    url = desk.read(workbook([HEADERS, lan, [], hoa]))
    assert desk.proposed(url) == {
        "column-0": "note",
        "column-1": "phone",
        "column-2": "name",
        "column-3": "birthday",
        "column-4": "budget",
        "column-5": "level",
        "column-6": "source_id",
    }

    assert "Import 2 rows" in desk.check(url)
    assert guests() == []
    assert "2 created" in desk.apply(url)

    told = [(each.name, each.phone, each.birthday, each.budget, each.level, each.note) for each in guests()]
    assert told == [
        ("Trần Thị Lan", "+84912345678", date(1990, 11, 21), 1_500_000, "gold", "quen"),
        ("Lê Hoa", "+84834567890", date(1985, 2, 3), 2_000, "silver", None),
    ]


@BOTH
def test_what_is_wrong_with_a_row_is_told_by_row_and_column(desk, guests, path):
    desk.path = path
    good = ["", "0912345678", "Lan", "1/2/1990", 1000, "", ""]
    rows = [
        HEADERS,
        good,
        ["", "09123x5678", "A", "", "", "", ""],
        ["", "0913345678", "", "", "", "", ""],
        ["", "0914345678", "B", "31/02/2024", "", "", ""],
        ["", "", "C" * 81, "", "", "", ""],
        ["", "", "D", "", "1,5", "", ""],
        ["", "", "E", "", "", "Kim cương", ""],
        ["", "0912 345 678", "F", "", "", "", ""],
    ]
    url = desk.read(workbook(rows))
    page = desk.check(url)
    assert "Import 1 row" in page

    told = {(row, column) for row, column, text in desk.problems(url) if text.strip()}
    assert told == {
        (3, "SĐT"),
        (4, "Tên khách"),
        (5, "Ngày sinh"),
        (6, "Tên khách"),
        (7, "Ngân sách"),
        (8, "Hạng"),
        (9, "SĐT"),
    }
    desk.apply(url)
    assert desk.counts(url) == {"created": 1, "failed": 7}
    assert [guest.name for guest in guests()] == ["Lan"]


@BOTH
def test_the_failed_rows_are_corrected_and_imported_as_they_are(desk, guests, path):
    desk.path = path
    url = desk.read(workbook([HEADERS, ["", "0912345678", "Lan"], ["vip", "09x", "Hoa"], ["", "0913345678", "Mai"]]))
    desk.check(url)
    desk.apply(url)

    rows = read_back(desk.client.get(f"{url}/failed").data)
    assert rows[0] == (*HEADERS, ERROR_HEADER)
    assert rows[1][:3] == ("vip", "09x", "Hoa")
    assert rows[1][-1].startswith("Row 3 of your file; SĐT: ")
    corrected = desk.client.get(f"{url}/failed").data
    again = desk.read(corrected)
    assert "column-7" not in desk.page(again)

    from openpyxl import load_workbook

    (desk_file := _tmp(desk)).write_bytes(corrected)
    book = load_workbook(desk_file)
    book.worksheets[0]["B2"] = "0914345678"
    book.save(desk_file)
    assert desk.take_in(desk_file) == {"created": 1}
    assert [guest.name for guest in guests()] == ["Lan", "Mai", "Hoa"]


def _tmp(desk):
    from core.kernel import current_kernel

    with desk.world.app.app_context():
        folder = current_kernel().config.data
    folder.mkdir(exist_ok=True)
    return folder / "corrected.xlsx"


def test_a_chosen_mapping_is_remembered_for_the_same_titles(desk):
    titles = ("Cột lạ", "Tên khách")
    url = desk.read(workbook([titles, ["ghi nhớ", "Lan"]]))
    assert desk.proposed(url) == {"column-1": "name"}
    assert "Ignored" in desk.page(url)
    desk.check(url, {"column-0": "note", "column-1": "name"})

    assert desk.proposed(desk.read(workbook([titles, ["khác", "Hoa"]]))) == {"column-0": "note", "column-1": "name"}


def test_a_required_field_needs_a_column_and_no_field_takes_two(desk):
    url = desk.read(workbook([HEADERS, ["", "0912345678", "Lan"]]))
    refused = desk.client.post(f"{url}/columns", data={"column-0": "note", "column-1": "note"})
    assert refused.status_code == 422
    assert "Choose the column that holds “Tên khách”." in refused.text
    assert "Several columns go to “Ghi chú”; choose one." in refused.text
    refused = desk.client.post(f"{url}/columns", data={"column-2": "name", "column-1": "owner_id"})
    assert refused.status_code == 422
    assert desk.row(url).state == "mapping"


@BOTH
def test_a_known_code_is_an_error_or_an_update(desk, guests, world, tenant, path):
    desk.path = path
    put(world, tenant, code="KH7", name="Lan", phone="+84912345678", note="cũ")
    file = workbook(
        [("Mã", "Tên khách", "Ghi chú", "SĐT"), ["KH7", "Lan Anh", None, "0912345678"], ["KH8", "Hoa", "x", None]]
    )
    url = desk.read(file)
    desk.check(url)
    assert desk.counts(url, "check") == {"created": 1, "failed": 1}

    desk.check(url, update_existing="1")
    assert desk.counts(url, "check") == {"created": 1, "updated": 1}
    desk.apply(url)
    assert desk.counts(url) == {"created": 1, "updated": 1}
    assert [(guest.code, guest.name, guest.note) for guest in guests()] == [
        ("KH7", "Lan Anh", "cũ"),
        ("KH8", "Hoa", "x"),
    ]


def test_updating_needs_the_right_to_edit(world, tenant, guests):
    clerk = world.user(tenant, "guestbook.read", "guestbook.import")
    desk = Desk(world, world.client(clerk), tenant)
    put(world, tenant, code="KH7", name="Lan")
    url = desk.read(workbook([("Mã", "Tên khách"), ["KH7", "Lan Anh"]]))
    assert "update_existing" not in desk.page(url)
    desk.check(url, update_existing="1")
    assert desk.counts(url, "check") == {"failed": 1}
    assert guests()[0].name == "Lan"


@BOTH
def test_a_code_that_one_cannot_see_is_refused_and_costs_no_other_row(desk, guests, world, tenant, path):
    desk.path = path
    stranger = world.user(tenant, "guestbook.read")
    put(world, tenant, code="KH7", name="Lan", owner_id=stranger.id)
    rows = [("Mã", "Tên khách"), *([f"KH{number}", f"Khách {number}"] for number in range(20))]
    assert desk.take_in(workbook(rows), update_existing="1") == {"created": 19, "failed": 1}
    assert sorted(guest.name for guest in guests()) == sorted(["Lan", *(f"Khách {n}" for n in range(20) if n != 7)])


@BOTH
def test_duplicate_phones_are_errors_unless_the_user_wants_them(desk, guests, world, tenant, path):
    desk.path = path
    put(world, tenant, name="Lan", phone="+84912345678")
    file = workbook([("Tên khách", "SĐT"), ["Anh", "0912 345 678"], ["Hoa", "0913345678"], ["Mai", "+84913345678"]])
    url = desk.read(file)
    page = desk.check(url)
    assert "Duplicates, left out" in page
    assert desk.counts(url, "check") == {"created": 1, "failed": 2}
    assert (4, "SĐT", "The same as in row 3 of the uploaded file.") in desk.problems(url)

    desk.check(url, allow_duplicates="1")
    desk.apply(url)
    assert desk.counts(url) == {"created": 3}


def test_an_unknown_name_is_told_with_the_nearest_one_or_created(desk, guests, world, tenant):
    from addons.guestbook.models import Source

    with world.session(tenant) as session:
        session.add(Source(name="Facebook"))
    file = workbook([("Tên khách", "Nguồn"), ["Anh", "FACEBOOK"], ["Hoa", "Facebok"], ["Mai", "Hội chợ"]])
    url = desk.read(file)
    assert "create_missing" not in desk.page(url)
    desk.check(url, create_missing="1")
    assert [text for _row, _column, text in desk.problems(url)] == [
        "There is no “Facebok”; did you mean “Facebook”?",
        "There is no “Hội chợ”.",
    ]

    chief = world.user(tenant, "guestbook.read", "guestbook.import", "guestbook.manage")
    desk.client = world.client(chief)
    url = desk.read(file)
    assert "create_missing" in desk.page(url)
    desk.check(url, create_missing="1")
    with world.session(tenant) as session:
        assert list(session.scalars(select(Source.name))) == ["Facebook"]
    desk.apply(url)
    assert desk.counts(url) == {"created": 3}
    with world.session(tenant) as session:
        assert sorted(session.scalars(select(Source.name))) == ["Facebok", "Facebook", "Hội chợ"]


def test_two_of_one_name_are_told_apart_by_the_user(desk, world, tenant):
    from addons.guestbook.models import Source

    with world.session(tenant) as session:
        session.add_all([Source(name="Chợ"), Source(name="chợ")])
    url = desk.read(workbook([("Tên khách", "Nguồn"), ["Anh", "CHỢ"]]))
    desk.check(url)
    [(_row, _column, text)] = desk.problems(url)
    assert text.startswith("More than one is called")


def test_the_header_may_stand_below_a_title_and_the_sheet_is_chosen(desk, guests):
    file = workbook([["DANH SÁCH KHÁCH 2026"], [], ["Tên khách", "SĐT"], ["Lan", "0912345678"]], more=["Trang 2"])
    url = desk.read(file)
    page = desk.page(url)
    assert "Trang 2" in page
    answer = desk.client.post(f"{url}/sheet", data={"sheet": "Trang 2"})
    desk.run_jobs()
    assert "The first ten rows of the sheet have no column titles." in desk.page(url)
    assert answer.status_code == 303

    assert desk.take_in(file) == {"created": 1}
    assert [guest.name for guest in guests()] == ["Lan"]


def test_a_sheet_that_is_not_there_is_refused(desk):
    url = desk.read(workbook([["Tên khách", "SĐT"], ["Lan", "0912345678"]]))
    assert desk.client.post(f"{url}/sheet", data={"sheet": "Trang 9"}).status_code == 422


def test_titles_without_rows(desk):
    page = desk.page(desk.read(workbook([["Tên khách", "SĐT"]])))
    assert "The sheet has column titles, but no rows below them." in page


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "khach.xlsx", "The file is empty."),
        (b"Ten;SDT\nLan;0912345678\n", "khach.xlsx", "This is a text file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "khach.xls", "This is not an .xlsx file"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
            "khach.xlsx",
            "The file is password-protected",
        ),
        (workbook([["Tên khách"], ["Lan"]]), "khach.xls", "The name of the file must end with .xlsx."),
        (workbook([["Tên khách"], ["Lan"]])[:-40], "khach.xlsx", "The file is damaged"),
    ],
    ids=["empty", "csv renamed", "xls", "password", "wrong name", "cut off"],
)
def test_what_is_no_workbook_is_refused_at_once(desk, content, name, message):
    answer = desk.upload(content, name)
    assert answer.status_code == 422
    assert message in answer.text


def test_an_upload_without_a_file(desk):
    assert desk.client.post(f"{desk.path}/import", data={}).status_code == 422


def test_row_200_001_is_too_much(desk):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Tên khách", "SĐT"])
    book.active["A200001"] = "Lan"
    book.save(_tmp(desk))
    assert "outside the first 200000 rows" in desk.page(desk.read(_tmp(desk))).replace(".", "").replace(",", "")


def test_a_formula_without_a_value_fails_its_row_alone(desk, guests):
    file = workbook([["Tên khách", "Ghi chú", "STT"], ["Lan", "x", "=1+1"], ["=A2", "y", 2], ["Mai", "z", 3]])
    assert desk.take_in(file) == {"created": 2, "failed": 1}
    assert [guest.name for guest in guests()] == ["Lan", "Mai"]


def test_the_template_explains_itself_and_its_example_is_not_imported(desk, guests):
    content = desk.client.get(f"{desk.path}/import/template").data
    rows = read_back(content)
    assert rows[0][:4] == ("Mã khách", "Tên khách *", "Điện thoại", "Ngày sinh")
    assert rows[1][1] == "Trần Thị Ví Dụ"
    from openpyxl import load_workbook

    _tmp(desk).write_bytes(content)
    book = load_workbook(_tmp(desk))
    assert "0912 345 678" in str([cell.value for row in book.worksheets[1] for cell in row])
    book.worksheets[0]["B3"] = "Lan"
    book.save(_tmp(desk))
    assert desk.take_in(_tmp(desk)) == {"created": 1}
    assert [guest.name for guest in guests()] == ["Lan"]


def test_the_same_file_within_a_week_warns(desk, world, tenant):
    file = workbook([["Tên khách", "SĐT"], ["Lan", "0912345678"]])
    url = desk.read(file)
    assert "imported exactly this file" not in desk.page(url)
    desk.check(url)
    desk.apply(url)

    colleague = world.user(tenant, "guestbook.read", "guestbook.import")
    desk.client = world.client(colleague)
    assert "Lê Thị Nhập Liệu imported exactly this file" in desk.page(desk.read(file))


@pytest.mark.req("SYS-18")
def test_the_import_is_put_on_record(desk, guests, world, tenant):
    url = desk.read(workbook([["Tên khách", "SĐT"], ["Lan", "0912345678"], ["Hoa", "x"]]))
    desk.check(url)
    desk.apply(url)
    with world.session(tenant) as session:
        entries = list(
            session.scalars(select(AuditEntry).where(AuditEntry.entity == "guestbook").order_by(AuditEntry.id))
        )
    made, run = entries
    assert (made.action, made.entity_id, made.changes["name"]) == ("import", guests()[0].id, [None, "Lan"])
    assert (run.action, run.entity_id, run.changes["created"], run.changes["failed"]) == (
        "import",
        None,
        [None, 1],
        [None, 1],
    )
    assert run.changes["file"] == [None, "khach.xlsx"]


def test_the_created_records_are_linked(desk, guests):
    url = desk.read(workbook([["Tên khách", "SĐT"], *([f"Khách {number}", None] for number in range(60))]))
    desk.check(url)
    desk.apply(url)
    page = desk.page(f"{url}/records")
    assert page.count('<td class="name"><a ') == 50
    assert f"/guestbook/guests/{guests()[0].id}" in page
    assert desk.page(f"{url}/records?after=51").count('<td class="name"><a ') == 10


def test_an_import_is_nobody_elses(desk, world, tenant):
    url = desk.read(workbook([["Tên khách", "SĐT"], ["Lan", "0912345678"]]))
    colleague = world.client(world.user(tenant, "guestbook.read", "guestbook.import"))
    for path in (url, f"{url}/failed", f"{url}/records"):
        assert colleague.get(path).status_code == 404
    for step in ("columns", "apply", "stop", "sheet", "retry"):
        assert colleague.post(f"{url}/{step}").status_code == 404
    crowd = url.replace("guests", "crowd")
    assert desk.client.get(crowd).status_code == 404


def test_importing_needs_its_permission(world, tenant):
    client = world.client(world.user(tenant, "guestbook.read", "guestbook.create"))
    assert client.get("/guestbook/guests/import").status_code == 403
    assert client.get("/guestbook/guests/import/template").status_code == 403


def test_a_right_that_is_taken_away_meanwhile_stops_the_job(desk, world, tenant, guests, clerk):
    from core.access.models import GroupPermission

    url = desk.read(workbook([["Tên khách", "SĐT"], ["Lan", "0912345678"]]))
    desk.check(url)
    desk.client.post(f"{url}/apply")
    with world.session(tenant) as session:
        for row in session.scalars(select(GroupPermission).where(GroupPermission.permission == "guestbook.import")):
            session.delete(row)
    desk.run_jobs()
    assert guests() == []


@BOTH
def test_a_trial_run_leaves_no_trace(desk, world, tenant, path):
    desk.path = path
    url = desk.read(
        workbook([["Tên khách", "SĐT"], *([f"Khách {number}", None] for number in range(30)), ["Hỏng", "x"]])
    )
    desk.check(url)
    with world.session(tenant) as session:
        assert session.scalar(select(AuditEntry.id).where(AuditEntry.entity == "guestbook")) is None
        kept = list(session.scalars(select(ImportRow)))
    assert [row.outcome for row in kept] == ["failed"]


def test_applying_twice_is_refused(desk, guests):
    url = desk.read(workbook([["Tên khách", "SĐT"], ["Lan", "0912345678"]]))
    assert desk.client.post(f"{url}/apply").status_code == 409
    desk.check(url)
    assert desk.client.post(f"{url}/apply").status_code == 303
    assert desk.client.post(f"{url}/apply").status_code == 409
    desk.run_jobs()
    assert desk.client.post(f"{url}/apply").status_code == 409
    assert desk.client.post(f"{url}/columns", data={"column-0": "name"}).status_code == 409
    assert len(guests()) == 1


@BOTH
def test_stopped_in_the_middle_whole_rows_stay_and_the_rest_can_be_imported_later(desk, guests, path, small_batches):
    desk.path = path
    rows = [["Tên khách", "SĐT"], *([f"Khách {number}", None] for number in range(24))]
    url = desk.read(workbook(rows))
    desk.check(url)
    desk.client.post(f"{url}/apply")
    with desk.world.app.app_context():
        run_claim(claim_next(), _stops_after(1))
    assert len(guests()) == 10
    page = desk.page(url)
    assert 'value="10" max="24"' in page
    assert desk.client.post(f"{url}/stop").status_code == 303
    desk.run_jobs()

    page = desk.page(url)
    assert "The import was stopped" in page
    assert len(guests()) == 10
    left = desk.client.get(f"{url}/failed").data
    assert len(read_back(left)) == 15
    assert desk.take_in(left) == {"created": 14}
    assert len({guest.name for guest in guests()}) == 24


def _stops_after(steps):
    seen = iter([*([False] * (steps - 1)), True])
    return lambda: next(seen)


@BOTH
def test_interrupted_and_taken_up_again_no_row_is_lost_or_repeated(desk, guests, path, small_batches):
    desk.path = path
    rows = [["Tên khách", "SĐT"], *([f"Khách {number}", f"09{number:08}"] for number in range(27))]
    rows.append(["Trùng", "0900000003"])
    url = desk.read(workbook(rows))
    desk.check(url)
    desk.client.post(f"{url}/apply")
    for _time in range(3):
        with desk.world.app.app_context():
            claim = claim_next()
            if claim:
                run_claim(claim, _stops_after(1))
    desk.run_jobs()
    assert desk.counts(url) == {"created": 27, "failed": 1}
    assert [guest.name for guest in guests()] == [f"Khách {number}" for number in range(27)]


def test_a_batch_asks_the_database_a_fixed_number_of_times(desk, monkeypatch):
    from core.testing.queries import recorded_statements

    def statements(count):
        desk.path = "/guestbook/crowd"
        rows = [
            ["Tên khách", "SĐT", "Nguồn"],
            *([f"Khách {count} {n}", f"09{count:03}{n:05}", None] for n in range(count)),
        ]
        url = desk.read(workbook(rows))
        desk.check(url)
        desk.client.post(f"{url}/apply")
        with recorded_statements() as asked:
            desk.run_jobs()
        assert desk.counts(url) == {"created": count}
        return len(asked)

    few, many = statements(10), statements(500)
    assert many <= few + 8
    assert many < 60


def test_the_progress_is_a_fragment_that_ends_by_loading_the_page(desk):
    url = desk.read(workbook([["Tên khách", "SĐT"], ["Lan", "0912345678"]]))
    desk.client.post(f"{url}/columns", data={"column-0": "name"})
    fragment = desk.client.get(url, htmx="progress")
    assert fragment.text.strip().startswith('<section class="job" id="progress"')
    assert "<html" not in fragment.text
    desk.run_jobs()
    assert desk.client.get(url, htmx="progress").headers["HX-Redirect"].endswith(url)


def test_a_job_tells_where_the_result_is(desk, world, tenant):
    url = desk.read(workbook([["Tên khách", "SĐT"], ["Lan", "0912345678"]]))
    desk.check(url)
    desk.apply(url)
    with world.session(tenant) as session:
        job = session.find(Job, desk.row(url).job_id)
    assert job.result["links"][0]["url"] == url
    assert json.dumps(job.result)
    assert UUID(url.rpartition("/")[2])


@BOTH
def test_a_fault_of_ours_in_the_middle_is_tried_again_and_repeats_nothing(
    desk, guests, path, small_batches, monkeypatch
):
    desk.path = path
    rows = [["Tên khách", "SĐT"], *([f"Khách {number}", None] for number in range(14))]
    url = desk.read(workbook(rows))
    desk.check(url)
    desk.client.post(f"{url}/apply")
    keep, calls = jobs._keep, []

    def breaks_at_the_second_batch(*arguments):
        calls.append(1)
        keep(*arguments)
        if len(calls) == 2:
            raise RuntimeError("the power is gone")

    monkeypatch.setattr(jobs, "_keep", breaks_at_the_second_batch)
    desk.run_jobs()
    assert len(guests()) == 10
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        desk.run_jobs()
    assert desk.counts(url) == {"created": 14}
    assert [guest.name for guest in guests()] == [f"Khách {number}" for number in range(14)]


@BOTH
def test_an_interrupted_trial_run_still_knows_the_rows_before(desk, path, small_batches):
    desk.path = path
    rows = [["Tên khách", "SĐT"], *([f"Khách {number}", f"09{number:08}"] for number in range(15))]
    url = desk.read(workbook([*rows, ["Trùng", "0900000003"]]))
    assert desk.client.post(f"{url}/columns", data=desk.proposed(url)).status_code == 303
    with desk.world.app.app_context():
        run_claim(claim_next(), lambda: True)
    desk.run_jobs()
    assert desk.counts(url, "check") == {"created": 15, "failed": 1}
    assert (17, "SĐT", "The same as in row 5 of the uploaded file.") in desk.problems(url)
