"""What the form of a document shows while it is typed: who has the number, what there is to know of him, and the sums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from addons.customer.models import Customer
from addons.order.buyers import Known, find_by_phone
from addons.order.contributions import EntryNote, entry_warnings
from addons.order.forms import line_fields
from addons.order.lines import PricedLines, price_lines
from core.contributions import contributed
from core.db import ActorSession
from core.errors import DomainError, Problem
from core.phone import parse_phone

FEWEST = 4
"""Digits from which customers are suggested: fewer are the prefix of a network."""

SUGGESTED = 6


@dataclass(frozen=True, slots=True)
class BuyerView:
    """Who orders. ``known`` has the number, ``customer`` is he where the actor may see him; ``suggested`` begin with it."""

    phone: str | None
    known: Known | None
    customer: Customer | None
    suggested: Sequence[Customer]
    notes: Sequence[EntryNote]


def read_buyer(session: ActorSession, typed: str) -> BuyerView:
    """What is known of the number that was typed so far."""
    phone = _whole(typed)
    if phone is None:
        return BuyerView(None, None, None, suggest(session, typed), ())
    known = find_by_phone(session, phone)
    customer = session.find(Customer, known.id) if known is not None and known.is_seen else None
    asked = (each.find(session, phone, known.id if known else None) for each in contributed(entry_warnings))
    return BuyerView(phone, known, customer, (), [note for note in asked if note is not None])


def suggest(session: ActorSession, typed: str) -> Sequence[Customer]:
    """Active customers whose number begins as it was typed (BOO-16, BOO-17), those entered last first."""
    digits = re.sub(r"\D", "", typed)
    if len(digits) < FEWEST:
        return ()
    national = digits.removeprefix("84") if typed.strip().startswith("+") else digits.removeprefix("0")
    query = select(Customer).where(Customer.phone.startswith(f"+84{national}"), Customer.is_active)
    return session.scalars(query.order_by(Customer.id.desc()).limit(SUGGESTED)).all()


def read_sums(session: ActorSession, form: Any) -> tuple[PricedLines, list[Problem]]:
    """The lines of a form that is being typed, priced for its customer as saving would, and what is wrong with them."""
    problems: list[Problem] = []
    phone = _whole(form.phone.data or "")
    customer_id: UUID | None = form.customer_id.data
    if customer_id is None and phone is not None and (known := find_by_phone(session, phone)) is not None:
        customer_id = known.id
    lines = list(line_fields(form.lines))
    return price_lines(session, customer_id, lines, problems, is_agreed=True), problems


def _whole(typed: str) -> str | None:
    """The number, as soon as it is one."""
    if len(re.sub(r"\D", "", typed)) < 9:
        return None
    try:
        return parse_phone(typed).e164
    except DomainError:
        return None
