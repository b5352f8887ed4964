"""Permission groups (SYS-02): made, copied, ticked and filled; and those that manifests bring ready-made."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count
from uuid import UUID

from sqlalchemy import select

from core.access.models import Group, GroupMember, GroupPermission
from core.access.services.granting import MANAGE_GROUPS, check_may_grant, keeping_an_administrator, own_ticks
from core.access.services.membership import exchange, record_members
from core.access.services.names import MAX_NAME, name_problems
from core.access.services.users import user_problems
from core.audit import record
from core.clock import now
from core.db.session import ActorSession
from core.errors import DomainError, Forbidden
from core.events import on
from core.i18n import DEFAULT_LOCALE, in_domain, translator, use_locale
from core.kernel import current_kernel
from core.manifest import Group as ShippedGroup
from core.tenancy.addons import enabled_addons
from core.tenancy.events import AddonEnabled
from core.text import clean

_ = translator(__name__)


def create_group(session: ActorSession, *, name: str) -> Group:
    """Make a group without ticks and members. DomainError: name missing, too long or taken."""
    name = clean(name)
    if problems := name_problems(session, Group, name):
        raise DomainError(*problems)
    group = Group(name=name)
    session.add(group)
    session.flush()
    return group


def rename_group(session: ActorSession, group: Group, *, name: str) -> None:
    """Give the group another name; a ready-made one stays ready-made."""
    name = clean(name)
    if problems := name_problems(session, Group, name, but=group.id):
        raise DomainError(*problems)
    group.name = name
    session.flush()


def copy_group(session: ActorSession, group: Group, *, name: str) -> Group:
    """A new group with the same ticks, those of addons that are off too, and without members."""
    check_may_grant(session, [group.id])
    made = create_group(session, name=name)
    made.requires_second_factor = group.requires_second_factor
    ticks = session.scalars(select(GroupPermission.permission).where(GroupPermission.group_id == group.id)).all()
    _tick(session, made, set(), set(ticks))
    return made


def tick_permissions(session: ActorSession, group: Group, permissions: Collection[str]) -> None:
    """Tick exactly ``permissions`` (full names) among those of the enabled addons; ticks of the others stay as they are.

    Without core.manage_groups nobody can tick, or take away, what he does not hold himself (Forbidden). DomainError for
    permissions that nobody declares, and when the last administrator would be lost.
    """
    wanted, offered = set(permissions), offered_permissions(session)
    if wanted - offered:
        raise DomainError.of("unknown_permission", _("One of the rights does not exist any more. Reload the page."))
    present = {tick for tick in _ticks(session, group) if tick in offered}
    if not session.actor.can(MANAGE_GROUPS) and not (wanted ^ present) <= own_ticks(session):
        raise Forbidden.of("grants_too_much", _("You can give or take only rights that you have yourself."))
    with keeping_an_administrator(session):
        _tick(session, group, present, wanted)


def require_second_factor(session: ActorSession, group: Group, is_required: bool) -> None:
    """Let the members of the group have a second factor, or not. Who has none sets it up at the next click."""
    check_may_grant(session, [group.id])
    group.requires_second_factor = is_required
    session.flush()


def reset_group(session: ActorSession, group: Group) -> None:
    """Put a ready-made group back to the ticks of its manifest, as this version ships it. The members stay."""
    shipped = shipped_group(group)
    if shipped is None:
        raise DomainError.of("not_shipped", _("This group is your own; there is nothing to go back to."))
    with keeping_an_administrator(session):
        _tick(session, group, set(_ticks(session, group)), set(shipped.permissions))


def add_group_members(session: ActorSession, group: Group, user_ids: Collection[UUID]) -> None:
    """Add these users to those who are in the group already. Errors as in :func:`set_group_members`."""
    set_group_members(session, group, {*member_ids(session, group), *user_ids})


def remove_group_member(session: ActorSession, group: Group, user_id: UUID) -> None:
    """Take one user out of the group; he loses its rights at once. Errors as in :func:`set_group_members`."""
    set_group_members(session, group, member_ids(session, group) - {user_id})


def member_ids(session: ActorSession, group: Group) -> set[UUID]:
    """The users in the group."""
    return set(session.scalars(select(GroupMember.user_id).where(GroupMember.group_id == group.id)))


def set_group_members(session: ActorSession, group: Group, user_ids: Collection[UUID]) -> None:
    """Make exactly these users the members. DomainError: unknown users, last administrator; Forbidden: a group with more
    rights than one's own."""
    if problems := user_problems(session, user_ids):
        raise DomainError(*problems)
    rows = session.scalars(select(GroupMember).where(GroupMember.group_id == group.id))
    present = {row.user_id: row for row in rows}
    if present.keys() == set(user_ids):
        return
    check_may_grant(session, [group.id])
    with keeping_an_administrator(session):
        exchange(session, present, user_ids, lambda id: GroupMember(group_id=group.id, user_id=id))
    record_members(session, "core_group", group.id, "members", present, set(user_ids))


