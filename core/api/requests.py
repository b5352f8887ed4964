"""A program's request: everything below ``/api/`` is for whoever brings a token, and answers in JSON whatever happens.

No cookie is read and none is given, so no other site can make a browser ask in somebody's name; there is no CORS either.
"""

from __future__ import annotations

import logging
from typing import cast

from flask import Response, g, request
from sqlalchemy.exc import DBAPIError, TimeoutError

from core.access.tokens import Caller, identify_caller, note_use
from core.api.bodies import MAX_BYTES
from core.api.limits import Rate, TooManyRequests, count_request
from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.errors import Unauthorized
from core.i18n import DEFAULT_LOCALE, LOCALES, translator
from core.kernel import current_session

_ = translator(__name__)
log = logging.getLogger(__name__)

PREFIX = "/api/"
VARY = ("Authorization", "Accept-Language")


def is_api() -> bool:
    """Whether a program asks."""
    return request.path.startswith(PREFIX)


def begin() -> None:
    """The language that the header asks for, and a bound for the body."""
    g.locale = request.accept_languages.best_match(LOCALES, default=DEFAULT_LOCALE)
    request.max_content_length = MAX_BYTES


def identify(session: ActorSession) -> Actor:
    """Count the request, then bind ``session`` to whom its token works for. TooManyRequests, Unauthorized, Forbidden."""
    token = _bearer_token()
    rates = count_request(request.remote_addr or "", token)
    g.rate = rates[-1]
    if g.rate.is_over:
        raise TooManyRequests(g.rate.wait)
    if not token:
        raise Unauthorized.of("no_token", _("Send a token: Authorization: Bearer …"))
    g.caller, actor = identify_caller(session, token)
    return actor


def _bearer_token() -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def current_caller() -> Caller:
    """The program of this request."""
    return cast(Caller, g.caller)


def finish(response: Response) -> None:
    """What is left of the limit, and that the token is in use."""
    rate: Rate | None = g.get("rate")
    if rate is not None:
        response.headers.update(rate.headers())
    caller: Caller | None = g.get("caller")
    if caller is not None and not caller.is_use_noted:
        _note_use(caller)


def _note_use(caller: Caller) -> None:
    """In a transaction of its own: that of a GET cannot write."""
    current_session().rollback()
    try:
        with open_session(Actor.system(g.actor.tenant_id)) as session:
            note_use(session, caller.token_id, request.remote_addr or "")
    except (DBAPIError, TimeoutError):
        log.warning("could not note the use of a token")
