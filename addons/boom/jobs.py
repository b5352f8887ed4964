"""Background jobs of boom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete, select

from addons.boom import network, person, services
from addons.boom.models import BoomLookup, BoomReport, ReportState
from core.clock import now
from core.i18n import translator
from core.jobs import JobRun, Step, job

_ = translator(__name__)

DECIDE_WITHIN = timedelta(days=15)
"""What Decree 356/2025 gives for finishing an objection (vietnam.md §10)."""

LOOKUPS_KEPT = timedelta(days=400)
"""Who asked the network: for a year and a little."""


@job("boom.let_go", title=_("Let go of reports that are too old or undecided"), as_system=True)
def let_go(run: JobRun) -> Iterator[Step]:
    """Delete shared reports that are too old, withdraw disputed ones that nobody decided in time, and forget old look-ups."""
    session = run.session
    done = network.remove_expired(session)
    late = BoomReport.state == ReportState.DISPUTED, BoomReport.disputed_at <= now() - DECIDE_WITHIN
    for report in session.scalars(select(BoomReport).where(*late)).all():
        services.drop_undecided(session, report)
        done += 1
    session.execute(delete(BoomLookup).where(BoomLookup.at <= now() - LOOKUPS_KEPT))
    person.remove_old_codes(session)
    run.result = {"message": str(_.n("1 report let go", "%(n)s reports let go", done))}
    yield Step(done)
