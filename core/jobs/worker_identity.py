"""Who holds a lease, and whether he still lives. A dead process of this machine need not be waited for."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import get_ident

PROC = Path("/proc")
STARTED = 19
"""The start time's place among the fields after the command's name in ``/proc/<pid>/stat`` (proc(5): field 22)."""


def worker_name() -> str:
    """This thread, as ``place/pid/start/thread``; the place is empty where processes cannot be told apart."""
    pid = os.getpid()
    return f"{_place()}/{pid}/{_start_of(pid) or ''}/{get_ident()}"


def is_dead(worker: str) -> bool:
    """Whether ``worker`` was a process of this place that is gone. False wherever it cannot be known."""
    place, _, rest = worker.partition("/")
    pid, _, rest = rest.partition("/")
    start = rest.partition("/")[0]
    if not place or place != _place() or not start or not pid.isdigit():
        return False
    return _start_of(int(pid)) != start


@cache
def _place() -> str:
    """This boot of this machine and this container's processes: a pid means nothing elsewhere."""
    with suppress(OSError):
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        space = (PROC / "self/ns/pid").readlink()
        return hashlib.sha256(f"{boot} {space}".encode()).hexdigest()[:16]
    return ""


def _start_of(pid: int) -> str | None:
    """When the process started, so that a later one with its number is not taken for it; None when it is gone or a zombie."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[STARTED]
