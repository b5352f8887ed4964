"""Changing a set of memberships: what goes, what comes, and one audit entry for both."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar
from uuid import UUID

from core.access.models import DepartmentMember, GroupMember
from core.audit import record
from core.db.session import ActorSession

Member = TypeVar("Member", DepartmentMember, GroupMember)


def exchange(
    session: ActorSession, present: dict[UUID, Member], wanted: Collection[UUID], make: Callable[[UUID], Member]
) -> None:
    """Delete the rows of ``present`` (by the id of their other side) that are not wanted, add those that are missing."""
    for id in present.keys() - set(wanted):
        session.delete(present[id])
    session.add_all(make(id) for id in set(wanted) - present.keys())


def record_members(
    session: ActorSession, entity: str, id: UUID, field: str, before: Iterable[UUID], after: Iterable[UUID]
) -> None:
    """One audit entry for a changed set, as sorted ids old → new; none when nothing changed."""
    old, new = sorted(map(str, before)), sorted(map(str, after))
    if old != new:
        record(session, "update", entity=entity, entity_id=id, changes={field: [old, new]})
