"""Bulk actions over more records than a request may change: the same service, batch after batch, in the background."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from core.db.session import ActorSession
from core.errors import DomainError, Forbidden
from core.i18n import translator
from core.jobs import JobRun, Step, job
from core.resources.base import Resource
from core.resources.bulk import BATCH, MAX_REASONS, BulkAction, BulkResult, summary_text
from core.resources.listing import criteria, read_state
from core.resources.recycle_bin.bins import find_listed

_ = translator(__name__)


@job("core.run_bulk_action", title=_("Bulk action"))
def run_bulk_action(
    run: JobRun,
    *,
    resource: str,
    action: str,
    query: str,
    until: str,
    values: dict[str, list[str]],
    ids: list[str] | None = None,
) -> Iterator[Step]:
    """Do ``action`` for the records ``ids`` of ``resource``, or all that match the list's ``query``, as the user who asked.

    Those that match are walked by id up to ``until``, the newest id of the moment of asking, so each is met once even
    where the action takes it out of the filter, and none that came later. ``values`` are what the action's form was sent.
    """
    listed = find_listed(run.session, resource)
    chosen = _allowed_action(listed, action, run.session)
    known = run.result or {"changed": 0, "skipped": 0, "reasons": []}
    done = known["changed"] + known["skipped"]
    place = UUID(run.cursor["id"]) if run.cursor else None
    meant = _Ticked(ids) if ids is not None else _Matching(listed, run.session, query, UUID(until))
    total = run.cursor["total"] if run.cursor else meant.count()
    if chosen.whole and place is None:
        result = chosen.run(run.session, meant.all(), **_form_data(chosen, values))
        run.result = {**(known := _added(known, result)), "message": _message(chosen, known)}
        yield Step(done=total, total=total, cursor={"id": str(UUID(until)), "total": total})
        return
    while batch := meant.after(place):
        result = chosen.run(run.session, batch, **_form_data(chosen, values))
        known = _added(known, result)
        run.result = {**known, "message": _message(chosen, known)}
        done, place = done + len(batch), batch[-1]
        yield Step(done=done, total=total, cursor={"id": str(place), "total": total})
    run.result = {**known, "message": _message(chosen, known)}


def _allowed_action(resource: Resource[Any], key: str, session: ActorSession) -> BulkAction:
    action = next(each for each in resource.bulk_actions if each.key == key)
    if not session.actor.can(action.permission):
        raise Forbidden.of("forbidden", _("You lack the right to do this. Ask an administrator."))
    return action


class _Ticked:
    """The records that were ticked, by id."""

    def __init__(self, ids: list[str]) -> None:
        self.ticked = [UUID(id) for id in ids]
        self.ids = sorted(self.ticked)

    def all(self) -> list[UUID]:
        """In the order in which they were ticked."""
        return self.ticked

    def count(self) -> int:
        return len(self.ids)

    def after(self, place: UUID | None) -> list[UUID]:
        start = bisect_right(self.ids, place) if place else 0
        return self.ids[start : start + BATCH]


@dataclass
class _Matching:
    """The records that match the list's query, as far as they were there when it was asked."""

    resource: Resource[Any]
    session: ActorSession
    query: str
    until: UUID

    def all(self) -> list[UUID]:
        id = self.resource.model.id
        return list(self.session.scalars(select(id).where(*self._criteria()).order_by(id)))

    def count(self) -> int:
        matching = select(self.resource.model.id).where(*self._criteria()).subquery()
        return self.session.scalar(select(func.count()).select_from(matching)) or 0

    def after(self, place: UUID | None) -> list[UUID]:
        id = self.resource.model.id
        where = [*self._criteria(), *([id > place] if place else [])]
        return list(self.session.scalars(select(id).where(*where).order_by(id).limit(BATCH)))

    def _criteria(self) -> list[Any]:
        state = read_state(self.resource, MultiDict(parse_qsl(self.query)), self.session)
        if state.notices:  # a part of the filter means nothing any more: the rest would choose more than was asked for
            raise DomainError.of("bad_filter", state.notices[0])
        return [self.resource.model.id <= self.until, *criteria(self.resource, state, self.session)]


def _form_data(action: BulkAction, values: dict[str, list[str]]) -> dict[str, Any]:
    """The form's data again: it was valid when it was sent, and what became of it since the service finds out."""
    if action.form is None:
        return {}
    sent: MultiDict[str, str] = MultiDict((name, value) for name, each in values.items() for value in each)
    data: dict[str, Any] = action.form(formdata=sent).data
    return data


def _added(known: dict[str, Any], result: BulkResult) -> dict[str, Any]:
    reasons = [*known["reasons"], *({"name": each.name, "reason": each.reason} for each in result.skipped)]
    return {
        "changed": known["changed"] + result.changed,
        "skipped": known["skipped"] + len(result.skipped),
        "reasons": reasons[:MAX_REASONS],
    }


def _message(action: BulkAction, known: dict[str, Any]) -> str:
    return f"{action.label}: {summary_text(known['changed'], known['skipped'])}"
