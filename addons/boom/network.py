"""What shops tell each other of persons, under the digest of a phone; beside ``person`` nobody else touches those tables.

Nothing is shown to, or taken from, a shop that has not accepted the terms, nor of a person who withdrew his consent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from addons.boom.models import (
    BoomLookup,
    BoomReport,
    BoomTerms,
    NetworkObjection,
    NetworkReport,
    NetworkShop,
    NetworkTally,
    ReportState,
)
from addons.boom.phone_key import PhoneKey, phone_key
from addons.boom.rates import NOTHING, Cause, Counts
from core.clock import now
from core.db import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.settings import setting
from core.tenancy.models import Tenant

_ = translator(__name__)

TERMS_VERSION = 1
"""The version of the terms that this release shows. A shop that accepted another one is asked anew."""

WINDOW = timedelta(minutes=10)
PER_USER = 60
"""Numbers that one user may ask the network about within the window: three times what a busy hour of orders needs."""

DAY = timedelta(days=1)
PER_SHOP_DAY = 2_000
"""Numbers that all users of a shop may ask about within a day."""

MONTH_DAYS = 30


class TooManyLookups(DomainError):
    """The shop or the user has asked about too many numbers (429)."""

    status = 429


@dataclass(frozen=True, slots=True)
class SharedReport:
    """A report of another shop, as it is shown (BOO-07): which shop, when, what."""

    shop: str
    reported_at: datetime
    reason: str
    content: str
    returned_on: date | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network knows of a person: the others' reports, the newest first, and the numbers of all sharing shops."""

    reports: Sequence[SharedReport]
    counts: Counts


NOBODY = Seen((), NOTHING)


def read_shared_counts(session: ActorSession, phone: str) -> Counts | None:
    """The numbers of all sharing shops, for reckoning levels by them; None where this shop does not share. Nobody is shown
    anything by it, so it is not logged.
    """
    key = phone_key(phone)
    if not is_sharing(session) or is_objected(session, key):
        return None
    return read_counts(session, key)


def find_terms(session: ActorSession) -> BoomTerms | None:
    """The acceptance that holds now: of the present version and not withdrawn."""
    newest = session.scalar(select(BoomTerms).order_by(BoomTerms.accepted_at.desc(), BoomTerms.id.desc()).limit(1))
    holds = newest is not None and newest.withdrawn_at is None and newest.terms_version == TERMS_VERSION
    return newest if holds else None


def look_up(session: ActorSession, phones: Collection[str]) -> Seen:
    """What the other shops report of the person with these numbers (E.164), and the numbers of all shops.

    Logged and limited by user and shop, in this transaction; the same number within ten minutes counts once. Nothing without
    terms. TooManyLookups, and nothing is told.
    """
    terms = find_terms(session)
    if terms is None or not phones or session.actor.user_id is None:
        return NOBODY
    session.need(BoomTerms, terms.id, lock=True)  # look-ups of a shop one after the other, so that the limit holds
    seen = {key: _read(session, key) for key in sorted({phone_key(phone) for phone in phones})}
    for key, each in seen.items():
        _log(session, key, len(each.reports))
    reports = sorted((report for each in seen.values() for report in each.reports), key=lambda one: one.reported_at)
    return Seen(tuple(reversed(reports)), sum((each.counts for each in seen.values()), NOTHING))


def _log(session: ActorSession, key: PhoneKey, reports: int) -> None:
    moment, user_id = now(), session.actor.user_id
    mine = BoomLookup.user_id == user_id, BoomLookup.at > moment - WINDOW
    keys = set(session.scalars(select(BoomLookup.phone_key).where(*mine).limit(PER_USER + 1)))
    if key in keys:
        return
    of_day = select(func.count(BoomLookup.id)).where(BoomLookup.at > moment - DAY)
    if len(keys) >= PER_USER or (session.scalar(of_day) or 0) >= PER_SHOP_DAY:
        raise TooManyLookups(
            *DomainError.of(
                "too_many_lookups", _("Too many numbers were looked up. The network answers again in a while.")
            ).problems
        )
    session.add(BoomLookup(user_id=user_id, at=moment, phone_key=key, reports=reports))
    session.flush()


def _read(session: ActorSession, key: PhoneKey) -> Seen:
    if is_objected(session, key):
        return NOBODY
    query = (
        select(NetworkReport, Tenant.name)
        .join(NetworkShop, NetworkShop.shop_id == NetworkReport.shop_id)
        .join(Tenant, Tenant.id == NetworkReport.shop_id)
        .where(NetworkReport.phone_key == key, NetworkReport.shop_id != session.tenant_id, *is_shown())
        .where(Tenant.is_active)
    )
    reports = [
        SharedReport(name, each.reported_at, each.reason, each.content, each.returned_on)
        for each, name in session.execute(query)
    ]
    return Seen(reports, read_counts(session, key))


def is_shown() -> tuple[ColumnElement[bool], ...]:
    """Which shared reports anybody is shown: neither hidden nor too old."""
    return NetworkReport.is_hidden.is_(False), NetworkReport.expires_at > now()


