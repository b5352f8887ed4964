"""One's own second factor: the QR code for the app, recovery codes, turning it off.

The key that the QR code shows is on the page alone until a code has proved that the app has it: looking writes nothing. It
travels in the form, sealed for this session.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import g, url_for
from flask.typing import ResponseReturnValue

from core.access import codes
from core.access.forms import TurnOnForm
from core.access.queries import get_own_user
from core.access.services.second_factor import (
    factor_state,
    renew_recovery_codes,
    turn_off_second_factor,
    turn_on_second_factor,
)
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.sealing import Unsealable, seal, unseal
from core.web import SIGNED_IN, AddonViews, redirect_to, render, require_recent_login, toast

_ = translator(__name__)
views = AddonViews(__name__)

PURPOSE = "second factor not yet proved"


@views.get("/account/second-factor/new", permission=SIGNED_IN)
@require_recent_login
def second_factor_new() -> ResponseReturnValue:
    if factor_state(current_session(), g.me.user_id).since is not None:
        return redirect_to(url_for("core.account", _anchor="second-factor"))
    return _page(TurnOnForm(formdata=None), codes.new_secret())


@views.post("/account/second-factor/new", permission=SIGNED_IN)
@require_recent_login
def second_factor_turn_on() -> ResponseReturnValue:
    form, session = TurnOnForm(), current_session()
    try:
        secret = unseal(urlsafe_b64decode(form.sealed.data or ""), purpose=PURPOSE, owner=_owner())
    except (Unsealable, ValueError):
        toast(_("This page was open too long. Scan the new QR code."), "warning")
        return redirect_to(url_for("core.second_factor_new"))
    if not form.validate():
        return _page(form, secret), 422
    user, session_id = get_own_user(session), g.me.session_id
    try:
        made = turn_on_second_factor(session, user, secret=secret, code=form.code.data, session_id=session_id)
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _page(form, secret), error.status
    return _codes_page(made)


@views.post("/account/second-factor/codes", permission=SIGNED_IN)
@require_recent_login
def second_factor_codes() -> ResponseReturnValue:
    """The codes stand in this answer and nowhere else, so there is no redirect."""
    return _codes_page(renew_recovery_codes(current_session(), get_own_user(current_session())))


@views.post("/account/second-factor/off", permission=SIGNED_IN)
@require_recent_login
def second_factor_off() -> ResponseReturnValue:
    turn_off_second_factor(current_session(), get_own_user(current_session()), session_id=g.me.session_id)
    toast(_("The second factor is off. All other browsers are signed out."), "warning")
    return redirect_to(url_for("core.account"))


def _owner() -> str:
    return str(g.me.session_id)


def _page(form: TurnOnForm, secret: str) -> str:
    form.sealed.data = urlsafe_b64encode(seal(secret, purpose=PURPOSE, owner=_owner())).decode()
    uri = codes.app_uri(secret, username=g.me.username, tenant=g.me.tenant_name)
    letters = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render("core/second_factor.html", form=form, qr=codes.qr_image(uri), letters=letters, uri=uri, me=g.me)


def _codes_page(made: list[str]) -> str:
    return render("core/recovery_codes.html", codes=made)
