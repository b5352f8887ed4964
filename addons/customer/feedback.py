"""What customers say of us: stars and a text, on a page that a signed link opens (CUS-052).

A link is answered once and for all: staff, who have it too, cannot write over what the customer said. It ends after some days
by a setting, and before when it is withdrawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, func, select

from addons.customer.models import CUSTOMERS_PATH, Customer, CustomerFeedback
from core.access.throttle import Counter, digest, network_of
from core.clock import now
from core.db import ActorSession
from core.errors import Conflict, DomainError, Forbidden, Problem
from core.i18n import translator
from core.kernel import current_kernel
from core.notifications import notify
from core.settings import setting
from core.signing import read_ids, sign_ids
from core.tenancy.addons import enabled_addons
from core.tenancy.models import Tenant
from core.text import clean

_ = translator(__name__)

PURPOSE = "customer.feedback"
PATH = "/customer/feedback/"
STARS = range(1, 6)
MAX_LENGTH = 2_000
"""Characters of an answer."""


ANSWERS = 20
"""Answers that are taken from one network within ten minutes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody who opens a link is asked. ``stars`` is None until he has answered."""

    id: UUID
    business: str
    about: str
    stars: int | None


def ask_for_feedback(session: ActorSession, customer: Customer, *, about: str = "") -> CustomerFeedback:
    """Make a link by which ``customer`` can say how satisfied he is; ``about`` names an order or a ticket.

    Needs ``customer.edit``: Forbidden. Its address is :func:`address_of`.
    """
    if not session.actor.can("customer.edit"):
        raise Forbidden.of("forbidden", _("You may not edit customers."))
    about = " ".join(clean(about).split())
    if len(about) > 200:
        raise DomainError.of("too_long", _("This is too long: at most %(n)s characters.", n=200), "about")
    days: int = setting("customer.feedback_days", session=session)
    asked = CustomerFeedback(customer_id=customer.id, about=about, expires_at=now() + timedelta(days=days))
    session.add(asked)
    session.flush()
    return asked


def address_of(feedback: CustomerFeedback) -> str:
    """The link's address. It begins with BANYAN_BASE_URL."""
    return f"{current_kernel().config.public_url}{PATH}{sign_ids(PURPOSE, feedback.tenant_id, feedback.id)}"


def withdraw_link(session: ActorSession, feedback: CustomerFeedback) -> None:
    """End a link that nobody has answered. Conflict for one that was: an answer stays."""
    if not session.actor.can("customer.edit"):
        raise Forbidden.of("forbidden", _("You may not edit customers."))
    if feedback.answered_at is not None:
        raise Conflict.of("answered", _("The customer has answered already."))
    session.delete(feedback)
    session.flush()


def ids_of_link(value: str) -> tuple[UUID, UUID] | None:
    """Tenant and row of a link's last part; None for what was not signed here."""
    ids = read_ids(PURPOSE, value)
    return (ids[0], ids[1]) if len(ids) == 2 else None


def answers_counter(address: str) -> Counter:
    """What is counted of the public page: answers from an address."""
    return Counter(digest("feedback", network_of(address)), ANSWERS)


def find_asked(session: ActorSession, id: UUID) -> Asked | None:
    """What the link asks; None where it has ended, the customer is deleted, or the application is off.

    ``session`` works for the system of the link's tenant.
    """
    business = session.scalar(select(Tenant.name).where(Tenant.id == session.tenant_id, Tenant.is_active))
    if business is None or "customer" not in enabled_addons(session):
        return None
    query = (
        select(CustomerFeedback.id, CustomerFeedback.about, CustomerFeedback.stars)
        .join(Customer, Customer.id == CustomerFeedback.customer_id)
        .where(CustomerFeedback.id == id, CustomerFeedback.expires_at > now())
    )
    row = session.execute(query).first()
    return Asked(row.id, business, row.about, row.stars) if row else None


def give_feedback(session: ActorSession, id: UUID, *, stars: int | None, body: str) -> None:
    """Keep the customer's answer, once, and tell the person in charge. ``session`` works for the system.

    DomainError: no stars, too long a text. Conflict when it was answered before.
    """
    body = clean(body, multiline=True)
    problems = []
    if stars not in STARS:
        problems.append(Problem("required", _("Choose one to five stars."), "stars"))
    if len(body) > MAX_LENGTH:
        problems.append(Problem("too_long", _("At most %(n)s characters.", n=MAX_LENGTH), "body"))
    if problems:
        raise DomainError(*problems)
    feedback = session.need(CustomerFeedback, id, lock=True)  # of two answers at once the second finds the first
    if feedback.answered_at is not None:
        raise Conflict.of("answered", _("You have answered already. Thank you."))
    feedback.stars, feedback.body, feedback.answered_at = stars, body, now()
    session.flush()
    customer = session.need(Customer, feedback.customer_id)
    if customer.owner_id is not None:
        title = _("%(customer)s gave %(n)s of 5 stars", customer=customer.full_name, n=stars)
        url = f"{CUSTOMERS_PATH}/{customer.id}?tab=feedback"
        notify(session, [customer.owner_id], kind="customer.feedback", title=title, body=body[:200], url=url)


def list_feedback(session: ActorSession, customer_id: UUID) -> Sequence[CustomerFeedback]:
    """The customer's answers, the newest first."""
    answered = CustomerFeedback.answered_at.is_not(None)
    query = select(CustomerFeedback).where(CustomerFeedback.customer_id == customer_id, answered)
    return session.scalars(query.order_by(CustomerFeedback.answered_at.desc())).all()


def list_open_links(session: ActorSession, customer_id: UUID) -> Sequence[tuple[CustomerFeedback, str]]:
    """Links that can still be answered, each with its address, the newest first."""
    query = select(CustomerFeedback).where(CustomerFeedback.customer_id == customer_id)
    query = query.where(CustomerFeedback.answered_at.is_(None), CustomerFeedback.expires_at > now())
    return [(each, address_of(each)) for each in session.scalars(query.order_by(CustomerFeedback.id.desc()))]


def count_feedback(session: ActorSession, customer: Customer) -> Select[int]:
    """How many answers the customer has given."""
    answered = CustomerFeedback.answered_at.is_not(None)
    return select(func.count(CustomerFeedback.id)).where(CustomerFeedback.customer_id == customer.id, answered)
