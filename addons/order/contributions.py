"""What other addons may add to the entry of orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from core.contributions import Point
from core.db import ActorSession


@dataclass(frozen=True, slots=True)
class EntryNote:
    """Something to know about who orders, shown beside the telephone number; it forbids nothing.

    ``url`` is a page of yours that opens as a dialog (its block ``dialog``); empty for none. ``tone`` is one of the design
    tokens' tones.
    """

    text: object
    tone: str = "amber"
    icon: str = "alert-triangle"
    url: str = ""


@dataclass(frozen=True, slots=True)
class EntryWarning:
    """Asked while an order is typed, as soon as the number is whole (BOO-18).

    ``find(session, phone, customer_id)`` gets the number in E.164, and the customer who has it, or None: also where nobody
    here has the number, or the actor may not see who has. It returns what there is to know, or None; keep it quick.
    """

    find: Callable[[ActorSession, str, UUID | None], EntryNote | None]


entry_warnings = Point("order.entry_warnings", EntryWarning)
