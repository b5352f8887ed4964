"""Failures that are the database's, or the disk's, and not ours: what can be waited out is told from what is a mistake."""

from __future__ import annotations

import errno
import sqlite3
from enum import Enum

import psycopg
from sqlalchemy.exc import DBAPIError, TimeoutError


class Failure(Enum):
    """Why nothing could be done just now."""

    UNREACHABLE = "unreachable"
    """No database answers: stopped, starting, restarted in the middle."""

    BUSY = "busy"
    """It answers, and others are in the way: locks, deadlocks, time limits, all connections in use."""

    FULL = "full"
    """The disk has no room: reading goes on, writing does not."""


_POSTGRESQL: tuple[tuple[type[Exception], Failure], ...] = (
    (psycopg.errors.DiskFull, Failure.FULL),
    (psycopg.errors.TooManyConnections, Failure.BUSY),
    (psycopg.errors.OutOfMemory, Failure.BUSY),
    (psycopg.errors.LockNotAvailable, Failure.BUSY),
    (psycopg.errors.QueryCanceled, Failure.BUSY),
    (psycopg.errors.DeadlockDetected, Failure.BUSY),
    (psycopg.errors.SerializationFailure, Failure.BUSY),
    (psycopg.OperationalError, Failure.UNREACHABLE),  # the base of those above, so last
)

_SQLITE = {
    sqlite3.SQLITE_BUSY: Failure.BUSY,
    sqlite3.SQLITE_LOCKED: Failure.BUSY,
    sqlite3.SQLITE_FULL: Failure.FULL,
    sqlite3.SQLITE_IOERR: Failure.UNREACHABLE,
    sqlite3.SQLITE_CANTOPEN: Failure.UNREACHABLE,
}
"""By primary result code: the lower eight bits."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def failure_of(error: BaseException) -> Failure | None:
    """What kept the work from being done, where trying again later helps; None for every other error."""
    if isinstance(error, OSError):
        return Failure.FULL if error.errno in _NO_ROOM else None
    if isinstance(error, TimeoutError):
        return Failure.BUSY  # no connection of the pool became free
    if not isinstance(error, DBAPIError):
        return None
    for kind, failure in _POSTGRESQL:
        if isinstance(error.orig, kind):
            return failure
    if isinstance(error.orig, sqlite3.Error):
        return _SQLITE.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)
    return Failure.UNREACHABLE if error.connection_invalidated else None
