"""Use cases of customers. Each checks everything first and raises one DomainError with all problems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Unpack
from uuid import UUID

from sqlalchemy import select

from addons.customer import checking
from addons.customer.contributions import DeleteReason, delete_guards
from addons.customer.duplicates import DuplicateWarning
from addons.customer.fields import ContactFields, CustomerFields
from addons.customer.known import Known
from addons.customer.models import (
    Customer,
    CustomerContact,
    CustomerGroup,
    CustomerGroupMember,
    CustomerRelationship,
    CustomerShare,
    CustomerSource,
    contact_terms_of,
)
from addons.customer.ownership import hand_over, may_change_owner_of, tell_assigned
from addons.customer.queries import list_contacts, list_groups_of
from addons.customer.referrers import referring_customer_label
from core.access.models import User
from core.audit import record
from core.contributions import contributed
from core.db import ActorSession
from core.db.bulk import BATCH, bulk_delete, bulk_update
from core.errors import Conflict, DomainError, Forbidden, Problem
from core.i18n import translator
from core.resources.bulk import BulkResult, Skipped, unseen
from core.settings import setting

_ = translator(__name__)

REQUIRED_BY_SETTING = {
    "source_id": ("customer.source_required", _("Choose a source.")),
    "relationship_id": ("customer.relationship_required", _("Choose a relationship.")),
}


class DeleteWarning(DomainError):
    """Deleting needs a second, conscious step, because documents hang on the customer (CUS-053)."""


def create_customer(session: ActorSession, *, confirm: bool = False, **fields: Unpack[CustomerFields]) -> Customer:
    """Store a new customer (CUS-001 to CUS-017). Who creates him is in charge unless ``owner_id`` is given.

    Raises DomainError with every problem; DuplicateWarning where only the duplicates stand against it, which ``confirm``
    overrides. A typed code that exists is always refused.
    """
    customer = add_customer(session, Known(session), fields, confirm=confirm)
    if customer.owner_id is not None:
        tell_assigned(session, customer.owner_id, [customer.id])
    return customer


def enter_customer(session: ActorSession, **fields: Unpack[CustomerFields]) -> Customer:
    """Store a customer who comes with a document, an order for instance: source, relationship and group are chosen later, and
    whoever asks has looked for duplicates. Else as :func:`create_customer`.
    """
    customer = add_customer(session, Known(session), fields, confirm=True, is_import=True)
    session.flush()
    return customer


def add_customer(
    session: ActorSession,
    known: Known,
    fields: CustomerFields,
    *,
    confirm: bool = False,
    is_import: bool = False,
) -> Customer:
    """Check a new customer and store him; for an import without a flush, and without the choices that the form requires.

    A list from elsewhere knows nothing of our sources and relationships; the filters find who lacks them.
    """
    problems: list[Problem] = []
    values = checking.clean_customer({"owner_id": session.actor.user_id, **fields}, problems)
    group_ids = list(dict.fromkeys(fields.get("group_ids") or []))
    contacts = checking.clean_contacts(fields.get("contacts") or [], problems)
    if not is_import:
        _check_required(session, None, values, group_ids, problems)
    _check(session, known, None, values, group_ids, problems)
    _refuse(problems)
    if not confirm:
        _warn_of_duplicates(known, None, values)
    customer = Customer(**{name: value for name, value in values.items() if value is not None})
    with session.no_autoflush:
        # In one flush: a colleague's customer is out of sight as soon as it is written, and with it its rows.
        session.add(customer)
        session.add_all(CustomerGroupMember(customer_id=customer.id, group_id=id) for id in group_ids)
        _put_contacts(session, customer, contacts, ())
        if not is_import:
            session.flush()
    return customer


def update_customer(
    session: ActorSession,
    customer: Customer,
    *,
    version: int | None = None,
    confirm: bool = False,
    **fields: Unpack[CustomerFields],
) -> None:
    """Change the given fields of a customer; what is not given stays.

    ``version`` is the one that the form was filled from: Conflict when somebody else has saved meanwhile. Changing the
    relationship or the person in charge needs the right for it. Otherwise as :func:`create_customer`.
    """
    session.expect_version(customer, version)
    had = customer.owner_id
    change_customer(session, Known(session), customer, fields, confirm=confirm)
    wanted, customer.owner_id = customer.owner_id, had
    session.flush()
    if wanted != had:  # handing over is a thing of its own, with its record and its undo
        hand_over(session, [customer.id], [wanted])


def change_customer(
    session: ActorSession, known: Known, customer: Customer, fields: CustomerFields, *, confirm: bool = False
) -> None:
    """Check the change of a customer and make it; the flush is the caller's."""
    problems: list[Problem] = []
    values = _changed(customer, checking.clean_customer(fields, problems))
    group_ids = list(dict.fromkeys(fields.get("group_ids") or [])) if "group_ids" in fields else None
    contacts = checking.clean_contacts(fields["contacts"], problems) if "contacts" in fields else None
    _check_required(session, customer, values, group_ids, problems)
    _check(session, known, customer, values, group_ids, problems)
    _refuse(problems)
    if not confirm:
        _warn_of_duplicates(known, customer, values)
    with session.no_autoflush:
        if group_ids is not None:
            _put_groups(session, customer, group_ids)
        if contacts is not None:
            _put_contacts(session, customer, contacts, list_contacts(session, customer.id))
        for name, value in values.items():
            setattr(customer, name, value)


