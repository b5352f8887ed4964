"""Which columns a list shows its reader: those he chose, those of the view, those of the declaration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.resources.columns import Column
from core.resources.saved_views.queries import PersonalList, ViewLine

if TYPE_CHECKING:
    from core.resources.base import Resource

MAX_COLUMNS = 20
"""Columns that one list shows at most."""

ROOM = (("", 6), ("xl", 2), ("2xl", 2), ("3xl", MAX_COLUMNS))
"""How many more chosen columns there is room for from each width on: a list never scrolls sideways."""


def chosen_keys(personal: PersonalList, view: ViewLine | None) -> tuple[str, ...]:
    """The keys that hold for the list, or for one of its views; empty where the declaration does."""
    if view is None:
        return personal.columns.get("", ())
    return personal.columns.get(str(view.id)) or view.columns or personal.columns.get("", ())


@lru_cache(maxsize=1_000)
def columns_of(resource: Resource[Any], keys: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns of these keys that there are, the one that names the record first; all declared ones without keys.

    A key without a column (its addon is off, the declaration has changed) is left out.
    """
    if not keys:
        return resource.shown_columns
    known = {column.path: column for column in resource.all_columns}
    title = resource.title_column.path
    listed = [title, *(key for key in keys if key in known and key != title)][:MAX_COLUMNS]
    widths = [width for width, count in ROOM for _nth in range(count)]
    return tuple(replace(known[key], wide=width) for key, width in zip(listed, widths, strict=False))


def missing_keys(resource: Resource[Any], keys: Sequence[str]) -> list[str]:
    """The keys that no column has."""
    known = {column.path for column in resource.all_columns}
    return [key for key in keys if key not in known]
