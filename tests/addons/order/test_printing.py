"""Documents on paper."""

from __future__ import annotations

import pytest

from tests.addons.order.conftest import Shop
from tests.addons.order.test_documents import made, new, step

pytestmark = pytest.mark.engine("sqlite")


def test_every_kind_of_document_is_printed_for_who_may_read_it(shop: Shop) -> None:
    quotation = new(shop, "quotations", **shop.form(("LOC1", "3"), note="Giao trước tết <b>"))
    order = made(shop, f"/order/quotations/{quotation}/order")
    contract = made(shop, f"/order/quotations/{quotation}/contract")
    step(shop, "orders", order, "confirm")
    invoice = made(shop, f"/order/orders/{order}/invoice")
    ids = {"quotations": quotation, "orders": order, "contracts": contract, "invoices": invoice}
    for kind, id in ids.items():
        answer = shop.client().get(f"/order/{kind}/{id}/print")
        assert answer.status_code == 200, kind
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF-")
        assert shop.client(shop.colleague).get(f"/order/{kind}/{id}/print").status_code == 404


def test_what_is_printed_is_vietnamese_and_complete(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from fpdf import FPDF

    from addons.order.models import Order
    from addons.order.printing import print_document

    said: list[str] = []
    whole = FPDF.multi_cell
    monkeypatch.setattr(
        FPDF, "multi_cell", lambda self, w, h, text, **more: said.append(text) or whole(self, w, h, text, **more)
    )
    id = shop.enter(("LOC1", "3"), *[("CONG", "1")] * 60, shipping_fee="30.000")
    with shop.world.session(shop.tenant, shop.seller) as session:
        assert print_document(session, session.need(Order, id)).count(b"/Type /Page\n") > 1, "long ones have more pages"
    text = "\n".join(said)
    words = "Mười một triệu sáu trăm chín mươi mốt nghìn sáu trăm ba mươi đồng"
    told = ("ĐƠN ĐẶT HÀNG", "Khách hàng: Nguyễn Thị Huyền Trang", "Điện thoại: 0912 345 678", f"Bằng chữ: {words}.")
    for each in (*told, "Phí vận chuyển: 30.000 ₫", "Tổng cộng: 11.691.630 ₫"):
        assert each in text
