"""A request's fixed sequence: whose is it, may it, answer, commit. One transaction, one central commit.

1. id, language, read-only for safe methods   2. tenant and user from the cookie, of a program from its token   3. is the route
declared, the addon enabled, the permission held, the request our own   4. the view   5. commit (an error, or an answer ≥ 400,
rolls back)   6. toasts, headers.
"""

from __future__ import annotations

import logging
import re
from typing import Any, cast

from flask import Flask, Response, abort, current_app, g, has_request_context, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import DBAPIError, TimeoutError
from werkzeug.wrappers import Response as BaseResponse

from core import logs
from core.access.sessions import is_stale, mark_seen
from core.access.signing_in import Me, identify
from core.api import requests as api
from core.api.requests import is_api
from core.clock import enter_zone, leave_zone
from core.db.actor import Actor
from core.db.ids import uuid7
from core.db.session import open_session, read_only
from core.errors import DomainError, Forbidden, NotFound
from core.i18n import in_domain, translator
from core.kernel import current_kernel, current_session
from core.tenancy.addons import enabled_addons
from core.web.access import SIGNED_IN, Access
from core.web.answers import SAFE_METHODS, is_htmx, page_asked_from, redirect_to, send_toasts, toast
from core.web.language import visitor_language

_ = translator(__name__)

log = logging.getLogger(__name__)

VARY = ("Cookie", "HX-Request", "HX-Target")
OPEN_BEFORE_ENROLMENT = frozenset({
    "core.second_factor_new", "core.second_factor_turn_on", "core.confirm", "core.confirm_submit", "core.preferences",
    "core.logout",
})  # fmt: skip
"""What somebody may open whose group requires a second factor that he has not set up."""

