"""One box that finds everything: the best matches of every resource that says ``found_everywhere``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.db.session import ActorSession
from core.kernel import current_session
from core.resources.base import Resource, all_resources
from core.resources.listing import MAX_QUERY
from core.resources.picking import list_options
from core.tenancy.addons import enabled_addons
from core.web import SIGNED_IN, AddonViews, render

views = AddonViews(__name__)

SHOWN = 6
"""Matches shown of each kind; the list shows the rest."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What one resource has for the words: its first matches, and where all of them are."""

    title: object
    icon: str
    items: list[dict[str, str]]
    all_url: str


@views.get("/search", permission=SIGNED_IN)
def search() -> ResponseReturnValue:
    """``?q=``: a name without marks, a phone in any spelling, a code."""
    query = request.args.get("q", "").strip()[:MAX_QUERY]
    session = current_session()
    found = [_matches(session, each, query) for each in _searched(session)] if query else []
    return render("resource/search.html", query=query, found=[each for each in found if each.items])


def _searched(session: ActorSession) -> list[Resource[Any]]:
    enabled = enabled_addons(session)
    return [
        resource
        for resource in all_resources().values()
        if resource.found_everywhere
        and resource.addon in enabled
        and resource.permissions.read
        and session.actor.can(resource.permissions.read)
    ]


def _matches(session: ActorSession, resource: Resource[Any], query: str) -> Matches:
    options = list_options(resource, session, query, [])
    items = [{**item, "url": url_for(resource.endpoint("detail"), id=item["value"])} for item in options[:SHOWN]]
    all_url = url_for(resource.endpoint("list"), q=query) if len(options) > SHOWN else ""
    return Matches(resource.title, resource.icon, items, all_url)
