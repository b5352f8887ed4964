"""A board: the records of a list as cards in columns, one column for each stage they can be in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all

from core.db.session import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.resources.chosen_columns import columns_of
from core.resources.columns import text_of
from core.resources.filters import NONE
from core.resources.listing import COUNT_CAP, ListRows, Row, count_text, default_order, list_rows, ordering_of
from core.resources.paging import BadCursor, Cursor, Ordering, segments

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)

PAGE = 20
"""Cards of a column at once."""

Stages = Sequence["Stage"] | Callable[[ActorSession], Sequence["Stage"]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A column: the ``value`` that its cards have in the board's field; None for those that have none.

    Cards can be moved only to an ``is_open`` one; another is left out while it is empty.
    """

    value: Any
    label: object
    tone: str = "grey"
    is_open: bool = True

    @property
    def key(self) -> str:
        """The value in an address."""
        return NONE if self.value is None else str(self.value)


@dataclass(frozen=True, eq=False)
class Board:
    """The declaration of a board.

    ``field`` is the model's attribute with the stage; ``stages`` are its columns in order, or a query for them. A move calls
    the service ``move(session, record, value)``, whose DomainError refuses it; it needs ``permission``. Cards show the title
    and the columns of the keys ``card``; ``amount``, an attribute in đồng or a number, is summed per column.
    Cards stand in the list's default order, so the model wants an index of field and that.
    """

    field: str
    stages: Stages
    move: Callable[[ActorSession, Any, Any], object]
    permission: str
    card: tuple[str, ...] = ()
    amount: str = ""

    def stages_for(self, session: ActorSession) -> list[Stage]:
        """The columns in order."""
        return list(self.stages(session) if callable(self.stages) else self.stages)


def stage_of(stages: Sequence[Stage], key: str) -> Stage:
    """The stage that ``key`` names. DomainError for none."""
    found = next((stage for stage in stages if stage.key == key), None)
    if found is None:
        raise DomainError.of("unknown_stage", _("There is no such column."), "stage")
    return found


@dataclass(frozen=True, slots=True)
class Card:
    """A record on a board, with the version that it is moved on and the value of its stage."""

    row: Row
    version: int
    stage: Any


@dataclass(frozen=True, slots=True)
class Lane:
    """A column with its first cards; ``after`` is where the rest begins, empty where there is none."""

    stage: Stage
    number: int
    count: int = 0
    amount: str = ""
    cards: tuple[Card, ...] = ()
    after: str = ""

    @property
    def total(self) -> int | str:
        return count_text(self.count)


class BoardReader:
    """Reads the board of a resource: one statement for its stages, one for all counts, one for all cards."""

    def __init__(self, resource: Resource[Any], session: ActorSession, keep: Sequence[ColumnElement[bool]]) -> None:
        assert resource.board is not None
        self.resource, self.session, self.keep = resource, session, keep
        self.board: Board = resource.board
        self.field: ColumnElement[Any] = getattr(resource.model, self.board.field)
        self.sort = default_order(resource)
        self.by: Ordering = ordering_of(resource, self.sort.attribute)
        columns = columns_of(resource, (resource.title_column.path, *self.board.card))
        self.rows: Any = list_rows(resource, session, columns, CardRows)

    def lanes(self) -> list[Lane]:
        """All columns with their counts and first cards."""
        stages = self.board.stages_for(self.session)
        counted = self.counts(stages)
        cards = self._cards([(stage, None) for stage in stages])
        return [
            Lane(stage, number, *counted[number], *cards[number])
            for number, stage in enumerate(stages)
            if stage.is_open or counted[number][0]
        ]

    def heads(self, values: Sequence[Any]) -> list[Lane]:
        """The columns of these values with their counts alone."""
        stages = self.board.stages_for(self.session)
        numbered = [(number, stage) for number, stage in enumerate(stages) if stage.value in values]
        counted = self.counts([stage for _number, stage in numbered])
        return [Lane(stage, number, *found) for (number, stage), found in zip(numbered, counted, strict=True)]

    def lane(self, key: str, after: str) -> Lane:
        """More cards of one column. DomainError for a column or a place in it that there is not."""
        stages = self.board.stages_for(self.session)
        stage = stage_of(stages, key)
        try:
            cursor = Cursor.decode(after, self.sort.text, self.by.value.type)
        except BadCursor:
            raise DomainError.of("bad_cursor", _("This place in the column is not known.")) from None
        return Lane(stage, stages.index(stage), 0, "", *self._cards([(stage, cursor)])[0])

    def card(self, id: UUID) -> Card | None:
        """One card; None where the record is not on the board as it is filtered."""
        statement = self.rows.statement(self.by, [*self.keep, self.resource.model.id == id])
        found = self.session.execute(statement).first()
        return self.rows.row(found) if found is not None else None

    def counts(self, stages: Sequence[Stage]) -> list[tuple[int, str]]:
        """The capped count of each column and the sum of its amounts; no sum above the cap, for it would be too low."""
        amount: Any = getattr(self.resource.model, self.board.amount) if self.board.amount else literal(0)
        kind = "money" if self.board.amount else ""
        parts = []
        for number, stage in enumerate(stages):
            capped = select(self.resource.model.id, amount.label("amount")).where(*self.keep, self._in(stage))
            some = capped.limit(COUNT_CAP + 1).subquery()
            parts.append(select(literal(number), func.count(), func.sum(some.c.amount)).select_from(some))
        found = {row[0]: row for row in self.session.execute(union_all(*parts))} if parts else {}
        return [
            (row[1], text_of(int(row[2] or 0), kind) if kind and row[1] <= COUNT_CAP else "")
            for row in (found[number] for number in range(len(stages)))
        ]

    def _in(self, stage: Stage) -> ColumnElement[bool]:
        return self.field.is_(None) if stage.value is None else self.field == stage.value

    def _cards(self, wanted: Sequence[tuple[Stage, Cursor | None]]) -> list[tuple[tuple[Card, ...], str]]:
        parts = [self._part(stage, cursor).subquery() for stage, cursor in wanted]
        if not parts:
            return []
        both = union_all(*(select(part, literal(at).label("lane")) for at, part in enumerate(parts))).subquery()
        order = (both.c.sort_value, both.c.sort_id)
        query = select(both).order_by(both.c.lane, *(each.desc() if self.sort.descending else each for each in order))
        found: list[list[Any]] = [[] for _each in wanted]
        for row in self.session.execute(query):
            found[row.lane].append(row)
        return [self._page(rows) for rows in found]

    def _part(self, stage: Stage, cursor: Cursor | None) -> Select[Any]:
        (stretch,) = segments(self.by, descending=self.sort.descending, at=cursor)
        statement: Select[Any] = self.rows.statement(self.by, [*self.keep, self._in(stage)])
        return statement.where(stretch.criterion).order_by(*stretch.order).limit(PAGE + 1)

    def _page(self, rows: list[Any]) -> tuple[tuple[Card, ...], str]:
        shown = rows[:PAGE]
        after = ""
        if len(rows) > PAGE:
            after = Cursor(shown[-1].sort_value, shown[-1].sort_id, 0).encode(self.sort.text)
        return tuple(self.rows.row(row) for row in shown), after


class CardRows(ListRows):
    """A list's rows, and the version and stage of each record."""

    def select(self, by: Ordering) -> Select[Any]:
        model, board = self.resource.model, self.resource.board
        assert board is not None
        stage = getattr(model, board.field)
        return super().select(by).add_columns(model.version.label("version"), stage.label("stage"))

    def row(self, values: Any) -> Any:
        return Card(super().row(values), values.version, values.stage)
