"""What is read of reports and of the terms."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from addons.boom.contributions import ReturnedOrder, order_sources
from addons.boom.models import BoomCustomer, BoomLookup, BoomReport, BoomTerms, ReportState
from addons.boom.network import SharedReport, oldest_that_counts
from addons.customer.models import Customer
from core.contributions import contributed
from core.db import ActorSession
from core.tenancy.models import Tenant

SHOWN_LOOKUPS = 50


def list_returned(session: ActorSession, customer_id: UUID) -> Sequence[ReturnedOrder]:
    """The customer's orders that came back, the newest first: what a report can be proved by."""
    return [
        each
        for source in contributed(order_sources, session=session)
        for each in source.list_returned(session, customer_id)
    ]


def select_counting(session: ActorSession, customer_id: UUID) -> Select[tuple[BoomReport]]:
    """The own shop's reports of a customer that count: neither withdrawn nor disputed nor too old."""
    return select(BoomReport).where(
        BoomReport.customer_id == customer_id,
        BoomReport.state == ReportState.OPEN,
        BoomReport.created_at > oldest_that_counts(session),
    )


def name_of_shop(session: ActorSession) -> str:
    """What the shop is called."""
    return session.scalar(select(Tenant.name).where(Tenant.id == session.tenant_id)) or ""


def list_own(session: ActorSession, customer_id: UUID) -> list[SharedReport]:
    """Those as the history shows them."""
    name = name_of_shop(session)
    rows = session.scalars(select_counting(session, customer_id).order_by(BoomReport.created_at.desc()))
    return [SharedReport(name, each.created_at, each.reason, each.content, each.returned_on) for each in rows]


def list_of_customer(session: ActorSession, customer_id: UUID) -> Sequence[BoomReport]:
    """Every report of the shop on a customer, whatever became of it, the newest first."""
    return session.scalars(
        select(BoomReport).where(BoomReport.customer_id == customer_id).order_by(BoomReport.created_at.desc())
    ).all()


def select_standing(id: UUID) -> Select[int]:
    """How many reports of the shop on a customer stand: the number on the tab."""
    return select(func.count(BoomReport.id)).where(
        BoomReport.customer_id == id, BoomReport.state != ReportState.WITHDRAWN
    )


def phones_of(customer: Customer) -> list[str]:
    """The numbers by which the network knows him."""
    return [phone for phone in (customer.phone, customer.phone2) if phone]


def find_of_customer(session: ActorSession, customer_id: UUID) -> BoomCustomer | None:
    """His numbers; None for who never got a parcel."""
    return session.scalar(select(BoomCustomer).where(BoomCustomer.customer_id == customer_id))


def list_terms(session: ActorSession) -> Sequence[BoomTerms]:
    """Every acceptance and its end, the newest first."""
    query = select(BoomTerms).options(joinedload(BoomTerms.accepted_by), joinedload(BoomTerms.withdrawn_by))
    return session.scalars(query.order_by(BoomTerms.accepted_at.desc(), BoomTerms.id.desc())).all()


def list_lookups(session: ActorSession) -> Sequence[BoomLookup]:
    """Who asked the network last."""
    query = select(BoomLookup).options(joinedload(BoomLookup.user))
    return session.scalars(query.order_by(BoomLookup.at.desc(), BoomLookup.id.desc()).limit(SHOWN_LOOKUPS)).all()
