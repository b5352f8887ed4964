"""The routes of a resource: list, detail, deletion. Each verb is a route with its permission; buttons follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import update_wrapper
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.contributions import contributed
from core.db.mixins import Audited
from core.db.session import ActorSession
from core.errors import NotFound
from core.i18n import translator
from core.kernel import current_session
from core.resources import board_pages, bulk_pages, form_pages, list_pages, picking
from core.resources.columns import Fact, kind_of, text_of
from core.resources.contributions import tab_counts
from core.resources.links import action_items, history_url, quick_actions, slot_of, url_if_allowed, verb_items
from core.resources.links import may_call as may_call
from core.resources.links import with_args as with_args
from core.resources.paths import Paths, read_path
from core.resources.saved_views import pages as view_pages
from core.web.access import Access
from core.web.answers import redirect_to, toast
from core.web.rendering import render
from core.web.routes import Route

if TYPE_CHECKING:
    from core.resources.base import DetailTab, Resource

_ = translator(__name__)

GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")
DISCUSSION = "core.discussion_panel"
"""The discussion's panel: lazily loaded beside a record (``core.discussion``)."""


def routes(resource: Resource[Any]) -> list[Route]:
    """The routes of the verbs that the resource has a permission and the means for."""
    may = resource.permissions
    has_form = resource.form is not None
    edits = tuple(filter(None, (may.create, may.edit))) if has_form else ()
    changes = tuple(dict.fromkeys(action.permission for action in resource.bulk_actions))
    bulk = bind(bulk_pages.answer_bulk, resource)
    board = resource.board
    declared: list[tuple[str, str, Callable[..., Any], tuple[str, ...], str | tuple[str, ...] | None]] = [
        ("/", "list", bind(list_pages.answer_list, resource), GET, may.read),
        ("/filter", "filter", bind(list_pages.answer_filter, resource), GET, may.read),
        ("/views", "views", bind(view_pages.answer_views, resource), BOTH, may.read),
        ("/views/<uuid:id>", "view", bind(view_pages.answer_view, resource), BOTH, may.read),
        ("/cards", "cards", bind(board_pages.answer_cards, resource), GET, may.read if board else None),
        ("/<uuid:id>/move", "move", bind(board_pages.answer_move, resource), BOTH, board.permission if board else None),
        ("/columns", "columns", bind(view_pages.answer_columns, resource), BOTH, may.read),
        ("/pick", "pick", bind(picking.answer_options, resource), GET, may.read),
        ("/new", "new", bind(form_pages.answer_new, resource), BOTH, may.create if has_form else None),
        ("/validate", "validate", bind(form_pages.answer_validate, resource), POST, edits),
        ("/bulk", "bulk", bulk, POST, changes),
        ("/<uuid:id>", "detail", bind(answer_detail, resource), GET, may.read),
        ("/<uuid:id>/edit", "edit", bind(form_pages.answer_edit, resource), BOTH, may.edit if has_form else None),
        ("/<uuid:id>/delete", "delete", bind(answer_delete, resource), BOTH, may.delete),
    ]
    return [
        Route(f"/{resource.name}{rule}", f"{resource.name}_{verb}", view, methods, Access.of(permission, None))
        for rule, verb, view, methods, permission in declared
        if permission
    ]


def bind(view: Callable[..., ResponseReturnValue], resource: Resource[Any]) -> Callable[..., ResponseReturnValue]:
    """The view of one resource, as the tenant has it; Flask-WTF asks for its name."""

    def bound(**values: Any) -> ResponseReturnValue:
        return view(resource.for_tenant(current_session()), **values)

    return update_wrapper(bound, view)


