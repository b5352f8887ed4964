"""The scheduler: what manifests schedule is asked for at its time, once for each tenant that has the addon.

It keeps nothing but rows. Each tenant's slot row and its job are one transaction, and the row is unique: a kill between any two
statements, a second scheduler or a clock that jumps can neither lose a run nor double it. Any number may work at once.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import FrameType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from core.clock import now
from core.db.actor import Actor
from core.db.failures import failure_of
from core.db.session import ActorSession, open_session, reading_session
from core.jobs.models import ENDED, JobDispatch, JobSlot
from core.jobs.services import enqueue
from core.jobs.slots import latest_slot
from core.kernel import current_kernel
from core.manifest import ManifestJob
from core.tenancy.addons import has_enabled_since
from core.tenancy.models import Tenant

log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
"""How often to look; so long a run may be late, and so soon after a restart it is made up for."""

CATCH_UP = timedelta(days=3)
"""How late a run may be: a weekend without the machine. Of the slots that were missed only the latest is run."""

KEPT = timedelta(days=7)
"""How long slots are remembered; longer than anything that is caught up."""


class Scheduler:
    """Looks which schedules are due. Needs an app context."""

    def __init__(self) -> None:
        self._served: dict[tuple[str, str], datetime] = {}

    def look(self) -> None:
        """Tick, and outlive what goes wrong: it is tried again at the next look."""
        try:
            self.tick(now())
        except Exception as error:
            told = None if failure_of(error) else error  # while a database is away, a line each time does
            log.error("schedules could not be looked at; the next look is in %s s", LOOK_SECONDS, exc_info=told)

    def tick(self, moment: datetime) -> None:
        """Ask for every run that is due at ``moment`` and was not asked for yet."""
        for time_zone in _time_zones():
            for job in current_kernel().registry.schedules:
                slot = latest_slot(job.schedule or "", ZoneInfo(time_zone), moment)
                if slot >= moment - CATCH_UP and self._served.get((job.name, time_zone)) != slot:
                    self._fan_out(job, time_zone, slot, moment)

    def _fan_out(self, job: ManifestJob, time_zone: str, slot: datetime, moment: datetime) -> None:
        """One transaction for each tenant of this zone; what fails for one is left for the next look."""
        started = failed = 0
        for tenant_id in _tenants_without(job, time_zone, slot, moment):
            try:
                started += _start(tenant_id, job, slot)
            except Exception:
                log.exception("%s could not be scheduled for the tenant %s", job.name, tenant_id)
                failed += 1
        if not failed:
            self._served[job.name, time_zone] = slot
        if started:
            log.info("%s of %s: asked for in %s tenant(s)", job.name, slot.isoformat(), started)
            _forget_slots(job.name, moment - KEPT)


def serve(app: Flask) -> None:
    """Look again and again until told to stop (SIGTERM, SIGINT)."""
    stopping = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    scheduler = Scheduler()
    with app.app_context():
        while not stopping.is_set():
            scheduler.look()
            stopping.wait(LOOK_SECONDS)


def find_overdue(moment: datetime, late: timedelta) -> list[tuple[str, datetime]]:
    """The scheduled jobs that were due ``late`` before ``moment`` or earlier and that nobody has asked for, with their times.

    What is too long ago to be caught up says nothing about whether a scheduler runs now. Needs an app context.
    """
    found: dict[str, datetime] = {}
    for time_zone in _time_zones():
        for job in current_kernel().registry.schedules:
            slot = latest_slot(job.schedule or "", ZoneInfo(time_zone), moment)
            if moment - CATCH_UP <= slot <= moment - late and _is_missed(job, time_zone, slot, moment):
                found[job.name] = min(slot, found.get(job.name, slot))
    return sorted(found.items(), key=lambda each: (each[1], each[0]))


def _is_missed(job: ManifestJob, time_zone: str, slot: datetime, moment: datetime) -> bool:
    for tenant_id in _tenants_without(job, time_zone, slot, moment):
        with reading_session(Actor.system(tenant_id)) as session:
            if has_enabled_since(session, job.addon, slot):
                return True
    return False


def _time_zones() -> Sequence[str]:
    with reading_session(Actor.platform()) as session:
        return session.scalars(select(Tenant.time_zone).where(Tenant.is_active).distinct()).all()


def _tenants_without(job: ManifestJob, time_zone: str, slot: datetime, moment: datetime) -> Sequence[UUID]:
    """The tenants that have not come to this slot yet. None that is younger than it, and none that is further already,
    because the clock was put back; a slot far ahead is from a clock that was wrong, and says nothing."""
    further = select(JobSlot.tenant_id).where(
        JobSlot.name == job.name, JobSlot.slot >= slot, JobSlot.slot <= moment + CATCH_UP
    )
    query = select(Tenant.id).where(
        Tenant.is_active, Tenant.time_zone == time_zone, Tenant.created_at <= slot, Tenant.id.not_in(further)
    )
    with reading_session(Actor.platform()) as session:
        return session.scalars(query.order_by(Tenant.id)).all()


def _start(tenant_id: UUID, job: ManifestJob, slot: datetime) -> bool:
    """Take the slot and ask for the job, or neither; whether a job was asked for."""
    with open_session(Actor.system(tenant_id)) as session:
        if not has_enabled_since(session, job.addon, slot):
            return False
        under_way = _is_under_way(session, job.name)
        slot_id = _take(session, job.name, slot)
        if slot_id is None or under_way:
            return False
        job_id = enqueue(session, job.name).id
        taken = session.scalars(select(JobSlot).where(JobSlot.id == slot_id)).one()
        taken.job_id = job_id
        return True


def _is_under_way(session: ActorSession, name: str) -> bool:
    """Whether the run of an earlier slot waits or works still: then this one would only queue up behind it."""
    runs = select(JobSlot.job_id).where(JobSlot.name == name, JobSlot.tenant_id == session.tenant_id)
    last = session.scalar(runs.where(JobSlot.job_id.is_not(None)).order_by(JobSlot.slot.desc()).limit(1))
    state = session.scalar(select(JobDispatch.state).where(JobDispatch.id == last))
    return state is not None and state not in ENDED


def _take(session: ActorSession, name: str, slot: datetime) -> UUID | None:
    """The row of this slot, or None where another scheduler has it: then its transaction has committed."""
    is_postgresql = session.connection().dialect.name == "postgresql"
    insert: Any = (postgresql if is_postgresql else sqlite).insert(JobSlot)
    row = insert.values(name=name, tenant_id=session.tenant_id, slot=slot)
    taken: UUID | None = session.scalar(row.on_conflict_do_nothing().returning(JobSlot.id))
    return taken


def _forget_slots(name: str, before: datetime) -> None:
    """Remove the job's slots from before, each tenant's last one excepted: ``before`` may come from a clock that is wrong."""
    newer = aliased(JobSlot)
    has_newer = select(newer.id).where(
        newer.name == name, newer.tenant_id == JobSlot.tenant_id, newer.slot > JobSlot.slot, newer.slot < before
    )
    old = delete(JobSlot).where(JobSlot.name == name, JobSlot.slot < before, has_newer.exists())
    with open_session(Actor.platform()) as session:
        session.execute(old, execution_options={"synchronize_session": False})
