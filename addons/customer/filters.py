"""Filters of the list of customers that ask more than one column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, not_, select
from werkzeug.datastructures import MultiDict

from addons.customer.contact import forgotten
from addons.customer.contributions import Sales
from addons.customer.kpi import ONCE, SEVERAL, Records
from addons.customer.models import Customer
from core.db import ActorSession
from core.discussion.reading import has_unread
from core.i18n import translator
from core.periods import CUSTOM
from core.resources import BooleanFilter, PeriodFilter, UserFilter
from core.resources.filters import Args

_ = translator(__name__)

TIMES = {ONCE: _("Once"), SEVERAL: _("Several times")}
"""How often a customer bought."""


@dataclass(frozen=True, eq=False)
class ForgottenFilter(BooleanFilter):
    """Whether the customer stands under "Don't forget" (CUS-057)."""

    def compare(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        return forgotten(session) if value else not_(forgotten(session))


@dataclass(frozen=True, eq=False)
class UnreadFilter(BooleanFilter):
    """Whether the customer has comments that the reader has not read: "Newly updated" (CUS-056)."""

    def compare(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        unread = has_unread(Customer, session.actor)
        return unread if value else not_(unread)


@dataclass(frozen=True, eq=False)
class BoughtFilter(PeriodFilter):
    """Whether the customer bought in a period, and from whom: there is one of the ``sales`` for it.

    An application that contributes :class:`addons.customer.contributions.Sales` adds it to the list of customers. The
    address may also say how often he bought: ``f.bought.times=once`` or ``several`` (CUS-080).
    """

    sales: Sales | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (*super().names, self._seller.name, self._times)

    @property
    def _seller(self) -> UserFilter:
        return UserFilter(f"{self.key}.who", _("Employee"))

    @property
    def _times(self) -> str:
        return f"{self.name}.times"

    def read(self, args: MultiDict[str, str], session: ActorSession) -> Any:
        period = super().read(args, session)
        if period is None:
            return None
        times = args.get(self._times) or None
        if times is not None and times not in TIMES:
            raise self.refuse()
        return period, self._seller.read(args, session), times

    def args(self, value: Any) -> Args:
        period, who, times = value
        return [
            *super().args(period),
            *(self._seller.args(who) if who is not None else []),
            *([(self._times, times)] if times is not None else []),
        ]

    def fixed_args(self, value: Any) -> Args:
        period, *more = value
        return self.args((replace(period, preset=CUSTOM), *more))

    def text(self, value: Any, session: ActorSession) -> str:
        period, who, times = value
        told = [super().text(period, session)]
        if who is not None:
            told.append(self._seller.text(who, session))
        if times is not None:
            told.append(str(TIMES[times]))
        return " · ".join(told)

    def criterion(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        assert self.sales is not None
        period, who, times = value
        records = Records.of(session, self.sales, period, who)
        bought = select(self.sales.customer_id).where(*records.criteria())
        if times is not None:
            model: Any = records.resource.model
            number = func.count(model.id)
            bought = bought.group_by(self.sales.customer_id).having(number == 1 if times == ONCE else number > 1)
        return Customer.id.in_(bought)
