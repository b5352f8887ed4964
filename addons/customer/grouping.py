"""Changing the groups of several customers: move, add, remove (GRP-01 to GRP-07)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, insert, select

from addons.customer.events import CustomersRegrouped
from addons.customer.models import Customer, CustomerGroup, CustomerGroupMember
from core.audit import record_bulk
from core.db import ActorSession
from core.db.bulk import BATCH
from core.errors import DomainError, Forbidden
from core.events import emit
from core.i18n import translator
from core.resources import BulkResult, Skipped
from core.resources.bulk import unseen
from core.settings import setting

_ = translator(__name__)


class GroupChange(StrEnum):
    """What happens with the ticked groups (Tùy chọn), GRP-03."""

    MOVE = "move"
    ADD = "add"
    REMOVE = "remove"


def regrouped(
    present: Collection[UUID],
    option: GroupChange,
    chosen: Collection[UUID],
    type_of: Mapping[UUID, UUID | None],
    *,
    replace_all: bool = False,
) -> set[UUID]:
    """The groups after the change.

    Moving takes the place of the groups of the same type as a chosen one; groups without type are one dimension (GRP-04).
    With ``replace_all`` the chosen groups take the place of all.
    """
    match option:
        case GroupChange.ADD:
            return {*present, *chosen}
        case GroupChange.REMOVE:
            return set(present) - set(chosen)
    types = {type_of.get(id) for id in chosen}
    kept = set() if replace_all else {id for id in present if type_of.get(id) not in types}
    return kept | set(chosen)


def change_groups(
    session: ActorSession,
    ids: Sequence[UUID],
    option: GroupChange,
    group_ids: Collection[UUID],
    *,
    replace_all: bool = False,
) -> BulkResult:
    """Change the groups of those of ``ids`` that one may see. Needs ``customer.edit``.

    Skipped and told: customers that are so already, and one that would lose its last group while one is required (GRP-06).
    """
    if not session.actor.can("customer.edit"):
        raise Forbidden.of("forbidden", _("You may not edit customers."))
    groups = {
        row.id: row for row in session.execute(select(CustomerGroup.id, CustomerGroup.name, CustomerGroup.type_id))
    }
    if not group_ids:
        raise DomainError.of("no_group", _("Tick at least one group."), "group_ids")
    if not groups.keys() >= set(group_ids):
        raise DomainError.of("unknown_group", _("This group is not offered any more."), "group_ids")
    type_of = {id: row.type_id for id, row in groups.items()}
    result = BulkResult()
    for start in range(0, len(ids), BATCH):
        batch = list(dict.fromkeys(ids[start : start + BATCH]))
        names = {
            row.id: row.name
            for row in session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(batch)))
        }
        present = _memberships(session, names)
        wanted = {
            id: regrouped(present[id], option, group_ids, type_of, replace_all=replace_all)
            for id in batch
            if id in names
        }
        result += BulkResult(skipped=unseen(len(batch) - len(names)))
        result += _apply(session, names, present, wanted, {id: row.name for id, row in groups.items()})
    return result


def _memberships(session: ActorSession, ids: Collection[UUID]) -> defaultdict[UUID, set[UUID]]:
    query = select(CustomerGroupMember.customer_id, CustomerGroupMember.group_id)
    present: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for customer_id, group_id in session.execute(query.where(CustomerGroupMember.customer_id.in_(list(ids)))):
        present[customer_id].add(group_id)
    return present


def _apply(
    session: ActorSession,
    names: Mapping[UUID, str],
    present: Mapping[UUID, set[UUID]],
    wanted: Mapping[UUID, set[UUID]],
    group_names: Mapping[UUID, str],
) -> BulkResult:
    is_required = setting("customer.group_required", session=session)
    skipped: list[Skipped] = []
    changed: dict[UUID, set[UUID]] = {}
    for id, groups in wanted.items():
        if groups == present[id]:
            skipped.append(Skipped(names[id], str(_("It is so already."))))
        elif not groups and is_required:
            skipped.append(Skipped(names[id], str(_("A customer needs at least one group."))))
        else:
            changed[id] = groups
    lost = {group for id, groups in changed.items() for group in present[id] - groups}
    for group_id in lost:
        leavers = [id for id, groups in changed.items() if group_id in present[id] - groups]
        session.execute(
            delete(CustomerGroupMember).where(
                CustomerGroupMember.group_id == group_id, CustomerGroupMember.customer_id.in_(leavers)
            ),
            execution_options={"synchronize_session": False},
        )
    joined = [
        {"customer_id": id, "group_id": group_id} for id, groups in changed.items() for group_id in groups - present[id]
    ]
    if joined:
        session.execute(insert(CustomerGroupMember), joined)
    if changed:
        session.expire_all()

        def told(groups: Collection[UUID]) -> list[str]:
            return sorted(group_names[id] for id in groups)

        diffs = {id: {"groups": (told(present[id]), told(groups))} for id, groups in changed.items()}
        record_bulk(session, Customer, diffs)
        emit(session, CustomersRegrouped(tuple(changed)))
    return BulkResult(len(changed), tuple(skipped))
