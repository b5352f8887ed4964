"""All that gadgets add to the market."""

from __future__ import annotations

from addons.market.contributions import Fee, fees
from addons.market.events import StallOpened

from core.contributions import contributes
from core.db.session import ActorSession
from core.errors import DomainError
from core.events import on


@contributes(fees)
def gadget_fee() -> Fee:
    return Fee("Gadget fee", 7_000)


@on(StallOpened)
def refuse_unlucky_names(session: ActorSession, event: StallOpened) -> None:
    if event.name == "thirteen":
        raise DomainError.of("unlucky", "Gadgets refuse this name.")
