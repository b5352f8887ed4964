"""How an addon declares its demonstration data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.db.session import ActorSession
from core.marks import mark

Loader = TypeVar("Loader", bound=Callable[[ActorSession], None])

DEMO = "demo"


def demo_data(loader: Loader) -> Loader:
    """Mark ``loader(session)`` in an addon's ``demo.py``.

    It runs as the demonstration business's system, after those of the addons it depends on, in a transaction of its own.
    It may run again at any time, and then changes nothing.
    """
    mark(loader, DEMO, True)
    return loader
