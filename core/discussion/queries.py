"""Reading a discussion: posts and changes of one record in one stream, newest last, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.access.models import User
from core.attachments.kinds import PICTURES
from core.attachments.models import Attachment
from core.audit import AuditEntry
from core.audit.kinds import ACTION_WORDS
from core.audit.telling import Line, lines_by_entry, who_of
from core.clock import now, to_local
from core.contributions import contributed
from core.db.session import ActorSession
from core.discussion.contributions import Happening, timelines
from core.discussion.mentions import Mention, names_in, split_mentions
from core.discussion.models import Comment, CommentLike
from core.discussion.places import Place
from core.discussion.services import EDITABLE_FOR, can_edit
from core.discussion.subjects import Subject
from core.i18n import translator

_ = translator(__name__)

PAGE = 30
"""Posts and changes shown at a time."""

SHOWS = ("all", "posts", "logs")


@dataclass(frozen=True, slots=True)
class Post:
    """A comment as the page shows it: to this reader, at this moment. ``liked_by`` has the names of who likes it;
    ``editable_for`` is how long he may still change it, None where he may not.
    """

    id: UUID
    at: datetime
    author: str
    parts: list[str | Mention]
    files: list[Attachment]
    liked_by: list[str]
    is_liked: bool
    is_own: bool
    is_edited: bool
    is_removed: bool
    editable_for: timedelta | None
    body: str
    place: Place | None

    @property
    def edit_label(self) -> str:
        """ "Edit (1 h 24 min left)" """
        hours, minutes = divmod(int((self.editable_for or timedelta()).total_seconds()) // 60, 60)
        return str(
            _("Edit (%(h)s h %(m)s min left)", h=hours, m=minutes) if hours else _("Edit (%(m)s min left)", m=minutes)
        )

    @property
    def like_label(self) -> str:
        """ "Like · 2", or "Liked · 1" for whoever did."""
        word = _("Liked") if self.is_liked else _("Like")
        return f"{word} · {len(self.liked_by)}" if self.liked_by else str(word)

    @property
    def pictures(self) -> list[Attachment]:
        """The files that a browser can show."""
        return [file for file in self.files if file.media_type in PICTURES]

    @property
    def other_files(self) -> list[Attachment]:
        return [file for file in self.files if file.media_type not in PICTURES]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the change log."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day in Vietnam."""

    day: date
    items: list[Post | Change | Happening]


@dataclass(frozen=True, slots=True)
class Stream:
    """A page of the discussion; ``earlier`` is the moment to ask before for the page before it, None at the beginning."""

    days: list[Day]
    earlier: datetime | None

    @property
    def read_until(self) -> datetime | None:
        """When the newest comment was written that the reader sees here."""
        return max((item.at for day in self.days for item in day.items if isinstance(item, Post)), default=None)


def read_stream(
    session: ActorSession, subject: Subject, *, show: str = "all", before: datetime | None = None
) -> Stream:
    """The newest page of posts and changes, or the one ``before`` a moment; ``show`` is one of SHOWS (CUS-035)."""
    items: list[Post | Change | Happening] = []
    if show != "logs":
        items += _posts(session, subject, before)
        items += _happenings(session, subject, before)
    if show != "posts":
        items += _changes(session, subject, before)
    items.sort(key=lambda item: item.at)
    page = items[-PAGE:]
    days: list[Day] = []
    for item in page:
        day = to_local(item.at).date()
        if not days or days[-1].day != day:
            days.append(Day(day, []))
        days[-1].items.append(item)
    return Stream(days, page[0].at if len(items) > PAGE else None)


def _happenings(session: ActorSession, subject: Subject, before: datetime | None) -> list[Happening]:
    return [
        happening
        for timeline in contributed(timelines, session=session)
        if timeline.entity == subject.entity
        for happening in timeline.read(session, subject.entity, subject.record.id, before, PAGE + 1)
    ]


