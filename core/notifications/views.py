"""The page of notices, the bell's list, marking them read. Reading writes, so it is a POST."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.kernel import current_session
from core.notifications.queries import list_notices
from core.notifications.services import mark_all_read, mark_read
from core.web import SIGNED_IN, AddonViews, redirect_to, render
from core.web.answers import local_path
from core.web.paging import page_of, uuid_argument

views = AddonViews(__name__)

PAGE = 30
RECENT = 8
"""Notices in the bell's list."""


@views.get("/notifications", permission=SIGNED_IN)
def notifications_list() -> ResponseReturnValue:
    """The user's notices, newest first; ``?before=`` the id of the last one seen."""
    found = list_notices(current_session(), before=uuid_argument("before"), limit=PAGE + 1)
    notices, last = page_of(found, PAGE)
    return render("notifications/list.html", notices=notices, older=last, is_first=not request.args.get("before"))


@views.get("/notifications/recent", permission=SIGNED_IN)
def notifications_recent() -> ResponseReturnValue:
    """What the bell shows; a fragment."""
    notices = list_notices(current_session(), before=None, limit=RECENT)
    return render("notifications/recent.html", notices=notices)


@views.post("/notifications/<uuid:id>/open", permission=SIGNED_IN)
def notifications_open(id: UUID) -> ResponseReturnValue:
    """Mark the notice read and go where it points."""
    notice = mark_read(current_session(), id)
    return redirect_to(local_path(notice.url) or url_for("core.notifications_list"))


@views.post("/notifications/<uuid:id>/read", permission=SIGNED_IN)
def notifications_read(id: UUID) -> ResponseReturnValue:
    """Mark one notice read."""
    mark_read(current_session(), id)
    return redirect_to(url_for("core.notifications_list"))


@views.post("/notifications/read-all", permission=SIGNED_IN)
def notifications_read_all() -> ResponseReturnValue:
    """Mark all notices read."""
    mark_all_read(current_session())
    return redirect_to(url_for("core.notifications_list"))
