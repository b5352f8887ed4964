"""Filters of the list of customers that ask more than one column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, not_, select
from werkzeug.datastructures import MultiDict

from addons.customer.contact import forgotten
from addons.customer.contributions import Sales
from addons.customer.kpi import Records
from addons.customer.models import Customer
from core.db import ActorSession
from core.discussion.reading import has_unread
from core.i18n import translator
from core.periods import CUSTOM
from core.resources import BooleanFilter, PeriodFilter, UserFilter
from core.resources.filters import Args

_ = translator(__name__)


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

    An application that contributes :class:`addons.customer.contributions.Sales` adds it to the list of customers.
    """

    sales: Sales | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (*super().names, self._seller.name)

    @property
    def _seller(self) -> UserFilter:
        return UserFilter(f"{self.key}.who", _("Employee"))

    def read(self, args: MultiDict[str, str], session: ActorSession) -> Any:
        period = super().read(args, session)
        return None if period is None else (period, self._seller.read(args, session))

    def args(self, value: Any) -> Args:
        period, who = value
        return [*super().args(period), *(self._seller.args(who) if who is not None else [])]

    def fixed_args(self, value: Any) -> Args:
        period, who = value
        return self.args((replace(period, preset=CUSTOM), who))

    def text(self, value: Any, session: ActorSession) -> str:
        period, who = value
        days = super().text(period, session)
        return days if who is None else f"{days} · {self._seller.text(who, session)}"

    def criterion(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        assert self.sales is not None
        records = Records.of(session, self.sales, *value)
        return Customer.id.in_(select(self.sales.customer_id).where(*records.criteria()))
