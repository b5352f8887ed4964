"""The customer KPI (CUS-064 to CUS-085): rows of the enabled applications, counted over a period, by source and employee.

A number and the list behind it are one definition: the parameters of the list's address. The list's own criteria are what is
counted, in one grouped statement for each row, so that a number cannot differ from what it opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import ColumnElement, func, select
from werkzeug.datastructures import MultiDict

from addons.customer.contributions import KpiFigure, KpiRow, Sales, kpi_figures, kpi_rows, sales
from addons.customer.models import Customer
from addons.customer.store import share_of
from core.access.models import User
from core.clock import local_today
from core.contributions import contributed
from core.dates import format_date
from core.db import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.periods import CUSTOM, PRESETS, Period, parse_period, preset_period
from core.resources import Resource, UserFilter, find_resource
from core.resources.filters import NONE, Args, Filter
from core.resources.links import may_call, with_args
from core.resources.listing import criteria, read_state

_ = translator(__name__)

BLOCKS: Mapping[str, object] = {
    "customers": _("Customers"),
    "interactions": _("Interactions"),
    "activities": _("Activities"),
    "orders": _("Orders"),
    "contracts": _("By contract"),
    "revenue": _("Revenue"),
}
"""The blocks, in their order."""

ONCE, SEVERAL = "once", "several"
"""How often a customer bought in a period: one order, or two and more (CUS-080)."""

SUMMED = ("interactions",)
"""Blocks whose rows add up to a number of their own (CUS-067)."""

SHOWN_PEOPLE = 100
"""Employees of the table by employee; of a larger business one chooses a department."""

NEW_CUSTOMERS = KpiRow(
    "customer.created",
    "customers",
    _("New customers"),
    _("Customers who were entered in the period, for whoever entered them. Deleted ones do not count."),
    "customer.customers",
    when="created",
    who="creator",
    split="source",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the page and where its records are (empty: it opens nothing). ``value`` is None where there is none."""

    value: int | Decimal | None
    url: str = ""
    is_money: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A row's number for one value of what it is told apart by; ``share`` is in per cent of the row."""

    label: str
    cell: Cell
    share: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A row: what it is called, how it is computed, its number, told apart, and for each employee who has any."""

    key: str
    block: str
    label: object
    how: object
    cell: Cell
    parts: Sequence[Part] = ()
    people: Mapping[UUID | None, Cell] = field(default_factory=dict)
    is_by_person: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One of the five; ``total`` only where its rows add up."""

    key: str
    label: object
    lines: Sequence[Line]
    total: int | None


@dataclass(frozen=True, slots=True)
class Converted:
    """A source in the conversion table (CUS-085). ``rate`` is in per cent, ``each`` the revenue for each buyer in đồng."""

    name: str
    customers: Cell
    buyers: Cell
    rate: Decimal | None
    orders: Cell
    revenue: Cell
    each: int | None
    has_most_revenue: bool = False
    is_most_effective: bool = False


@dataclass(frozen=True, slots=True)
class Kpi:
    """What the page shows. ``people`` are (name, a cell for each line of ``columns``); ``more_people`` were left out."""

    blocks: Sequence[Block]
    columns: Sequence[Line]
    people: Sequence[tuple[str, Sequence[Cell]]]
    more_people: int
    conversion: Sequence[Converted]


