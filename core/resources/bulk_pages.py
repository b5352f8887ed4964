"""The bulk bar's route: which records, the question, the work, the report (SYS-12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from core.clock import now
from core.db.ids import uuid7
from core.db.mixins import SoftDelete
from core.db.session import ActorSession, with_deleted
from core.errors import DomainError, Forbidden
from core.i18n import translator
from core.jobs import enqueue
from core.jobs.announcing import job_url
from core.kernel import current_session
from core.resources.bulk import (
    MAX_OPENED,
    MAX_REASONS,
    MAX_TICKED,
    SYNC_LIMIT,
    BulkAction,
    BulkResult,
    summary_text,
    unseen,
)
from core.resources.columns import text_of
from core.resources.filters import Args
from core.resources.listing import COUNT_CAP, count_text, criteria, read_counts, read_state, select_ids
from core.web.answers import redirect_to, toast
from core.web.rendering import render

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)

CONFIRMED = "confirmed"
PREVIEW = "preview"
BACK = "back"
"""The query of the list that the question was asked on: where the report leads back to."""

COUNTED = "counted"
"""What was typed as the number of records, where the action wants it."""

NOT_OF_THE_FORM = frozenset({CONFIRMED, PREVIEW, BACK, COUNTED, "action", "all", "ids", "csrf_token"})


@dataclass(frozen=True)
class Chosen:
    """The records that are meant. ``count`` may be capped; ``unknown`` are ticks that are no ids.

    ``args`` choose all that match, by what the filter meant when the question was asked.
    """

    ids: tuple[UUID, ...]
    count: int
    takes_all: bool = False
    unknown: int = 0
    args: Args = field(default_factory=list)

    @property
    def unknown_result(self) -> BulkResult:
        return BulkResult(skipped=unseen(self.unknown))


@dataclass(frozen=True)
class BulkView:
    """What the question's and the report's template show."""

    resource: Resource[Any]
    action: BulkAction
    chosen: Chosen
    form: Any = None
    preview: Sequence[tuple[str, str]] = ()
    result: BulkResult | None = None
    is_miscounted: bool = False

    @property
    def count_text(self) -> str:
        """The number of records as the question names it, and as it is to be typed."""
        return text_of(min(self.chosen.count, COUNT_CAP), "number")

    @property
    def ids(self) -> tuple[UUID, ...]:
        """What the question hands on: the ticks, or nothing where all that match are meant."""
        return () if self.chosen.takes_all else self.chosen.ids

    @property
    def question(self) -> str:
        """ "Delete 12 customers?": the action, the count and the name of the thing."""
        verb = str(self.action.verb or self.action.label)
        name = self.name_of(self.chosen.count)
        return str(_("%(verb)s %(n)s %(name)s?", verb=verb, n=count_text(self.chosen.count), name=name))

    def name_of(self, count: int) -> str:
        """What so many of them are called."""
        return str(self.resource.one if count == 1 else self.resource.title).lower()

    @property
    def back(self) -> str:
        """The list's query. Only this travels, and is written anew, so that nobody is led elsewhere."""
        sent = request.form.get(BACK)
        return urlencode(parse_qsl(sent, keep_blank_values=True) if sent else list(request.args.items(multi=True)))

    @property
    def list_url(self) -> str:
        url = url_for(self.resource.endpoint("list"))
        return f"{url}?{self.back}" if self.back else url

    @property
    def url(self) -> str:
        """Where the confirmed action goes: with the filter, if all that match are meant."""
        return _with_query(url_for(self.resource.endpoint("bulk")), self.chosen.args)

    @property
    def summary(self) -> str:
        """ "12 changed, 3 skipped"."""
        assert self.result is not None
        return summary_text(self.result.changed, len(self.result.skipped))


def _with_query(url: str, args: Args) -> str:
    """``url`` with a query. Not through url_for: there a parameter may be called ``endpoint`` or ``_external``."""
    return f"{url}?{urlencode(args)}" if args else url


def answer_bulk(resource: Resource[Any]) -> ResponseReturnValue:
    """Without ``confirmed``, the question; with it, the work. ``all=1`` means all that match the filter of the URL."""
    session = current_session()
    action = _action(resource, session)
    chosen = _all_that_match(resource, session) if request.form.get("all") == "1" else _ticked()
    if not chosen.ids and not chosen.unknown:
        raise DomainError.of("nothing_chosen", _("Tick at least one row first."))
    if action.page:
        return redirect_to(url_for(action.page, ids=[str(id) for id in chosen.ids[:MAX_OPENED]]))
    is_confirmed = CONFIRMED in request.form
    form = None
    if action.form:
        form = action.form() if is_confirmed else action.form(formdata=None)
    view = BulkView(resource, action, chosen, form)
    if not is_confirmed:
        return render("resource/bulk.html", view=view, resource=resource)
    if form is not None and not form.validate():
        return render("resource/bulk.html", view=view, resource=resource), 422
    if action.counted and _digits(request.form.get(COUNTED, "")) != _digits(view.count_text):
        return render("resource/bulk.html", view=replace(view, is_miscounted=True), resource=resource), 422
    values, started = form.data if form else {}, now()
    try:
        if action.preview and PREVIEW in request.form:
            shown = replace(view, preview=action.preview(session, _all_ids(resource, session, chosen), **values))
            return render("resource/bulk.html", view=shown, resource=resource)
        if len(chosen.ids) > SYNC_LIMIT:
            return _enqueue(resource, session, action, chosen)
        result = action.run(session, chosen.ids, **values) + chosen.unknown_result
    except DomainError as refused:
        if form is None or isinstance(refused, Forbidden):
            raise
        form.refuse(refused)
        session.rollback()
        return render("resource/bulk.html", view=view, resource=resource), 422
    session.flush()
    return _report(view, result, _undo_url(view, session, started))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


