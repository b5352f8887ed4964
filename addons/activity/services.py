"""Use cases of activities. Each checks everything first and raises one DomainError with all problems.

An activity goes the ways of ``TRANSITIONS``: planned, perhaps in progress, then done with a result or cancelled with a reason.
A rescheduled one stays planned and remembers when it should have been.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import delete, insert, select

from addons.activity.events import ActivityCompleted
from addons.activity.models import (
    OPEN,
    TRANSITIONS,
    Activity,
    ActivityMove,
    ActivityPerson,
    ActivityProject,
    ActivityReminder,
    ActivityType,
    Kind,
    Result,
    Role,
    State,
)
from addons.activity.subjects import find_about
from addons.activity.times import MAX_LENGTH, Span, local_times, span_of
from core.access.models import User
from core.clock import now, to_local
from core.dates import check_range, format_date, format_datetime, not_a_date
from core.db import ActorSession
from core.errors import Conflict, DomainError, Forbidden, Problem
from core.events import emit
from core.i18n import translator
from core.notifications import notify
from core.resources.bulk import BulkResult, for_each
from core.settings import setting
from core.text import clean

_ = translator(__name__)

PATH = "/activity/activities"
"""Where the pages stand: notices carry a path, and are also written where there is no request to build it from."""

CHANGE, REMINDER = "activity.change", "activity.reminder"
"""Kinds of notices."""

MAX_REMIND = 7 * 24 * 60
"""Minutes: a reminder comes a week before at the earliest."""


class ActivityFields(TypedDict, total=False):
    """What is said of an activity. ``subject`` is ``customer:<id>``; without ``start`` it is all day (``times.span_of``)."""

    title: str
    subject: str
    type_id: UUID | None
    project_id: UUID | None
    assignee_id: UUID | None
    day: date | None
    start: time | None
    end_day: date | None
    end: time | None
    place: str | None
    content: str | None
    remind_minutes: int | None
    participant_ids: Sequence[UUID]


def plan_activity(session: ActorSession, kind: Kind, **fields: Unpack[ActivityFields]) -> Activity:
    """Put an activity into somebody's calendar, by default the actor's own, and tell him.

    DomainError: no title or day, an end before the start, somebody else without ``activity.assign``, a record that cannot be
    seen, a type or project that is not offered.
    """
    activity = Activity(kind=kind, state=State.PLANNED, assignee_id=session.actor.user_id)
    _put(session, activity, {"assignee_id": session.actor.user_id, **fields})
    session.add(activity)
    session.flush()
    _put_participants(session, activity, fields.get("participant_ids") or ())
    _set_reminder(session, activity)
    _tell(session, activity, [activity.assignee_id, *(fields.get("participant_ids") or ())], _planned_text)
    return activity


def change_activity(session: ActorSession, activity: Activity, **fields: Unpack[ActivityFields]) -> None:
    """Change the given fields; what is not given stays. Another time leaves a trace, as :func:`reschedule` does.

    Raises Conflict for what is over, Forbidden for what is not the actor's.
    """
    _need_open(session, activity)
    had, before = activity.assignee_id, Span(activity.starts_at, activity.ends_at, activity.is_all_day)
    had_people = _participants(session, activity)
    day, start, end_day, end = local_times(activity)
    present: ActivityFields = {
        "title": activity.title,
        "subject": activity.subject,
        "type_id": activity.type_id,
        "project_id": activity.project_id,
        "assignee_id": had,
        "day": day,
        "start": start,
        "end_day": end_day,
        "end": end,
        "place": activity.place,
        "content": activity.content,
        "remind_minutes": activity.remind_minutes,
    }
    _put(session, activity, {**present, **fields})
    session.flush()
    people = set(fields["participant_ids"]) if "participant_ids" in fields else had_people
    _put_participants(session, activity, people)
    if before != Span(activity.starts_at, activity.ends_at, activity.is_all_day):
        _note_move(session, activity, before, "")
        _tell(session, activity, [*({had} & {activity.assignee_id}), *(people & had_people)], _moved_text)
    _set_reminder(session, activity)
    _tell(session, activity, [*({activity.assignee_id} - {had}), *(people - had_people)], _planned_text)


def reschedule(
    session: ActorSession,
    activity: Activity,
    *,
    day: date | None,
    start: time | None = None,
    end_day: date | None = None,
    end: time | None = None,
    reason: str = "",
) -> None:
    """Put an open activity at another time and tell everybody who takes part; the old time and the reason stay on it.

    Without ``end`` it takes as long as it did. DomainError: no day, an end before the start, the time that it has.
    """
    _need_open(session, activity)
    before = Span(activity.starts_at, activity.ends_at, activity.is_all_day)
    length = (before.ends_at - before.starts_at) // timedelta(minutes=1)
    problems: list[Problem] = []
    minutes = _usual_length(session) if before.is_all_day else length
    span = _checked_span(day, start, end_day, end, minutes, problems)
    if span == before:
        problems.append(Problem("same_time", _("It is at this time already."), "day"))
    if len(reason) > 500:
        problems.append(Problem("too_long", _("At most %(max)s characters.", max=500), "reason"))
    if problems or span is None:
        raise DomainError(*problems)
    _put_span(activity, span)
    session.flush()
    _note_move(session, activity, before, clean(reason))
    _set_reminder(session, activity)
    _tell(session, activity, [activity.assignee_id, *_participants(session, activity)], _moved_text)


def move(
    session: ActorSession,
    activity: Activity,
    *,
    day: date | None = None,
    start: time | None = None,
    days: int = 0,
    minutes: int = 0,
) -> ActivityMove:
    """Put an open activity at another time as the calendar does, as long as it was: on ``day`` at ``start`` (without one, at
    its own time of day), or ``days`` and ``minutes`` further. What is all day stays so. The trace of it, by which
    :func:`move_back` undoes it. DomainError as in :func:`reschedule`.
    """
    first, clock, last, _end = local_times(activity)
    try:
        begins = datetime.combine(day or first, start or clock or time.min) + timedelta(days=days, minutes=minutes)
        new_day = check_range(begins.date())
        end_day = check_range(new_day + (last - first)) if clock is None else None
    except OverflowError:
        raise DomainError(not_a_date()) from None
    reschedule(session, activity, day=new_day, start=begins.time() if clock else None, end_day=end_day)
    query = select(ActivityMove).where(ActivityMove.activity_id == activity.id)
    return session.scalars(query.order_by(ActivityMove.id.desc()).limit(1)).one()


def move_back(session: ActorSession, activity: Activity, moved: ActivityMove) -> None:
    """Undo a move. Conflict where the activity has been put somewhere else since."""
    if (activity.starts_at, activity.ends_at) != (
        moved.to_starts_at,
        moved.to_ends_at,
    ) or moved.activity_id != activity.id:
        raise Conflict.of("stale", _("It has been put somewhere else since."))
    before = Span(moved.from_starts_at, moved.from_ends_at, activity.is_all_day)
    day, start, end_day, end = local_times(before)
    reschedule(session, activity, day=day, start=start, end_day=end_day, end=end)


def start_activity(session: ActorSession, activity: Activity) -> None:
    """It is in progress now."""
    _go(session, activity, State.IN_PROGRESS)
    session.flush()


def complete(
    session: ActorSession, activity: Activity, *, result: str, note: str = "", done_at: datetime | None = None
) -> None:
    """It is done: it stands on the record's timeline as a care record from now on. ``done_at`` (UTC) is now by default.

    DomainError: no such result, a time to come.
    """
    _go(session, activity, State.DONE)
    _finish(session, activity, result, note, done_at or now())


def log_care(session: ActorSession, *, result: str, note: str = "", **fields: Unpack[ActivityFields]) -> Activity:
    """Enter a care record (bản ghi chăm sóc): something that has been done already, without a plan for it.

    DomainError as in :func:`plan_activity` and :func:`complete`.
    """
    activity = Activity(kind=Kind.CARE, state=State.DONE, assignee_id=session.actor.user_id)
    _put(session, activity, {"assignee_id": session.actor.user_id, **fields, "remind_minutes": None})
    session.add(activity)
    _finish(session, activity, result, note, activity.starts_at)
    return activity


def cancel(session: ActorSession, activity: Activity, *, reason: str) -> None:
    """It will not take place. DomainError without a reason."""
    reason = clean(reason)
    if not reason or len(reason) > 500:
        message = _("At most %(max)s characters.", max=500) if reason else _("Say why it is cancelled.")
        raise DomainError.of("too_long" if reason else "required", message, "reason")
    _go(session, activity, State.CANCELLED)
    activity.cancel_reason = reason
    session.flush()
    _set_reminder(session, activity)
    _tell(session, activity, [activity.assignee_id, *_participants(session, activity)], _cancelled_text)


def cancel_several(session: ActorSession, ids: Sequence[UUID], reason: str) -> BulkResult:
    """Cancel those of the activities that are still open."""
    return for_each(session, Activity, ids, lambda activity: cancel(session, activity, reason=reason), title="title")


def give_several(session: ActorSession, ids: Sequence[UUID], user_id: UUID | None) -> BulkResult:
    """Give open activities to another employee."""
    return for_each(
        session, Activity, ids, lambda each: change_activity(session, each, assignee_id=user_id), title="title"
    )


def delete_several(session: ActorSession, ids: Sequence[UUID]) -> BulkResult:
    """Move activities to the recycle bin: one's own, and with ``activity.assign`` others."""

    def delete_one(activity: Activity) -> None:
        if not may_change(session, activity):
            raise Forbidden.of("forbidden", _("This activity is somebody else's."))
        session.delete(activity)

    return for_each(session, Activity, ids, delete_one, title="title")


