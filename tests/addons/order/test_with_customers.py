"""What documents of sales add to customers: tabs, sharing, handing over, KPI, tiers, and the discounts of goods."""

from __future__ import annotations

import html
import re
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.clock import ZONE, local_today, now
from tests.addons.customer.test_extension import tabs_of
from tests.addons.customer.test_kpi import number_of
from tests.addons.order.conftest import Shop
from tests.addons.order.test_documents import made, new, step

KPI = "/customer/kpi"


def contract(shop: Shop, **fields: Any) -> UUID:
    sent = shop.form(("CONG", "1"), **{"effective_on": "01/01/2027", "term_months": "12", "counts_debt": "y", **fields})
    return new(shop, "contracts", **{name: value for name, value in sent.items() if value is not None})


def seen(shop: Shop, user: Any, *models: Any) -> list[int]:
    """How many of each the user sees."""
    with shop.world.session(shop.tenant, user) as session:
        return [len(session.scalars(select(model.id)).all()) for model in models]


@pytest.mark.req("CUS-032", "CUS-044", "CUS-051", "CUS-057")
def test_the_customers_page_has_his_documents_and_begins_new_ones(shop: Shop) -> None:
    from addons.customer.models import Customer

    page = f"/customer/customers/{shop.gold}"
    new_order = shop.client().get(f"/order/of-customer/{shop.gold}/new")
    assert new_order.status_code in {302, 303}
    form = shop.client().get(new_order.location).text
    assert "Nguyễn Thị Huyền Trang" in form
    assert str(shop.gold) in form
    assert f"/order/of-customer/{shop.gold}/new" in shop.client().get(page).text
    order = shop.enter(phone="", customer_id=str(shop.gold))
    quotation = new(shop, "quotations", **shop.form())
    other = shop.enter(by=shop.colleague, phone="0987654321")

    tabs = tabs_of(shop.client().get(page).text)
    assert (tabs["Orders"], tabs["Quotations"]) == ("1", "1")
    tab = shop.client().get(f"/order/of-customer/{shop.gold}/orders").text
    assert f"/order/orders/{order}" in tab
    assert str(other) not in tab
    assert f"/order/quotations/{quotation}" in shop.client().get(f"/order/of-customer/{shop.gold}/quotations").text
    assert shop.client(shop.colleague).get(f"/order/of-customer/{shop.gold}/orders").status_code == 404
    assert now() - shop.stored(Customer, shop.gold).last_contact_at < timedelta(minutes=5)


@pytest.mark.req("OWN-09", "OWN-10", "OWN-12", "SHR-06")
def test_documents_are_shared_and_passed_on_as_ticked(shop: Shop) -> None:
    from addons.order.models import Contract, Order, Quotation

    models = (Order, Quotation, Contract)
    shop.enter()
    new(shop, "quotations", shop.seller, **shop.form())
    contract(shop)
    share = f"/customer/customers/{shop.gold}/share"
    assert seen(shop, shop.colleague, *models) == [0, 0, 0]
    for boxes, expected in (([], [0, 0, 0]), (["orders"], [1, 0, 0]), (["quotations", "contracts"], [1, 1, 1])):
        sent = {"option": "add", "people": f"user:{shop.colleague.id}", "boxes": boxes}
        assert shop.client().post(share, data=sent).status_code == 303
        assert seen(shop, shop.colleague, *models) == expected
    heir = shop.world.user(shop.tenant, "customer.read", "order.read", "order.read_contracts", name="Võ Thành Đạt")
    path = f"/customer/customers/{shop.gold}/handover"
    asked = shop.client().get(path).text
    assert all(told in asked for told in ("All old orders", "All old quotations", "All old sales contracts"))
    sent = {"people": f"user:{heir.id}", "boxes": ["order.orders", "order.contracts"]}
    assert shop.client().post(path, data=sent).status_code == 303
    assert seen(shop, heir, *models) == [1, 0, 1], "quotations were not ticked"
    shop.enter(by=shop.manager)
    assert seen(shop, heir, Order) == [2], "new ones of his customer he sees, whoever enters them"
    assert seen(shop, shop.seller, *models) == [1, 1, 1], "who sold them keeps them"


