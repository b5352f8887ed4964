"""Events: an addon says what happened; others react, or refuse, in the same transaction (architecture §6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from core.db.session import ActorSession
from core.kernel import current_kernel
from core.marks import mark
from core.tenancy.addons import enabled_addons

Handler = TypeVar("Handler", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Event:
    """A past fact. Derive a frozen dataclass from it in the addon's ``events.py`` and say when it is emitted."""


def on(event: type[Event]) -> Callable[[Handler], Handler]:
    """Mark ``handler(session, event)``. It runs only where its addon is enabled; raising DomainError refuses the change."""

    def decorate(handler: Handler) -> Handler:
        mark(handler, "event", event)
        return handler

    return decorate


def emit(session: ActorSession, event: Event, *, leaving: str = "") -> None:
    """Call the handlers of ``event`` in the order of the addons. What they raise ends the transaction.

    ``leaving`` is an addon that has just been switched off and hears of that itself.
    """
    enabled = {*enabled_addons(session), leaving}
    for marked in current_kernel().registry.marked("event"):
        if marked.addon in enabled and isinstance(event, _event_type(marked.value)):
            marked.obj(session, event)


def _event_type(value: Any) -> type[Event]:
    assert isinstance(value, type)
    assert issubclass(value, Event)
    return value
