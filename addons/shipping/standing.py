"""Where a shipment stands, from everything that is known of it: pure, and the same in whatever order it became known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ShipmentState(StrEnum):
    """The states that all carriers have in common."""

    CREATED = "created"
    CANCELLED = "cancelled"
    PICKED_UP = "picked_up"
    DELIVERING = "delivering"
    FAILED = "failed"
    DELIVERED = "delivered"
    PARTLY = "partly"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"


class ReturnCause(StrEnum):
    """Whose doing it is that a parcel comes back. Boom counts by it."""

    REFUSED = "refused"
    ABSENT = "absent"
    CARRIER = "carrier"
    SHOP = "shop"
    UNKNOWN = "unknown"


PROGRESS = tuple(ShipmentState)
"""Of two events of one moment the later one here counts."""

HANDED_OVER = frozenset(ShipmentState) - {ShipmentState.CREATED, ShipmentState.CANCELLED, ShipmentState.LOST}
"""States that nobody reaches before the carrier took the parcel. A lost one may have been lost before or after."""

OPEN = frozenset(
    {
        ShipmentState.CREATED,
        ShipmentState.PICKED_UP,
        ShipmentState.DELIVERING,
        ShipmentState.FAILED,
        ShipmentState.RETURNING,
    }
)
"""States in which something is still to come."""

AFTER_RETURN = frozenset(
    {ShipmentState.PICKED_UP, ShipmentState.DELIVERING, ShipmentState.DELIVERED, ShipmentState.PARTLY}
)
"""What counts after a completed return: the parcel was sent out again."""

TELLS_CAUSE = frozenset({ShipmentState.FAILED, ShipmentState.RETURNING, ShipmentState.RETURNED})


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a carrier told: at which moment of his clock, which state (None: one that we do not know), and why."""

    at: datetime
    state: ShipmentState | None
    code: str
    cause: ReturnCause | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from all of it. ``unknown_code`` is the latest event's code where we do not know it."""

    state: ShipmentState
    at: datetime | None
    was_handed_over: bool
    cause: ReturnCause
    reason: str
    unknown_code: str


def standing_of(happenings: Iterable[Happening]) -> Standing:
    """The newest by the carrier's clock counts; a completed return is final unless the parcel goes out again."""
    ordered = sorted(set(happenings), key=_order)
    state, at, cause, reason = ShipmentState.CREATED, None, ReturnCause.UNKNOWN, ""
    for each in ordered:
        if each.state is None or (state is ShipmentState.RETURNED and each.state not in AFTER_RETURN):
            continue
        state, at = each.state, each.at
        if each.state in TELLS_CAUSE:
            cause = each.cause or cause
            reason = each.reason or reason
    unknown = ordered[-1].code if ordered and ordered[-1].state is None else ""
    handed_over = any(each.state in HANDED_OVER for each in ordered)
    return Standing(state, at, handed_over, cause, reason, unknown)


def _order(each: Happening) -> tuple[datetime, int, str, str, str]:
    rank = PROGRESS.index(each.state) if each.state is not None else -1
    return each.at, rank, each.code, each.cause or "", each.reason
