"""One page and one action."""

from __future__ import annotations

from addons.market.contributions import fees
from addons.market.events import StallOpened
from flask import request

from core.contributions import contributed
from core.events import emit
from core.kernel import current_session
from core.notifications import Notification
from core.web import AddonViews, render

views = AddonViews(__name__)


@views.get("/", permission="market.read")
def stalls() -> str:
    return render("market/stalls.html", fees=contributed(fees))


@views.post("/open", permission="market.read")
def open_stall() -> str:
    session = current_session()
    session.add(Notification(user_id=session.actor.user_id, kind="stall", title=f"opened {request.form['name']}"))
    emit(session, StallOpened(request.form["name"]))
    return "opened"
