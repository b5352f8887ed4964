"""What to know of a telephone number while an order is entered (BOO-18, 19, 28, 30): it informs, no more."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from addons.boom import network
from addons.boom.counting import count_of_phone, ids_of_phone, uses_network
from addons.boom.models import BoomReport, ReportState
from addons.boom.network import Seen, SharedReport, TooManyLookups
from addons.boom.queries import name_of_shop
from addons.boom.rates import Advice, Counts, Level, advice_for, level_of
from core.db import ActorSession, open_session, system


@dataclass(frozen=True, slots=True)
class Warning:
    """What the shop knows, beside what all shops know. ``limit`` says why the network was not asked."""

    own: Counts
    own_reports: tuple[SharedReport, ...]
    shares: bool
    network: Seen
    by_network: bool
    limit: str = ""

    @property
    def level(self) -> Level:
        """The level by the numbers that the shop has chosen."""
        return level_of(self.network.counts if self.by_network else self.own)

    @property
    def reports(self) -> int:
        """The bad reports of all shops."""
        return len(self.own_reports) + len(self.network.reports)

    @property
    def advice(self) -> Advice:
        """What to do: by the network's numbers where they are the basis, or where they alone say something."""
        by_own = advice_for(self.own, self.reports)
        by_all = advice_for(self.network.counts, self.reports)
        order = list(Advice)
        return max(by_own, by_all, key=order.index)

    @property
    def is_worth_telling(self) -> bool:
        """Whether anybody is to be warned."""
        return self.advice is not Advice.NOTHING or self.level is not Level.NONE


def read_warning(session: ActorSession, phone: str) -> Warning:
    """What is known of a number (E.164), also of one that only other shops know. For a request that has not written:
    the look-up in the network is logged in a transaction of its own.
    """
    with system(session) as all_seeing:
        own = count_of_phone(all_seeing, phone)
        reports = tuple(_own_reports(all_seeing, phone))
    shares, seen, limit = False, network.NOBODY, ""
    try:
        with open_session(session.actor) as asking:
            shares = network.find_terms(asking) is not None
            seen = network.look_up(asking, [phone])
    except TooManyLookups as refused:
        shares, limit = True, str(refused)
    return Warning(own, reports, shares, seen, shares and not limit and uses_network(session), limit)


def _own_reports(session: ActorSession, phone: str) -> list[SharedReport]:
    rows = session.execute(
        select(BoomReport.created_at, BoomReport.reason, BoomReport.content, BoomReport.returned_on)
        .where(
            BoomReport.customer_id.in_(ids_of_phone(phone)),
            BoomReport.state == ReportState.OPEN,
            BoomReport.created_at > network.oldest_that_counts(session),
        )
        .order_by(BoomReport.created_at.desc())
    ).all()
    name = name_of_shop(session) if rows else ""
    return [SharedReport(name, *row) for row in rows]
