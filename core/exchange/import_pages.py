"""The pages of an import. One address shows it at the step where it stands; each step forward is a POST."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.db.session import ActorSession
from core.errors import DomainError, Problem
from core.exchange import importing
from core.exchange.downloads import send_path, send_workbook
from core.exchange.explaining import explanation
from core.exchange.failures import failed_rows_file, list_failed, reasons_of
from core.exchange.fields import ExchangeField
from core.exchange.limits import MAX_FILE, MAX_ROWS, MIB
from core.exchange.models import WORKING, Import, ImportRow, ImportState, Outcome, Phase
from core.exchange.rows import Row, column_name
from core.exchange.spooling import SheetInfo, read_spool
from core.exchange.storage import spool_path
from core.exchange.values import as_text
from core.i18n import translator
from core.jobs import Job
from core.jobs.progress import JobProgress, progress_of
from core.kernel import current_kernel, current_session
from core.web.answers import is_htmx, redirect_to
from core.web.rendering import render

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)

PREVIEW_ROWS = 5
SHOWN_PROBLEMS = 50
SHOWN_RECORDS = 50
OPTIONS = ("update_existing", "allow_duplicates", "create_missing")

STEPS = (_("Upload"), _("Match columns"), _("Trial run"), _("Import"))
STEP_OF_STAGE: dict[str, int] = {
    ImportState.READING: 0,
    ImportState.REFUSED: 0,
    ImportState.MAPPING: 1,
    ImportState.CHECKING: 2,
    ImportState.CHECKED: 2,
    ImportState.APPLYING: 3,
    ImportState.DONE: 4,
}


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of the upload on the mapping page."""

    index: int
    letter: str
    title: str
    samples: tuple[str, ...]
    key: str
    is_matched: bool


