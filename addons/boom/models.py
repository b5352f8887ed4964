"""What a shop keeps of boom customers, and what shops tell each other.

The tables ``boom_network_…`` lie outside the tenants: no number, name or address stands in them, a person is the digest of his
phone (``phone_key``). Only ``network`` and ``person`` read and write them.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Text, column
from sqlalchemy.orm import Mapped, mapped_column

from addons.boom.phone_key import PhoneKey, PhoneKeyColumn
from addons.boom.rates import Cause, Counts
from addons.customer.api import seen_with_customer
from addons.customer.models import Customer
from core.access.models import User
from core.db import (
    Actor,
    Audited,
    Json,
    Model,
    PhoneNumber,
    Scaled,
    TenantModel,
    Versioned,
    bare_id,
    index,
    key_text,
    link,
    to,
    unique,
)


class Reason(StrEnum):
    """Why a shop reports a customer."""

    REFUSED = "refused"
    ABSENT = "absent"
    NO_ANSWER = "no_answer"
    FAKE = "fake"
    OTHER = "other"


class ReportState(StrEnum):
    """What has become of a report. An open one alone counts and is shown beside the customer."""

    OPEN = "open"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


class BoomTerms(TenantModel):
    """The shop accepted the terms of sharing: who, when, which version; and when that was withdrawn. The newest row counts."""

    __tablename__ = "boom_terms"
    __table_args__ = (index("accepted_at"),)

    terms_version: Mapped[int]
    accepted_at: Mapped[datetime]
    accepted_by_id: Mapped[UUID] = link("core_user", index=False)
    accepted_by: Mapped[User] = to(accepted_by_id)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[UUID | None] = link("core_user", index=False)
    withdrawn_by: Mapped[User | None] = to(withdrawn_by_id)


class BoomReport(Audited, Versioned, TenantModel):
    """A bad report (Báo xấu) of a customer (BOO-24). ``order_id`` is the returned order that proves it; without one the report
    stays in the own shop. It has no foreign key: the report says what it said also when the order is gone.
    """

    __tablename__ = "boom_report"
    __table_args__ = (
        index("created_at"),
        index("state", "created_at"),
        Index(
            "uq_boom_report_standing",
            "tenant_id",
            "customer_id",
            "order_code",
            unique=True,
            sqlite_where=column("withdrawn_at").is_(None),
            postgresql_where=column("withdrawn_at").is_(None),
        ),
    )

    customer_id: Mapped[UUID] = link("customer", ondelete="CASCADE")
    customer: Mapped[Customer | None] = to(customer_id)
    phone: Mapped[str] = mapped_column(PhoneNumber)
    reason: Mapped[str] = mapped_column(key_text(12))
    content: Mapped[str] = mapped_column(Text)
    order_id: Mapped[UUID | None] = bare_id("the report says what it said also when the order is gone")
    order_code: Mapped[str] = mapped_column(key_text(40), default="")
    returned_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(key_text(12), default=ReportState.OPEN)
    withdrawn_at: Mapped[datetime | None]
    disputed_at: Mapped[datetime | None]
    dispute: Mapped[str] = mapped_column(Text, default="")
    """What the customer says against it."""
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    """Why the shop upholds it."""

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_customer(cls.customer_id, actor)


class BoomCustomer(TenantModel):
    """How many orders of a customer went out and came back, kept by ``counting`` and equal to a full recount (BOO-29).

    ``rate`` is in per cent with one decimal, truncated; None without deliveries. ``level`` is 1 to 3 for listed customers.
    """

    __tablename__ = "boom_customer"
    __table_args__ = (unique("customer_id"), index("level", "rate"), index("rate"))

    customer_id: Mapped[UUID] = link("customer", ondelete="CASCADE", index=False, stays=True)
    customer: Mapped[Customer | None] = to(customer_id)
    deliveries: Mapped[int]
    returns: Mapped[int]
    refused: Mapped[int] = mapped_column(default=0)
    absent: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    carrier: Mapped[int] = mapped_column(default=0)
    shop: Mapped[int] = mapped_column(default=0)
    rate: Mapped[Decimal | None] = mapped_column(Scaled)
    level: Mapped[int] = mapped_column(default=0)
    phones: Mapped[list[str]] = mapped_column(Json, default=list)
    """The numbers under which the network was told of him last."""
    counted_at: Mapped[datetime]

    @property
    def counts(self) -> Counts:
        """The numbers, as ``rates`` judges them."""
        return Counts(self.deliveries, self.returns, {cause: getattr(self, cause.value) for cause in Cause})

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_customer(cls.customer_id, actor)


class BoomLookup(TenantModel):
    """Somebody of the shop asked the network about a number: the number is a digest here too (vietnam.md §10)."""

    __tablename__ = "boom_lookup"
    __table_args__ = (index("at"), index("user_id", "at"))

    user_id: Mapped[UUID] = link("core_user", index=False)
    user: Mapped[User] = to(user_id)
    at: Mapped[datetime]
    phone_key: Mapped[PhoneKey] = mapped_column(PhoneKeyColumn)
    reports: Mapped[int]
    """How many reports of other shops he was shown."""


class NetworkShop(Model):
    """A shop that shares: its tenant. Without this row it neither sees nor contributes anything."""

    __tablename__ = "boom_network_shop"

    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    terms_version: Mapped[int]
    accepted_at: Mapped[datetime]


class NetworkReport(Model):
    """A report as the other shops see it; its id is that of the shop's own. Withdrawn ones have no row.

    A disputed one is hidden (``is_hidden``) until its shop has decided, one that is too old (``expires_at``) for good.
    """

    __tablename__ = "boom_network_report"
    __table_args__ = (Index("ix_boom_network_report_phone", "phone_key", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(index=True)
    phone_key: Mapped[PhoneKey] = mapped_column(PhoneKeyColumn)
    reason: Mapped[str] = mapped_column(key_text(12))
    content: Mapped[str] = mapped_column(Text)
    returned_on: Mapped[date]
    reported_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    is_hidden: Mapped[bool] = mapped_column(default=False)


class NetworkTally(Model):
    """How many orders of one person a shop sent and got back, by cause."""

    __tablename__ = "boom_network_tally"

    phone_key: Mapped[PhoneKey] = mapped_column(PhoneKeyColumn, primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    deliveries: Mapped[int]
    returns: Mapped[int]
    refused: Mapped[int]
    absent: Mapped[int]
    unknown: Mapped[int]
    carrier: Mapped[int]
    shop: Mapped[int]


class NetworkObjection(Model):
    """A person withdrew his consent: nothing of him is shown to, or taken from, any shop."""

    __tablename__ = "boom_network_objection"

    phone_key: Mapped[PhoneKey] = mapped_column(PhoneKeyColumn, primary_key=True)
    objected_at: Mapped[datetime]


class NetworkCode(Model):
    """The one-time code by which a person proves that a number is his. The code itself is a digest."""

    __tablename__ = "boom_network_code"

    phone_key: Mapped[PhoneKey] = mapped_column(PhoneKeyColumn, primary_key=True)
    code: Mapped[str] = mapped_column(key_text(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
