"""What an invited user, or one who has forgotten his password, gets to see: the page that a link leads to.

Looking does not use the link up: messengers fetch an address before its reader does.
"""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.access.forms import ChoosePasswordForm
from core.access.services import use_password_link
from core.access.services.password_links import LinkOwner, find_link_owner, tenant_of_link
from core.db.actor import Actor
from core.db.session import open_session
from core.errors import DomainError, NotFound
from core.i18n import translator
from core.kernel import current_session
from core.web import AddonViews, redirect_to, render, toast

_ = translator(__name__)
views = AddonViews(__name__)

REASON = "whoever holds the link chooses a password"


@views.get("/password/<value>", public=REASON)
def password_link(value: str) -> ResponseReturnValue:
    owner = _owner(value)
    return _page(owner, ChoosePasswordForm(formdata=None)), 200 if owner else 404


@views.post("/password/<value>", public=REASON)
def password_link_use(value: str) -> ResponseReturnValue:
    owner, form = _owner(value), ChoosePasswordForm()
    if owner is None:
        return _page(None, form), 404
    if not form.validate():
        return _page(owner, form), 422
    try:
        with open_session(owner.actor) as session:  # whose change it is, in a transaction of its own
            use_password_link(session, owner.user_id, value, form.new.data)
    except NotFound:
        return _page(None, form), 404
    except DomainError as error:
        form.refuse(error)
        return _page(owner, form), error.status
    toast(_("The password is set. Sign in with it."))
    return redirect_to(url_for("core.login"))


def _owner(value: str) -> LinkOwner | None:
    """Read by the system of the link's tenant, whoever is signed in at this browser."""
    current_session().rollback()
    tenant_id = tenant_of_link(value)
    if tenant_id is None:
        return None
    with open_session(Actor.system(tenant_id)) as session:
        return find_link_owner(session, value)


def _page(owner: LinkOwner | None, form: ChoosePasswordForm) -> str:
    return render("core/choose_password.html", owner=owner, form=form, action=request.path)
