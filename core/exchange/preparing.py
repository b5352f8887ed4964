"""From a row of cells to the values of a record: parsed, names looked up, duplicates within the file found. Writes nothing,
except entries of catalogues where the user asked for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from core.db.session import ActorSession
from core.errors import DomainError, Problem
from core.exchange.fields import ExchangeField, ImportOptions, Lookup
from core.exchange.rows import Row, Value
from core.exchange.values import as_text, parse_multi
from core.exchange.xlsx import FLAWS
from core.i18n import translator
from core.text import clean, fold

_ = translator(__name__)

_NEAR = 0.6
"""How alike two names are at least for one to be proposed instead of the other (``difflib``)."""

_SHOWN = 60
"""Characters of a value that a message repeats."""


@dataclass(slots=True)
class Prepared:
    """A row ready to be written; with ``problems`` it is not. ``values`` has no key for a blank cell."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Names:
    """The names of a lookup: exact first, then without case and marks."""

    def __init__(self, options: Iterable[tuple[Any, ...]]) -> None:
        self._exact: dict[str, set[Any]] = {}
        self._folded: dict[str, set[Any]] = {}
        self._labels: dict[str, str] = {}
        for id, *names in options:
            for name in names:
                self.add(id, str(name))

    def add(self, id: Any, name: str) -> None:
        self._exact.setdefault(clean(name).casefold(), set()).add(id)
        self._folded.setdefault(fold(name), set()).add(id)
        self._labels.setdefault(fold(name), name)

    def find(self, name: str) -> set[Any]:
        """The ids that go by this name: none, one, or several."""
        return self._exact.get(clean(name).casefold()) or self._folded.get(fold(name)) or set()

    def nearest(self, name: str) -> str | None:
        """The known name that looks most like ``name``."""
        near = get_close_matches(fold(name), self._labels, n=1, cutoff=_NEAR)
        return self._labels[near[0]] if near else None


class Seen:
    """The values that must differ from row to row, with the row in which each stood first."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[Any, int]] = {}

    def first_row(self, name: str, value: Any, number: int) -> int | None:
        """The earlier row with this value; None, and remembered, where this is the first."""
        first = self._rows.setdefault(name, {}).setdefault(value, number)
        return first if first != number else None


class Preparer:
    """Prepares the rows of one batch. Loads each lookup once, when the first name needs it."""

    def __init__(
        self,
        session: ActorSession,
        fields: Mapping[int, ExchangeField],
        options: ImportOptions,
        seen: Seen,
        key: str = "",
    ) -> None:
        self._session = session
        self._fields = fields
        self._options = options
        self._seen = seen
        self._key = key
        self._names: dict[str, Names] = {}

    def prepare(self, row: Row) -> Prepared:
        """The row's values, and everything that is wrong with it."""
        prepared = Prepared(row)
        for column, each in self._fields.items():
            if column in row.flaws:
                message = FLAWS[row.flaws[column]] % {"cell": row.cell_name(column)}
                prepared.problems.append(Problem(row.flaws[column], message, each.key))
                continue
            try:
                value = self._value(each, row.value(column))
            except DomainError as error:
                prepared.problems += [Problem(problem.code, problem.message, each.key) for problem in error.problems]
                continue
            if value is not None and value != []:
                prepared.values[each.key] = value
                self._check_distinct(each, value, prepared)
            elif each.required:
                prepared.problems.append(Problem("required", _("This must not be empty."), each.key))
        return prepared

    def _value(self, each: ExchangeField, value: Value) -> Any:
        if each.lookup is None or value is None:
            return each.read(value)
        texts = parse_multi(value) if each.lookup.several else [clean(as_text(value))]
        ids: list[Any] = []
        problems: list[Problem] = []
        for text in filter(None, texts):
            try:
                ids.append(self._id_of(each, each.lookup, text))
            except DomainError as error:
                problems += error.problems
        if problems:
            raise DomainError(*problems)
        return ids if each.lookup.several else next(iter(ids), None)

    def _id_of(self, each: ExchangeField, lookup: Lookup, text: str) -> Any:
        if each.key not in self._names:
            self._names[each.key] = Names(tuple(option) for option in lookup.options(self._session))
        names = self._names[each.key]
        found = names.find(text)
        if len(found) == 1:
            return next(iter(found))
        if found:
            message = _("More than one is called “%(value)s”; write what tells them apart.", value=text[:_SHOWN])
            raise DomainError.of("ambiguous_name", message)
        if self._options.create_missing and may_create(self._session, lookup) and lookup.create is not None:
            id = lookup.create(self._session, text)
            names.add(id, text)
            return id
        raise DomainError(_unknown(text, names.nearest(text)))

    def _check_distinct(self, each: ExchangeField, value: Any, prepared: Prepared) -> None:
        is_key = each.key == self._key
        if not is_key and (not each.distinct or self._options.allow_duplicates):
            return
        first = self._seen.first_row(each.distinct or each.key, value, prepared.row.number)
        if first is not None:
            message = _("The same as in row %(row)s of the uploaded file.", row=first)
            prepared.problems.append(Problem("duplicate_in_file", message, each.key))

    def remember(self, row: Row) -> None:
        """Note the values of a row that an earlier start of the job has dealt with."""
        for column, each in self._fields.items():
            if each.distinct or each.key == self._key:
                try:
                    value = each.read(row.value(column))
                except DomainError:
                    continue
                if value is not None:
                    self._seen.first_row(each.distinct or each.key, value, row.number)


def may_create(session: ActorSession, lookup: Lookup) -> bool:
    """Whether the user may add what is missing in the catalogue."""
    return lookup.create is not None and (not lookup.permission or session.actor.can(lookup.permission))


def is_example(row: Row, fields: Mapping[int, ExchangeField]) -> bool:
    """Whether this is the example row of our own template, left where it stood."""
    told = {column: each.example for column, each in fields.items() if each.example}
    filled = [(column, value) for column, value in enumerate(row.values) if value is not None and column in fields]
    return len(filled) > 1 and all(told.get(column) == as_text(value) for column, value in filled)


def _unknown(text: str, nearest: str | None) -> Problem:
    shown = text[:_SHOWN]
    if nearest:
        return Problem(
            "unknown_name", _("There is no “%(value)s”; did you mean “%(near)s”?", value=shown, near=nearest)
        )
    return Problem("unknown_name", _("There is no “%(value)s”.", value=shown))