def delete_group(session: ActorSession, group: Group) -> None:
    """Delete the group; its members lose its rights at once. DomainError when the last administrator would be lost.

    A ready-made group comes back when its application is switched on the next time.
    """
    check_may_grant(session, [group.id])
    with keeping_an_administrator(session):
        session.delete(group)


def shipped_group(group: Group) -> ShippedGroup | None:
    """What the manifest of a loaded addon says about a ready-made group; None for a tenant's own."""
    for shipped in current_kernel().registry.groups:
        if group.shipped_key == f"{shipped.addon}.{shipped.key}":
            return shipped
    return None


def offered_permissions(session: ActorSession) -> set[str]:
    """Full names of the permissions that can be ticked: those of the enabled addons."""
    enabled = enabled_addons(session)
    return {name for name, each in current_kernel().registry.permissions.items() if each.addon in enabled}


@on(AddonEnabled)
def ship_groups(session: ActorSession, event: AddonEnabled) -> None:
    """Make the ready-made groups of an addon that has been switched on, each once.

    A group that is there already keeps whatever the tenant has ticked, also when a later version ships more rights.
    """
    wanted = [group for group in current_kernel().registry.groups if group.addon == event.addon]
    keys = [f"{group.addon}.{group.key}" for group in wanted]
    known = set(session.scalars(select(Group.shipped_key).where(Group.shipped_key.in_(keys))))
    for shipped, key in zip(wanted, keys, strict=True):
        if key not in known:
            group = Group(name=_free_name(session, shipped), shipped_key=key)
            session.add(group)
            session.flush()
            _tick(session, group, set(), set(shipped.permissions))


def _free_name(session: ActorSession, shipped: ShippedGroup) -> str:
    """The group's title in the tenant's language; where it is taken, with the addon's title or a number behind it."""
    with use_locale(DEFAULT_LOCALE):
        title = str(in_domain(shipped.title, shipped.addon))
        addon = str(in_domain(current_kernel().registry.addon(shipped.addon).manifest.title, shipped.addon))
    for number in count():
        ending = "" if number == 0 else f" ({addon})" if number == 1 else f" ({addon} {number})"
        name = title[: MAX_NAME - len(ending)] + ending
        if not name_problems(session, Group, name):
            return name
    raise AssertionError("count() never ends")


def _ticks(session: ActorSession, group: Group) -> list[str]:
    return list(session.scalars(select(GroupPermission.permission).where(GroupPermission.group_id == group.id)))


def _tick(session: ActorSession, group: Group, before: set[str], after: set[str]) -> None:
    """Go from one set of ticks to another, with one audit entry; the group counts as changed (its version)."""
    if before == after:
        return
    rows = select(GroupPermission).where(
        GroupPermission.group_id == group.id, GroupPermission.permission.in_(before - after)
    )
    for row in session.scalars(rows).all():
        session.delete(row)
    session.add_all(GroupPermission(group_id=group.id, permission=each) for each in sorted(after - before))
    group.updated_at = now()
    changes = {each: [each in before, each in after] for each in sorted(before ^ after)}
    record(session, "tick", entity="core_group", entity_id=group.id, changes=changes)
    session.flush()
