"""Products and orders from Excel and to Excel."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from tests.addons.order.conftest import Shop
from tests.core.exchange.desk import Desk

pytestmark = pytest.mark.engine("sqlite")


def sheet(path: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def desk(shop: Shop, kind: str) -> Desk:
    return Desk(shop.world, shop.client(shop.manager), shop.tenant, f"/order/{kind}")


def refused(shop: Shop) -> list[str]:
    """What is wrong with the rows that were not taken."""
    from core.exchange.models import ImportRow, Phase

    query = select(ImportRow.problems).where(ImportRow.phase == Phase.APPLY, ImportRow.outcome == "failed")
    return [" ".join(text for _column, text in row.problems) for row in shop.all(query.order_by(ImportRow.number))]


def test_products_are_taken_over_and_changed_by_their_codes(shop: Shop, tmp_path: Path) -> None:
    from addons.order.models import Product

    work = desk(shop, "products")
    url = work.read(
        sheet(
            tmp_path / "hang.xlsx",
            ("Mã hàng hóa", "Tên hàng hóa", "Đơn vị tính", "Đơn giá", "Thuế GTGT"),
            ("VOI", "Vòi sen", "cái", 1_250_000, "8%"),
            ("LOC1", "Lõi lọc mới", "cái", "90.000", None),
            ("XAU", "Giá lẻ", "cái", "1,5", None),
        )
    )
    work.check(url, update_existing="1")
    work.apply(url)

    assert work.counts(url) == {"created": 1, "updated": 1, "failed": 1}, refused(shop)
    rows = {
        row.code: (row.name, row.price, row.vat_rate)
        for row in shop.all(select(Product.code, Product.name, Product.price, Product.vat_rate))
    }
    assert rows["VOI"] == ("Vòi sen", 1_250_000, 8)
    assert rows["LOC1"] == ("Lõi lọc mới", 90_000, 8)
    assert "XAU" not in rows


def test_orders_come_from_a_list_and_go_into_one(shop: Shop, tmp_path: Path) -> None:
    from addons.customer.models import Customer
    from addons.order.models import Order

    work = desk(shop, "orders")
    url = work.read(
        sheet(
            tmp_path / "don.xlsx",
            ("Tên người nhận", "Điện thoại", "Hàng hóa", "Phí vận chuyển", "Số tham chiếu"),
            (None, "0912345678", "loc1 x 3; CONG", 30_000, "SHOPEE-1"),
            ("Khách mới", "0905 111 222", "MAY1", None, "SHOPEE-2"),
            ("Khách mới", "0905111222", "MAY1 x 2", None, "SHOPEE-3"),
            ("Sai mã", "0905333444", "KHONGCO x 1", None, None),
            ("Sai số", "0905333444", "LOC1 hai cái", None, None),
        )
    )
    work.check(url)
    work.apply(url)

    assert work.counts(url) == {"created": 3, "failed": 2}, refused(shop)
    orders = {
        row.reference: (row.customer_id, row.total)
        for row in shop.all(select(Order.reference, Order.customer_id, Order.total))
    }
    assert orders["SHOPEE-1"] == (shop.gold, 481_630)
    assert orders["SHOPEE-2"][0] == orders["SHOPEE-3"][0]
    assert shop.all(select(func.count(Customer.id)))[0][0] == 3
    numbers = sorted(row[0][-4:] for row in shop.all(select(Order.number)))
    assert numbers == ["0001", "0002", "0003"], "a trial run and refused rows take no numbers"
    columns = {"export": "1", "columns": ["reference", "lines", "total"]}
    exported = shop.client(shop.manager).post("/order/orders/export", data=columns)
    assert exported.status_code == 200
    rows = set(load_workbook(BytesIO(exported.data)).active.iter_rows(min_row=2, values_only=True))
    assert ("LOC1 x 3; CONG x 1", "SHOPEE-1", 481_630) in rows


@pytest.mark.parametrize(("text", "items"), [
    ("LOI-PP x 2; CONG-LAP", [("LOI-PP", 2), ("CONG-LAP", 1)]),
    ("a×1,5\nB * 3 ;", [("A", 1.5), ("B", 3)]),
])  # fmt: skip
def test_items_of_a_cell_are_read(text: str, items: list[tuple[str, float]]) -> None:
    from addons.order.exchange import read_items

    assert [(code, float(quantity)) for code, quantity in read_items(text)] == items
