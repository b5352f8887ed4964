"""What a tenant's administrator sees of schedules: when each ran last and will next; and how it is run at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, union_all

from core.audit import record
from core.clock import now
from core.db.session import ActorSession, system
from core.errors import Conflict, NotFound
from core.i18n import LazyString, in_domain, translator
from core.jobs.models import Job
from core.jobs.services import enqueue
from core.jobs.slots import next_slot
from core.kernel import current_kernel
from core.manifest import ManifestJob
from core.tenancy.addons import enabled_addons
from core.tenancy.models import Tenant

_ = translator(__name__)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A line of the page. ``last`` is the newest run, asked for by the schedule or by hand."""

    name: str
    title: LazyString
    next_at: datetime
    last: Job | None


def list_schedules(session: ActorSession) -> Sequence[Schedule]:
    """The schedules of the tenant's addons, the one that is due first on top."""
    scheduled = _scheduled(session)
    zone = ZoneInfo(session.scalars(select(Tenant.time_zone).where(Tenant.id == session.tenant_id)).one())
    last, moment = _last_runs(session, [job.name for job in scheduled]), now()
    found = (
        Schedule(
            job.name, in_domain(job.title, job.addon), next_slot(job.schedule or "", zone, moment), last.get(job.name)
        )
        for job in scheduled
    )
    return sorted(found, key=lambda each: (each.next_at, each.name))


def run_now(session: ActorSession, name: str) -> UUID:
    """Ask for a scheduled job beside its schedule, and as its schedule would: for the system. The job's id.

    Raises NotFound, and Conflict while a run of it waits or works.
    """
    if name not in {job.name for job in _scheduled(session)}:
        raise NotFound.of("not_found", _("This record does not exist, or you may not see it."))
    last = _last_runs(session, [name]).get(name)
    if last is not None and not last.has_ended:
        raise Conflict.of("job_under_way", _("This job is under way already."))
    with system(session) as all_seeing:
        id = enqueue(all_seeing, name).id
    record(session, "run", entity="core_job", entity_id=id)
    return id


def _scheduled(session: ActorSession) -> list[ManifestJob]:
    enabled = enabled_addons(session)
    return [job for job in current_kernel().registry.schedules if job.addon in enabled]


def _last_runs(session: ActorSession, names: Sequence[str]) -> dict[str, Job]:
    if not names:
        return {}
    newest = union_all(*(_newest_of(name) for name in names))
    return {job.name: job for job in session.scalars(select(Job).where(Job.id.in_(newest)))}


def _newest_of(name: str) -> Select[tuple[UUID]]:
    newest = select(Job.id).where(Job.name == name).order_by(Job.id.desc()).limit(1).subquery()
    return select(newest.c.id)
