"""Asking somebody who is signed in for his password, and his code where he has one, before something of weight."""

from __future__ import annotations

from flask import g, make_response, request, url_for
from flask.typing import ResponseReturnValue

from core.access.forms import ConfirmForm
from core.access.proof import is_proved
from core.access.services.second_factor import factor_state
from core.access.sessions import renew_session
from core.access.views.cookies import give_session
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.web import SIGNED_IN, AddonViews, redirect_to, render
from core.web.answers import local_path

_ = translator(__name__)
views = AddonViews(__name__)


@views.get("/account/confirm", permission=SIGNED_IN)
def confirm() -> ResponseReturnValue:
    return _page(_form())


@views.post("/account/confirm", permission=SIGNED_IN)
def confirm_submit() -> ResponseReturnValue:
    form = _form()
    if not form.validate():
        return _page(form), 422
    current_session().rollback()  # the proof has transactions of its own
    code = form.code.data if "code" in form else None
    if not is_proved(g.actor, g.me.user_id, form.password.data, code):
        text = _("This is not your password.") if code is None else _("The password or the code is not right.")
        form.refuse(DomainError.of("not_proved", text, "password"))
        return _page(form), 422
    response = make_response(redirect_to(_next()))
    give_session(response, renew_session(current_session(), g.me.session_id))
    return response


def _form() -> ConfirmForm:
    form = ConfirmForm()
    if factor_state(current_session(), g.me.user_id).since is None:
        del form.code
    return form


def _next() -> str:
    return local_path(request.values.get("next")) or url_for("core.account")


def _page(form: ConfirmForm) -> str:
    return render("core/confirm.html", form=form, next=_next(), me=g.me)