def at(days_ago: int) -> datetime:
    return datetime.combine(local_today() - timedelta(days=days_ago), time(12), ZONE)


@pytest.mark.req(
    "CUS-074", "CUS-075", "CUS-076", "CUS-079", "CUS-080", "CUS-081", "CUS-082", "CUS-083", "CUS-084", "CUS-085"
)
def test_the_kpi_counts_orders_contracts_and_revenue(shop: Shop) -> None:
    from addons.order.models import Order

    client = shop.client(shop.manager)

    def page(**args: str) -> str:
        days = {"period": "custom", "from": f"{at(3):%d/%m/%Y}", "to": f"{at(0):%d/%m/%Y}"}
        answer = client.get(KPI, query_string={**days, **args})
        assert answer.status_code == 200
        return str(answer.text)

    def opened(text: str, label: str) -> str:
        found = re.search(rf'class="strong">{label}</p>.*?tile-value"><a href="([^"]+)"', text, re.DOTALL)
        assert found, label
        listed = client.get(html.unescape(found[1])).text
        assert 'id="ignored"' not in listed, label
        total = re.search(r'id="total">.*?class="count">([^<]+)<', listed, re.DOTALL)
        return total[1] if total else ""

    assert number_of(page(), "Orders per buying customer") == "—", "nobody bought"
    orders = [shop.enter(("CONG", "1")) for _each in range(3)]
    theirs = shop.enter(("CONG", "2"), by=shop.colleague, phone="0987654321")
    draft, old, cancelled = shop.enter(("CONG", "1")), shop.enter(("CONG", "1")), shop.enter(("CONG", "1"))
    for id in (*orders, theirs, old, cancelled):
        assert step(shop, "orders", id, "confirm") == 303
    assert step(shop, "orders", cancelled, "cancel", reason="Khách đổi ý") == 303
    assert step(shop, "orders", orders[0], "complete") == 303
    with shop.world.session(shop.tenant) as session:
        session.need(Order, old).ordered_at = at(4)
    assert shop.stored(Order, draft).state == "draft"
    ends = {"effective_on": f"{at(400):%d/%m/%Y}", "term_months": None}
    expired = contract(shop, ends_on=f"{at(0):%d/%m/%Y}", **ends)
    contract(shop, ends_on=f"{at(-1):%d/%m/%Y}", **ends)
    unapproved = contract(shop, ends_on=f"{at(0):%d/%m/%Y}", **ends)
    assert step(shop, "contracts", expired, "approve") == 303
    made(shop, f"/order/contracts/{expired}/renew")
    assert step(shop, "contracts", unapproved, "cancel", reason="Sai") == 303

    text = page()
    expected = {"Orders": "5", "Contracts": "3", "Renewed contracts": "1", "Customers who renewed": "1",
                "Expired contracts": "1", "Bought once": "1", "Bought several times": "1"}  # fmt: skip
    assert {label: number_of(text, label) for label in expected} == expected
    assert {label: opened(text, label) for label in expected} == expected
    # 3 × 190.000 of the customer with 5% off, and 400.000
    assert number_of(text, "Revenue") == "970.000 ₫"
    assert number_of(text, "Orders per buying customer") == "2"
    hers = page(**{"f.who": str(shop.colleague.id)})
    assert number_of(hers, "Orders") == "1"
    assert number_of(hers, "Revenue") == "400.000 ₫"
    by_source = text[text.index("Without source") :]
    assert "970.000 ₫" in by_source, "the revenue of each source stands in the conversion table"


@pytest.mark.req("TIE-07", "TIE-08", "TIE-12", "TIE-14")
def test_tiers_follow_from_contracts_that_count_debts_or_from_payments(shop: Shop) -> None:
    from addons.customer.contributions import TierFigures
    from addons.order.extends.customer import source

    def figures() -> TierFigures:
        with shop.world.session(shop.tenant) as session:
            return sum(
                (each.read(session, [shop.gold]).get(shop.gold, TierFigures()) for each in source()), TierFigures()
            )

    approved = [contract(shop, effective_on=day) for day in ("01/01/2015", "01/01/2027")]
    free, draft = contract(shop, counts_debt=None), contract(shop)
    for id in (*approved, free):
        assert step(shop, "contracts", id, "approve") == 303
    assert figures() == TierFigures(revenue=380_000, contracts=2), "of all time, unpaid; not drafts, not without debt"
    paid = new(shop, "payments", contract_id=str(approved[0]), amount="190.000")
    assert figures().paid == 0
    assert step(shop, "payments", paid, "confirm") == 303
    back = new(shop, "payments", contract_id=str(approved[0]), amount="40.000", kind="refund")
    assert step(shop, "payments", back, "confirm") == 303
    assert figures().paid == 150_000
    assert step(shop, "contracts", approved[1], "cancel", reason="Khách hủy") == 303
    assert step(shop, "contracts", approved[0], "close") == 303
    assert figures() == TierFigures(revenue=190_000, contracts=1, paid=150_000)
    assert draft


