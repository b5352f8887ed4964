"""What a caller may say about a customer: forms, imports and the API hand over the same fields."""

from __future__ import annotations

from datetime import date
from typing import TypedDict
from uuid import UUID


class ContactFields(TypedDict, total=False):
    """One contact (CUS-015). ``id`` names an existing one; ``phone`` is as it was typed."""

    id: UUID | None
    name: str
    position: str | None
    phone: str | None
    email: str | None
    birthday: date | None
    note: str | None
    is_main: bool


class CustomerFields(TypedDict, total=False):
    """A customer's fields. An absent one stays as it is (or takes its default), an empty one is emptied.

    Phones are as they were typed. The referrer is a customer or a user, never both. ``contacts`` and ``group_ids`` are
    whole lists: what is missing from them is removed.
    """

    code: str | None
    salutation: str | None
    name: str
    phone: str | None
    phone2: str | None
    email: str | None
    website: str | None
    tax_code: str | None
    address: str | None
    ward: str | None
    district: str | None
    province: str | None
    birthday: date | None
    note: str | None
    source_id: UUID | None
    relationship_id: UUID | None
    owner_id: UUID | None
    referrer_customer_id: UUID | None
    referrer_user_id: UUID | None
    group_ids: list[UUID]
    contacts: list[ContactFields]