@dataclass(frozen=True, slots=True)
class FailedView:
    """A row that failed, as the pages list it."""

    number: int
    title: str
    column: str
    value: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ImportView:
    """What the import's templates show."""

    resource: Resource[Any]
    session: ActorSession
    import_: Import | None = None
    job: Job | None = None
    chosen: dict[int, str] | None = None
    problems: tuple[Problem, ...] = ()
    is_mapping: bool = False

    @property
    def stage(self) -> str:
        if self.import_ is None:
            return "upload"
        return ImportState.MAPPING if self.is_mapping else importing.stage_of(self.import_, self.job)

    @property
    def steps(self) -> list[tuple[object, str]]:
        """The four steps with ``done``, ``current`` or nothing."""
        state = self.import_.state if self.import_ is not None and not self.is_mapping else self.stage
        at = STEP_OF_STAGE.get(state, 0)
        marks = ["done" if step < at else "current" if step == at else "" for step in range(len(STEPS))]
        return list(zip(STEPS, marks, strict=True))

    @property
    def url(self) -> str:
        return self._url("import_run")

    def _url(self, verb: str) -> str:
        """Empty before there is an import: anybody may ask for a block of a later step."""
        return "" if self.import_ is None else url_for(self.resource.endpoint(verb), import_id=self.import_.id)

    def step_url(self, step: str) -> str:
        """Where a step's form goes."""
        return self._url(f"import_{step}")

    @property
    def list_url(self) -> str:
        return url_for(self.resource.endpoint("list"))

    @property
    def start_url(self) -> str:
        return url_for(self.resource.endpoint("import"))

    @property
    def template_url(self) -> str:
        return url_for(self.resource.endpoint("import_template"))

    @property
    def limits(self) -> tuple[int, int]:
        """Megabytes and rows that a file may have."""
        return min(MAX_FILE // MIB, current_kernel().config.max_upload_mb), MAX_ROWS

    @property
    def fields(self) -> list[ExchangeField]:
        return [each for each in self.resource.exchange if each.imported]

    def explanation(self, each: ExchangeField) -> str:
        return explanation(each)

    @property
    def sheet(self) -> SheetInfo | None:
        return importing.sheet_of(self.import_) if self.import_ is not None and self.import_.sheet else None

    @property
    def progress(self) -> JobProgress | None:
        return progress_of(self.job) if self.job is not None else None

    def columns(self) -> list[ColumnView]:
        """The columns of the sheet with examples from its first rows and the field each goes to."""
        assert self.import_ is not None and self.sheet is not None
        mapping = self.chosen if self.chosen is not None else {int(at): key for at, key in self.import_.mapping.items()}
        rows = self._first_rows()
        return [
            ColumnView(
                index,
                column_name(index),
                title,
                tuple(text for row in rows if (text := as_text(row.value(index))[:60]))[:3],
                mapping.get(index, ""),
                index in mapping,
            )
            for index, title in enumerate(self.sheet.headers)
            if title or any(row.value(index) is not None for row in rows)
        ]

    def _first_rows(self) -> list[Row]:
        assert self.import_ is not None
        path = spool_path(self.import_)
        return [row for row, _at in zip(read_spool(path), range(PREVIEW_ROWS), strict=False)] if path.exists() else []

    @property
    def can_update(self) -> bool:
        return importing.can_update(self.session, self.resource)

    @property
    def can_allow_duplicates(self) -> bool:
        return any(each.distinct for each in self.fields)

    @property
    def can_create_missing(self) -> bool:
        return importing.can_create_missing(self.session, self.resource)

    @property
    def same_file(self) -> Any:
        assert self.import_ is not None
        return importing.same_file(self.session, self.import_)

    @property
    def phase(self) -> str:
        """The run whose figures the page shows."""
        assert self.import_ is not None
        return Phase.APPLY if self.import_.state in {ImportState.APPLYING, ImportState.DONE} else Phase.CHECK

    def counts(self, phase: str = "") -> dict[str, int]:
        assert self.import_ is not None
        found: dict[str, int] = self.import_.counts.get(phase or self.phase, {})
        return {name: found.get(name, 0) for name in (*Outcome, "duplicates")}

    @property
    def good(self) -> int:
        """Rows that the trial run found good."""
        counts = self.counts(Phase.CHECK)
        return counts[Outcome.CREATED] + counts[Outcome.UPDATED]

    def failed(self) -> list[FailedView]:
        """The first failed rows, by row and column."""
        assert self.import_ is not None and self.sheet is not None
        rows = list_failed(self.session, self.import_, self.phase, limit=SHOWN_PROBLEMS)
        cells = self._cells({row.number for row in rows})
        return [self._failed(row, cells.get(row.number)) for row in rows]

    def _cells(self, numbers: set[int]) -> dict[int, Row]:
        assert self.import_ is not None
        found: dict[int, Row] = {}
        path = spool_path(self.import_)
        if numbers and path.exists():
            for row in read_spool(path, after=min(numbers) - 1):
                if row.number in numbers:
                    found[row.number] = row
                if row.number >= max(numbers):
                    break
        return found

    def _failed(self, failed: ImportRow, row: Row | None) -> FailedView:
        assert self.import_ is not None and self.sheet is not None
        column = next((column for column, _text in failed.problems if column is not None), None)
        return FailedView(
            failed.number,
            failed.title,
            "" if column is None else self.sheet.headers[column],
            as_text(row.value(column))[:60] if row is not None and column is not None else "",
            tuple(reasons_of(self.import_, failed)) if len(failed.problems) > 1 else (str(failed.problems[0][1]),),
        )

    @property
    def has_files(self) -> bool:
        """Whether the upload is still kept."""
        return self.import_ is not None and spool_path(self.import_).exists()


def answer_upload(resource: Resource[Any]) -> ResponseReturnValue:
    """The first step: the file."""
    session = current_session()
    if request.method == "GET":
        return render("exchange/import.html", view=ImportView(resource, session), resource=resource)
    try:
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            raise DomainError.of("no_file", _("Choose a file first."), "file")
        import_ = importing.start_import(session, resource, upload)
    except DomainError as refused:
        session.rollback()
        view = ImportView(resource, session, problems=refused.problems)
        return render("exchange/import.html", view=view, resource=resource), 422
    return redirect_to(url_for(resource.endpoint("import_run"), import_id=import_.id))


def answer_template(resource: Resource[Any]) -> ResponseReturnValue:
    """The template to fill in."""
    from core.exchange.blank import write_template

    content = io.BytesIO()
    write_template(resource, content)
    return send_workbook(content, f"{resource.name}-template.xlsx")


def answer_run(resource: Resource[Any], import_id: UUID) -> ResponseReturnValue:
    """The import at the step where it stands. Its progress asks again; when the work has ended, the page loads anew."""
    session = current_session()
    import_ = importing.find_import(session, resource, import_id)
    job = session.find(Job, import_.job_id)
    wants_mapping = request.args.get("step") == "columns" and import_.state == ImportState.CHECKED
    view = ImportView(resource, session, import_, job, is_mapping=wants_mapping)
    if is_htmx() and request.headers.get("HX-Target") == "progress" and view.stage not in WORKING:
        return redirect_to(view.url)
    return render("exchange/import.html", view=view, resource=resource)


def answer_sheet(resource: Resource[Any], import_id: UUID) -> ResponseReturnValue:
    """Read another sheet of the workbook."""
    session = current_session()
    import_ = importing.find_import(session, resource, import_id, lock=True)
    importing.choose_sheet(session, resource, import_, request.form.get("sheet", ""))
    return _back(resource, import_)


def answer_columns(resource: Resource[Any], import_id: UUID) -> ResponseReturnValue:
    """Keep the mapping and start the trial run."""
    session = current_session()
    import_ = importing.find_import(session, resource, import_id, lock=True)
    mapping = _sent_mapping()
    options = {name: request.form.get(name) == "1" for name in OPTIONS}
    try:
        importing.start_check(session, resource, import_, mapping, options)
    except DomainError as refused:
        if refused.status != DomainError.status:
            raise
        session.rollback()
        import_ = importing.find_import(session, resource, import_id)
        view = ImportView(resource, session, import_, None, mapping, refused.problems, is_mapping=True)
        return render("exchange/import.html", view=view, resource=resource), 422
    return _back(resource, import_)


def _sent_mapping() -> dict[int, str]:
    """``column-3=phone`` → {3: "phone"}; an empty choice leaves the column out."""
    pairs = ((name.removeprefix("column-"), key) for name, key in request.form.items() if name.startswith("column-"))
    return {int(column): key for column, key in pairs if key and column.isdecimal() and len(column) < 6}


def answer_apply(resource: Resource[Any], import_id: UUID) -> ResponseReturnValue:
    """Write what the trial run found good."""
    session = current_session()
    import_ = importing.find_import(session, resource, import_id, lock=True)
    importing.start_apply(session, resource, import_)
    return _back(resource, import_)


def answer_stop(resource: Resource[Any], import_id: UUID) -> ResponseReturnValue:
    """Stop; what is written stays."""
    session = current_session()
    import_ = importing.find_import(session, resource, import_id)
    importing.stop_import(session, resource, import_)
    return _back(resource, import_)


def answer_retry(resource: Resource[Any], import_id: UUID) -> ResponseReturnValue:
    """Go on after a failure of ours."""
    session = current_session()
    import_ = importing.find_import(session, resource, import_id)
    importing.go_on(session, import_)
    return _back(resource, import_)


def answer_failed(resource: Resource[Any], import_id: UUID) -> ResponseReturnValue:
    """The failed rows as a workbook, the reason beside each."""
    session = current_session()
    import_ = importing.find_import(session, resource, import_id)
    job = session.find(Job, import_.job_id)
    view = ImportView(resource, session, import_, job)
    if view.stage in WORKING or not view.has_files:
        abort(404)
    rest_after = importing.last_row(session, import_) if view.stage == "stopped" else None
    path = failed_rows_file(session, import_, view.phase, rest_after=rest_after)
    stem = import_.file_name.removesuffix(".xlsx")
    return send_path(path, f"{stem}-{_('errors')}.xlsx")


def answer_records(resource: Resource[Any], import_id: UUID) -> ResponseReturnValue:
    """The records that the import created or updated, a page at a time."""
    session = current_session()
    import_ = importing.find_import(session, resource, import_id)
    after = request.args.get("after", "0")
    query = (
        select(ImportRow)
        .where(
            ImportRow.import_id == import_.id,
            ImportRow.phase == Phase.APPLY,
            ImportRow.outcome != Outcome.FAILED,
            ImportRow.number > (int(after) if after.isdecimal() and len(after) < 10 else 0),
        )
        .order_by(ImportRow.number)
        .limit(SHOWN_RECORDS + 1)
    )
    rows = session.scalars(query).all()
    seen = select(resource.model.id).where(resource.model.id.in_([row.record_id for row in rows]))
    visible = set(session.scalars(seen))
    view = ImportView(resource, session, import_, session.find(Job, import_.job_id))
    return render(
        "exchange/records.html",
        view=view,
        resource=resource,
        rows=rows[:SHOWN_RECORDS],
        visible=visible,
        next_after=rows[SHOWN_RECORDS - 1].number if len(rows) > SHOWN_RECORDS else None,
    )


def _back(resource: Resource[Any], import_: Import) -> Response:
    answer = redirect_to(url_for(resource.endpoint("import_run"), import_id=import_.id))
    assert isinstance(answer, Response)
    return answer
