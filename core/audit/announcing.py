"""Before the commit, the changes that were recorded are told to whoever wants to act on them, once for all of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from core.audit.events import Change, ChangesRecorded
from core.audit.recording import RECORDED
from core.db.session import ActorSession
from core.events import emit


@event.listens_for(ActorSession, "before_commit")
def _announce(session: ActorSession) -> None:
    if session.in_nested_transaction() or session.bind is not None:
        return  # a savepoint, or the inner session of system(): the outer commit counts
    session.flush()
    recorded: list[Any] = session.info.get("after_commit", {}).pop(RECORDED, [])
    if recorded:
        emit(session, ChangesRecorded(tuple(Change(*each) for each in recorded)))
