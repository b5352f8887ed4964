"""What a checker reports, and the reviewed exceptions from the rules."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """One breach of one rule at one place; ``path`` is relative to the root that holds ``addons/``."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True, slots=True)
class Allowance:
    """A rule that does not hold for the files that match ``path``, and why."""

    rule: str
    path: str
    reason: str

    def covers(self, finding: Breach) -> bool:
        return finding.rule == self.rule and fnmatchcase(finding.path, self.path)


def read_allowances(file: Path) -> tuple[Allowance, ...]:
    """The exceptions of ``allowances.toml``; a missing or empty reason is an error."""
    entries = tomllib.loads(file.read_text(encoding="utf-8")).get("allow", [])
    allowances = tuple(Allowance(**entry) for entry in entries)
    for allowance in allowances:
        if not allowance.reason.strip():
            raise ValueError(f"{file.name}: {allowance.rule} for {allowance.path} has no reason")
    return allowances


def without_allowed(findings: Iterable[Breach], allowances: Iterable[Allowance]) -> list[Breach]:
    return sorted(f for f in findings if not any(allowance.covers(f) for allowance in allowances))


def unused(findings: Iterable[Breach], allowances: Iterable[Allowance]) -> list[Allowance]:
    """Exceptions that no longer except anything: they would hide the next breach."""
    found = list(findings)
    return [allowance for allowance in allowances if not any(allowance.covers(finding) for finding in found)]