def _posts(session: ActorSession, subject: Subject, before: datetime | None) -> list[Post | Change]:
    query = select(Comment).where(Comment.entity == subject.entity, Comment.entity_id == subject.record.id)
    if before is not None:
        query = query.where(Comment.created_at < before)
    query = query.options(joinedload(Comment.author)).order_by(Comment.created_at.desc(), Comment.id.desc())
    comments = session.scalars(query.limit(PAGE + 1)).all()
    files = _files_of(session, comments)
    likes = _likes_of(session, comments)
    people = _people_in(session, comments)
    return [_post(session, each, people, files.get(each.id, []), likes.get(each.id, [])) for each in comments]


def _post(
    session: ActorSession,
    comment: Comment,
    people: Mapping[str, str],
    files: list[Attachment],
    likes: list[tuple[UUID, str]],
) -> Post:
    me = session.actor.user_id
    return Post(
        comment.id,
        comment.created_at,
        comment.author.name,
        split_mentions(comment.body, people),
        files,
        [name for _user_id, name in likes],
        me in [user_id for user_id, _name in likes],
        comment.author_id == me,
        comment.edited_at is not None,
        comment.removed_at is not None,
        comment.created_at + EDITABLE_FOR - now() if can_edit(session, comment) else None,
        comment.body,
        Place.of_json(comment.place) if comment.place else None,
    )


def _likes_of(session: ActorSession, comments: Sequence[Comment]) -> dict[UUID, list[tuple[UUID, str]]]:
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    if comments:
        query = select(CommentLike.comment_id, User.id, User.name).join(User, User.id == CommentLike.user_id)
        query = query.where(CommentLike.comment_id.in_([comment.id for comment in comments]))
        for comment_id, user_id, name in session.execute(query.order_by(CommentLike.id)):
            found.setdefault(comment_id, []).append((user_id, name))
    return found


def _files_of(session: ActorSession, comments: Sequence[Comment]) -> dict[UUID | None, list[Attachment]]:
    found: dict[UUID | None, list[Attachment]] = {}
    if comments:
        query = select(Attachment).where(Attachment.comment_id.in_([comment.id for comment in comments]))
        for file in session.scalars(query.order_by(Attachment.id)):
            found.setdefault(file.comment_id, []).append(file)
    return found


def _people_in(session: ActorSession, comments: Sequence[Comment]) -> dict[str, str]:
    names = names_in(comment.body for comment in comments)
    if not names:
        return {}
    return {
        row.username: row.name
        for row in session.execute(select(User.username, User.name).where(User.username.in_(names)))
    }


def _changes(session: ActorSession, subject: Subject, before: datetime | None) -> list[Post | Change]:
    query = select(AuditEntry).where(AuditEntry.entity == subject.entity, AuditEntry.entity_id == subject.record.id)
    if before is not None:
        query = query.where(AuditEntry.at < before)
    entries = session.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(PAGE + 1)).all()
    lines = lines_by_entry(session, entries)
    return [Change(entry.at, "; ".join(told)) for entry in entries if (told := _told(entry, lines[entry.id]))]


def _told(entry: AuditEntry, lines: tuple[Line, ...]) -> list[str]:
    """The entry as sentences: one for each field of a change, one for anything else."""
    who = who_of(entry)
    if entry.action == "update":
        return [str(_sentence(who, line)) for line in lines]
    verbs = {
        "create": _("%(who)s created this record", who=who),
        "delete": _("%(who)s deleted this record", who=who),
        "restore": _("%(who)s restored this record", who=who),
        "import": _("%(who)s imported this record", who=who),
    }
    if entry.action in verbs:
        return [str(verbs[entry.action])]
    said = f" ({', '.join(map(str, lines))})" if lines else ""
    return [f"{who}: {ACTION_WORDS.get(entry.action, entry.action)}{said}"]


def _sentence(who: str, line: Line) -> object:
    if not line.old:
        return _("%(who)s set %(field)s to “%(new)s”", who=who, field=line.label, new=line.new)
    if not line.new:
        return _("%(who)s cleared %(field)s (was “%(old)s”)", who=who, field=line.label, old=line.old)
    return _(
        "%(who)s changed %(field)s from “%(old)s” to “%(new)s”", who=who, field=line.label, old=line.old, new=line.new
    )
