"""The template of an import: titles, an example row, and a second sheet that explains each column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from core.exchange.explaining import explanation
from core.exchange.fields import ExchangeField
from core.i18n import translator

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)

_BOLD = Font(bold=True)
_FILL = PatternFill("solid", fgColor="E8EEF4")
_WRAP = Alignment(vertical="top", wrap_text=True)
_TEXT = "@"
_ROWS = 1_000
"""Rows below the title that are prepared as text, so that Excel keeps the leading 0 of what is typed there."""


def write_template(resource: Resource[Any], file: BinaryIO) -> None:
    """Write the template of ``resource`` in the language of the moment."""
    fields = [each for each in resource.exchange if each.imported]
    book = Workbook()
    sheet: Worksheet = book.active
    sheet.title = str(resource.title)[:31]
    _write(sheet, 1, [f"{each.label} *" if each.required else str(each.label) for each in fields], is_title=True)
    _write(sheet, 2, [each.example for each in fields])
    sheet.freeze_panes = "A2"
    for index, each in enumerate(fields, 1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = each.width or max(14, len(str(each.label)) + 4)
        if each.kind in {"phone", "code"}:
            for row in range(3, _ROWS):
                sheet[f"{letter}{row}"].number_format = _TEXT
    _explain(book.create_sheet(str(_("How to fill in"))[:31]), fields)
    book.save(file)


def _explain(sheet: Worksheet, fields: Iterable[ExchangeField]) -> None:
    titles = [_("Column"), _("Required"), _("What it takes"), _("Example")]
    _write(sheet, 1, [str(title) for title in titles], is_title=True)
    for row, each in enumerate(fields, 2):
        required = _("Yes") if each.required else ""
        _write(sheet, row, [str(each.label), str(required), explanation(each), each.example])
    for letter, width in zip("ABCD", (28, 12, 70, 32), strict=True):
        sheet.column_dimensions[letter].width = width


def _write(sheet: Worksheet, row: int, texts: Sequence[str], *, is_title: bool = False) -> None:
    """Texts as texts, never formulas, so that an example like +84… stays what it is."""
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(row, column)
        cell.value, cell.data_type = text or None, "s" if text else "n"
        cell.number_format = _TEXT
        cell.alignment = _WRAP
        if is_title:
            cell.font, cell.fill = _BOLD, _FILL
