"""The page of notices, the bell's list, marking them read (reading writes, so it is a POST), and what one wants to be told."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.access.queries import get_own_user
from core.i18n import translator
from core.kernel import current_session
from core.messages.channels import Channel
from core.messages.queries import find_sender
from core.notifications.contributions import NoticeKind, Way
from core.notifications.preferences import allowed_ways, list_kinds, set_ways, ways_for
from core.notifications.queries import list_notices
from core.notifications.services import mark_all_read, mark_read
from core.web import SIGNED_IN, AddonViews, redirect_to, render, toast
from core.web.answers import local_path
from core.web.paging import page_of, uuid_argument

_ = translator(__name__)
views = AddonViews(__name__)

PAGE = 30
RECENT = 8
"""Notices in the bell's list."""

UNREAD = "unread"
BY_MAIL = (Way.EMAIL, Way.DIGEST)
WAYS = {
    Way.BELL: _("In the application"),
    Way.EMAIL: _("In the application and at once by e-mail"),
    Way.DIGEST: _("In the application and in the daily digest by e-mail"),
    Way.NONE: _("Not at all"),
}


@views.get("/notifications", permission=SIGNED_IN)
def notifications_list() -> ResponseReturnValue:
    """The user's notices, newest first; ``?before=`` the id of the last one seen, ``?show=unread``, ``?kind=``."""
    session = current_session()
    kinds = list_kinds(session)
    wanted = request.args.get("kind", "")
    kind = wanted if wanted in {each.key for each in kinds} else ""
    is_unread = request.args.get("show") == UNREAD
    found = list_notices(session, before=uuid_argument("before"), limit=PAGE + 1, kind=kind, is_unread=is_unread)
    notices, last = page_of(found, PAGE)
    return render(
        "notifications/list.html",
        notices=notices,
        older=last,
        kinds=kinds,
        icons=_icons(kinds),
        kind=kind,
        show=UNREAD if is_unread else "",
    )


@views.get("/notifications/recent", permission=SIGNED_IN)
def notifications_recent() -> ResponseReturnValue:
    """What the bell shows; a fragment."""
    notices = list_notices(current_session(), before=None, limit=RECENT)
    return render("notifications/recent.html", notices=notices, icons=_icons(list_kinds(current_session())))


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


@views.get("/account/notifications", permission=SIGNED_IN)
def notice_preferences() -> ResponseReturnValue:
    """How one wants to be told of each kind of notice; where "unsubscribe" in an e-mail leads."""
    session = current_session()
    has_mail = find_sender(session, Channel.EMAIL) is not None
    kinds = list_kinds(session)
    return render(
        "notifications/preferences.html",
        kinds=kinds,
        chosen=ways_for(session, session.actor.user_id),
        ways={kind.key: [way for way in allowed_ways(kind) if has_mail or way not in BY_MAIL] for kind in kinds},
        words=WAYS,
        has_mail=has_mail,
        address=get_own_user(session).email,
    )


@views.post("/account/notifications", permission=SIGNED_IN)
def notice_preferences_save() -> ResponseReturnValue:
    session = current_session()
    sent = dict(request.form)
    if find_sender(session, Channel.EMAIL) is None:  # the bell stood there in place of what could not be offered
        chosen = ways_for(session, session.actor.user_id)
        sent = {kind: way for kind, way in sent.items() if way != Way.BELL or chosen.get(kind) not in BY_MAIL}
    set_ways(session, sent)
    toast(_("Saved."))
    return redirect_to(url_for("core.notice_preferences"))


def _icons(kinds: Iterable[NoticeKind]) -> dict[str, str]:
    return {kind.key: kind.icon for kind in kinds}
