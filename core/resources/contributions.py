"""What an addon adds to another addon's lists and tabs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select

from core.contributions import Point
from core.resources.columns import Column
from core.resources.filters import Filter

if TYPE_CHECKING:
    from core.resources.base import Resource


@dataclass(frozen=True, slots=True)
class ListExtension:
    """Columns and filters for the list ``resource`` (its full name, ``customer.customers``).

    Columns read the extender's own tables, so they have an ``expression`` and a ``kind``, and their filters a ``where``. They
    are there while the extender is enabled.
    """

    resource: str
    columns: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()


list_extensions = Point("core.list_extensions", ListExtension)


@dataclass(frozen=True, slots=True)
class TabCount:
    """The number on a tab that the addon has in another's page; ``endpoint`` is that of its slot.

    ``count(record_id)`` selects it; it stands in one statement with the numbers of the other tabs.
    """

    endpoint: str
    count: Callable[[UUID], Select[int]]


tab_counts = Point("core.tab_counts", TabCount)


@lru_cache(maxsize=1_000)
def extended(declared: Resource[Any], providers: tuple[Callable[[], Any], ...]) -> Resource[Any]:
    """``declared`` with what these providers of the point add to it."""
    provided = [provider() for provider in providers]
    listed = [item for each in provided for item in (each if isinstance(each, list | tuple) else [each])]
    ours = [item for item in listed if item.resource == declared.full_name]
    if not ours:
        return declared
    content = {
        "__module__": type(declared).__module__,
        "columns": (*declared.columns, *(column for item in ours for column in item.columns)),
        "filters": (*declared.filters, *(each for item in ours for each in item.filters)),
    }
    made: type[Resource[Any]] = type(type(declared).__name__, (type(declared),), content)
    return made(declared.addon)
