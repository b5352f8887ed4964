"""What two customers say, field by field: the same, or a choice between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from addons.customer.models import Customer
from addons.customer.ownership import may_change_owner_of
from core.dates import format_date
from core.db import ActorSession
from core.i18n import translator
from core.phone import format_phone
from core.resources.columns import text_of
from core.resources.custom_fields.definitions import ChoiceLabels, Definition, definitions_of
from core.resources.custom_fields.types import type_of
from core.resources.custom_fields.values import NOTHING, Value, load_values

_ = translator(__name__)

Side = Literal["kept", "merged"]
KEPT: Side = "kept"
MERGED: Side = "merged"


@dataclass(frozen=True, slots=True)
class Field:
    """Columns of a customer that are chosen together; ``text`` tells them."""

    key: str
    label: object
    columns: tuple[str, ...]
    text: Callable[[Customer], str]


def _plain(name: str) -> Callable[[Customer], str]:
    return lambda customer: str(getattr(customer, name) or "")


def _named(name: str) -> Callable[[Customer], str]:
    return lambda customer: entry.name if (entry := getattr(customer, name)) is not None else ""


FIELDS = (
    Field("code", _("Customer code"), ("code",), _plain("code")),
    Field("name", _("Customer name"), ("salutation", "name"), lambda customer: customer.full_name),
    Field(
        "phone",
        _("Phone"),
        ("phone", "phone_raw"),
        lambda customer: format_phone(customer.phone) if customer.phone else "",
    ),
    Field("email", _("E-mail"), ("email",), _plain("email")),
    Field("website", _("Website"), ("website",), _plain("website")),
    Field("tax_code", _("Tax code"), ("tax_code",), _plain("tax_code")),
    Field("address", _("Address"), ("address", "ward", "district", "province"), lambda customer: customer.full_address),
    Field(
        "birthday",
        _("Birthday"),
        ("birthday",),
        lambda customer: format_date(customer.birthday) if customer.birthday else "",
    ),
    Field("note", _("Note"), ("note",), _plain("note")),
    Field("source", _("Source"), ("source_id",), _named("source")),
    Field("relationship", _("Relationship"), ("relationship_id",), _named("relationship")),
    Field("owner", _("Person in charge"), ("owner_id",), _named("owner")),
    Field(
        "referrer",
        _("Referrer"),
        ("referrer_customer_id", "referrer_user_id", "referrer_label"),
        _plain("referrer_label"),
    ),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A field as both customers have it. ``side`` is the one proposed; ``is_open`` says that it can be chosen."""

    key: str
    label: object
    kept: str
    merged: str
    side: Side
    is_open: bool

    @property
    def is_same(self) -> bool:
        return self.kept == self.merged


def list_choices(session: ActorSession, kept: Customer, merged: Customer) -> list[Choice]:
    """Every field that one of the two has; proposed is what the kept one says, and where he says nothing, the other."""
    choices = [
        _choice(field.key, field.label, field.text(kept), field.text(merged), _is_open(session, field.key, kept))
        for field in FIELDS
    ]
    mine, theirs = custom_values(session, kept, merged)
    for definition in definitions_of(session, Customer.__tablename__):
        texts = [_custom_text(definition, values.get(definition.name, NOTHING)) for values in (mine, theirs)]
        choices.append(_choice(definition.name, definition.label, *texts, True))
    return [each for each in choices if each.kept or each.merged]


def custom_values(
    session: ActorSession, kept: Customer, merged: Customer
) -> tuple[Mapping[str, Value], Mapping[str, Value]]:
    """The values of custom fields of both, by name."""
    fields = definitions_of(session, Customer.__tablename__)
    found = load_values(session, Customer, [kept.id, merged.id], fields) if fields else {}
    return found.get(kept.id, {}), found.get(merged.id, {})


def _choice(key: str, label: object, kept: str, merged: str, is_open: bool) -> Choice:
    side = MERGED if merged and not kept and is_open else KEPT
    return Choice(key, label, kept, merged, side, is_open and kept != merged)


def _is_open(session: ActorSession, key: str, kept: Customer) -> bool:
    """What has a right of its own stays as the kept one has it without that right."""
    if key == "owner":
        return may_change_owner_of(session, kept.owner_id)
    return key != "relationship" or session.actor.can("customer.change_relationship")


def _custom_text(field: Definition, value: Value) -> str:
    if value.user:
        return value.user
    kind = type_of(field)
    labels = ChoiceLabels(field.choices) if kind.has_choices else None
    if labels is not None and value.value:
        return labels[value.value]
    return text_of(value.value or None, kind.kind)


def chosen_sides(choices: Sequence[Choice], wanted: Mapping[str, Any]) -> dict[str, Side]:
    """The side of each field: as ``wanted`` where that is open, else as proposed."""
    return {
        each.key: wanted[each.key] if each.is_open and wanted.get(each.key) in (KEPT, MERGED) else each.side
        for each in choices
    }
