"""Background jobs of files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from core.attachments.models import Attachment
from core.attachments.services import remove_files
from core.clock import now
from core.i18n import translator
from core.jobs import JobRun, Step, job
from core.settings import setting

_ = translator(__name__)

BATCH = 100
"""Files of a step: one statement each."""


@job("core.remove_deleted_files", title=_("Remove the files of deleted comments"), as_system=True)
def remove_deleted_files(run: JobRun) -> Iterator[Step]:
    """Remove for good the files that went with a comment more than ``core.bin_days`` ago; 0 keeps everything."""
    session, done = run.session, run.cursor or 0
    session.become(session.actor, with_deleted=True)
    days: int = setting("core.bin_days", session=session)
    before = now() - timedelta(days=days)
    old = select(Attachment).where(Attachment.deleted_at < before).order_by(Attachment.deleted_at).limit(BATCH)
    while days and (rows := session.scalars(old).all()):
        remove_files(session, rows)
        done += len(rows)
        run.result = {"message": str(_.n("1 file removed", "%(n)s files removed", done))}
        yield Step(done, cursor=done)
