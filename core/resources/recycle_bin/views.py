"""The recycle bin's routes: the list of what was deleted, bringing back, deleting for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from core.contributions import contributes
from core.db.mixins import Audited
from core.i18n import translator
from core.kernel import current_session
from core.resources import bulk_pages, list_pages
from core.resources.base import Resource, all_resources
from core.resources.bulk import SYNC_LIMIT, for_each, summary_text
from core.resources.links import history_url, may_call
from core.resources.listing import count_text, criteria, read_counts, read_state
from core.resources.pages import bind
from core.resources.recycle_bin.bins import bin_of, has_bin
from core.resources.recycle_bin.purging import PURGE
from core.resources.recycle_bin.restoring import bring_back
from core.resources.saved_views.bar import ViewBar
from core.settings.contributions import SettingsPage, settings_pages
from core.settings.models import setting
from core.web import AddonViews
from core.web.access import Access
from core.web.answers import redirect_to, toast
from core.web.rendering import render
from core.web.routes import Route

_ = translator(__name__)
views = AddonViews(__name__)


def routes(resource: Resource[Any]) -> list[Route]:
    """The routes of the bin of ``resource``; none where it has none."""
    if not resource.name or not has_bin(resource):
        return []
    bin = bin_of(resource)
    declared = [
        ("GET", "/bin/", f"{bin.name}_list", bind(answer_bin, bin)),
        ("GET", "/bin/filter", f"{bin.name}_filter", bind(list_pages.answer_filter, bin)),
        ("POST", "/bin/bulk", f"{bin.name}_bulk", bind(answer_bulk, bin)),
        ("POST", "/bin/undo", f"{bin.name}_undo", bind(answer_undo, resource)),
        ("POST", "/<uuid:id>/restore", f"{resource.name}_restore", bind(answer_restore, resource)),
    ]
    access = Access.of(resource.permissions.delete, None)
    return [Route(f"/{resource.name}{rule}", name, view, (method,), access) for method, rule, name, view in declared]


class _NoViews(ViewBar):
    """A bin has no saved views."""

    is_worth_saving = False

    def items(self) -> list[dict[str, Any]]:
        return []


class BinView(list_pages.ListView):
    """What the bin's template shows."""

    bar: ClassVar[type[ViewBar]] = _NoViews

    @property
    def days(self) -> int:
        """After how many days what is here is deleted for good; 0 is never."""
        kept: int = setting("core.bin_days")
        return kept

    @property
    def list_url(self) -> str:
        """The list that the records came from; empty where the user may not open it."""
        endpoint = self.resource.of.endpoint("list")  # type: ignore[attr-defined]
        return url_for(endpoint) if may_call(self.session, endpoint) else ""

    def row_url(self, row: Any) -> str:
        return self._history(row.id)

    def row_items(self) -> list[dict[str, Any]]:
        restore = url_for(self.resource.of.endpoint("restore"), id=list_pages.NIL)  # type: ignore[attr-defined]
        items: list[dict[str, Any]] = [{"label": str(_("Restore")), "icon": "arrow-back-up", "post": restore}]
        if url := self._history(list_pages.NIL):
            items.append({"label": str(_("Record of changes")), "icon": "history", "url": url})
        return items

    def _history(self, id: UUID) -> str:
        is_audited = issubclass(self.resource.model, Audited)
        return history_url(self.session, self.resource.entity, id) if is_audited else ""


def answer_bin(bin: Resource[Any]) -> ResponseReturnValue:
    """What was deleted, as far as the user may see it. The session is bound anew to see deleted rows; visibility stays."""
    session = current_session()
    session.become(session.actor, with_deleted=True)
    return render(bin.template_list, resource=bin, view=list_pages.read_list(bin, session, BinView))


def answer_bulk(bin: Resource[Any]) -> ResponseReturnValue:
    """Restore, or delete for good, what is ticked or all that match."""
    session = current_session()
    session.become(session.actor, with_deleted=True)
    return bulk_pages.answer_bulk(bin)


def answer_restore(resource: Resource[Any], id: UUID) -> ResponseReturnValue:
    """Bring a deleted record back; one that is back already stays as it is."""
    session = current_session()
    session.become(session.actor, with_deleted=True)
    record = resource.find(session, id)
    if record.deleted_at is not None:
        bring_back(resource, session, record)
    toast(_("Restored: %(name)s", name=resource.title_of(record)))
    return redirect_to(url_for(resource.endpoint("detail"), id=id))


def answer_undo(resource: Resource[Any]) -> ResponseReturnValue:
    """Bring back what the user himself deleted between two moments: what one bulk action did."""
    session = current_session()
    try:
        since, until = (datetime.fromisoformat(request.args.get(name, "")) for name in ("since", "until"))
    except ValueError:
        abort(404)
    if since.tzinfo is None or until.tzinfo is None:
        abort(404)
    session.become(session.actor, with_deleted=True)
    model = resource.model
    own = [model.deleted_by_id == session.actor.user_id, model.deleted_at >= since, model.deleted_at <= until]
    ids = session.scalars(select(model.id).where(*resource.restrict(session), *own).limit(SYNC_LIMIT)).all()
    result = for_each(session, model, ids, partial(bring_back, resource, session), title=resource.title_path)
    toast(
        f"{_('Restore')}: {summary_text(result.changed, len(result.skipped))}",
        "warning" if result.skipped else "success",
    )
    return redirect_to(url_for(resource.endpoint("list")))


@dataclass(frozen=True, slots=True)
class BinLine:
    """A bin among all: what was deleted of which kind, and how many (capped)."""

    title: object
    icon: str
    url: str
    count: int | str


@contributes(settings_pages)
def bins_page() -> SettingsPage:
    """Settings → Recycle bin."""
    return SettingsPage(_("Recycle bin"), "core.recycle_bin", PURGE, "trash", 90)


@views.get("/recycle-bin", permission=PURGE)
def recycle_bin() -> ResponseReturnValue:
    """The bins that the user may open, each with how much is in it."""
    session = current_session()
    session.become(session.actor, with_deleted=True)
    lines = []
    for resource in all_resources().values():
        if has_bin(resource) and may_call(session, (bin := bin_of(resource)).endpoint("list")):
            state = read_state(bin, MultiDict(), session)
            count = read_counts(bin, state, session, criteria(bin, state, session), with_tabs=False).matching
            lines.append(BinLine(bin.title, bin.icon, url_for(bin.endpoint("list")), count_text(count)))
    return render("resource/bins.html", lines=lines, days=setting("core.bin_days"))
