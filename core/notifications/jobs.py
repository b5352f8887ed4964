"""Keeping the table of notices small."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete, select

from core.clock import now
from core.db.ids import first_id_of
from core.i18n import translator
from core.jobs.declarations import job
from core.jobs.execution import JobRun, Step
from core.notifications.models import Notification

_ = translator(__name__)

KEPT = timedelta(days=180)
BATCH = 1_000


@job("core.purge_notifications", title=_("Clear old notifications"), as_system=True)
def purge_notifications(run: JobRun) -> Iterator[Step]:
    """Delete the notices older than :data:`KEPT`, read or not."""
    oldest_kept = first_id_of(now() - KEPT)
    done = 0
    while ids := run.session.scalars(select(Notification.id).where(Notification.id < oldest_kept).limit(BATCH)).all():
        run.session.execute(
            delete(Notification).where(Notification.id.in_(ids)), execution_options={"synchronize_session": False}
        )
        done += len(ids)
        yield Step(done)
