"""What a column of a written workbook is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "phone", "code", "date", "datetime", "money", "integer", "decimal", "percent", "typed"]
"""What a column holds. ``percent`` takes a fraction (0.05 is 5 %), ``typed`` leaves each value as it is."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of an export. ``label`` may be lazy; ``width`` in characters, by the kind when None."""

    label: object
    kind: Kind = "text"
    width: int | None = None
