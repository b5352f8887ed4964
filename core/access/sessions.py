"""Signed-in browsers: rows in the database, so that signing out, locking and changing a password end them at once.

The cookie lives :data:`LONGEST`, and dies earlier after :data:`IDLE` without a request: a working day with its evening
survives, a forgotten browser does not survive the night (ASVS 5.0 §7.3).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, delete, func, select, update

from core.access.models import User, UserSession
from core.access.signing_in import IDLE, LONGEST, cookie_value, hash_token
from core.audit import record
from core.clock import now
from core.db.session import ActorSession
from core.errors import NotFound
from core.i18n import translator

_ = translator(__name__)

TOKEN_BYTES = 32
CODE_WAIT = timedelta(minutes=10)
"""How long the log-in page waits for the second factor."""

SEEN_EVERY = timedelta(minutes=10)
"""How exact ``last_seen_at`` is: a write for every request would be one too many."""


def start_session(
    session: ActorSession, user: User, *, address: str, user_agent: str, awaits_code: bool = False
) -> str:
    """Sign ``user`` in; the value of his cookie, of whose token only the hash is kept. Forgets his expired sessions.

    One that ``awaits_code`` signs nobody in before :func:`complete_session`.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    moment = now()
    session.execute(delete(UserSession).where(UserSession.user_id == user.id, _has_ended(moment)))
    session.add(
        UserSession(
            user_id=user.id,
            token_hash=hash_token(token),
            created_at=moment,
            last_seen_at=moment,
            confirmed_at=moment,
            expires_at=moment + (CODE_WAIT if awaits_code else LONGEST),
            awaits_code=awaits_code,
            user_agent=user_agent[:300],
            address=address[:64],
        )
    )
    return cookie_value(session.tenant_id, token)


def complete_session(session: ActorSession, session_id: UUID) -> str | None:
    """Sign in the browser that awaited its code: another token, and all of a session's time. None where it has ended."""
    moment, token = now(), secrets.token_urlsafe(TOKEN_BYTES)
    waiting = update(UserSession).where(
        UserSession.id == session_id, UserSession.awaits_code, UserSession.expires_at > moment
    )
    done = session.execute(
        waiting.values(
            awaits_code=False,
            token_hash=hash_token(token),
            created_at=moment,
            last_seen_at=moment,
            confirmed_at=moment,
            expires_at=moment + LONGEST,
        ),
        execution_options={"synchronize_session": False},
    )
    return cookie_value(session.tenant_id, token) if cast(CursorResult[Any], done).rowcount == 1 else None


def list_sessions(session: ActorSession, user_id: UUID) -> Sequence[UserSession]:
    """A user's signed-in browsers, the one used last first."""
    query = select(UserSession).where(UserSession.user_id == user_id, ~UserSession.awaits_code, ~_has_ended(now()))
    return session.scalars(query.order_by(UserSession.last_seen_at.desc(), UserSession.id)).all()


def count_sessions(session: ActorSession) -> int:
    """How many browsers are signed in to the business."""
    return session.scalar(select(func.count(UserSession.id)).where(~_has_ended(now()))) or 0


def end_session(session: ActorSession, session_id: UUID) -> None:
    """Sign one of the acting user's browsers out. NotFound for anybody else's."""
    query = select(UserSession).where(UserSession.id == session_id, UserSession.user_id == session.actor.user_id)
    row = session.scalar(query)
    if row is None:
        raise NotFound.of("not_found", _("This browser is signed out already."))
    session.delete(row)
    record(session, "sign_out", entity="core_user", entity_id=row.user_id, changes={"address": [row.address, None]})


def end_sessions(session: ActorSession, user_id: UUID, *, but: UUID | None = None) -> None:
    """Sign ``user_id`` out everywhere, except in the session ``but``."""
    mine = delete(UserSession).where(UserSession.user_id == user_id)
    session.execute(mine if but is None else mine.where(UserSession.id != but))


def renew_session(session: ActorSession, session_id: UUID) -> str:
    """Note that a session's user has proved himself again, and give it another token; the old cookie is worth nothing."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    changed = update(UserSession).where(UserSession.id == session_id, UserSession.user_id == session.actor.user_id)
    session.execute(changed.values(token_hash=hash_token(token), confirmed_at=now()))
    return cookie_value(session.tenant_id, token)


def mark_seen(session: ActorSession, session_id: UUID) -> None:
    """Note that the session is in use."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now()))


def is_stale(last_seen_at: datetime) -> bool:
    """Whether it is time to note a use again."""
    return now() - last_seen_at >= SEEN_EVERY


def _has_ended(moment: datetime) -> ColumnElement[bool]:
    return (UserSession.expires_at <= moment) | (UserSession.last_seen_at <= moment - IDLE)
