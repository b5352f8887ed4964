"""Filters of a list: read from the URL, checked, turned into a criterion and told as a sentence.

A filter's parameters begin with ``f.<key>``. What cannot be read is a DomainError; the list says so and leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.types import DateTime, TypeDecorator
from werkzeug.datastructures import MultiDict

from core.access.models import Department, DepartmentMember, User
from core.clock import local_today
from core.db.session import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.money import format_money, parse_money
from core.periods import CUSTOM, PRESETS, Period, parse_period
from core.resources.paging import python_type
from core.text import LIKE_ESCAPE, clean, like_pattern

_ = translator(__name__)

Args = list[tuple[str, str]]
Option = tuple[Any, object]
Options = Sequence[Option] | Callable[[ActorSession], Sequence[Option]]

PREFIX = "f."
NONE = "none"
"""The value that stands for "nobody", "not set"."""

ME = "me"
DEPARTMENT = "department:"
"""Before the id of a department, whose members are meant."""

MAX_TEXT = 100
MAX_CHOICES = 50


@dataclass(frozen=True, eq=False)
class Filter:
    """A question about one column. ``where`` replaces the plain comparison, for what lies in another table."""

    key: str
    label: object
    column: Any = None
    where: Callable[[Any], ColumnElement[bool]] | None = None

    control: ClassVar[str] = ""

    @property
    def name(self) -> str:
        """Its parameter in the URL."""
        return f"{PREFIX}{self.key}"

    @property
    def names(self) -> tuple[str, ...]:
        """All its parameters."""
        return (self.name,)

    def read(self, args: MultiDict[str, str], session: ActorSession) -> Any:
        """The value that ``args`` ask for, or None. DomainError where they make no sense."""
        raise NotImplementedError

    def args(self, value: Any) -> Args:
        """The parameters that :meth:`read` reads back as ``value``."""
        raise NotImplementedError

    def fixed_args(self, value: Any) -> Args:
        """The parameters that mean the same rows tomorrow: for work that is asked for now and done later."""
        return self.args(value)

    def text(self, value: Any, session: ActorSession) -> str:
        """The value as the chip says it."""
        raise NotImplementedError

    def criterion(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        """The rows that ``value`` keeps."""
        return self.where(value) if self.where else self.compare(value, session)

    def compare(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        """The plain comparison with ``column``."""
        return self.column == value  # type: ignore[no-any-return]

    def options_for(self, session: ActorSession) -> list[tuple[str, str]]:
        """What the form offers: (value in the URL, text)."""
        return []

    def refuse(self) -> DomainError:
        return DomainError.of("bad_filter", _("“%(name)s” cannot be filtered by this value.", name=str(self.label)))


@dataclass(frozen=True, eq=False)
class ChoiceFilter(Filter):
    """One of some values, or with ``several`` any of them. ``options`` are (value, text), or a query that lists them.

    ``empty`` names the rows without a value ("No owner") and so offers them.
    """

    options: Options = ()
    several: bool = False
    empty: object = ""

    control: ClassVar[str] = "choice"

    def read(self, args: MultiDict[str, str], session: ActorSession) -> Any:
        wanted = list(dict.fromkeys(value for value in args.getlist(self.name) if value))
        if not wanted:
            return None
        known = dict(self.options_for(session))
        if len(wanted) > MAX_CHOICES or (len(wanted) > 1 and not self.several) or not known.keys() >= set(wanted):
            raise self.refuse()
        values = [None if value == NONE and self.empty else self._value_of(value) for value in wanted]
        return values if self.several else values[0] if values[0] is not None else NONE

    def args(self, value: Any) -> Args:
        return [(self.name, NONE if each is None else str(each)) for each in self._listed(value)]

    def text(self, value: Any, session: ActorSession) -> str:
        known = dict(self.options_for(session))
        return ", ".join(known.get(NONE if each is None else str(each), str(each)) for each in self._listed(value))

    def compare(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        values = [None if each == NONE else each for each in self._listed(value)]
        present = [each for each in values if each is not None]
        if len(present) == len(values):
            return self.column.in_(present)  # type: ignore[no-any-return]
        return self.column.in_(present) | self.column.is_(None)  # type: ignore[no-any-return]

    def options_for(self, session: ActorSession) -> list[tuple[str, str]]:
        listed = self.options(session) if callable(self.options) else self.options
        none = [(NONE, str(self.empty))] if self.empty else []
        return [*((str(value), str(text)) for value, text in listed), *none]

    def _listed(self, value: Any) -> list[Any]:
        return list(value) if self.several else [value]

    def _value_of(self, text: str) -> Any:
        type_ = python_type(self.column.type) if self.column is not None else UUID
        try:
            return type_(text)
        except (TypeError, ValueError) as error:
            raise self.refuse() from error


@dataclass(frozen=True, eq=False)
class UserFilter(Filter):
    """An employee; also "me", all of a department and, with ``empty``, nobody."""

    empty: object = ""

    control: ClassVar[str] = "user"

    def read(self, args: MultiDict[str, str], session: ActorSession) -> Any:
        text = args.get(self.name, "")
        if not text or text == ME or (text == NONE and self.empty):
            return text or None
        try:
            if text.startswith(DEPARTMENT):
                return f"{DEPARTMENT}{UUID(text.removeprefix(DEPARTMENT))}"
            return UUID(text)
        except ValueError as error:
            raise self.refuse() from error

    def args(self, value: Any) -> Args:
        return [(self.name, str(value))]

    def text(self, value: Any, session: ActorSession) -> str:
        if value == ME:
            return str(_("me"))
        if value == NONE:
            return str(self.empty)
        if (department_id := _department_of(value)) is not None:
            return session.scalar(select(Department.name).where(Department.id == department_id)) or "—"
        return session.scalar(select(User.name).where(User.id == value)) or "—"

    def compare(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        if value == NONE:
            return self.column.is_(None)  # type: ignore[no-any-return]
        if (department_id := _department_of(value)) is not None:
            members = select(DepartmentMember.user_id).where(DepartmentMember.department_id == department_id)
            return self.column.in_(members)  # type: ignore[no-any-return]
        return self.column == (session.actor.user_id if value == ME else value)  # type: ignore[no-any-return]

    def options_for(self, session: ActorSession) -> list[tuple[str, str]]:
        people = session.execute(select(User.id, User.name).where(User.is_active).order_by(User.sort_name)).all()
        none = [(NONE, str(self.empty))] if self.empty else []
        named = [(str(id), name) for id, name in people]
        return [(ME, str(_("Me"))), *none, *named, *_departments(session)]


@dataclass(frozen=True, eq=False)
class BooleanFilter(Filter):
    """Yes or no, in the words of the matter ("Active", "Locked")."""

    yes: object = field(default_factory=lambda: _("Yes"))
    no: object = field(default_factory=lambda: _("No"))

    control: ClassVar[str] = "choice"

    def read(self, args: MultiDict[str, str], session: ActorSession) -> bool | None:
        text = args.get(self.name, "")
        if not text:
            return None
        if text not in {"0", "1"}:
            raise self.refuse()
        return text == "1"

    def args(self, value: Any) -> Args:
        return [(self.name, "1" if value else "0")]

    def text(self, value: Any, session: ActorSession) -> str:
        return str(self.yes if value else self.no)

    def compare(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        return self.column.is_(value)  # type: ignore[no-any-return]

    def options_for(self, session: ActorSession) -> list[tuple[str, str]]:
        return [("1", str(self.yes)), ("0", str(self.no))]


@dataclass(frozen=True, eq=False)
class PeriodFilter(Filter):
    """From and To or a preset period, whole days on the business's clock (SYS-09). ``where`` gets the Period."""

    control: ClassVar[str] = "period"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{self.name}.{part}" for part in ("period", "from", "to"))

    def read(self, args: MultiDict[str, str], session: ActorSession) -> Period | None:
        return parse_period(args, local_today(), f"{self.name}.")

    def args(self, value: Period) -> Args:
        return list(value.as_args(f"{self.name}.").items())

    def fixed_args(self, value: Period) -> Args:
        return self.args(replace(value, preset=CUSTOM))

    def text(self, value: Period, session: ActorSession) -> str:
        return str(value.label)

    def compare(self, value: Period, session: ActorSession) -> ColumnElement[bool]:
        start: Any = value.start
        if _is_moment(self.column):
            start, end = value.bounds_utc()
            return and_(self.column >= start, self.column < end)
        return and_(self.column >= start, self.column <= value.end)

    def options_for(self, session: ActorSession) -> list[tuple[str, str]]:
        return [(preset, str(label)) for preset, label in PRESETS.items()]


