"""What the API says of itself: who asks, and what can be asked."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from core.access.tokens import USE_API
from core.api.guide import sections
from core.api.openapi import document
from core.api.requests import current_caller
from core.api.routes import BASE, answer_json
from core.kernel import current_kernel, current_session
from core.web import SIGNED_IN, AddonViews, render

views = AddonViews(__name__)


@views.get(f"{BASE}/me", permission=SIGNED_IN)
def api_me() -> Response:
    """Whom the token works for and what it may do now: a program's first request."""
    caller, actor = current_caller(), current_session().actor
    return answer_json(
        {
            "token": {"name": caller.token_name, "expires_at": caller.expires_at.isoformat()},
            "user": {"id": str(caller.user_id), "name": caller.user_name},
            "business": caller.tenant_name,
            "permissions": sorted(actor.permissions),
        }
    )


@views.get(f"{BASE}/openapi.json", permission=SIGNED_IN)
def api_openapi() -> Response:
    """What the caller's business can ask, in OpenAPI 3.1."""
    return answer_json(document(current_session()))


@views.get("/account/api", permission=USE_API)
def api_guide() -> ResponseReturnValue:
    """The same for people."""
    base = f"{current_kernel().config.public_url}{BASE}"
    return render("core/api_guide.html", base=base, sections=sections(current_session()))
