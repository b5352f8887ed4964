"""What python-calamine does not tell about a sheet: formulas without a value, error cells, cells far outside.

calamine builds a rectangle around all cells, so the sheet's extent has to be known before. Most sheets have nothing of
the three: a search over the bytes finds that out ten times faster than a parser. It may be deceived, but only by files
whose cost the reading process's limits bound.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, TypeVar
from xml.parsers import expat

from core.exchange.limits import MAX_COLUMNS, MAX_FLAWS, MAX_ROWS
from core.exchange.refusal import Refused
from core.exchange.rows import Flaw

_PIECE = 256 * 1024
_OVERLAP = 64
# Separate patterns with literal starts: one alternation of them all takes three times as long.
_SUSPICIOUS = (
    re.compile(rb"<(?:\w+:)?f[\s/>]"),
    re.compile(rb"t\s?=\s?[\"']e[\"']"),
    re.compile(rb"r\s?=\s?[\"'](?:[A-Z]{3}|[H-Z][A-Z]|G[S-Z])"),
    re.compile(rb"r\s?=\s?[\"'][A-Z]*(?:[2-9]\d{5}|\d{7})"),
)
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_NAMESPACE = " "
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_STRICT_RELATIONSHIP = "http://purl.oclc.org/ooxml/officeDocument/relationships id"


@dataclass
class Inspection:
    """What was found. ``flaws``: row number → column index → flaw."""

    flaws: dict[int, dict[int, Flaw]] = field(default_factory=dict)


def inspect_sheet(archive: zipfile.ZipFile, sheet: str) -> Inspection:
    """Look through the sheet with this name. Raises :class:`Refused` for a cell with a value outside the limits."""
    part = _part_of(archive, sheet)
    if not _is_suspicious(archive, part):
        return Inspection()
    reader = _SheetReader()
    with archive.open(part) as stream:
        reader.read(stream)
    return Inspection(reader.flaws)


def _is_suspicious(archive: zipfile.ZipFile, part: str) -> bool:
    with archive.open(part) as stream:
        window = stream.read(_PIECE)
        if b"\x00" in window[:_OVERLAP]:
            return True  # UTF-16
        while window:
            if any(pattern.search(window) for pattern in _SUSPICIOUS):
                return True
            piece = stream.read(_PIECE)
            window = window[-_OVERLAP:] + piece if piece else b""
    return False


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part that holds the sheet, by the workbook's list of sheets and its relationships."""
    names = {entry.filename.replace("\\", "/").casefold(): entry.filename for entry in archive.infolist()}
    targets: dict[str, str] = {}
    ids: dict[str, str] = {}

    def relationship(attributes: dict[str, str]) -> None:
        targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def workbook_sheet(attributes: dict[str, str]) -> None:
        id_ = attributes.get(_RELATIONSHIP) or attributes.get(_STRICT_RELATIONSHIP) or ""
        ids.setdefault(attributes.get("name", ""), id_)

    for part, element, handler in (
        ("xl/_rels/workbook.xml.rels", "Relationship", relationship),
        ("xl/workbook.xml", "sheet", workbook_sheet),
    ):
        if part in names:
            with archive.open(names[part]) as stream:
                parse_xml(stream, {element: handler})
    target = targets.get(ids.get(sheet, ""), "")
    path = target.removeprefix("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
    if path.casefold() not in names:
        raise Refused("xlsx_damaged")
    return names[path.casefold()]


H = TypeVar("H")


class _Handlers(dict[str, H | None]):
    """Handlers by element name, found again by the name with its namespace after the first time."""

    def __missing__(self, name: str) -> H | None:
        self[name] = self.get(name.rpartition(_NAMESPACE)[2])
        return self[name]


Start = Callable[[dict[str, str]], None]
End = Callable[[], None]


def parse_xml(
    stream: IO[bytes],
    starts: Mapping[str, Start],
    ends: Mapping[str, End] | None = None,
    parser: expat.XMLParserType | None = None,
) -> None:
    """Parse in pieces, calling by element name without namespace. Document types, and so entities, are refused."""
    parser = parser or expat.ParserCreate(namespace_separator=_NAMESPACE)
    start_handlers, end_handlers = _Handlers(starts), _Handlers(ends or {})

    def refuse(*_: object) -> None:
        raise Refused("xlsx_damaged")

    def start(name: str, attributes: dict[str, str]) -> None:
        if handler := start_handlers[name]:
            handler(attributes)

    def end(name: str) -> None:
        if handler := end_handlers[name]:
            handler()

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    if ends:
        parser.EndElementHandler = end
    try:
        while piece := stream.read(_PIECE):
            parser.Parse(piece)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise Refused("xlsx_damaged") from None


class _SheetReader:
    """Follows the cells of one sheet; keeps only what is wrong."""

    def __init__(self) -> None:
        self.flaws: dict[int, dict[int, Flaw]] = {}
        self._flaw_count = 0
        self._row = 0
        self._column = -1
        self._type = ""
        self._has_formula = self._has_value = self._has_value_element = False
        self._parser = expat.ParserCreate(namespace_separator=_NAMESPACE)

    def read(self, stream: IO[bytes]) -> None:
        starts: dict[str, Start] = {
            "row": self._start_row,
            "c": self._start_cell,
            "f": self._start_formula,
            "v": self._start_value,
            "is": self._start_value,
        }
        ends: dict[str, End] = {"c": self._end_cell, "v": self._end_value, "is": self._end_value}
        parse_xml(stream, starts, ends, self._parser)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = _number(attributes.get("r")) or self._row + 1
        self._column = -1

    def _start_formula(self, _: dict[str, str]) -> None:
        self._has_formula = True

    def _start_value(self, _: dict[str, str]) -> None:
        self._has_value_element = True
        if self._has_formula:
            # Watching every cell's text would cost more than all the rest.
            self._parser.CharacterDataHandler = self._text

    def _end_value(self) -> None:
        if self._has_formula:
            self._parser.CharacterDataHandler = None

    def _start_cell(self, attributes: dict[str, str]) -> None:
        match_ = _CELL.fullmatch(attributes.get("r", ""))
        if match_:
            self._column, self._row = column_index(match_[1]), int(match_[2])
        else:
            self._column += 1
        self._type = attributes.get("t", "")
        self._has_formula = self._has_value = self._has_value_element = False

    def _text(self, _: str) -> None:
        self._has_value = True

    def _end_cell(self) -> None:
        if not self._has_formula and not self._has_value_element:
            return
        if self._row > MAX_ROWS or self._column >= MAX_COLUMNS:
            raise Refused("xlsx_outside", row=self._row, column=self._column + 1)
        is_empty_text = self._type == "str" and self._has_value_element
        if self._type == "e":
            self._add(Flaw.ERROR)
        elif self._has_formula and not self._has_value and not is_empty_text:
            self._add(Flaw.FORMULA)

    def _add(self, flaw: Flaw) -> None:
        self._flaw_count += 1
        if self._flaw_count > MAX_FLAWS:
            raise Refused("xlsx_formulas")
        self.flaws.setdefault(self._row, {})[self._column] = flaw


def column_index(letters: str) -> int:
    """A → 0, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= 9 else 0


def rows_of(flaws: dict[int, dict[int, Flaw]], after: int) -> Iterator[tuple[int, dict[int, Flaw]]]:
    """The rows with flaws below the row number ``after``, downwards."""
    yield from sorted((number, columns) for number, columns in flaws.items() if number > after)
