"""Reading uploads, for the application: scan at once, spool in a process of its own, say what is wrong in words."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
from pathlib import Path

from core.errors import DomainError, Problem
from core.exchange.archive import check_archive
from core.exchange.limits import MAX_COLUMNS, MAX_ROWS, READER_WALL_SECONDS
from core.exchange.refusal import Refused
from core.exchange.rows import Flaw, Row, column_name
from core.exchange.spooling import SheetInfo
from core.i18n import translator

_ = translator(__name__)
_log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]

REFUSALS = {
    "xlsx_empty_file": _("The file is empty."),
    "xlsx_file_too_large": _("The file is too large."),
    "xlsx_password": _("The file is password-protected; remove the password in Excel and save it again."),
    "xlsx_old_format": _("This is not an .xlsx file; open it in Excel and save as .xlsx."),
    "xlsx_is_html": _("This is a web page with the name of an Excel file; open it in Excel and save as .xlsx."),
    "xlsx_is_csv": _("This is a text file; open it in Excel and save as .xlsx."),
    "xlsx_not_a_workbook": _("This is not an Excel workbook."),
    "xlsx_macros": _("Files with macros are not accepted; save as .xlsx without macros."),
    "xlsx_damaged": _("The file is damaged; open it in Excel and save it again."),
    "xlsx_unsafe_names": _("The file contains unsafe names; open it in Excel and save it again."),
    "xlsx_too_many_parts": _("The file has too many parts."),
    "xlsx_too_large": _("The workbook is too large; split it into several files."),
    "xlsx_outside": _("Cell %(cell)s lies outside the first %(rows)s rows and %(columns)s columns; delete it."),
    "xlsx_formulas": _("The sheet has too many formulas without a value; open it in Excel and save it again."),
    "xlsx_no_sheet": _("The workbook has no such sheet."),
    "xlsx_no_header": _("The first ten rows of the sheet have no column titles."),
    "xlsx_too_slow": _("The workbook takes too long to read; split it into several files."),
}
"""Code of a refusal → what to tell the person who uploaded the file."""

FLAWS = {
    Flaw.FORMULA: _(
        "Cell %(cell)s is a formula without a value: type the value here, or save your file in Excel and upload it anew."
    ),
    Flaw.ERROR: _("Cell %(cell)s shows an error."),
    Flaw.TOO_LONG: _("The text in cell %(cell)s is too long."),
}


class XlsxError(DomainError):
    """The file is not read at all; the problem's code is a key of :data:`REFUSALS`."""


def scan_upload(path: Path) -> None:
    """Raise :class:`XlsxError` for a file that no parser should see. Takes less than two seconds, so a request may."""
    try:
        check_archive(path)
    except Refused as refused:
        raise _error(refused.code, refused.values) from None


def spool(path: Path, out_path: Path, sheet: str | None = None) -> SheetInfo:
    """Read the sheet (the first visible one without ``sheet``) into ``out_path``, for ``read_spool``.

    Runs a process that is stopped when it takes more than the memory and time of ``core.exchange.limits``. Raises
    :class:`XlsxError`; ``out_path`` then does not exist.
    """
    command = [sys.executable, "-P", "-m", "core.exchange.sandbox", str(path), str(out_path)]
    environment = {"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the paths are arguments, not a shell's text
            command if sheet is None else [*command, sheet],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=READER_WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _error("xlsx_too_slow", {}) from None
    finally:
        out_path.with_name(f"{out_path.name}.part").unlink(missing_ok=True)
    if done.returncode != 0:
        _log.warning("reading an upload ended with %s: %s", done.returncode, done.stderr[-500:])
        raise _error(_ENDS.get(-done.returncode, "xlsx_damaged"), {})
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise _error(answer["refused"], answer["values"])
    return SheetInfo.from_json(answer["info"])


# Rust aborts when memory runs out; the kernel sends SIGXCPU at the soft CPU limit, SIGKILL at the hard one.
_ENDS: dict[int, str] = {
    signal.SIGABRT: "xlsx_too_large",
    signal.SIGXFSZ: "xlsx_too_large",
    signal.SIGXCPU: "xlsx_too_slow",
    signal.SIGKILL: "xlsx_too_slow",
}


def flaw_problems(row: Row) -> list[Problem]:
    """What to tell about the row's flawed cells, from left to right; the code is that of the flaw."""
    return [Problem(flaw, FLAWS[flaw] % {"cell": row.cell_name(column)}) for column, flaw in sorted(row.flaws.items())]


def _error(code: str, values: dict[str, str | int]) -> XlsxError:
    if code == "xlsx_outside":
        cell = f"{column_name(int(values['column']) - 1)}{values['row']}"
        return XlsxError(Problem(code, REFUSALS[code] % {"cell": cell, "rows": MAX_ROWS, "columns": MAX_COLUMNS}))
    return XlsxError(Problem(code, REFUSALS[code]))
