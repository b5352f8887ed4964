"""A row of a sheet as the import sees it, and its form in a spool file (one JSON line each)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

Value = str | int | float | bool | date | datetime | time | None
"""What a cell holds; None is blank. Text is clean (``core.text.clean``) and never empty; whole numbers are int."""


class Flaw(StrEnum):
    """Why a cell has no usable value although it is not blank."""

    FORMULA = "formula_without_value"
    ERROR = "error_value"
    TOO_LONG = "text_too_long"


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``number`` counts from 1 as Excel shows it; ``values`` ends with the last cell that is not blank."""

    number: int
    values: tuple[Value, ...]
    flaws: Mapping[int, Flaw] = field(default_factory=dict)
    """By index of the column, from 0."""

    def value(self, column: int) -> Value:
        """The value in the column with this index; None right of the last one."""
        return self.values[column] if column < len(self.values) else None

    def cell_name(self, column: int) -> str:
        """``D17``"""
        return f"{column_name(column)}{self.number}"


def column_name(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def to_line(row: Row) -> str:
    """The row as one line of JSON that :func:`from_line` reads back equal."""
    content: list[object] = [row.number, row.values]
    if row.flaws:
        content.append(row.flaws)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_encode)


def from_line(line: str) -> Row:
    """The row of a line written by :func:`to_line`."""
    number, values, *flaws = json.loads(line)
    decoded = tuple(_decode(value) if type(value) is dict else value for value in values)
    return Row(number, decoded, {int(column): Flaw(flaw) for column, flaw in flaws[0].items()} if flaws else {})


def number_of_line(line: str) -> int:
    """The row number of a line, without reading the rest of it."""
    return int(line[1 : line.index(",")])


def _encode(value: object) -> dict[str, str]:
    match value:
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


def _decode(value: Mapping[str, str]) -> Value:
    match value:
        case {"datetime": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"time": text}:
            return time.fromisoformat(text)
    raise ValueError("not a line of a spool file")
