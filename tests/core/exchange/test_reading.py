"""Rows of real workbooks, normalised, with the numbers that Excel shows."""

# ruff: noqa: DTZ001 - a cell holds the wall clock and knows no zone

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exchange.inspection import column_index
from core.exchange.rows import Flaw, Row, column_name, from_line, to_line
from core.exchange.sheets import read_rows
from core.exchange.spooling import read_spool, spool_info
from core.exchange.xlsx import XlsxError, flaw_problems, spool
from tests.core.exchange.handmade_workbooks import MAIN, WORKBOOK, WORKBOOK_RELATIONSHIPS, parts, row_xml, sheet_xml


def save(path: Path, cells: dict[str, object], title: str = "Khách hàng") -> Path:
    book = openpyxl.Workbook()
    book.active.title = title
    for name, value in cells.items():
        book.active[name] = value
    book.save(path)
    return path


def test_values_are_normalised(read: Callable, tmp_path: Path) -> None:
    cells = {
        "A1": "Tên", "B1": "SĐT", "C1": "Nợ", "D1": "Ngày", "E1": "Lúc", "F1": "Giờ", "G1": "VIP", "H1": "Thời lượng",
        "A2": "  Đặng  Lan\u200b ", "B2": 912345678, "C2": 1.5, "D2": dt.date(2026, 11, 21),
        "E2": dt.datetime(2026, 11, 21, 10, 5), "F2": dt.time(10, 5), "G2": True, "H2": dt.timedelta(hours=30),
        "A3": "dòng 1\ndòng 2", "B3": "   ", "C3": 10**12,
    }  # fmt: skip
    info, rows = read(save(tmp_path / "a.xlsx", cells))
    assert info.headers == ("Tên", "SĐT", "Nợ", "Ngày", "Lúc", "Giờ", "VIP", "Thời lượng")
    assert rows[0].values == (
        "Đặng  Lan",
        912345678,
        1.5,
        dt.date(2026, 11, 21),
        dt.datetime(2026, 11, 21, 10, 5),
        dt.time(10, 5),
        True,
        "30:00:00",
    )
    assert type(rows[0].values[1]) is int
    assert rows[1].values == ("dòng 1\ndòng 2", None, 10**12)


def test_blank_rows_are_skipped_and_numbers_stay_those_of_excel(read: Callable, tmp_path: Path) -> None:
    info, rows = read(save(tmp_path / "a.xlsx", {"B3": "Tên", "C3": "SĐT", "B5": "Lan", "C7": " ", "C9": "09"}))
    assert (info.header_row, info.headers, info.rows) == (3, ("", "Tên", "SĐT"), 2)
    assert [(row.number, row.values) for row in rows] == [(5, (None, "Lan")), (9, (None, None, "09"))]
    assert rows[0].cell_name(1) == "B5"
    assert rows[0].value(7) is None


def test_a_title_above_the_header_is_not_the_header(read: Callable, tmp_path: Path) -> None:
    cells = {"A1": "DANH SÁCH KHÁCH HÀNG", "A4": "Tên", "B4": "SĐT", "A5": "Lan"}
    info, rows = read(save(tmp_path / "a.xlsx", cells))
    assert (info.header_row, info.headers, len(rows)) == (4, ("Tên", "SĐT"), 1)


def test_a_single_column_has_its_header_in_the_first_row(read: Callable, tmp_path: Path) -> None:
    info, rows = read(save(tmp_path / "a.xlsx", {"A1": "SĐT", "A2": "0912", "A3": "0913"}))
    assert (info.headers, len(rows)) == (("SĐT",), 2)


@pytest.mark.parametrize("cells", [{}, {"A11": "Tên", "B11": "SĐT"}])
def test_a_sheet_without_a_header_in_its_first_ten_rows_is_refused(
    read: Callable, tmp_path: Path, cells: dict[str, object]
) -> None:
    with pytest.raises(XlsxError) as refused:
        read(save(tmp_path / "a.xlsx", cells))
    assert refused.value.problems[0].code == "xlsx_no_header"


def test_formulas_give_their_saved_value_and_are_told_where_they_have_none(read: Callable) -> None:
    cells = (
        '<c r="A2"><f>1+1</f><v>2</v></c><c r="B2"><f>1+1</f></c><c r="C2"><f>1+1</f><v></v></c>'
        '<c r="D2" t="str"><f>A1</f><v>Lan</v></c><c r="E2" t="str"><f>A9</f><v></v></c><c r="F2" t="e"><v>#N/A</v></c>'
    )
    only_flaws = '<row r="4"><c r="B4"><f>1</f></c></row>'
    _, rows = read(parts(sheet_xml(row_xml(1, list("abcdef")) + f'<row r="2">{cells}</row>' + only_flaws)))
    assert rows[0].values == (2, None, None, "Lan")
    assert rows[0].flaws == {1: Flaw.FORMULA, 2: Flaw.FORMULA, 5: Flaw.ERROR}
    assert [str(problem).split(" is ")[0].split(" shows ")[0] for problem in flaw_problems(rows[0])] == [
        "Cell B2",
        "Cell C2",
        "Cell F2",
    ]
    assert (rows[1].number, rows[1].values, rows[1].flaws) == (4, (), {1: Flaw.FORMULA})


def test_formulas_are_found_with_a_namespace_prefix_and_in_utf_16(read: Callable) -> None:
    rows = '<x:row r="1"><x:c r="A1" t="str"><x:v>Tên</x:v></x:c><x:c r="B1" t="str"><x:v>SĐT</x:v></x:c></x:row>'
    rows += '<x:row r="2"><x:c r="B2"><x:f>1+1</x:f></x:c></x:row>'
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    assert read(parts(sheet))[1][0].flaws == {1: Flaw.FORMULA}


