"""Quotations become orders and contracts, those become invoices, which are paid; contracts end and are renewed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.clock import local_today
from tests.addons.order.conftest import Shop

pytestmark = pytest.mark.engine("sqlite")


def made(shop: Shop, path: str, by: Any = None) -> UUID:
    """The id of the document that a POST makes."""
    answer = shop.client(by or shop.manager).post(path)
    assert answer.status_code == 303, answer.text
    return UUID(answer.location.rpartition("/")[2])


def new(shop: Shop, what: str, by: Any = None, **fields: Any) -> UUID:
    answer = shop.client(by or shop.manager).post(f"/order/{what}/new", data=fields)
    assert answer.status_code == 303, answer.text
    return UUID(answer.location.rpartition("/")[2])


def step(shop: Shop, kind: str, id: UUID, name: str, by: Any = None, **data: Any) -> int:
    answer = shop.client(by or shop.manager).post(f"/order/{kind}/{id}/steps/{name}", data=data)
    return int(answer.status_code)


def test_a_quotation_becomes_order_contract_and_invoice_each_once_with_links_both_ways(shop: Shop) -> None:
    from addons.order.models import Contract, Invoice, Order, OrderLine, Quotation

    lines = {**shop.form(("MAY1", "1")), "lines-0-discount": "7", "valid_until": "31/12/2030"}
    quotation = new(shop, "quotations", **lines)
    order = made(shop, f"/order/quotations/{quotation}/order", shop.manager)
    contract = made(shop, f"/order/quotations/{quotation}/contract")
    assert shop.client(shop.manager).post(f"/order/orders/{order}/invoice").status_code == 409, (
        "a draft is not sold yet"
    )
    assert step(shop, "orders", order, "confirm") == 303
    invoice = made(shop, f"/order/orders/{order}/invoice")

    offered, sold = shop.stored(Quotation, quotation), shop.stored(Order, order)
    assert offered.state == "accepted"
    assert (sold.quotation_id, sold.customer_id, sold.total) == (quotation, shop.gold, offered.total)
    line = shop.all(select(OrderLine.discount, OrderLine.price, OrderLine.vat_rate))[0]
    assert (int(line.discount), line.price, line.vat_rate) == (7, 6_990_000, 10), "the price that was agreed"
    assert shop.stored(Invoice, invoice).total == sold.total == shop.stored(Contract, contract).total
    for path in (f"/order/quotations/{quotation}/order", f"/order/quotations/{quotation}/contract",
                 f"/order/orders/{order}/invoice"):  # fmt: skip
        again = shop.client(shop.manager).post(path)
        assert again.status_code == 409
    pages = {"quotations": quotation, "orders": order, "invoices": invoice, "contracts": contract}
    links = {"quotations": ("orders", "contracts"), "orders": ("quotations", "invoices"), "invoices": ("orders",),
             "contracts": ("quotations",)}  # fmt: skip
    for kind, others in links.items():
        page = shop.client(shop.manager).get(f"/order/{kind}/{pages[kind]}?tab=lines").text
        assert all(f"/order/{other}/{pages[other]}" in page for other in others), kind
    assert step(shop, "orders", order, "cancel", reason="Đổi model") == 303
    assert made(shop, f"/order/quotations/{quotation}/order"), "what was cancelled may be made anew"


@pytest.mark.req("CUS-083")
def test_a_contract_ends_when_its_term_says_and_a_typed_end_beats_it(shop: Shop) -> None:
    from addons.order.contracts import add_months
    from addons.order.models import Contract

    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 15), 12) == date(2027, 12, 15)
    base = shop.form(effective_on="31/01/2027")
    by_term = new(shop, "contracts", **base, term_months="1", counts_debt="y")
    typed = new(shop, "contracts", **base, term_months="1", ends_on="15/06/2027")
    assert shop.stored(Contract, by_term).ends_on == date(2027, 2, 28)
    assert shop.stored(Contract, by_term).counts_debt is True
    assert shop.stored(Contract, typed).ends_on == date(2027, 6, 15)
    assert shop.stored(Contract, typed).counts_debt is False
    for wrong, told in (
        ({"term_months": "", "ends_on": ""}, "Enter the term in months, or the last day."),
        ({"term_months": "0"}, "Enter a number from 1 to 600."),
        ({"ends_on": "30/01/2027"}, "The contract ends before it begins."),
        ({"effective_on": "", "term_months": "1"}, "Say from when the contract is in force."),
    ):
        refused = shop.client(shop.manager).post("/order/contracts/new", data={**base, **wrong})
        assert refused.status_code == 422, wrong
        assert told in refused.text, wrong


@pytest.mark.req("CUS-082")
def test_a_contract_in_force_is_renewed_once_from_the_day_after(shop: Shop) -> None:
    from addons.order.models import Contract

    id = new(shop, "contracts", **shop.form(effective_on="01/03/2027", term_months="12"))
    assert shop.client(shop.manager).post(f"/order/contracts/{id}/renew").status_code == 409, "a draft is not in force"
    assert step(shop, "contracts", id, "approve", shop.seller) == 403
    assert step(shop, "contracts", id, "approve") == 303
    renewal = shop.stored(Contract, made(shop, f"/order/contracts/{id}/renew"))
    assert (renewal.kind, renewal.renews_id, renewal.state) == ("renewal", id, "draft")
    assert (renewal.effective_on, renewal.ends_on) == (date(2028, 3, 2), date(2029, 3, 2))
    assert shop.client(shop.manager).post(f"/order/contracts/{id}/renew").status_code == 409


@pytest.mark.req("TIE-08")
def test_money_counts_when_it_is_confirmed_and_never_more_than_is_due_unnoticed(shop: Shop) -> None:
    from addons.order import billing
    from addons.order.models import Contract, Invoice, Payment

    contract = new(shop, "contracts", **shop.form(("CONG", "10"), effective_on="01/01/2027", term_months="1"))
    pay = {"contract_id": str(contract), "amount": "1.000.000", "method": "cash", "paid_on": "02/01/2027"}
    client = shop.client(shop.manager)

    def due() -> int:
        with shop.world.session(shop.tenant) as session:
            return billing.read_due(session, session.need(Contract, contract))

    assert "contracts in force" in client.post("/order/payments/new", data=pay).text
    assert step(shop, "contracts", contract, "approve") == 303
    invoice = made(shop, f"/order/contracts/{contract}/invoice")
    assert due() == 1_900_000, "10 × 200.000 less 5%"
    first = new(shop, "payments", **pay)
    assert due() == 1_900_000, "not confirmed yet"
    assert step(shop, "payments", first, "confirm", shop.seller) == 403
    assert step(shop, "payments", first, "confirm") == 303
    assert due() == 900_000
    assert "amount=900000" in client.get(f"/order/contracts/{contract}/pay").location
    more = client.post("/order/payments/new", data={**pay, "amount": "900.001"})
    assert more.status_code == 422
    assert "Only 900.000 ₫ is still due" in more.text
    assert 'value="900.001"' in more.text
    over = new(shop, "payments", **pay | {"amount": "900.001"}, confirm="y")
    assert step(shop, "payments", over, "confirm") == 303
    assert due() == -1
    assert step(shop, "payments", over, "cancel", reason="Nhập nhầm") == 303
    assert due() == 900_000
    both = client.post("/order/payments/new", data={**pay, "invoice_id": str(invoice)})
    assert "one of the two" in both.text
    assert (
        "issued invoices" in client.post("/order/payments/new", data={"invoice_id": str(invoice), "amount": "1"}).text
    )
    assert step(shop, "invoices", invoice, "issue") == 303
    by_invoice = new(shop, "payments", invoice_id=str(invoice), amount="400.000")
    assert step(shop, "payments", by_invoice, "confirm") == 303
    assert due() == 500_000, "what was paid for its invoice is paid for the contract"
    assert step(shop, "invoices", invoice, "cancel", reason="Sai") == 409
    refund = {**pay, "kind": "refund"}
    assert (
        "more cannot be given back" in client.post("/order/payments/new", data={**refund, "amount": "1.400.001"}).text
    )
    back = new(shop, "payments", **refund | {"amount": "300.000"})
    assert step(shop, "payments", back, "confirm") == 303
    assert due() == 800_000
    twice = [new(shop, "payments", **pay | {"amount": "800.000"}) for _each in range(2)]
    assert [step(shop, "payments", id, "confirm") for id in twice] == [303, 422], "two cannot fill the same gap"
    assert step(shop, "payments", twice[0], "cancel", reason="Sai") == 303
    for amount in ("0", "-5", ""):
        assert client.post("/order/payments/new", data={**pay, "amount": amount}).status_code == 422
    assert shop.stored(Payment, first).customer_id == shop.stored(Invoice, invoice).customer_id == shop.gold
    tab = client.get(f"/order/contracts/{contract}?tab=payments").text
    assert "800.000 ₫" in tab


def test_a_contract_of_elsewhere_is_not_there(shop: Shop) -> None:
    id = new(shop, "contracts", **shop.form(effective_on="01/01/2027", term_months="1"))
    theirs = new(shop, "contracts", **shop.form(phone="0987654321", effective_on="01/01/2027", term_months="1"))

    assert shop.client(shop.colleague).get(f"/order/contracts/{id}").status_code == 404
    assert shop.client(shop.seller).get(f"/order/contracts/{id}").status_code == 200, "his customer's"
    assert shop.client(shop.colleague).get(f"/order/contracts/{theirs}").status_code == 200
    sent = {"contract_id": str(id), "amount": "1"}
    assert shop.client(shop.colleague).post("/order/payments/new", data=sent).status_code in {403, 422}


def test_a_pattern_of_numbers_counts_in_its_own_series(shop: Shop) -> None:
    from addons.order.models import Order
    from addons.order.numbering import check_pattern, series_of, write_number
    from core.errors import DomainError
    from core.settings import set_setting

    day = date(2026, 11, 5)
    assert write_number(series_of("DH{yy}{mm}-{nnnn}", day), 7) == "DH2611-0007"
    assert write_number(series_of("{yyyy}.{mm}.{dd}/{nn}", day), 123) == "2026.11.05/123"
    for wrong in ("DH", "DH{n}{n}", "DH {nnnn}", "{q}{n}", "<b>{n}"):
        with pytest.raises(DomainError):
            check_pattern(wrong)
    with shop.world.session(shop.tenant) as session:
        set_setting(session, "order.number_of_orders", "A{yyyy}/{nn}")
    numbers = [shop.stored(Order, shop.enter()).number for _each in range(2)]
    assert numbers == [f"A{local_today():%Y}/01", f"A{local_today():%Y}/02"]
