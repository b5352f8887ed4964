"""Deals can be shown and passed on with a customer, and are a contact with him."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from addons.customer.contributions import (
    ContactKind,
    Handover,
    HandoverBox,
    ShareBox,
    contact_kinds,
    handover_boxes,
    share_boxes,
)
from addons.customer.models import CustomerContact
from core.contributions import contributes
from core.db import ActorSession
from core.resources.contributions import TabCount, tab_counts

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
