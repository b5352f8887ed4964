"""Everything that some words may mean to a user: records of each resource that says ``found_everywhere``, actions, pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for

from core.db.session import ActorSession
from core.i18n import translator
from core.resources.base import Resource, all_resources
from core.resources.links import may_call, url_if_allowed
from core.resources.listing import find_everywhere
from core.resources.picking import read_options
from core.settings.queries import list_nav
from core.tenancy.addons import enabled_addons
from core.text import fold
from core.ui.shell import MenuSection

_ = translator(__name__)

SHOWN = 6
"""Matches shown of each kind; the list shows the rest."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to open. ``under`` tells it apart; ``icon`` is empty for a record, which shows its avatar."""

    label: str
    url: str
    under: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """What one kind has for the words, and where all of it is (empty: this is all)."""

    title: object
    icon: str
    items: Sequence[Hit] = field(default_factory=tuple)
    all_url: str = ""


def find_records(session: ActorSession, query: str) -> list[Hits]:
    """The first matches of each resource that the user may read: one statement looks all of them up, one reads each."""
    searched = [each.for_tenant(session) for each in _searched(session)]
    found = find_everywhere(session, [each.model for each in searched], query) if searched else []
    hits = [_hits(session, each, match, query) for each, match in zip(searched, found, strict=True) if match]
    return [each for each in hits if each.items]


def find_commands(session: ActorSession, query: str, menu: Iterable[MenuSection]) -> list[Hits]:
    """Actions and pages whose names have all of the words, in any spelling of marks; all of them without words."""
    words = fold(query).split()
    actions = [hit for hit in _actions(session) if _has(hit, words)]
    pages = {hit.url: hit for hit in _pages(session, menu) if _has(hit, words)}
    shown = SHOWN if words else None
    found = (
        Hits(_("Go to"), "arrow-right", list(pages.values())[:shown]),
        Hits(_("Actions"), "plus", actions[:shown]),
    )
    return [each for each in found if each.items]


def _searched(session: ActorSession) -> list[Resource[Any]]:
    enabled = enabled_addons(session)
    return [
        resource
        for resource in all_resources().values()
        if resource.found_everywhere and resource.addon in enabled and may_call(session, resource.endpoint("list"))
    ]


def _hits(session: ActorSession, resource: Resource[Any], match: Any, query: str) -> Hits:
    options = read_options(resource, session, query, match, limit=SHOWN + 1)
    items = [
        Hit(option["label"], url_for(resource.endpoint("detail"), id=option["value"]), option["under"])
        for option in options[:SHOWN]
    ]
    all_url = url_for(resource.endpoint("list"), q=query) if len(options) > SHOWN else ""
    return Hits(resource.title, resource.icon, items, all_url)


def _actions(session: ActorSession) -> Iterable[Hit]:
    for resource in all_resources().values():
        if resource.form is not None and (url := url_if_allowed(resource, session, "new")):
            yield Hit(str(_("Add %(name)s", name=resource.one)), url, icon="plus")


def _pages(session: ActorSession, menu: Iterable[MenuSection]) -> Iterable[Hit]:
    """The sidebar's entries, then the settings'."""
    for section in menu:
        for item in section.items:
            yield Hit(item.title, item.url, section.title if section.title != item.title else "", item.icon)
    for part in list_nav(session, url_for, current_app.view_functions.__contains__):
        for link in part.links:
            yield Hit(link.title, link.url, part.title, link.icon)


def _has(hit: Hit, words: Sequence[str]) -> bool:
    text = fold(f"{hit.label} {hit.under}")
    return all(word in text for word in words)
