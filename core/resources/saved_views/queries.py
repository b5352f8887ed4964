"""What a user has of a list: the views he may open, the one he begins with, the columns he chose. One statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, CompoundSelect, bindparam, false, func, literal, null, select, union_all
from sqlalchemy import cast as sql_cast

from core.access.models import Group, GroupMember
from core.db.session import ActorSession
from core.db.types import Json
from core.errors import NotFound
from core.i18n import translator
from core.resources.saved_views.models import GroupView, ListChoice, SavedView
from core.text import sort_key

_ = translator(__name__)

PLAIN = "plain"
"""The choice of the list itself, where a group would begin with a view."""

SESSION_KEY = "personal_lists"

NOTHING = sql_cast(null(), Json)


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view that the user may open."""

    id: UUID
    name: str
    is_own: bool
    is_shared: bool
    may_change: bool
    args: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonalList:
    """A list as its user has it. ``views``: his own by name, then those of others. ``opens``: the one he begins with."""

    views: tuple[ViewLine, ...]
    opens: ViewLine | None
    columns: Mapping[str, tuple[str, ...]]

    def view(self, text: str) -> ViewLine:
        """The view whose id is ``text``; NotFound for another's unshared one as for none."""
        found = next((view for view in self.views if str(view.id) == text), None)
        if found is None:
            raise NotFound.of("not_found", _("This view does not exist, or you may not see it."))
        return found


SHARE_VIEWS = "core.share_views"


def may_change(session: ActorSession, owner_id: UUID, is_shared: bool) -> bool:
    """Whether the acting user may change a view: its owner, and of a shared one whoever may share."""
    return owner_id == session.actor.user_id or (is_shared and session.actor.can(SHARE_VIEWS))


def personal_list(session: ActorSession, resource: str) -> PersonalList:
    """What the acting user has of the list ``resource`` (a full name); read once per session."""
    known: dict[str, PersonalList] = session.info.setdefault(SESSION_KEY, {})
    if resource not in known:
        known[resource] = _read(session, resource)
    return known[resource]


def forget_lists(session: ActorSession) -> None:
    """Have them read again: one was changed."""
    session.info.pop(SESSION_KEY, None)


@cache
def _select_lists() -> CompoundSelect[Any]:
    """The views and the choice of ``user`` for the list ``resource``."""
    user_id: BindParameter[UUID] = bindparam("user")
    resource: BindParameter[str] = bindparam("resource")
    of_group = (
        select(func.min(Group.sort_name))
        .join(GroupView, GroupView.group_id == Group.id)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupView.view_id == SavedView.id, GroupMember.user_id == user_id)
        .scalar_subquery()
    )
    views = select(
        SavedView.id,
        SavedView.name,
        SavedView.owner_id,
        SavedView.is_shared,
        SavedView.args,
        SavedView.columns,
        of_group,
        literal("view"),
    ).where(SavedView.resource == resource)
    choice = select(
        ListChoice.id,
        ListChoice.opens,
        ListChoice.user_id,
        false(),
        ListChoice.columns,
        NOTHING,
        literal(None, Group.sort_name.type),
        literal("choice"),
    ).where(ListChoice.resource == resource, ListChoice.user_id == user_id)
    return union_all(views, choice)


def _read(session: ActorSession, resource: str) -> PersonalList:
    user_id = session.actor.user_id
    found = session.execute(_select_lists(), {"user": user_id, "resource": resource})
    lines: list[ViewLine] = []
    groups: dict[UUID, str] = {}
    opens, columns = "", {}
    for id, name, owner_id, is_shared, content, more, group, kind in found:
        if kind == "choice":
            opens, columns = name, content
            continue
        args = tuple((str(each), str(value)) for each, value in content)
        changes = may_change(session, owner_id, bool(is_shared))
        lines.append(ViewLine(id, name, owner_id == user_id, bool(is_shared), changes, args, tuple(more or ())))
        groups |= {id: group} if group is not None else {}
    lines.sort(key=lambda line: (not line.is_own, sort_key(line.name, by="full"), line.id))
    return PersonalList(
        tuple(lines), _opened(lines, opens, groups), {key: tuple(each) for key, each in columns.items()}
    )


def _opened(lines: list[ViewLine], opens: str, groups: Mapping[UUID, str]) -> ViewLine | None:
    """The user's own choice, else that of the first of his groups; nothing where the view is gone or not shared any more."""
    if opens == PLAIN:
        return None
    chosen = next((line for line in lines if str(line.id) == opens), None)
    of_groups = [line for line in lines if line.is_shared and line.id in groups]
    return chosen or min(of_groups, key=lambda line: groups[line.id], default=None)


def groups_with(session: ActorSession, view: SavedView) -> list[UUID]:
    """The permission groups that begin with ``view``."""
    return list(session.scalars(select(GroupView.group_id).where(GroupView.view_id == view.id)))


def list_groups_for_views(session: ActorSession) -> list[tuple[UUID, str]]:
    """Id and name of all permission groups, by name."""
    rows = session.execute(select(Group.id, Group.name).order_by(Group.sort_name, Group.id))
    return [(row[0], row[1]) for row in rows]
