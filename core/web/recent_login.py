"""What a browser that was left open must not be enough for: whoever does it has proved himself within ten minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue

from core.access.signing_in import Me
from core.clock import now
from core.web.answers import page_asked_from, redirect_to

RECENT = timedelta(minutes=10)

View = Callable[..., ResponseReturnValue]


def has_recent_login(me: Me) -> bool:
    """Whether the user has given his password, and his code where he has one, within :data:`RECENT`."""
    return now() - me.confirmed_at <= RECENT


def require_recent_login(view: View) -> View:
    """Ask for the password again, and then show the page that was wanted (ASVS 5.0 §7.5).

    Stands below the route: ``@views.post("/account/tokens", permission=SIGNED_IN)``, ``@require_recent_login``. What a POST
    carried is not kept, so put it on the page with the form too: then nobody fills that in for nothing.
    """

    @wraps(view)
    def guarded(*arguments: Any, **parameters: Any) -> ResponseReturnValue:
        if has_recent_login(g.me):
            return view(*arguments, **parameters)
        return redirect_to(url_for("core.confirm", next=page_asked_from() or url_for("core.home")))

    return guarded
