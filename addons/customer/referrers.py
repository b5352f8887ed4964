"""Choosing who referred a customer (CUS-003 to CUS-006).

The picker shows all customers of the business, also those the user may not open: the one declared exception to
visibility. It gives name, code and masked phone, and a search that shows hidden ones is put on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select

from addons.customer.models import Customer
from core.access.models import User
from core.audit import record
from core.db import ActorSession, open_session, system
from core.db.search import matches
from core.errors import Problem
from core.i18n import translator
from core.phone import mask_phone
from core.text import clean, fold, like_pattern

_ = translator(__name__)

PAGE = 20
LONGEST_CHAIN = 100
"""Referrers above a referrer that are looked at; a longer chain is taken for sound."""


@dataclass(frozen=True, slots=True)
class Referrer:
    """Somebody who can be chosen. ``value`` is what the form sends: ``customer:<id>`` or ``user:<id>``."""

    value: str
    label: str
    under: str


def find_customer_referrers(session: ActorSession, query: str, *, without: UUID | None = None) -> list[Referrer]:
    """Up to PAGE customers of the tenant whose name has every word of ``query``, or whose code it is (CUS-005).

    Case and marks do not count. ``without`` is the customer that is being edited: nobody refers himself.
    """
    statement = select(Customer.id, Customer.name, Customer.salutation, Customer.code, Customer.phone)
    with system(session) as everything:
        if (found := matches(everything, Customer, query)) is not None:
            words = [Customer.name_key.like(like_pattern(word), escape="\\") for word in fold(query).split()]
            statement = statement.where(found, or_(and_(*words), Customer.code == clean(query).upper()))
        if without:
            statement = statement.where(Customer.id != without)
        rows = everything.execute(statement.order_by(Customer.sort_name, Customer.id).limit(PAGE)).all()
    _record_hidden(session, query, [row.id for row in rows])
    return [
        Referrer(
            f"customer:{row.id}", row.name, " · ".join([row.code, *([mask_phone(row.phone)] if row.phone else [])])
        )
        for row in rows
    ]


def _record_hidden(session: ActorSession, query: str, ids: list[UUID]) -> None:
    """Put on record that customers were named whom the user may not see. In a transaction of its own: searching is a GET."""
    visible = set(session.scalars(select(Customer.id).where(Customer.id.in_(ids)))) if ids else set()
    if hidden := [str(id) for id in ids if id not in visible]:
        with open_session(session.actor) as own:
            record(
                own,
                "search_referrer",
                entity="customer",
                changes={"query": [None, query[:200]], "hidden": [None, hidden]},
            )


def find_user_referrers(session: ActorSession, query: str) -> list[Referrer]:
    """Up to PAGE accounts in use whose name or user name has every word of ``query`` (CUS-006); locked ones are left out."""
    statement = select(User.id, User.name, User.username).where(User.is_active)
    if (found := matches(session, User, query)) is not None:
        statement = statement.where(found)
    rows = session.execute(statement.order_by(User.sort_name, User.id).limit(PAGE))
    return [Referrer(f"user:{row.id}", row.name, row.username) for row in rows]


def referring_customer_label(session: ActorSession, id: UUID, customer_id: UUID | None) -> str | Problem:
    """``Đỗ Mạnh Cường (KH000012)`` for the referrer ``id`` of ``customer_id``; the problem when he cannot be one.

    He must exist, be another customer, and not have been referred by this one, directly or through others.
    """
    with system(session) as everything:
        row = everything.execute(
            select(Customer.name, Customer.code, Customer.referrer_customer_id).where(Customer.id == id)
        ).first()
        if row is None:
            return Problem("unknown_referrer", _("This referrer does not exist any more; choose another."), "referrer")
        if id == customer_id:
            return Problem("refers_himself", _("A customer cannot refer himself."), "referrer")
        if customer_id and _is_above(everything, customer_id, row.referrer_customer_id):
            message = _("%(name)s was referred by this customer, so he cannot be the referrer.", name=row.name)
            return Problem("referrer_cycle", message, "referrer")
    return f"{row.name} ({row.code})"


def _is_above(everything: ActorSession, customer_id: UUID, above: UUID | None) -> bool:
    """Whether ``customer_id`` stands in the chain of referrers that begins with ``above``."""
    for _step in range(LONGEST_CHAIN):
        if above is None or above == customer_id:
            break
        above = everything.scalar(select(Customer.referrer_customer_id).where(Customer.id == above))
    return above == customer_id


def find_referrer_by_code(session: ActorSession, code: str) -> UUID | None:
    """The customer with exactly this code, for browsers without scripts, where the code is typed instead of chosen."""
    with system(session) as everything:
        return everything.scalar(select(Customer.id).where(Customer.code == clean(code).upper()))
