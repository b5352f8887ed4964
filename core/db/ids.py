"""Identifiers made by the application: UUID version 7 (RFC 9562 §5.7), so that keys grow with time and index well."""

from __future__ import annotations

import os
import time
from datetime import datetime
from threading import Lock
from uuid import UUID

_lock = Lock()
_last = 0


def uuid7() -> UUID:
    """A new UUIDv7: 48 bits of milliseconds, a 12-bit counter within the process, 62 random bits.

    Within one process the values strictly increase, so rows made in one statement keep their order.
    """
    global _last
    with _lock:
        # One number holds milliseconds and the counter; a clock that stands or steps back only counts on.
        _last = max(_last + 1, (time.time_ns() // 1_000_000) << 12)
        stamp = _last
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(stamp >> 12) << 80 | 7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random)


def first_id_of(moment: datetime) -> UUID:
    """The smallest UUIDv7 that could be made at ``moment``: ids below it are of rows made earlier, found by the key alone."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | 0b10 << 62)
