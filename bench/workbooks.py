"""``python -m bench.workbooks import|export ROWS``: one of the two in a process of its own, so that its memory can be read."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from core.access.models import User
from core.access.signing_in import actor_of
from core.app import create_app
from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.demo.dirty import write_dirty_workbook
from core.exchange import exporting, importing
from core.exchange.models import Export, Import
from core.jobs.execution import run_due_jobs
from core.resources.base import find_resource
from core.tenancy.queries import get_tenant

RESOURCE = "customer.customers"


def main(what: str, rows: int) -> None:
    """Do it once and print seconds, peak memory in MB and rows as JSON."""
    with create_app().app_context():
        begin = _importing(rows) if what == "import" else _exporting
        began = time.monotonic()
        done = begin()
        seconds = time.monotonic() - began
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    json.dump({"seconds": seconds, "mb": max(peaks) // 1024, "rows": done}, sys.stdout)


def _importing(rows: int) -> Callable[[], int]:
    """Upload, reading, trial run and applying, with the job's runner in this process."""
    file = Path(tempfile.mkdtemp(dir=os.environ["BANYAN_DATA"])) / "khach.xlsx"
    write_dirty_workbook(file, rows)

    def run() -> int:
        with file.open("rb") as stream:
            id = _as_manager(
                lambda session: importing.start_import(session, _resource(), FileStorage(stream, file.name)).id
            )
        run_due_jobs()
        _as_manager(lambda session: _check(session, session.need(Import, id)))
        run_due_jobs()
        _as_manager(lambda session: importing.start_apply(session, _resource(), session.need(Import, id)))
        run_due_jobs()
        counts: dict[str, int] = _as_manager(lambda session: session.need(Import, id).counts["apply"])
        return counts["created"]

    return run


def _check(session: ActorSession, import_: Import) -> None:
    mapping = importing.proposed_mapping(session, _resource(), import_)
    importing.start_check(session, _resource(), import_, mapping, {"create_missing": True})


def _exporting() -> int:
    id = _as_manager(lambda session: exporting.start_export(session, _resource(), exporting.Selection()).id)
    run_due_jobs()
    rows: int = _as_manager(lambda session: session.need(Export, id).rows or 0)
    return rows


def _resource() -> Any:
    return find_resource(RESOURCE)


def _as_manager(work: Callable[[ActorSession], Any]) -> Any:
    tenant = get_tenant("bench")
    with open_session(Actor.system(tenant.id)) as session:
        id = session.scalar(select(User.id).order_by(User.id).limit(1))
        actor = actor_of(session, id) if id else None
    assert actor is not None
    with open_session(actor) as session:
        return work(session)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
