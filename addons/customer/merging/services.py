"""Merging one customer into another, and undoing it (CUS-017): one transaction, everything that referred to the one that goes
refers to the one that stays.

What has to be known for the undo is written down: the rows that moved, and what the fields were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from addons.customer.contact import reckon_contacts
from addons.customer.events import CustomersMerged, CustomersRegrouped
from addons.customer.merging.sides import FIELDS, MERGED, Side, chosen_sides, custom_values, list_choices
from addons.customer.models import (
    CUSTOMERS_PATH,
    Customer,
    CustomerContact,
    CustomerContactTime,
    CustomerMerge,
    CustomerMergeItem,
    CustomerShare,
    contact_terms_of,
)
from addons.customer.queries import list_contacts
from addons.customer.services import delete_reasons
from addons.customer.tiers.placing import Placement, apply_placements, list_levels, update_tiers_of
from core.audit import record
from core.db import ActorSession, system, with_rights
from core.db.bulk import BATCH, bulk_update, keep_latest, swap_values
from core.db.ids import uuid7
from core.db.references import Moved, fixed_references, turn_references
from core.errors import Conflict, DomainError, Forbidden, Problem
from core.events import emit
from core.i18n import translator
from core.notifications import notify
from core.phone import format_phone
from core.resources.custom_fields.definitions import definitions_of
from core.resources.custom_fields.values import set_values

_ = translator(__name__)

ENTITY = Customer.__tablename__
LONGEST_CHAIN = 100
"""Referrers above a referrer that are looked at."""

OWN_WAY = frozenset({"code", "phone", "owner", "referrer"})
"""Fields that are not just copied."""


@dataclass
class Changes:
    """What a merge did beside moving rows, as JSON, for the undo: each name maps to what was and what is."""

    fields: dict[str, list[Any]] = field(default_factory=dict)
    custom: dict[str, list[Any]] = field(default_factory=dict)
    contacts: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    shares: dict[str, list[Any]] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    tier: list[str | None] | None = None


def may_merge(session: ActorSession) -> bool:
    """Whether the actor may merge customers that he sees: one is edited, the other deleted."""
    return session.actor.can("customer.edit") and session.actor.can("customer.delete")


def merge_customers(
    session: ActorSession,
    kept_id: UUID,
    merged_id: UUID,
    *,
    sides: Mapping[str, Any] | None = None,
    versions: tuple[int, int] | None = None,
) -> CustomerMerge:
    """Merge the customer ``merged_id`` into ``kept_id``; he goes to the recycle bin, and his address leads to the other.

    ``sides`` says for fields (``merging.sides``) whose value stays, ``kept`` or ``merged``; ``versions`` are those that were
    looked at. Contacts, telephone numbers, e-mails, groups and shares are united. Needs the rights to edit and to delete.
    NotFound where one cannot be seen; Conflict for stale versions, and where rows that never change refer to the one that
    would go; DomainError for the same customer twice.
    """
    kept, merged = find_both(session, kept_id, merged_id, lock=True)
    for customer, version in zip((kept, merged), versions or (None, None), strict=True):
        session.expect_version(customer, version)
    if fixed_references(session, ENTITY, merged_id):
        message = _("Entries that never change refer to %(name)s. Keep this customer, and merge the other one.",
                    name=merged.full_name)  # fmt: skip
        raise Conflict.of("fixed_references", message)
    chosen = chosen_sides(list_choices(session, kept, merged), sides or {})
    names = tuple(f"{each.full_name} ({each.code})"[:260] for each in (kept, merged))
    owners = [kept.owner_id, merged.owner_id]
    changes = Changes()
    _unite_shares(session, kept, merged, changes)
    _unite_contact_times(session, kept_id, merged_id)
    _order_contacts(session, kept, merged, changes)
    _take_fields(session, kept, merged, chosen, changes)
    _take_tier(session, kept, merged, changes)
    moved = turn_references(session, ENTITY, merged_id, kept_id)
    _refuse_what_would_be_lost(session, merged_id)
    with with_rights(session, "customer.read", "customer.view_all") as everything:  # a share that showed him has moved
        everything.delete(everything.need(Customer, merged_id))
    tell_terms(session, kept_id)
    merge = _write_down(session, kept_id, merged_id, names, moved, changes)
    record(session, "merge", entity=ENTITY, entity_id=kept_id, changes={"merged": [None, names[1]]})
    record(session, "merge_away", entity=ENTITY, entity_id=merged_id, changes={"merged_into": [None, names[0]]})
    session.flush()
    follow(session, [kept_id], regrouped=any(each.entity == "customer_group_member" for each in moved))
    emit(session, CustomersMerged(kept_id, merged_id))
    told = [id for id in dict.fromkeys(owners) if id is not None]
    title = _("%(actor)s merged the customer %(other)s into %(name)s", actor=session.actor.name, other=names[1],
              name=names[0])  # fmt: skip
    notify(session, told, kind="customer.merged", title=title, url=f"{CUSTOMERS_PATH}/{kept_id}")
    if chosen.get("owner") == MERGED and owners[0] != owners[1]:  # last: who gives one away may not see him afterwards
        changes.fields["owner_id"] = [_json(owners[0]), _json(owners[1])]
        merge.changes = asdict(changes)
        session.flush()
        bulk_update(session, Customer, [kept_id], {"owner_id": owners[1]})
    return merge


def _refuse_what_would_be_lost(session: ActorSession, merged_id: UUID) -> None:
    """What still forbids deleting the one that goes, after all that can move has moved: a wallet with money, when the other
    has a wallet too (ambiguities 42)."""
    reasons = delete_reasons(session, [merged_id]).get(merged_id, [])
    if blocking := [Problem("delete_refused", each.text) for each in reasons if each.blocks]:
        raise Conflict(*blocking)


def find_survivor(session: ActorSession, id: UUID) -> UUID | None:
    """The customer into whom ``id`` was merged, or into whom that one was, if the actor may see him."""
    query = select(CustomerMerge.survivor_id).where(CustomerMerge.merged_id == id, CustomerMerge.undone_at.is_(None))
    for survivor_id in session.scalars(query.order_by(CustomerMerge.id.desc())):
        if session.find(Customer, survivor_id) is not None:
            return survivor_id
    return None


def find_both(
    session: ActorSession, kept_id: UUID, merged_id: UUID, *, lock: bool = False
) -> tuple[Customer, Customer]:
    """Both customers, locked in one order whoever is kept. Forbidden, DomainError, NotFound."""
    if not may_merge(session):
        raise Forbidden.of("forbidden", _("Merging needs the rights to edit and to delete customers."))
    if kept_id == merged_id:
        raise DomainError.of("same_customer", _("Choose two different customers."))
    found = {id: session.need(Customer, id, lock=lock) for id in sorted((kept_id, merged_id))}
    return found[kept_id], found[merged_id]


def _take_fields(
    session: ActorSession, kept: Customer, merged: Customer, chosen: Mapping[str, Side], changes: Changes
) -> None:
    columns = {name for each in FIELDS for name in each.columns} | {"phone2", "phone2_raw"}
    before = {name: getattr(kept, name) for name in columns}
    for each in FIELDS:
        if each.key not in OWN_WAY and chosen.get(each.key) == MERGED:
            for name in each.columns:
                setattr(kept, name, getattr(merged, name))
    _unite_phones_and_mails(session, kept, merged, chosen, before, changes)
    _take_referrer(session, kept, merged, chosen)
    mine, theirs = custom_values(session, kept, merged)
    fields = definitions_of(session, ENTITY)
    taken = {each.name: theirs[each.name].value for each in fields if chosen.get(each.name) == MERGED}
    for name, value in taken.items():
        changes.custom[name] = [_json(mine[name].value) if name in mine else None, _json(value)]
    set_values(session, kept, fields, taken)
    session.flush()
    if chosen.get("code") == MERGED:
        swap_values(session, kept, merged, "code", aside=f"~{uuid7().hex}")
    after = {name: getattr(kept, name) for name in columns}
    changes.fields |= {
        name: [_json(before[name]), _json(after[name])] for name in columns if before[name] != after[name]
    }


def _unite_phones_and_mails(
    session: ActorSession,
    kept: Customer,
    merged: Customer,
    chosen: Mapping[str, Side],
    before: Mapping[str, Any],
    changes: Changes,
) -> None:
    """The chosen number first, the next as the second one; what finds no room becomes a contact."""
    first = merged if chosen.get("phone") == MERGED else kept
    pairs = [(first.phone, first.phone_raw)]
    pairs += [(kept.phone, kept.phone_raw), (kept.phone2, kept.phone2_raw)]
    pairs += [(merged.phone, merged.phone_raw), (merged.phone2, merged.phone2_raw)]
    numbers: dict[str, str | None] = {}
    for number, raw in pairs:
        if number:
            numbers.setdefault(number, raw)
    slots = [*numbers.items(), (None, None), (None, None)]
    (kept.phone, kept.phone_raw), (kept.phone2, kept.phone2_raw) = slots[:2]
    contacts = [*list_contacts(session, kept.id), *list_contacts(session, merged.id)]
    known = {each.phone for each in contacts}
    phones = [number for number in list(numbers)[2:] if number not in known]
    mails = {email.casefold(): email for email in (before["email"], merged.email) if email}
    mails.pop((kept.email or "").casefold(), None)
    mails = {
        key: email for key, email in mails.items() if key not in {(each.email or "").casefold() for each in contacts}
    }
    left = list(mails.values())
    for at in range(max(len(phones), len(left))):
        contact = CustomerContact(
            customer_id=kept.id,
            sequence=len(contacts) + at,
            name=merged.full_name[:200],
            phone=phones[at] if at < len(phones) else None,
            phone_raw=format_phone(phones[at]) if at < len(phones) else None,
            email=left[at] if at < len(left) else None,
        )
        session.add(contact)
        changes.made.append(str(contact.id))
    session.flush()


def _take_referrer(session: ActorSession, kept: Customer, merged: Customer, chosen: Mapping[str, Side]) -> None:
    """The chosen referrer, unless he was referred by one of the two: then the other one's, else none."""
    sides = [merged, kept] if chosen.get("referrer") == MERGED else [kept, merged]
    if not (kept.referrer_customer_id or merged.referrer_customer_id) and sides[0] is kept:
        return
    both = {kept.id, merged.id}
    for side in sides:
        id, user_id, label = side.referrer_customer_id, side.referrer_user_id, side.referrer_label
        if label and not (id and _is_above(session, id, both)):
            break
    else:
        id, user_id, label = None, None, None
    kept.referrer_customer_id, kept.referrer_user_id, kept.referrer_label = id, user_id, label


