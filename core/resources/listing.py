"""What a list shows: its state is read from the URL, becomes one query for the rows and one for all counts.

Rows are tuples of expressions, not objects: a page of fifty costs one statement and no identity map.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from werkzeug.datastructures import MultiDict

from core.db.search import Match, find_matches
from core.db.session import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.phone import phone_fragments
from core.resources.columns import Column, kind_of, text_of
from core.resources.filters import PREFIX, Args, Filter, reasons
from core.resources.paging import BadCursor, Cursor, Ordering, segments
from core.resources.paths import Paths
from core.resources.saved_views.queries import ViewLine, personal_list

if TYPE_CHECKING:
    from core.resources.base import Resource, Tab

_ = translator(__name__)

KEPT = 500
"""Statements of lists that are kept: making one takes longer than asking it. Nothing of a user or a tenant is in them."""

COUNT_CAP = 10_000
"""Rows that are counted at most; more reads "10.000+"."""

MAX_QUERY = 100
"""Characters of a search that count."""

MAX_SHOWN = 40
"""Characters of a parameter's name that a notice repeats."""

PHONE_DIGITS = 4
"""Digits from which a search of digits alone means a telephone number."""

PAGING = ("after", "before")
VIEW = "view"
"""The parameter that names a saved view: alone (but for a page) it means the view as it was saved."""

SHOW, BOARD = "show", "board"
"""The parameter that shows the list as a board."""

OWN_ARGS = ("q", "tab", "sort", "size", SHOW, VIEW, *PAGING)


@dataclass(frozen=True, slots=True)
class Sort:
    """By which column, and which way. ``key`` is the column's path; ``attribute`` the model's attribute."""

    key: str
    attribute: str
    descending: bool

    @property
    def text(self) -> str:
        return f"-{self.key}" if self.descending else self.key


