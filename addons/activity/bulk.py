"""What the bulk bar of the activities does: from a form's data to a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from addons.activity import services
from core.db import ActorSession
from core.resources import BulkResult


def give_chosen(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return services.give_several(session, ids, values["assignee_id"])


def cancel_chosen(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return services.cancel_several(session, ids, values["reason"] or "")


def delete_chosen(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return services.delete_several(session, ids)
