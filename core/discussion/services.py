"""Writing, changing, removing and liking comments."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from flask import url_for
from sqlalchemy import delete, select
from werkzeug.datastructures import FileStorage

from core.access.models import User
from core.attachments.models import Attachment
from core.attachments.services import attach
from core.audit import record
from core.clock import now
from core.db.session import ActorSession
from core.discussion.events import CommentPosted
from core.discussion.mentions import find_mentioned
from core.discussion.models import Comment, CommentLike, CommentMention, Reading
from core.discussion.places import Place
from core.discussion.sight import who_sees
from core.discussion.subjects import Subject, can_comment
from core.errors import Conflict, DomainError, Forbidden, NotFound, Problem
from core.events import emit
from core.i18n import translator
from core.notifications import notify
from core.text import clean

_ = translator(__name__)

MAX_LENGTH = 10_000
"""Characters of a comment."""

EDITABLE_FOR = timedelta(hours=2)
"""From the first sending, by the server's clock, both ends included; an edit does not begin it anew (CUS-023)."""


def post_comment(
    session: ActorSession,
    subject: Subject,
    *,
    body: str,
    files: list[FileStorage],
    post_key: UUID,
    place: Place | None = None,
) -> Comment:
    """Write on ``subject``, attach ``files`` and a ``place`` and tell whom the text mentions (CUS-020, CUS-021, CUS-034).

    The same ``post_key`` again returns the comment that stands. DomainError: empty without a file or a place, too long, a
    bad file, a mention of somebody who may not see the record and may not be shown it. Forbidden: no right to comment.
    """
    _need_right(session, subject)
    standing = session.scalar(
        select(Comment).where(Comment.author_id == session.actor.user_id, Comment.post_key == post_key)
    )
    if standing is not None:
        return standing
    body = clean(body, multiline=True)
    files = [file for file in files if file.filename]
    mentioned = _check(session, subject, body, is_bare=not files and place is None)
    comment = Comment(
        entity=subject.entity,
        entity_id=subject.record.id,
        author_id=session.actor.user_id,
        body=body,
        created_at=now(),
        place=place.as_json() if place else None,
        post_key=post_key,
    )
    session.add(comment)
    session.flush()
    attach(session, subject.record, files, comment_id=comment.id)
    _mention(session, subject, comment, mentioned)
    emit(session, CommentPosted(subject.entity, subject.record.id, comment.id))
    return comment


def can_edit(session: ActorSession, comment: Comment) -> bool:
    """Whether the actor may change the comment now: his own, in time, not removed (CUS-023)."""
    is_own = comment.author_id == session.actor.user_id and comment.removed_at is None
    return is_own and now() - comment.created_at <= EDITABLE_FOR


def edit_comment(session: ActorSession, subject: Subject, comment: Comment, *, body: str) -> None:
    """Change the text of one's own comment; the old one goes to the audit trail, newly mentioned people are told.

    Forbidden for another's comment, whoever asks; Conflict when :data:`EDITABLE_FOR` is over; DomainError as for a new one.
    """
    _need_right(session, subject)
    _need_own(session, comment)
    if not can_edit(session, comment):
        raise Conflict.of(
            "too_late",
            _("A comment can be changed within 2 hours of sending. Copy your text and post it as a new comment."),
            "body",
        )
    body = clean(body, multiline=True)
    if body == comment.body:
        return
    is_bare = comment.place is None and not session.scalar(
        select(Attachment.id).where(Attachment.comment_id == comment.id).limit(1)
    )
    here = CommentMention.comment_id == comment.id
    had = set(session.scalars(select(CommentMention.user_id).where(here)))
    mentioned = _check(session, subject, body, is_bare=is_bare, known=had)
    _record(session, "edit_comment", comment, body)
    comment.body, comment.edited_at = body, now()
    gone = had - {user.id for user in mentioned}
    session.execute(delete(CommentMention).where(here, CommentMention.user_id.in_(gone)))
    _mention(session, subject, comment, [user for user in mentioned if user.id not in had])


def remove_comment(session: ActorSession, comment: Comment) -> None:
    """Take one's own comment back, at any time: its place stays, its text goes to the audit trail, its files go with it
    (CUS-024). Forbidden for another's."""
    _need_own(session, comment)
    if comment.removed_at is not None:
        return
    _record(session, "remove_comment", comment, None)
    comment.body, comment.place, comment.removed_at = "", None, now()
    for file in session.scalars(select(Attachment).where(Attachment.comment_id == comment.id)):
        session.delete(file)
    session.flush()


