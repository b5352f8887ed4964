"""Deals can be shown and passed on with a customer, and are a contact with him."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from addons.deals.models import Deal
from sqlalchemy import func, select

from addons.customer.api import BoughtFilter
from addons.customer.contributions import (
    ContactKind,
    Handover,
    HandoverBox,
    KpiFigure,
    KpiRow,
    Sales,
    ShareBox,
    contact_kinds,
    handover_boxes,
    kpi_figures,
    kpi_rows,
    sales,
    share_boxes,
)
from addons.customer.models import CustomerContact
from core.contributions import contributes
from core.db import ActorSession
from core.periods import Period
from core.resources.contributions import ListExtension, TabCount, list_extensions, tab_counts

PASSED_ON: list[Handover] = []


def pass_on(session: ActorSession, handovers: Sequence[Handover]) -> None:
    PASSED_ON.extend(handovers)


@contributes(share_boxes)
def deals_to_share() -> ShareBox:
    return ShareBox("deals", "Deals")


@contributes(handover_boxes)
def deals_to_pass_on() -> HandoverBox:
    return HandoverBox("deals", "Old deals", pass_on)


@contributes(contact_kinds)
def a_deal_is_a_contact() -> ContactKind:
    return ContactKind("deals.deal", "deals.deal_is_contact")


@contributes(tab_counts)
def deals_on_the_tab() -> TabCount:
    """As many as the customer has contacts."""
    contacts = select(func.count(CustomerContact.id))
    return TabCount("deals.of_customer", lambda id: contacts.where(CustomerContact.customer_id == id))


VALID = (("f.cancelled", "0"),)
SALES = Sales("deals.deals", "sold", "seller", "source", "bought", Deal.amount, Deal.customer_id, VALID)


@contributes(kpi_rows)
def rows() -> list[KpiRow]:
    deals = ("deals.deals", "sold", "seller", VALID)
    return [
        KpiRow("deals.sold", "orders", "Deals", "Deals that were not cancelled.", *deals, split="kind"),
        KpiRow("deals.revenue", "revenue", "Revenue of deals", "Their amounts.", *deals, amount=Deal.amount),
    ]


def deals_per_buyer(session: ActorSession, period: Period, who: Any) -> Decimal | None:
    start, end = period.bounds_utc()
    counts = select(func.count(Deal.id), func.count(Deal.customer_id.distinct()))
    found = session.execute(counts.where(Deal.sold_at >= start, Deal.sold_at < end, Deal.is_cancelled.is_(False))).one()
    return Decimal(found[0]) / found[1] if found[1] else None


@contributes(kpi_figures)
def figures() -> KpiFigure:
    return KpiFigure("deals.each", "orders", "Deals per buyer", "Deals by distinct buyers.", deals_per_buyer)


@contributes(sales)
def deals_are_sales() -> Sales:
    return SALES


@contributes(list_extensions)
def buyers() -> ListExtension:
    return ListExtension("customer.customers", filters=(BoughtFilter("bought", "Bought", sales=SALES),))
