"""The files around the one sheet of a workbook (ECMA-376 part 1, §12.3 and §18), as far as an export needs them.

openpyxl took four fifths of an export's time for cells whose type and text we know already.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

SHEET = "xl/worksheets/sheet1.xml"
LEVEL = 4
"""Of compression: a tenth larger than with zlib's usual 6, in half the time."""

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_ML = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_CONTENT_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_ML}.sheet.main+xml"/>'
    f'<Override PartName="/{SHEET}" ContentType="{_SHEET_ML}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_ML}.styles+xml"/></Types>'
)
_ROOT_LINKS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_BOOK_LINKS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)

PLAIN, TITLE, FIRST_FORMAT = 0, 1, 2
"""Styles of cells by their number; a workbook's number formats follow."""

_FIRST_OWN_FORMAT = 164
"""Below are the formats that every program knows (§18.8.30)."""


def open_package(file: BinaryIO) -> zipfile.ZipFile:
    """A package to write; the sheet's own XML goes to the member :data:`SHEET`."""
    return zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)


def sheet_begin(columns: Sequence[tuple[int, int]]) -> str:
    """What stands before the rows: columns of this width and style, and the first row kept in sight."""
    cols = "".join(
        f'<col min="{at}" max="{at}" width="{width}" style="{style}" customWidth="1"/>'
        for at, (width, style) in enumerate(columns, 1)
    )
    return (
        f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1"'
        ' topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews>'
        f"{f'<cols>{cols}</cols>' if cols else ''}<sheetData>"
    )


def sheet_end(area: str) -> str:
    """What follows the rows; ``area`` ("A1:C9") can be filtered."""
    return f"</sheetData>{f'<autoFilter ref={quoteattr(area)}/>' if area else ''}</worksheet>"


def write_surroundings(package: zipfile.ZipFile, title: str, formats: Sequence[str]) -> None:
    """All other files of the package. Style ``FIRST_FORMAT + n`` is the n-th of the number ``formats``."""
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews><sheets>'
        f'<sheet name={quoteattr(title)} sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    for name, content in (
        ("[Content_Types].xml", _CONTENT_TYPES),
        ("_rels/.rels", _ROOT_LINKS),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", _BOOK_LINKS),
        ("xl/styles.xml", _styles(formats)),
    ):
        package.writestr(name, f"{_DECLARATION}{content}")


def _styles(formats: Sequence[str]) -> str:
    own = "".join(
        f'<numFmt numFmtId="{id}" formatCode={quoteattr(code)}/>' for id, code in enumerate(formats, _FIRST_OWN_FORMAT)
    )
    cells = "".join(
        f'<xf numFmtId="{id}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for id in range(_FIRST_OWN_FORMAT, _FIRST_OWN_FORMAT + len(formats))
    )
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(formats)}">{own}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF4"/></patternFill></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{FIRST_FORMAT + len(formats)}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">'
        f'<alignment vertical="center" wrapText="1"/></xf>{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def text_cell(at: str, style: int, text: str) -> str:
    """A cell that holds text and nothing else, whatever it looks like."""
    keep = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() or "\n" in text else ""
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t{keep}>{escape(text)}</t></is></c>'
