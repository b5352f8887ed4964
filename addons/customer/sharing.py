"""Showing customers to colleagues: add, transfer, remove (SHR-01 to SHR-13), and who sees one and why (CUS-040)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from addons.customer.contributions import share_boxes
from addons.customer.models import CUSTOMERS_PATH, Customer, CustomerShare
from core.access.models import User
from core.access.queries import list_people_with
from core.audit import record_bulk
from core.clock import now
from core.contributions import contributed
from core.db import ActorSession
from core.db.bulk import BATCH
from core.errors import DomainError
from core.i18n import translator
from core.notifications import notify
from core.resources import BulkResult, Skipped
from core.resources.bulk import unseen

_ = translator(__name__)

BASIC = "basic"
"""The box that every share has: the customer's own information (SHR-06)."""

Shares = Mapping[UUID, frozenset[str]]
"""Who is shown a customer, and which boxes."""


class ShareChange(StrEnum):
    """What happens with the chosen people (Tùy chọn), SHR-07."""

    ADD = "add"
    TRANSFER = "transfer"
    REMOVE = "remove"


def shared_after(
    present: Shares, option: ShareChange, chosen: Collection[UUID], boxes: frozenset[str]
) -> dict[UUID, frozenset[str]]:
    """The shares after the change: added ones are united with what was there, a transfer replaces all (SHR-09 to SHR-11)."""
    match option:
        case ShareChange.ADD:
            return {**present, **{id: present.get(id, frozenset()) | boxes for id in chosen}}
        case ShareChange.TRANSFER:
            return dict.fromkeys(chosen, boxes)
        case ShareChange.REMOVE:
            return {id: boxes for id, boxes in present.items() if id not in set(chosen)}


def offered_boxes(session: ActorSession) -> list[tuple[str, str]]:
    """Key and name of what can be shared: the basic information, and what enabled applications add."""
    return [(BASIC, str(_("Basic information")))] + [
        (box.key, str(box.label)) for box in contributed(share_boxes, session=session)
    ]


def share_customers(
    session: ActorSession,
    ids: Sequence[UUID],
    option: ShareChange,
    user_ids: Sequence[UUID],
    boxes: Collection[str] = (),
) -> BulkResult:
    """Show those of ``ids`` that one is in charge of, or any with ``customer.share``, to these people; tell the new ones.

    Others are skipped and told. Nobody is shown what is his own. Raises DomainError for nobody and for unknown boxes.
    """
    _check(session, user_ids, boxes)
    result, newly = BulkResult(), defaultdict[UUID, list[UUID]](list)
    ticked = frozenset({BASIC, *boxes})
    for start in range(0, len(ids), BATCH):
        batch = list(dict.fromkeys(ids[start : start + BATCH]))
        result += _share_batch(session, batch, option, user_ids, ticked, newly)
    for user_id, customer_ids in newly.items():
        _tell(session, user_id, customer_ids)
    return result


def may_share(session: ActorSession, owner_id: UUID | None) -> bool:
    """Whether the actor may show a customer of this owner to others (SHR-13): as the owner, or by right."""
    return session.actor.can("customer.share") or (owner_id is not None and owner_id == session.actor.user_id)


def _check(session: ActorSession, user_ids: Sequence[UUID], boxes: Collection[str]) -> None:
    if not user_ids:
        raise DomainError.of("nobody", _("Choose at least one person."), "people")
    if not set(boxes) <= {key for key, _label in offered_boxes(session)}:
        raise DomainError.of("unknown_box", _("This kind of information is not offered any more."), "boxes")


def _share_batch(
    session: ActorSession,
    ids: list[UUID],
    option: ShareChange,
    user_ids: Sequence[UUID],
    boxes: frozenset[str],
    newly: defaultdict[UUID, list[UUID]],
) -> BulkResult:
    query = select(Customer.id, Customer.name, Customer.owner_id).where(Customer.id.in_(ids))
    found = {row.id: row for row in session.execute(query)}
    present = read_shares(session, list(found))
    skipped = list(unseen(len(ids) - len(found)))
    wanted: dict[UUID, Shares] = {}
    for id in filter(found.__contains__, ids):
        row = found[id]
        after = shared_after(present[id], option, [each for each in user_ids if each != row.owner_id], boxes)
        if not may_share(session, row.owner_id):
            skipped.append(Skipped(row.name, str(_("You are not in charge of this customer."))))
        elif after == present[id]:
            skipped.append(Skipped(row.name, str(_("It is so already."))))
        else:
            wanted[id] = after
            for user_id in after.keys() - present[id].keys():
                newly[user_id].append(id)
    put_shares(session, present, wanted)
    return BulkResult(len(wanted), tuple(skipped))


