"""The language of a visitor who has not signed in: asked for in the URL, else remembered in a cookie."""

from __future__ import annotations

from flask import Request, Response

from core.i18n import LOCALES
from core.kernel import current_kernel

COOKIE = "banyan_language"
ARGUMENT = "language"
COOKIE_SECONDS = 31_536_000
"""A year."""


def visitor_language(request: Request) -> str | None:
    """One of LOCALES, or None where the visitor has said nothing (then it is the default)."""
    for asked in (request.args.get(ARGUMENT), request.cookies.get(COOKIE)):
        if asked in LOCALES:
            return asked
    return None


def remember_language(response: Response, language: str) -> None:
    """Let the visitor's next page speak ``language`` too."""
    secure = current_kernel().config.cookie_secure
    response.set_cookie(
        COOKIE, language, max_age=COOKIE_SECONDS, path="/", secure=secure, httponly=True, samesite="Lax"
    )
