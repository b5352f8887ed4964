"""Workbooks out: streamed, typed, and no text ever a formula (SYS-10).

Phones and codes are text cells, so leading zeros and plus signs stay; dates and amounts are real dates and numbers.

Imported where a workbook is written, as :mod:`core.exchange.blank` is: openpyxl takes 10 MB, which a process that serves
pages seldom needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core.clock import to_local
from core.dates import format_date
from core.exchange.columns import Kind, SheetColumn
from core.exchange.limits import MAX_CELL_TEXT
from core.exchange.rows import Row, Value
from core.exchange.spooling import ERROR_HEADER, ERROR_SHEET
from core.exchange.values import as_text
from core.phone import plain_phone

_FORMATS: dict[Kind, str] = {
    "text": "General",
    "phone": "@",
    "code": "@",
    "date": "dd/mm/yyyy",
    "datetime": "dd/mm/yyyy hh:mm",
    "money": "#,##0",
    "integer": "0",
    "decimal": "#,##0.###",
    "percent": "0.##%",
    "typed": "General",
}
_WIDTHS: dict[Kind, int] = {
    "text": 28,
    "phone": 16,
    "code": 14,
    "date": 12,
    "datetime": 17,
    "money": 16,
    "integer": 10,
    "decimal": 12,
    "percent": 10,
    "typed": 20,
}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK = re.compile("\r\n?")
_PAGE_BREAKS = {0x0B: " ", 0x0C: " "}
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_SHEET_TITLE = re.compile(r"[\[\]:*?/\\]")
_TITLE_LENGTH = 31
_FIRST_EXCEL_DAY = date(1900, 3, 1)
_EXACT_INTEGER = 10**15
_HEADER_FONT = Font(bold=True)
_HEADER_FILL = PatternFill("solid", fgColor="E8EEF4")
_HEADER_ALIGNMENT = Alignment(vertical="center", wrap_text=True)


class SheetWriter:
    """Writes one sheet row by row; a context manager, which saves at its regular end and writes nothing after an error.

    ::

        with SheetWriter(file, [SheetColumn(_("Phone"), "phone")], title=str(_("Customers"))) as sheet:
            sheet.append(["+84912345678"])
    """

    def __init__(self, file: Path | BinaryIO, columns: Sequence[SheetColumn], title: str = "Sheet1") -> None:
        self._file = file
        self._columns = columns
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(_SHEET_TITLE.sub(" ", _xml_text(title))[:_TITLE_LENGTH] or "Sheet1")
        self._sheet.freeze_panes = "A2"
        for index, column in enumerate(columns, 1):
            width = column.width or _WIDTHS[column.kind]
            self._sheet.column_dimensions[get_column_letter(index)].width = width
        # openpyxl writes a row at once, so the cell objects of a column serve all rows.
        self._cells: dict[tuple[int, str], WriteOnlyCell] = {}
        self.rows = 0
        """Rows written below the header."""
        self._write_header()

    def append(self, values: Iterable[object]) -> None:
        """Write one row, a value per column; None is blank. Raises ValueError for another number of values."""
        row = list(values)
        if len(row) != len(self._columns):
            raise ValueError(f"{len(row)} values for {len(self._columns)} columns")
        self._sheet.append([self._cell(index, value) for index, value in enumerate(row)])
        self.rows += 1

    def close(self) -> None:
        """Save the workbook."""
        if self._columns:
            self._sheet.auto_filter.ref = f"A1:{get_column_letter(len(self._columns))}{self.rows + 1}"
        self._book.save(self._file)

    def __enter__(self) -> SheetWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._sheet.close()

    def _cell(self, index: int, value: object) -> WriteOnlyCell:
        kind = self._columns[index].kind
        number_format = _FORMATS[kind] if kind != "typed" else _format_of(value)
        cell = self._cells.get((index, number_format))
        if cell is None:
            cell = self._cells[index, number_format] = WriteOnlyCell(self._sheet)
            cell.number_format = number_format
        _fill(cell, kind, value)
        return cell

    def _write_header(self) -> None:
        header = []
        for column in self._columns:
            cell = WriteOnlyCell(self._sheet)
            _fill(cell, "text", column.label)
            cell.font, cell.fill, cell.alignment = _HEADER_FONT, _HEADER_FILL, _HEADER_ALIGNMENT
            header.append(cell)
        self._sheet.append(header)


def write_error_report(
    file: Path | BinaryIO, headers: Sequence[str], failures: Iterable[tuple[Row, Sequence[object]]]
) -> int:
    """Write the rows that an import refused, as they were typed, with the reasons in a last column; how many there are.

    The corrected file can be uploaded again as it is: its reasons are not read.
    """
    columns = [*(SheetColumn(header, "typed") for header in headers), SheetColumn(ERROR_HEADER, "text", width=60)]
    with SheetWriter(file, columns, title=ERROR_SHEET) as sheet:
        for row, reasons in failures:
            values: list[Value] = [row.value(column) for column in range(len(headers))]
            sheet.append([*values, "; ".join(str(reason) for reason in reasons)])
        return sheet.rows


def _format_of(value: object) -> str:
    match value:
        case datetime():
            return _FORMATS["datetime"]
        case date():
            return _FORMATS["date"]
        case time():
            return "hh:mm:ss"
    return _FORMATS["typed"]


def _fill(cell: WriteOnlyCell, kind: Kind, value: object) -> None:
    """Put the value into the cell as its kind wants it. The type is set, never guessed: that is what stops formulas."""
    content = _prepared(kind, value)
    match content:
        case None:
            cell._value, cell.data_type = None, "n"
        case bool():
            cell._value, cell.data_type = content, "b"
        case int() | float():
            cell._value, cell.data_type = content, "n"
        case date() | time():
            cell._value, cell.data_type = content, "d"
        case _:
            cell._value, cell.data_type = _xml_text(str(content)), "s"


def _prepared(kind: Kind, value: object) -> object:
    """The value as a str, bool, number, naive local date or time; None for a blank cell."""
    if value is None or value == "":
        return None
    match kind:
        case "phone":
            text = str(value)
            return plain_phone(text) if text.startswith("+") else text
        case "text" | "code":
            return as_text(value) if isinstance(value, bool | float | date | time) else str(value)
        case "date" if isinstance(value, datetime):
            return _date((to_local(value) if value.tzinfo else value).date())
        case "money" | "integer" | "decimal" | "percent" if isinstance(value, Decimal):
            return _number(int(value) if value == value.to_integral_value() and kind != "percent" else float(value))
    match value:
        case datetime():
            return _date((to_local(value) if value.tzinfo else value).replace(tzinfo=None, microsecond=0))
        case date():
            return _date(value)
        case int() | float() if not isinstance(value, bool):
            return _number(value)
        case bool() | time():
            return value
    return str(value)


def _date(value: date) -> date | str:
    day = value.date() if isinstance(value, datetime) else value
    return value if day >= _FIRST_EXCEL_DAY else format_date(day)


def _number(value: int | float) -> int | float | str:
    """Excel keeps 15 digits; a longer number stays whole as text."""
    return value if isfinite(value) and abs(value) < _EXACT_INTEGER else str(value)


def _xml_text(text: str) -> str:
    """Text that XML can hold and Excel reads back equal, at most as long as a cell may be."""
    text = _LINE_BREAK.sub("\n", text).translate(_PAGE_BREAKS)
    text = _ESCAPE.sub("_x005F_", _ILLEGAL.sub("", text))
    if len(text) <= MAX_CELL_TEXT // 2:
        return text
    # Excel counts UTF-16 units, so an emoji is two characters.
    return text.encode("utf-16-le")[: 2 * MAX_CELL_TEXT].decode("utf-16-le", "ignore")
