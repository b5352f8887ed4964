"""Somebody who is signed in proves again who he is: before a change of his password, and before what a borrowed or stolen
browser must not do (``core.web.require_recent_login``).
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from core.access import security_log, throttle
from core.access.codes import use_code
from core.access.models import User
from core.access.passwords import verify_password
from core.db.actor import Actor
from core.db.session import open_session
from core.errors import DomainError, Problem
from core.i18n import translator

_ = translator(__name__)

HERE = "signed in"
"""The place where codes of somebody signed in are counted: what he tries does not lock the log-in."""


def is_proved(actor: Actor, user_id: UUID, password: str, code: str | None = None) -> bool:
    """Whether ``password`` is the present one of ``user_id``, and ``code``, where one is asked, belongs to his second factor.

    Raises TooManyAttempts before anything is compared. The request must hold no transaction.
    """
    counters = [throttle.own_password_counter(user_id)]
    if code is not None:
        counters += throttle.code_counters(user_id, HERE)
    attempt = throttle.take(counters)
    try:
        is_right = _is_right(actor, user_id, password, code)
    except DomainError:
        throttle.give_back(attempt)
        raise
    if is_right:
        throttle.give_back(attempt)
    else:
        security_log.note(actor, "proof_refused", user_id)
    return is_right


def present_password_problems(actor: Actor, user_id: UUID, password: str) -> list[Problem]:
    """What is wrong with the password that somebody gave as his own, at the form field ``old``; see :func:`is_proved`."""
    if is_proved(actor, user_id, password):
        return []
    return [Problem("wrong_password", _("This is not your present password."), "old")]


def _is_right(actor: Actor, user_id: UUID, password: str, code: str | None) -> bool:
    with open_session(actor) as session:
        kept = session.scalar(select(User.password_hash).where(User.id == user_id))
    if not verify_password(kept, password):
        return False
    return code is None or use_code(actor, user_id, code) is not None