def _is_above(session: ActorSession, id: UUID | None, both: set[UUID]) -> bool:
    """Whether one of ``both`` stands in the chain of referrers that begins with ``id``."""
    with system(session) as everything:
        for _step in range(LONGEST_CHAIN):
            if id is None or id in both:
                break
            id = everything.scalar(select(Customer.referrer_customer_id).where(Customer.id == id))
    return id in both


def _take_tier(session: ActorSession, kept: Customer, merged: Customer, changes: Changes) -> None:
    """The higher of the two tiers."""
    levels = {level.id: level for level in list_levels(session)}
    mine, theirs = levels.get(kept.tier_id), levels.get(merged.tier_id)  # type: ignore[arg-type]
    if theirs is not None and (mine is None or theirs.position > mine.position):
        reason = str(_("Merged with %(name)s", name=merged.full_name))
        apply_placements(session, [Placement(kept.id, mine, theirs, reason)])
        changes.tier = [str(mine.id) if mine else None, str(theirs.id)]


def _unite_shares(session: ActorSession, kept: Customer, merged: Customer, changes: Changes) -> None:
    """Who is shown both is shown the boxes of both; the other shares move by themselves."""
    shares = session.scalars(select(CustomerShare).where(CustomerShare.customer_id.in_([kept.id, merged.id]))).all()
    theirs = {each.user_id: each for each in shares if each.customer_id == merged.id}
    for each in shares:
        if each.customer_id == kept.id and each.user_id in theirs:
            boxes = sorted({*each.boxes, *theirs[each.user_id].boxes})
            if boxes != each.boxes:
                changes.shares[str(each.id)] = [each.boxes, boxes]
                each.boxes = boxes
    session.flush()


