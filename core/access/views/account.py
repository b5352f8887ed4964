"""One's own account: profile, password, second factor, the browsers one is signed in with, what happened lately."""

from __future__ import annotations

from uuid import UUID

from flask import g, make_response, request, url_for
from flask import session as page_cookie
from flask.typing import ResponseReturnValue

from core.access.browsers import is_phone, name_browser
from core.access.forms import ChangePasswordForm
from core.access.proof import present_password_problems
from core.access.queries import get_own_user, list_user_departments, list_user_groups
from core.access.security_log import list_events
from core.access.services import change_password, new_password_problems, set_preferences, sign_out_everywhere
from core.access.services.second_factor import factor_state
from core.access.sessions import end_session, list_sessions, renew_session
from core.access.views.cookies import give_session, take_session
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.phone import format_phone
from core.web import SIGNED_IN, AddonViews, redirect_to, render, require_recent_login, toast
from core.web.answers import local_path

_ = translator(__name__)
views = AddonViews(__name__)

PREFERENCES = ("language", "theme", "density")


@views.get("/account", permission=SIGNED_IN)
def account() -> ResponseReturnValue:
    return _page(ChangePasswordForm(formdata=None))


@views.post("/account/password", permission=SIGNED_IN)
def account_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if not form.validate():
        return _page(form), 422
    session = current_session()
    problems = new_password_problems(session, get_own_user(session), form.new.data, old=form.old.data)
    session.rollback()  # the proof has transactions of its own
    problems += present_password_problems(g.actor, g.me.user_id, form.old.data)
    if problems:
        form.refuse(DomainError(*problems))
        return _page(form), 422
    change_password(session, get_own_user(session), new=form.new.data, session_id=g.me.session_id)
    cookie = renew_session(current_session(), g.me.session_id)
    toast(_("The password is changed. All other browsers are signed out."))
    response = make_response(redirect_to(url_for("core.account")))
    give_session(response, cookie)
    return response


@views.post("/account/sessions/<uuid:id>/end", permission=SIGNED_IN)
@require_recent_login
def account_end_session(id: UUID) -> ResponseReturnValue:
    end_session(current_session(), id)
    toast(_("That browser is signed out."))
    return redirect_to(url_for("core.account"))


@views.post("/account/sessions/end-all", permission=SIGNED_IN)
@require_recent_login
def account_end_sessions() -> ResponseReturnValue:
    sign_out_everywhere(current_session(), get_own_user(current_session()))
    page_cookie.clear()
    response = make_response(redirect_to(url_for("core.login")))
    take_session(response)
    return response


@views.post("/preferences", permission=SIGNED_IN)
def preferences() -> ResponseReturnValue:
    chosen = {name: request.form[name] for name in PREFERENCES if name in request.form}
    set_preferences(current_session(), get_own_user(current_session()), **chosen)
    return redirect_to(local_path(request.form.get("next")) or url_for("core.home"))


def _page(form: ChangePasswordForm) -> str:
    user = get_own_user(current_session())
    return render(
        "core/account.html",
        form=form,
        me=g.me,
        user=user,
        phone=format_phone(user.phone) if user.phone else "",
        name_browser=name_browser,
        is_phone=is_phone,
        departments=[name for _id, name in list_user_departments(current_session(), user.id)],
        groups=[name for _id, name in list_user_groups(current_session(), user.id)],
        sessions=list_sessions(current_session(), user.id),
        factor=factor_state(current_session(), user.id),
        events=list_events(current_session(), user.id),
    )