@dataclass(frozen=True, slots=True)
class ListState:
    """All that the URL says about a list; ``notices`` tell what of it was ignored, and why.

    ``view`` is the saved view that the list was opened with, whatever was changed since.
    """

    tab: Tab | None
    query: str
    chosen: tuple[tuple[Filter, Any], ...]
    sort: Sort
    size: int
    cursor: Cursor | None
    goes_back: bool
    notices: tuple[object, ...]
    defaults: tuple[Tab | None, Sort, int]
    extra: Args
    is_board: bool = False
    view: ViewLine | None = None

    def args(
        self, *, without: Filter | None = None, sort: Sort | None = None, page: Sequence[tuple[str, str]] = ()
    ) -> Args:
        """The parameters of this list, changed as said; without a page unless one is given."""
        made = self.own_args(without=without, sort=sort)
        if self.view is not None:
            own = [] if tuple(made) == self.view.args else made or [("q", "")]
            made = [(VIEW, str(self.view.id)), *own]
        return [*made, *page]

    def open_args(self, *, without: Filter | None = None) -> Args:
        """The parameters for a form that adds one: the view is named, and what it says stands beside it."""
        named = [(VIEW, str(self.view.id))] if self.view is not None else []
        return [*named, *self.own_args(without=without)]

    def own_args(self, *, without: Filter | None = None, sort: Sort | None = None, fixed: bool = False) -> Args:
        """What the list shows, said without its view.

        ``fixed`` parameters choose the same rows whenever they are read: "this month" is the month of now.
        """
        tab, default_sort, size = self.defaults
        sort = sort or self.sort
        made: Args = [(SHOW, BOARD)] if self.is_board and not fixed else []
        made += [("tab", self.tab.key)] if self.tab and self.tab is not tab else []
        made += [("q", self.query)] if self.query else []
        for each, value in self.chosen:
            if each is not without:
                made += each.fixed_args(value) if fixed else each.args(value)
        made += [("sort", sort.text)] if sort != default_sort else []
        made += [("size", str(self.size))] if self.size != size else []
        return [*made, *self.extra]

    @property
    def is_changed(self) -> bool:
        """Whether the list shows something else than its view."""
        return self.view is not None and tuple(self.own_args()) != self.view.args

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter leaves rows of the tab out."""
        return bool(self.query or self.chosen)


def read_state(resource: Resource[Any], args: MultiDict[str, str], session: ActorSession) -> ListState:
    """The state that ``args`` ask for. What is unknown or makes no sense becomes a notice, never an error.

    NotFound for a view that the user may not open.
    """
    notices: list[object] = []
    view = personal_list(session, resource.full_name).view(args[VIEW]) if args.get(VIEW) else None
    if view is not None and not args.keys() - {VIEW, *PAGING}:
        args = MultiDict([*view.args, *((name, args[name]) for name in PAGING if name in args)])
    is_board = _read_show(resource, args, notices)
    tab = _read_tab(resource, args, notices)
    default_sort = default_order(resource)
    sort = _read_sort(resource, args, default_sort, notices)
    size = _read_size(resource, args, notices)
    chosen = _read_filters(resource, args, session, notices)
    cursor = _read_cursor(resource, args, sort, notices)
    notices += _unknown(resource, args)
    return ListState(
        tab=tab,
        query=" ".join(args.get("q", "").replace("\0", "").split())[:MAX_QUERY] if resource.is_searchable else "",
        chosen=tuple(chosen),
        sort=sort,
        size=size,
        cursor=cursor,
        goes_back=cursor is not None and not args.get("after"),
        notices=tuple(notices),
        defaults=(resource.tabs[0] if resource.tabs else None, default_sort, resource.page_sizes[0]),
        extra=[(name, value) for name in resource.extra_args for value in args.getlist(name)],
        is_board=is_board,
        view=view,
    )


def _read_tab(resource: Resource[Any], args: MultiDict[str, str], notices: list[object]) -> Tab | None:
    first = resource.tabs[0] if resource.tabs else None
    wanted = args.get("tab", "")
    found = next((tab for tab in resource.tabs if tab.key == wanted), None)
    if wanted and found is None:
        notices.append(_("There is no view “%(name)s”; this is the first one.", name=wanted[:MAX_SHOWN]))
    return found or first


def _read_show(resource: Resource[Any], args: MultiDict[str, str], notices: list[object]) -> bool:
    wanted = args.get(SHOW, "")
    is_board = wanted == BOARD and resource.board is not None
    if wanted and not is_board:
        notices.append(_("This list cannot be shown as “%(name)s”.", name=wanted[:MAX_SHOWN]))
    return is_board


def default_order(resource: Resource[Any]) -> Sort:
    """The sort of a list that nobody sorted."""
    found = _sort_of(resource, resource.default_sort)
    assert found is not None
    return found


def _sort_of(resource: Resource[Any], text: str) -> Sort | None:
    key = text.removeprefix("-")
    column = next((each for each in resource.columns if each.sort and each.path == key), None)
    if column is not None:
        return Sort(key, resource.sort_attribute(column), text.startswith("-"))
    if text.removeprefix("-") == resource.default_sort.removeprefix("-"):
        return Sort(key, key, text.startswith("-"))
    return None


def _read_sort(resource: Resource[Any], args: MultiDict[str, str], default: Sort, notices: list[object]) -> Sort:
    wanted = args.get("sort", "")
    found = _sort_of(resource, wanted) if wanted else default
    if found is None:
        notices.append(_("This list cannot be sorted by “%(name)s”.", name=wanted[:MAX_SHOWN]))
    return found or default


def _read_size(resource: Resource[Any], args: MultiDict[str, str], notices: list[object]) -> int:
    wanted = args.get("size", "")
    if wanted and wanted not in map(str, resource.page_sizes):
        notices.append(_("A page has %(sizes)s rows.", sizes=", ".join(map(str, sorted(resource.page_sizes)))))
    return int(wanted) if wanted in map(str, resource.page_sizes) else resource.page_sizes[0]


def _read_filters(
    resource: Resource[Any], args: MultiDict[str, str], session: ActorSession, notices: list[object]
) -> Iterable[tuple[Filter, Any]]:
    chosen = []
    for each in resource.filters:
        try:
            value = each.read(args, session)
        except DomainError as error:
            notices.append(_("%(filter)s: %(reason)s", filter=str(each.label), reason=reasons(error)))
            continue
        if value is not None:
            chosen.append((each, value))
    return chosen


def _read_cursor(
    resource: Resource[Any], args: MultiDict[str, str], sort: Sort, notices: list[object]
) -> Cursor | None:
    wanted = args.get("after") or args.get("before")
    if not wanted:
        return None
    try:
        return Cursor.decode(wanted, sort.text, resource.ordering(sort.attribute).value.type)
    except BadCursor:
        notices.append(_("This page of the list is not known; here is the first one."))
        return None


def _unknown(resource: Resource[Any], args: MultiDict[str, str]) -> list[object]:
    known = {*OWN_ARGS, *resource.extra_args, *(name for each in resource.filters for name in each.names)}
    unknown = [name for name in args if name not in known and name.removesuffix("_text") not in known]
    return [
        _("“%(name)s” is no filter of this list and was left out.", name=name.removeprefix(PREFIX)[:MAX_SHOWN])
        for name in unknown[:3]
    ]


def criteria(
    resource: Resource[Any], state: ListState, session: ActorSession, *, tab_only: bool = False
) -> list[ColumnElement[bool]]:
    """What the state keeps of the rows that the actor may see; with ``tab_only``, before search and filters."""
    found = [*resource.restrict(session), *tab_criteria(state.tab, session)]
    if tab_only:
        return found
    if state.query and (found_text := search_criterion(session, resource.model, state.query)) is not None:
        found.append(found_text)
    return [*found, *(each.criterion(value, session) for each, value in state.chosen)]


def tab_criteria(tab: Tab | None, session: ActorSession) -> list[ColumnElement[bool]]:
    """The rows of a tab."""
    if tab is None or tab.where is None:
        return []
    wants_session = next(iter(inspect.signature(tab.where).parameters), "") == "session"
    criterion = tab.where(session if wants_session else session.actor)
    return [] if criterion is None else [criterion]


def search_criterion(session: ActorSession, model: type[Any], query: str) -> ColumnElement[bool] | None:
    """The rows in which ``query`` occurs. Digits alone are a telephone number in any spelling: +84 912, 0912, old prefixes."""
    found = find_everywhere(session, [model], query)[0]
    return None if found is None else found.criterion


def find_everywhere(session: ActorSession, models: Sequence[type[Any]], query: str) -> list[Match | None]:
    """The same for several models, in one statement at most."""
    digits = phone_fragments(query)
    texts = digits if digits and len(digits[0]) >= PHONE_DIGITS else (query,)
    return find_matches(session, [(model, texts) for model in models])


def select_ids(resource: Resource[Any], state: ListState, session: ActorSession) -> Select[UUID]:
    """The ids of all rows that match, for bulk actions and exports."""
    model = resource.model
    return select(model.id).where(*criteria(resource, state, session)).order_by(model.id)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in a row, raw and as text."""

    column: Column
    kind: str
    value: Any
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A record in the list."""

    id: UUID
    title: str
    under: str
    is_organisation: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page, as its reader makes them, and where its neighbours begin (empty: there is none)."""

    rows: tuple[Any, ...]
    first: int
    after: str
    before: str

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def read_page(
    resource: Resource[Any],
    state: ListState,
    session: ActorSession,
    keep: Sequence[ColumnElement[bool]],
    reader: RowReader | None = None,
) -> Page:
    """The page of the list that the state's cursor points at, in one statement. ``reader`` says what a row is."""
    reader = reader or list_rows(resource, session)
    by = ordering_of(resource, state.sort.attribute)
    walk = _kept_walk if state.cursor is None and not keep else _walk
    query = walk(reader, by, tuple(keep), state.size + 1, state.sort.descending is not state.goes_back, state.cursor)
    rows = list(session.execute(query)) if query is not None else []
    has_more = len(rows) > state.size
    rows = rows[: state.size]
    if state.goes_back:
        rows.reverse()
    return _page(reader, state, rows, has_more)


