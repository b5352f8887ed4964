"""When a customer was last in contact, and who is forgotten (Đừng quên, CUS-057).

The latest time of every kind is kept, whether or not it counts, so that a business that changes what counts loses nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from addons.customer.contributions import ContactKind, contact_kinds
from addons.customer.models import Customer, CustomerContactTime, CustomerRelationship
from core.clock import local_today, local_zone, now
from core.contributions import contributed
from core.db import ActorSession, system
from core.db.bulk import keep_latest, set_derived
from core.settings import setting

BY_HAND, BY_COMMENT = "customer.by_hand", "customer.comment"
"""The kinds of contact of this addon itself."""


def note_contact(session: ActorSession, customer_id: UUID, kind: str, at: datetime | None = None) -> None:
    """The customer was in contact by ``kind`` (a key of :data:`contact_kinds`) at the moment ``at``, by default now.

    Times may come in any order, the latest counts; one to come counts as now. Whether the actor sees the customer is not
    asked: a call is a fact. ValueError for a kind that no addon which is on contributes.
    """
    kinds = {each.key: each for each in contributed(contact_kinds, session=session)}
    if kind not in kinds:
        raise ValueError(f"nobody contributes the kind of contact {kind!r}")
    moment = min(at or now(), now())
    with system(session) as all_seeing:
        keep_latest(all_seeing, CustomerContactTime, {"customer_id": customer_id, "kind": kind}, "at", moment)
        if _counts(kinds[kind], session):
            earlier = or_(Customer.last_contact_at.is_(None), Customer.last_contact_at < moment)
            set_derived(all_seeing, Customer, {"last_contact_at": moment}, Customer.id == customer_id, earlier)


def reckon_contacts(session: ActorSession, ids: list[UUID]) -> None:
    """Set the last contact of these customers anew, from the kinds that count now."""
    counting = [each.key for each in contributed(contact_kinds, session=session) if _counts(each, session)]
    session.execute(select(Customer.id).where(Customer.id.in_(ids)).order_by(Customer.id).with_for_update())
    latest = (
        select(func.max(CustomerContactTime.at))
        .where(CustomerContactTime.customer_id == Customer.id, CustomerContactTime.tenant_id == Customer.tenant_id)
        .where(CustomerContactTime.kind.in_(counting))
        .scalar_subquery()
    )
    differs = Customer.last_contact_at.is_distinct_from(latest)
    set_derived(session, Customer, {"last_contact_at": latest}, Customer.id.in_(ids), differs)


def is_contact_setting(session: ActorSession, key: str) -> bool:
    """Whether the setting ``key`` says what counts as contact."""
    return any(each.setting == key for each in contributed(contact_kinds, session=session))


def forgotten(session: ActorSession) -> ColumnElement[bool]:
    """The criterion of "Don't forget": no contact for strictly more than the set days, in calendar days of Vietnam.

    With 7 days, a contact at any time of the day a week ago is not too old yet, one the day before is. Who was never in contact
    counts from when he was entered. A relationship may have days of its own. Who is not active is left alone.
    """
    since = _since(session)
    never = and_(Customer.last_contact_at.is_(None), Customer.created_at < since)
    return and_(Customer.is_active, or_(Customer.last_contact_at < since, never))


def _since(session: ActorSession) -> Any:
    """The moment from which a contact is in time: of the customer's relationship, where one has days of its own."""
    default = _day_begins(setting("customer.forget_days", session=session))
    own = select(CustomerRelationship.id, CustomerRelationship.forget_days)
    days = session.execute(own.where(CustomerRelationship.forget_days.is_not(None))).all()
    if not days:
        return default
    moment = Customer.created_at.type
    cases = [(Customer.relationship_id == id, literal(_day_begins(number), moment)) for id, number in days]
    return case(*cases, else_=literal(default, moment))


def _day_begins(days_ago: int) -> datetime:
    """The first moment of that day, in UTC."""
    return datetime.combine(local_today() - timedelta(days=days_ago), time.min, local_zone()).astimezone(UTC)


def _counts(kind: ContactKind, session: ActorSession) -> bool:
    return bool(setting(kind.setting, session=session))