@dataclass(frozen=True)
class Records:
    """The records of a list that some parameters choose: their criteria, and the address that shows them."""

    session: ActorSession
    resource: Resource[Any]
    args: Args

    @classmethod
    def of(
        cls, session: ActorSession, row: KpiRow | Sales, period: Period, who: Any, *more: tuple[str, str]
    ) -> Records:
        """The records of a row in ``period``, of ``who`` (what a UserFilter reads; None: everybody's)."""
        days = replace(period, preset=CUSTOM).as_args(f"f.{row.when}.")
        person = [(f"f.{row.who}", str(who))] if who is not None else []
        return cls(session, find_resource(row.resource), [*row.args, *days.items(), *person, *more])

    @property
    def is_open(self) -> bool:
        """Whether the actor may read the list."""
        return may_call(self.session, self.resource.endpoint("list"))

    @property
    def url(self) -> str:
        return with_args(url_for(self.resource.endpoint("list")), self.args)

    def filter(self, key: str) -> Filter:
        """A filter of the list. KeyError where there is none of this key."""
        return {each.key: each for each in self._tailored.filters}[key]

    @cached_property
    def _tailored(self) -> Resource[Any]:
        return self.resource.for_tenant(self.session)

    def criteria(self) -> list[ColumnElement[bool]]:
        """What the list shows. ValueError where it does not know a parameter: a row that was declared wrongly."""
        state = read_state(self._tailored, MultiDict(self.args), self.session)
        if state.notices:
            raise ValueError(f"{self.resource.full_name}: {'; '.join(map(str, state.notices))}")
        return criteria(self._tailored, state, self.session)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the page's address asks for; ``notices`` say what of it was left out."""

    period: Period
    who: Any
    notices: Sequence[str]
    people: Sequence[tuple[str, str]]

    @property
    def who_value(self) -> str:
        return "" if self.who is None else str(self.who)

    @property
    def who_text(self) -> str:
        """Whose numbers; empty for everybody's."""
        return dict(self.people).get(self.who_value, "—") if self.who is not None else ""

    @property
    def who_args(self) -> dict[str, str]:
        """The parameters of the page for the same people."""
        return {WHO.name: self.who_value} if self.who is not None else {}

    @property
    def args(self) -> dict[str, str]:
        """The parameters of the page for the same numbers."""
        return {**self.period.as_args(), **self.who_args}

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The preset periods, for the same people."""
        return [
            {
                "label": str(text),
                "url": url_for("customer.kpi", period=preset, **self.who_args),
                "current": preset == self.period.preset,
            }
            for preset, text in PRESETS.items()
        ]

    @property
    def ends(self) -> tuple[str, str]:
        """From and To as they are typed; empty for a preset."""
        days = self.period.as_args() if self.period.preset == CUSTOM else {}
        from_, to = (format_date(date.fromisoformat(days[key])) if key in days else "" for key in ("from", "to"))
        return from_, to


WHO = UserFilter("who", _("Employee or department"))
"""Whose numbers, in the page's address."""


def read_choice(args: MultiDict[str, str], session: ActorSession) -> Choice:
    """Period and employee of the page; this month and everybody where the address says nothing that can be read."""
    notices: list[str] = []
    period, who = preset_period("this_month", local_today()), None
    try:
        period = parse_period(args, local_today()) or period
    except DomainError as error:
        notices.append(str(error))
    try:
        who = WHO.read(args, session)
    except DomainError as error:
        notices.append(str(error))
    return Choice(period, who, notices, WHO.options_for(session))


def read_kpi(session: ActorSession, period: Period, who: Any = None) -> Kpi:
    """The KPI of ``period``; ``who`` is what a UserFilter reads, None for everybody. One statement for each row."""
    lines = read_lines(session, period, who)
    blocks = [
        Block(key, label, own, sum(int(each.cell.value or 0) for each in own) if key in SUMMED else None)
        for key, label in BLOCKS.items()
        if (own := [line for line in lines if line.block == key])
    ]
    columns = [line for line in lines if line.is_by_person]
    people, more = _people(session, columns)
    return Kpi(blocks, columns, people, more, _conversion(session, period, who))


def read_lines(session: ActorSession, period: Period, who: Any) -> list[Line]:
    """The rows that the actor may open, in the order of the applications that contribute them."""
    rows = [_line(session, row, period, who) for row in contributed(kpi_rows, session=session) if _opens(session, row)]
    figures = [_figure(session, each, period, who) for each in contributed(kpi_figures, session=session)]
    return [*rows, *_frequency(session, period, who), *figures]


def _opens(session: ActorSession, row: KpiRow | Sales) -> bool:
    return may_call(session, find_resource(row.resource).endpoint("list"))