@lru_cache(maxsize=KEPT)
def ordering_of(resource: Resource[Any], attribute: str) -> Ordering:
    """What a list sorted by ``attribute`` is walked by: always the same, so that what is made of it can be kept."""
    return resource.ordering(attribute)


def _walk(
    reader: RowReader,
    by: Ordering,
    keep: tuple[ColumnElement[bool], ...],
    limit: int,
    descending: bool,
    at: Cursor | None,
) -> Select[Any] | None:
    """The first ``limit`` rows of the stretches after ``at``, one stretch after the other, each by an index scan of its own;
    None where there can be no rows.
    """
    stretches = segments(by, descending=descending, at=at)
    if not stretches:
        return None
    statement = reader.statement(by, keep)
    parts = [statement.where(each.criterion).order_by(*each.order).limit(limit) for each in stretches]
    if len(parts) == 1:
        return parts[0]
    numbered = [select(literal(at).label("stretch"), part.subquery()) for at, part in enumerate(parts)]
    both = union_all(*numbered).subquery()
    order = [both.c.sort_value, both.c.sort_id]
    query = select(*list(both.c)[1:]).order_by(both.c.stretch, *(each.desc() if descending else each for each in order))
    return query.limit(limit)


_kept_walk: Callable[..., Select[Any] | None] = lru_cache(maxsize=KEPT)(_walk)


