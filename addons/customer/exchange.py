"""Customers in workbooks: the columns, and what a row of an import does (SYS-10, CUS-007, CUS-017)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import select

from addons.customer import checking, services
from addons.customer.addresses import split_address
from addons.customer.catalogues import create_entry
from addons.customer.duplicates import DuplicateWarning
from addons.customer.fields import CustomerFields
from addons.customer.known import KnownToBatch
from addons.customer.models import Customer, CustomerContact, CustomerGroup, CustomerRelationship, CustomerSource
from addons.customer.queries import Entry, group_names, list_contacts, list_entries, list_groups_of
from core.access.models import User
from core.db import ActorSession
from core.errors import DomainError, Problem
from core.exchange.fields import ExchangeField, ImportOptions, Lookup
from core.exchange.headers import COMMON_ALIASES
from core.exchange.rows import Value
from core.exchange.values import as_text
from core.i18n import translator
from core.phone import format_phone
from core.text import clean

_ = translator(__name__)

CONTACT_FIELDS = {"contacts-0-name": "contact_name", "contacts-0-phone": "contact_phone"}
"""Where a service's problem with the contact is told."""


def _code(value: Value) -> str:
    return clean(as_text(value)).upper()


def _entries(model: type[Entry]) -> Any:
    return lambda session: [(entry.id, entry.name) for entry in list_entries(session, model)]


def _create(model: type[Entry]) -> Any:
    return lambda session, name: create_entry(session, model, name=name).id


def _people(session: ActorSession) -> list[tuple[Any, ...]]:
    rows = session.execute(select(User.id, User.username, User.name).where(User.is_active))
    return [tuple(row) for row in rows]


def _main_contacts(session: ActorSession, ids: Sequence[UUID]) -> dict[UUID, CustomerContact]:
    query = select(CustomerContact).where(CustomerContact.customer_id.in_(list(ids)))
    rows = session.scalars(query.order_by(CustomerContact.is_main, CustomerContact.sequence.desc()))
    return {contact.customer_id: contact for contact in rows}  # the main one comes last and stays


