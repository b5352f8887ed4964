"""The options of a picker: what a combobox offers for some typed text, under the reader's own scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.db.mixins import Sortable
from core.db.session import ActorSession
from core.kernel import current_session
from core.resources.columns import kind_of, text_of
from core.resources.listing import MAX_QUERY, search_criterion
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
    model, picker, paths = resource.model, resource.picker, Paths(resource.model)
    label = paths.column(picker.label or resource.title_path)
    hints = [paths.column(path) for path in picker.hint or resource.title_column.subtitle]
    where = [*resource.restrict(session)]
    if resource.is_searchable and (found := search_criterion(session, model, query)) is not None:
        where.append(found)
    if without:
        where.append(model.id.not_in(without))
    order = model.sort_name if issubclass(model, Sortable) else model.id.desc()
    statement = paths.join(select(model.id, label, *hints).select_from(model)).where(*where)
    rows = session.execute(statement.order_by(order, model.id).limit(PAGE + 1)).all()
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
