"""Reminders by the scheduler: each exactly once, late ones while it is not over, none for what was put off or cancelled."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from core.jobs import enqueue
from core.jobs.execution import run_due_jobs
from tests.addons.activity.conftest import TODAY, Clock, Office


def run_job(office: Office) -> None:
    with office.world.session(office.tenant) as session:
        enqueue(session, "activity.send_reminders")
    with office.world.app.app_context():
        run_due_jobs()


def reminders(office: Office, user: Any) -> list[str]:
    return [title for title in office.notices(user) if "2026 1" in title]


def test_everybody_who_takes_part_is_reminded_once(office: Office, clock: Clock) -> None:
    office.plan(day=TODAY, start=time(14), end=time(15), remind_minutes=30, participant_ids=[office.colleague.id])
    office.plan(title="Không nhắc", day=TODAY, start=time(14), end=time(15), remind_minutes=None)
    clock.forward(minutes=89)
    run_job(office)
    assert reminders(office, office.seller) == []
    clock.forward(minutes=1)
    run_job(office)
    run_job(office)
    clock.forward(minutes=10)
    run_job(office)
    assert reminders(office, office.seller) == ["24/11/2026 14:00: Gặp khách"]
    assert reminders(office, office.colleague) == ["24/11/2026 14:00: Gặp khách"]
    assert reminders(office, office.leader) == []


def test_what_was_missed_is_sent_late_while_it_lasts(office: Office, clock: Clock) -> None:
    office.plan(title="Đã qua", day=TODAY, start=time(13), end=time(14), remind_minutes=15)
    office.plan(title="Còn diễn ra", day=TODAY, start=time(13), end=time(18), remind_minutes=15)
    clock.forward(hours=2)  # it is 14:00: what ends now is over
    run_job(office)
    run_job(office)
    assert reminders(office, office.seller) == ["24/11/2026 13:00: Còn diễn ra"]


@pytest.mark.engine("sqlite")
def test_no_reminder_of_what_is_not_there_any_more(office: Office, clock: Clock) -> None:
    kept, off, done, gone = (
        office.plan(title=title, day=TODAY, start=time(14), end=time(15), remind_minutes=30)
        for title in ("Dời", "Hủy", "Xong", "Xóa")
    )
    client = office.world.client(office.seller)
    moved = {"day": "24/11/2026", "start": "16:00", "version": office.stored(kept).version}
    assert client.post(f"/activity/activities/{kept}/reschedule", data=moved).status_code == 303
    assert client.post(f"/activity/activities/{off}/cancel", data={"reason": "Khách bận"}).status_code == 303
    assert client.post(f"/activity/activities/{done}/complete", data={"result": "reached"}).status_code == 303
    assert client.post(f"/activity/appointments/{gone}/delete").status_code == 303
    clock.forward(hours=2, minutes=5)
    run_job(office)
    assert reminders(office, office.seller) == []
    clock.forward(hours=1, minutes=30)
    run_job(office)
    assert reminders(office, office.seller) == ["24/11/2026 16:00: Dời"]
    assert office.stored(kept).ends_at - office.stored(kept).starts_at == timedelta(hours=1)