ADDON_OFF = "addon_off"
"""The problem's code by which the error page tells a switched-off application from what is not there (SYS-01)."""

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class BanyanFlask(Flask):
    """Flask with one transaction around each view."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._plain_urls: dict[str, str] = {}

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """The same; what has no values is kept, as most of the forty addresses in a page."""
        if values or endpoint.startswith(".") or not has_request_context() or request.script_root:
            return super().url_for(endpoint, **values)
        if endpoint not in self._plain_urls:
            self._plain_urls[endpoint] = super().url_for(endpoint)
        return self._plain_urls[endpoint]

    def dispatch_request(self) -> ResponseReturnValue:
        response = self.make_response(super().dispatch_request())
        if response.status_code < 400:
            current_session().commit()
        else:
            current_session().rollback()
        return response


def install(app: Flask) -> None:
    """Put the sequence around every request of ``app``."""
    app.before_request(_begin)
    app.before_request(_guard)
    app.before_request(_refuse_forged)
    app.after_request(_finish)
    app.teardown_request(_end)


def _begin() -> None:
    if request.mimetype != "multipart/form-data":
        # Werkzeug holds MAX_FORM_MEMORY_SIZE against multipart alone; an urlencoded body becomes a hundred times its size.
        request.max_content_length = request.max_form_memory_size
    asked = request.headers.get("X-Request-ID", "")
    g.request_id = asked if REQUEST_ID.fullmatch(asked) else uuid7().hex
    g.bound = logs.bound(request_id=g.request_id)
    g.bound.__enter__()
    g.read_only_token = read_only.set(request.method in SAFE_METHODS)
    g.actor = None
    g.locale = visitor_language(request)
    if is_api():
        api.begin()


def _refuse_forged() -> None:
    """CSRF token, Fetch-Metadata and Origin: an unsafe request comes from our own pages (OWASP ASVS 3.5).

    A webhook that a manifest declares is exempt: its view checks the sender's signature itself. So is the API: no browser
    sends a token by itself.
    """
    if request.method in SAFE_METHODS or is_api() or access_of(request.endpoint) is None:
        return
    kernel = current_kernel()
    if any(webhook.endpoint == request.endpoint for webhook in kernel.registry.webhooks):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        abort(403)
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        abort(403)
    cast(CSRFProtect, kernel.app.extensions["csrf"]).protect()


def access_of(endpoint: str | None) -> Access | None:
    """The declaration of an endpoint; None for an unknown one."""
    declared: dict[str, Access] = current_app.extensions["banyan_access"]
    return declared.get(endpoint or "")


def _guard() -> BaseResponse | None:
    """Let the request through, or answer: 303 to the log-in, 404 for an addon that is off, 403 without the permission."""
    access = access_of(request.endpoint)
    if request.endpoint == "static" or (access and not access.identifies):
        return None
    session = current_session()
    if is_api():
        g.actor = api.identify(session)
        g.zone_token = enter_zone(g.caller.time_zone)
        logs.bind(tenant=g.actor.tenant_id, user=g.actor.user_id, token=g.caller.token_id)
        if access is not None:
            _admit(access, g.actor)
        return None
    actor = identify(session, request)
    if actor is not None:
        g.actor = actor
        g.locale = g.me.language
        g.zone_token = enter_zone(g.me.time_zone)
        logs.bind(tenant=actor.tenant_id, user=actor.user_id)
    if access is None:
        return None  # no such route: Flask answers 404 or 405
    if access.public:
        return None
    if actor is None:
        return _ask_to_log_in()
    if g.me.must_enrol and request.endpoint not in OPEN_BEFORE_ENROLMENT:
        return redirect_to(url_for("core.second_factor_new"))
    _admit(access, actor)
    return None


def _admit(access: Access, actor: Actor) -> None:
    addon = cast(str, request.endpoint).partition(".")[0]
    if addon not in enabled_addons(current_session()):
        raise _is_off(addon)
    if not any(permission == SIGNED_IN or actor.can(permission) for permission in access.permissions):
        raise _lacks(access.permissions)


def _is_off(addon: str) -> DomainError:
    title = in_domain(current_kernel().registry.addon(addon).manifest.title, addon)
    return NotFound.of(ADDON_OFF, _("The application “%(name)s” is switched off.", name=title))


def _lacks(permissions: tuple[str, ...]) -> DomainError:
    declared = [current_kernel().registry.permissions[name] for name in permissions]
    rights = ", ".join(f"“{in_domain(each.label, each.addon)}”" for each in declared)
    message = _.n(
        "You lack the right %(rights)s.", "You need one of the rights %(rights)s.", len(declared), rights=rights
    )
    return Forbidden.of("lacks_right", message)


def _ask_to_log_in() -> BaseResponse:
    wanted = page_asked_from()
    if request.method not in SAFE_METHODS:
        toast(_("You were signed out meanwhile. Log in again; what you typed is kept as a draft."), "warning")
    url = url_for("core.login", next=wanted) if wanted and wanted != "/" else url_for("core.login")
    if is_htmx():
        answer = redirect_to(url)
        answer.status_code = 401
        return answer
    return redirect(url, 303)


def current_actor() -> Actor | None:
    """Who is logged in, or None."""
    return cast(Actor | None, g.get("actor"))


def _finish(response: Response) -> Response:
    if is_api():
        api.finish(response)
    else:
        response = send_toasts(response)
        _note_use(response)
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
    headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
        response.vary.update(api.VARY if is_api() else VARY)
    return response


def _note_use(response: Response) -> None:
    """Keep a session in use alive. A transaction of its own: the request's is over, and that of a GET could not write.

    A streamed answer still reads, so it is left alone; the next request will do.
    """
    me: Me | None = g.get("me")
    if me is None or response.is_streamed or not is_stale(me.last_seen_at):
        return
    current_session().rollback()
    try:
        with open_session(Actor.system(g.actor.tenant_id)) as session:
            mark_seen(session, me.session_id)
    except (DBAPIError, TimeoutError):
        log.warning("could not note the use of a session")


def _end(error: BaseException | None) -> None:
    if "zone_token" in g:
        leave_zone(g.pop("zone_token"))
    if "read_only_token" in g:
        read_only.reset(g.pop("read_only_token"))
        g.pop("bound").__exit__(None, None, None)