def _unite_contact_times(session: ActorSession, kept_id: UUID, merged_id: UUID) -> None:
    """The later of two times of one kind; an undo leaves it, for it is a fact that somebody was in contact."""
    kinds = select(CustomerContactTime.kind).where(CustomerContactTime.customer_id == kept_id)
    query = select(CustomerContactTime.kind, CustomerContactTime.at).where(
        CustomerContactTime.customer_id == merged_id, CustomerContactTime.kind.in_(kinds)
    )
    for kind, at in session.execute(query).all():
        keep_latest(session, CustomerContactTime, {"customer_id": kept_id, "kind": kind}, "at", at)


def _order_contacts(session: ActorSession, kept: Customer, merged: Customer, changes: Changes) -> None:
    """Those of the one that goes stand after the others, and one main contact stays."""
    present = list_contacts(session, kept.id)
    has_main = any(each.is_main for each in present)
    for at, each in enumerate(list_contacts(session, merged.id), len(present)):
        changed = {"sequence": [each.sequence, at], "is_main": [each.is_main, each.is_main and not has_main]}
        changes.contacts[str(each.id)] = changed
        each.sequence, each.is_main = changed["sequence"][1], changed["is_main"][1]
    session.flush()


def tell_terms(session: ActorSession, *ids: UUID) -> None:
    """By the names and numbers of its contacts a customer is found: they are told anew."""
    for id in ids:
        if (customer := session.find(Customer, id)) is not None:
            customer.contact_terms = contact_terms_of((each.name, each.phone) for each in list_contacts(session, id))
    session.flush()