def take_up(session: ActorSession, activity: Activity) -> None:
    """A cancelled activity takes place after all."""
    _go(session, activity, State.PLANNED)
    activity.cancel_reason = None
    session.flush()
    _set_reminder(session, activity)


def move_to_state(session: ActorSession, activity: Activity, state: Any) -> None:
    """What dropping a card on a board's column means: a cancellation wants its reason, so it is refused here."""
    match State(state):
        case State.DONE:
            complete(session, activity, result=Result.REACHED)
        case State.CANCELLED:
            raise DomainError.of("required", _("Open it and cancel it there: a reason is needed."))
        case other:
            _go(session, activity, other)
            session.flush()


def may_change(session: ActorSession, activity: Activity) -> bool:
    """Whether the actor may change it: his own, those that he made, and with ``activity.assign`` all that he sees."""
    actor = session.actor
    own = actor.user_id in {activity.assignee_id, activity.created_by_id}
    return actor.can("activity.edit") and (own or actor.can("activity.assign"))


def remind(session: ActorSession, activity: Activity) -> None:
    """Tell everybody who takes part that it is near."""
    _tell(session, activity, [activity.assignee_id, *_participants(session, activity)], _reminder_text, REMINDER)


def _go(session: ActorSession, activity: Activity, state: State) -> None:
    if not may_change(session, activity):
        raise Forbidden.of("forbidden", _("This activity is somebody else's."))
    if state not in TRANSITIONS[State(activity.state)]:
        raise Conflict.of("wrong_state", _("This is not possible any more: %(title)s is over.", title=activity.title))
    activity.state = state


