"""Giving customers to other people in charge: one or several, split evenly, with an undo window (OWN-01 to OWN-14).

The same handing over serves the transfer of leads' customers (TRF-02): everything in one transaction, with a record of
who had what.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import insert, select

from addons.customer.contributions import Handover, handover_boxes
from addons.customer.events import CustomersHandedOver
from addons.customer.models import CUSTOMERS_PATH, Customer, CustomerHandover, CustomerHandoverItem, CustomerMerge
from addons.customer.sharing import put_shares, read_shares
from core.access.models import User
from core.clock import now
from core.contributions import contributed
from core.db import ActorSession
from core.db.bulk import BATCH, bulk_update
from core.errors import Conflict, DomainError
from core.events import emit
from core.i18n import translator
from core.notifications import notify
from core.resources import BulkResult, Skipped
from core.resources.bulk import unseen
from core.settings import setting

_ = translator(__name__)

T = TypeVar("T")
R = TypeVar("R")


def dealt(items: Sequence[T], receivers: Sequence[R]) -> dict[T, R]:
    """Deal the items out one by one, from the top of the receivers to the bottom and again from the top (OWN-06).

    Of n items each of m receivers gets n // m, the first n % m one more.
    """
    return {item: receivers[number % len(receivers)] for number, item in enumerate(items)}


def offered_boxes(session: ActorSession) -> list[tuple[str, str]]:
    """Key and name of the documents that can be passed on with a customer (OWN-07 to OWN-12), from enabled applications."""
    return [(box.key, str(box.label)) for box in contributed(handover_boxes, session=session)]


def may_change_owner_of(session: ActorSession, owner_id: UUID | None) -> bool:
    """Whether the actor may give a customer that ``owner_id`` is in charge of to somebody else (OWN-14)."""
    return session.actor.can("customer.change_owner") or (owner_id is not None and owner_id == session.actor.user_id)


def preview_handover(
    session: ActorSession, ids: Sequence[UUID], receivers: Sequence[UUID], *, split: bool
) -> list[tuple[str, int]]:
    """Name and number of customers that each receiver would get, in the order of the receivers."""
    _check(session, receivers, split, ())
    moving, _skipped = _movable(session, ids)
    counts = Counter(dealt([row.id for row in moving], receivers).values())
    names = {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(receivers)))}
    return [(names[id], counts[id]) for id in receivers]


def hand_over(
    session: ActorSession,
    ids: Sequence[UUID],
    receivers: Sequence[UUID | None],
    *,
    split: bool = False,
    boxes: Collection[str] = (),
    end_shares: bool = False,
) -> BulkResult:
    """Give customers to ``receivers``, in the order of both, and tell old and new people in charge. None is nobody.

    One's own customers anybody may hand over; others need ``customer.change_owner`` and are skipped without it. Several
    receivers need ``split``, because a customer has one person in charge. ``boxes`` are the documents passed on;
    ``end_shares`` takes present shares away. :func:`undo_handover` takes it back. DomainError for a receiver whose account
    is locked or unknown.
    """
    _check(session, receivers, split, boxes)
    moving, skipped = _movable(session, ids)
    deal = dealt([row.id for row in moving], receivers)
    owners = {row.id: (row.owner_id, deal[row.id]) for row in moving if row.owner_id != deal[row.id]}
    if not split:
        skipped += [Skipped(row.name, str(_("It is so already."))) for row in moving if row.id not in owners]
    if owners:
        _write_handover(session, owners, receivers, boxes, end_shares=end_shares)
        _move(session, owners)
        for box in contributed(handover_boxes, session=session):
            if box.key in boxes and box.run is not None:
                box.run(session, [Handover(id, old, new) for id, (old, new) in owners.items()])
        emit(session, CustomersHandedOver(owners))
        _tell(session, owners)
    return BulkResult(len(owners), tuple(skipped))


def can_undo(session: ActorSession, handover: CustomerHandover) -> bool:
    """Whether the undo window is still open, and the actor is one who may use it: a manager (OWN-14)."""
    return is_undo_open(session, handover) and session.actor.can("customer.change_owner")


def is_undo_open(session: ActorSession, act: CustomerHandover | CustomerMerge) -> bool:
    """Whether a change of owner or a merge has not been undone, and not too many days ago to be."""
    days = setting("customer.undo_days", session=session)
    return act.undone_at is None and act.created_at > now() - timedelta(days=days)


def undo_handover(session: ActorSession, handover: CustomerHandover) -> BulkResult:
    """Give the customers back to whom they were taken from, with the shares that were ended.

    Customers that have been given to somebody else since are skipped. Documents that were passed on stay where they are.
    Raises Conflict when the window is closed.
    """
    if not can_undo(session, handover):
        raise Conflict.of("too_late", _("This cannot be undone any more."))
    items = session.scalars(
        select(CustomerHandoverItem)
        .where(CustomerHandoverItem.handover_id == handover.id)
        .order_by(CustomerHandoverItem.id)
    ).all()
    present = _owners(session, [item.customer_id for item in items])
    owners: dict[UUID, tuple[UUID | None, UUID | None]] = {}
    skipped: list[Skipped] = []
    for item in items:
        row = present.get(item.customer_id)
        if row is None:
            skipped.extend(unseen())
        elif row.owner_id != item.to_user_id:
            skipped.append(Skipped(row.name, str(_("Somebody else has been put in charge since."))))
        else:
            owners[item.customer_id] = (item.to_user_id, item.from_user_id)
    ended = {item.customer_id: item.ended_shares for item in items}
    _restore_shares(session, {id: ended[id] for id in owners})
    _move(session, owners)
    handover.undone_at = now()
    session.flush()
    if owners:
        emit(session, CustomersHandedOver(owners))
        _tell(session, owners)
    return BulkResult(len(owners), tuple(skipped))


def _check(session: ActorSession, receivers: Sequence[UUID | None], split: bool, boxes: Collection[str]) -> None:
    if not receivers:
        raise DomainError.of("nobody", _("Choose at least one person."), "people")
    people = {id for id in receivers if id is not None}
    if not people <= set(session.scalars(select(User.id).where(User.id.in_(people), User.is_active))):
        message = _("This account does not exist or is locked; choose another person.")
        raise DomainError.of("unknown_owner", message, "owner_id")
    if len(receivers) > 1 and not split:
        raise DomainError.of("split_or_one", _("Tick “Split evenly”, or choose one person."), "split")
    if not set(boxes) <= {key for key, _label in offered_boxes(session)}:
        raise DomainError.of("unknown_box", _("This kind of information is not offered any more."), "boxes")


def _owners(session: ActorSession, ids: Sequence[UUID]) -> dict[UUID, Any]:
    found: dict[UUID, Any] = {}
    for start in range(0, len(ids), BATCH):
        query = select(Customer.id, Customer.name, Customer.owner_id)
        rows = session.execute(query.where(Customer.id.in_(ids[start : start + BATCH])))
        found |= {row.id: row for row in rows}
    return found


def _movable(session: ActorSession, ids: Sequence[UUID]) -> tuple[list[Any], list[Skipped]]:
    """The customers that may be given away, in their order, and why the others may not."""
    distinct = list(dict.fromkeys(ids))
    found = _owners(session, distinct)
    moving: list[Any] = []
    skipped: list[Skipped] = []
    for id in distinct:
        row = found.get(id)
        if row is None:
            skipped.extend(unseen())
        elif may_change_owner_of(session, row.owner_id):
            moving.append(row)
        else:
            skipped.append(Skipped(row.name, str(_("You are not in charge of this customer."))))
    return moving, skipped


def _move(session: ActorSession, owners: Mapping[UUID, tuple[UUID | None, UUID | None]]) -> None:
    """Set the new people in charge. Their own customers come last: whoever gives one away may not see it afterwards."""
    by_new: defaultdict[UUID | None, list[UUID]] = defaultdict(list)
    for id, (_old, new) in owners.items():
        by_new[new].append(id)
    for new, ids in by_new.items():
        bulk_update(session, Customer, ids, {"owner_id": new})


def _write_handover(
    session: ActorSession,
    owners: Mapping[UUID, tuple[UUID | None, UUID | None]],
    receivers: Sequence[UUID | None],
    boxes: Collection[str],
    *,
    end_shares: bool,
) -> None:
    handover = CustomerHandover(
        giver_id=session.actor.user_id, boxes=sorted(boxes), receivers=len(receivers), customers=len(owners)
    )
    session.add(handover)
    session.flush()
    ids = list(owners)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        ended = _end_shares(session, batch) if end_shares else {}
        rows = [
            {
                "handover_id": handover.id,
                "customer_id": id,
                "from_user_id": owners[id][0],
                "to_user_id": owners[id][1],
                "ended_shares": ended.get(id, {}),
            }
            for id in batch
        ]
        session.execute(insert(CustomerHandoverItem), rows)


class GivenByRows:
    """Customers whom rows of an import give to somebody else: one change of owner with its undo, as by hand."""

    def __init__(self, session: ActorSession) -> None:
        self.session = session
        self.handover: CustomerHandover | None = None
        self.receivers: set[UUID | None] = set()

    def note(self, customer: Customer, had: UUID | None) -> None:
        """``had`` was in charge of the customer until this row. The flush is the caller's."""
        if self.handover is None:
            self.handover = CustomerHandover(giver_id=self.session.actor.user_id, boxes=[], receivers=0, customers=0)
            self.session.add(self.handover)
        self.receivers.add(customer.owner_id)
        self.handover.customers += 1
        self.handover.receivers = len(self.receivers)
        item = CustomerHandoverItem(handover_id=self.handover.id, customer_id=customer.id, ended_shares={})
        item.from_user_id, item.to_user_id = had, customer.owner_id
        self.session.add(item)
        emit(self.session, CustomersHandedOver({customer.id: (had, customer.owner_id)}))


