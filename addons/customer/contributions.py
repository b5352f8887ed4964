"""What other addons may add to customers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.contributions import Point
from core.db import ActorSession
from core.periods import Period


@dataclass(frozen=True, slots=True)
class DeleteReason:
    """Why a customer should not be deleted: "3 orders", "Wallet holds 120.000 ₫". ``blocks`` refuses, else it warns."""

    text: object
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class DeleteGuard:
    """Asked before customers are deleted (CUS-053, ambiguities 42).

    ``check(session, ids)`` returns the reasons by customer, for as many as have any, in a bounded number of queries. It
    runs as the acting user; what it must see beyond his rights it asks through its own reviewed system session.
    """

    check: Callable[[ActorSession, Iterable[UUID]], dict[UUID, list[DeleteReason]]]


delete_guards = Point("customer.delete_guards", DeleteGuard)


@dataclass(frozen=True, slots=True)
class ShareBox:
    """A kind of information that can be shown to a colleague with a customer: orders, contracts, … (SHR-06).

    Whose documents they are looks into ``CustomerShare.boxes`` for ``key`` in its own visibility rule.
    """

    key: str
    label: object


share_boxes = Point("customer.share_boxes", ShareBox)


@dataclass(frozen=True, slots=True)
class Handover:
    """A customer that went from one person in charge to another; either may be nobody."""

    customer_id: UUID
    from_user_id: UUID | None
    to_user_id: UUID | None


@dataclass(frozen=True, slots=True)
class HandoverBox:
    """Documents that can be passed on when a customer gets another person in charge (OWN-07 to OWN-12).

    ``run(session, handovers)`` passes them on, in the same transaction, for all customers at once. Documents that are only
    shown need none: the handing over remembers its boxes, and your visibility rule asks
    :func:`addons.customer.models.shown_with_customer` with ``handover=key``.
    """

    key: str
    label: object
    run: Callable[[ActorSession, Sequence[Handover]], None] | None = None


handover_boxes = Point("customer.handover_boxes", HandoverBox)


@dataclass(frozen=True, slots=True)
class ContactKind:
    """A way in which a customer is in contact: a call, an e-mail that was opened, an appointment (CUS-057).

    ``key`` is ``addon.kind``, at most 60 signs. ``setting`` names the boolean setting of your manifest by which a business
    says whether it counts. When it happens, call ``addons.customer.api.note_contact``.
    """

    key: str
    setting: str


contact_kinds = Point("customer.contact_kinds", ContactKind)


@dataclass(frozen=True, slots=True)
class KpiRow:
    """A row of the customer KPI (CUS-064 to CUS-085): so many records of a list, or the sum of their ``amount`` in đồng.

    There is one definition of number and records: the parameters of the list ``resource`` (``activity.tasks``). ``when`` and
    ``who`` are the keys of its PeriodFilter and its UserFilter (which needs a ``column``), ``args`` further parameters
    (``(("f.state", "done"),)``); ``split`` is the key of a ChoiceFilter with a ``column`` by whose values the row is told
    apart. What is counted is what the list shows whoever looks, and the row is there for whom the list opens.

    ``block`` is one of :data:`addons.customer.kpi.BLOCKS`; ``how`` says in a sentence how the number is computed.
    """

    key: str
    block: str
    label: object
    how: object
    resource: str
    when: str
    who: str
    args: tuple[tuple[str, str], ...] = ()
    split: str = ""
    amount: Any = None


@dataclass(frozen=True, slots=True)
class KpiFigure:
    """A row of the customer KPI that is no number of records of one list: a ratio, distinct customers.

    ``value(session, period, who)`` is None where there is none ("—"); ``who`` is what a UserFilter reads (``core.resources``):
    None, "me", a user's id, a department. ``link(period, who)`` is the address of the records, empty where there is none.
    """

    key: str
    block: str
    label: object
    how: object
    value: Callable[[ActorSession, Period, Any], int | Decimal | None]
    link: Callable[[Period, Any], str] = lambda period, who: ""


kpi_rows = Point("customer.kpi_rows", KpiRow)
kpi_figures = Point("customer.kpi_figures", KpiFigure)


@dataclass(frozen=True, slots=True)
class Sales:
    """The sales from which revenue and conversion by source are told (CUS-084, CUS-085); one application has them.

    They are records of a list, chosen as in :class:`KpiRow`; ``amount`` (đồng) and ``customer_id`` are attributes of its
    model. ``source`` is the key of its filter by the customer's source, ``bought`` of a
    :class:`addons.customer.api.BoughtFilter` that the same application adds to the list of customers. Orders for each
    buyer and how often customers bought (CUS-079, CUS-080) follow from them.
    """

    resource: str
    when: str
    who: str
    source: str
    bought: str
    amount: Any
    customer_id: Any
    args: tuple[tuple[str, str], ...] = ()


sales = Point("customer.sales", Sales)


@dataclass(frozen=True, slots=True)
class TierFigures:
    """What a customer has brought in all the time (TIE-14), by which tiers are reached; amounts in đồng.

    ``revenue`` and ``contracts`` are the sum and the number of approved, not cancelled sales contracts that count debts,
    paid or not (TIE-07); ``paid`` the confirmed payments of his contracts and invoices, less refunds (TIE-08).
    """

    revenue: int = 0
    contracts: int = 0
    paid: int = 0

    def __add__(self, other: TierFigures) -> TierFigures:
        return TierFigures(self.revenue + other.revenue, self.contracts + other.contracts, self.paid + other.paid)


@dataclass(frozen=True, slots=True)
class TierSource:
    """Where figures for the tiers come from. What several sources know of a customer is added up.

    ``read(session, ids)`` returns the figures of those customers that have any, in a bounded number of queries; the session
    is the system's. When they change, call ``addons.customer.api.update_tiers_of``.
    """

    read: Callable[[ActorSession, Sequence[UUID]], Mapping[UUID, TierFigures]]


tier_sources = Point("customer.tier_sources", TierSource)


@dataclass(frozen=True, slots=True)
class TierGoods:
    """Goods that hold a discount of their own for each tier (TIE-15 to TIE-18, ambiguities 26).

    ``count(session)`` is how many there are; ``set_discount(session, tier_id, percent)`` gives all of them this discount. Goods
    that are entered later begin with ``addons.customer.api.tier_discounts``. The session is the system's.
    """

    count: Callable[[ActorSession], int]
    set_discount: Callable[[ActorSession, UUID, Decimal], None]


tier_goods = Point("customer.tier_goods", TierGoods)