def _need_open(session: ActorSession, activity: Activity) -> None:
    if not may_change(session, activity):
        raise Forbidden.of("forbidden", _("This activity is somebody else's."))
    if activity.state not in OPEN:
        raise Conflict.of("wrong_state", _("This is not possible any more: %(title)s is over.", title=activity.title))


def _finish(session: ActorSession, activity: Activity, result: str, note: str, done_at: datetime) -> None:
    problems = []
    if result not in {each.value for each in Result}:
        problems.append(Problem("required", _("Choose what came of it."), "result"))
    if done_at > now():
        problems.append(Problem("to_come", _("This time is still to come."), "day"))
    if problems:
        raise DomainError(*problems)
    activity.result, activity.done_at = result, done_at
    activity.result_note = clean(note, multiline=True) or None
    session.flush()
    _set_reminder(session, activity)
    announce_done(session, activity)


def announce_done(session: ActorSession, activity: Activity) -> None:
    """Tell the other addons that an activity is done."""
    assert activity.done_at is not None
    emit(
        session,
        ActivityCompleted(
            activity.id,
            activity.kind,
            activity.type_id,
            activity.subject_entity,
            activity.subject_id,
            activity.done_at,
            met=activity.result != Result.ABSENT,
        ),
    )


def _put(session: ActorSession, activity: Activity, fields: ActivityFields) -> None:
    """Check the fields, all of them, and only then put them on the activity."""
    problems: list[Problem] = []
    title = clean(fields.get("title") or "")
    if not title:
        problems.append(Problem("required", _("Say what is to be done."), "title"))
    span = _checked_span(
        fields.get("day"),
        fields.get("start"),
        fields.get("end_day"),
        fields.get("end"),
        _usual_length(session),
        problems,
    )
    values: dict[str, Any] = _checked_subject(session, activity, fields.get("subject") or "", problems)
    values["type_id"] = _checked_type(session, activity, fields.get("type_id"), values["subject_entity"], problems)
    values["project_id"] = _checked_project(session, activity, fields.get("project_id"), problems)
    values["assignee_id"] = _checked_assignee(session, activity, fields.get("assignee_id"), problems)
    values["remind_minutes"] = remind = fields.get("remind_minutes")
    if remind is not None and not 0 <= remind <= MAX_REMIND:
        problems.append(Problem("bad_reminder", _("A reminder comes at most a week before."), "remind_minutes"))
    if problems or span is None:
        raise DomainError(*problems)
    values["title"] = title
    values["place"] = clean(fields.get("place") or "") or None
    values["content"] = clean(fields.get("content") or "", multiline=True) or None
    for name, value in values.items():
        if getattr(activity, name) != value:
            setattr(activity, name, value)
    _put_span(activity, span)