def _changed(customer: Customer, values: dict[str, Any]) -> dict[str, Any]:
    """The values that differ from what the customer has."""
    if values.get("code") is None:
        values.pop("code", None)  # an emptied code stays what it was; a code is never taken away
    for phone in ("phone", "phone2"):
        if phone in values and values[phone] == getattr(customer, phone):
            values.pop(f"{phone}_raw")  # the same number in another spelling is no change
    return {name: value for name, value in values.items() if getattr(customer, name) != value}


def set_contacts(session: ActorSession, customer: Customer, contacts: list[ContactFields]) -> None:
    """Replace the contacts of a customer (CUS-015); entries with an ``id`` change that one. DomainError with all problems."""
    problems: list[Problem] = []
    cleaned = checking.clean_contacts(contacts, problems)
    _refuse(problems)
    _put_contacts(session, customer, cleaned, list_contacts(session, customer.id))
    session.flush()


def delete_reasons(session: ActorSession, ids: Sequence[UUID]) -> dict[UUID, list[DeleteReason]]:
    """What stands against deleting these customers, from all enabled addons."""
    reasons: dict[UUID, list[DeleteReason]] = {}
    for guard in contributed(delete_guards, session=session):
        for id, found in guard.check(session, ids).items():
            reasons.setdefault(id, []).extend(found)
    return reasons


def delete_customer(session: ActorSession, customer: Customer, *, confirm: bool = False) -> None:
    """Move a customer to the recycle bin (CUS-053). Conflict where an addon refuses; DeleteWarning, which ``confirm``
    overrides, where one warns."""
    reasons = delete_reasons(session, [customer.id]).get(customer.id, [])
    blocking = [Problem("delete_refused", reason.text) for reason in reasons if reason.blocks]
    if blocking:
        raise Conflict(*blocking)
    if reasons and not confirm:
        raise DeleteWarning(*(Problem("delete_warning", reason.text) for reason in reasons))
    session.delete(customer)
    session.flush()


def delete_customers(session: ActorSession, ids: Sequence[UUID]) -> BulkResult:
    """Move several customers to the recycle bin; those with documents are skipped: each deserves a look of its own."""
    result = BulkResult()
    for start in range(0, len(ids), BATCH):
        batch = list(dict.fromkeys(ids[start : start + BATCH]))
        found = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(batch))).all()
        against = delete_reasons(session, [row.id for row in found])
        skipped = [Skipped(row.name, _reasons_text(against[row.id])) for row in found if against.get(row.id)]
        deleted = bulk_delete(session, Customer, [row.id for row in found if not against.get(row.id)])
        result += BulkResult(deleted, (*unseen(len(batch) - len(found)), *skipped))
    return result


def _reasons_text(reasons: Sequence[DeleteReason]) -> str:
    """Why a customer was left where he is: what forbids it, else what would have been asked about."""
    blocking = [each for each in reasons if each.blocks]
    return " ".join(str(each.text) for each in blocking or reasons)


