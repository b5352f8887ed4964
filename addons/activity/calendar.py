"""What the calendar page shows, read from its address: ``?view=week&day=2026-11-23&who=me&kind=appointment``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import ColumnElement

from addons.activity.models import Activity, Kind, State
from addons.activity.queries import MAX_SHOWN, list_between, list_calendars, of_department, of_user
from addons.activity.schedules import read_off
from addons.activity.services import may_change
from addons.activity.times import (
    SLOTS_AN_HOUR,
    Placed,
    View,
    bounds,
    clamped,
    days_of,
    fills,
    hours_shown,
    place,
    stepped,
    touches,
)
from core.clock import local_today, to_local
from core.dates import format_date, format_time
from core.db import ActorSession
from core.i18n import translator
from core.settings import setting

_ = translator(__name__)

ME, ALL, USER, DEPARTMENT = "me", "all", "user", "department"
LANES = 6
"""Things that can stand beside each other in a day; what more there is, the day tells and lists."""

IN_MONTH = 3
"""Things that a day of the month view names."""

IN_WEEK = 4
"""Things of all day that a day of the week view names."""

WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
SHORT_WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
VIEWS = {View.DAY: _("Day"), View.WEEK: _("Week"), View.MONTH: _("Month")}
KINDS = {Kind.APPOINTMENT: _("Appointments"), Kind.TASK: _("Tasks"), Kind.TRANSACTION: _("Transactions")}
"""What the calendar shows; care records lie behind us."""


@dataclass(frozen=True)
class Day:
    """A day of the calendar with what lies on it. ``slot`` numbers below count from the first hour shown."""

    day: date
    items: Sequence[Activity]
    is_today: bool
    is_chosen: bool
    is_other_month: bool = False
    room: int = IN_WEEK
    """Things of all day that are shown above the hours."""

    absences: Sequence[str] = ()
    hours_off: frozenset[int] = frozenset()
    """Hours in which whose calendar it is does not work."""

    @property
    def weekday(self) -> str:
        return str(WEEKDAYS[self.day.weekday()])

    @property
    def short_weekday(self) -> str:
        return str(SHORT_WEEKDAYS[self.day.weekday()])

    @property
    def name(self) -> str:
        return f"{self.weekday} {format_date(self.day)}"

    @cached_property
    def whole(self) -> list[Activity]:
        return [each for each in self.items if fills(each, self.day)]

    @property
    def whole_shown(self) -> list[Activity]:
        return self.whole[: self.room]

    @cached_property
    def placed(self) -> list[Placed[Activity]]:
        return place(self.items, self.day)

    @property
    def shown(self) -> list[Placed[Activity]]:
        return [each for each in self.placed if each.lane < LANES]

    @property
    def hidden(self) -> int:
        return len(self.items) - len(self.shown) - len(self.whole_shown)

    @property
    def lanes(self) -> int:
        return max((each.lane + 1 for each in self.shown), default=1)


@dataclass(frozen=True)
class CalendarView:
    """The page: which days, whose, what. Every link keeps the rest of the address."""

    session: ActorSession
    view: View
    day: date
    who: str
    kinds: tuple[Kind, ...]
    days: Sequence[Day]
    departments: Sequence[tuple[UUID, str]]
    people: Sequence[tuple[UUID, str]]
    is_cut: bool

    @property
    def title(self) -> str:
        if self.view is View.MONTH:
            return str(_("Month %(month)s/%(year)s", month=self.day.month, year=self.day.year))
        if self.view is View.DAY:
            return self.days[0].name
        return f"{format_date(self.days[0].day)} – {format_date(self.days[-1].day)}"

    @cached_property
    def hours(self) -> tuple[int, int]:
        """The first hour shown and the one after the last."""
        begins, ends = (int(setting(f"activity.day_{each}", session=self.session)) for each in ("begins", "ends"))
        return hours_shown(begins, ends, [each for day in self.days for each in day.shown])

    @property
    def weeks(self) -> list[Sequence[Day]]:
        return [self.days[at : at + 7] for at in range(0, len(self.days), 7)]

    @property
    def chosen(self) -> Day:
        return next(each for each in self.days if each.is_chosen)

    def row(self, slot: int) -> int:
        """The grid's row of a half hour after midnight."""
        return slot - self.hours[0] * SLOTS_AN_HOUR + 1

    def url(self, **changes: Any) -> str:
        """This page with something else."""
        kind = self.kinds[0].value if len(self.kinds) == 1 else None
        state = {"view": self.view.value, "day": self.day.isoformat(), "who": self.who, "kind": kind, **changes}
        return url_for("activity.calendar", **{name: value for name, value in state.items() if value})

    def stepped(self, steps: int) -> str:
        return self.url(day=stepped(self.view, self.day, steps).isoformat())

    def new_url(self, day: date, hour: int | None = None) -> str:
        """The form of an appointment on this day, at this hour, of whom the calendar shows."""
        start = f"{time(hour):%H:%M}" if hour is not None else None
        kind, _colon, id = self.who.partition(":")
        assignee = id if kind == USER and self.session.actor.can("activity.assign") else None
        return url_for("activity.appointments_new", day=format_date(day), start=start, assignee_id=assignee)

    def when(self, activity: Activity, day: date) -> str:
        """The times of an activity as they are told on ``day``."""
        if fills(activity, day):
            return str(_("All day"))
        start, end = to_local(activity.starts_at), to_local(activity.ends_at)
        first = format_time(start) if start.date() == day else "…"
        return f"{first}–{format_time(end) if end.date() == day or end.time() == time.min else '…'}"

    def start(self, activity: Activity, day: date) -> str:
        """When it begins on ``day``; empty for all of it."""
        return "" if fills(activity, day) else self.when(activity, day).partition("–")[0]

    def tone(self, activity: Activity) -> str:
        if activity.state == State.DONE:
            return "grey"
        return activity.type.tone if activity.type else "teal" if activity.kind == Kind.TASK else "blue"

    def can_move(self, activity: Activity) -> bool:
        """Whether the reader may put it at another time."""
        return activity.is_open and may_change(self.session, activity)

    def views(self) -> list[tuple[str, str, bool]]:
        """(label, address, whether it is this one)."""
        return [(str(label), self.url(view=view.value), view is self.view) for view, label in VIEWS.items()]

    def whose(self) -> list[tuple[str, str]]:
        """Value and label of the calendars that can be looked into."""
        return [
            (ME, str(_("My calendar"))),
            (ALL, str(_("All that I may see"))),
            *((f"{DEPARTMENT}:{id}", name) for id, name in self.departments),
            *((f"{USER}:{id}", name) for id, name in self.people),
        ]

    def kind_options(self) -> list[tuple[str, str]]:
        return [("", str(_("Everything"))), *((kind.value, str(label)) for kind, label in KINDS.items())]


