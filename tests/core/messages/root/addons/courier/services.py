"""The service that takes SMS: what it was given, and what it does with the next one."""

from __future__ import annotations

from collections.abc import Callable

from core.messages import Outgoing

TAKEN: list[Outgoing] = []
ANSWERS: list[Callable[[], None]] = []
READY = [True]


def take(outgoing: Outgoing) -> None:
    """Answer as the test wants, then take the message."""
    if ANSWERS:
        ANSWERS.pop(0)()
    TAKEN.append(outgoing)
