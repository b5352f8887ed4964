"""Emptying the recycle bins of what lies there longer than the tenant wants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal, select, tuple_

from core.clock import now
from core.i18n import translator
from core.jobs import JobRun, Step, job
from core.resources.base import all_resources
from core.resources.bulk import for_each
from core.resources.recycle_bin.bins import has_bin
from core.resources.recycle_bin.purging import purge
from core.settings.models import setting
from core.tenancy.addons import enabled_addons

_ = translator(__name__)

BATCH = 50
"""Records of a step: each costs about ten statements, and on SQLite nobody else writes meanwhile."""


@job("core.empty_recycle_bin", title=_("Empty the recycle bin"), as_system=True)
def empty_recycle_bin(run: JobRun) -> Iterator[Step]:
    """Delete for good what was deleted more than ``core.bin_days`` ago; 0 keeps everything.

    What is still referred to stays, and is tried again at the next run; the result says how many and why, without names, for
    whoever looks at jobs need not see every record. Resources go in the order in
    which addons build on each other, the last first: what refers goes before what it refers to.
    """
    session = run.session
    session.become(session.actor, with_deleted=True)
    days, enabled = setting("core.bin_days", session=session), enabled_addons(session)
    before = now() - timedelta(days=days)
    names = [name for name, each in reversed(all_resources().items()) if has_bin(each) and each.addon in enabled]
    place = run.cursor or {"resource": names[0] if names else "", "at": "", "id": ""}
    known = run.result or {"deleted": 0, "kept": {}}
    if not days or place["resource"] not in names:
        return
    for name in names[names.index(place["resource"]) :]:
        if name != place["resource"]:
            place = {"resource": name, "at": "", "id": ""}
        resource = all_resources()[name]
        model: Any = resource.model
        while rows := session.execute(
            select(model.deleted_at, model.id)
            .where(model.deleted_at < before, *_after(model, place))
            .order_by(model.deleted_at, model.id)
            .limit(BATCH)
        ).all():
            ids = [row.id for row in rows]
            result = for_each(session, model, ids, partial(purge, resource, session), title=resource.title_path)
            known["deleted"] += result.changed
            for skipped in result.skipped:
                known["kept"][skipped.reason] = known["kept"].get(skipped.reason, 0) + 1
            run.result = {**known, "message": _message(known)}
            place = {"resource": name, "at": rows[-1].deleted_at.isoformat(), "id": str(rows[-1].id)}
            yield Step(done=known["deleted"] + sum(known["kept"].values()), cursor=place)


def _after(model: Any, place: dict[str, str]) -> list[ColumnElement[bool]]:
    if not place["at"]:
        return []
    at = literal(datetime.fromisoformat(place["at"]), model.deleted_at.type)
    return [tuple_(model.deleted_at, model.id) > tuple_(at, literal(UUID(place["id"]), model.id.type))]


def _message(known: dict[str, Any]) -> str:
    """ "62 records deleted for good. 1 record: It stays, because something still refers to it: order." """
    told = [str(_.n("1 record deleted for good.", "%(n)s records deleted for good.", known["deleted"]))]
    told += [f"{_.n('1 record', '%(n)s records', n)}: {reason}" for reason, n in known["kept"].items()]
    return " ".join(told)
