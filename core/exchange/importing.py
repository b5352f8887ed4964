"""The use cases of an import, in their order: upload, choose the sheet, map the columns, try, apply, stop.

Each changes the state and asks for the job that does the work (``core.exchange.jobs``). A step that does not fit the state is
a Conflict: two windows, or a double click.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import delete, func, select
from werkzeug.datastructures import FileStorage

from core.access.models import User
from core.audit import record
from core.clock import now
from core.db.ids import uuid7
from core.db.session import ActorSession, system
from core.errors import Conflict, DomainError, Forbidden, NotFound, Problem
from core.exchange import storage
from core.exchange.fields import ExchangeField, ImportOptions
from core.exchange.headers import match_headers
from core.exchange.models import WORKING, Import, ImportRow, ImportState, Outcome, Phase
from core.exchange.preparing import may_create
from core.exchange.spooling import SheetInfo
from core.exchange.xlsx import scan_upload
from core.i18n import translator
from core.jobs import Job, JobState, enqueue
from core.jobs.services import cancel_job, retry_job
from core.text import clean

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)

SAME_FILE_WITHIN = timedelta(days=7)


def start_import(session: ActorSession, resource: Resource[Any], upload: FileStorage) -> Import:
    """Store the upload and have it read. DomainError for what is no workbook at all."""
    name = clean((upload.filename or "").replace("\\", "/").rpartition("/")[2])[-200:]
    if not name:
        raise DomainError.of("no_file", _("Choose a file first."), "file")
    import_ = Import(id=uuid7(), user_id=session.actor.user_id, resource=resource.full_name, file_name=name, sha256="")
    session.add(import_)
    import_.sha256 = storage.store_upload(upload.stream, import_)
    try:
        scan_upload(storage.upload_path(import_))
    except DomainError:
        storage.remove_import_files(import_)
        raise
    if not name.lower().endswith(".xlsx"):
        storage.remove_import_files(import_)
        raise DomainError.of("not_xlsx", _("The name of the file must end with .xlsx."), "file")
    _work(session, resource, import_, ImportState.READING, "core.read_import")
    return import_


def find_import(session: ActorSession, resource: Resource[Any], id: UUID, *, lock: bool = False) -> Import:
    """The import into this resource, or NotFound."""
    import_ = session.need(Import, id, lock=lock)
    if import_.resource != resource.full_name:
        raise NotFound.of("not_found", _("This record does not exist, or you may not see it."))
    return import_


def choose_sheet(session: ActorSession, resource: Resource[Any], import_: Import, sheet: str) -> None:
    """Read another sheet of the workbook."""
    _expect(session, import_, ImportState.MAPPING, ImportState.CHECKED)
    if sheet not in sheet_of(import_).sheet_names:
        raise DomainError.of("unknown_sheet", _("The workbook has no such sheet."), "sheet")
    import_.mapping = {}
    _work(session, resource, import_, ImportState.READING, "core.read_import", sheet=sheet)


def start_check(
    session: ActorSession,
    resource: Resource[Any],
    import_: Import,
    mapping: Mapping[int, str],
    options: Mapping[str, bool],
) -> None:
    """Keep the mapping (column → key) and the options, and try all rows. DomainError where the mapping cannot work."""
    _expect(session, import_, ImportState.MAPPING, ImportState.CHECKED)
    problems = list(_mapping_problems(resource, import_, mapping))
    if problems:
        raise DomainError(*problems)
    import_.mapping = {str(column): key for column, key in mapping.items()}
    import_.options = dict(options)
    _forget_rows(session, import_, Phase.CHECK)
    _work(session, resource, import_, ImportState.CHECKING, "core.check_import")


def start_apply(session: ActorSession, resource: Resource[Any], import_: Import) -> None:
    """Write the rows that can be written. Needs a finished trial run."""
    _expect(session, import_, ImportState.CHECKED)
    import_.applied_at = now()
    _work(session, resource, import_, ImportState.APPLYING, "core.apply_import")


def stop_import(session: ActorSession, resource: Resource[Any], import_: Import) -> None:
    """Stop the job under way. Rows that are written stay."""
    if import_.state not in WORKING or import_.job_id is None:
        raise Conflict.of("not_running", _("Nothing is running here any more."))
    cancel_job(session, import_.job_id)
    if import_.state == ImportState.APPLYING:
        record_run(session, resource, import_, "import_stopped")


def go_on(session: ActorSession, import_: Import) -> None:
    """Send a failed job off again, from where it had come."""
    if import_.job_id is None:
        raise Conflict.of("not_running", _("Nothing is running here any more."))
    retry_job(session, import_.job_id)


def stage_of(import_: Import, job: Job | None) -> str:
    """What the page shows: the state, or ``failed`` and ``stopped`` where its job has ended without reaching the next."""
    if import_.state not in WORKING or (job is not None and not job.has_ended):
        return import_.state
    if job is None or job.state != JobState.CANCELLED or job.error:
        return "failed"
    return "mapping" if import_.state == ImportState.CHECKING else "stopped"


def sheet_of(import_: Import) -> SheetInfo:
    """The sheet that was read."""
    return SheetInfo.from_json(import_.sheet)


def mapped_fields(resource: Resource[Any], import_: Import) -> dict[int, ExchangeField]:
    """Column → field, as the user chose."""
    fields = {each.key: each for each in resource.exchange if each.imported}
    return {int(column): fields[key] for column, key in sorted(import_.mapping.items()) if key in fields}


def proposed_mapping(session: ActorSession, resource: Resource[Any], import_: Import) -> dict[int, str]:
    """The mapping of an earlier import with the same titles, else what the titles say."""
    sheet = sheet_of(import_)
    known = {each.key for each in resource.exchange if each.imported}
    query = select(Import).where(Import.resource == resource.full_name, Import.id != import_.id)
    for earlier in session.scalars(query.order_by(Import.id.desc()).limit(20)):
        if earlier.mapping and list(sheet_of(earlier).headers) == list(sheet.headers):
            return {int(column): key for column, key in earlier.mapping.items() if key in known}
    return dict(match_headers(sheet.headers, [each.header for each in resource.exchange if each.imported]).columns)


def options_of(session: ActorSession, resource: Resource[Any], import_: Import) -> ImportOptions:
    """The chosen options, as far as the user still may."""
    chosen = import_.options
    return ImportOptions(
        update_existing=bool(chosen.get("update_existing")) and can_update(session, resource),
        allow_duplicates=bool(chosen.get("allow_duplicates")),
        create_missing=bool(chosen.get("create_missing")) and can_create_missing(session, resource),
    )


def can_update(session: ActorSession, resource: Resource[Any]) -> bool:
    """Whether rows may change existing records: they are told by a key, and the user may edit."""
    edit = resource.permissions.edit
    return bool(resource.exchange_key and edit and session.actor.can(edit))


def can_create_missing(session: ActorSession, resource: Resource[Any]) -> bool:
    """Whether the user may have unknown names added to some catalogue."""
    return any(each.lookup is not None and may_create(session, each.lookup) for each in resource.exchange)


def same_file(session: ActorSession, import_: Import) -> tuple[str, datetime] | None:
    """Who applied the same file into the same resource within a week, and when; None where nobody did."""
    query = (
        select(User.name, Import.applied_at)
        .join(User, User.id == Import.user_id)
        .where(
            Import.sha256 == import_.sha256,
            Import.resource == import_.resource,
            Import.id != import_.id,
            Import.created_at > now() - SAME_FILE_WITHIN,
            Import.applied_at.is_not(None),
        )
        .order_by(Import.applied_at.desc())
        .limit(1)
    )
    with system(session) as everything:
        row = everything.execute(query).first()
    return (row[0], cast(datetime, row[1])) if row else None


def record_run(session: ActorSession, resource: Resource[Any], import_: Import, action: str = "import") -> None:
    """Put the run on record: the file, and how many rows came to what."""
    counts: dict[str, Any] = import_.counts.get(Phase.APPLY, {})
    changes = {"file": [None, import_.file_name], "sha256": [None, import_.sha256], "import": [None, str(import_.id)]}
    changes |= {outcome.value: [None, counts.get(outcome, 0)] for outcome in Outcome}
    record(session, action, entity=resource.entity, changes=changes)


def _work(
    session: ActorSession, resource: Resource[Any], import_: Import, state: ImportState, job_name: str, **arguments: Any
) -> None:
    session.flush()
    job = enqueue(session, job_name, import_id=str(import_.id), **arguments)
    job.title = f"{job.title}: {resource.title}"[:200]
    import_.state = state
    import_.job_id = job.id
    session.flush()


def _expect(session: ActorSession, import_: Import, *states: ImportState) -> None:
    """Refuse a step that does not fit; a trial run that was cancelled is as good as none."""
    job = session.find(Job, import_.job_id)
    if stage_of(import_, job) not in states:
        raise Conflict.of("wrong_step", _("This import has gone on meanwhile. Reload the page."))


def _mapping_problems(resource: Resource[Any], import_: Import, mapping: Mapping[int, str]) -> list[Problem]:
    fields = {each.key: each for each in resource.exchange if each.imported}
    chosen = list(mapping.values())
    problems = []
    for column, key in mapping.items():
        if key not in fields or column >= len(sheet_of(import_).headers):
            problems.append(Problem("unknown_field", _("There is no such field."), f"column-{column}"))
        elif chosen.count(key) > 1:
            message = _("Several columns go to “%(field)s”; choose one.", field=str(fields[key].label))
            problems.append(Problem("field_twice", message, f"column-{column}"))
    for each in fields.values():
        if each.required and each.key not in chosen:
            message = _("Choose the column that holds “%(field)s”.", field=str(each.label))
            problems.append(Problem("required", message))
    return problems


def _forget_rows(session: ActorSession, import_: Import, phase: Phase) -> None:
    session.execute(delete(ImportRow).where(ImportRow.import_id == import_.id, ImportRow.phase == phase))
    storage.failed_path(import_, phase).unlink(missing_ok=True)
    import_.counts = {key: value for key, value in import_.counts.items() if key != phase}


def check_rights(session: ActorSession, resource: Resource[Any]) -> None:
    """Forbidden where the user of a job has lost the right to import meanwhile."""
    permission = resource.permissions.import_
    if permission is None or not session.actor.can(permission):
        raise Forbidden.of("forbidden", _("You lack the right to do this. Ask an administrator."))


def last_row(session: ActorSession, import_: Import) -> int:
    """The last row that an import has applied; 0 before the first."""
    query = select(func.max(ImportRow.number)).where(ImportRow.import_id == import_.id, ImportRow.phase == Phase.APPLY)
    return session.scalar(query) or 0
