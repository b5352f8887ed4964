"""Every file is read within the limits or refused in words, and quickly; no upload can cost the server more."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from core.exchange import limits, xlsx
from core.exchange.archive import check_archive
from core.exchange.refusal import Refused
from core.exchange.xlsx import REFUSALS, XlsxError, scan_upload, spool
from tests.core.exchange.handmade_workbooks import CONTENT_TYPES, MAIN, WORKBOOK, build, parts, row_xml, sheet_xml

QUICK = 2.0
"""CPU seconds for refusing a file, those of the reading process included; a busy machine must not fail the test."""


def cpu_seconds() -> float:
    return sum(os.times()[:4])


def refusal_of(path: Path, out: Path | None = None) -> str:
    """The code of the refusal, which must come quickly and leave nothing behind."""
    out = out or path.with_suffix(".jsonl")
    started = cpu_seconds()
    with pytest.raises(XlsxError) as refused:
        scan_upload(path)
        spool(path, out)
    assert cpu_seconds() - started < QUICK
    assert not out.exists()
    assert not list(out.parent.glob("*.part"))
    (problem,) = refused.value.problems
    assert problem.code in REFUSALS
    assert str(problem)
    return problem.code


def with_parts(path: Path, **changes: str | bytes) -> Path:
    """A valid workbook plus these parts, whose names are given by ``add``."""
    return build(path, {**parts(), **changes})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "xlsx_empty_file"),
        (b"Ten,Dien thoai\nLan,0912345678\n", "xlsx_is_csv"),
        (b"\xef\xbb\xbfT\xc3\xaan;\xc4\x90T\r\n", "xlsx_is_csv"),
        (b"  <html><table><tr><td>Lan</td></tr></table></html>", "xlsx_is_html"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "xlsx_is_html"),
        (b"%PDF-1.7\n%\xe2\xe3\x00", "xlsx_not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "Workbook".encode("utf-16-le"), "xlsx_old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 9000 + "EncryptedPackage".encode("utf-16-le"), "xlsx_password"),
        (b"PK\x03\x04", "xlsx_damaged"),
        (b"PK\x03\x04" + b"\0" * 200, "xlsx_damaged"),
    ],
)
def test_what_only_bears_the_name_of_a_workbook_is_told_by_its_true_kind(
    tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "upload.xlsx"
    path.write_bytes(content)
    assert refusal_of(path) == code


def test_another_kind_of_document_is_told_too(tmp_path: Path) -> None:
    zipped = build(tmp_path / "a.xlsx", {"readme.txt": "no workbook"})
    assert refusal_of(zipped) == "xlsx_not_a_workbook"
    word = build(tmp_path / "b.xlsx", {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": "<w/>"})
    assert refusal_of(word) == "xlsx_not_a_workbook"
    open_document = build(tmp_path / "c.xlsx", {"mimetype": "application/vnd.oasis", "content.xml": "<x/>"})
    assert refusal_of(open_document) == "xlsx_old_format"
    binary = build(tmp_path / "d.xlsx", {"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.bin": b"\0"})
    assert refusal_of(binary) == "xlsx_old_format"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("xl/vbaProject.bin", b"\0", "xlsx_macros"),
        ("xl/macrosheets/sheet1.xml", "<x/>", "xlsx_macros"),
        ("[Content_Types].xml", CONTENT_TYPES.replace("sheet.main", "sheet.macroEnabled.main"), "xlsx_macros"),
        ("../../etc/cron.d/x", "x", "xlsx_unsafe_names"),
        ("xl/../../x", "x", "xlsx_unsafe_names"),
        ("xl\\..\\..\\x", "x", "xlsx_unsafe_names"),
        ("/etc/passwd", "x", "xlsx_unsafe_names"),
        ("C:\\x", "x", "xlsx_unsafe_names"),
        ("XL/Workbook.xml", WORKBOOK, "xlsx_damaged"),
    ],
)
def test_code_and_unsafe_names_are_refused(tmp_path: Path, name: str, content: str | bytes, code: str) -> None:
    assert refusal_of(build(tmp_path / "upload.xlsx", {**parts(), name: content})) == code


def test_links_to_other_workbooks_are_not_followed(read: Callable, tmp_path: Path) -> None:
    link = f'<externalLink xmlns="{MAIN}"/>'
    _, rows = read({**parts(), "xl/externalLinks/externalLink1.xml": link})
    assert rows[0].values == ("Lan", "0912345678")


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    path = build(tmp_path / "upload.xlsx", parts())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet_xml(""))
    assert refusal_of(path) == "xlsx_damaged"


def test_too_many_parts_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    many = {f"xl/media/{number}": b"" for number in range(limits.MAX_ENTRIES)}
    assert refusal_of(build(tmp_path / "upload.xlsx", {**parts(), **many})) == "xlsx_too_many_parts"


def test_a_bomb_that_declares_its_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "upload.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts().items():
            archive.writestr(name, content)
        with archive.open("xl/media/zeros", "w") as stream:
            for _ in range(limits.MAX_INFLATED // limits.MIB):
                stream.write(b" " * limits.MIB)
    assert path.stat().st_size < limits.MIB
    assert refusal_of(path) == "xlsx_too_large"


def test_a_bomb_of_shared_strings_is_refused(tmp_path: Path) -> None:
    strings = f'<sst xmlns="{MAIN}"><si><t>' + " " * (limits.MAX_SHARED_STRINGS + 1) + "</t></si></sst>"
    assert refusal_of(build(tmp_path / "upload.xlsx", {**parts(), "xl/sharedStrings.xml": strings})) == "xlsx_too_large"


def lie(path: Path, offset_in_directory: int, value: int) -> Path:
    """Overwrite a 4-byte field of the last entry in the table of contents."""
    content = bytearray(path.read_bytes())
    entry = content.rfind(b"PK\x01\x02")
    struct.pack_into("<L", content, entry + offset_in_directory, value)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("offset", "value"), [(24, 10), (24, 2**31), (20, 10), (20, 2**30), (16, 1), (42, 0)])
def test_lying_sizes_checksums_and_offsets_are_found_out(tmp_path: Path, offset: int, value: int) -> None:
    path = lie(build(tmp_path / "upload.xlsx", parts()), offset, value)
    with pytest.raises(Refused) as refused:
        check_archive(path)
    assert refused.value.code in ("xlsx_damaged", "xlsx_too_large")


def test_a_part_that_inflates_to_more_than_it_declares_is_refused_at_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.exchange.archive.MAX_INFLATED", limits.MIB)
    path = build(tmp_path / "upload.xlsx", {**parts(), "xl/media/zeros": b"\0" * 2 * limits.MIB})
    assert refusal_of(lie(path, 24, 10)) == "xlsx_too_large"


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """As in the bombs that quote: the data of one entry is the next entry, header and all."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("b.bin", b"x" * 50)
    entry, directory = inner.getvalue().split(b"PK\x01\x02", 1)
    path = tmp_path / "upload.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts().items():
            archive.writestr(name, content)
        archive.writestr("a.bin", entry)
    check_archive(path)
    content = path.read_bytes()
    end = content.rfind(b"PK\x05\x06")
    record = bytearray(b"PK\x01\x02" + directory.partition(b"PK\x05\x06")[0])
    struct.pack_into("<L", record, 42, content.find(entry))
    count, size = (int.from_bytes(content[end + at : end + at + length], "little") for at, length in ((8, 2), (12, 4)))
    tail = bytearray(content[end:])
    struct.pack_into("<HHL", tail, 8, count + 1, count + 1, size + len(record))
    path.write_bytes(content[:end] + record + tail)
    with zipfile.ZipFile(path) as archive:
        assert archive.read("b.bin") == b"x" * 50
    with pytest.raises(Refused) as refused:
        check_archive(path)
    assert refused.value.code == "xlsx_damaged"


