"""Care records on the timeline of what they are about: what was done, with its result."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import url_for

from addons.activity.forms import RESULTS
from addons.activity.models import Result
from addons.activity.queries import list_done_about
from core.db import ActorSession
from core.discussion.contributions import Happening
from core.i18n import translator

_ = translator(__name__)


def happenings_about(
    session: ActorSession, entity: str, record_id: UUID, before: datetime | None, limit: int
) -> list[Happening]:
    """What was done about a record, as its timeline tells it."""
    return [
        Happening(
            each.done_at,
            str(_("%(who)s: %(title)s", who=each.assignee.name, title=each.title)),
            ": ".join(filter(None, (str(RESULTS[Result(each.result)]) if each.result else "", each.result_note))),
            url_for("activity.activity_page", id=each.id),
            "heart-handshake",
        )
        for each in list_done_about(session, entity, record_id, before, limit)
        if each.done_at is not None
    ]
