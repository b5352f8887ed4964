"""Background jobs of the API."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete, select

from core.api.models import ApiReply
from core.api.repeating import KEPT
from core.clock import now
from core.i18n import translator
from core.jobs import JobRun, Step, job

_ = translator(__name__)

BATCH = 500
"""Rows deleted in a step."""


@job("core.purge_api", title=_("Clear what the API remembers"), as_system=True)
def purge_api(run: JobRun) -> Iterator[Step]:
    """Delete the answers whose idempotency keys have had their time."""
    done = 0
    old = select(ApiReply.id).where(ApiReply.created_at < now() - KEPT).limit(BATCH)
    while ids := run.session.scalars(old).all():
        run.session.execute(
            delete(ApiReply).where(ApiReply.id.in_(ids)), execution_options={"synchronize_session": False}
        )
        done += len(ids)
        yield Step(done)