def read_counts(session: ActorSession, key: PhoneKey) -> Counts:
    """The numbers of all sharing shops together."""
    names = ("deliveries", "returns", *(cause.value for cause in Cause))
    sums = [func.coalesce(func.sum(getattr(NetworkTally, name)), 0) for name in names]
    query = (
        select(*sums)
        .join(NetworkShop, NetworkShop.shop_id == NetworkTally.shop_id)
        .join(Tenant, Tenant.id == NetworkTally.shop_id)
    )
    row = session.execute(query.where(NetworkTally.phone_key == key, Tenant.is_active)).one()
    return Counts(int(row[0]), int(row[1]), {cause: int(n) for cause, n in zip(Cause, row[2:], strict=True)})


def is_objected(session: ActorSession, key: PhoneKey) -> bool:
    """Whether the person withdrew his consent."""
    return session.scalar(select(NetworkObjection.phone_key).where(NetworkObjection.phone_key == key)) is not None


def join(session: ActorSession, terms: BoomTerms) -> None:
    """The shop shares from now on, with the reports that it has already."""
    session.add(
        NetworkShop(shop_id=session.tenant_id, terms_version=terms.terms_version, accepted_at=terms.accepted_at)
    )
    session.flush()
    publish_all(session)


def leave(session: ActorSession) -> None:
    """Take everything of the shop out of the network."""
    for model in (NetworkReport, NetworkTally, NetworkShop):
        session.execute(delete(model).where(model.shop_id == session.tenant_id))


def is_sharing(session: ActorSession) -> bool:
    """Whether the shop is in the network."""
    return session.scalar(select(NetworkShop.shop_id).where(NetworkShop.shop_id == session.tenant_id)) is not None


def publish_all(session: ActorSession) -> None:
    """Bring all reports of the shop into the network, or their dates up to date. ``session`` sees all of the shop."""
    for report in session.scalars(select(BoomReport).where(BoomReport.state != ReportState.WITHDRAWN)):
        publish(session, report)


def publish(session: ActorSession, report: BoomReport) -> None:
    """Show a report to the other shops as its state says, if it may be shown at all: a returned order proves it, the shop
    shares, and the person has not withdrawn his consent. Else, take it away.
    """
    key = phone_key(report.phone)
    shared = session.scalar(select(NetworkReport).where(NetworkReport.id == report.id))
    may = report.returned_on is not None and report.state != ReportState.WITHDRAWN
    if not may or not is_sharing(session) or is_objected(session, key):
        if shared is not None:
            session.delete(shared)
    else:
        expires_at = expiry(session, report)
        if shared is None:
            shared = NetworkReport(id=report.id, shop_id=session.tenant_id)
            session.add(shared)
        shared.phone_key, shared.reason, shared.content = key, report.reason, report.content
        shared.returned_on, shared.reported_at = report.returned_on, report.created_at
        shared.expires_at = expires_at
        shared.is_hidden = report.state != ReportState.OPEN
    session.flush()


def expiry(session: ActorSession, report: BoomReport) -> datetime:
    """When the report is too old to count, anywhere (``boom.report_months``)."""
    months: int = setting("boom.report_months", session=session)
    return report.created_at + timedelta(days=MONTH_DAYS * months)


def oldest_that_counts(session: ActorSession) -> datetime:
    """Reports from before are too old."""
    months: int = setting("boom.report_months", session=session)
    return now() - timedelta(days=MONTH_DAYS * months)


def put_tally(session: ActorSession, phone: str, counts: Counts | None) -> None:
    """Tell the network the shop's numbers of a person; None, or no deliveries, takes them away."""
    key = phone_key(phone)
    mine = NetworkTally.phone_key == key, NetworkTally.shop_id == session.tenant_id
    if counts is None or not counts.deliveries or not is_sharing(session) or is_objected(session, key):
        session.execute(delete(NetworkTally).where(*mine))
        return
    values: dict[str, Any] = {"deliveries": counts.deliveries, "returns": counts.returns}
    values |= {cause.value: counts.causes.get(cause, 0) for cause in Cause}
    if session.scalar(select(NetworkTally.shop_id).where(*mine)) is None:
        session.add(NetworkTally(phone_key=key, shop_id=session.tenant_id, **values))
        session.flush()
    else:
        session.execute(update(NetworkTally).where(*mine).values(**values))


def forget(session: ActorSession, key: PhoneKey) -> None:
    """The person withdrew his consent: every shop's reports and numbers of him leave the network, and none come in again."""
    session.execute(delete(NetworkReport).where(NetworkReport.phone_key == key))
    session.execute(delete(NetworkTally).where(NetworkTally.phone_key == key))
    if not is_objected(session, key):
        session.add(NetworkObjection(phone_key=key, objected_at=now()))
        session.flush()


def remove_expired(session: ActorSession) -> int:
    """Delete the shop's shared reports that are too old; how many."""
    gone = NetworkReport.shop_id == session.tenant_id, NetworkReport.expires_at <= now()
    ids = list(session.scalars(select(NetworkReport.id).where(*gone)))
    session.execute(delete(NetworkReport).where(NetworkReport.id.in_(ids)))
    return len(ids)
