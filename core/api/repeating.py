"""``Idempotency-Key``: a request that a program sends again, because it did not hear the answer, has one effect.

The key is claimed in the transaction of the effect and committed with it: whoever comes second waits for the first, and then
finds its answer, or, where that one failed, an unclaimed key. A refusal has no effect and so is not remembered.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from flask import Response, request
from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.api.bodies import BadRequest
from core.api.models import ApiReply
from core.api.requests import current_caller
from core.clock import now
from core.db.ids import uuid7
from core.db.session import ActorSession
from core.errors import DomainError
from core.i18n import translator

_ = translator(__name__)

KEPT = timedelta(hours=24)
"""How long a key stands for its answer."""

KEY = re.compile(r"[\x21-\x7e]{1,255}")
"""Printable ASCII without spaces: a UUID, or the sender's own number of a document."""

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"


def once(session: ActorSession, body: dict[str, Any], act: Callable[[], Response]) -> Response:
    """The answer of ``act``, or the one that this key of this token got within :data:`KEPT`.

    BadRequest for a malformed key; DomainError (422) where the key was used for something else.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return act()
    if not KEY.fullmatch(key):
        raise BadRequest.of("bad_idempotency_key", _("An idempotency key has 1 to 255 printable characters."))
    asked = _fingerprint(body)
    if not _claim(session, key, asked):
        return _replay(session, key, asked)
    response = act()
    _keep(session, key, response)
    return response


def _fingerprint(body: dict[str, Any]) -> bytes:
    parts = [request.method, request.path, json.dumps(body, sort_keys=True, ensure_ascii=False)]
    return hashlib.sha256("\n".join(parts).encode()).digest()


def _claim(session: ActorSession, key: str, asked: bytes) -> bool:
    """Whether the key is ours. PostgreSQL lets an INSERT wait for the transaction that holds the same key."""
    token_id = current_caller().token_id
    outdated = delete(ApiReply).where(ApiReply.token_id == token_id, ApiReply.key == key)
    session.execute(outdated.where(ApiReply.created_at < now() - KEPT))
    connection = session.connection()
    insert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(ApiReply)
    statement = (
        insert.values(
            tenant_id=session.tenant_id,
            id=uuid7(),
            token_id=token_id,
            key=key,
            fingerprint=asked,
            created_at=now(),
            location="",
            etag="",
            body="",
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "token_id", "key"])
        .returning(cast(Table, ApiReply.__table__).c.id)
    )
    return connection.execute(statement).first() is not None


def _keep(session: ActorSession, key: str, response: Response) -> None:
    mine = update(ApiReply).where(ApiReply.token_id == current_caller().token_id, ApiReply.key == key)
    session.execute(
        mine.values(
            status=response.status_code,
            location=response.headers.get("Location", ""),
            etag=response.headers.get("ETag", ""),
            body=response.get_data(as_text=True),
        ),
        execution_options={"synchronize_session": False},
    )


def _replay(session: ActorSession, key: str, asked: bytes) -> Response:
    query = select(ApiReply.fingerprint, ApiReply.status, ApiReply.location, ApiReply.etag, ApiReply.body)
    row = session.execute(query.where(ApiReply.token_id == current_caller().token_id, ApiReply.key == key)).one()
    if row.fingerprint != asked:
        message = _("This idempotency key was used for another request. Take a new one.")
        raise DomainError.of("idempotency_key_reused", message)
    response = Response(row.body, row.status, content_type="application/json")
    for name, value in (("Location", row.location), ("ETag", row.etag), (REPLAYED, "true")):
        if value:
            response.headers[name] = value
    return response
