"""Leaving SQLite to others. It has one write lock and no queue for it: those who wait look again every 100 ms or so.

A runner that took the lock again at once after each step would shut users out until their requests fail, which was seen
to happen within seconds. PostgreSQL needs none of this.
"""

from __future__ import annotations

import time

from core.db.session import db

TURN_SECONDS = 0.4
"""How long a runner may go on without a gap."""

PAUSE_SECONDS = 0.12
"""A gap in which everybody who waits looks once (sqlite3_busy_timeout waits 100 ms at most between two looks)."""


class WriteTurns:
    """One runner's turns at the write lock."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def let_others_write(self) -> None:
        """Pause if this turn has been long enough. Called outside transactions; needs an app context."""
        if db.engine.dialect.name == "sqlite" and time.monotonic() - self._since > TURN_SECONDS:
            time.sleep(PAUSE_SECONDS)
            self._since = time.monotonic()
