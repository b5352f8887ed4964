"""Background jobs of visits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from addons.visits.models import Visit
from sqlalchemy import select

from core.i18n import translator
from core.jobs import JobRun, Step, job

_ = translator(__name__)

BATCH = 200
"""Visits removed at a time: well under the length of a lease, and short on SQLite."""


@job("visits.remove_before", title=_("Remove old visits"))
def remove_before(run: JobRun, *, day: str) -> Iterator[Step]:
    """Move the visits before ``day`` (ISO) that the asking user may see to the recycle bin."""
    done: int = run.cursor or 0
    old = select(Visit).where(Visit.visited_on < date.fromisoformat(day)).order_by(Visit.id).limit(BATCH)
    while visits := run.session.scalars(old).all():
        for visit in visits:
            run.session.delete(visit)
        done += len(visits)
        run.result = {"message": str(_.n("1 visit removed", "%(n)s visits removed", done))}
        yield Step(done, cursor=done)
