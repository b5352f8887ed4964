"""A batch of rows into records: each row wholly or not at all.

A batch is written in one savepoint; where the database or a rule refuses it, it is halved until the row is found that is to
blame. A trial run does exactly the same and rolls back, so what it promises is what applying does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError, StatementError

from core.audit import CREATED_AS
from core.db.session import ActorSession
from core.errors import DomainError, Problem
from core.exchange.fields import ExchangeField, ImportOptions
from core.exchange.models import Outcome
from core.exchange.preparing import Prepared, Preparer, Seen, is_example
from core.exchange.rows import Row
from core.exchange.values import as_text
from core.i18n import translator

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)

BATCH = 500
"""Rows of a step: about a second's work, for which nobody else can write on SQLite."""

DUPLICATE_CODES = frozenset({"duplicate", "duplicate_in_file"})
"""Problems that the user can override by allowing duplicates."""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of a row. ``problems`` are pairs (column index or None, text); ``title`` is what the row is about."""

    number: int
    outcome: Outcome
    title: str
    record_id: UUID | None = None
    problems: tuple[tuple[int | None, str], ...] = ()
    is_duplicate: bool = False


@dataclass(slots=True)
class Batches:
    """Writes the batches of one run of an import, one after the other."""

    session: ActorSession
    resource: Resource[Any]
    fields: Mapping[int, ExchangeField]
    options: ImportOptions
    seen: Seen
    _prepared_options: ImportOptions | None = field(default=None, init=False)

    def remember(self, rows: Iterable[Row]) -> None:
        """Rows that an earlier start of the job has dealt with: later ones must not repeat their values."""
        preparer = self._preparer()
        for row in rows:
            preparer.remember(row)

    def write(self, rows: Sequence[Row]) -> list[RowResult]:
        """Write the rows into records; what became of each, in their order. Rows like the template's example are left out."""
        preparer = self._preparer()
        prepared = [preparer.prepare(row) for row in rows if not is_example(row, self.fields)]
        existing = self._existing(prepared)
        for each in prepared:
            if self._key_of(each) in existing and not self.options.update_existing:
                message = _("This exists already; choose to update, or remove the row.")
                each.problems.append(Problem("exists", message, self.resource.exchange_key))
        good = [each for each in prepared if not each.problems]
        batches = [good] if self.resource.import_in_batches else [[each] for each in good]
        made: dict[int, UUID] = {}
        self._prepared_options = None
        self.session.info[CREATED_AS] = "import"
        try:
            for batch in filter(None, batches):
                made |= self._store(batch, existing, good)
        finally:
            del self.session.info[CREATED_AS]
        return [self._result(each, made.get(each.row.number), existing) for each in prepared]

    def _preparer(self) -> Preparer:
        return Preparer(self.session, self.fields, self.options, self.seen, self.resource.exchange_key)

    def _key_of(self, prepared: Prepared) -> Any:
        return prepared.values.get(self.resource.exchange_key)

    def _existing(self, prepared: Sequence[Prepared]) -> dict[Any, Any]:
        """The records that rows name by their key, as far as the user may see them."""
        keys = {key for each in prepared if (key := self._key_of(each)) is not None}
        if not keys:
            return {}
        model = self.resource.model
        column = getattr(model, self.resource.exchange_key)
        query = select(model).where(column.in_(keys), *self.resource.restrict(self.session))
        return {getattr(record, self.resource.exchange_key): record for record in self.session.scalars(query)}

    def _options_for(self, rows: Sequence[Prepared]) -> ImportOptions:
        """The options with the resource's context for these rows; loaded anew after a failure, which may have changed it."""
        if self._prepared_options is None:
            self._prepared_options = replace(self.options)
            context = self.resource.import_context(self.session, [each.values for each in rows], self._prepared_options)
            self._prepared_options.context = context
        return self._prepared_options

    def _store(
        self, batch: Sequence[Prepared], existing: Mapping[Any, Any], rows: Sequence[Prepared]
    ) -> dict[int, UUID]:
        """Store the batch, halving it where it is refused; row number → id. Refused rows get their problems."""
        try:
            with self.session.begin_nested(), self.session.no_autoflush:
                return self._store_together(batch, existing, rows)
        except (DomainError, StatementError) as error:
            if isinstance(error, OperationalError):
                raise
            self._prepared_options = None
            if len(batch) == 1:
                batch[0].problems += _problems_of(error)
                return {}
        middle = len(batch) // 2
        return {**self._store(batch[:middle], existing, rows), **self._store(batch[middle:], existing, rows)}

    def _store_together(
        self, batch: Sequence[Prepared], existing: Mapping[Any, Any], rows: Sequence[Prepared]
    ) -> dict[int, UUID]:
        options = self._options_for(rows)
        made: dict[int, Any] = {}
        for each in batch:
            record = existing.get(self._key_of(each))
            try:
                made[each.row.number] = self.resource.import_row(
                    self.session, each.values, existing=record, options=options
                )
            except DomainError as error:
                if len(batch) == 1:
                    raise
                each.problems += error.problems
        self.session.flush()
        return {number: record.id for number, record in made.items()}

    def _result(self, prepared: Prepared, id: UUID | None, existing: Mapping[Any, Any]) -> RowResult:
        row = prepared.row
        if id is None:
            columns = {each.key: column for column, each in self.fields.items()}
            told = tuple((columns.get(problem.field or ""), str(problem)) for problem in prepared.problems)
            is_duplicate = all(problem.code in DUPLICATE_CODES for problem in prepared.problems)
            return RowResult(row.number, Outcome.FAILED, self._title(row), None, told, is_duplicate)
        outcome = Outcome.UPDATED if self._key_of(prepared) in existing else Outcome.CREATED
        return RowResult(row.number, outcome, self._title(row), id)

    def _title(self, row: Row) -> str:
        """What the row is about: the first required field, else the first cell."""
        column = next((column for column, each in self.fields.items() if each.required), 0)
        return as_text(row.value(column))[:100]


def _problems_of(error: DomainError | StatementError) -> list[Problem]:
    if isinstance(error, DomainError):
        return list(error.problems)
    return [
        Problem("conflict", _("The row contradicts what is stored already: a code or another unique value is taken."))
    ]
