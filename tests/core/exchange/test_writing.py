"""Exports open in Excel as they were meant, and no text ever computes."""

# ruff: noqa: DTZ001 - a cell holds the wall clock and knows no zone

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.exchange.columns import Kind, SheetColumn
from core.exchange.limits import MAX_CELL_TEXT
from core.exchange.rows import Row
from core.exchange.sheets import read_rows
from core.exchange.writer import SheetWriter, write_error_report
from core.i18n import translator, use_locale
from core.text import clean

_ = translator(__name__)

FORMULA_LIKE = [
    "=1+1", "=HYPERLINK(\"http://x\",\"y\")", "=cmd|' /C calc'!A0", "+84912345678", "+1+1", "-5", "-1+1", "@SUM(A1)", "@x",
    "\t=1+1", "\r=1+1", "\n=1", " =1", "{=1+1}", "|x", "%x", ";=1", '"=1"', "'=1+1", "==", "=", "#N/A", "#REF!", "TRUE",
    "1e5", "00123", "1/2", "2026-11-21", "12:00", "_x003D_1+1", "<f>1</f>",
]  # fmt: skip


def written(columns: Sequence[SheetColumn], rows: Sequence[Sequence[object]], path: Path) -> Path:
    with SheetWriter(path, columns, title="Khách hàng") as sheet:
        for row in rows:
            sheet.append(row)
    return path


def xml_of(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def cell_of(path: Path) -> object:
    return openpyxl.load_workbook(path).active["A2"]


@pytest.mark.req("SYS-10")
@pytest.mark.parametrize("kind", ["text", "phone", "code", "typed", "date", "money", "integer", "percent", "datetime"])
@pytest.mark.parametrize("payload", FORMULA_LIKE)
def test_text_is_never_a_formula_and_comes_back_as_it_was(tmp_path: Path, payload: str, kind: Kind) -> None:
    path = written([SheetColumn("x", kind)], [[payload]], tmp_path / "a.xlsx")
    xml = xml_of(path)
    assert "<f>" not in xml
    assert re.search(r'<c r="A2"[^>]* t="inlineStr"', xml)
    assert cell_of(path).data_type == "s"
    expected = "0912345678" if (kind, payload) == ("phone", "+84912345678") else clean(payload, multiline=True)
    assert [row.values for row in read_rows(path, start=1)] == [(expected,)]


def test_a_formula_in_a_title_stays_text_too(tmp_path: Path) -> None:
    path = written([SheetColumn("=1+1")], [], tmp_path / "a.xlsx")
    assert "<f>" not in xml_of(path)


@pytest.mark.req("SYS-10")
def test_phones_and_codes_are_text_with_their_leading_zero(tmp_path: Path) -> None:
    columns = [SheetColumn("SĐT", "phone"), SheetColumn("Mã", "code")]
    path = written(columns, [["+84912345678", "00042"], ["+16502530000", 42]], tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[2]] == ["0912345678", "00042"]
    assert [cell.value for cell in sheet[3]] == ["+16502530000", "42"]
    assert {cell.data_type for row in sheet["A2:B3"] for cell in row} == {"s"}
    assert {cell.number_format for row in sheet["A2:B3"] for cell in row} == {"@"}


@pytest.mark.req("SYS-10")
def test_dates_are_real_dates_in_vietnamese_time(tmp_path: Path) -> None:
    late = dt.datetime(2026, 11, 21, 18, 5, 7, 9, tzinfo=dt.UTC)
    columns = [SheetColumn("Ngày", "date"), SheetColumn("Lúc", "datetime")]
    path = written(columns, [[dt.date(2026, 11, 21), late], [late, dt.datetime(2026, 1, 2, 3, 4)]], tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[2]] == [dt.datetime(2026, 11, 21), dt.datetime(2026, 11, 22, 1, 5, 7)]
    assert [cell.value for cell in sheet[3]] == [dt.datetime(2026, 11, 22), dt.datetime(2026, 1, 2, 3, 4)]
    assert [cell.number_format for cell in sheet[2]] == ["dd/mm/yyyy", "dd/mm/yyyy hh:mm"]
    assert all(cell.is_date for cell in sheet[2])


@pytest.mark.req("SYS-10")
def test_money_and_numbers_are_numbers(tmp_path: Path) -> None:
    kinds: list[Kind] = ["money", "integer", "percent", "money", "money"]
    row = [1_234_567, -5, Decimal("0.055"), Decimal(80_000), 10**17]
    path = written([SheetColumn(kind, kind) for kind in kinds], [row], tmp_path / "a.xlsx")
    cells = openpyxl.load_workbook(path).active[2]
    assert [cell.value for cell in cells] == [1_234_567, -5, 0.055, 80_000, str(10**17)]
    assert [cell.number_format for cell in cells][:3] == ["#,##0", "0", "0.##%"]


def test_blank_cells_days_before_excel_and_odd_numbers(tmp_path: Path) -> None:
    columns = [SheetColumn("a", "date"), SheetColumn("b"), SheetColumn("c", "money"), SheetColumn("d", "typed")]
    rows = [[dt.date(1899, 1, 1), None, float("nan"), dt.time(7, 5)], [None, "", None, True], [None, False, 1, None]]
    path = written(columns, rows, tmp_path / "a.xlsx")
    with use_locale("vi"):
        assert [row.values for row in read_rows(path, start=1)] == [
            ("01/01/1899", None, "nan", dt.time(7, 5)),
            (None, None, None, True),
            (None, "No", 1),
        ]


def test_the_header_is_frozen_filtered_bold_and_in_the_readers_language(tmp_path: Path) -> None:
    columns = [SheetColumn(_("Yesterday"), width=33), SheetColumn("Nợ", "money")]
    with use_locale("vi"):
        path = written(columns, [["a", 1], ["b", 2]], tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.title) == ("A2", "A1:B3", "Khách hàng")
    assert (sheet["A1"].value, sheet["A1"].font.bold) == ("Hôm qua", True)
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (33, 16)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(codec=None), max_size=50), min_size=1, max_size=30))
def test_any_text_survives_the_way_out_and_in(texts: list[str]) -> None:
    file = io.BytesIO()
    with SheetWriter(file, [SheetColumn("x"), SheetColumn("y")]) as sheet:
        for text in texts:
            sheet.append([text, "end"])
    read_back = [row[0].value for row in openpyxl.load_workbook(io.BytesIO(file.getvalue())).active["A2:A99"]]
    xml = zipfile.ZipFile(io.BytesIO(file.getvalue())).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    for text, back in zip(texts, read_back, strict=False):
        assert clean(text, multiline=True) == clean(str(back or ""), multiline=True).replace("_x005F_", "_")


