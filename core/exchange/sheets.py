"""Rows of a workbook through python-calamine, normalised. Bounded only in the process of ``core.exchange.sandbox``.

Of merged cells the top left one has the value, the others are blank. Dates come from the cell's number format; a
formula gives the value that Excel saved with it. Blank rows are left out, the others keep the number that Excel shows.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine as calamine

from core.exchange.archive import check_archive
from core.exchange.inspection import inspect_sheet, rows_of
from core.exchange.limits import MAX_CELL_TEXT, MAX_COLUMNS, MAX_ROWS
from core.exchange.refusal import Refused
from core.exchange.rows import Flaw, Row, Value
from core.text import clean

_EXACT_FLOAT = 2**53
_NO_FLAWS: dict[int, Flaw] = {}


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """One sheet of a workbook, opened."""

    sheet_names: tuple[str, ...]
    name: str
    merged: int
    """How many merged ranges it has."""
    rows: Iterator[Row]


def open_sheet(path: Path, sheet: str | None = None) -> OpenSheet:
    """The sheet with this name, or the first visible one. Raises :class:`Refused` for a file that must not be read."""
    check_archive(path)
    try:
        workbook = calamine.load_workbook(path)
        names = _visible_sheets(workbook)
        name = names[0] if sheet is None and names else sheet
        if name is None or name not in names:
            raise Refused("xlsx_no_sheet", sheet=sheet or "")
        with zipfile.ZipFile(path) as archive:
            flaws = inspect_sheet(archive, name).flaws
        content = workbook.get_sheet_by_name(name)
    except calamine.PasswordError:
        raise Refused("xlsx_password") from None
    except (calamine.CalamineError, zipfile.BadZipFile, OSError, EOFError):
        raise Refused("xlsx_damaged") from None
    return OpenSheet(tuple(names), name, len(content.merged_cell_ranges or ()), _rows(content, flaws))


def read_rows(path: Path, sheet: str | None = None, start: int = 0) -> Iterator[Row]:
    """The rows below row number ``start``, the header among them; what is wrong with the file is raised at once."""
    opened = open_sheet(path, sheet)
    return (row for row in opened.rows if row.number > start)


def _visible_sheets(workbook: calamine.CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
    ]


def _rows(sheet: calamine.CalamineSheet, flaws: dict[int, dict[int, Flaw]]) -> Iterator[Row]:
    first_column = sheet.start[1] if sheet.start else 0
    last_row, last_column = sheet.end or (0, 0)
    if last_row >= MAX_ROWS or last_column >= MAX_COLUMNS:
        raise Refused("xlsx_outside", row=last_row + 1, column=last_column + 1)
    indent: tuple[Value, ...] = (None,) * first_column
    number = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        row = _row(number, indent, cells, flaws.get(number, _NO_FLAWS))
        if row.values or row.flaws:
            yield row
    # A row in which nothing has a value is unknown to calamine.
    for valueless, columns in rows_of(flaws, after=number):
        yield Row(valueless, (), columns)


def _row(number: int, indent: tuple[Value, ...], cells: Sequence[object], flaws: dict[int, Flaw]) -> Row:
    values = [None if cell == "" else _NORMAL[type(cell)](cell) for cell in cells]
    while values and values[-1] is None:
        values.pop()
    if any(type(value) is str and len(value) > MAX_CELL_TEXT for value in values):
        flaws = dict(flaws)
        for index, value in enumerate(values):
            if isinstance(value, str) and len(value) > MAX_CELL_TEXT:
                flaws[len(indent) + index] = Flaw.TOO_LONG
                values[index] = None
    return Row(number, indent + tuple(values) if values else (), flaws)


def _text(value: str) -> str | None:
    return clean(value, multiline=True) or None


def _number(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) <= _EXACT_FLOAT else value


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}"


def _as_it_is(value: Value) -> Value:
    return value


_NORMAL: dict[type, Callable[..., Value]] = {
    str: _text,
    float: _number,
    int: _as_it_is,
    bool: _as_it_is,
    date: _as_it_is,
    datetime: _as_it_is,
    time: _as_it_is,
    timedelta: _duration,
}
