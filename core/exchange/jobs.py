"""What imports and exports leave to the background: reading, trying, applying, writing, cleaning up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from core.clock import now
from core.db.session import ActorSession
from core.errors import Conflict, DomainError, Forbidden
from core.exchange import importing, storage
from core.exchange.applying import BATCH, Batches, RowResult
from core.exchange.exporting import Selection, count_rows, open_writer, record_export, stream_rows
from core.exchange.failures import failed_rows_file
from core.exchange.models import Export, Import, ImportRow, ImportState, Outcome, Phase
from core.exchange.preparing import Seen
from core.exchange.rows import Row
from core.exchange.spooling import read_spool
from core.exchange.xlsx import spool
from core.i18n import translator
from core.jobs import JobRun, Step, job
from core.resources.base import Resource, find_resource
from core.tenancy.addons import enabled_addons

_ = translator(__name__)

EXPORT_STEP = 5_000
"""Rows between two signs of life of an export; on SQLite nobody else can write meanwhile."""

DUPLICATES = "duplicates"


@job("core.read_import", title=_("Read the file"))
def read_import(run: JobRun, *, import_id: str, sheet: str | None = None) -> None:
    """Read the sheet in a process of its own and propose a mapping."""
    import_, resource = _import(run.session, import_id)
    path = storage.spool_path(import_)
    run.session.rollback()  # on SQLite the reading process must not keep everybody else from writing
    try:
        info = spool(storage.upload_path(import_), path, sheet)
    except DomainError as refused:
        import_, resource = _import(run.session, import_id)
        import_.state, import_.error = ImportState.REFUSED, str(refused)
        return
    import_, resource = _import(run.session, import_id)
    import_.sheet = info.as_json()
    if info.rows == 0 and len(info.sheet_names) == 1:
        import_.state, import_.error = (
            ImportState.REFUSED,
            str(_("The sheet has column titles, but no rows below them.")),
        )
        return
    import_.mapping = {
        str(column): key for column, key in importing.proposed_mapping(run.session, resource, import_).items()
    }
    import_.state = ImportState.MAPPING


@job("core.check_import", title=_("Try the import"))
def check_import(run: JobRun, *, import_id: str) -> Iterator[Step]:
    """Try every row, and write nothing but what is wrong with them."""
    import_, resource = _import(run.session, import_id)
    for step in _batches(run, import_, resource, Phase.CHECK):
        yield step
        import_, resource = _import(run.session, import_id)
    import_.state = ImportState.CHECKED


@job("core.apply_import", title=_("Import from Excel"))
def apply_import(run: JobRun, *, import_id: str) -> Iterator[Step]:
    """Write every row that can be written; what became of each is kept in the same transaction."""
    import_, resource = _import(run.session, import_id)
    for step in _batches(run, import_, resource, Phase.APPLY):
        yield step
        import_, resource = _import(run.session, import_id)
    import_.state, import_.finished_at = ImportState.DONE, now()
    importing.record_run(run.session, resource, import_)
    run.result = _result(resource, import_)
    if import_.counts.get(Phase.APPLY, {}).get(Outcome.FAILED):
        failed_rows_file(run.session, import_, Phase.APPLY)


def _batches(run: JobRun, import_: Import, resource: Resource[Any], phase: Phase) -> Iterator[Step]:
    path, total, id = storage.spool_path(import_), importing.sheet_of(import_).rows, import_.id
    place = run.cursor or {"row": 0, "done": 0}
    rows = read_spool(path, after=place["row"])
    batches = Batches(
        run.session,
        resource,
        importing.mapped_fields(resource, import_),
        importing.options_of(run.session, resource, import_),
        Seen(),
    )
    if place["row"]:
        batches.remember(takewhile(lambda row: row.number <= place["row"], read_spool(path)))
    done = place["done"]
    while batch := list(islice(rows, BATCH)):
        results = _try(run.session, batches, batch) if phase == Phase.CHECK else batches.write(batch)
        _keep(run.session, id, phase, results)
        done += len(batch)
        yield Step(done=done, total=total, cursor={"row": batch[-1].number, "done": done})


def _try(session: ActorSession, batches: Batches, rows: Sequence[Row]) -> list[RowResult]:
    """Write the rows and take everything back."""
    trial = session.begin_nested()
    try:
        return batches.write(rows)
    finally:
        trial.rollback()


def _keep(session: ActorSession, import_id: UUID, phase: Phase, results: Sequence[RowResult]) -> None:
    """Keep what became of the rows, in the transaction that wrote them."""
    kept = [
        {
            "import_id": import_id,
            "phase": phase.value,
            "number": result.number,
            "outcome": result.outcome.value,
            "record_id": result.record_id,
            "title": result.title,
            "problems": [list(problem) for problem in result.problems],
        }
        for result in results
        if phase == Phase.APPLY or result.outcome == Outcome.FAILED
    ]
    if kept:
        session.execute(insert(ImportRow), kept)
    import_ = session.need(Import, import_id)
    counts: dict[str, Any] = dict(import_.counts.get(phase, {}))
    for result in results:
        counts[result.outcome] = counts.get(result.outcome, 0) + 1
        counts[DUPLICATES] = counts.get(DUPLICATES, 0) + result.is_duplicate
    import_.counts = {**import_.counts, phase.value: {str(key): count for key, count in counts.items()}}


def _result(resource: Resource[Any], import_: Import) -> dict[str, Any]:
    counts: Mapping[str, int] = import_.counts.get(Phase.APPLY, {})
    message = _(
        "%(created)s created, %(updated)s updated, %(failed)s failed",
        created=counts.get(Outcome.CREATED, 0),
        updated=counts.get(Outcome.UPDATED, 0),
        failed=counts.get(Outcome.FAILED, 0),
    )
    url = f"/{resource.addon}/{resource.name}/import/{import_.id}"
    return {"message": message, "links": [{"label": _("Result of the import"), "url": url}]}


def _import(session: ActorSession, import_id: str) -> tuple[Import, Resource[Any]]:
    """The import and where it goes, while the user still may and the addon is on."""
    import_ = session.need(Import, UUID(import_id))
    resource = _resource(session, import_.resource)
    importing.check_rights(session, resource)
    return import_, resource


def _resource(session: ActorSession, full_name: str) -> Resource[Any]:
    if full_name.partition(".")[0] not in enabled_addons(session):
        raise Conflict.of("addon_off", _("The application that does this is switched off."))
    return find_resource(full_name).for_tenant(session)


@job("core.write_export", title=_("Export to Excel"))
def write_export(run: JobRun, *, export_id: str, selection: dict[str, Any]) -> Iterator[Step]:
    """Write the workbook. Interrupted, it begins anew: half a workbook is none."""
    session = run.session
    export = session.need(Export, UUID(export_id))
    resource = _resource(session, export.resource)
    permission = resource.permissions.export
    if permission is None or not session.actor.can(permission):
        raise Forbidden.of("forbidden", _("You lack the right to do this. Ask an administrator."))
    chosen = Selection.from_json(selection)
    total = count_rows(session, resource, chosen)
    path = storage.export_path(export)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    with open_writer(resource, chosen, partial) as sheet:
        for rows in stream_rows(session, resource, chosen):
            for row in rows:
                sheet.append(row)
            if sheet.rows % EXPORT_STEP == 0:
                yield Step(done=sheet.rows, total=max(total, sheet.rows))
    partial.replace(path)
    export = session.need(Export, UUID(export_id))
    export.rows = sheet.rows
    record_export(session, resource, chosen, sheet.rows)
    message = _.n("1 row", "%(n)s rows", sheet.rows)
    run.result = {"message": message, "links": [{"label": export.file_name, "url": f"/exports/{export.id}"}]}
    yield Step(done=sheet.rows, total=sheet.rows)


@job("core.remove_exchange_files", title=_("Remove old import and export files"), as_system=True)
def remove_exchange_files(run: JobRun) -> None:
    """Remove exports after 24 hours, the files of imports after 30 days."""
    with_files = run.session
    for export in with_files.scalars(select(Export).where(Export.expires_at < now())):
        storage.export_path(export).unlink(missing_ok=True)
        with_files.delete(export)
    old = select(Import).where(Import.created_at < now() - storage.IMPORT_LIFE)
    for import_ in with_files.scalars(old):
        storage.remove_import_files(import_)