def _page(reader: RowReader, state: ListState, rows: list[Any], has_more: bool) -> Page:
    if not rows:
        return Page((), 1, "", "")
    shown = state.cursor.shown if state.cursor else 0
    first = max(1, shown - len(rows)) if state.goes_back else shown + 1
    last = first + len(rows) - 1
    ends = Cursor(rows[0].sort_value, rows[0].sort_id, first), Cursor(rows[-1].sort_value, rows[-1].sort_id, last)
    before, after = (end.encode(state.sort.text) for end in ends)
    has_before = has_more if state.goes_back else state.cursor is not None
    has_after = state.goes_back or has_more
    made = tuple(reader.row(row) for row in rows)
    if not has_before:
        first = 1
    return Page(made, first, after if has_after else "", before if has_before else "")


class RowReader(Protocol):
    """Which expressions a row is read by, beside ``sort_id`` and ``sort_value``, and what becomes of a tuple of them."""

    def statement(self, by: Ordering, keep: Sequence[ColumnElement[bool]]) -> Select[Any]: ...

    def row(self, values: Any) -> Any: ...


def list_rows(
    resource: Resource[Any], session: ActorSession, columns: Sequence[Column] = (), kind: Any = None
) -> ListRows:
    """The reader of these columns, by default of those that are shown to whoever chose none; ``kind`` is its class."""
    columns = tuple(columns or resource.shown_columns)
    expressions = tuple(column.expression(session) if column.expression else None for column in columns)
    made: ListRows = _kept_rows(kind or ListRows, resource, columns, expressions)
    return made


