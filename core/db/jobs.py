"""Sort keys follow the tenant's way of reading names: changing it writes them anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, update

from core.db.base import Model, TenantModel
from core.db.mixins import Sortable
from core.db.scope import KERNEL_BULK
from core.db.session import ActorSession
from core.events import on
from core.i18n import translator
from core.jobs import JobRun, Step, enqueue, job
from core.settings import setting
from core.settings.events import SettingChanged
from core.text import sort_key

_ = translator(__name__)

NAME_ORDER = "core.name_order"
BATCH = 500


@on(SettingChanged)
def sort_again(session: ActorSession, event: SettingChanged) -> None:
    """Ask for new sort keys when the tenant reads names another way."""
    if event.key == NAME_ORDER:
        enqueue(session, "core.sort_names")


@job("core.sort_names", title=_("Sort names anew"), as_system=True)
def sort_names(run: JobRun) -> Iterator[Step]:
    """Write the sort keys of all names that follow the setting. A deleted row takes its key when it is restored."""
    by, done = setting(NAME_ORDER, session=run.session), 0
    for model in _models():
        last = None
        while rows := _rows_after(run.session, model, last):
            for id, name, present in rows:
                wanted = sort_key(name or "", by=by)
                if wanted != present:
                    run.session.execute(
                        update(model).where(model.id == id).values(sort_name=wanted),
                        execution_options={"banyan_bulk": KERNEL_BULK, "synchronize_session": False},
                    )
            last, done = rows[-1][0], done + len(rows)
            yield Step(done)


def _models() -> list[Any]:
    mapped = (mapper.class_ for mapper in Model.registry.mappers)
    sortable = [
        each for each in mapped if issubclass(each, Sortable) and issubclass(each, TenantModel) and not each.__sort_by__
    ]
    return sorted(sortable, key=lambda each: str(each.__tablename__))


def _rows_after(session: ActorSession, model: Any, last: Any) -> list[Any]:
    query = select(model.id, getattr(model, model.__sort__), model.sort_name).order_by(model.id).limit(BATCH)
    return list(session.execute(query if last is None else query.where(model.id > last)).all())
