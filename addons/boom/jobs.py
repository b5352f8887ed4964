"""Background jobs of boom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from addons.boom import network, person, services
from addons.boom.contributions import order_sources
from addons.boom.counting import RECOUNT, recount
from addons.boom.models import BoomCustomer, BoomLookup, BoomReport, ReportState
from core.clock import now
from core.contributions import contributed
from core.db import ActorSession
from core.i18n import translator
from core.jobs import JobRun, Step, job

_ = translator(__name__)

DECIDE_WITHIN = timedelta(days=15)
"""What Decree 356/2025 gives for finishing an objection (vietnam.md §10)."""

LOOKUPS_KEPT = timedelta(days=400)
"""Who asked the network: for a year and a little."""


BATCH = 200
"""Customers that are counted in a step."""


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


@job(RECOUNT, title=_("Count the orders of customers anew"), as_system=True)
def recount_customers(run: JobRun, *, ids: list[str] | None = None) -> Iterator[Step]:
    """Count these customers anew; every night, and without ``ids``, all who have parcels or numbers."""
    if ids is not None:
        recount(run.session, [UUID(id) for id in ids])
        yield Step(len(ids))
        return
    done, after = run.cursor or (0, None)
    while batch := _next_customers(run.session, UUID(after) if after else None):
        recount(run.session, batch)
        run.session.expunge_all()
        done, after = done + len(batch), str(batch[-1])
        run.result = {"message": str(_.n("1 customer counted", "%(n)s customers counted", done))}
        yield Step(done, cursor=[done, after])


def _next_customers(session: ActorSession, after: UUID | None) -> list[UUID]:
    """The next ones, by their ids."""
    query = select(BoomCustomer.customer_id).order_by(BoomCustomer.customer_id).limit(BATCH)
    found = set(session.scalars(query.where(BoomCustomer.customer_id > after) if after else query))
    for source in contributed(order_sources, session=session):
        found |= set(source.list_customers(session, after, BATCH))
    return sorted(found)[:BATCH]