def _usual_length(session: ActorSession) -> int:
    minutes: int = setting("activity.length_minutes", session=session)
    return minutes


def _checked_span(
    day: date | None, start: time | None, end_day: date | None, end: time | None, minutes: int, problems: list[Problem]
) -> Span | None:
    if day is None:
        problems.append(Problem("required", _("Say on which day."), "day"))
        return None
    if start is None and end is not None:
        problems.append(Problem("required", _("Say when it begins, or leave the end empty too."), "start"))
        return None
    span = span_of(day, start, end_day, end, minutes=minutes)
    if span.ends_at <= span.starts_at:
        problems.append(Problem("end_before_start", _("It must end after it begins."), "end"))
    elif span.ends_at - span.starts_at > MAX_LENGTH:
        problems.append(Problem("too_long", _("It may take at most %(n)s days.", n=MAX_LENGTH.days), "end_day"))
    return span


def _put_span(activity: Activity, span: Span) -> None:
    activity.starts_at, activity.ends_at, activity.is_all_day = span.starts_at, span.ends_at, span.is_all_day
    activity.day = to_local(span.starts_at).date()


def _checked_subject(session: ActorSession, activity: Activity, value: str, problems: list[Problem]) -> dict[str, Any]:
    """The record that it is about. One that is not changed stays: it may be out of the actor's sight by now."""
    names = ("subject_entity", "subject_id", "subject_label")
    if value == activity.subject:
        return {name: getattr(activity, name) for name in names}
    found = find_about(session, value) if value else None
    if value and found is None:
        message = _("This record does not exist, or you may not see it.")
        problems.append(Problem("unknown_record", message, "subject"))
    return dict(zip(names, (found.entity, found.id, found.label) if found else (None, None, None), strict=True))


def _checked_type(
    session: ActorSession, activity: Activity, type_id: UUID | None, entity: str | None, problems: list[Problem]
) -> UUID | None:
    chosen = session.find(ActivityType, type_id) if type_id else None
    if type_id and (chosen is None or (not chosen.is_active and type_id != activity.type_id)):
        problems.append(Problem("unknown_type", _("This type is not offered any more."), "type_id"))
    elif chosen is not None and chosen.entity and chosen.entity != entity:
        problems.append(Problem("type_misfit", _("This type is for another kind of record."), "type_id"))
    return type_id


