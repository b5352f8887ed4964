"""The page that asks what to export, and its answer: the workbook itself, or a job for more rows than a request writes."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.db.session import ActorSession
from core.errors import DomainError
from core.exchange import exporting
from core.exchange.downloads import send_workbook
from core.exchange.fields import ExchangeField
from core.i18n import translator
from core.kernel import current_session
from core.resources.bulk import MAX_TICKED
from core.resources.chosen_columns import chosen_keys, columns_of
from core.resources.links import with_args
from core.resources.listing import ListState
from core.resources.saved_views.queries import personal_list
from core.web.answers import redirect_to
from core.web.rendering import render

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)

CONFIRMED = "export"


@dataclass(frozen=True)
class ExportView:
    """What the question's template shows."""

    resource: Resource[Any]
    session: ActorSession
    state: ListState
    ids: tuple[UUID, ...]
    matching: int

    @property
    def fields(self) -> list[ExchangeField]:
        return exporting.exported_fields(self.resource)

    @property
    def shown(self) -> list[ExchangeField]:
        """Those that the list shows its reader."""
        return _shown_fields(self.resource, self.session, self.state)

    @property
    def are_chosen(self) -> bool:
        """Whether the reader, or the view, chose the list's columns."""
        return bool(chosen_keys(personal_list(self.session, self.resource.full_name), self.state.view))

    @property
    def url(self) -> str:
        return with_args(url_for(self.resource.endpoint("export")), self.state.args())

    @property
    def list_url(self) -> str:
        return url_for(self.resource.endpoint("list"))

    @property
    def conditions(self) -> list[str]:
        """What the list is narrowed to, in words."""
        told = [f"“{self.state.query}”"] if self.state.query else []
        told += [str(self.state.tab.label)] if self.state.tab and self.state.tab is not self.state.defaults[0] else []
        return told + [f"{each.label}: {each.text(value, self.session)}" for each, value in self.state.chosen]


def answer_export(resource: Resource[Any]) -> ResponseReturnValue:
    """GET, and POST from the list's bulk bar: the question. POST of the question's form: the workbook, or its job."""
    session = current_session()
    args = list(request.args.items(multi=True))
    ids = _ticked()
    if request.method == "GET" or CONFIRMED not in request.form:
        if request.form.get("all") == "1":
            ids = ()
        state = exporting.list_state(session, resource, args)
        matching = exporting.count_rows(session, resource, exporting.Selection(tuple(args)))
        view = ExportView(resource, session, state, ids, matching)
        return render("exchange/export.html", view=view, resource=resource)
    selection = _selection(session, resource, args, ids)
    rows = exporting.count_rows(session, resource, selection)
    if rows > exporting.DIRECT_LIMIT:
        export = exporting.start_export(session, resource, selection)
        return redirect_to(url_for("core.export", id=export.id))
    return _direct(session, resource, selection)


def _ticked() -> tuple[UUID, ...]:
    try:
        ids = tuple(dict.fromkeys(UUID(text) for text in request.form.getlist("ids")))
    except ValueError:
        raise DomainError.of(
            "unknown_record", _("A ticked row does not exist any more; go back to the list.")
        ) from None
    if len(ids) > MAX_TICKED:
        message = _("Tick at most %(n)s rows, or choose all that match.", n=MAX_TICKED)
        raise DomainError.of("too_many", message)
    return ids


def _selection(
    session: ActorSession, resource: Resource[Any], args: list[tuple[str, str]], ids: tuple[UUID, ...]
) -> exporting.Selection:
    fields = exporting.exported_fields(resource)
    state = exporting.list_state(session, resource, args)
    match request.form.get("which"):
        case "all":
            wanted = {each.key for each in fields}
        case "shown":
            wanted = {each.key for each in _shown_fields(resource, session, state)}
        case _:
            wanted = set(request.form.getlist("columns"))
    columns = tuple(each.key for each in fields if each.key in wanted)
    if not columns:
        raise DomainError.of("no_columns", _("Choose at least one column."), "columns")
    if request.form.get("rows") == "ticked":
        if not ids:
            raise DomainError.of("nothing_chosen", _("Tick at least one row first."))
        return exporting.Selection(ids=ids, columns=columns)
    return exporting.Selection(args=tuple(state.own_args(fixed=True)), columns=columns)


def _shown_fields(resource: Resource[Any], session: ActorSession, state: ListState) -> list[ExchangeField]:
    """The fields of what the list's columns show, the grey line below the name included."""
    columns = columns_of(resource, chosen_keys(personal_list(session, resource.full_name), state.view))
    shown = {path for column in columns for path in (column.path, *column.subtitle)}
    return [each for each in exporting.exported_fields(resource) if {each.key, each.export_path} & shown]


def _direct(session: ActorSession, resource: Resource[Any], selection: exporting.Selection) -> ResponseReturnValue:
    content = BytesIO()
    with exporting.open_writer(resource, selection, content) as sheet:
        for batch in exporting.stream_rows(session, resource, selection):
            for row in batch:
                sheet.append(row)
    exporting.record_export(session, resource, selection, sheet.rows)
    return send_workbook(content, exporting.export_name(resource))