def _end_shares(session: ActorSession, ids: Sequence[UUID]) -> dict[UUID, dict[str, list[str]]]:
    """Take all shares away; who had which boxes, for the undo."""
    shares = dict(read_shares(session, ids))
    put_shares(session, shares, {id: {} for id in shares})
    return {id: {str(user): sorted(boxes) for user, boxes in present.items()} for id, present in shares.items()}


def _restore_shares(session: ActorSession, ended: Mapping[UUID, Mapping[str, Sequence[str]]]) -> None:
    """Give back what was ended, beside what has been shared since."""
    present = read_shares(session, list(ended))
    wanted = {
        id: {**{UUID(user): frozenset(boxes) for user, boxes in shares.items()}, **present[id]}
        for id, shares in ended.items()
        if shares
    }
    put_shares(session, present, wanted)


def _tell(session: ActorSession, owners: Mapping[UUID, tuple[UUID | None, UUID | None]]) -> None:
    """Tell who gave and who got, once each."""
    got, given = defaultdict[UUID, list[UUID]](list), Counter[UUID]()
    for id, (old, new) in owners.items():
        if new is not None:
            got[new].append(id)
        if old is not None:
            given[old] += 1
    for new, ids in got.items():
        tell_assigned(session, new, ids)
    for old, n in given.items():
        title = _.n(
            "%(actor)s took 1 customer over from you",
            "%(actor)s took %(n)s customers over from you",
            n,
            actor=session.actor.name,
        )
        notify(session, [old], kind="customer.handed_over", title=title, url=f"{CUSTOMERS_PATH}/?tab=mine")


def tell_assigned(session: ActorSession, owner_id: UUID, ids: Sequence[UUID]) -> None:
    """Tell somebody which customers he is in charge of now, unless he did it himself."""
    title: object = _.n(
        "%(actor)s put you in charge of 1 customer",
        "%(actor)s put you in charge of %(n)s customers",
        len(ids),
        actor=session.actor.name,
    )
    url = f"{CUSTOMERS_PATH}/{ids[0]}" if len(ids) == 1 else f"{CUSTOMERS_PATH}/?tab=mine"
    notify(session, [owner_id], kind="customer.assigned", title=title, url=url)
