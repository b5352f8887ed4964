"""Who works when (Lịch làm việc): a week for each employee, and the days on which he is not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from addons.activity.hours import DAY_MINUTES, covers, format_hours, parse_hours
from addons.activity.models import Absence, AbsenceKind, WorkWeek
from addons.activity.times import WEEK, moment_of
from core.access.models import User
from core.clock import to_local
from core.dates import format_date
from core.db import ActorSession, system
from core.errors import DomainError, Forbidden, Problem
from core.i18n import translator
from core.text import clean

_ = translator(__name__)

MANAGE = "activity.manage_schedules"
MAX_ABSENCE = timedelta(days=366)
ONE_DAY = timedelta(days=1)


def save_week(session: ActorSession, week: WorkWeek | None, *, user_id: UUID | None, texts: Sequence[str]) -> WorkWeek:
    """Say when an employee works, Monday first, as ``parse_hours`` reads it. DomainError at ``d0`` … ``d6``, ``user_id``."""
    problems, hours = [], []
    for at, text in enumerate(texts):
        try:
            hours.append([list(part) for part in parse_hours(text or "")])
        except DomainError as error:
            problems += [Problem(each.code, each.message, f"d{at}") for each in error.problems]
    problems += _user_problems(session, user_id, week.user_id if week else None)
    taken = session.scalar(select(WorkWeek.id).where(WorkWeek.user_id == user_id)) if user_id else None
    if taken is not None and (week is None or taken != week.id):
        problems.append(Problem("duplicate", _("There is a work schedule of this employee already."), "user_id"))
    if problems or user_id is None:
        raise DomainError(*problems)
    if week is None:
        week = WorkWeek(user_id=user_id, hours=hours)
        session.add(week)
    elif (week.user_id, week.hours) != (user_id, hours):
        week.user_id, week.hours = user_id, hours
    session.flush()
    return week


def save_absence(
    session: ActorSession,
    absence: Absence | None,
    *,
    user_id: UUID | None,
    kind: str,
    first_day: date | None,
    last_day: date | None,
    start: time | None = None,
    end: time | None = None,
    note: str | None = "",
) -> Absence:
    """Say that an employee is not there, all day or from ``start`` to ``end`` of each day. One's own; for others with
    ``activity.manage_schedules``. Forbidden, DomainError.
    """
    user_id = user_id or session.actor.user_id
    need_own(session, user_id)
    if absence is not None:
        need_own(session, absence.user_id)
    problems = _user_problems(session, user_id, absence.user_id if absence else None)
    if kind not in set(AbsenceKind):
        problems.append(Problem("required", _("Choose a reason."), "kind"))
    if first_day is None:
        problems.append(Problem("required", _("Say on which day."), "first_day"))
    elif not first_day <= (last_day or first_day) <= first_day + MAX_ABSENCE:
        problems.append(Problem("end_before_start", _("The last day is the first or within a year of it."), "last_day"))
    if (start is None) != (end is None) or (start and end and end <= start):
        problems.append(Problem("end_before_start", _("It must end after it begins."), "end"))
    note = clean(note or "")
    if len(note) > 300:
        problems.append(Problem("too_long", _("At most %(max)s characters.", max=300), "note"))
    if problems or first_day is None or user_id is None:
        raise DomainError(*problems)
    values = {
        "user_id": user_id,
        "kind": kind,
        "first_day": first_day,
        "last_day": last_day or first_day,
        "start_minute": _minute(start),
        "end_minute": _minute(end),
        "note": note or None,
    }
    if absence is None:
        absence = Absence(**values)
        session.add(absence)
    for name, value in values.items():
        if getattr(absence, name) != value:
            setattr(absence, name, value)
    session.flush()
    return absence


def may_change_absence(session: ActorSession, user_id: UUID | None) -> bool:
    """Whether it is the actor's own, or he manages those of all."""
    return session.actor.can(MANAGE) or user_id == session.actor.user_id


def need_own(session: ActorSession, user_id: UUID | None) -> None:
    """Forbidden for the absence of somebody else."""
    if not may_change_absence(session, user_id):
        raise Forbidden.of("forbidden", _("You may only enter your own absences."))


