"""A month of appointments, tasks, transactions and care records around today for the demonstration business."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import null, select

from addons.activity.catalogues import create_entry
from addons.activity.contributions import subjects
from addons.activity.models import (
    Activity,
    ActivityPerson,
    ActivityProject,
    ActivityReminder,
    ActivityType,
    Kind,
    Result,
    State,
)
from addons.activity.queries import list_all_entries
from addons.activity.schedules import save_absence, save_week
from addons.activity.services import announce_done
from addons.activity.subjects import find_about
from addons.activity.times import ONE_DAY, midnight, moment_of
from core.access.models import Group, User
from core.access.services import add_group_members
from core.audit import AS_STAMPED
from core.clock import local_today, now
from core.contributions import contributed
from core.db import ActorSession
from core.demo.business import NORTH, SOUTH, Duty, departments_of, employees_with
from core.demo.marking import demo_data

SEED = 2026
DAYS_BACK, DAYS_AHEAD = 30, 20
SUBJECTS = 240
"""Customers, the newest ones, among which activities choose."""

GROUPS: dict[Duty, str] = {
    "administrator": "activity.activity_admin",
    "manager": "activity.team_leader",
    "seller": "activity.staff",
    "accountant": "activity.staff",
}
INTERNAL = "Việc nội bộ"
"""The type of what is about no record."""

PROJECTS = ("Ra mắt máy lọc nước RO 2026", "Hội chợ Vietbuild", "Chăm sóc đại lý quý này")


@dataclass(frozen=True)
class Plan:
    """Something that salespeople do: which type it has, how long it takes and where."""

    title: str
    type: str
    minutes: int = 60
    place: str = ""
    notes: tuple[str, ...] = ()


APPOINTMENTS = (
    Plan("Khảo sát lắp đặt máy lọc nước", "Khảo sát, lắp đặt", 90, "Tại nhà khách", ("Đã đo, cần thêm van giảm áp.",)),
    Plan("Gặp trao đổi báo giá", "Gặp trực tiếp", 60, "Văn phòng khách hàng", ("Khách xin giảm 5%, trình giám đốc.",)),
    Plan("Ký hợp đồng đại lý", "Gặp trực tiếp", 60, "Văn phòng Hải Đăng", ("Đã ký, giao bản gốc cho kế toán.",)),
    Plan("Demo sản phẩm qua Zoom", "Họp trực tuyến", 45, "", ("Khách quan tâm dòng công nghiệp.",)),
    Plan(
        "Gọi lại sau báo giá", "Gọi điện", 15, "", ("Khách hẹn trả lời cuối tuần.", "Khách đã chọn nhà cung cấp khác.")
    ),
    Plan("Thay lõi lọc định kỳ", "Chăm sóc sau bán hàng", 60, "Tại nhà khách", ("Đã thay lõi 1, 2, 3.",)),
)
TASKS = (
    Plan("Gửi catalogue và bảng giá đại lý", "Gửi báo giá"),
    Plan("Chuẩn bị hợp đồng mẫu", INTERNAL),
    Plan("Đối chiếu công nợ với kế toán", INTERNAL),
    Plan("Làm báo giá 20 bộ máy RO công nghiệp", "Gửi báo giá"),
    Plan("Lập danh sách khách mời hội chợ", INTERNAL),
)
TRANSACTIONS = (
    Plan("Gọi chào hàng lần đầu", "Gọi điện", 15, "", ("Khách xin thông tin qua Zalo.",)),
    Plan("Gửi báo giá lần 2", "Gửi báo giá", 30, "", ("Đã gửi qua e-mail.",)),
    Plan("Thương lượng điều khoản thanh toán", "Gặp trực tiếp", 60, "", ("Chốt trả chậm 30 ngày.",)),
)
CARE = (
    Plan("Gọi hỏi thăm sau lắp đặt", "Chăm sóc sau bán hàng", 10, "", ("Máy chạy tốt, khách hài lòng.",)),
    Plan("Xử lý phản ánh nước yếu", "Chăm sóc sau bán hàng", 20, "", ("Hướng dẫn khách vệ sinh lõi thô.",)),
)
FAILURES = {
    Result.FAILED: ("Khách đã chọn nhà cung cấp khác.", "Khách chưa có nhu cầu, hẹn quý sau."),
    Result.ABSENT: ("Gọi ba lần không nghe máy.", "Đến nơi nhưng khách đi vắng."),
}
RESULTS = (Result.REACHED,) * 6 + (Result.PARTLY,) * 2 + (Result.FAILED, Result.ABSENT)


@demo_data
def load(session: ActorSession) -> None:
    """Rights, projects, and activities of the salespeople on working days, some of them about customers."""
    if session.scalar(select(Activity.id).limit(1)) is not None:
        return
    for duty, key in GROUPS.items():
        group = session.scalars(select(Group).where(Group.shipped_key == key)).one()
        add_group_members(session, group, [user.id for user in employees_with(session, duty)])
    for name in PROJECTS:
        create_entry(session, ActivityProject, name=name)
    teams = departments_of(session)
    people = {user.id: user for name in (NORTH, SOUTH) for user in teams[name]}
    _add_hours(session, list(people.values()), local_today())
    session.info[AS_STAMPED] = {row.id: row.name for row in session.execute(select(User.id, User.name))}
    _Maker(session).make()


def _add_hours(session: ActorSession, people: Sequence[User], today: date) -> None:
    """Working weeks of everybody, a leave and a business trip."""
    for person in people:
        save_week(session, None, user_id=person.id, texts=[*["8:00-12:00, 13:30-17:30"] * 5, "8:00-12:00", ""])
    for person, kind, ahead, days, note in zip(
        people, ("leave", "trip"), (3, 6), (1, 2), ("Về quê", "Hội chợ Vietbuild"), strict=False
    ):
        first = today + timedelta(days=ahead)
        last = first + timedelta(days=days)
        save_absence(session, None, user_id=person.id, kind=kind, first_day=first, last_day=last, note=note)


class _Maker:
    """Draws the same activities on every machine, but for the day on which they are drawn."""

    def __init__(self, session: ActorSession) -> None:
        self.session, self.chance = session, random.Random(SEED)  # noqa: S311  (invented data)
        self.types = {entry.name: entry.id for entry in list_all_entries(session, ActivityType)}
        self.projects = [entry.id for entry in list_all_entries(session, ActivityProject)]
        teams = departments_of(session)
        self.people: Sequence[User] = list({user.id: user for name in (NORTH, SOUTH) for user in teams[name]}.values())
        self.records: defaultdict[UUID | None, list[Any]] = self._records()
        self.moment, self.today = now(), local_today()
        self.done: list[Activity] = []

    def make(self) -> None:
        for offset in range(-DAYS_BACK, DAYS_AHEAD + 1):
            day = self.today + timedelta(days=offset)
            if day.weekday() < 6:
                for person in self.people:
                    self._day_of(person, day)
        self.session.flush()
        latest = {each.subject: each for each in sorted(self.done, key=lambda each: each.done_at or self.moment)}
        for activity in latest.values():
            announce_done(self.session, activity)

    def _records(self) -> defaultdict[UUID | None, list[Any]]:
        """Some records of each kind that there is, by who is in charge of them."""
        found: defaultdict[UUID | None, list[Any]] = defaultdict(list)
        for subject in contributed(subjects, session=self.session):
            model: Any = subject.model
            owner = model.owner_id if hasattr(model, "owner_id") else null()
            rows = self.session.execute(select(model.id, owner).order_by(model.id.desc()).limit(SUBJECTS)).all()
            for id, owner_id in rows:
                about = find_about(self.session, f"{subject.entity}:{id}")
                found[owner_id] += [about] if about else []
        return found

    def _day_of(self, person: User, day: date) -> None:
        hour = 8
        for _each in range(self.chance.choice((0, 1, 1, 2, 3))):
            hour += self.chance.choice((0, 1, 1, 2))
            if hour < 17:
                start = time(hour, self.chance.choice((0, 0, 30)))
                self._add(Kind.APPOINTMENT, self.chance.choice(APPOINTMENTS), person, day, start)
            hour += 1
        if self.chance.random() < 0.45:
            self._add(Kind.TASK, self.chance.choice(TASKS), person, day, None)
        if self.chance.random() < 0.5:
            self._add(Kind.TRANSACTION, self.chance.choice(TRANSACTIONS), person, day, None)
        if day < self.today and self.chance.random() < 0.3:
            self._add(Kind.CARE, self.chance.choice(CARE), person, day, time(self.chance.randrange(8, 17), 15))

    def _add(self, kind: Kind, plan: Plan, person: User, day: date, start: time | None) -> None:
        chance = self.chance
        own = self.records[person.id] or [each for records in self.records.values() for each in records]
        record = chance.choice(own) if own and plan.type != INTERNAL else None
        starts_at = moment_of(day, start) if start else midnight(day)
        ends_at = starts_at + timedelta(minutes=plan.minutes) if start else midnight(day + ONE_DAY)
        created = min(starts_at - timedelta(days=chance.randrange(1, 6)), self.moment)
        activity = Activity(
            kind=kind,
            title=plan.title,
            subject_entity=record.entity if record else None,
            subject_id=record.id if record else None,
            subject_label=record.label if record else None,
            type_id=self.types.get(plan.type),
            project_id=chance.choice(self.projects) if kind == Kind.TASK else None,
            assignee_id=person.id,
            starts_at=starts_at,
            ends_at=ends_at,
            day=day,
            is_all_day=start is None,
            place=plan.place or None,
            remind_minutes=30 if kind == Kind.APPOINTMENT else None,
            created_at=created,
            created_by_id=person.id,
        )
        self._settle(activity, plan, kind, ends_at)
        self.session.add(activity)
        if activity.done_at is not None and record is not None:
            self.done.append(activity)
        if kind == Kind.APPOINTMENT and chance.random() < 0.12:
            other = chance.choice([user for user in self.people if user.id != person.id])
            self.session.add(ActivityPerson(activity_id=activity.id, user_id=other.id))
        if activity.state == State.PLANNED and activity.remind_minutes is not None and starts_at > self.moment:
            at = starts_at - timedelta(minutes=activity.remind_minutes)
            self.session.add(ActivityReminder(activity_id=activity.id, at=at))

    def _settle(self, activity: Activity, plan: Plan, kind: Kind, ends_at: datetime) -> None:
        """What lies behind us is done, mostly; a little was cancelled, a little forgotten."""
        drawn = self.chance.random()
        activity.state = State.PLANNED
        if kind == Kind.CARE or (ends_at <= self.moment and drawn < 0.85):
            activity.state, activity.done_at = State.DONE, min(ends_at, self.moment)
            result = activity.result = self.chance.choice(RESULTS)
            notes = plan.notes if result in {Result.REACHED, Result.PARTLY} else FAILURES[result]
            activity.result_note = self.chance.choice(notes) if notes else None
        elif ends_at <= self.moment and drawn < 0.95:
            activity.state, activity.cancel_reason = State.CANCELLED, "Khách bận, chưa hẹn lại được."
        elif activity.is_all_day and drawn < 0.3:
            activity.state = State.IN_PROGRESS
