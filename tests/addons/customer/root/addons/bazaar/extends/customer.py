"""What the bazaar adds to customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from addons.bazaar.models import Paper
from sqlalchemy import case, func, select

from addons.customer.api import BoughtFilter, buyers_of
from addons.customer.contributions import (
    HandoverBox,
    KpiFigure,
    KpiRow,
    Sales,
    ShareBox,
    TierFigures,
    TierSource,
    handover_boxes,
    kpi_figures,
    kpi_rows,
    sales,
    share_boxes,
    tier_sources,
)
from core.contributions import contributes
from core.db import ActorSession
from core.resources.contributions import ListExtension, TabCount, list_extensions, tab_counts

PASSED_ON = ("contract", "quotation", "opportunity", "order")
VALID = (("f.cancelled", "0"),)
SALES = Sales("bazaar.order", "made", "seller", "source", "bazaar_bought", Paper.amount, Paper.customer_id, VALID)
RENEWALS = Sales(
    "bazaar.contract", "made", "seller", "source", "bazaar_renewed", Paper.amount, Paper.customer_id,
    (*VALID, ("f.renewal", "1")),
)  # fmt: skip


@contributes(share_boxes)
def to_share() -> list[ShareBox]:
    return [ShareBox(kind, f"Bazaar {kind}") for kind in PASSED_ON]


@contributes(handover_boxes)
def to_pass_on() -> list[HandoverBox]:
    return [HandoverBox(f"bazaar.{kind}", f"Old {kind}") for kind in PASSED_ON]


@contributes(tab_counts)
def on_the_tab() -> TabCount:
    papers = select(func.count(Paper.id)).where(Paper.kind == "quotation")
    return TabCount("bazaar.tab_quotation", lambda id: papers.where(Paper.customer_id == id))


def row(key: str, block: str, kind: str, *args: tuple[str, str], when: str = "made") -> KpiRow:
    return KpiRow(f"bazaar.{key}", block, f"Bazaar {key}", "…", f"bazaar.{kind}", when, "seller", (*VALID, *args))


@contributes(kpi_rows)
def rows() -> list[KpiRow]:
    return [
        row("calls", "interactions", "call", ("f.incoming", "0"), ("f.talked", "1")),
        row("orders", "orders", "order"),
        row("contracts", "orders", "contract"),
        row("stock out", "orders", "stock_out"),
        row("stock in", "orders", "stock_in"),
        row("renewals", "contracts", "contract", ("f.renewal", "1")),
        row("expired", "contracts", "contract", when="ends"),
    ]


@contributes(kpi_figures)
def figures() -> KpiFigure:
    return buyers_of("bazaar.renewing", "contracts", "Bazaar renewing", "Distinct customers.", RENEWALS)


@contributes(sales)
def orders_are_sales() -> Sales:
    return SALES


@contributes(list_extensions)
def buyers() -> ListExtension:
    filters = (
        BoughtFilter("bazaar_bought", "Bought", sales=SALES),
        BoughtFilter("bazaar_renewed", "Renewed", sales=RENEWALS),
    )
    return ListExtension("customer.customers", filters=filters)


def brought_in(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, TierFigures]:
    """All the time: contracts that count debts, and payments, of which a refund is a negative one."""
    is_contract = (Paper.kind == "contract") & Paper.counts_debt & Paper.is_approved
    query = (
        select(
            Paper.customer_id,
            func.sum(case((is_contract, Paper.amount), else_=0)),
            func.sum(case((is_contract, 1), else_=0)),
            func.sum(case((Paper.kind == "payment", Paper.amount), else_=0)),
        )
        .where(Paper.customer_id.in_(list(ids)), Paper.is_cancelled.is_(False))
        .group_by(Paper.customer_id)
    )
    return {id: TierFigures(int(sold), int(number), int(paid)) for id, sold, number, paid in session.execute(query)}


@contributes(tier_sources)
def source() -> TierSource:
    return TierSource(brought_in)
