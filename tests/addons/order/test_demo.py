"""The demonstration business sells."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from sqlalchemy import func, select

from core.testing.world import World


@pytest.mark.engine("sqlite")
def test_the_demonstration_business_has_documents_that_add_up(world: World) -> None:
    from addons.order.models import Contract, Invoice, InvoiceLine, Order, OrderLine, Payment, Quotation
    from core.db import Actor, open_session
    from core.demo.business import load_demo
    from core.tenancy.queries import get_tenant

    with ExitStack() as stack:
        stack.enter_context(world.app.app_context())
        load_demo()
        session = stack.enter_context(open_session(Actor.system(get_tenant("haidang").id)))
        counts = {
            model.__tablename__: session.scalar(select(func.count(model.id)))
            for model in (Order, Quotation, Contract, Invoice, Payment)
        }
        assert all(counts.values()), counts
        for model, line, own in (
            (Order, OrderLine, OrderLine.order_id),
            (Invoice, InvoiceLine, InvoiceLine.invoice_id),
        ):
            sums = select(own, func.sum(line.amount)).group_by(own)
            by_id = {row[0]: row[1] for row in session.execute(sums)}
            rows = session.execute(select(model.id, model.total, model.shipping_fee)).all()
            assert all(row.total == by_id[row.id] + row.shipping_fee for row in rows)
        states = set(session.scalars(select(Order.state)))
        assert states >= {"draft", "confirmed", "delivering", "done", "returned", "cancelled"}
        numbers = session.scalars(select(Order.number).order_by(Order.number)).all()
        assert len(set(numbers)) == len(numbers)
