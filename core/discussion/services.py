"""Writing a comment."""

from __future__ import annotations

from uuid import UUID

from flask import url_for
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from core.access.models import User
from core.attachments.services import attach
from core.clock import now
from core.db.session import ActorSession
from core.discussion.events import CommentPosted
from core.discussion.mentions import find_mentioned
from core.discussion.models import Comment, CommentMention
from core.discussion.sight import who_sees
from core.discussion.subjects import Subject, can_comment
from core.errors import DomainError, Forbidden, Problem
from core.events import emit
from core.i18n import translator
from core.notifications import notify
from core.text import clean

_ = translator(__name__)

MAX_LENGTH = 10_000
"""Characters of a comment."""


def post_comment(
    session: ActorSession, subject: Subject, *, body: str, files: list[FileStorage], post_key: UUID
) -> Comment:
    """Write on ``subject``, attach ``files`` and tell whom the text mentions (CUS-020, CUS-021, CUS-034).

    The same ``post_key`` again returns the comment that stands. DomainError: empty without a file, too long, a bad file,
    a mention of somebody who may not see the record. Forbidden: no right to comment.
    """
    if not can_comment(session, subject):
        raise Forbidden.of("forbidden", _("You may read this discussion, but not write in it."))
    standing = session.scalar(
        select(Comment).where(Comment.author_id == session.actor.user_id, Comment.post_key == post_key)
    )
    if standing is not None:
        return standing
    body = clean(body, multiline=True)
    files = [file for file in files if file.filename]
    mentioned = find_mentioned(session, body)
    problems = [*_check_text(body, files), *_check_mentioned(session, subject, mentioned)]
    if problems:
        raise DomainError(*problems)
    comment = Comment(
        entity=subject.entity,
        entity_id=subject.record.id,
        author_id=session.actor.user_id,
        body=body,
        created_at=now(),
        post_key=post_key,
    )
    session.add(comment)
    session.flush()
    attach(session, subject.record, files, comment_id=comment.id)
    session.add_all(CommentMention(comment_id=comment.id, user_id=user.id) for user in mentioned)
    emit(session, CommentPosted(subject.entity, subject.record.id, comment.id))
    notify(
        session,
        [user.id for user in mentioned],
        kind="mention",
        title=_("%(who)s mentioned you at %(record)s", who=session.actor.name, record=subject.title),
        body=body[:200],
        url=url_for(subject.discussed.endpoint, id=subject.record.id),
    )
    return comment


def _check_text(body: str, files: list[FileStorage]) -> list[Problem]:
    if not body and not files:
        return [Problem("required", _("Write something, or attach a file."), "body")]
    if len(body) > MAX_LENGTH:
        return [Problem("too_long", _("At most %(n)s characters.", n=MAX_LENGTH), "body")]
    return []


def _check_mentioned(session: ActorSession, subject: Subject, mentioned: list[User]) -> list[Problem]:
    """Nobody is called to a record that he may not see: he would learn of it, and find nothing."""
    others = [user for user in mentioned if user.id != session.actor.user_id]
    seeing = who_sees(session, subject, [user.id for user in others]) if others else set()
    return [
        Problem(
            "cannot_see", _("%(name)s may not see this record and cannot be mentioned here.", name=user.name), "body"
        )
        for user in others
        if user.id not in seeing
    ]