def set_like(session: ActorSession, comment: Comment, *, likes: bool) -> None:
    """Like a comment or no more; whoever reads it may, once (CUS-022). NotFound for a removed one."""
    if comment.removed_at is not None:
        raise NotFound.of("removed", _("This comment has been deleted."))
    own = CommentLike.comment_id == comment.id, CommentLike.user_id == session.actor.user_id
    if not likes:
        session.execute(delete(CommentLike).where(*own))
    elif session.scalar(select(CommentLike.id).where(*own)) is None:
        session.add(CommentLike(comment_id=comment.id, user_id=session.actor.user_id))
    session.flush()


def _need_right(session: ActorSession, subject: Subject) -> None:
    if not can_comment(session, subject):
        raise Forbidden.of("forbidden", _("You may read this discussion, but not write in it."))


def _need_own(session: ActorSession, comment: Comment) -> None:
    if comment.author_id != session.actor.user_id:
        raise Forbidden.of("not_yours", _("Only the author may change or delete a comment."))


def _record(session: ActorSession, action: str, comment: Comment, body: str | None) -> None:
    """Keep the text that goes. It stands at the comment, not at the record, whose readers shall not see it again."""
    changes = {
        "entity": [None, comment.entity],
        "entity_id": [None, str(comment.entity_id)],
        "body": [comment.body, body],
    }
    if body is None and comment.place:
        changes["place"] = [Place.of_json(comment.place).url, None]
    record(session, action, entity="core_comment", entity_id=comment.id, changes=changes)


def _check(
    session: ActorSession, subject: Subject, body: str, *, is_bare: bool, known: Collection[UUID] = ()
) -> list[User]:
    """Whom the text mentions; DomainError for what is wrong with it. Of those ``known`` nothing is asked again."""
    mentioned = find_mentioned(session, body)
    problems = _check_text(body, is_bare=is_bare)
    others = [user for user in mentioned if user.id != session.actor.user_id and user.id not in known]
    if problems := problems or _check_mentioned(session, subject, others):
        raise DomainError(*problems)
    return mentioned


def _check_text(body: str, *, is_bare: bool) -> list[Problem]:
    if not body and is_bare:
        return [Problem("required", _("Write something, or attach a file or a location."), "body")]
    if len(body) > MAX_LENGTH:
        return [Problem("too_long", _("At most %(n)s characters.", n=MAX_LENGTH), "body")]
    return []


def _check_mentioned(session: ActorSession, subject: Subject, others: list[User]) -> list[Problem]:
    """Nobody is called to a record that he may not see: he would learn of it, and find nothing.

    An author who may show it to others does so by calling them (SHR-13).
    """
    unseeing = _unseeing(session, subject, others)
    if unseeing and subject.can_show(session):
        subject.show_to(session, [user.id for user in unseeing])
        unseeing = _unseeing(session, subject, unseeing)
    return [
        Problem(
            "cannot_see", _("%(name)s may not see this record and cannot be mentioned here.", name=user.name), "body"
        )
        for user in unseeing
    ]


def _unseeing(session: ActorSession, subject: Subject, users: list[User]) -> list[User]:
    seeing = who_sees(session, subject, [user.id for user in users]) if users else set()
    return [user for user in users if user.id not in seeing]


def _mention(session: ActorSession, subject: Subject, comment: Comment, users: list[User]) -> None:
    session.add_all(CommentMention(comment_id=comment.id, user_id=user.id) for user in users)
    notify(
        session,
        [user.id for user in users],
        kind="mention",
        title=_("%(who)s mentioned you at %(record)s", who=session.actor.name, record=subject.title),
        body=comment.body[:200],
        url=url_for(subject.discussed.endpoint, id=subject.record.id),
    )


def remove_comments_of(session: ActorSession, entity: str, ids: Collection[UUID]) -> None:
    """Remove what was written on these records of the table ``entity`` and who has read it: they are deleted for good."""
    for model in (Comment, Reading):
        session.execute(
            delete(model).where(model.entity == entity, model.entity_id.in_(ids)),
            execution_options={"synchronize_session": False},
        )