def _line(session: ActorSession, row: KpiRow, period: Period, who: Any) -> Line:
    records = Records.of(session, row, period, who)
    counts = _counts(records, row)
    is_money = row.amount is not None
    total = sum(counts.values())

    def cell(value: int, *more: tuple[str, str], person: Any = who) -> Cell:
        return Cell(value, Records.of(session, row, period, person, *more).url, is_money)

    people: dict[UUID | None, int] = {}
    for (person, _value), number in counts.items():
        people[person] = people.get(person, 0) + number
    own = {person: cell(number, person=NONE if person is None else person) for person, number in people.items()}
    parts = _told_apart(records, row, counts, total, cell) if row.split else ()
    return Line(row.key, row.block, row.label, row.how, cell(total), parts, own, is_by_person=True)


def _counts(records: Records, row: KpiRow) -> dict[tuple[Any, Any], int]:
    """(employee, value of the split) → the row's number, in one statement."""
    by = [records.filter(key).column for key in (row.who, row.split) if key]
    model: Any = records.resource.model
    number = func.count(model.id) if row.amount is None else func.coalesce(func.sum(row.amount), 0)
    found = records.session.execute(select(number, *by).where(*records.criteria()).group_by(*by))
    return {(values[0], values[1] if row.split else None): int(count) for count, *values in found}


def _told_apart(
    records: Records, row: KpiRow, counts: Mapping[tuple[Any, Any], int], total: int, cell: Any
) -> list[Part]:
    """The row for each value that the list offers as a filter, the largest first."""
    each_filter = records.filter(row.split)
    by_value: dict[str, int] = {}
    for (_person, value), number in counts.items():
        key = NONE if value is None else str(value)
        by_value[key] = by_value.get(key, 0) + number
    offered = each_filter.options_for(records.session)
    parts = [
        Part(text, cell(by_value.get(value, 0), (each_filter.name, value)), share_of(by_value.get(value, 0), total))
        for value, text in offered
        if value != NONE or by_value.get(NONE)
    ]
    return sorted(parts, key=lambda part: -int(part.cell.value or 0))


def _figure(session: ActorSession, figure: KpiFigure, period: Period, who: Any) -> Line:
    cell = Cell(figure.value(session, period, who), figure.link(period, who))
    return Line(figure.key, figure.block, figure.label, figure.how, cell)


def _people(session: ActorSession, columns: Sequence[Line]) -> tuple[list[tuple[str, list[Cell]]], int]:
    """A row for each employee who has any number, by name; whoever is no employee (the system) last."""
    ids = {person for line in columns for person in line.people}
    query = select(User.id, User.name).where(User.id.in_([id for id in ids if id is not None])).order_by(User.sort_name)
    named: list[tuple[UUID | None, str]] = [(id, name) for id, name in session.execute(query)]
    if None in ids:
        named.append((None, str(_("The system"))))
    rows = [(name, [line.people.get(id, Cell(0)) for line in columns]) for id, name in named]
    return rows[:SHOWN_PEOPLE], max(0, len(rows) - SHOWN_PEOPLE)


def _frequency(session: ActorSession, period: Period, who: Any) -> list[Line]:
    """How often customers bought, from the sales of whichever application has them (CUS-079, CUS-080)."""
    sold = next((each for each in contributed(sales, session=session) if _opens(session, each)), None)
    if sold is None or not _opens(session, NEW_CUSTOMERS):
        return []
    orders = Records.of(session, sold, period, who)
    model: Any = orders.resource.model
    counts = select(func.count(model.id), func.count(sold.customer_id.distinct())).where(*orders.criteria())
    number, buyers = session.execute(counts).one()
    each = Decimal(number) / buyers if buyers else None
    how_often = _("The same orders as those by which customers bought once or several times.")
    lines = [Line("customer.each", "orders", _("Orders per buying customer"), how_often, Cell(each))]
    for key, label, how in (
        (ONCE, _("Bought once"), _("Customers with one order in the period. Cancelled orders do not count.")),
        (SEVERAL, _("Bought several times"), _("Customers with two orders or more in the period.")),
    ):
        args = [*_bought_args(sold, period, who), (f"f.{sold.bought}.times", key)]
        there = Records(session, find_resource(NEW_CUSTOMERS.resource), args)
        count = session.scalar(select(func.count(Customer.id)).where(*there.criteria()))
        lines.append(Line(f"customer.{key}", "orders", label, how, Cell(count, there.url)))
    return lines


