"""What can be done with views and columns of a list. Whoever may read the list may keep views of his own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, select

from core.db.session import ActorSession
from core.errors import DomainError, Forbidden, Problem
from core.i18n import translator
from core.resources.saved_views.models import GroupView, ListChoice, SavedView
from core.resources.saved_views.queries import PLAIN, SHARE_VIEWS, forget_lists, groups_with, may_change
from core.text import clean

_ = translator(__name__)

NAME_LENGTH = 80
MAX_VIEWS = 50
"""Views that one user keeps of one list; the list's page reads them all."""

Args = Sequence[tuple[str, str]]


def create_view(
    session: ActorSession,
    *,
    resource: str,
    name: str,
    args: Args,
    columns: Sequence[str] | None = None,
    is_shared: bool = False,
    group_ids: Collection[UUID] | None = None,
) -> SavedView:
    """Keep a list of ``resource`` (a full name) for the acting user. ``args`` are parameters that the list has read."""
    kept = session.scalar(
        select(func.count(SavedView.id)).where(
            SavedView.resource == resource, SavedView.owner_id == session.actor.user_id
        )
    )
    if (kept or 0) >= MAX_VIEWS:
        raise DomainError.of("too_many", _("You keep %(n)s views of this list already. Delete one first.", n=MAX_VIEWS))
    view = SavedView(resource=resource, owner_id=session.actor.user_id, name="", is_shared=False, args=[])
    save_view(session, view, args=args, columns=columns)
    session.add(view)
    describe_view(session, view, name=name, is_shared=is_shared, group_ids=group_ids)
    return view


def describe_view(
    session: ActorSession,
    view: SavedView,
    *,
    name: str,
    is_shared: bool | None = None,
    group_ids: Collection[UUID] | None = None,
) -> None:
    """Rename and share a view, and have permission groups begin with it; None leaves that as it is.

    Sharing needs the right ``core.share_views``; taking one's own view back does not.
    """
    _check_may_change(session, view)
    name = clean(name)
    shares = view.is_shared if is_shared is None else is_shared
    problems = []
    if not name:
        problems.append(Problem("required", _("Give the view a name."), "name"))
    if len(name) > NAME_LENGTH:
        problems.append(Problem("too_long", _("Use at most %(n)s characters.", n=NAME_LENGTH), "name"))
    if group_ids and not shares:
        problems.append(Problem("not_shared", _("Share the view before groups begin with it."), "group_ids"))
    if problems:
        raise DomainError(*problems)
    if (group_ids or (shares and not view.is_shared)) and not session.actor.can(SHARE_VIEWS):
        raise Forbidden.of("forbidden", _("You lack the right to share views. Ask an administrator."))
    view.name, view.is_shared = name, shares
    session.flush()
    if group_ids is not None or not shares:
        _begin_groups_with(session, view, set(group_ids or ()))
    forget_lists(session)


def save_view(session: ActorSession, view: SavedView, *, args: Args, columns: Sequence[str] | None) -> None:
    """Make the view what its list shows now."""
    _check_may_change(session, view)
    view.args = [[name, value] for name, value in args]
    view.columns = list(columns) if columns else None
    forget_lists(session)


def delete_view(session: ActorSession, view: SavedView) -> None:
    """Remove a view; whoever began with it begins with the list."""
    _check_may_change(session, view)
    session.delete(view)
    session.flush()
    forget_lists(session)


def begin_with(session: ActorSession, *, resource: str, view_id: UUID | None) -> None:
    """Have the list open with a view for the acting user, or with None as it is, whatever his group begins with."""
    _choice(session, resource).opens = str(session.need(SavedView, view_id).id) if view_id else PLAIN
    forget_lists(session)


def choose_columns(
    session: ActorSession, *, resource: str, view_id: UUID | None, columns: Iterable[str] | None
) -> None:
    """Remember the columns of the list, or of one of its views, for the acting user; None forgets them."""
    choice = _choice(session, resource)
    key = str(view_id) if view_id else ""
    kept = {name: each for name, each in choice.columns.items() if name != key}
    visible = {str(id) for id in session.scalars(select(SavedView.id).where(SavedView.resource == resource))}
    kept = {name: each for name, each in kept.items() if name == "" or name in visible}
    choice.columns = {**kept, key: list(columns)} if columns is not None else kept
    forget_lists(session)


def _check_may_change(session: ActorSession, view: SavedView) -> None:
    if not may_change(session, view.owner_id, view.is_shared):
        raise Forbidden.of("forbidden", _("This view belongs to somebody else. Save it under a name of your own."))


def _begin_groups_with(session: ActorSession, view: SavedView, wanted: set[UUID]) -> None:
    had = set(groups_with(session, view))
    of_list = select(GroupView).where(GroupView.resource == view.resource)
    for row in session.scalars(of_list.where(GroupView.group_id.in_((had - wanted) | (wanted - had)))):
        session.delete(row)
    session.flush()
    session.add_all(GroupView(resource=view.resource, group_id=id, view_id=view.id) for id in wanted - had)
    session.flush()


def _choice(session: ActorSession, resource: str) -> ListChoice:
    found = session.scalar(select(ListChoice).where(ListChoice.resource == resource))
    if found is None:
        found = ListChoice(user_id=session.actor.user_id, resource=resource, opens="", columns={})
        session.add(found)
    return found
