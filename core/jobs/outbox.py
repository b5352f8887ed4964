"""After the commit the runner is woken; a wake-up that fails costs no more than the interval of the sweep."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import event

from core.db.session import ActorSession
from core.kernel import current_kernel

log = logging.getLogger(__name__)

EXTENSION = "banyan_jobs"
WAITING = "jobs_to_wake"


class Waker(Protocol):
    """Whoever tells a runner that there is work."""

    def wake(self, ids: Sequence[UUID]) -> None:
        """Announce jobs that have just been committed. May fail; must not take long, a user waits for it."""


class NoRunner:
    """For tests and commands: jobs stay where they are until a runner comes."""

    def wake(self, ids: Sequence[UUID]) -> None:
        return


def wake_after_commit(session: ActorSession, id: UUID) -> None:
    """Remember the job until the transaction has committed."""
    session.info.setdefault("after_commit", {}).setdefault(WAITING, []).append(id)


@event.listens_for(ActorSession, "after_commit")
def _wake(session: ActorSession) -> None:
    if session.in_nested_transaction() or session.bind is not None:
        return  # a savepoint, or the inner session of system(): the outer commit counts
    ids = session.info.get("after_commit", {}).pop(WAITING, [])
    if not ids:
        return
    waker: Waker = current_kernel().app.extensions[EXTENSION]
    try:
        waker.wake(ids)
    except Exception:
        log.warning("no runner could be woken for %s job(s); the sweep will find them", len(ids), exc_info=True)
