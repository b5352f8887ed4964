"""A catalogue, and half a year of quotations, orders, contracts, invoices and payments for the demonstration business."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from addons.customer.models import Customer, CustomerTier
from addons.order.amounts import document_amounts, line_amounts
from addons.order.contracts import add_months
from addons.order.documents import CONTRACT, INVOICE, ORDER, QUOTATION, RECIPIENT, Kind
from addons.order.models import (
    Contract,
    ContractState,
    ContractType,
    Invoice,
    InvoiceState,
    Order,
    OrderState,
    Payment,
    PaymentState,
    Product,
    ProductDiscount,
    Quotation,
    QuotationState,
)
from addons.order.services import create_product
from core.access.models import Group, User
from core.access.services import add_group_members
from core.audit import AS_STAMPED
from core.clock import local_today, local_zone, now, to_local
from core.db import ActorSession
from core.db.numbers import reserve_numbers
from core.demo.business import Duty, employees_with
from core.demo.marking import demo_data

SEED = 2026
DAYS_BACK = 180
ORDERS, QUOTATIONS, CONTRACTS = 700, 120, 60
BATCH = 200
FEE = 30_000
"""Đồng for a delivery of goods that are small enough for a carrier."""

GROUPS: dict[Duty, str] = {
    "administrator": "order.manager",
    "manager": "order.manager",
    "seller": "order.seller",
    "accountant": "order.accountant",
}
PRODUCTS = (
    ("MLN-RO10", "Máy lọc nước RO 10 cấp Hải Đăng", "bộ", 6_990_000, 10, True, True),
    ("MLN-RO9", "Máy lọc nước RO 9 cấp Hải Đăng", "bộ", 5_490_000, 10, True, True),
    ("MLN-CN50", "Máy lọc nước công nghiệp 50 lít/giờ", "bộ", 18_500_000, 10, True, True),
    ("MLN-CN250", "Hệ thống lọc nước 250 lít/giờ", "hệ", 42_000_000, 10, True, True),
    ("BNL-20", "Bình nóng lạnh 20 lít", "cái", 2_890_000, 10, True, True),
    ("BNL-30", "Bình nóng lạnh 30 lít", "cái", 3_390_000, 10, True, True),
    ("BEP-TU2", "Bếp từ đôi cảm ứng", "cái", 7_900_000, 10, True, True),
    ("HUT-70", "Máy hút mùi 70 cm", "cái", 3_250_000, 10, True, True),
    ("LOI-PP", "Lõi lọc PP 5 micron", "cái", 85_000, 8, True, False),
    ("LOI-CTO", "Lõi than hoạt tính CTO", "cái", 120_000, 8, True, False),
    ("LOI-RO", "Màng RO 100 GPD", "cái", 650_000, 8, True, False),
    ("LOI-BO", "Bộ 3 lõi lọc thay thế", "bộ", 290_000, 8, True, False),
    ("VOI-RUA", "Vòi rửa bát nóng lạnh", "cái", 890_000, 8, True, True),
    ("SEN-TAM", "Bộ sen tắm tăng áp", "bộ", 1_250_000, 8, True, True),
    ("BON-CAU", "Bồn cầu một khối", "bộ", 4_600_000, 8, True, True),
    ("CHAU-DOI", "Chậu rửa đôi inox 304", "cái", 2_150_000, 8, True, True),
    ("VAN-GIAM", "Van giảm áp đồng", "cái", 240_000, 8, True, False),
    ("ONG-PPR", "Ống PPR 25 mm", "m", 28_000, 8, True, False),
    ("CONG-LAP", "Công lắp đặt tại nhà", "lần", 200_000, None, False, True),
    ("BAO-TRI", "Bảo trì máy lọc nước, một năm", "gói", 1_200_000, 8, False, True),
)
"""Code, name, unit, price, VAT, whether it lies in a warehouse, whether a technician may be chosen."""

SMALL = ("LOI-PP", "LOI-CTO", "LOI-RO", "LOI-BO", "VOI-RUA", "VAN-GIAM", "SEN-TAM")
LARGE = ("MLN-CN50", "MLN-CN250", "MLN-RO10", "BAO-TRI", "BNL-30", "BEP-TU2")
CANCELLED = ("Khách đổi ý, mua chỗ khác.", "Khách đặt trùng đơn.", "Hết hàng, khách không chờ.")
RETURNED = ("Khách không nghe máy ba lần.", "Khách từ chối nhận.", "Sai địa chỉ.")
NOTES = ("Giao giờ hành chính.", "Gọi trước khi giao 30 phút.", "Cần xuất hóa đơn công ty.")


@demo_data
def load(session: ActorSession) -> None:
    """Rights, products with their discounts, and documents of customers that are there; the same on every machine."""
    if session.scalar(select(Product.id).limit(1)) is not None:
        return
    for duty, key in GROUPS.items():
        group = session.scalars(select(Group).where(Group.shipped_key == key)).one()
        add_group_members(session, group, [user.id for user in employees_with(session, duty)])
    names = ("code", "name", "unit", "price", "vat_rate", "is_stocked", "has_technician")
    for row in PRODUCTS:
        create_product(session, **dict(zip(names, row, strict=True)))  # type: ignore[arg-type]
    session.info[AS_STAMPED] = {row.id: row.name for row in session.execute(select(User.id, User.name))}
    _Maker(session).make()


class _Maker:
    """Draws documents with their lines, from the oldest to the newest, so that numbers rise with their days."""

    def __init__(self, session: ActorSession) -> None:
        self.session, self.chance = session, random.Random(SEED)  # noqa: S311  (invented data)
        self.now = now()
        self.products = {each.code: each for each in session.scalars(select(Product))}
        self.tiers = {row.id: row.name for row in session.execute(select(CustomerTier.id, CustomerTier.name))}
        rows = session.execute(select(ProductDiscount.product_id, ProductDiscount.tier_id, ProductDiscount.percent))
        self.discounts = {(row.product_id, row.tier_id): row.percent for row in rows}
        columns = (Customer.id, Customer.name, Customer.phone, Customer.owner_id, Customer.tier_id, Customer.created_at,
                   Customer.is_company, Customer.address, Customer.ward, Customer.district, Customer.province)  # fmt: skip
        found = session.execute(select(*columns).where(Customer.owner_id.is_not(None)).order_by(Customer.id)).all()
        self.people: Sequence[Any] = [row for row in found if not row.is_company]
        self.companies: Sequence[Any] = [row for row in found if row.is_company]

    def make(self) -> None:
        if not self.people or not self.companies:
            return
        regulars = self.chance.sample(self.people, min(90, len(self.people)))
        for at in range(ORDERS):
            buyer = self.chance.choice(regulars if self.chance.random() < 0.55 else self.people)
            self._order(buyer, self._moment(at / ORDERS))
            if at % BATCH == BATCH - 1:
                self._rest()
        for at in range(QUOTATIONS):
            self._quotation(self.chance.choice(self.companies), self._moment(at / QUOTATIONS))
        self._rest()
        for at in range(CONTRACTS):
            self._contract(self.chance.choice(self.companies), self._moment(at / CONTRACTS))
        self._rest()

    def _rest(self) -> None:
        self.session.flush()
        self.session.expunge_all()

    def _moment(self, share: float) -> datetime:
        """A working minute; ``share`` of the time lies behind it."""
        day = local_today() - timedelta(days=round(DAYS_BACK * (1 - share) ** 1.3))
        at = datetime.combine(day, time(8), local_zone()) + timedelta(minutes=self.chance.randrange(560))
        return min(at, self.now)

    def _number(self, kind: Kind, prefix: str, moment: datetime) -> str:
        """As the settings begin: DH2611-0007."""
        series = f"{prefix}{to_local(moment):%y%m}-{{nnnn}}"
        return series.replace("{nnnn}", f"{reserve_numbers(self.session, f'{kind.numbers}:{series}'):04}")

    def _document(
        self, what: Kind, prefix: str, buyer: Any, moment: datetime, lines: Sequence[tuple[str, Decimal]], **more: Any
    ) -> Any:
        """A document of this kind with a line for each code, priced by the buyer's tier."""
        recipient = {name: getattr(buyer, name, None) for name in RECIPIENT} | {"recipient_name": buyer.name}
        document = what.model(
            number=self._number(what, prefix, moment),
            customer_id=buyer.id,
            phone=buyer.phone,
            seller_id=buyer.owner_id,
            in_charge_id=buyer.owner_id,
            created_by_id=buyer.owner_id,
            created_at=moment,
            **{what.moment: moment},
            **recipient,
            **more,
        )
        self.session.add(document)
        amounts = []
        for position, (code, quantity) in enumerate(lines):
            product = self.products[code]
            percent = self.discounts.get((product.id, buyer.tier_id), Decimal(0))
            came_to = line_amounts(quantity, product.price, percent, product.vat_rate)
            amounts.append(came_to)
            self.session.add(
                what.line(
                    **{what.parent: document.id},
                    position=position,
                    product_id=product.id,
                    code=product.code,
                    name=product.name,
                    unit=product.unit,
                    quantity=quantity,
                    price=product.price,
                    discount=percent,
                    discount_tier=self.tiers[buyer.tier_id] if percent else "",
                    discount_amount=came_to.discount,
                    vat_rate=product.vat_rate,
                    vat_amount=came_to.vat,
                    amount=came_to.amount,
                    created_at=moment,
                    created_by_id=buyer.owner_id,
                )
            )
        sums = document_amounts(amounts)
        document.subtotal, document.discount, document.vat = sums.subtotal, sums.discount, sums.vat
        document.total = sums.total + (more.get("shipping_fee") or 0)
        return document

    def _lines(self, codes: Sequence[str], count: int) -> list[tuple[str, Decimal]]:
        """So many of these products, more of each where it is cheap."""
        return [
            (
                code,
                Decimal(
                    self.chance.choice((1, 1, 1, 2, 3) if self.products[code].price > 1_000_000 else (1, 2, 2, 3, 6))
                ),
            )
            for code in self.chance.sample(codes, count)
        ]

    def _order(self, buyer: Any, moment: datetime) -> None:
        chance, age = self.chance, (self.now - moment).days
        is_small = chance.random() < 0.6
        lines = self._lines(SMALL if is_small else list(self.products), chance.choice((1, 1, 2, 3)))
        drawn = chance.random()
        state, reason = OrderState.DONE, None
        if drawn < 0.06:
            state, reason = OrderState.CANCELLED, chance.choice(CANCELLED)
        elif drawn < 0.14:
            state, reason = OrderState.RETURNED, chance.choice(RETURNED)
        elif age < 2:
            state = chance.choice((OrderState.DRAFT, OrderState.CONFIRMED))
        elif age < 6:
            state = chance.choice((OrderState.CONFIRMED, OrderState.DELIVERING, OrderState.DELIVERING))
        order: Order = self._document(
            ORDER,
            "DH",
            buyer,
            moment,
            lines,
            state=state,
            cancel_reason=reason,
            shipping_fee=FEE if is_small else 0,
            note=chance.choice(NOTES) if chance.random() < 0.15 else None,
        )
        if is_small:
            order.cod_amount = order.total

    def _quotation(self, buyer: Any, moment: datetime) -> None:
        state = self.chance.choice(
            (QuotationState.SENT, QuotationState.SENT, QuotationState.DRAFT, QuotationState.REJECTED)
        )
        quotation: Quotation = self._document(
            QUOTATION,
            "BG",
            buyer,
            moment,
            self._lines(LARGE, 2),
            state=state,
            valid_until=to_local(moment).date() + timedelta(days=30),
            cancel_reason="Khách chọn nhà cung cấp khác." if state == QuotationState.REJECTED else None,
        )
        assert quotation.total > 0

    def _contract(self, buyer: Any, moment: datetime) -> None:
        """A contract, mostly in force, with an invoice that is mostly paid."""
        chance = self.chance
        begins, term = to_local(moment).date(), chance.choice((1, 3, 6, 12, 12, 24))
        is_draft = chance.random() < 0.1
        kind = ContractType.RENEWAL if chance.random() < 0.25 else ContractType.NEW
        lines = self._lines(LARGE, chance.choice((1, 2, 3)))
        contract: Contract = self._document(
            CONTRACT,
            "HD",
            buyer,
            moment,
            lines,
            state=ContractState.DRAFT if is_draft else ContractState.APPROVED,
            title="Cung cấp và bảo trì thiết bị lọc nước",
            kind=kind,
            effective_on=begins,
            term_months=term,
            ends_on=add_months(begins, term),
            counts_debt=chance.random() < 0.85,
        )
        if is_draft or chance.random() < 0.2:
            return
        invoice: Invoice = self._document(
            INVOICE, "IV", buyer, moment, lines, state=InvoiceState.ISSUED, contract_id=contract.id,
            due_on=begins + timedelta(days=30),
        )  # fmt: skip
        share = chance.choice((0, 50, 100, 100))
        if amount := invoice.total * share // 100:
            self._payment(buyer, invoice.id, moment, amount)

    def _payment(self, buyer: Any, invoice_id: UUID, moment: datetime, amount: int) -> None:
        paid = min(moment + timedelta(days=self.chance.randrange(1, 25)), self.now)
        series = f"PT{to_local(paid):%y%m}-{{nnnn}}"
        number = reserve_numbers(self.session, f"order.number_of_payments:{series}")
        self.session.add(
            Payment(
                number=series.replace("{nnnn}", f"{number:04}"),
                state=PaymentState.CONFIRMED,
                customer_id=buyer.id,
                invoice_id=invoice_id,
                payer=buyer.name,
                amount=amount,
                method=self.chance.choice(("transfer", "transfer", "cash")),
                paid_on=to_local(paid).date(),
                created_at=paid,
                created_by_id=buyer.owner_id,
            )
        )
