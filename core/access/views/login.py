"""Logging in and out. The cookie is set here; everything that decides is in ``core.access.log_in``."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, request, url_for
from flask import session as page_cookie
from flask.typing import ResponseReturnValue

from core.access.log_in import CodeRefused, CodeTooLate, Device, SignedIn, SignInRefused, Visitor, give_code, log_in
from core.access.sessions import end_session
from core.access.signing_in import SESSION_COOKIE, Me
from core.access.throttle import TooManyAttempts
from core.access.views.cookies import DEVICE_COOKIE, give_device, give_session, take_session
from core.db.actor import Actor
from core.db.session import open_session
from core.errors import DomainError, NotFound
from core.i18n import translator
from core.kernel import current_session
from core.tenancy.models import Tenant
from core.tenancy.queries import find_tenant_to_enter
from core.web import SIGNED_IN, AddonViews, redirect_to, render, toast
from core.web.answers import local_path
from core.web.language import ARGUMENT, remember_language
from core.web.requests import current_actor

_ = translator(__name__)
views = AddonViews(__name__)


@views.get("/login", public="log-in page")
def login() -> ResponseReturnValue:
    if current_actor() is not None:
        return redirect_to(_wanted())
    tenant = find_tenant_to_enter(current_session(), slug="", host=request.host)
    response = make_response(_page(tenant))
    if request.args.get(ARGUMENT) == g.locale and g.locale:
        remember_language(response, g.locale)
    return response


@views.post("/login", public="log-in page")
def login_submit() -> ResponseReturnValue:
    entered = {name: request.form.get(name, "") for name in ("tenant", "username", "password")}
    # From here on every step has a transaction of its own; on SQLite one held by the request would block them.
    current_session().rollback()
    with open_session(Actor.platform()) as platform:
        tenant = find_tenant_to_enter(platform, slug=entered["tenant"], host=request.host)
        own = find_tenant_to_enter(platform, slug="", host=request.host)
    missing = {
        name: _("This field is required.")
        for name in ("tenant", "username", "password")
        if not entered[name].strip() and (name != "tenant" or own is None)
    }
    if missing:
        return _page(own, field_errors=missing), 422
    visitor = _visitor()
    try:
        done = log_in(
            tenant, slug=entered["tenant"], username=entered["username"], password=entered["password"], visitor=visitor
        )
    except SignInRefused as error:
        return _page(own, error=str(error)), error.status
    except TooManyAttempts as error:
        page = _page(own, error=str(error))
        return page, error.status, {"Retry-After": str(error.wait)}
    return _enter(done)


@views.get("/login/code", public="second step of the log-in page")
def login_code() -> ResponseReturnValue:
    if current_actor() is not None:
        return redirect_to(_wanted())
    return _code_page()


@views.post("/login/code", public="second step of the log-in page")
def login_code_submit() -> ResponseReturnValue:
    current_session().rollback()
    try:
        done = give_code(request.cookies.get(SESSION_COOKIE, ""), request.form.get("code", ""), visitor=_visitor())
    except CodeRefused as error:
        return _code_page(error), error.status
    except TooManyAttempts as error:
        return _code_page(error), error.status, {"Retry-After": str(error.wait)}
    except CodeTooLate as error:
        toast(str(error), "warning")
        return redirect_to(url_for("core.login", next=local_path(request.form.get("next"))))
    if done.by == "recovery":
        toast(_("A recovery code was used; it does not work again. Make new ones under My account."), "warning")
    return _enter(done)


@views.post("/logout", permission=SIGNED_IN)
def logout() -> ResponseReturnValue:
    end_session(current_session(), g.me.session_id)
    page_cookie.clear()
    response = make_response(redirect_to(url_for("core.login")))
    take_session(response)
    return response


def _enter(done: SignedIn) -> Response:
    """Into the application with a new session and a new CSRF token; whatever was there before is over (fixation)."""
    _leave_former_session()
    page_cookie.clear()
    g.pop("csrf_token", None)
    if done.awaits_code:
        response = make_response(redirect_to(url_for("core.login_code", next=local_path(request.form.get("next")))))
        give_session(response, done.cookie)
        return response
    response = make_response(redirect_to(_wanted()))
    give_session(response, done.cookie)
    give_device(response, done.device.cookie())
    return response


def _leave_former_session() -> None:
    me: Me | None = g.pop("me", None)
    if me is None:
        return
    with open_session(g.actor) as former:
        try:
            end_session(former, me.session_id)
        except NotFound:
            return


def _visitor() -> Visitor:
    device = Device.read(request.cookies.get(DEVICE_COOKIE, ""))
    return Visitor(request.remote_addr or "", request.user_agent.string, device)


def _wanted() -> str:
    """Where the visitor wanted to go, if that is a page of ours."""
    return local_path(request.values.get("next")) or url_for("core.home")


def _code_page(error: DomainError | None = None) -> str:
    next = local_path(request.values.get("next")) or ""
    is_recovery = request.values.get("by") == "recovery"
    return render("core/login_code.html", next=next, is_recovery=is_recovery, error=str(error) if error else "")


def _page(own: Tenant | None, **context: Any) -> str:
    """The log-in page; ``own`` is the business that host name or deployment decide, and where none is, it is asked."""
    return render(
        "login.html",
        action=url_for("core.login_submit"),
        next=local_path(request.values.get("next")) or "",
        tenant=request.form.get("tenant", ""),
        username=request.form.get("username", ""),
        ask_tenant=own is None,
        tenant_name=own.name if own else "",
        **context,
    )