@dataclass(frozen=True)
class DetailView:
    """What the detail page's template shows."""

    resource: Resource[Any]
    session: ActorSession
    record: Any
    tab: str

    @property
    def title(self) -> str:
        return self.resource.title_of(self.record)

    @property
    def list_url(self) -> str:
        return url_for(self.resource.endpoint("list"))

    @property
    def url(self) -> str:
        return url_for(self.resource.endpoint("detail"), id=self.record.id)

    @property
    def is_organisation(self) -> bool:
        path = self.resource.title_column.organisation
        return bool(path and read_path(self.record, path))

    def shown(self, facts: tuple[Fact, ...]) -> list[dict[str, Any]]:
        """Facts with their values, for ``resource/cells.html``."""
        return [self._shown(fact) for fact in facts]

    def _shown(self, fact: Fact) -> dict[str, Any]:
        value = read_path(self.record, fact.path)
        kind = fact.kind or kind_of(Paths(self.resource.model).column(fact.path))
        tone = fact.tone_of(value, read_path(self.record, fact.tone_path) if fact.tone_path else None)
        return {
            "label": str(fact.label),
            "kind": kind,
            "value": value,
            "text": text_of(value, kind, fact.labels),
            "tone": tone,
            "icon": fact.icon,
        }

    def buttons(self) -> list[dict[str, Any]]:
        """What people do most: editing, what the resource declares, and what other addons bring."""
        items = quick_actions(self.resource, self.session, self.record)
        url = url_if_allowed(self.resource, self.session, "edit", id=self.record.id)
        if not url or not self.resource.can_edit(self.session, self.record):
            return items
        is_main = not any(item["primary"] for item in items)
        return [{"label": str(_("Edit")), "icon": "pencil", "url": url, "attrs": {}, "primary": is_main}, *items]

    def menu(self) -> list[dict[str, Any]]:
        """What the … beside the buttons holds."""
        actions = [action for action in self.resource.actions if action.place == "menu"]
        return [
            *action_items(self.session, actions, self.record.id, self.record),
            *self._history(),
            *verb_items(
                self.resource,
                self.session,
                self.record.id,
                can_edit=self.resource.can_edit(self.session, self.record),
                can_delete=self.resource.can_delete(self.session, self.record),
            ),
        ]

    def _history(self) -> list[dict[str, Any]]:
        """The way to all changes of the record, for whoever may see them."""
        if not issubclass(self.resource.model, Audited):
            return []
        url = history_url(self.session, self.resource.entity, self.record.id)
        return [{"label": str(_("Record of changes")), "icon": "history", "url": url}] if url else []

    def own_tabs(self) -> list[DetailTab]:
        can = self.session.actor.can
        return [tab for tab in self.resource.detail_tabs if tab.permission is None or can(tab.permission)]

    def slots(self) -> list[Any]:
        """Tabs of other addons: each is loaded from its own guarded route."""
        return slot_of(self.resource.slot, self.record.id)

    def tabs(self) -> list[dict[str, Any]]:
        """Information, own tabs with their counts, tabs of other addons."""
        counts = self._counts()
        found = [(tab.order, tab.key, tab.label) for tab in self.own_tabs()]
        found += [(slot.order, slot.endpoint, slot.label) for slot in self.slots()]
        listed = [
            ("", _("Information")),
            *((key, label) for _order, key, label in sorted(found, key=lambda tab: tab[0])),
        ]
        return [
            {
                "label": str(label),
                "url": with_args(self.url, [("tab", key)]) if key else self.url,
                "current": key == self.tab,
                "count": counts.get(key),
            }
            for key, label in listed
        ]

    def _counts(self) -> dict[str, int]:
        """The numbers on the tabs, by their keys: all in one statement, which the record leads so that it can be scoped."""
        shown = {slot.endpoint for slot in self.slots()}
        queries = {tab.key: tab.count(self.session, self.record) for tab in self.own_tabs() if tab.count}
        if shown:
            offered = contributed(tab_counts, session=self.session)
            queries |= {each.endpoint: each.count(self.record.id) for each in offered if each.endpoint in shown}
        if not queries:
            return {}
        model = self.resource.model
        numbers = [query.correlate(None).scalar_subquery() for query in queries.values()]
        row = self.session.execute(select(*numbers).select_from(model).where(model.id == self.record.id)).one()
        return dict(zip(queries, row, strict=True))

    def open_tab(self) -> DetailTab | None:
        return next((tab for tab in self.own_tabs() if tab.key == self.tab), None)

    def open_slot(self) -> Any:
        return next((slot for slot in self.slots() if slot.endpoint == self.tab), None)

    def tab_context(self) -> Mapping[str, Any]:
        """What the open tab's template gets beside ``record``."""
        tab = self.open_tab()
        return tab.context(self.session, self.record) if tab and tab.context else {}

    @property
    def discussion_url(self) -> str:
        if not self.resource.discussion or not may_call(self.session, DISCUSSION):
            return ""
        return url_for(DISCUSSION, entity=self.resource.entity, id=self.record.id)


def answer_detail(resource: Resource[Any], id: UUID) -> ResponseReturnValue:
    """The page of one record."""
    session = current_session()
    try:
        record = resource.find(session, id, *links_of(resource))
    except NotFound:
        if (moved_to := resource.moved_to(session, id)) is None:
            raise
        return redirect_to(with_args(url_for(resource.endpoint("detail"), id=moved_to), list(request.args.items())))
    view = DetailView(resource, session, record, "")
    wanted = request.args.get("tab", "")
    known = {tab.key for tab in view.own_tabs()} | {slot.endpoint for slot in view.slots()}
    view = DetailView(resource, session, record, wanted if wanted in known else "")
    context = view.tab_context()
    return render(resource.template_detail, **{"resource": resource, "view": view, "record": record, **context})


def links_of(resource: Resource[Any]) -> list[Any]:
    """Loader options for the links on the page's paths, so that they come with the record."""
    shown = (*resource.tags, *resource.contacts, *resource.facts)
    paths = {each.path for each in shown} | {each.tone_path for each in shown} | {resource.title_path}
    options = {}
    for path in sorted(path for path in paths if "." in path):
        option, model = None, resource.model
        for name in path.split(".")[:-1]:
            link = getattr(model, name)
            option = joinedload(link) if option is None else option.joinedload(link)
            model = link.property.mapper.class_
        options[path.rpartition(".")[0]] = option
    return list(options.values())


def answer_delete(resource: Resource[Any], id: UUID) -> ResponseReturnValue:
    """The question, and on POST the deletion, with a way back where there is a recycle bin."""
    session = current_session()
    record = resource.find(session, id)
    if not resource.can_delete(session, record):
        abort(403)
    title = resource.title_of(record)
    if request.method == "GET":
        back = url_for(resource.endpoint("detail"), id=id)
        return render(resource.template_delete, resource=resource, record=record, title=title, back=back)
    resource.delete(session, record)
    session.flush()
    undo = url_for(resource.endpoint("restore"), id=id) if resource.is_soft_deleted else None
    toast(_("Deleted: %(name)s", name=title), undo=undo)
    return redirect_to(url_for(resource.endpoint("list")))