def _contact_names(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    return {id: contact.name for id, contact in _main_contacts(session, ids).items()}


def _contact_phones(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    return {id: contact.phone for id, contact in _main_contacts(session, ids).items()}


def _catalogue(model: type[Entry], *, several: bool = False) -> Lookup:
    return Lookup(_entries(model), several=several, create=_create(model), permission="customer.manage_catalogues")


FIELDS = (
    ExchangeField(
        "code", _("Customer code"), kind="code", aliases=COMMON_ALIASES["code"], parse=_code, example="KH000001"
    ),
    ExchangeField("salutation", _("Salutation"), aliases=("Danh xưng", "Xưng hô", "Title"), max_length=20),
    ExchangeField(
        "name", _("Customer name"), aliases=COMMON_ALIASES["name"], required=True, example="Nguyễn Thị Ví Dụ"
    ),
    ExchangeField(
        "phone",
        _("Phone"),
        kind="phone",
        aliases=COMMON_ALIASES["phone"],
        distinct="phone",
        example="0912 000 000",
    ),
    ExchangeField(
        "phone2", _("Second phone"), kind="phone", aliases=("Điện thoại 2", "SĐT 2", "Phone 2"), distinct="phone"
    ),
    ExchangeField("email", _("E-mail"), aliases=COMMON_ALIASES["email"], max_length=254, distinct="email"),
    ExchangeField("website", _("Website"), aliases=("Web", "Trang web"), max_length=300),
    ExchangeField("tax_code", _("Tax code"), kind="code", aliases=COMMON_ALIASES["tax_code"], max_length=20),
    ExchangeField("address", _("House number, street"), aliases=COMMON_ALIASES["address"], max_length=300),
    ExchangeField("ward", _("Ward, commune"), aliases=COMMON_ALIASES["ward"], max_length=120),
    ExchangeField("district", _("District"), aliases=COMMON_ALIASES["district"], max_length=120),
    ExchangeField("province", _("Province, city"), aliases=COMMON_ALIASES["province"], max_length=120),
    ExchangeField(
        "source_id",
        _("Source"),
        aliases=("Nguồn", "Nguồn khách hàng", "Source"),
        lookup=_catalogue(CustomerSource),
        path="source.name",
    ),
    ExchangeField(
        "relationship_id",
        _("Relationship"),
        aliases=("Mối quan hệ", "Trạng thái", "Relationship"),
        lookup=_catalogue(CustomerRelationship),
        path="relationship.name",
    ),
    ExchangeField("tier_id", _("Tier"), path="tier.name", imported=False),
    ExchangeField(
        "group_ids",
        _("Groups"),
        aliases=COMMON_ALIASES["group"],
        lookup=_catalogue(CustomerGroup, several=True),
        load=group_names,
    ),
    ExchangeField(
        "owner_id",
        _("Person in charge"),
        aliases=COMMON_ALIASES["owner"],
        lookup=Lookup(_people),
        path="owner.username",
        help=_("User name or name of the account."),
    ),
    ExchangeField("birthday", _("Birthday"), kind="date", aliases=COMMON_ALIASES["birthday"]),
    ExchangeField("note", _("Note"), aliases=COMMON_ALIASES["note"], max_length=10_000, multiline=True),
    ExchangeField(
        "contact_name", _("Contact's name"), aliases=("Người liên hệ", "Liên hệ", "Contact"), load=_contact_names
    ),
    ExchangeField(
        "contact_phone",
        _("Contact's phone"),
        kind="phone",
        aliases=("Điện thoại liên hệ", "SĐT người liên hệ", "Contact phone"),
        load=_contact_phones,
    ),
    ExchangeField("created_at", _("Created"), kind="datetime", imported=False),
)


def load_known(session: ActorSession, rows: Sequence[Mapping[str, Any]]) -> KnownToBatch:
    """Everything that the checks of these rows will ask, in a handful of statements."""
    asked = [{name: row[name] for name in checking.IDENTIFYING if name in row} for row in rows]
    return KnownToBatch(session, [checking.clean_customer(_plain_fields(each), []) for each in asked])


def store_row(
    session: ActorSession, values: Mapping[str, Any], *, existing: Customer | None, options: ImportOptions
) -> Customer:
    """Create a customer of a row, or change ``existing``; the caller flushes. DomainError names the columns.

    Empty cells change nothing. Groups and a contact of the row come to those that the customer has.
    """
    fields: Any = _plain_fields(values)
    try:
        if existing is None:
            _add_contact(fields, values, [])
            return services.add_customer(
                session, options.context, fields, confirm=options.allow_duplicates, is_import=True
            )
        _join_existing(session, existing, fields, values)
        had, known = existing.owner_id, options.context
        services.change_customer(session, known, existing, fields, confirm=options.allow_duplicates)
        if existing.owner_id != had:
            known.given.note(existing, had)
    except DuplicateWarning as warning:
        raise DomainError(*(Problem("duplicate", str(each), each.fields[0]) for each in warning.duplicates)) from None
    except DomainError as refused:
        raise DomainError(*(_at_column(problem) for problem in refused.problems)) from None
    return existing


def _plain_fields(values: Mapping[str, Any]) -> CustomerFields:
    fields = {key: value for key, value in values.items() if key in CustomerFields.__annotations__}
    for phone in ("phone", "phone2"):
        if fields.get(phone):
            fields[phone] = format_phone(fields[phone])
    if fields.get("address") and not any(fields.get(part) for part in ("ward", "district", "province")):
        parts = split_address(str(fields["address"]))
        fields |= asdict(parts) if parts else {}
    return fields  # type: ignore[return-value]  # the keys are those of FIELDS


def _join_existing(session: ActorSession, existing: Customer, fields: Any, values: Mapping[str, Any]) -> None:
    if "group_ids" in fields:
        fields["group_ids"] = [*(group.id for group in list_groups_of(session, existing.id)), *fields["group_ids"]]
    if "contact_name" in values or "contact_phone" in values:
        names = ("id", "name", "position", "phone", "email", "birthday", "note", "is_main")
        present = [{name: getattr(contact, name) for name in names} for contact in list_contacts(session, existing.id)]
        _add_contact(fields, values, present)


def _add_contact(fields: Any, values: Mapping[str, Any], present: list[dict[str, Any]]) -> None:
    name, phone = values.get("contact_name"), values.get("contact_phone")
    if (name or phone) and not any(name == each["name"] for each in present):
        new = {"name": name or "", "phone": phone and format_phone(phone), "is_main": not present}
        fields["contacts"] = [new, *present]


def _at_column(problem: Problem) -> Problem:
    return Problem(problem.code, problem.message, CONTACT_FIELDS.get(problem.field or "", problem.field))
