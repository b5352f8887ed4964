"""The rows that an import did not take, as a workbook to correct and upload again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import select

from core.db.session import ActorSession
from core.exchange.importing import sheet_of
from core.exchange.models import Import, ImportRow, Outcome
from core.exchange.rows import Row
from core.exchange.spooling import read_spool
from core.exchange.storage import failed_path, spool_path
from core.i18n import translator

_ = translator(__name__)

PAGE = 1_000


def failed_rows_file(session: ActorSession, import_: Import, phase: str, *, rest_after: int | None = None) -> Path:
    """The workbook of the failed rows, with the reasons in its last column; made at the first call.

    ``rest_after`` is the last row dealt with by an import that was stopped: the rows below it are in the file too.
    """
    path = failed_path(import_, phase)
    if not path.exists():
        from core.exchange.writer import write_error_report

        partial = path.with_suffix(".part")
        write_error_report(partial, sheet_of(import_).headers, _failures(session, import_, phase, rest_after))
        partial.replace(path)
    return path


def list_failed(session: ActorSession, import_: Import, phase: str, *, limit: int) -> Sequence[ImportRow]:
    """The first failed rows, from above."""
    return session.scalars(_query(import_, phase, 0).limit(limit)).all()


def reasons_of(import_: Import, row: ImportRow) -> list[str]:
    """``Phone: The phone number is too short.``"""
    headers = sheet_of(import_).headers
    return [text if column is None else f"{headers[column]}: {text}" for column, text in row.problems]


def _failures(
    session: ActorSession, import_: Import, phase: str, rest_after: int | None
) -> Iterator[tuple[Row, list[str]]]:
    failed = _walk(session, import_, phase)
    next_failed = next(failed, None)
    for row in read_spool(spool_path(import_)):
        if next_failed is not None and row.number == next_failed.number:
            yield row, [_numbered(row), *reasons_of(import_, next_failed)]
            next_failed = next(failed, None)
        elif rest_after is not None and row.number > rest_after:
            yield row, [_numbered(row), str(_("Not imported yet: the import was stopped before this row."))]


def _numbered(row: Row) -> str:
    """Where the row stood in the uploaded file: in this one it stands elsewhere."""
    return str(_("Row %(number)s of your file", number=row.number))


def _walk(session: ActorSession, import_: Import, phase: str) -> Iterator[ImportRow]:
    after = 0
    while rows := session.scalars(_query(import_, phase, after).limit(PAGE)).all():
        yield from rows
        after = rows[-1].number


def _query(import_: Import, phase: str, after: int):  # type: ignore[no-untyped-def]
    return (
        select(ImportRow)
        .where(
            ImportRow.import_id == import_.id,
            ImportRow.phase == phase,
            ImportRow.outcome == Outcome.FAILED,
            ImportRow.number > after,
        )
        .order_by(ImportRow.number)
    )