def _write_down(
    session: ActorSession,
    kept_id: UUID,
    merged_id: UUID,
    names: Sequence[str],
    moved: Sequence[Moved],
    changes: Changes,
) -> CustomerMerge:
    merge = CustomerMerge(
        survivor_id=kept_id,
        into_id=kept_id,
        merged_id=merged_id,
        survivor_name=names[0],
        merged_name=names[1],
        merger_id=session.actor.user_id,
        rows=sum(len(each.ids) for each in moved),
        changes=asdict(changes),
    )
    session.add(merge)
    session.flush()
    rows = [
        {"merge_id": merge.id, "entity": each.entity, "name": each.name, "row_id": id}
        for each in moved
        for id in each.ids
    ]
    for start in range(0, len(rows), BATCH):
        session.execute(insert(CustomerMergeItem), rows[start : start + BATCH])
    return merge


def follow(session: ActorSession, ids: Sequence[UUID], *, regrouped: bool) -> None:
    """What is reckoned from rows that moved."""
    with system(session) as all_seeing:
        reckon_contacts(all_seeing, list(ids))
    update_tiers_of(session, ids)
    if regrouped:
        emit(session, CustomersRegrouped(tuple(ids)))


def _json(value: Any) -> Any:
    """The value as JSON can hold it."""
    if isinstance(value, list):
        return [_json(each) for each in value]
    return value if value is None or isinstance(value, str | int | bool) else str(value)