@dataclass(frozen=True, eq=False)
class NumberFilter(Filter):
    """At least, at most; with ``money`` in đồng. A single bound may be left out."""

    money: bool = False

    control: ClassVar[str] = "range"

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.name}.min", f"{self.name}.max")

    def read(self, args: MultiDict[str, str], session: ActorSession) -> tuple[Any, Any] | None:
        low, high = (self.bound(text) if (text := args.get(name, "").strip()) else None for name in self.names)
        if low is not None and high is not None and low > high:
            raise DomainError.of("range_reversed", _("The lower bound must not exceed the upper one."))
        return None if low is None and high is None else (low, high)

    def args(self, value: Any) -> Args:
        return [(name, str(bound)) for name, bound in zip(self.names, value, strict=True) if bound is not None]

    def text(self, value: Any, session: ActorSession) -> str:
        low, high = (None if bound is None else self.shown(bound) for bound in value)
        if low is None:
            return str(_("at most %(value)s", value=high))
        return str(_("at least %(value)s", value=low)) if high is None else f"{low} – {high}"

    def compare(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        low, high = value
        bounds = [self.column >= low] if low is not None else []
        return and_(*bounds, *([self.column <= high] if high is not None else []))

    def bound(self, text: str) -> Any:
        """What a typed bound means. Raises DomainError."""
        return parse_money(text)

    def shown(self, bound: Any) -> str:
        """A bound as the chip says it."""
        return format_money(bound) if self.money else format_money(bound).rpartition(" ")[0]


@dataclass(frozen=True, eq=False)
class TextFilter(Filter):
    """A fragment of a text, capitals aside. Marks count here; the search box is the one that ignores them."""

    control: ClassVar[str] = "text"

    def read(self, args: MultiDict[str, str], session: ActorSession) -> str | None:
        return clean(args.get(self.name, "")[:MAX_TEXT]) or None

    def args(self, value: Any) -> Args:
        return [(self.name, value)]

    def text(self, value: Any, session: ActorSession) -> str:
        return str(value)

    def compare(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        return self.column.ilike(like_pattern(value), escape=LIKE_ESCAPE)  # type: ignore[no-any-return]


def _department_of(value: Any) -> UUID | None:
    is_department = isinstance(value, str) and value.startswith(DEPARTMENT)
    return UUID(value.removeprefix(DEPARTMENT)) if is_department else None


def _departments(session: ActorSession) -> list[tuple[str, str]]:
    query = select(Department.id, Department.name).where(Department.is_active).order_by(Department.sort_name)
    return [(f"{DEPARTMENT}{id}", str(_("Department: %(name)s", name=name))) for id, name in session.execute(query)]


def _is_moment(column: Any) -> bool:
    type_ = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(type_, DateTime)


def reasons(error: DomainError) -> str:
    """Why a filter could not be read, in the reader's language."""
    return " ".join(str(problem) for problem in error.problems)
