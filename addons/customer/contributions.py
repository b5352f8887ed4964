"""What other addons may add to customers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.contributions import Point
from core.db import ActorSession


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

    ``run(session, handovers)`` passes them on, in the same transaction, for all customers at once.
    """

    key: str
    label: object
    run: Callable[[ActorSession, Sequence[Handover]], None]


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
