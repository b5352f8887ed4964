"""The routes of a resource: list, detail, deletion. Each verb is a route with its permission; buttons follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import update_wrapper
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from flask import abort, current_app, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from core.db.session import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.resources import bulk_pages, form_pages, picking
from core.resources.columns import Fact, kind_of, text_of
from core.resources.filters import Args, Filter
from core.resources.listing import (
    Counts,
    ListState,
    Page,
    Sort,
    count_text,
    criteria,
    read_counts,
    read_page,
    read_state,
)
from core.resources.paths import Paths, read_path
from core.tenancy.addons import enabled_addons
from core.web.access import SIGNED_IN, Access
from core.web.answers import is_htmx, redirect_to, toast
from core.web.rendering import render
from core.web.requests import access_of
from core.web.routes import Route

if TYPE_CHECKING:
    from core.resources.base import Action, DetailTab, Resource

_ = translator(__name__)

GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")
NIL = UUID(int=0)
DISCUSSION = "core.discussion_panel"
"""The discussion's panel: lazily loaded beside a record (``core.discussion``)."""


def routes(resource: Resource[Any]) -> list[Route]:
    """The routes of the verbs that the resource has a permission and the means for."""
    may = resource.permissions
    has_form = resource.form is not None
    edits = tuple(filter(None, (may.create, may.edit))) if has_form else ()
    changes = tuple(dict.fromkeys(action.permission for action in resource.bulk_actions))
    bulk = bind(bulk_pages.answer_bulk, resource)
    declared: list[tuple[str, str, Callable[..., Any], tuple[str, ...], str | tuple[str, ...] | None]] = [
        ("/", "list", bind(answer_list, resource), GET, may.read),
        ("/filter", "filter", bind(answer_filter, resource), GET, may.read),
        ("/pick", "pick", bind(picking.answer_options, resource), GET, may.read),
        ("/new", "new", bind(form_pages.answer_new, resource), BOTH, may.create if has_form else None),
        ("/validate", "validate", bind(form_pages.answer_validate, resource), POST, edits),
        ("/bulk", "bulk", bulk, POST, changes),
        ("/<uuid:id>", "detail", bind(answer_detail, resource), GET, may.read),
        ("/<uuid:id>/edit", "edit", bind(form_pages.answer_edit, resource), BOTH, may.edit if has_form else None),
        ("/<uuid:id>/delete", "delete", bind(answer_delete, resource), BOTH, may.delete),
        (
            "/<uuid:id>/restore",
            "restore",
            bind(answer_restore, resource),
            POST,
            may.delete if resource.is_soft_deleted else None,
        ),
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


def may_call(session: ActorSession, endpoint: str) -> bool:
    """Whether the user would get an answer from ``endpoint``: it exists, its addon is on, a permission is held."""
    access = access_of(endpoint)
    if access is None or endpoint.partition(".")[0] not in enabled_addons(session):
        return False
    return access.public is not None or any(each == SIGNED_IN or session.actor.can(each) for each in access.permissions)


def url_if_allowed(resource: Resource[Any], session: ActorSession, verb: str, **values: Any) -> str:
    """The URL of a verb; empty where the user may not call it."""
    endpoint = resource.endpoint(verb)
    return url_for(endpoint, **values) if may_call(session, endpoint) else ""


def with_args(url: str, args: Args) -> str:
    """``url`` with a query string."""
    return f"{url}?{urlencode(args)}" if args else url


# The list


@dataclass(frozen=True)
class ListView:
    """What the list's template shows: the page, its counts, and the URLs of everything one can do with it."""

    resource: Resource[Any]
    session: ActorSession
    state: ListState
    page: Page
    counts: Counts
    url: str

    @property
    def total(self) -> int | str:
        return count_text(self.counts.matching)

    @property
    def is_fragment(self) -> bool:
        """Whether the region alone is asked for, while the heading around it stays."""
        return _is_fragment()

    def tabs(self) -> list[dict[str, Any]]:
        """The tabs as ``ui/controls.html`` wants them. A tab begins without search and filters."""
        first = self.resource.tabs[0] if self.resource.tabs else None
        return [
            {
                "label": str(tab.label),
                "url": self.url if tab is first else with_args(self.url, [("tab", tab.key)]),
                "current": tab is self.state.tab,
                ("count_new" if tab.is_new and self.counts.tabs.get(tab.key) else "count"): count_text(
                    self.counts.tabs.get(tab.key, 0)
                ),
            }
            for tab in self.resource.tabs
        ]

    def chips(self) -> list[dict[str, str]]:
        """The filters that are on, each with the URL of the list without it."""
        return [
            {
                "label": str(each.label),
                "value": each.text(value, self.session),
                "edit_url": self.filter_url(each),
                "remove_url": with_args(self.url, self.state.args(without=each)),
            }
            for each, value in self.state.chosen
        ]

    def filter_items(self) -> list[dict[str, Any]]:
        """The menu of filters that are not on yet."""
        used = {each.key for each, _value in self.state.chosen}
        return [
            {"label": str(each.label), "url": url, "attrs": {"hx-get": url, "hx-target": "#dialog"}}
            for each in self.resource.filters
            if each.key not in used and (url := self.filter_url(each))
        ]

    def filter_url(self, each: Filter) -> str:
        endpoint = self.resource.endpoint("filter")
        return with_args(url_for(endpoint), [("key", each.key), *self.state.args()])

    def search_fields(self) -> list[tuple[str, str]]:
        """The hidden fields of the search form: the list's state without the search itself."""
        return [(name, value) for name, value in self.state.args() if name != "q"]

    def heads(self) -> list[dict[str, Any]]:
        """The columns' heads, with the URL that sorts by them."""
        return [self._head(column) for column in self.resource.shown_columns]

    def _head(self, column: Any) -> dict[str, Any]:
        head = {"label": str(column.label), "num": column.is_numeric, "class_": column.css}
        if column.sort:
            is_current = self.state.sort.key == column.path
            # the first click sorts texts upwards and amounts and moments downwards
            descending = not self.state.sort.descending if is_current else self._starts_descending(column)
            sort = Sort(column.path, self.resource.sort_attribute(column), descending)
            head["url"] = with_args(self.url, self.state.args(sort=sort))
            if is_current:
                head["sort"] = "descending" if self.state.sort.descending else "ascending"
        return head

    def _starts_descending(self, column: Any) -> bool:
        return column.kind in {"money", "number", "date", "datetime"}

    @property
    def next_url(self) -> str:
        return with_args(self.url, self.state.args(page=[("after", self.page.after)])) if self.page.after else ""

    @property
    def previous_url(self) -> str:
        return with_args(self.url, self.state.args(page=[("before", self.page.before)])) if self.page.before else ""

    @property
    def plain_url(self) -> str:
        """The tab without search and filters."""
        tab = self.state.tab
        return self.url if tab is None or tab is self.resource.tabs[0] else with_args(self.url, [("tab", tab.key)])

    @property
    def first_url(self) -> str:
        return with_args(self.url, self.state.args())

    def allowed(self, verb: str) -> str:
        """The URL of a verb of the whole list; empty where the user may not."""
        return url_if_allowed(self.resource, self.session, verb)

    @property
    def export_url(self) -> str:
        """Export what is filtered."""
        url = self.allowed("export") if self.resource.exchange else ""
        return with_args(url, self.state.args()) if url else ""

    @property
    def import_url(self) -> str:
        return self.allowed("import") if self.resource.exchange else ""

    @property
    def bulk_url(self) -> str:
        return with_args(url_for(self.resource.endpoint("bulk")), self.state.args()) if self.bulk_actions else ""

    @property
    def bulk_actions(self) -> list[Any]:
        return [each for each in self.resource.bulk_actions if self.session.actor.can(each.permission)]

    def row_url(self, row: Any) -> str:
        return f"{self.url}{row.id}"

    def row_items(self) -> list[dict[str, Any]]:
        """The menu of a row, with the nil id where the row's belongs: it is rendered once and filled in fifty times."""
        in_rows = [action for action in self.resource.actions if action.in_rows]
        return [*action_items(self.session, in_rows, NIL), *verb_items(self.resource, self.session, NIL)]

    row_id = str(NIL)
    """What stands for the row's id in :meth:`row_items`."""

    row_name = str(UUID(int=1))
    """What stands for the row's name in its rendered menu."""


def answer_list(resource: Resource[Any]) -> ResponseReturnValue:
    """The list, or for htmx its region."""
    session = current_session()
    return render(resource.template_list, resource=resource, view=read_list(resource, session))


def read_list(resource: Resource[Any], session: ActorSession) -> ListView:
    """The list that the request asks for: two statements, and one for a search on PostgreSQL."""
    state = read_state(resource, request.args, session)
    keep = criteria(resource, state, session)
    counts = read_counts(resource, state, session, keep, with_tabs=not _is_fragment())
    page = read_page(resource, state, session, keep)
    return ListView(resource, session, state, page, counts, url_for(resource.endpoint("list")))


def _is_fragment() -> bool:
    return is_htmx() and request.headers.get("HX-Target") == "list"


def answer_filter(resource: Resource[Any]) -> ResponseReturnValue:
    """The form of one filter, with the rest of the list's state beside it."""
    session = current_session()
    chosen = next((each for each in resource.filters if each.key == request.args.get("key")), None)
    if chosen is None:
        abort(404)
    state = read_state(resource, _without(request.args, "key"), session)
    value = next((value for each, value in state.chosen if each is chosen), None)
    return render(
        "resource/filter.html",
        resource=resource,
        filter=chosen,
        current=chosen.args(value) if value is not None else [],
        options=chosen.options_for(session),
        rest=state.args(without=chosen),
        url=url_for(resource.endpoint("list")),
    )


def _without(args: Any, name: str) -> Any:
    kept = args.copy()
    kept.poplist(name)
    return kept


# Actions


def action_items(session: ActorSession, actions: Any, id: UUID, record: Any = None) -> list[dict[str, Any]]:
    """Actions as menu items or buttons; only those whose route the user may call and whose record is in the right state."""
    return [
        _action_item(action, id)
        for action in actions
        if may_call(session, action.endpoint) and (record is None or action.when is None or action.when(record))
    ]


def _action_item(action: Action, id: UUID) -> dict[str, Any]:
    url = url_for(action.endpoint, id=id, **action.parameters)
    item: dict[str, Any] = {"label": str(action.label), "icon": action.icon, "primary": action.primary}
    if action.post:
        return {**item, "post": url, "confirm": str(action.confirm)}
    return {**item, "url": url, "attrs": {"hx-get": url, "hx-target": "#dialog"} if action.dialog else {}}


def verb_items(
    resource: Resource[Any], session: ActorSession, id: UUID, *, can_edit: bool = True, can_delete: bool = True
) -> list[dict[str, Any]]:
    """Edit, copy link, delete: what every record's menu ends with."""
    items: list[dict[str, Any]] = []
    if can_edit and (url := url_if_allowed(resource, session, "edit", id=id)):
        items.append({"label": str(_("Edit")), "icon": "pencil", "url": url})
    link = url_for(resource.endpoint("detail"), id=id)
    items.append({"label": str(_("Copy link")), "icon": "link", "attrs": {"data-copy": link}})
    if can_delete and (url := url_if_allowed(resource, session, "delete", id=id)):
        dialog = {"hx-get": url, "hx-target": "#dialog"}
        label = str(_("Delete"))
        items.append({"divider": True, "label": label, "icon": "trash", "bad": True, "url": url, "attrs": dialog})
    return items


# One record


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
        """What people do most: editing, and what the resource declares."""
        actions = [action for action in self.resource.actions if action.place == "button"]
        items = action_items(self.session, actions, self.record.id, self.record)
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
            *verb_items(
                self.resource,
                self.session,
                self.record.id,
                can_edit=self.resource.can_edit(self.session, self.record),
                can_delete=self.resource.can_delete(self.session, self.record),
            ),
        ]

    def own_tabs(self) -> list[DetailTab]:
        can = self.session.actor.can
        return [tab for tab in self.resource.detail_tabs if tab.permission is None or can(tab.permission)]

    def slots(self) -> list[Any]:
        """Tabs of other addons: each is loaded from its own guarded route."""
        slot: Any = current_app.jinja_env.globals["slot"]
        items: list[Any] = slot(self.resource.slot, id=self.record.id)
        return items

    def tabs(self) -> list[dict[str, Any]]:
        """Information, own tabs with their counts, tabs of other addons."""
        own = [
            (tab.key, tab.label, tab.count(self.session, self.record) if tab.count else None) for tab in self.own_tabs()
        ]
        listed = [("", _("Information"), None), *own, *((slot.endpoint, slot.label, None) for slot in self.slots())]
        return [
            {
                "label": str(label),
                "url": with_args(self.url, [("tab", key)]) if key else self.url,
                "current": key == self.tab,
                "count": count,
            }
            for key, label, count in listed
        ]

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
    record = resource.find(session, id, *_links_of(resource))
    view = DetailView(resource, session, record, "")
    wanted = request.args.get("tab", "")
    known = {tab.key for tab in view.own_tabs()} | {slot.endpoint for slot in view.slots()}
    view = DetailView(resource, session, record, wanted if wanted in known else "")
    context = view.tab_context()
    return render(resource.template_detail, **{"resource": resource, "view": view, "record": record, **context})


def _links_of(resource: Resource[Any]) -> list[Any]:
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


def answer_restore(resource: Resource[Any], id: UUID) -> ResponseReturnValue:
    """Bring a deleted record back. The session is bound anew to see deleted rows; visibility stays."""
    session = current_session()
    session.become(session.actor, with_deleted=True)
    record = resource.find(session, id)
    try:
        resource.restore(session, record)
        session.flush()
    except DomainError as refused:
        session.rollback()
        raise refused from None
    toast(_("Restored: %(name)s", name=resource.title_of(record)))
    return redirect_to(url_for(resource.endpoint("detail"), id=id))
