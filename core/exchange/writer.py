"""Workbooks out: streamed, typed, and no text ever a formula (SYS-10).

Phones and codes are text cells, so leading zeros and plus signs stay; dates and amounts are real dates and numbers.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from core.clock import to_local
from core.dates import format_date
from core.exchange.columns import Kind, SheetColumn
from core.exchange.limits import MAX_CELL_TEXT
from core.exchange.package import (
    FIRST_FORMAT,
    SHEET,
    TITLE,
    open_package,
    sheet_begin,
    sheet_end,
    text_cell,
    write_surroundings,
)
from core.exchange.rows import Row, Value, column_name
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
_UNUSUAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK = re.compile("\r\n?")
_PAGE_BREAKS = {0x0B: " ", 0x0C: " "}
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_SHEET_TITLE = re.compile(r"[\[\]:*?/\\]")
_TITLE_LENGTH = 31
_FIRST_EXCEL_DAY = date(1900, 3, 1)
_EXACT_INTEGER = 10**15
_CODES = tuple(dict.fromkeys([*_FORMATS.values(), "hh:mm:ss"]))
_STYLES = {code: FIRST_FORMAT + at for at, code in enumerate(_CODES)}
_KIND_STYLES = {kind: _STYLES[code] for kind, code in _FORMATS.items()}
_DAY_ZERO = date(1899, 12, 30)
_DAY_SECONDS = 86_400
_WRITTEN_AT_ONCE = 200
"""Rows that are packed together."""


class SheetWriter:
    """Writes one sheet row by row; a context manager, which saves at its regular end and writes nothing after an error.

    ::

        with SheetWriter(file, [SheetColumn(_("Phone"), "phone")], title=str(_("Customers"))) as sheet:
            sheet.append(["+84912345678"])
    """

    def __init__(self, file: Path | BinaryIO, columns: Sequence[SheetColumn], title: str = "Sheet1") -> None:
        self._file = file
        self._columns = [(column_name(at), column.kind) for at, column in enumerate(columns)]
        self._title = _SHEET_TITLE.sub(" ", _xml_text(title))[:_TITLE_LENGTH] or "Sheet1"
        self._store = tempfile.TemporaryFile()  # noqa: SIM115  (closed where the workbook ends)
        self._package = open_package(self._store)
        self._sheet = self._package.open(SHEET, "w", force_zip64=True)
        shapes = [(column.width or _WIDTHS[column.kind], _KIND_STYLES[column.kind]) for column in columns]
        self._waiting = [sheet_begin(shapes), '<row r="1">']
        for (letters, _kind), column in zip(self._columns, columns, strict=True):
            self._waiting.append(text_cell(f"{letters}1", TITLE, _xml_text(str(column.label))))
        self._waiting.append("</row>")
        self.rows = 0
        """Rows written below the header."""

    def append(self, values: Iterable[object]) -> None:
        """Write one row, a value per column; None is blank. Raises ValueError for another number of values."""
        row = list(values)
        if len(row) != len(self._columns):
            raise ValueError(f"{len(row)} values for {len(self._columns)} columns")
        self.rows += 1
        number = self.rows + 1
        self._waiting.append(f'<row r="{number}">')
        self._waiting += [
            _cell(f"{letters}{number}", kind, value)
            for (letters, kind), value in zip(self._columns, row, strict=True)
            if value is not None and value != ""
        ]
        self._waiting.append("</row>")
        if self.rows % _WRITTEN_AT_ONCE == 0:
            self._flush()

    def close(self) -> None:
        """Save the workbook."""
        self._waiting.append(sheet_end(f"A1:{self._columns[-1][0]}{self.rows + 1}" if self._columns else ""))
        self._flush()
        self._sheet.close()
        write_surroundings(self._package, self._title, _CODES)
        self._package.close()
        self._store.seek(0)
        if isinstance(self._file, Path):
            with self._file.open("wb") as target:
                shutil.copyfileobj(self._store, target)
        else:
            shutil.copyfileobj(self._store, self._file)
        self._store.close()

    def __enter__(self) -> SheetWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._sheet.close()
            self._package.close()
            self._store.close()

    def _flush(self) -> None:
        self._sheet.write("".join(self._waiting).encode())
        self._waiting.clear()


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


def _cell(at: str, kind: Kind, value: object) -> str:
    """A cell as its kind wants it. The type is said, never guessed: that is what stops formulas."""
    style, content = _KIND_STYLES[kind], _prepared(kind, value)
    if kind == "typed" and isinstance(content, date | time):
        style = _STYLES[_code_of(content)]
    if isinstance(content, str):
        return text_cell(at, style, _xml_text(content))
    if isinstance(content, bool):
        return f'<c r="{at}" s="{style}" t="b"><v>{int(content)}</v></c>'
    if isinstance(content, date | time):
        content = _serial(content)
    return f'<c r="{at}" s="{style}"><v>{content!r}</v></c>'


def _code_of(value: date | time) -> str:
    if isinstance(value, time):
        return "hh:mm:ss"
    return _FORMATS["datetime" if isinstance(value, datetime) else "date"]


def _serial(value: date | time) -> float:
    """Days since Excel's day zero; a time of day is a part of one."""
    days = 0 if isinstance(value, time) else value.toordinal() - _DAY_ZERO.toordinal()
    if not isinstance(value, time | datetime):
        return days
    return days + (value.hour * 3600 + value.minute * 60 + value.second) / _DAY_SECONDS


def _prepared(kind: Kind, value: object) -> str | bool | int | float | date | time:
    """The value as a str, bool, number, naive local date or time."""
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
    if _UNUSUAL.search(text):
        text = _LINE_BREAK.sub("\n", text).translate(_PAGE_BREAKS)
        text = _ESCAPE.sub("_x005F_", _ILLEGAL.sub("", text))
    if len(text) <= MAX_CELL_TEXT // 2:
        return text
    # Excel counts UTF-16 units, so an emoji is two characters.
    return text.encode("utf-16-le")[: 2 * MAX_CELL_TEXT].decode("utf-16-le", "ignore")
