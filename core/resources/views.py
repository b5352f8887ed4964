"""One box that finds everything: a page of its own, and what the palette shows while somebody types."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from core.kernel import current_session
from core.resources.finding import find_commands, find_records
from core.resources.listing import MAX_QUERY
from core.web import SIGNED_IN, AddonViews, render
from core.web.pages import menu_of

views = AddonViews(__name__)


@views.get("/search", permission=SIGNED_IN)
def search() -> ResponseReturnValue:
    """``?q=``: a name without marks, a phone in any spelling, a code, a page's name. The palette takes the block ``found``."""
    query = " ".join(request.args.get("q", "").replace("\0", "").split())[:MAX_QUERY]
    session = current_session()
    records = find_records(session, query) if query else []
    found = [*records, *find_commands(session, query, menu_of(session))]
    return render("resource/search.html", query=query, found=found)
