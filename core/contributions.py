"""Contributions: the owner of a calculation or a catalogue declares a typed point, other addons add items to it.

KPI rows, share categories, list columns. What the tenant has not enabled is left out; nobody has to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from core.db.session import ActorSession
from core.kernel import current_kernel, current_session
from core.marks import mark
from core.tenancy.addons import enabled_addons

Item = TypeVar("Item")
Provider = TypeVar("Provider", bound=Callable[[], Any])


@dataclass(frozen=True)
class Point(Generic[Item]):
    """A place for items of one type. Declared in the owner's ``contributions.py``; ``name`` is ``addon.point``."""

    name: str
    type: type[Item]


def contributes(point: Point[Any]) -> Callable[[Provider], Provider]:
    """Mark a function without arguments that returns one item of ``point``, or a list of them."""

    def decorate(provider: Provider) -> Provider:
        mark(provider, "contribution", point)
        return provider

    return decorate


def contributed(point: Point[Item], *, session: ActorSession | None = None) -> tuple[Item, ...]:
    """The items of ``point`` from the addons that the tenant has enabled, in the order of the addons."""
    items: list[Item] = []
    for provider in providers(point, session=session):
        provided = provider()
        items.extend(provided if isinstance(provided, list | tuple) else [provided])
    wrong = [item for item in items if not isinstance(item, point.type)]
    if wrong:
        raise TypeError(f"{point.name} takes {point.type.__name__}, not {type(wrong[0]).__name__}")
    return cast(tuple[Item, ...], tuple(items))


def providers(point: Point[Any], *, session: ActorSession | None = None) -> tuple[Callable[[], Any], ...]:
    """The functions behind :func:`contributed`: the same ones for the same addons, so what is made of them can be kept."""
    enabled = enabled_addons(session or current_session())
    marked = current_kernel().registry.marked("contribution")
    return tuple(each.obj for each in marked if each.value == point and each.addon in enabled)
