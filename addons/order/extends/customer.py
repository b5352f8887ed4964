"""What documents of sales add to customers: tabs and a quick action, sharing and handing over, KPI rows, tiers, deletion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import case, delete, func, insert, select

from addons.customer.api import BoughtFilter, buyers_of, note_contact
from addons.customer.contributions import (
    ContactKind,
    DeleteGuard,
    DeleteReason,
    HandoverBox,
    KpiFigure,
    KpiRow,
    Sales,
    ShareBox,
    TierFigures,
    TierGoods,
    TierSource,
    contact_kinds,
    delete_guards,
    handover_boxes,
    kpi_figures,
    kpi_rows,
    sales,
    share_boxes,
    tier_goods,
    tier_sources,
)
from addons.customer.models import Customer
from addons.order.events import OrderCreated
from addons.order.models import (
    Contract,
    ContractType,
    Invoice,
    Order,
    Payment,
    PaymentKind,
    PaymentState,
    Product,
    ProductDiscount,
    Quotation,
)
from addons.order.queries import list_of_customer, select_count_of_customer
from addons.order.workflows import CONTRACT, IN_FORCE, ORDER, QUOTATION, SOLD
from core.contributions import contributes
from core.db import ActorSession, system
from core.events import on
from core.i18n import translator
from core.kernel import current_session
from core.resources.contributions import ListExtension, TabCount, list_extensions, tab_counts
from core.web import AddonViews, redirect_to, render
from core.workflows import Workflow

_ = translator(__name__)

views = AddonViews(__name__)

CONTACT = "order.created"

BOXES = {"orders": _("Orders"), "quotations": _("Quotations"), "contracts": _("Contracts and invoices")}
OLD = {"orders": _("All old orders"), "quotations": _("All old quotations"), "contracts": _("All old sales contracts")}


def _states(states: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple(("f.state", str(state)) for state in states)


def _all_but(workflow: Workflow, *without: str) -> tuple[tuple[str, str], ...]:
    return _states(state.value for state in workflow.states if state.value not in without)


ENTERED = _all_but(ORDER, "cancelled")
RENEWALS = Sales(
    "order.contracts",
    "made",
    "seller",
    "source",
    "renewed",
    Contract.total,
    Contract.customer_id,
    (*_all_but(CONTRACT, "cancelled"), ("f.kind", ContractType.RENEWAL.value)),
)
SALES = Sales("order.orders", "made", "seller", "source", "bought", Order.total, Order.customer_id, _states(SOLD))


@contributes(share_boxes)
def to_share() -> list[ShareBox]:
    return [ShareBox(key, label) for key, label in BOXES.items()]


@contributes(handover_boxes)
def to_pass_on() -> list[HandoverBox]:
    """Old contracts, quotations and orders are shown to the new person in charge (OWN-09, OWN-10, OWN-12)."""
    return [HandoverBox(f"order.{key}", label) for key, label in OLD.items()]


@contributes(contact_kinds)
def an_order_is_a_contact() -> ContactKind:
    return ContactKind(CONTACT, "order.counts_as_contact")


@on(OrderCreated)
def note_last_contact(session: ActorSession, event: OrderCreated) -> None:
    """Who orders has been in contact (CUS-057)."""
    order = session.need(Order, event.order_id)
    note_contact(session, order.customer_id, CONTACT, order.ordered_at)


@contributes(kpi_rows)
def rows() -> list[KpiRow]:
    """CUS-074 to CUS-076, CUS-082 to CUS-084."""
    return [
        KpiRow(
            "order.orders",
            "orders",
            _("Orders"),
            _("Orders of the period, for whoever entered them. Cancelled ones do not count."),
            "order.orders",
            when="made",
            who="creator",
            args=ENTERED,
        ),
        KpiRow(
            "order.contracts",
            "orders",
            _("Contracts"),
            _("Contracts made in the period, for whoever entered them. Cancelled ones do not count."),
            "order.contracts",
            when="made",
            who="creator",
            args=_all_but(CONTRACT, "cancelled"),
        ),
        KpiRow(
            "order.renewals",
            "contracts",
            _("Renewed contracts"),
            _(
                "Contracts of the type renewal that were made in the period, for who sells. Cancelled ones do not count."
            ),
            "order.contracts",
            when="made",
            who="seller",
            args=RENEWALS.args,
        ),
        KpiRow(
            "order.expired",
            "contracts",
            _("Expired contracts"),
            _("Approved contracts whose last day lies in the period, renewed ones too, for who sold them."),
            "order.contracts",
            when="ends",
            who="seller",
            args=_states(IN_FORCE),
        ),
        KpiRow(
            "order.revenue",
            "revenue",
            _("Revenue"),
            _("Totals of the orders of the period that are confirmed, on the way or delivered, for who sold them."),
            "order.orders",
            when="made",
            who="seller",
            args=SALES.args,
            amount=Order.total,
        ),
    ]


@contributes(kpi_figures)
def figures() -> KpiFigure:
    """Customers who use us again (CUS-082)."""
    how = _("Distinct customers with a contract of the type renewal that was made in the period.")
    return buyers_of("order.renewing", "contracts", _("Customers who renewed"), how, RENEWALS)


@contributes(sales)
def orders_are_sales() -> Sales:
    return SALES


@contributes(list_extensions)
def buyers() -> ListExtension:
    filters = (BoughtFilter("bought", _("Bought"), sales=SALES), BoughtFilter("renewed", _("Renewed"), sales=RENEWALS))
    return ListExtension("customer.customers", filters=filters)


@contributes(tier_sources)
def source() -> list[TierSource]:
    return [TierSource(_contracts), TierSource(_payments)]


def _contracts(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, TierFigures]:
    """Sum and number of the contracts in force that count debts, all the time (TIE-07, TIE-14)."""
    query = select(Contract.customer_id, func.sum(Contract.total), func.count(Contract.id)).where(
        Contract.customer_id.in_(list(ids)), Contract.state.in_(IN_FORCE), Contract.counts_debt
    )
    rows = session.execute(query.group_by(Contract.customer_id))
    return {id: TierFigures(revenue=int(total), contracts=number) for id, total, number in rows}


def _payments(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, TierFigures]:
    """Confirmed payments less refunds (TIE-08)."""
    signed = case((Payment.kind == PaymentKind.REFUND, -Payment.amount), else_=Payment.amount)
    query = select(Payment.customer_id, func.sum(signed)).where(
        Payment.customer_id.in_(list(ids)), Payment.state == PaymentState.CONFIRMED
    )
    return {id: TierFigures(paid=int(paid)) for id, paid in session.execute(query.group_by(Payment.customer_id))}


@contributes(tier_goods)
def goods() -> TierGoods:
    return TierGoods(lambda session: session.scalar(select(func.count(Product.id))) or 0, _set_discount)


def _set_discount(session: ActorSession, tier_id: UUID, percent: Decimal) -> None:
    """Give every product this discount for the tier (TIE-16)."""
    options = {"synchronize_session": False}
    session.execute(delete(ProductDiscount).where(ProductDiscount.tier_id == tier_id), execution_options=options)
    if percent:
        ids = session.scalars(select(Product.id)).all()
        if ids:
            session.execute(
                insert(ProductDiscount), [{"product_id": id, "tier_id": tier_id, "percent": percent} for id in ids]
            )


@contributes(delete_guards)
def documents() -> DeleteGuard:
    return DeleteGuard(_reasons)


def _reasons(session: ActorSession, ids: Iterable[UUID]) -> dict[UUID, list[DeleteReason]]:
    """How many documents a customer has, whoever made them (CUS-053); contracts in force and payments are in the way."""
    wanted = list(ids)
    found: defaultdict[UUID, list[DeleteReason]] = defaultdict(list)
    with system(session) as all_seeing:
        for model, told, blocks in (
            (Order, lambda n: _.n("1 order", "%(n)s orders", n), False),
            (Quotation, lambda n: _.n("1 quotation", "%(n)s quotations", n), False),
            (Contract, lambda n: _.n("1 contract", "%(n)s contracts", n), False),
            (Invoice, lambda n: _.n("1 invoice", "%(n)s invoices", n), False),
            (Payment, lambda n: _.n("1 payment", "%(n)s payments", n), True),
        ):
            query = select(model.customer_id, func.count(model.id)).where(model.customer_id.in_(wanted))
            for id, number in all_seeing.execute(query.group_by(model.customer_id)):
                found[id].append(DeleteReason(told(number), blocks=blocks))
    return dict(found)


@contributes(tab_counts)
def on_the_tabs() -> list[TabCount]:
    return [
        TabCount("order.orders_of_customer", lambda id: select_count_of_customer(Order, id)),
        TabCount("order.quotations_of_customer", lambda id: select_count_of_customer(Quotation, id)),
        TabCount("order.contracts_of_customer", lambda id: select_count_of_customer(Contract, id)),
    ]


@views.get("/of-customer/<uuid:id>/orders", permission="order.read")
def orders_of_customer(id: UUID) -> ResponseReturnValue:
    """The tab Đơn hàng of a customer (CUS-044)."""
    return _tab(id, Order, "orders", ORDER, _("Orders"), "ordered_at", "order.create")


@views.get("/of-customer/<uuid:id>/quotations", permission="order.read")
def quotations_of_customer(id: UUID) -> ResponseReturnValue:
    """The tab Báo giá of a customer (CUS-051)."""
    return _tab(id, Quotation, "quotations", QUOTATION, _("Quotations"), "made_at", "order.create")


@views.get("/of-customer/<uuid:id>/contracts", permission="order.read_contracts")
def contracts_of_customer(id: UUID) -> ResponseReturnValue:
    """The tab Hợp đồng of a customer."""
    return _tab(id, Contract, "contracts", CONTRACT, _("Contracts"), "made_at", "order.create_contracts")


@views.get("/of-customer/<uuid:id>/new", permission="order.create")
def order_for_customer(id: UUID) -> ResponseReturnValue:
    """The quick action Đơn hàng (CUS-032), also of a customer who is not active any more (BOO-17)."""
    customer = current_session().need(Customer, id)
    names = ("phone", "address", "ward", "district", "province")
    given = {name: value for name in names if (value := getattr(customer, name))}
    return redirect_to(url_for("order.orders_new", customer_id=customer.id, recipient_name=customer.name, **given))


def _tab(
    id: UUID, model: Any, kind: str, workflow: Workflow, title: object, moment: str, right: str
) -> ResponseReturnValue:
    session = current_session()
    customer = session.need(Customer, id)
    return render(
        "order/of_customer.html",
        customer=customer,
        documents=list_of_customer(session, model, id),
        kind=kind,
        workflow=workflow,
        title=title,
        moment=moment,
        may_create=session.actor.can(right),
    )