def change_relationship(session: ActorSession, ids: Sequence[UUID], relationship_id: UUID) -> BulkResult:
    """Put customers into a relationship (CUS-029, CUS-041). Needs ``customer.change_relationship``."""
    if not session.actor.can("customer.change_relationship"):
        raise Forbidden.of("forbidden", _("You may not change the relationship."))
    if not Known(session).is_offered(CustomerRelationship, [relationship_id]):
        message = _("This relationship is not offered any more.")
        raise DomainError.of("unknown_relationship", message, "relationship_id")
    result = BulkResult()
    for start in range(0, len(ids), BATCH):
        batch = list(dict.fromkeys(ids[start : start + BATCH]))
        rows = session.execute(
            select(Customer.id, Customer.name, Customer.relationship_id).where(Customer.id.in_(batch))
        ).all()
        so_already = [Skipped(row.name, str(_("It is so already."))) for row in rows if row[2] == relationship_id]
        moved = [row.id for row in rows if row[2] != relationship_id]
        changed = bulk_update(session, Customer, moved, {"relationship_id": relationship_id})
        result += BulkResult(changed, (*unseen(len(batch) - len(rows)), *so_already))
    return result


def set_active(session: ActorSession, ids: Sequence[UUID], is_active: bool) -> BulkResult:
    """Switch customers on or off (Kích hoạt, Ngưng kích hoạt; BOO-12 to BOO-15). Who is off is not suggested in an order."""
    result = BulkResult()
    for start in range(0, len(ids), BATCH):
        batch = list(dict.fromkeys(ids[start : start + BATCH]))
        query = select(Customer.id, Customer.name, Customer.is_active).where(Customer.id.in_(batch))
        rows = session.execute(query).all()
        so_already = [Skipped(row.name, str(_("It is so already."))) for row in rows if row.is_active is is_active]
        moved = [row.id for row in rows if row.is_active is not is_active]
        changed = bulk_update(session, Customer, moved, {"is_active": is_active})
        result += BulkResult(changed, (*unseen(len(batch) - len(rows)), *so_already))
    return result


def may_change_owner(session: ActorSession, customer: Customer) -> bool:
    """Whether the actor may give this customer to somebody else (OWN-14)."""
    return may_change_owner_of(session, customer.owner_id)


def may_comment(session: ActorSession, customer: Customer) -> bool:
    """Whether the actor is related to the customer (CUS-025): in charge, its creator, or it was shared to him."""
    me = session.actor.user_id
    if me is None or me in (customer.owner_id, customer.created_by_id):
        return True
    shared = select(CustomerShare.id).where(CustomerShare.customer_id == customer.id, CustomerShare.user_id == me)
    return session.scalar(shared.limit(1)) is not None


def _check_required(
    session: ActorSession,
    customer: Customer | None,
    values: dict[str, Any],
    group_ids: list[UUID] | None,
    problems: list[Problem],
) -> None:
    """What the settings ask to be always chosen (CUS-011 to CUS-013)."""
    for name, (key, message) in REQUIRED_BY_SETTING.items():
        is_asked = name in values or customer is None
        if is_asked and values.get(name) is None and setting(key, session=session):
            problems.append(Problem("required", message, name))
    if group_ids is not None and not group_ids and setting("customer.group_required", session=session):
        problems.append(Problem("required", _("Choose at least one group."), "group_ids"))


def _check(
    session: ActorSession,
    known: Known,
    customer: Customer | None,
    values: dict[str, Any],
    group_ids: list[UUID] | None,
    problems: list[Problem],
) -> None:
    """What one field cannot tell: existing, offered, allowed, and the code."""
    if ("name" in values or customer is None) and not values.get("name"):
        problems.append(Problem("required", _("Enter the customer's name."), "name"))
    _check_choices(session, known, customer, values, group_ids, problems)
    _check_rights(session, customer, values, problems)
    _check_referrer(session, customer, values, problems)
    code = values.get("code")
    if code and known.is_code_taken(code):
        message = _(
            "The code %(code)s is taken, perhaps by a deleted customer. Leave it empty to get a new one.", code=code
        )
        problems.append(Problem("duplicate_code", message, "code"))


def _check_choices(
    session: ActorSession,
    known: Known,
    customer: Customer | None,
    values: dict[str, Any],
    group_ids: list[UUID] | None,
    problems: list[Problem],
) -> None:
    """A choice must exist and be offered still; what the record has already may stay (CUS-006)."""
    source_id, relationship_id = values.get("source_id"), values.get("relationship_id")
    if source_id and not known.is_offered(CustomerSource, [source_id]):
        problems.append(Problem("unknown_source", _("This source is not offered any more."), "source_id"))
    if relationship_id and not known.is_offered(CustomerRelationship, [relationship_id]):
        message = _("This relationship is not offered any more.")
        problems.append(Problem("unknown_relationship", message, "relationship_id"))
    if group_ids:
        had = {group.id for group in list_groups_of(session, customer.id)} if customer else set()
        added = [id for id in group_ids if id not in had]
        if added and not known.is_offered(CustomerGroup, added):
            problems.append(Problem("unknown_group", _("One of the groups is not offered any more."), "group_ids"))
    if (owner_id := values.get("owner_id")) and not known.is_active_user(owner_id):
        problems.append(_unknown_owner())


