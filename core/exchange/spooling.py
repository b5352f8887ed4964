"""The spool file between the reading process and the import job: rows already checked and normalised, resumable."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.exchange.rows import Row, from_line, number_of_line

ERROR_SHEET = "Dòng lỗi"
ERROR_HEADER = "Lỗi"
"""Sheet and last column of an error report. Its reasons are left out when the corrected report is read again."""


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet that was read: the workbook's visible sheets, this one's header, how many rows stand below it."""

    sheet_names: tuple[str, ...]
    sheet: str
    header_row: int
    headers: tuple[str, ...]
    rows: int
    merged: int
    """Merged ranges: only their top left cell has a value."""

    def as_json(self) -> dict[str, Any]:
        """As the first line of a spool file has it."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> SheetInfo:
        """The opposite of :meth:`as_json`."""
        lists = {key: tuple(content[key]) for key in ("sheet_names", "headers")}
        return cls(**{**content, **lists})


def spool_info(path: Path) -> SheetInfo:
    """The description of the sheet in a spool file."""
    with path.open(encoding="utf-8") as file:
        return SheetInfo.from_json(json.loads(file.readline()))


def read_spool(path: Path, after: int = 0) -> Iterator[Row]:
    """The rows of a spool file whose number is greater than ``after``: 0 for all, the last one done to resume."""
    with path.open(encoding="utf-8") as file:
        file.readline()
        for line in file:
            if number_of_line(line) > after:
                yield from_line(line)