def buyers_of(key: str, block: str, label: object, how: object, sold: Sales) -> KpiFigure:
    """The figure of how many customers bought by ``sold``; it opens them, by the BoughtFilter that ``sold.bought`` names.

    For distinct customers of another kind of document, such as contracts that renew (CUS-082).
    """

    def records(session: ActorSession, period: Period, who: Any) -> Records:
        return Records(session, find_resource(NEW_CUSTOMERS.resource), _bought_args(sold, period, who))

    def value(session: ActorSession, period: Period, who: Any) -> int | None:
        return session.scalar(select(func.count(Customer.id)).where(*records(session, period, who).criteria()))

    def link(period: Period, who: Any) -> str:
        return records(current_session(), period, who).url

    return KpiFigure(key, block, label, how, value, link)


def _conversion(session: ActorSession, period: Period, who: Any) -> list[Converted]:
    """The sources by revenue; empty where no application has sales that the actor may see."""
    told = [each for each in contributed(sales, session=session) if _opens(session, each)]
    if not told or not _opens(session, NEW_CUSTOMERS):
        return []
    sold = told[0]
    new = Records.of(session, NEW_CUSTOMERS, period, who)
    bought = _bought_args(sold, period, who)
    new_buyers, all_buyers = replace(new, args=[*new.args, *bought]), replace(new, args=bought)
    orders = Records.of(session, sold, period, who)
    entered, converted, buying = (_by_source(each) for each in (new, new_buyers, all_buyers))
    earned = _sold_by_source(orders, sold)
    source = new.filter("source")
    found = []
    for value, name in source.options_for(session):
        number, revenue = earned.get(value, (0, 0))
        here = [(source.name, value)]
        customers, buyers = entered.get(value, 0), converted.get(value, 0)
        in_orders = replace(orders, args=[*orders.args, (orders.filter(sold.source).name, value)]).url
        if not (customers or number):
            continue
        found.append(
            Converted(
                name,
                Cell(customers, replace(new, args=[*new.args, *here]).url),
                Cell(buyers, replace(new_buyers, args=[*new_buyers.args, *here]).url),
                share_of(buyers, customers) if customers else None,
                Cell(number, in_orders),
                Cell(revenue, in_orders, is_money=True),
                _rounded(revenue, buying.get(value, 0)),
            )
        )
    return _marked(sorted(found, key=lambda each: (-int(each.revenue.value or 0), each.name)))


def _bought_args(sold: Sales, period: Period, who: Any) -> Args:
    """The parameters of the list of customers that keep whoever bought in the period."""
    days = replace(period, preset=CUSTOM).as_args(f"f.{sold.bought}.")
    return [*days.items(), *([(f"f.{sold.bought}.who", str(who))] if who is not None else [])]


def _by_source(records: Records) -> dict[str, int]:
    query = select(Customer.source_id, func.count(Customer.id)).where(*records.criteria()).group_by(Customer.source_id)
    return {_key(source): count for source, count in records.session.execute(query)}


def _sold_by_source(records: Records, sold: Sales) -> dict[str, tuple[int, int]]:
    """Source → (sales, đồng), by the source of the customer, as far as the actor sees him."""
    model: Any = records.resource.model
    query = (
        select(Customer.source_id, func.count(model.id), func.coalesce(func.sum(sold.amount), 0))
        .select_from(model)
        .join(Customer, Customer.id == sold.customer_id)
        .where(*records.criteria())
        .group_by(Customer.source_id)
    )
    return {_key(source): (count, int(amount)) for source, count, amount in records.session.execute(query)}


def _key(source_id: UUID | None) -> str:
    return NONE if source_id is None else str(source_id)


def _rounded(amount: int, among: int) -> int | None:
    """Đồng for each, half up; None where there is nobody."""
    return (2 * amount + among) // (2 * among) if among else None


def _marked(found: Iterable[Converted]) -> list[Converted]:
    """With the source of the most revenue and the one with the highest rate marked; all of them where several are equal."""
    found = list(found)
    most = max((int(each.revenue.value or 0) for each in found), default=0)
    best = max((each.rate for each in found if each.rate is not None), default=Decimal(0))
    return [
        replace(
            each,
            has_most_revenue=most > 0 and each.revenue.value == most,
            is_most_effective=best > 0 and each.rate == best,
        )
        for each in found
    ]
