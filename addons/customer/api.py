"""What other addons may call."""

from __future__ import annotations

from addons.customer.contact import note_contact
from addons.customer.duplicates import Duplicate, DuplicateWarning, find_duplicates
from addons.customer.feedback import address_of, ask_for_feedback
from addons.customer.fields import ContactFields, CustomerFields
from addons.customer.filters import BoughtFilter
from addons.customer.kpi import buyers_of
from addons.customer.models import Customer, seen_with_customer, shown_with_customer
from addons.customer.services import create_customer, enter_customer, set_active, update_customer
from addons.customer.tiers.catalogue import tier_discounts
from addons.customer.tiers.placing import update_tiers_of
from core.phone import format_phone

__all__ = [
    "BoughtFilter",
    "ContactFields",
    "CustomerFields",
    "Duplicate",
    "DuplicateWarning",
    "address_of",
    "ask_for_feedback",
    "buyers_of",
    "create_customer",
    "enter_customer",
    "find_duplicates",
    "merge_variables",
    "note_contact",
    "seen_with_customer",
    "set_active",
    "shown_with_customer",
    "tier_discounts",
    "update_customer",
    "update_tiers_of",
]


def merge_variables(customer: Customer) -> dict[str, str]:
    """The variables that templates of letters and messages may use of a customer (CUS-009); what is unknown is empty.

    ``customer_name`` is the name with its salutation, as the customer is to be addressed.
    """
    return {
        "customer_name": customer.full_name,
        "customer_salutation": customer.salutation or "",
        "customer_code": customer.code,
        "customer_phone": format_phone(customer.phone) if customer.phone else "",
        "customer_email": customer.email or "",
        "customer_address": customer.full_address,
    }
