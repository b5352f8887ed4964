"""The list's page: what its template shows, and the form of one filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from core.db.session import ActorSession
from core.i18n import translator
from core.kernel import current_session
from core.resources.board_pages import BoardView, read_board
from core.resources.chosen_columns import chosen_keys, columns_of
from core.resources.columns import Column
from core.resources.filters import Args, Filter
from core.resources.links import action_items, url_if_allowed, verb_items, with_args
from core.resources.listing import (
    BOARD,
    SHOW,
    Counts,
    ListState,
    Page,
    Row,
    Sort,
    count_text,
    criteria,
    list_rows,
    read_counts,
    read_page,
    read_state,
)
from core.resources.saved_views.bar import ViewBar
from core.resources.saved_views.queries import personal_list
from core.web.answers import is_htmx, redirect_to
from core.web.rendering import render

if TYPE_CHECKING:
    from core.resources.base import Resource, Tab

_ = translator(__name__)

V = TypeVar("V", bound="ListView")

NIL = UUID(int=0)
NO_ROWS = Page((), 1, "", "")


@dataclass(frozen=True)
class ListView:
    """What the list's template shows: the page, its counts, and the URLs of everything one can do with it."""

    resource: Resource[Any]
    session: ActorSession
    state: ListState
    page: Page
    counts: Counts
    url: str
    views: ViewBar
    columns: Sequence[Column]
    board: BoardView | None = None

    bar: ClassVar[type[ViewBar]] = ViewBar

    @property
    def total(self) -> int | str:
        return count_text(self.counts.matching)

    @property
    def is_fragment(self) -> bool:
        """Whether the region alone is asked for, while the heading around it stays."""
        return _is_fragment()

    @property
    def notices(self) -> list[object]:
        """What of the address, or of the view, means nothing any more."""
        gone = [
            _("The column “%(name)s” of this view does not exist any more.", name=key) for key in self.views.missing
        ]
        return [*self.state.notices, *gone]

    def link(self, args: Args) -> str:
        """The list with these parameters; without any it says so, where it would open with a view of the user's."""
        return with_args(self.url, args or ([("q", "")] if self.views.personal.opens else []))

    def _tab_url(self, tab: Tab | None) -> str:
        """A tab without search and filters, shown as this list is."""
        first = self.resource.tabs[0] if self.resource.tabs else None
        named = [("tab", tab.key)] if tab is not None and tab is not first else []
        return self.link([*([(SHOW, BOARD)] if self.state.is_board else []), *named])

    def tabs(self) -> list[dict[str, Any]]:
        """The tabs as ``ui/controls.html`` wants them, then the saved views. A tab begins without search and filters."""
        declared = [
            {
                "label": str(tab.label),
                "url": self._tab_url(tab),
                "current": tab is self.state.tab and self.state.view is None,
                ("count_new" if tab.is_new and self.counts.tabs.get(tab.key) else "count"): count_text(
                    self.counts.tabs.get(tab.key, 0)
                ),
            }
            for tab in self.resource.tabs
        ]
        plain = [{"label": str(_("All")), "url": self._tab_url(None), "current": self.state.view is None}]
        return [*(declared or plain), *self.views.tabs()]

    def shows(self) -> list[dict[str, Any]]:
        """The ways to show what is filtered; none where there is but one."""
        if self.resource.board is None:
            return []
        ways = ((False, _("List"), "list"), (True, _("Board"), "layout-kanban"))
        return [
            {
                "label": str(label),
                "icon": icon,
                "url": self.link(replace(self.state, is_board=is_board).args()),
                "current": self.state.is_board is is_board,
            }
            for is_board, label, icon in ways
        ]

    def chips(self) -> list[dict[str, str]]:
        """The filters that are on, each with the URL of the list without it."""
        return [
            {
                "label": str(each.label),
                "value": each.text(value, self.session),
                "edit_url": self.filter_url(each),
                "remove_url": self.link(self.state.args(without=each)),
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
        return [(name, value) for name, value in self.state.open_args() if name != "q"]

    def heads(self) -> list[dict[str, Any]]:
        """The columns' heads, with the URL that sorts by them."""
        return [self._head(column) for column in self.columns]

    def _head(self, column: Any) -> dict[str, Any]:
        head = {"label": str(column.label), "num": column.is_numeric, "class_": column.css}
        if column.sort:
            is_current = self.state.sort.key == column.path
            # the first click sorts texts upwards and amounts and moments downwards
            descending = not self.state.sort.descending if is_current else self._starts_descending(column)
            sort = Sort(column.path, self.resource.sort_attribute(column), descending)
            head["url"] = self.link(self.state.args(sort=sort))
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
        return self._tab_url(self.state.tab)

    @property
    def first_url(self) -> str:
        return self.link(self.state.args())

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

    def menu(self) -> list[dict[str, Any]]:
        """What the … of the whole list holds."""
        listed = (
            (_("Export to Excel"), "download", self.export_url),
            (_("Import from Excel"), "upload", self.import_url),
            (_("Recycle bin"), "trash", self.allowed("bin_list")),
        )
        return [{"label": str(label), "icon": icon, "url": url} for label, icon, url in listed if url]

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

    def stencil(self, html: Markup) -> Stencil:
        """``html``, rendered for :attr:`row_id` and :attr:`row_name`, for all rows."""
        return Stencil(html)


@dataclass(frozen=True, slots=True)
class Stencil:
    """HTML that stands in each row: rendered once, filled in for all of them."""

    html: Markup

    def of(self, row: Row) -> Markup:
        """The HTML for this row; what is filled in is escaped."""
        return self.html.replace(ListView.row_id, str(row.id)).replace(ListView.row_name, row.title)


def answer_list(resource: Resource[Any]) -> ResponseReturnValue:
    """The list, or for htmx its region."""
    session = current_session()
    opens = personal_list(session, resource.full_name).opens
    if opens is not None and not request.args:
        return redirect_to(url_for(resource.endpoint("list"), view=opens.id))
    return render(resource.template_list, resource=resource, view=read_list(resource, session))


def read_list(resource: Resource[Any], session: ActorSession, show: type[V] = ListView) -> V:  # type: ignore[assignment]
    """The list that the request asks for, as ``show`` shows it: three statements, and one for a search on PostgreSQL."""
    personal = personal_list(session, resource.full_name)
    state = read_state(resource, request.args, session)
    columns = columns_of(resource, chosen_keys(personal, state.view))
    keep = criteria(resource, state, session)
    counts = read_counts(resource, state, session, keep, with_tabs=not _is_fragment())
    board = read_board(resource, session, state, keep) if state.is_board else None
    page = NO_ROWS if board else read_page(resource, state, session, keep, list_rows(resource, session, columns))
    url = url_for(resource.endpoint("list"))
    bar = show.bar(resource, state, personal, url)
    return show(resource, session, state, page, counts, url, bar, columns, board)


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
        rest=state.open_args(without=chosen),
        url=url_for(resource.endpoint("list")),
    )


def _without(args: Any, name: str) -> Any:
    kept = args.copy()
    kept.poplist(name)
    return kept