def test_an_archive_that_two_readers_could_read_differently_is_refused(tmp_path: Path) -> None:
    path = build(tmp_path / "upload.xlsx", parts())
    other = build(tmp_path / "other.xlsx", parts(sheet_xml("")))
    joined = tmp_path / "joined.xlsx"
    joined.write_bytes(path.read_bytes() + other.read_bytes())
    assert refusal_of(joined) == "xlsx_damaged"
    path.write_bytes(path.read_bytes() + b"\0")
    assert refusal_of(path) == "xlsx_damaged"


def test_an_encrypted_entry_is_a_password(tmp_path: Path) -> None:
    path = build(tmp_path / "upload.xlsx", parts())
    content = bytearray(path.read_bytes())
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refusal_of(path) == "xlsx_password"


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(tmp_path: Path, keep: float) -> None:
    path = build(tmp_path / "upload.xlsx", parts())
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    assert refusal_of(path) == "xlsx_damaged"


def test_a_cell_at_the_far_corner_costs_nothing_and_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Tên"
    book.active["XFD1048576"] = 1
    path = tmp_path / "upload.xlsx"
    book.save(path)
    assert path.stat().st_size < 10_000
    assert refusal_of(path) == "xlsx_outside"
    with pytest.raises(XlsxError, match="XFD1048576"):
        spool(path, tmp_path / "out.jsonl")


