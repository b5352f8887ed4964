"""Pages by key: the address names the last row seen, the query goes on after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from flask import request


class HasId(Protocol):
    @property
    def id(self) -> UUID: ...


Row = TypeVar("Row", bound=HasId)


def uuid_argument(name: str) -> UUID | None:
    """The query argument ``name`` as an id; None where it is absent or none."""
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None


def page_of(rows: Sequence[Row], size: int) -> tuple[Sequence[Row], UUID | None]:
    """The first ``size`` of ``rows``, which were asked for with one more, and the last one's id where there are further."""
    shown = rows[:size]
    return shown, shown[-1].id if len(rows) > size else None
