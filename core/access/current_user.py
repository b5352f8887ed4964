"""Flask-Login's ``current_user``, for extensions that look for it. The kernel itself works with the Actor.

Who is signed in has been decided by ``signing_in.identify`` when it is asked; Flask-Login's own cookies play no part.
"""

from __future__ import annotations

from flask import Flask, Request, g
from flask_login import LoginManager, UserMixin

from core.access.signing_in import Me


class CurrentUser(UserMixin):  # type: ignore[misc]
    """The signed-in user as Flask-Login wants him: ``id``, ``name``, ``username`` and the flags of UserMixin."""

    def __init__(self, me: Me) -> None:
        self.id = str(me.user_id)
        self.name = me.name
        self.username = me.username


def install(app: Flask) -> None:
    """Give ``app`` a ``current_user``."""
    manager = LoginManager()
    manager.session_protection = None  # it would write into the page's cookie on every visit
    manager.request_loader(_load)
    manager.init_app(app)


def _load(request: Request) -> CurrentUser | None:
    me: Me | None = g.get("me")
    return CurrentUser(me) if me is not None else None