@pytest.mark.parametrize("cell", ["GS1", "A200001", "XFD1048576"])
@pytest.mark.parametrize(
    "pattern", ["<c r='{}'><v>1</v></c>", '<c r = "{}"><v>1</v></c>', '<c r="{}"><f>1</f><v>1</v></c>']
)
def test_cells_outside_are_found_in_every_spelling(tmp_path: Path, cell: str, pattern: str) -> None:
    sheet = sheet_xml(row_xml(1, ["Tên", "SĐT"]) + f"<row>{pattern.format(cell)}</row>")
    assert refusal_of(build(tmp_path / "upload.xlsx", parts(sheet))) == "xlsx_outside"


def test_a_format_without_a_value_may_lie_anywhere(read: Callable) -> None:
    styled = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    info, rows = read(parts(sheet_xml(row_xml(1, ["Tên", "SĐT"]) + row_xml(2, ["Lan", "09"]) + styled)))
    assert (info.rows, rows[0].values) == (1, ("Lan", "09"))


def test_the_last_row_and_column_within_the_limits_are_read(read: Callable) -> None:
    last = f'<row r="{limits.MAX_ROWS}"><c r="GR{limits.MAX_ROWS}"><v>7</v></c></row>'
    info, rows = read(parts(sheet_xml(row_xml(1, ["Tên", "SĐT"]) + last.replace("GR", "C"))))
    assert (info.rows, rows[0].number, rows[0].values) == (1, limits.MAX_ROWS, (None, None, 7))
    wide = sheet_xml(row_xml(1, ["Tên", "SĐT"]) + '<row r="2"><c r="GR2"><v>7</v></c></row>')
    assert read(parts(wide))[1][0].value(limits.MAX_COLUMNS - 1) == 7


def test_two_corners_that_span_a_huge_rectangle_are_stopped_by_the_memory_limit(tmp_path: Path) -> None:
    corner = f"GR{limits.MAX_ROWS}"
    sheet = sheet_xml(row_xml(1, ["Tên"]) + f'<row r="{limits.MAX_ROWS}"><c r="{corner}"><v>1</v></c></row>')
    assert refusal_of(build(tmp_path / "upload.xlsx", parts(sheet))) == "xlsx_too_large"


def test_an_implicit_position_cannot_escape_the_limits(tmp_path: Path) -> None:
    cells = "<c><v>1</v></c>" * (limits.MAX_COLUMNS + 1)
    sheet = sheet_xml(row_xml(1, ["Tên", "SĐT"]) + f"<row>{cells}</row>")
    assert refusal_of(build(tmp_path / "upload.xlsx", parts(sheet))) == "xlsx_outside"


DOCUMENT_TYPES = {
    "external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "billion laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY e "&b;&b;&b;&b;">]>',
    "external document type": '<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">',
}


