"""The customer data store: how many customers there are, of which relationship, and what waits (CUS-054 to CUS-063).

Only what the actor may see is counted (SYS-06), all of it in one grouped statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, select

from addons.customer.contact import forgotten
from addons.customer.models import Customer, CustomerRelationship
from addons.customer.queries import list_all_entries
from core.clock import local_today, local_zone
from core.db import ActorSession
from core.discussion.reading import count_unread
from core.i18n import translator
from core.periods import Period
from core.settings import setting

_ = translator(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """The customers in one relationship (None: in none); ``share`` is in per cent of all that are counted."""

    relationship_id: UUID | None
    name: str
    tone: str
    count: int
    share: Decimal


@dataclass(frozen=True, slots=True)
class Store:
    """Exact numbers; those of ``parts`` add up to ``total``. ``unread`` are comments on them, not customers
    (CUS-056); ``days`` are those after which a customer is forgotten, None where relationships have days of their own."""

    total: int
    unread: int
    forgotten: int
    days: int | None
    parts: tuple[Part, ...]


def read_store(session: ActorSession, *, mine: bool = False) -> Store:
    """Count the customers that the actor sees, or with ``mine`` those he is in charge of."""
    late = func.sum(case((forgotten(session), 1), else_=0))
    query = select(Customer.relationship_id, func.count(Customer.id), late).group_by(Customer.relationship_id)
    if mine:
        query = query.where(Customer.owner_id == session.actor.user_id)
    rows = session.execute(query).all()
    total = sum(row[1] for row in rows)
    counts = {row[0]: row[1] for row in rows}
    entries = list_all_entries(session, CustomerRelationship)
    own_days = any(entry.forget_days is not None for entry in entries)
    days = None if own_days else setting("customer.forget_days", session=session)
    unread = count_unread(session, Customer)
    return Store(total, unread, sum(row[2] for row in rows), days, tuple(_parts(entries, counts, total)))


def share_of(count: int, total: int) -> Decimal:
    """``count`` of ``total`` in per cent, to one decimal, half up; 0 of nothing (CUS-059).

    Each share is rounded by itself: three equal parts are 33.3 each, though they are all there is.
    """
    return Decimal((2000 * count + total) // (2 * total)) / 10 if total else Decimal(0)


def _parts(entries: Sequence[CustomerRelationship], counts: dict[UUID | None, int], total: int) -> Iterator[Part]:
    """Every relationship that is offered, those no longer offered that customers still have, and customers without."""
    for entry in entries:
        count = counts.get(entry.id, 0)
        if count or entry.is_active:
            yield Part(entry.id, entry.name, entry.tone, count, share_of(count, total))
    if count := counts.get(None, 0):
        yield Part(None, str(_("Without relationship")), "grey", count, share_of(count, total))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one: comments that one has not read, and whom one is in charge of and has forgotten: (id, name, last
    contact) of the longest forgotten."""

    unread: int
    customers: Sequence[Any]
    has_more: bool


SHOWN_WAITING = 5
"""Names on the start page; the list has the rest."""


def read_waiting(session: ActorSession) -> Waiting:
    """The customers of the actor that stand under "Don't forget", those never contacted last."""
    query = select(Customer.id, Customer.name, Customer.last_contact_at)
    mine = query.where(Customer.owner_id == session.actor.user_id, forgotten(session))
    never = Customer.last_contact_at.is_(None)
    rows = session.execute(
        mine.order_by(never, Customer.last_contact_at, Customer.created_at).limit(SHOWN_WAITING + 1)
    ).all()
    return Waiting(count_unread(session, Customer), rows[:SHOWN_WAITING], len(rows) > SHOWN_WAITING)


MONTHS = 6
"""Columns of the chart on the start page, the present month last."""

TALLEST = 90
"""Height of the tallest column, in units of the picture."""


@dataclass(frozen=True, slots=True)
class Month:
    """A column of the chart: the actor's customers who were entered in the month; ``height`` in units of the picture."""

    first: date
    last: date
    count: int
    height: int


def read_months(session: ActorSession) -> list[Month]:
    """How many of the customers that the actor is in charge of were entered in each of the last months; one statement."""
    first, spans = local_today().replace(day=1), []
    for _month in range(MONTHS):
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        spans.append(Period(first, last))
        first = (first - timedelta(days=1)).replace(day=1)
    bounds = [span.bounds_utc(local_zone()) for span in reversed(spans)]
    moment = Customer.created_at
    counts = [func.sum(case((and_(moment >= start, moment < end), 1), else_=0)) for start, end in bounds]
    mine = Customer.owner_id == session.actor.user_id
    found = [int(count or 0) for count in session.execute(select(*counts).where(mine, moment >= bounds[0][0])).one()]
    most = max(found) or 1
    return [
        Month(span.start, span.end, count, round(TALLEST * count / most))
        for span, count in zip(reversed(spans), found, strict=True)
    ]
