"""The numbers of customers, counted anew from their orders whenever something about them changes (BOO-03, BOO-22, BOO-29).

There is one way to count, so what events keep cannot differ from the nightly recount: an event only says whom to count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, union_all

from addons.boom import network
from addons.boom.contributions import order_sources
from addons.boom.models import BoomCustomer
from addons.boom.rates import NOTHING, Cause, Counts, level_of, rate_tenths
from addons.customer.models import Customer
from core.clock import now
from core.contributions import contributed
from core.db import ActorSession, system
from core.jobs import enqueue
from core.settings import setting

AT_ONCE = 20
"""Customers that are counted in the transaction that changed them; more are left to a job."""

RECOUNT = "boom.recount"
JOB_BATCH = 200

NAMES = ("deliveries", "returns", *(cause.value for cause in Cause))


def recount_soon(session: ActorSession, ids: Iterable[UUID]) -> None:
    """Count these customers anew: at once if they are few, else in a job."""
    wanted = sorted(set(ids))
    with system(session) as all_seeing:
        if len(wanted) <= AT_ONCE:
            recount(all_seeing, wanted)
            return
        for start in range(0, len(wanted), JOB_BATCH):
            enqueue(all_seeing, RECOUNT, ids=[str(id) for id in wanted[start : start + JOB_BATCH]])


def recount_all(session: ActorSession) -> None:
    """Ask for the job that counts everybody anew."""
    with system(session) as all_seeing:
        enqueue(all_seeing, RECOUNT)


def recount(session: ActorSession, ids: Sequence[UUID]) -> None:
    """Count these customers from their orders, and tell the network. ``session`` works for the system.

    The customers are locked first, in one order: of two transactions that change one, the second counts what the first did.
    """
    locking = select(Customer.id).where(Customer.id.in_(ids)).order_by(Customer.id)
    session.execute(locking.with_for_update(key_share=True)).all()
    counted = count_from_orders(session, ids)
    numbers = select(Customer.id, Customer.phone, Customer.phone2).where(Customer.id.in_(ids))
    phones = {row.id: [each for each in (row.phone, row.phone2) if each] for row in session.execute(numbers)}
    present = {each.customer_id: each for each in session.scalars(_rows(ids))}
    touched: set[str] = set()
    for id in ids:
        row = present.get(id)
        touched |= set(row.phones if row else []) | set(phones.get(id, ()))
        counts = counted.get(id, NOTHING) if id in phones else NOTHING
        if not counts.deliveries:
            if row is not None:
                session.delete(row)
            continue
        if row is None:
            row = BoomCustomer(customer_id=id)
        _put(row, counts, phones[id])
        session.add(row)
    session.flush()
    for phone in sorted(touched):
        network.put_tally(session, phone, count_of_phone(session, phone))
    for row in session.scalars(_rows(ids)):
        row.level = level_of(_basis(session, row))
    session.flush()


def count_from_orders(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, Counts]:
    """The numbers of these customers from scratch."""
    only_finished: bool = setting("boom.only_finished", session=session)
    found: dict[UUID, Counts] = {}
    for source in contributed(order_sources, session=session):
        for id, counts in source.count(session, ids, only_finished).items():
            found[id] = found.get(id, NOTHING) + counts
    return found


def count_of_phone(session: ActorSession, phone: str) -> Counts:
    """The shop's numbers of everybody who has this number (E.164): two customers may be one person (BOO-29)."""
    sums = [func.coalesce(func.sum(getattr(BoomCustomer, name)), 0) for name in NAMES]
    row = session.execute(select(*sums).where(BoomCustomer.customer_id.in_(ids_of_phone(phone)))).one()
    return Counts(int(row[0]), int(row[1]), {cause: int(n) for cause, n in zip(Cause, row[2:], strict=True)})


def ids_of_phone(phone: str) -> object:
    """The customers with this number, for IN: two look-ups in an index each."""
    first = select(Customer.id).where(Customer.phone == phone)
    return union_all(first, select(Customer.id).where(Customer.phone2 == phone))


def uses_network(session: ActorSession) -> bool:
    """Whether the list goes by the numbers of all shops: chosen in the settings, and the terms are accepted (BOO-30)."""
    return setting("boom.basis", session=session) == "network" and network.is_sharing(session)


def _basis(session: ActorSession, row: BoomCustomer) -> Counts:
    """The numbers by which he is judged."""
    if uses_network(session) and row.phones:
        return network.read_shared_counts(session, row.phones[0]) or row.counts
    return row.counts


def _put(row: BoomCustomer, counts: Counts, phones: list[str]) -> None:
    tenths = rate_tenths(counts)
    row.deliveries, row.returns = counts.deliveries, counts.returns
    for cause in Cause:
        setattr(row, cause.value, counts.causes.get(cause, 0))
    row.rate = None if tenths is None else Decimal(tenths) / 10
    row.phones, row.counted_at, row.level = phones, now(), row.level or 0


def _rows(ids: Collection[UUID]) -> object:
    return select(BoomCustomer).where(BoomCustomer.customer_id.in_(ids)).order_by(BoomCustomer.customer_id)
