"""The records that activities are about: which kinds there are, how one is searched, named and linked to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import select

from addons.activity.contributions import ActivitySubject, subjects
from core.contributions import contributed
from core.db import ActorSession
from core.errors import NotFound
from core.resources.base import Resource, all_resources
from core.resources.links import may_call
from core.resources.picking import list_options
from core.text import fold

MAX_LABEL = 200


@dataclass(frozen=True, slots=True)
class About:
    """A record that the actor may see: its table and id, and what it is called."""

    entity: str
    id: UUID
    label: str


def offered_subjects(session: ActorSession) -> Sequence[tuple[ActivitySubject, Resource[Any]]]:
    """The kinds of records that the actor may read, with their resources."""
    found = []
    for subject in contributed(subjects, session=session):
        resource = all_resources()[subject.resource]
        if resource.permissions.read and session.actor.can(resource.permissions.read):
            found.append((subject, resource))
    return found


def subject_names(session: ActorSession) -> dict[str, str]:
    """Table → what such a record is called, of all kinds that the tenant has on."""
    return {
        subject.entity: str(all_resources()[subject.resource].one).capitalize()
        for subject in contributed(subjects, session=session)
    }


def find_about(session: ActorSession, value: str) -> About | None:
    """The record that ``customer:<id>`` means, where the actor may see it."""
    entity, _colon, text = value.partition(":")
    try:
        id = UUID(text)
    except ValueError:
        return None
    for subject, resource in offered_subjects(session):
        if subject.entity == entity:
            try:
                return About(entity, id, resource.title_of(resource.find(session, id))[:MAX_LABEL])
            except NotFound:
                return None
    return None


def list_subject_options(session: ActorSession, query: str) -> list[dict[str, str]]:
    """What ``query`` may mean, of every kind that the actor may read; the kind is told where there are several."""
    offered = offered_subjects(session)
    items: list[dict[str, str]] = []
    for subject, resource in offered:
        kind = str(resource.one).capitalize() if len(offered) > 1 else ""
        for option in list_options(resource.for_tenant(session), session, query, []):
            under = " · ".join(filter(None, (kind, option["under"])))
            items.append({"value": f"{subject.entity}:{option['value']}", "label": option["label"], "under": under})
    return items


def find_only(session: ActorSession, text: str) -> str:
    """The one record that is called so, or has this code, as forms send it; empty where there is none or several."""
    wanted = fold(text)
    found = [
        item["value"]
        for item in list_subject_options(session, text)
        if wanted in {fold(part) for part in (item["label"], *item["under"].split(" · "))}
    ]
    return found[0] if len(found) == 1 else ""


def subject_url(session: ActorSession, entity: str | None, id: UUID | None) -> str:
    """The page of the record that an activity is about; empty where there is none, or the actor may not see it."""
    for subject, resource in offered_subjects(session) if entity and id else ():
        if subject.entity == entity and may_call(session, resource.endpoint("detail")):
            model: Any = subject.model
            if session.scalar(select(model.id).where(model.id == id)) is not None:
                return url_for(resource.endpoint("detail"), id=id)
    return ""


def seen_among(session: ActorSession, entity: str, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the records that the actor may see."""
    for subject, _resource in offered_subjects(session):
        if subject.entity == entity:
            model: Any = subject.model
            return set(session.scalars(select(model.id).where(model.id.in_(list(ids)))))
    return set()