def test_merged_cells_have_their_value_at_the_top_left(read: Callable, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Tên", "SĐT", "Nhóm"], ["Lan", "0912", "VIP"]):
        book.active.append(row)
    book.active.merge_cells("A3:C4")
    book.active["A3"] = "gộp"
    book.save(tmp_path / "a.xlsx")
    info, rows = read(tmp_path / "a.xlsx")
    assert (info.merged, rows[1].values, len(rows)) == (1, ("gộp",), 2)


def test_shared_strings_rich_text_and_escapes_are_read(read: Callable) -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>Tên</t></si><si><r><t xml:space="preserve">Đặng </t></r><r><t>Lan</t></r></si>'
        "<si><t>A &amp; B &lt;x&gt;</t></si></sst>"
    )
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 1}</v></c></row>' for n in (1, 2, 3))
    _, rows = read({**parts(sheet_xml(cells)), "xl/sharedStrings.xml": strings, **_with_strings()})
    assert [row.values for row in rows] == [("Đặng Lan",), ("A & B <x>",)]


def _with_strings() -> dict[str, str]:
    relation = '<Relationship Id="rId2" Type="{}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return {
        "xl/_rels/workbook.xml.rels": WORKBOOK_RELATIONSHIPS.replace("</Relationships>", relation.format(office)),
    }


def test_the_sheet_is_the_first_visible_one_or_the_one_asked_for(read: Callable, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "ẩn"
    book.active.sheet_state = "hidden"
    for name in ("Một", "Hai"):
        book.create_sheet(name).append(["Tên", name])
    book.active = 1
    book.save(tmp_path / "a.xlsx")
    info, _ = read(tmp_path / "a.xlsx")
    assert (info.sheet_names, info.sheet) == (("Một", "Hai"), "Một")
    assert read(tmp_path / "a.xlsx", "Hai")[0].headers == ("Tên", "Hai")
    for unknown in ("ẩn", "Ba"):
        with pytest.raises(XlsxError) as refused:
            read(tmp_path / "a.xlsx", unknown)
        assert refused.value.problems[0].code == "xlsx_no_sheet"


def test_an_absolute_path_to_the_sheet_and_backslashes_are_understood(read: Callable) -> None:
    absolute = WORKBOOK_RELATIONSHIPS.replace("worksheets/", "/xl/worksheets/")
    formula = sheet_xml(row_xml(1, ["Tên", "SĐT"]) + '<row r="2"><c r="A2"><f>1</f></c></row>')
    assert read({**parts(formula), "xl/_rels/workbook.xml.rels": absolute})[1][0].flaws == {0: Flaw.FORMULA}


def test_a_workbook_that_names_a_missing_sheet_is_damaged(read: Callable) -> None:
    with pytest.raises(XlsxError):
        read({**parts(), "xl/workbook.xml": WORKBOOK.replace("rId1", "rId7")})


def test_an_archive_with_64_bit_records_as_java_writes_them_is_read(read: Callable, tmp_path: Path) -> None:
    path = tmp_path / "java.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts().items():
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(str(content).encode())
    content = path.read_bytes()
    end = content.rfind(b"PK\x05\x06")
    count, size, start = (
        int.from_bytes(content[end + a : end + b], "little") for a, b in ((10, 12), (12, 16), (16, 20))
    )
    record = b"PK\x06\x06" + (44).to_bytes(8, "little") + (45).to_bytes(2, "little") * 2 + bytes(8)
    record += b"".join(number.to_bytes(8, "little") for number in (count, count, size, start))
    locator = b"PK\x06\x07" + bytes(4) + end.to_bytes(8, "little") + (1).to_bytes(4, "little")
    path.write_bytes(content[:end] + record + locator + content[end:])
    assert read(path)[1][0].values == ("Lan", "0912345678")


def test_a_spool_resumes_after_any_row(tmp_path: Path) -> None:
    cells = {"A1": "Tên", "B1": "SĐT"} | {f"A{number}": f"Khách {number}" for number in range(2, 30) if number % 3}
    path, out = save(tmp_path / "a.xlsx", cells), tmp_path / "out.jsonl"
    info = spool(path, out)
    rows = list(read_spool(out))
    assert spool_info(out) == info
    assert info.rows == len(rows) == 19
    for done in (0, 1, 2, 15, 29):
        assert [row.number for row in read_spool(out, after=done)] == [row.number for row in rows if row.number > done]


def test_rows_can_be_read_without_a_spool(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"A1": "Tên", "A2": "Lan", "A4": "Hoa"})
    assert [(row.number, row.values) for row in read_rows(path, start=1)] == [(2, ("Lan",)), (4, ("Hoa",))]


values = st.one_of(
    st.none(),
    st.text(min_size=1),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
)


@given(
    st.integers(1, 10**6),
    st.lists(values, max_size=6).map(tuple),
    st.dictionaries(st.integers(0, 199), st.sampled_from(Flaw)),
)
def test_a_row_survives_its_line(number: int, cells: tuple[object, ...], flaws: dict[int, Flaw]) -> None:
    row = Row(number, cells, flaws)
    line = to_line(row)
    assert "\n" not in line
    assert from_line(line) == row


def test_columns_are_named_as_in_excel() -> None:
    names = {0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA", 16383: "XFD"}
    assert {index: column_name(index) for index in names} == names
    assert all(column_index(column_name(index)) == index for index in range(20_000))