def put_shares(session: ActorSession, present: Mapping[UUID, Shares], wanted: Mapping[UUID, Shares]) -> None:
    """Make the shares of customers what they shall be, and write it into their records of changes. Asks for no right."""
    if not wanted:
        return
    session.flush()
    for id, after in wanted.items():
        _change(session, id, present[id], after)
    stamps = {"created_at": now(), "updated_at": now()}
    stamps |= dict.fromkeys(("created_by_id", "updated_by_id"), session.actor.user_id)
    new = [
        {"customer_id": id, "user_id": user_id, "boxes": sorted(after[user_id]), **stamps}
        for id, after in wanted.items()
        for user_id in after.keys() - present[id].keys()
    ]
    for start in range(0, len(new), BATCH):
        session.execute(insert(CustomerShare), new[start : start + BATCH])
    session.expire_all()
    names = {row.id: row.name for row in session.execute(select(User.id, User.name))}
    diffs = {id: {"shares": (_told(present[id], names), _told(after, names))} for id, after in wanted.items()}
    record_bulk(session, Customer, diffs)


def read_shares(session: ActorSession, ids: Sequence[UUID]) -> defaultdict[UUID, dict[UUID, frozenset[str]]]:
    """Customer → colleague → boxes."""
    query = select(CustomerShare.customer_id, CustomerShare.user_id, CustomerShare.boxes)
    shares: defaultdict[UUID, dict[UUID, frozenset[str]]] = defaultdict(dict)
    for customer_id, user_id, boxes in session.execute(query.where(CustomerShare.customer_id.in_(ids))):
        shares[customer_id][user_id] = frozenset(boxes)
    return shares


def _change(session: ActorSession, customer_id: UUID, before: Shares, after: Shares) -> None:
    """Take away and change what is there."""
    options = {"synchronize_session": False}
    here = CustomerShare.customer_id == customer_id
    if gone := before.keys() - after.keys():
        session.execute(delete(CustomerShare).where(here, CustomerShare.user_id.in_(gone)), execution_options=options)
    for user_id in after.keys() & before.keys():
        if after[user_id] != before[user_id]:
            change = update(CustomerShare).where(here, CustomerShare.user_id == user_id)
            session.execute(
                change.values(boxes=sorted(after[user_id]), updated_at=now(), updated_by_id=session.actor.user_id),
                execution_options=options,
            )


def _told(shares: Shares, names: Mapping[UUID, str]) -> list[str]:
    return sorted(names.get(user_id, "?") for user_id in shares)


def _tell(session: ActorSession, user_id: UUID, customer_ids: Sequence[UUID]) -> None:
    title = _.n(
        "%(actor)s shared a customer with you",
        "%(actor)s shared %(n)s customers with you",
        len(customer_ids),
        actor=session.actor.name,
    )
    url = f"{CUSTOMERS_PATH}/{customer_ids[0]}" if len(customer_ids) == 1 else f"{CUSTOMERS_PATH}/?tab=shared"
    notify(session, [user_id], kind="customer.shared", title=title, url=url)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who sees a customer, with every reason why."""

    id: UUID
    name: str
    reasons: tuple[str, ...]


def list_viewers(session: ActorSession, customer: Customer) -> list[Viewer]:
    """Everybody who may see the customer's information, and why (CUS-040): in charge, shared, by right."""
    reasons: defaultdict[UUID, list[str]] = defaultdict(list)
    labels = dict(offered_boxes(session))
    if customer.owner_id is not None:
        reasons[customer.owner_id].append(str(_("In charge")))
    for user_id, boxes in read_shares(session, [customer.id])[customer.id].items():
        told = ", ".join(label for key, label in labels.items() if key in boxes)
        reasons[user_id].append(str(_("Shared: %(boxes)s", boxes=told)))
    for id in list_people_with(session, "customer.view_all"):
        reasons[id].append(str(_("May see all customers")))
    if customer.owner_id is None:
        for id in list_people_with(session, "customer.view_unassigned"):
            reasons[id].append(str(_("May see customers nobody is in charge of")))
    query = select(User.id, User.name).where(User.id.in_(reasons), User.is_active)
    return [
        Viewer(id, name, tuple(reasons[id])) for id, name in session.execute(query.order_by(User.sort_name, User.id))
    ]