@pytest.mark.req("TIE-07", "TIE-09")
def test_an_approved_contract_moves_the_customers_tier_at_once(shop: Shop) -> None:
    from addons.customer.models import Customer
    from core.settings import set_setting

    with shop.world.session(shop.tenant) as session:
        set_setting(session, "customer.tier_automatic", True)
    fields = {"effective_on": "01/01/2027", "term_months": "1", "counts_debt": "y", "phone": "0987654321"}
    id = new(shop, "contracts", **shop.form(("CONG", "5"), **fields))
    assert shop.stored(Customer, shop.theirs).tier_id is None
    assert step(shop, "contracts", id, "approve") == 303
    assert shop.stored(Customer, shop.theirs).tier_id == shop.tier, "the boundary of 1.000.000 ₫ reaches it"


@pytest.mark.req("TIE-15", "TIE-16", "TIE-17", "TIE-18")
def test_goods_take_the_new_discount_of_a_tier_or_keep_theirs(shop: Shop) -> None:
    from addons.order.models import Product, ProductDiscount

    def discounts() -> dict[str, Decimal]:
        query = select(Product.code, ProductDiscount.percent).join(Product, Product.id == ProductDiscount.product_id)
        return {row.code: row.percent for row in shop.all(query)}

    assert discounts() == dict.fromkeys(("LOC1", "MAY1", "CONG"), Decimal(5)), "goods begin with the tier's"
    client, path = shop.client(shop.manager), f"/customer/tiers/{shop.tier}/edit"
    sent = {"name": "Vàng", "position": "10", "min_amount": "1.000.000", "discount": "8"}

    def save(**more: str) -> int:
        """Send the form as it was opened."""
        opened = client.get(path).text
        hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', opened) for name in ("version", "opened")}
        kept = {name: html.unescape(found[1]) for name, found in hidden.items() if found}
        return int(client.post(path, data={**kept, **sent, **more}).status_code)

    assert save() == 422
    assert discounts()["LOC1"] == 5, "nothing is written before the answer"
    assert save(goods="none") == 303
    assert discounts() == dict.fromkeys(("LOC1", "MAY1", "CONG"), Decimal(5))
    added = client.post("/order/products/new", data={"code": "MOI", "name": "Vòi sen", "price": "100.000"})
    assert added.status_code == 303
    from addons.order.services import create_product

    with shop.world.session(shop.tenant) as session:
        create_product(session, code="SAU", name="Bồn rửa", price=1)
    assert discounts()["SAU"] == 8, "what is entered later begins with the new one"
    assert save(discount="9", goods="all") == 303
    assert set(discounts().values()) == {Decimal(9)}
    assert shop.client().get(f"/order/products/{shop.products['LOC1']}").status_code == 200


@pytest.mark.req("CUS-053")
def test_a_customer_with_documents_is_deleted_knowingly_and_with_payments_not_at_all(shop: Shop) -> None:
    from addons.customer.services import delete_reasons

    shop.enter()
    id = contract(shop)
    assert step(shop, "contracts", id, "approve") == 303

    def reasons() -> list[tuple[str, bool]]:
        with shop.world.session(shop.tenant) as session:
            return [(str(each.text), each.blocks) for each in delete_reasons(session, [shop.gold])[shop.gold]]

    assert reasons() == [("1 đơn hàng", False), ("1 hợp đồng", False)]
    new(shop, "payments", contract_id=str(id), amount="1.000")
    assert ("1 phiếu thanh toán", True) in reasons()
