"""Background jobs of activities."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from addons.activity import services
from addons.activity.models import Activity, ActivityReminder
from core.clock import now
from core.i18n import translator
from core.jobs import JobRun, Step, job

_ = translator(__name__)

BATCH = 100
"""Reminders sent at a time: well under the length of a lease, and short on SQLite."""


@job("activity.send_reminders", title=_("Remind of appointments and tasks"), as_system=True)
def send_reminders(run: JobRun) -> Iterator[Step]:
    """Send the reminders that are due, each once: it goes in the transaction of its notice.

    What was missed while nothing ran is sent late; not any more where the activity is over by then, or was put off, done,
    cancelled or deleted, which takes the reminder away.
    """
    done: int = run.cursor or 0
    due = select(ActivityReminder).where(ActivityReminder.at <= now()).options(joinedload(ActivityReminder.activity))
    while reminders := run.session.scalars(due.order_by(ActivityReminder.at).limit(BATCH)).all():
        for reminder in reminders:
            activity: Activity | None = reminder.activity
            if activity is not None and activity.is_open and activity.ends_at > now():
                services.remind(run.session, activity)
                done += 1
        sent = [reminder.id for reminder in reminders]
        run.session.execute(delete(ActivityReminder).where(ActivityReminder.id.in_(sent)))
        run.session.expunge_all()
        run.result = {"message": str(_.n("1 reminder sent", "%(n)s reminders sent", done))}
        yield Step(done, cursor=done)
