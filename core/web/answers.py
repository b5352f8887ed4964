"""Answers that suit a page load and an htmx request alike: redirects and toasts."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Response, flash, g, get_flashed_messages, make_response, redirect, request
from flask_htmx import HTMX
from werkzeug.wrappers import Response as BaseResponse

htmx = HTMX()

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_htmx() -> bool:
    """Whether htmx asked for a fragment (and not for a whole page by boost or history)."""
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def local_path(url: str | None) -> str | None:
    """``url`` if it is a path of this host, as ``next`` must be; None for anything a browser could take elsewhere."""
    if not url or not url.startswith("/") or url[1:2] in {"/", "\\"}:
        return None
    if "\\" in url or any(ord(char) < 32 or ord(char) == 127 for char in url):
        return None
    parts = urlsplit(url)
    return url if not parts.scheme and not parts.netloc else None


def page_asked_from() -> str | None:
    """The page to return to after a question in between: this one, or the one that a form or a fragment was sent from."""
    if request.method in SAFE_METHODS and not is_htmx():
        return request.full_path.rstrip("?")
    page = urlsplit(request.referrer or "")
    is_ours = (page.netloc or request.host) == request.host and page.path.startswith("/")
    return f"{page.path}?{page.query}".rstrip("?") if is_ours else None


def redirect_to(url: str) -> BaseResponse:
    """Send the browser to ``url`` (a path of this host): 303 for a page, HX-Redirect for htmx."""
    if is_htmx():
        return make_response("", 200, {"HX-Redirect": url})
    return redirect(url, 303)


def toast(message: object, level: str = "success", *, undo: str | None = None) -> None:
    """Show a passing message; ``undo`` is a URL to POST to. Shown in this answer, or after the redirect."""
    g.setdefault("toasts", []).append({"message": str(message), "level": level, "undo": undo})


def take_toasts() -> list[dict[str, Any]]:
    """The toasts that a page about to be rendered shows: those of before the redirect and of this request."""
    waiting = [json.loads(str(text)) for text in get_flashed_messages(category_filter=["toast"])]
    return [*waiting, *g.pop("toasts", [])]


def _events(header: str) -> dict[str, Any]:
    """What an HX-Trigger header says, in either of its two forms."""
    if header.startswith("{"):
        found: dict[str, Any] = json.loads(header)
        return found
    return {name.strip(): None for name in header.split(",") if name.strip()}


def send_toasts(response: Response) -> Response:
    """Hand the toasts that no page has shown to htmx, or keep them for the page after the redirect."""
    toasts = g.pop("toasts", [])
    if not toasts:
        return response
    if is_htmx() and "HX-Redirect" not in response.headers:
        events = _events(response.headers.get("HX-Trigger", ""))
        events["toast"] = {"value": toasts} if len(toasts) > 1 else toasts[0]
        response.headers["HX-Trigger"] = json.dumps(events)
    else:
        for each in toasts:
            flash(json.dumps(each), "toast")
    return response
