"""Somebody who is signed in proves again who he is: before a change of his password, and before what a borrowed or stolen
browser must not do.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from core.access import throttle
from core.access.models import User
from core.access.passwords import verify_password
from core.db.actor import Actor
from core.db.session import open_session
from core.errors import DomainError, Problem
from core.i18n import translator

_ = translator(__name__)


def present_password_problems(actor: Actor, user_id: UUID, password: str) -> list[Problem]:
    """What is wrong with the password that the user ``user_id`` gave as his own, at the field ``old``.

    Raises TooManyAttempts before anything is hashed. The request must hold no transaction.
    """
    attempt = throttle.take([throttle.own_password_counter(user_id)])
    with open_session(actor) as session:
        kept = session.scalar(select(User.password_hash).where(User.id == user_id))
    try:
        is_right = verify_password(kept, password)
    except DomainError:
        throttle.give_back(attempt)
        raise
    if not is_right:
        return [Problem("wrong_password", _("This is not your present password."), "old")]
    throttle.give_back(attempt)
    return []
