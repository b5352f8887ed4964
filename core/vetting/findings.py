"""What is wrong with an addon, as people and programs are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.manifest import BootProblem
from core.problem_codes import MEANINGS, Code


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong: its stable code, where (file, route, permission, key), what, and what to do about it."""

    code: Code
    place: str
    message: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.code} {self.place}\n  {self.message}\n  {self.fix or MEANINGS[self.code][1]}"


Findings = Iterator[Finding]


def of_problems(problems: Iterable[BootProblem]) -> Findings:
    """The problems of a boot as findings."""
    for each in problems:
        yield Finding(each.code, each.where, each.message, each.fix)
