"""What other addons may add to customers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
