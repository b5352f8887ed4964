"""Errors that a person can act on: each names what is wrong and, where there is one, the field.

A use case validates everything first and raises one :class:`DomainError` with all problems (style: report all at once).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    ``code`` is stable and for programs (``duplicate_code``); ``message`` is for people and may be lazy; ``field`` is
    the form field or API property it belongs to, None for the whole.
    """

    code: str
    message: object
    field: str | None = None

    def __str__(self) -> str:
        return str(self.message)


class DomainError(Exception):
    """The business refuses, with every reason at once. Answered as 422; nothing has been written."""

    status = 422

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(*problems)

    def __str__(self) -> str:
        return "; ".join(str(problem) for problem in self.problems)

    @classmethod
    def of(cls, code: str, message: object, field: str | None = None) -> Self:
        """The error with a single problem."""
        return cls(Problem(code, message, field))


class Unauthorized(DomainError):
    """Nobody knows who asks: no token, or one that is worth nothing (401)."""

    status = 401


class NotFound(DomainError):
    """There is no such record for this actor; "not yours" and "not there" answer alike (404)."""

    status = 404


class Conflict(DomainError):
    """The record changed since it was read, or another one is in the way (409)."""

    status = 409


class Forbidden(DomainError):
    """The actor lacks the permission (403)."""

    status = 403
