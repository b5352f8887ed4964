"""Tokens of one's own for programs: made with the password, shown once, revoked."""

from __future__ import annotations

from uuid import UUID

from flask import g, url_for
from flask.typing import ResponseReturnValue

from core.access.forms import TokenForm
from core.access.proof import present_password_problems
from core.access.queries import list_own_rights
from core.access.tokens import MOST, USE_API, create_token, list_tokens, revoke_token
from core.clock import now
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.web import AddonViews, redirect_to, render, toast

_ = translator(__name__)
views = AddonViews(__name__)


@views.get("/account/tokens", permission=USE_API)
def tokens() -> ResponseReturnValue:
    return _page(TokenForm(formdata=None))


@views.post("/account/tokens", permission=USE_API)
def tokens_create() -> ResponseReturnValue:
    """The token stands in this answer and nowhere else, so there is no redirect."""
    form = TokenForm()
    if not form.validate():
        return _page(form), 422
    session = current_session()
    session.rollback()  # the proof has transactions of its own
    try:
        if problems := present_password_problems(g.actor, g.me.user_id, form.old.data):
            raise DomainError(*problems)
        token = create_token(session, name=form.name.data, permissions=form.permissions.data, days=form.days.data)
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _page(form), error.status
    return render("core/token_made.html", token=token, name=form.name.data)


@views.post("/account/tokens/<uuid:id>/revoke", permission=USE_API)
def tokens_revoke(id: UUID) -> ResponseReturnValue:
    name = revoke_token(current_session(), id)
    toast(_("%(name)s is revoked; it opens nothing any more.", name=name))
    return redirect_to(url_for("core.tokens"))


def _page(form: TokenForm) -> str:
    session = current_session()
    return render(
        "core/tokens.html",
        form=form,
        sections=list_own_rights(session, form.permissions.data or (), but=USE_API),
        tokens=list_tokens(session),
        most=MOST,
        moment=now(),
    )