class ListRows:
    """The expressions that a resource's columns need, each selected once, and how a tuple of them becomes a row.

    ``expressions`` are those of the columns that compute their value. Nothing in here is anybody's: a reader is kept.
    """

    def __init__(
        self,
        resource: Resource[Any],
        columns: Sequence[Column],
        expressions: Sequence[ColumnElement[Any] | None],
    ) -> None:
        self.resource = resource
        self.columns = columns
        self.paths = Paths(resource.model)
        self._at: dict[str, int] = {}
        self._expressions: list[ColumnElement[Any]] = []
        self._kinds: dict[str, str] = {}
        for column, expression in zip(columns, expressions, strict=True):
            self._add(column.path, expression)
            for path in (*column.subtitle, column.organisation, column.tone_path):
                self._add(path)

    def _add(self, path: str, expression: ColumnElement[Any] | None = None) -> None:
        if not path or path in self._at:
            return
        found = self.paths.column(path) if expression is None else expression
        self._at[path] = len(self._expressions)
        self._kinds[path] = kind_of(found)
        self._expressions.append(found.label(f"c{len(self._expressions)}"))

    def statement(self, by: Ordering, keep: Sequence[ColumnElement[bool]]) -> Select[Any]:
        statement = _kept_select(self, by)
        return statement.where(*keep) if keep else statement

    def select(self, by: Ordering) -> Select[Any]:
        """All rows, in no order yet."""
        extra = [by.id.label("sort_id"), by.value.label("sort_value")]
        return by.join(self.paths.join(select(*self._expressions, *extra).select_from(self.resource.model)))

    def row(self, values: Any) -> Row:
        title = self._title
        under = [text_of(values[at], kind) for at, kind in self._under]
        return Row(
            id=values.sort_id,
            title=text_of(values[title.at], title.kind, title.column.labels) or "—",
            under=" · ".join(filter(None, under)),
            is_organisation=bool(self._organisation_at is not None and values[self._organisation_at]),
            cells=tuple([self._cell(values, place) for place in self._places]),
        )

    def _cell(self, values: Any, place: Place) -> Cell:
        column, value = place.column, values[place.at]
        tone = column.tone_of(value, values[place.tone_at] if place.tone_at is not None else None)
        return Cell(column, place.kind, value, text_of(value, place.kind, column.labels), tone)

    @cached_property
    def _places(self) -> list[Place]:
        return [self._place(column) for column in self.columns]

    @cached_property
    def _title(self) -> Place:
        return self._place(self.resource.title_column)

    @cached_property
    def _under(self) -> list[tuple[int, str]]:
        return [(self._at[path], self._kinds[path]) for path in self.resource.title_column.subtitle]

    @cached_property
    def _organisation_at(self) -> int | None:
        return self._at.get(self.resource.title_column.organisation)

    def _place(self, column: Column) -> Place:
        kind = column.kind or self._kinds[column.path]
        return Place(column, kind, self._at[column.path], self._at.get(column.tone_path))


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a tuple a column's value stands, and its tone where that is read too."""

    column: Column
    kind: str
    at: int
    tone_at: int | None


@lru_cache(maxsize=KEPT)
def _kept_rows(
    kind: Any,
    resource: Resource[Any],
    columns: tuple[Column, ...],
    expressions: tuple[ColumnElement[Any] | None, ...],
) -> Any:
    return kind(resource, columns, expressions)


@lru_cache(maxsize=KEPT)
def _kept_select(rows: ListRows, by: Ordering) -> Select[Any]:
    return rows.select(by)


@dataclass(frozen=True, slots=True)
class Counts:
    """Capped counts: of what matches, and of each tab by its key."""

    matching: int
    tabs: dict[str, int]


def read_counts(
    resource: Resource[Any],
    state: ListState,
    session: ActorSession,
    keep: Sequence[ColumnElement[bool]],
    *,
    with_tabs: bool,
) -> Counts:
    """All counts of a page in one statement, each stopping just above the cap (SYS-06: only what the user may see)."""
    wanted: dict[str, Sequence[ColumnElement[bool]]] = {}
    if with_tabs:
        wanted = {f"tab:{tab.key}": [*resource.restrict(session), *tab_criteria(tab, session)] for tab in resource.tabs}
    own = f"tab:{state.tab.key}" if state.tab else ""
    if state.is_narrowed or own not in wanted:
        wanted["matching"] = keep
    parts = [_count(resource.model, name, where) for name, where in wanted.items()]
    counted = session.execute(union_all(*parts) if len(parts) > 1 else parts[0])
    found: dict[str, int] = {row[0]: row[1] for row in counted}
    tabs = {name.removeprefix("tab:"): count for name, count in found.items() if name.startswith("tab:")}
    return Counts(found.get("matching", found.get(own, 0)), tabs)


def _count(model: type[Any], name: str, where: Sequence[ColumnElement[bool]]) -> Select[str, int]:
    capped = select(model.id).where(*where).limit(COUNT_CAP + 1).subquery()
    return select(literal(name), func.count()).select_from(capped)


def count_text(count: int) -> int | str:
    """A capped count as it is shown: ``10.000+`` above the cap."""
    return count if count <= COUNT_CAP else f"{text_of(COUNT_CAP, 'number')}+"