def test_a_text_longer_than_a_cell_is_cut_where_excel_would_call_the_file_damaged(tmp_path: Path) -> None:
    rows = [["x" * 40_000], ["\U0001f600" * 20_000]]
    path = written([SheetColumn("x")], rows, tmp_path / "a.xlsx")
    texts = [row.values[0] for row in read_rows(path, start=1)]
    assert [len(str(text)) for text in texts] == [MAX_CELL_TEXT, MAX_CELL_TEXT // 2]


def test_a_row_of_another_length_is_a_mistake_and_an_error_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with pytest.raises(ValueError, match="2 values for 1 columns"), SheetWriter(path, [SheetColumn("x")]) as sheet:
        sheet.append(["a", "b"])
    assert not path.exists()


def test_a_title_that_excel_would_refuse_is_made_harmless(tmp_path: Path) -> None:
    with SheetWriter(tmp_path / "a.xlsx", [SheetColumn("x")], title="a/b[c]:" + "d" * 40):
        pass
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active.title == "a b c  " + "d" * 24


def test_an_error_report_is_corrected_and_read_again(read: Callable, tmp_path: Path) -> None:
    failures = [
        (Row(5, ("Lan", "0912x", dt.date(2026, 1, 2), 912345678)), ["A phone number has no letters.", _("Yesterday")]),
        (Row(9, (None, "=1+1", dt.datetime(2026, 1, 2, 3, 4))), ["x"]),
    ]
    headers = ["Tên", "SĐT", "Ngày", "Số"]
    assert write_error_report(tmp_path / "report.xlsx", headers, failures) == 2
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx").active
    assert sheet["E1"].value == "Lỗi"
    assert sheet["E2"].value == "A phone number has no letters.; Yesterday"
    info, rows = read(tmp_path / "report.xlsx")
    assert info.headers == tuple(headers)
    assert [row.values for row in rows] == [failures[0][0].values, failures[1][0].values]


def test_a_column_of_that_name_in_another_workbook_is_kept(read: Callable, tmp_path: Path) -> None:
    path = written([SheetColumn("Máy"), SheetColumn("Lỗi")], [["A", "hỏng màn hình"]], tmp_path / "a.xlsx")
    info, rows = read(path)
    assert (info.headers, rows[0].values) == (("Máy", "Lỗi"), ("A", "hỏng màn hình"))
