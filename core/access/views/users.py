"""What is done to an account beside editing it: lock, unlock, sign out, a link for a new password, a reset second factor."""

from __future__ import annotations

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from core.access import services
from core.access.mailing import mail_password_link
from core.access.models import User
from core.i18n import translator
from core.kernel import current_session
from core.web import AddonViews, redirect_to, render, require_recent_login, toast

_ = translator(__name__)
views = AddonViews(__name__)

MANAGE_USERS = "core.manage_users"


@views.post("/core/users/<uuid:id>/lock", permission=MANAGE_USERS)
def users_lock(id: UUID) -> ResponseReturnValue:
    user = current_session().need(User, id)
    services.lock_user(current_session(), user)
    toast(_("%(name)s is locked.", name=user.name), undo=url_for("core.users_unlock", id=id))
    return redirect_to(url_for("core.users_detail", id=id))


@views.post("/core/users/<uuid:id>/unlock", permission=MANAGE_USERS)
def users_unlock(id: UUID) -> ResponseReturnValue:
    user = current_session().need(User, id)
    services.unlock_user(current_session(), user)
    toast(_("%(name)s can sign in again.", name=user.name))
    return redirect_to(url_for("core.users_detail", id=id))


@views.post("/core/users/<uuid:id>/sign-out", permission=MANAGE_USERS)
def users_sign_out(id: UUID) -> ResponseReturnValue:
    user = current_session().need(User, id)
    services.sign_out_everywhere(current_session(), user)
    toast(_("%(name)s is signed out on every device.", name=user.name))
    return redirect_to(url_for("core.users_detail", id=id, tab="security"))


@views.post("/core/users/<uuid:id>/reset-second-factor", permission=MANAGE_USERS)
@require_recent_login
def users_reset_second_factor(id: UUID) -> ResponseReturnValue:
    user = current_session().need(User, id)
    services.reset_second_factor(current_session(), user)
    toast(_("The second factor of %(name)s is reset; %(name)s is signed out and told.", name=user.name))
    return redirect_to(url_for("core.users_detail", id=id, tab="security"))


@views.post("/core/users/<uuid:id>/password-link", permission=MANAGE_USERS)
@require_recent_login
def users_password_link(id: UUID) -> ResponseReturnValue:
    """The link stands in this answer and nowhere else, so there is no redirect."""
    user = current_session().need(User, id)
    link = services.make_password_link(current_session(), user)
    return render("core/password_link.html", user=user, made=link)


@views.post("/core/users/<uuid:id>/mail-password-link", permission=MANAGE_USERS)
@require_recent_login
def users_mail_password_link(id: UUID) -> ResponseReturnValue:
    """The same link, sent to the employee's address instead of shown."""
    user = current_session().need(User, id)
    mail_password_link(current_session(), user)
    toast(_("The link is on its way to %(address)s.", address=user.email))
    return redirect_to(url_for("core.users_detail", id=id))
