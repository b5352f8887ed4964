"""The daily digest, and keeping the table of notices small."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from core.access.models import User
from core.clock import now
from core.db.ids import first_id_of
from core.db.session import ActorSession
from core.i18n import translator
from core.jobs.declarations import job
from core.jobs.execution import JobRun, Step
from core.kernel import current_kernel
from core.messages.channels import Channel
from core.messages.queries import find_sender
from core.messages.services import PREFERENCES_PATH, has_mail_address, queue_template, tenant_name
from core.notifications.contributions import Way
from core.notifications.models import NoticeDigest, Notification
from core.notifications.preferences import ways_for

_ = translator(__name__)

KEPT = timedelta(days=180)
BATCH = 1_000

LOOKED_BACK = timedelta(days=7)
"""A digest goes no further back: where mail was set up only now, nobody gets the notices of half a year."""

USERS = 50
"""Users in a step."""

LISTED = 30
"""Notices that a digest names; the others are counted."""


@job("core.purge_notifications", title=_("Clear old notifications"), as_system=True)
def purge_notifications(run: JobRun) -> Iterator[Step]:
    """Delete the notices older than :data:`KEPT`, read or not."""
    oldest_kept = first_id_of(now() - KEPT)
    done = 0
    while ids := run.session.scalars(select(Notification.id).where(Notification.id < oldest_kept).limit(BATCH)).all():
        run.session.execute(
            delete(Notification).where(Notification.id.in_(ids)), execution_options={"synchronize_session": False}
        )
        done += len(ids)
        yield Step(done)


@job("core.send_digests", title=_("Send the daily digest of notifications"), as_system=True)
def send_digests(run: JobRun) -> Iterator[Step]:
    """An e-mail to each user with unread notices that he wants in a digest and that no digest has named yet (SYS-11).

    What it has come to is written with the e-mail in one step, so nothing is named twice.
    """
    if find_sender(run.session, Channel.EMAIL) is None:
        return
    start = first_id_of(now() - LOOKED_BACK)
    place = UUID(run.cursor["after"]) if run.cursor else None
    done: int = run.cursor["done"] if run.cursor else 0
    while user_ids := _users_with_notices(run.session, start, place):
        for id in user_ids:
            _send_digest(run.session, id, start)
        done, place = done + len(user_ids), user_ids[-1]
        yield Step(done, cursor={"after": str(place), "done": done})


def _users_with_notices(session: ActorSession, start: UUID, after: UUID | None) -> Sequence[UUID]:
    query = select(Notification.user_id).where(Notification.read_at.is_(None), Notification.id >= start).distinct()
    if after is not None:
        query = query.where(Notification.user_id > after)
    return session.scalars(query.order_by(Notification.user_id).limit(USERS)).all()


def _send_digest(session: ActorSession, user_id: UUID, start: UUID) -> None:
    user = session.find(User, user_id)
    if user is None or not user.is_active or not has_mail_address(user.email):
        return
    digest = session.scalar(select(NoticeDigest).where(NoticeDigest.user_id == user_id))
    kinds = [kind for kind, way in ways_for(session, user_id).items() if way == Way.DIGEST]
    query = select(Notification).where(
        Notification.user_id == user_id,
        Notification.read_at.is_(None),
        Notification.kind.in_(kinds),
        Notification.id > max(start, digest.until_id) if digest else Notification.id >= start,
    )
    notices = session.scalars(query.order_by(Notification.id)).all() if kinds else []
    if not notices:
        return
    newest = notices[-1].id
    queue_template(
        session,
        "core.digest",
        _values(session, user, notices),
        language=user.language,
        recipient=user.email or "",
        recipient_name=user.name,
        once=f"digest:{user_id}:{newest}",
    )
    if digest is None:
        digest = NoticeDigest(user_id=user_id)
        session.add(digest)
    digest.until_id, digest.sent_at = newest, now()


def _values(session: ActorSession, user: User, notices: Sequence[Notification]) -> dict[str, Any]:
    base = current_kernel().config.public_url
    lines = [f"- {notice.title}\n  {base}{notice.url or '/notifications'}" for notice in notices[:LISTED]]
    if len(notices) > LISTED:
        lines.append(f"- … (+{len(notices) - LISTED})")
    return {
        "name": user.name,
        "count": str(len(notices)),
        "list": "\n".join(lines),
        "link": f"{base}/notifications",
        "company": tenant_name(session),
        "preferences": f"{base}{PREFERENCES_PATH}",
    }
