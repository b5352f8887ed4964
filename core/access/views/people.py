"""Options of pickers that choose colleagues and departments: everybody who has signed in may know their names."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.access.queries import search_departments, search_people
from core.kernel import current_session
from core.web import SIGNED_IN, AddonViews, render

views = AddonViews(__name__)


@views.get("/core/people/pick", permission=SIGNED_IN)
def people_pick() -> ResponseReturnValue:
    query = request.args.get("q", "")
    people = search_people(current_session(), query, without=picked_ids(request.args.getlist("without")))
    items = [{"value": person.id, "label": person.name, "under": person.username} for person in people]
    return render("core/options.html", items=items, query=query)


@views.get("/core/people/departments", permission=SIGNED_IN)
def people_departments() -> ResponseReturnValue:
    query = request.args.get("q", "")
    found = search_departments(current_session(), query, without=picked_ids(request.args.getlist("without")))
    items = [{"value": id, "label": name} for id, name in found]
    return render("core/options.html", items=items, query=query)


def picked_ids(texts: Iterable[str]) -> list[UUID]:
    """The ids that a picker sent; what is none is left out, as if it had not been chosen."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