def read_calendar(session: ActorSession, args: Mapping[str, str]) -> CalendarView:
    """The calendar that an address asks for. What it says that makes no sense is as if it were not said."""
    view = _view(args.get("view", ""))
    day = _day(args.get("day", ""))
    kinds = tuple(kind for kind in KINDS if args.get("kind") in {None, "", kind.value}) or tuple(KINDS)
    departments, people = list_calendars(session)
    who = args.get("who", ME)
    if who not in {ME, ALL, *(f"{DEPARTMENT}:{id}" for id, _n in departments), *(f"{USER}:{id}" for id, _n in people)}:
        who = ME
    shown = days_of(view, day)
    found = list_between(session, *bounds(shown), _criterion(session, who), kinds)
    items, today = found[:MAX_SHOWN], local_today()
    whose = _whose(session, who)
    off = read_off(session, whose, shown) if whose else {}
    days = [
        Day(
            each,
            [item for item in items if touches(item, each)],
            is_today=each == today,
            is_chosen=each == day,
            room=MAX_SHOWN if view is View.DAY else IN_WEEK,
            is_other_month=view is View.MONTH and each.month != day.month,
            absences=off[each][0] if off else (),
            hours_off=off[each][1] if off else frozenset(),
        )
        for each in shown
    ]
    return CalendarView(session, view, day, who, kinds, days, departments, people, is_cut=len(found) > MAX_SHOWN)


def _view(text: str) -> View:
    return View(text) if text in set(View) else View.WEEK


def _day(text: str) -> date:
    try:
        return clamped(date.fromisoformat(text))
    except ValueError:
        return local_today()


def _whose(session: ActorSession, who: str) -> UUID | None:
    """The one employee whose calendar it is."""
    kind, _colon, id = who.partition(":")
    return session.actor.user_id if kind == ME else UUID(id) if kind == USER else None


def _criterion(session: ActorSession, who: str) -> ColumnElement[bool] | None:
    kind, _colon, id = who.partition(":")
    match kind:
        case "me":
            return of_user(session.actor.user_id)
        case "user":
            return of_user(UUID(id))
        case "department":
            return of_department(UUID(id))
    return None
