"""Use cases of the catalogues: sources, relationships, groups and types (SYS-14, CLS-02, CLS-06 to CLS-08)."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from addons.customer.models import (
    TONES,
    CatalogueEntry,
    Customer,
    CustomerGroup,
    CustomerGroupMember,
    CustomerRelationship,
    CustomerSource,
    CustomerType,
)
from addons.customer.names import name_key
from core.db import ActorSession, system
from core.db.session import with_deleted
from core.errors import Conflict, DomainError, Problem
from core.i18n import translator
from core.text import clean

_ = translator(__name__)

Entry = TypeVar("Entry", CustomerSource, CustomerRelationship, CustomerType, CustomerGroup)

USED_BY: dict[type[CatalogueEntry], Any] = {
    CustomerSource: Customer.source_id,
    CustomerRelationship: Customer.relationship_id,
    CustomerGroup: CustomerGroupMember.group_id,
}
"""What points at the entries of each catalogue."""

LAST = 1_000_000
MOST_DAYS = 3650
POSITION_STEP = 10
"""Between two new entries, so that one can be put between them without renumbering."""


def create_entry(
    session: ActorSession,
    model: type[Entry],
    *,
    name: str,
    position: int | None = None,
    is_active: bool = True,
    tone: str = "grey",
    forget_days: int | None = None,
    type_id: UUID | None = None,
) -> Entry:
    """Add an entry at the end, or at ``position``. Its name is unique but for case and spaces (CLS-07)."""
    values = _checked(
        session, model, None, name=name, position=position, tone=tone, forget_days=forget_days, type_id=type_id
    )
    entry = model(**values, is_active=is_active)
    session.add(entry)
    session.flush()
    return entry


def update_entry(
    session: ActorSession,
    entry: Entry,
    *,
    name: str,
    position: int | None = None,
    is_active: bool = True,
    tone: str = "grey",
    forget_days: int | None = None,
    type_id: UUID | None = None,
    version: int | None = None,
) -> None:
    """Change an entry. One that is switched off stays on the records that have it and is not offered to new ones."""
    session.expect_version(entry, version)
    position = entry.position if position is None else position
    values = _checked(
        session, type(entry), entry, name=name, position=position, tone=tone, forget_days=forget_days, type_id=type_id
    )
    for key, value in {**values, "is_active": is_active}.items():
        if getattr(entry, key) != value:
            setattr(entry, key, value)
    session.flush()


def delete_entry(session: ActorSession, entry: Entry) -> None:
    """Delete an entry that nothing uses; Conflict with the number of users else, for it can be switched off instead."""
    uses = count_uses(session, entry)
    if uses:
        message = _.n(
            "%(name)s is used by 1 customer; switch it off instead.",
            "%(name)s is used by %(n)s customers; switch it off instead.",
            uses,
            name=entry.name,
        )
        raise Conflict.of("in_use", message)
    session.delete(entry)
    session.flush()


def count_uses(session: ActorSession, entry: Entry) -> int:
    """How many rows of the tenant point at the entry, those that the user may not see included."""
    column = USED_BY[type(entry)]
    with system(session) as everything:
        uses: int = everything.scalar(select(func.count(column)).where(column == entry.id)) or 0
    return uses


def _checked(
    session: ActorSession,
    model: type[Entry],
    entry: Entry | None,
    *,
    name: str,
    position: int | None,
    tone: str,
    forget_days: int | None,
    type_id: UUID | None,
) -> dict[str, Any]:
    problems: list[Problem] = []
    values: dict[str, Any] = {"name": " ".join(clean(name or "").split())}
    if not values["name"]:
        problems.append(Problem("required", _("Enter a name."), "name"))
    elif len(values["name"]) > 120:
        problems.append(Problem("too_long", _("This is too long: at most %(n)s characters.", n=120), "name"))
    elif _is_taken(session, model, entry, values["name"]):
        message = _("There is already an entry with this name, perhaps in the recycle bin.")
        problems.append(Problem("duplicate_name", message, "name"))
    values["position"] = _next_position(session, model) if position is None else position
    if not 0 <= values["position"] <= LAST:
        problems.append(Problem("bad_position", _("The order is a number from 0 to %(n)s.", n=LAST), "position"))
    if model is CustomerRelationship:
        values |= {"tone": tone, "forget_days": forget_days}
        if tone not in TONES:
            problems.append(Problem("bad_tone", _("There is no such colour."), "tone"))
        if forget_days is not None and not 0 <= forget_days <= MOST_DAYS:
            problems.append(Problem("bad_days", _("Enter 0 to %(n)s days.", n=MOST_DAYS), "forget_days"))
    if model is CustomerGroup:
        values["type_id"] = type_id
        if type_id and session.find(CustomerType, type_id) is None:
            problems.append(Problem("unknown_type", _("This type does not exist any more."), "type_id"))
    if problems:
        raise DomainError(*problems)
    return values


def _is_taken(session: ActorSession, model: type[Entry], entry: Entry | None, name: str) -> bool:
    with with_deleted(session) as everything:  # a deleted type keeps its name, so that it can be restored
        found = everything.scalar(select(model.id).where(model.name_key == name_key(name)))
    return found is not None and (entry is None or found != entry.id)


def _next_position(session: ActorSession, model: type[Entry]) -> int:
    highest = session.scalar(select(func.max(model.position)))
    return POSITION_STEP if highest is None else highest + POSITION_STEP
