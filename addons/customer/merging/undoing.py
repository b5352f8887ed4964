"""Taking a merge back: the rows that moved and still are where they were moved to, and the fields that nobody changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select

from addons.customer.events import MergeUndone
from addons.customer.merging.services import ENTITY, follow, may_merge, tell_terms
from addons.customer.merging.sides import FIELDS
from addons.customer.models import (
    CUSTOMERS_PATH,
    Customer,
    CustomerContact,
    CustomerMerge,
    CustomerMergeItem,
    CustomerShare,
)
from addons.customer.ownership import is_undo_open
from addons.customer.tiers.placing import Placement, apply_placements, list_levels
from core.audit import record
from core.clock import now
from core.db import ActorSession
from core.db.bulk import bulk_update, swap_values
from core.db.ids import uuid7
from core.db.references import Moved, turn_back
from core.db.session import with_deleted
from core.errors import Conflict
from core.events import emit
from core.i18n import translator
from core.notifications import notify
from core.resources.custom_fields.definitions import definitions_of
from core.resources.custom_fields.values import load_values, set_values

_ = translator(__name__)

OWN_WAY = frozenset({"code", "owner_id"})
"""Columns that are not just set back."""


def can_undo_merge(session: ActorSession, merge: CustomerMerge) -> bool:
    """Whether the undo window is open and the actor may merge."""
    return is_undo_open(session, merge) and may_merge(session)


def undo_merge(session: ActorSession, merge: CustomerMerge) -> list[str]:
    """Make two customers of the one again; the labels of fields that stay, because somebody has changed them since.

    What came to the survivor after the merge stays with him. Conflict: the window is closed, the survivor was merged into
    a third, or the one that went was deleted for good.
    """
    if not can_undo_merge(session, merge):
        raise Conflict.of("too_late", _("This cannot be undone any more."))
    kept = session.find(Customer, merge.into_id)
    if merge.survivor_id != merge.into_id or kept is None:
        message = _("%(name)s was merged or deleted since. Undo that first.", name=merge.survivor_name)
        raise Conflict.of("survivor_gone", message)
    id, kept_id, merged_id = merge.id, merge.into_id, merge.merged_id
    moved = _moved(session, id)
    turn_back(session, ENTITY, moved, merged_id, kept_id)
    _bring_back(session, merged_id, merge.merged_name)
    kept, merged, merge = (
        session.need(Customer, kept_id, lock=True),
        session.need(Customer, merged_id, lock=True),
        session.need(CustomerMerge, id),
    )
    changes = merge.changes
    stays = _restore_fields(session, kept, merged, changes["fields"])
    stays += _restore_custom(session, kept, changes["custom"])
    _restore_rows(session, changes)
    _restore_tier(session, kept, changes["tier"])
    tell_terms(session, kept_id, merged_id)
    merge.undone_at = now()
    names = merge.survivor_name, merge.merged_name
    record(session, "undo_merge", entity=ENTITY, entity_id=kept_id, changes={"merged": [names[1], None]})
    record(session, "undo_merge", entity=ENTITY, entity_id=merged_id, changes={"merged_into": [names[0], None]})
    session.flush()
    regrouped = any(each.entity == "customer_group_member" for each in moved)
    follow(session, [kept_id, merged_id], regrouped=regrouped)
    emit(session, MergeUndone(kept_id, merged_id))
    told = [owner for owner in dict.fromkeys([kept.owner_id, merged.owner_id]) if owner is not None]
    title = _("%(actor)s undid the merge of %(other)s into %(name)s", actor=session.actor.name, other=names[1],
              name=names[0])  # fmt: skip
    notify(session, told, kind="customer.merged", title=title, url=f"{CUSTOMERS_PATH}/{kept_id}")
    if owner := changes["fields"].get("owner_id"):
        if _json_id(kept.owner_id) == owner[1]:
            session.flush()
            bulk_update(session, Customer, [kept_id], {"owner_id": UUID(owner[0]) if owner[0] else None})
        else:
            stays.append(_label_of("owner_id"))
    return list(dict.fromkeys(stays))


def _moved(session: ActorSession, merge_id: UUID) -> list[Moved]:
    query = select(CustomerMergeItem.entity, CustomerMergeItem.name, CustomerMergeItem.row_id)
    rows = session.execute(
        query.where(CustomerMergeItem.merge_id == merge_id).order_by(CustomerMergeItem.entity, CustomerMergeItem.name)
    ).all()
    return [Moved(*key, [row[2] for row in group]) for key, group in groupby(rows, key=lambda row: tuple(row[:2]))]


def _bring_back(session: ActorSession, id: UUID, name: str) -> None:
    """Out of the recycle bin, if somebody has not taken him out already."""
    with with_deleted(session) as everything:
        gone = everything.find(Customer, id)
        if gone is None:
            message = _("%(name)s was deleted for good, so the merge cannot be undone.", name=name)
            raise Conflict.of("gone_for_good", message)
        if gone.deleted_at is not None:
            everything.restore(gone)


def _restore_fields(
    session: ActorSession, kept: Customer, merged: Customer, fields: Mapping[str, Sequence[Any]]
) -> list[str]:
    stays = []
    for name, (before, after) in fields.items():
        if name in OWN_WAY:
            continue
        present = getattr(kept, name)
        if _json_id(present) == after:
            setattr(kept, name, _typed(name, before))
        else:
            stays.append(_label_of(name))
    session.flush()
    if codes := fields.get("code"):
        if (kept.code, merged.code) == (codes[1], codes[0]):
            swap_values(session, kept, merged, "code", aside=f"~{uuid7().hex}")
        else:
            stays.append(_label_of("code"))
    return stays


def _restore_custom(session: ActorSession, kept: Customer, custom: Mapping[str, Sequence[Any]]) -> list[str]:
    fields = {each.name: each for each in definitions_of(session, ENTITY) if each.name in custom}
    if not fields:
        return []
    present = load_values(session, Customer, [kept.id], list(fields.values())).get(kept.id, {})
    back, stays = {}, []
    for name, each in fields.items():
        before, after = custom[name]
        if name in present and _json_value(present[name].value) == after:
            back[name] = _custom_typed(each.type, before)
        else:
            stays.append(str(each.label))
    set_values(session, kept, list(fields.values()), back)
    session.flush()
    return stays


def _restore_rows(session: ActorSession, changes: Mapping[str, Any]) -> None:
    for id, changed in changes["contacts"].items():
        contact = session.find(CustomerContact, UUID(id))
        for name, (before, after) in changed.items():
            if contact is not None and getattr(contact, name) == after:
                setattr(contact, name, before)
    for id, (before, after) in changes["shares"].items():
        share = session.find(CustomerShare, UUID(id))
        if share is not None and share.boxes == after:
            share.boxes = before
    for id in changes["made"]:
        contact = session.find(CustomerContact, UUID(id))
        if contact is not None and contact.version == 1:
            session.delete(contact)
    session.flush()


def _restore_tier(session: ActorSession, kept: Customer, tier: Sequence[str | None] | None) -> None:
    if tier is None or _json_id(kept.tier_id) != tier[1]:
        return
    levels = {str(level.id): level for level in list_levels(session)}
    old, new = levels.get(tier[1] or ""), levels.get(tier[0] or "")
    apply_placements(session, [Placement(kept.id, old, new, str(_("The merge was undone")))])


def _label_of(column: str) -> str:
    """What people call the field; the second phone goes with the first."""
    name = column.replace("phone2", "phone")
    return str(next((each.label for each in FIELDS if name in each.columns), name))


def _typed(name: str, value: Any) -> Any:
    """What JSON kept of a column, as the column wants it."""
    if value is None:
        return None
    column = Customer.__table__.c[name]
    if "link" in column.info:
        return UUID(value)
    return date.fromisoformat(value) if name == "birthday" else value


def _custom_typed(type_: str, value: Any) -> Any:
    match type_:
        case "date":
            return date.fromisoformat(value) if value else None
        case "decimal":
            return Decimal(value) if value is not None else None
        case "user":
            return UUID(value) if value else None
        case _:
            return value


def _json_id(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _json_value(value: Any) -> Any:
    return [_json_id(each) for each in value] if isinstance(value, list) else _json_id(value)
