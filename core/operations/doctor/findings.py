"""What the doctor says of one thing that he looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``check`` is a stable name for programs. ``why`` is what comes of it, ``fix`` what to do; empty where all is well."""

    check: str
    level: Level
    what: str
    why: str = ""
    fix: str = ""


Findings = Iterator[Finding]


def ok(check: str, what: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", what)


def warning(check: str, what: str, why: str, fix: str) -> Finding:
    """It works, and somebody will be sorry."""
    return Finding(check, "warning", what, why, fix)


def error(check: str, what: str, why: str, fix: str) -> Finding:
    """It does not work, or it is not safe."""
    return Finding(check, "error", what, why, fix)
