"""What the bulk bar of the customers does: from a form's data to a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from addons.customer import services
from addons.customer.grouping import change_groups
from addons.customer.ownership import hand_over, preview_handover
from addons.customer.sharing import share_customers
from addons.customer.tiers.placing import place_by_hand
from core.access.recipients import expand_recipients
from core.db import ActorSession
from core.i18n import translator
from core.resources import BulkResult

_ = translator(__name__)


def put_into_relationship(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return services.change_relationship(session, ids, values["relationship_id"])


def regroup(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return change_groups(
        session, ids, values["option"], values["group_ids"] or (), replace_all=bool(values["replace_all"])
    )


def share(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    people = expand_recipients(session, values["people"])
    return share_customers(session, ids, values["option"], people, values["boxes"] or ())


def give_away(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return hand_over(
        session,
        ids,
        expand_recipients(session, values["people"]),
        split=bool(values["split"]),
        boxes=values.get("boxes") or (),
        end_shares=bool(values["end_shares"]),
    )


def put_in_charge(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    """The short form (CUS-030): one person, or nobody."""
    return hand_over(session, ids, [values["owner_id"]], boxes=values.get("boxes") or ())


def preview_giving(session: ActorSession, ids: Sequence[UUID], **values: Any) -> list[tuple[str, str]]:
    """Who would get how many (OWN-06)."""
    receivers = expand_recipients(session, values["people"])
    counts = preview_handover(session, ids, receivers, split=bool(values["split"]))
    return [(name, str(_.n("1 customer", "%(n)s customers", n))) for name, n in counts]


def place_in_tier(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return place_by_hand(
        session, ids, tier_id=values["tier_id"], keep=bool(values["keep"]), reason=values["reason"] or ""
    )


def activate(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return services.set_active(session, ids, True)


def deactivate(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return services.set_active(session, ids, False)


def delete_several(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return services.delete_customers(session, ids)