def _undo_url(view: BulkView, session: ActorSession, started: datetime) -> str | None:
    """Where what was deleted just now is brought back; None where nothing was."""
    resource, model = view.resource, view.resource.model
    if not issubclass(model, SoftDelete) or view.action.permission != resource.permissions.delete:
        return None
    own = [model.deleted_by_id == session.actor.user_id, model.deleted_at >= started]
    with with_deleted(session) as reader:
        until = reader.scalar(select(func.max(model.deleted_at)).select_from(model).where(*own))
    if until is None:
        return None
    return url_for(resource.endpoint("bin_undo"), since=started.isoformat(), until=until.isoformat())


def _all_ids(resource: Resource[Any], session: ActorSession, chosen: Chosen) -> Sequence[UUID]:
    """Every record that is meant, past what one request changes."""
    if not chosen.takes_all or len(chosen.ids) <= SYNC_LIMIT:
        return chosen.ids
    state = read_state(resource, MultiDict(chosen.args), session)
    return session.scalars(select_ids(resource, state, session)).all()


def _action(resource: Resource[Any], session: ActorSession) -> BulkAction:
    wanted = request.form.get("action", "")
    action = next((each for each in resource.bulk_actions if each.key == wanted), None)
    if action is None:
        raise DomainError.of("unknown_action", _("There is no such action for this list."))
    if not session.actor.can(action.permission):
        raise Forbidden.of("forbidden", _("You lack the right to do this. Ask an administrator."))
    return action


def _ticked() -> Chosen:
    """The ticked ids, each once; what is no id is reported like one that is gone."""
    ids: dict[UUID, None] = {}
    unknown = 0
    for text in request.form.getlist("ids"):
        try:
            ids[UUID(text)] = None
        except ValueError:
            unknown += 1
    if len(ids) > MAX_TICKED:
        raise DomainError.of("too_many", _("Tick at most %(n)s rows, or choose all that match.", n=MAX_TICKED))
    return Chosen(tuple(ids), len(ids), unknown=unknown)


def _all_that_match(resource: Resource[Any], session: ActorSession) -> Chosen:
    """What matches the list's filter under the user's own scope: the ids as far as a request may change them.

    A filter that cannot be read is refused here: left out, it would widen the selection.
    """
    state = read_state(resource, request.args, session)
    if state.notices:
        raise DomainError.of("bad_filter", state.notices[0])
    ids = tuple(session.scalars(select_ids(resource, state, session).limit(SYNC_LIMIT + 1)))
    count = len(ids)
    if count > SYNC_LIMIT:
        keep = criteria(resource, state, session)
        count = read_counts(resource, replace(state, tab=None), session, keep, with_tabs=False).matching
    return Chosen(ids, count, takes_all=True, args=state.own_args(fixed=True))


def _enqueue(resource: Resource[Any], session: ActorSession, action: BulkAction, chosen: Chosen) -> ResponseReturnValue:
    """Leave it to a job, which does the same as the same user, and show how far it is."""
    sent = {name: request.form.getlist(name) for name in request.form if name not in NOT_OF_THE_FORM}
    job = enqueue(
        session,
        "core.run_bulk_action",
        resource=resource.full_name,
        action=action.key,
        query=urlencode(chosen.args),
        ids=None if chosen.takes_all else [str(id) for id in chosen.ids],
        until=str(uuid7()),
        values=sent,
    )
    return redirect_to(job_url(job.id))


def _report(view: BulkView, result: BulkResult, undo: str | None) -> ResponseReturnValue:
    if undo:
        toast(
            _("Deleted: %(name)s", name=f"{text_of(result.changed, 'number')} {view.name_of(result.changed)}"),
            undo=undo,
        )
    elif not result.skipped:
        toast(f"{view.action.label}: {summary_text(result.changed, 0)}")
    if not result.skipped:
        return redirect_to(view.list_url)
    shown = replace(view, result=result)
    return render("resource/bulk.html", view=shown, resource=view.resource, max_reasons=MAX_REASONS)
