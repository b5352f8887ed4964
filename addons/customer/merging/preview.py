"""What a merge would do, before it is done: both side by side, what is united, what moves, and what stands against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from addons.customer.merging.sides import Choice, list_choices
from addons.customer.models import Customer, CustomerShare
from addons.customer.queries import list_contacts, list_groups_of
from core.access.models import User
from core.audit.kinds import all_kinds
from core.db import ActorSession
from core.db.references import count_references, fixed_references
from core.i18n import translator
from core.phone import format_phone

_ = translator(__name__)

TOLD_APART = frozenset({
    "customer_contact", "customer_group_member", "customer_share", "customer_contact_time", "core_reading",
})  # fmt: skip
"""Tables whose rows are united, and shown as such."""

NAMED = {
    "core_comment": _("Exchanges"),
    "core_attachment": _("Documents"),
    "core_message": _("Messages"),
    "customer": _("Customers whom he referred"),
}
"""What rows of these tables are called here; others by their kind."""


@dataclass(frozen=True, slots=True)
class Preview:
    """``united`` and ``moving`` are pairs of a label and what or how many; ``blocked`` names what forbids it."""

    kept: Customer
    merged: Customer
    choices: Sequence[Choice]
    united: Sequence[tuple[object, str]]
    moving: Sequence[tuple[object, int]]
    blocked: Sequence[str]


def read_preview(session: ActorSession, kept: Customer, merged: Customer) -> Preview:
    """What would come of merging ``merged`` into ``kept``."""
    entity = Customer.__tablename__
    return Preview(
        kept,
        merged,
        list_choices(session, kept, merged),
        _united(session, kept, merged),
        _moving(count_references(session, entity, merged.id)),
        [_name_of(table) for table in fixed_references(session, entity, merged.id)],
    )


def _united(session: ActorSession, kept: Customer, merged: Customer) -> list[tuple[object, str]]:
    both = (kept, merged)
    phones = [phone for each in both for phone in (each.phone, each.phone2) if phone]
    found: list[tuple[object, list[str]]] = [
        (_("Telephone numbers"), [format_phone(phone) for phone in phones]),
        (_("E-mails"), [each.email for each in both if each.email]),
        (_("Contacts"), [contact.name for each in both for contact in list_contacts(session, each.id)]),
        (_("Groups"), [group.name for each in both for group in list_groups_of(session, each.id)]),
        (_("Shared with"), _shared_with(session, [kept.id, merged.id])),
    ]
    return [(label, ", ".join(dict.fromkeys(texts))) for label, texts in found if texts]


def _shared_with(session: ActorSession, ids: Sequence[UUID]) -> list[str]:
    shares = select(CustomerShare.user_id).where(CustomerShare.customer_id.in_(ids))
    return list(session.scalars(select(User.name).where(User.id.in_(shares)).order_by(User.sort_name)))


def _moving(counts: dict[str, int]) -> list[tuple[object, int]]:
    """By kind; what nobody has a name for is counted together."""
    told: list[tuple[object, int]] = []
    others = 0
    for table, number in counts.items():
        if table in TOLD_APART:
            continue
        if table in NAMED or table in all_kinds():
            told.append((_name_of(table), number))
        else:
            others += number
    return [*told, (_("Other links"), others)] if others else told


def _name_of(table: str) -> str:
    if table in NAMED:
        return str(NAMED[table])
    kind = all_kinds().get(table)
    name = str(kind.resource.title if kind and kind.resource else kind.one if kind else table)
    return name[:1].upper() + name[1:]