def _unknown_owner() -> Problem:
    return Problem("unknown_owner", _("This account does not exist or is locked; choose another person."), "owner_id")


def _check_rights(
    session: ActorSession, customer: Customer | None, values: dict[str, Any], problems: list[Problem]
) -> None:
    if customer is None:
        return
    if "relationship_id" in values and not session.actor.can("customer.change_relationship"):
        problems.append(Problem("forbidden", _("You may not change the relationship."), "relationship_id"))
    if "owner_id" in values and not may_change_owner(session, customer):
        problems.append(Problem("forbidden", _("You may not change the person in charge."), "owner_id"))


def _check_referrer(
    session: ActorSession, customer: Customer | None, values: dict[str, Any], problems: list[Problem]
) -> None:
    """Settle who referred the customer: one of the two, allowed, and his name kept as text (CUS-003, CUS-005)."""
    if not {"referrer_customer_id", "referrer_user_id"} & values.keys():
        return
    customer_id, user_id = values.get("referrer_customer_id"), values.get("referrer_user_id")
    if customer_id and user_id:
        problems.append(Problem("two_referrers", _("The referrer is a customer or an employee, not both."), "referrer"))
        return
    values |= {"referrer_customer_id": customer_id, "referrer_user_id": user_id, "referrer_label": None}
    if customer_id:
        label = referring_customer_label(session, customer_id, customer.id if customer else None)
        if isinstance(label, Problem):
            problems.append(label)
        else:
            values["referrer_label"] = label
    if user_id:
        row = session.execute(select(User.name, User.is_active).where(User.id == user_id)).first()
        if row is None or not row.is_active:
            message = _("This account does not exist or is locked; choose another person.")
            problems.append(Problem("unknown_referrer", message, "referrer"))
        else:
            values["referrer_label"] = row.name


def _warn_of_duplicates(known: Known, customer: Customer | None, values: dict[str, Any]) -> None:
    if found := known.duplicates(values, customer.id if customer else None):
        raise DuplicateWarning(found)


def _put_groups(session: ActorSession, customer: Customer, group_ids: list[UUID]) -> None:
    """Make the ticks what they shall be, and write the change into the customer's own record (CUS-036)."""
    query = select(CustomerGroupMember).where(CustomerGroupMember.customer_id == customer.id)
    members = {member.group_id: member for member in session.scalars(query)}
    if members.keys() == set(group_ids):
        return
    for group_id, member in members.items():
        if group_id not in group_ids:
            session.delete(member)
    for group_id in group_ids:
        if group_id not in members:
            session.add(CustomerGroupMember(customer_id=customer.id, group_id=group_id))
    changes = {"groups": [_group_names(session, members), _group_names(session, group_ids)]}
    record(session, "update", entity="customer", entity_id=customer.id, changes=changes)


def _group_names(session: ActorSession, ids: Iterable[UUID]) -> list[str]:
    query = select(CustomerGroup.name).where(CustomerGroup.id.in_(list(ids)))
    return list(session.scalars(query.order_by(CustomerGroup.position, CustomerGroup.name_key)))


def _put_contacts(
    session: ActorSession, customer: Customer, contacts: list[dict[str, Any]], present: Sequence[CustomerContact]
) -> None:
    """Make the contacts what they shall be; ``present`` are those that the customer has."""
    known = {contact.id: contact for contact in present}
    kept: set[UUID] = set()
    for sequence, values in enumerate(contacts):
        contact = known.get(values.pop("id"))
        if contact is None:
            contact = CustomerContact(customer_id=customer.id)
            session.add(contact)
        else:
            kept.add(contact.id)
        for name, value in {**values, "sequence": sequence}.items():
            if getattr(contact, name) != value:
                setattr(contact, name, value)
    for id, contact in known.items():
        if id not in kept:
            session.delete(contact)
    terms = contact_terms_of((values["name"], values["phone"]) for values in contacts)
    if customer.contact_terms != terms:
        customer.contact_terms = terms


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise DomainError(*problems)