def _checked_project(
    session: ActorSession, activity: Activity, project_id: UUID | None, problems: list[Problem]
) -> UUID | None:
    if project_id and project_id != activity.project_id:
        chosen = session.find(ActivityProject, project_id)
        if chosen is None or not chosen.is_active:
            problems.append(Problem("unknown_project", _("This project is not offered any more."), "project_id"))
    return project_id


def _checked_assignee(
    session: ActorSession, activity: Activity, user_id: UUID | None, problems: list[Problem]
) -> UUID | None:
    if user_id is None:
        problems.append(Problem("required", _("Say who does it."), "assignee_id"))
    elif user_id != activity.assignee_id:
        if not session.actor.can("activity.assign") and user_id != session.actor.user_id:
            problems.append(Problem("may_not_assign", _("You may not give activities to colleagues."), "assignee_id"))
        elif session.scalar(select(User.id).where(User.id == user_id, User.is_active)) is None:
            problems.append(Problem("unknown_user", _("This account is not in use."), "assignee_id"))
    return user_id


def _participants(session: ActorSession, activity: Activity) -> set[UUID]:
    people = select(ActivityPerson.user_id).where(
        ActivityPerson.activity_id == activity.id, ActivityPerson.role == Role.PARTICIPANT
    )
    return set(session.scalars(people))


def _put_participants(session: ActorSession, activity: Activity, wanted: Iterable[UUID]) -> None:
    """Make the participants those; who may only read stays, unless he takes part now. The assignee is none."""
    chosen = set(wanted) - {activity.assignee_id}
    present = _participants(session, activity)
    here = ActivityPerson.activity_id == activity.id
    gone = ActivityPerson.user_id.in_((present - chosen) | (chosen - present))
    session.execute(delete(ActivityPerson).where(here, gone), execution_options={"synchronize_session": False})
    session.add_all(ActivityPerson(activity_id=activity.id, user_id=id) for id in sorted(chosen - present))
    session.flush()


def _note_move(session: ActorSession, activity: Activity, before: Span, reason: str) -> None:
    session.add(
        ActivityMove(
            activity_id=activity.id,
            from_starts_at=before.starts_at,
            from_ends_at=before.ends_at,
            to_starts_at=activity.starts_at,
            to_ends_at=activity.ends_at,
            reason=reason,
            mover_id=session.actor.user_id,
        )
    )
    session.flush()


def _set_reminder(session: ActorSession, activity: Activity) -> None:
    """Make the reminder that is still to come that of now; what lies behind is not sent any more."""
    session.execute(
        delete(ActivityReminder).where(ActivityReminder.activity_id == activity.id),
        execution_options={"synchronize_session": False},
    )
    if activity.is_open and activity.remind_minutes is not None:
        at = activity.starts_at - timedelta(minutes=activity.remind_minutes)
        if activity.starts_at > now():
            session.execute(insert(ActivityReminder), [{"activity_id": activity.id, "at": at}])


def when_text(activity: Activity) -> str:
    """When it begins."""
    return format_date(activity.starts_at) if activity.is_all_day else format_datetime(activity.starts_at)


def _planned_text(activity: Activity, actor: str) -> object:
    return _("%(actor)s put into your calendar: %(title)s", actor=actor, title=activity.title)


def _moved_text(activity: Activity, actor: str) -> object:
    return _("%(actor)s rescheduled: %(title)s", actor=actor, title=activity.title)


def _cancelled_text(activity: Activity, actor: str) -> object:
    return _("%(actor)s cancelled: %(title)s", actor=actor, title=activity.title)


def _reminder_text(activity: Activity, actor: str) -> object:
    return _("%(when)s: %(title)s", when=when_text(activity), title=activity.title)


def _tell(session: ActorSession, activity: Activity, user_ids: Iterable[UUID], text: Any, kind: str = CHANGE) -> None:
    body = " · ".join(filter(None, (when_text(activity), activity.subject_label, activity.place)))
    title = text(activity, session.actor.name)
    url = f"{PATH}/{activity.id}"
    notify(session, user_ids, kind=kind, title=title, body=body, url=url)
