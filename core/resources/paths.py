"""Columns by dotted path: ``owner.name`` is an outer join along the link ``owner``, to an alias of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, inspect
from sqlalchemy.orm import aliased

from core.db.base import TenantModel


class Paths:
    """The expressions of one statement on ``model`` and the joins they need. The scope holds in each join."""

    def __init__(self, model: type[TenantModel]) -> None:
        self.model = model
        self._joined: dict[tuple[str, ...], Any] = {}

    def column(self, path: str) -> ColumnElement[Any]:
        """The expression at ``path``. AttributeError where the path leads nowhere."""
        *links, name = path.split(".")
        found: ColumnElement[Any] = getattr(self._entity(tuple(links)), name)
        return found

    def join(self, statement: Select[Any]) -> Select[Any]:
        """Add the joins of all paths asked for so far."""
        for links, alias in self._joined.items():
            parent = self._entity(links[:-1])
            statement = statement.outerjoin(getattr(parent, links[-1]).of_type(alias))
        return statement

    def _entity(self, links: tuple[str, ...]) -> Any:
        if not links:
            return self.model
        if links not in self._joined:
            parent = self._entity(links[:-1])
            relationships = inspect(parent).mapper.relationships
            if links[-1] not in relationships:
                raise AttributeError(f"{inspect(parent).mapper.class_.__name__} has no link {links[-1]!r}")
            self._joined[links] = aliased(relationships[links[-1]].mapper.class_)
        return self._joined[links]


def read_path(record: Any, path: str) -> Any:
    """The value at ``path`` of a loaded record; None where a link on the way leads to nothing."""
    for name in path.split("."):
        if record is None:
            return None
        record = getattr(record, name)
    return record
