"""Addresses that outside systems call: ``[[webhooks]]`` of a manifest, answered by a function of the addon's ``views``.

The address ends in a token that nobody can make up; it names the tenant and a row of the addon's, so that an address can be
given up and another one made. The kernel finds the tenant, reads no more than :data:`BODY_LIMIT`, opens a session of the
tenant's system and commits; only then it answers 200. Who calls, the function proves itself, by a secret in the call.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Request, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.clock import use_zone
from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.errors import DomainError, Forbidden, NotFound
from core.kernel import current_kernel
from core.signing import read_ids, sign_ids
from core.tenancy.addons import enabled_addons
from core.tenancy.models import Tenant

BODY_LIMIT = 64 * 1024
"""Bytes of a call: carriers and banks send a few hundred."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """One call: the session of the tenant's system, the row that the address names, and what was sent, raw."""

    session: ActorSession
    key_id: UUID
    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]

    def prove(self, given: str, secret: str) -> None:
        """Refuse a call (Forbidden) whose secret is another one; the comparison takes the same time however wrong it is."""
        if not secret or not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            raise Forbidden.of("not_proved", "The secret is wrong.")


Receiver = Callable[[WebhookCall], None]


def webhook_address(endpoint: str, tenant_id: UUID, key_id: UUID) -> str:
    """The address of the webhook ``endpoint`` (``addon.name``) for a tenant. ``key_id`` is a row of the addon's."""
    path = next(each.path for each in current_kernel().registry.webhooks if each.endpoint == endpoint)
    return f"{current_kernel().config.public_url}{path}/{sign_ids(f'webhook {endpoint}', tenant_id, key_id)}"


def receiving(endpoint: str, receiver: Receiver) -> Callable[..., ResponseReturnValue]:
    """The view of a webhook."""

    def view(token: str) -> ResponseReturnValue:
        ids = read_ids(f"webhook {endpoint}", token)
        try:
            if len(ids) != 2:
                raise NotFound.of("not_found", "There is no such address.")
            _receive(endpoint, receiver, *ids)
        except DomainError as refused:
            log.info("webhook %s refused: %s", endpoint, refused.problems[0].code)
            return {"error": refused.problems[0].code}, refused.status
        return {"ok": True}, 200

    return view


def _receive(endpoint: str, receiver: Receiver, tenant_id: UUID, key_id: UUID) -> None:
    request.max_content_length = BODY_LIMIT
    sent = _sent(request)
    with open_session(Actor.system(tenant_id)) as session:
        zone = session.scalar(select(Tenant.time_zone).where(Tenant.id == tenant_id, Tenant.is_active))
        if zone is None or endpoint.partition(".")[0] not in enabled_addons(session):
            raise NotFound.of("not_found", "There is no such address.")
        with use_zone(zone):
            receiver(WebhookCall(session, key_id, **sent))


def _sent(request: Request) -> dict[str, Any]:
    """What was sent: the body as it came, and its fields where it is a form."""
    body = request.get_data(cache=True, parse_form_data=False)
    return {"body": body, "headers": request.headers, "query": request.args, "form": request.form}