def reasons_against(
    session: ActorSession, user_id: UUID, starts_at: datetime, ends_at: datetime, *, is_all_day: bool
) -> list[str]:
    """Why somebody does not work at that time: told, never refused. Of who entered no hours, only absences are known.

    Not whether the actor may see them is asked, and not why he is absent told: a colleague would say so much.
    """
    with system(session) as all_seeing:
        week = _week_of(all_seeing, user_id)
        absences = _absences(all_seeing, user_id, to_local(starts_at).date(), to_local(ends_at).date())
        away = [_told(each) for each in absences if _meets(each, starts_at, ends_at)]
    if week is not None and not _works(week, starts_at, ends_at, is_all_day=is_all_day):
        hours = format_hours(week[to_local(starts_at).weekday()])
        away.append(str(_("Outside of working hours (%(hours)s).", hours=hours) if hours else _("Not a working day.")))
    return away


def read_off(
    session: ActorSession, user_id: UUID, days: Sequence[date]
) -> dict[date, tuple[list[str], frozenset[int]]]:
    """For a calendar: the absences of each day as texts, and the hours in which he does not work at all."""
    with system(session) as all_seeing:
        week = _week_of(all_seeing, user_id)
        absences = _absences(all_seeing, user_id, days[0], days[-1])
        found = {}
        for day in days:
            here = [each for each in absences if each.first_day <= day <= each.last_day]
            parts = week[day.weekday()] if week is not None else [(0, DAY_MINUTES)]
            off = {
                hour
                for hour in range(24)
                if not any(begin < (hour + 1) * 60 and end > hour * 60 for begin, end in parts)
                or any(_minutes_of(each)[0] <= hour * 60 and _minutes_of(each)[1] >= (hour + 1) * 60 for each in here)
            }
            found[day] = ([_told_on_the_day(each) for each in here], frozenset(off))
    return found


def _week_of(session: ActorSession, user_id: UUID) -> list[list[list[int]]] | None:
    """The hours of his days, Monday first; None where nobody has said when he works."""
    hours = session.scalar(select(WorkWeek.hours).where(WorkWeek.user_id == user_id))
    return hours if hours and len(hours) == WEEK else None


def _absences(session: ActorSession, user_id: UUID, first: date, last: date) -> Sequence[Absence]:
    query = select(Absence).where(Absence.user_id == user_id, Absence.first_day <= last, Absence.last_day >= first)
    return session.scalars(query.order_by(Absence.first_day).limit(50)).all()


def _minutes_of(absence: Absence) -> tuple[int, int]:
    return absence.start_minute or 0, DAY_MINUTES if absence.end_minute is None else absence.end_minute


def _meets(absence: Absence, starts_at: datetime, ends_at: datetime) -> bool:
    begin, end = _minutes_of(absence)
    day = max(absence.first_day, to_local(starts_at).date())
    while day <= min(absence.last_day, to_local(ends_at).date()):
        midnight = moment_of(day, time.min)
        if starts_at < midnight + timedelta(minutes=end) and ends_at > midnight + timedelta(minutes=begin):
            return True
        day += ONE_DAY
    return False


def _works(
    week: Sequence[Sequence[Sequence[int]]], starts_at: datetime, ends_at: datetime, *, is_all_day: bool
) -> bool:
    start, end = to_local(starts_at), to_local(ends_at)
    if is_all_day:
        length = (end.date() - start.date()).days
        return any(week[(start.weekday() + n) % WEEK] for n in range(length))
    last = (end.date() - start.date()).days * DAY_MINUTES + end.hour * 60 + end.minute
    return last <= DAY_MINUTES and covers(week[start.weekday()], start.hour * 60 + start.minute, last)


def _told(absence: Absence) -> str:
    days = format_date(absence.first_day)
    if absence.last_day != absence.first_day:
        days = f"{days} – {format_date(absence.last_day)}"
    if absence.start_minute is not None and absence.end_minute is not None:
        days = f"{days} {format_hours([_minutes_of(absence)])}"
    return str(_("Absent: %(when)s.", when=days))


def _told_on_the_day(absence: Absence) -> str:
    hours = absence.hours
    return str(_("Absent %(hours)s", hours=hours) if hours else _("Absent"))


def _minute(clock: time | None) -> int | None:
    return None if clock is None else clock.hour * 60 + clock.minute


def _user_problems(session: ActorSession, user_id: UUID | None, had: UUID | None) -> list[Problem]:
    if user_id is None:
        return [Problem("required", _("Choose an employee."), "user_id")]
    if user_id != had and session.scalar(select(User.id).where(User.id == user_id, User.is_active)) is None:
        return [Problem("unknown_user", _("This account is not in use."), "user_id")]
    return []
