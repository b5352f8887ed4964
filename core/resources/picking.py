"""The options of a picker: what a combobox offers for some typed text, under the reader's own scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select

from core.db.mixins import Sortable
from core.db.search import Match, begins_with
from core.db.session import ActorSession
from core.kernel import current_session
from core.resources.columns import kind_of, text_of
from core.resources.listing import MAX_QUERY, find_everywhere
from core.resources.paths import Paths
from core.web.rendering import render

if TYPE_CHECKING:
    from core.resources.base import Resource

PAGE = 20
"""Options at once; whoever wants more types more."""

MAX_WITHOUT = 200


def answer_options(resource: Resource[Any]) -> ResponseReturnValue:
    """``?q=`` what was typed, ``without=`` ids already chosen."""
    session = current_session()
    query = request.args.get("q", "")[:MAX_QUERY]
    items = list_options(resource, session, query, _ids(request.args.getlist("without")))
    return render("resource/options.html", items=items[:PAGE], query=query, has_more=len(items) > PAGE)


def list_options(
    resource: Resource[Any], session: ActorSession, query: str, without: list[UUID]
) -> list[dict[str, str]]:
    """Up to one more than a page of options: value, label, and what tells it apart."""
    model = resource.model
    found = find_everywhere(session, [model], query)[0] if resource.is_searchable else None
    where = [model.id.not_in(without)] if without else []
    return read_options(resource, session, query, found, where=where, limit=PAGE + 1)


def read_options(
    resource: Resource[Any],
    session: ActorSession,
    query: str,
    found: Match | None,
    *,
    where: Sequence[ColumnElement[bool]] = (),
    limit: int,
) -> list[dict[str, str]]:
    """The options that were found: names that begin with ``query`` first, then by name. Of a common text the newest ones,
    because their names may all lie at one end of the alphabet.
    """
    model: type[Any] = resource.model
    picker, paths = resource.picker, Paths(model)
    label = paths.column(picker.label or resource.title_path)
    hints = [paths.column(path) for path in picker.hint or resource.title_column.subtitle]
    where = [*resource.restrict(session), *where, *([found.criterion] if found else [])]
    by_name = issubclass(model, Sortable) and (found is None or found.is_rare)
    order = [model.sort_name, model.id] if by_name else [model.id.desc()]
    if found is not None and found.is_rare:
        order = [begins_with(model, query).desc(), *order]
    statement = paths.join(select(model.id, label, *hints).select_from(model)).where(*where)
    rows = session.execute(statement.order_by(*order).limit(limit)).all()
    kinds = [kind_of(hint) for hint in hints]
    return [
        {
            "value": str(row[0]),
            "label": str(row[1] or "—"),
            "under": " · ".join(filter(None, map(text_of, row[2:], kinds))),
        }
        for row in rows
    ]


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:MAX_WITHOUT]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