@pytest.mark.parametrize("kind", DOCUMENT_TYPES)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_entities_never_resolve(tmp_path: Path, kind: str, part: str) -> None:
    bodies = {
        "xl/worksheets/sheet1.xml": sheet_xml(row_xml(1, ["Tên", "SĐT"]) + row_xml(2, ["&e;", "x"]) + "<f></f>"),
        "xl/workbook.xml": WORKBOOK.replace("Khách hàng", "&e;"),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>&e;</t></si></sst>',
    }
    sheet = sheet_xml('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    contents = {**parts(sheet), part: DOCUMENT_TYPES[kind] + bodies[part]}
    path = build(tmp_path / "upload.xlsx", contents)
    out = tmp_path / "out.jsonl"
    try:
        spool(path, out)
    except XlsxError as refused:
        assert refused.problems[0].code == "xlsx_damaged"
    else:
        text = out.read_text()
        assert "root:" not in text
        assert "haha" not in text


def test_a_text_longer_than_excel_allows_is_told_with_its_cell(read: Callable) -> None:
    long = "x" * (limits.MAX_CELL_TEXT + 1)
    _, rows = read(
        parts(sheet_xml(row_xml(1, ["Tên", "SĐT"]) + row_xml(2, [long, "ok"]) + row_xml(3, [long[1:], "ok"])))
    )
    assert [problem.code for problem in xlsx.flaw_problems(rows[0])] == ["text_too_long"]
    assert "A2" in str(xlsx.flaw_problems(rows[0])[0])
    assert rows[0].values == (None, "ok")
    assert len(rows[1].values[0]) == limits.MAX_CELL_TEXT


def test_a_huge_cell_is_stopped(tmp_path: Path) -> None:
    path = build(tmp_path / "upload.xlsx", parts(sheet_xml(row_xml(1, ["Tên", " " * (150 * limits.MIB)]))))
    assert path.stat().st_size < limits.MIB
    out = tmp_path / "out.jsonl"
    try:
        spool(path, out)
    except XlsxError as refused:
        assert refused.problems[0].code in ("xlsx_too_large", "xlsx_damaged")
    else:
        assert out.stat().st_size < limits.MIB


def test_a_reader_that_computes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = build(tmp_path / "upload.xlsx", parts())
    monkeypatch.setattr(xlsx, "READER_WALL_SECONDS", 0.01)
    with pytest.raises(XlsxError) as refused:
        spool(path, tmp_path / "out.jsonl")
    assert refused.value.problems[0].code == "xlsx_too_slow"


def test_the_reading_process_is_limited_and_sees_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}

    def record(command: list[str], **options: object) -> object:
        seen.update(options)
        raise xlsx.subprocess.TimeoutExpired(command, 1)

    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setattr(xlsx.subprocess, "run", record)
    with pytest.raises(XlsxError):
        spool(build(tmp_path / "upload.xlsx", parts()), tmp_path / "out.jsonl")
    assert "secret" not in str(seen["env"])
    script = "import resource; from core.exchange.sandbox import limit_resources as l; l(); "
    script += "print(resource.getrlimit(resource.RLIMIT_AS)[1], resource.getrlimit(resource.RLIMIT_CPU)[1])"
    monkeypatch.undo()
    out = xlsx.subprocess.run([xlsx.sys.executable, "-c", script], capture_output=True, text=True, cwd=xlsx._ROOT)
    assert out.stdout.split() == [str(limits.READER_MEMORY), str(limits.READER_CPU_SECONDS)]


def mutants(seed: int, count: int) -> Iterator[bytes]:
    """Valid workbooks with a few random bytes changed, of the zip or of the sheet inside it."""
    chance = random.Random(seed)
    for number in range(count):
        contents = parts()
        if number % 2:
            name = chance.choice(list(contents))
            contents[name] = damaged(chance, str(contents[name]).encode())
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
        yield buffer.getvalue() if number % 2 else damaged(chance, buffer.getvalue())


def damaged(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                del changed[at : at + chance.randint(1, 20)]
            case _:
                changed[at:at] = changed[: chance.randint(1, 30)]
        changed = changed or bytearray(b"x")
    return bytes(changed)


def test_mutants_are_scanned_without_any_other_error(tmp_path: Path) -> None:
    path = tmp_path / "upload.xlsx"
    outcomes: dict[str, int] = {}
    for content in mutants(seed=1, count=1_500):
        path.write_bytes(content)
        try:
            check_archive(path)
            outcome = "passed"
        except Refused as refused:
            assert refused.code in REFUSALS
            outcome = refused.code
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    assert outcomes["passed"] > 100
    assert outcomes["xlsx_damaged"] > 100


def test_mutants_are_read_or_refused(tmp_path: Path) -> None:
    path, out = tmp_path / "upload.xlsx", tmp_path / "out.jsonl"
    for content in list(mutants(seed=2, count=40))[1::2]:
        path.write_bytes(content)
        try:
            spool(path, out)
        except XlsxError as refused:
            assert refused.problems[0].code in REFUSALS
