"""Customers from and to Excel (SYS-10): codes, duplicates, catalogues, rights."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.addons.customer.conftest import Shop
from tests.core.exchange.desk import Desk, read_back, workbook

HEADERS = ("Mã KH", "Họ và tên", "SĐT", "Email", "Nhóm KH", "Nguồn", "Phụ trách", "Ngày sinh", "Người liên hệ")


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop.world, shop.world.client(shop.manager), shop.tenant, "/customer/customers")


@pytest.mark.req("SYS-10", "CUS-007")
def test_rows_become_customers_with_and_without_codes(shop: Shop, desk: Desk) -> None:
    full = ("dl-01", "Đặng Thu Hà", 912345678, "Ha@Mail.example", "Đại lý, VIP", "Zalo", shop.colleague.username,
            "21/11/1990", "Đỗ Mạnh Cường")  # fmt: skip
    short = (None, "Công ty Bình Minh", "024 3822 1234", None, None, None, None, None, None)
    assert desk.take_in(workbook([HEADERS, full, short])) == {"created": 2}

    customer = shop.stored("Đặng Thu Hà")
    assert (customer.code, customer.phone, customer.phone_raw) == ("DL-01", "+84912345678", "0912 345 678")
    assert (customer.email, customer.birthday, customer.owner_id) == (
        "ha@mail.example", date(1990, 11, 21), shop.colleague.id,
    )  # fmt: skip
    assert "Đỗ Mạnh Cường" in customer.contact_terms
    other = shop.stored("Công ty Bình Minh")
    assert (other.code, other.is_company, other.owner_id, other.source_id) == (
        "KH000001", True, shop.manager.id, None,
    )  # fmt: skip
    page = desk.client.get(f"/customer/customers/{customer.id}").text
    assert "Đại lý, VIP" in page


@pytest.mark.req("CUS-007")
def test_an_existing_code_is_an_error_or_an_update_as_chosen(shop: Shop, desk: Desk) -> None:
    shop.customer(name="Tên Cũ", code="A1", phone="0912345678", note="Giữ lại")
    rows = workbook([HEADERS[:3], ("a1", "Tên Mới", "0912 345 678")])
    assert desk.take_in(rows) == {"failed": 1}
    assert shop.names() == ["Tên Cũ"]
    assert desk.take_in(rows, update_existing="1") == {"updated": 1}
    customer = shop.stored("Tên Mới")
    assert (customer.code, customer.note) == ("A1", "Giữ lại")


@pytest.mark.req("CUS-007", "SYS-06")
def test_a_code_of_an_invisible_customer_is_taken_and_changes_nothing(shop: Shop) -> None:
    importer = shop.world.user(shop.tenant, "customer.read", "customer.create", "customer.edit", "customer.import")
    desk = Desk(shop.world, shop.world.client(importer), shop.tenant, "/customer/customers")
    shop.customer(by=shop.colleague, name="Của Ánh", code="A1")
    assert desk.take_in(workbook([HEADERS[:2], ("A1", "Chiếm Mã")]), update_existing="1") == {"failed": 1}
    assert shop.names() == ["Của Ánh"]


@pytest.mark.req("CUS-017")
def test_a_duplicate_in_the_file_or_the_system_fails_its_row_unless_allowed(shop: Shop, desk: Desk) -> None:
    shop.customer(by=shop.colleague, name="Có Sẵn", phone="0912345678")
    headers = ("Họ và tên", "SĐT")
    rows = [headers, ("Trùng Hệ Thống", "+84 912 345 678"), ("Mới Tinh", "0987654321"), ("Trùng Tệp", "01695678945")]
    rows += [("Số Cũ Số Mới", "0395678945")]
    assert desk.take_in(workbook(rows)) == {"created": 2, "failed": 2}
    assert shop.names() == ["Có Sẵn", "Mới Tinh", "Trùng Tệp"]
    assert desk.take_in(workbook([headers, ("Trùng Hệ Thống", "0912345678")]), allow_duplicates="1") == {"created": 1}


@pytest.mark.req("CUS-012", "SYS-02")
def test_unknown_names_are_told_or_added_by_who_manages_the_catalogues(shop: Shop, desk: Desk) -> None:
    rows = workbook([("Họ và tên", "Nhóm KH"), ("Khách Một", "Khách Hiếm")])
    assert desk.take_in(rows) == {"failed": 1}
    assert desk.take_in(rows, create_missing="1") == {"created": 1}
    assert "Khách Hiếm" in desk.client.get("/customer/groups/").text


@pytest.mark.req("SYS-02", "SYS-10")
def test_import_and_export_need_their_rights(shop: Shop) -> None:
    client = shop.world.client(shop.seller)
    for verb in ("import", "export"):
        assert client.get(f"/customer/customers/{verb}").status_code == 403
    assert client.post("/customer/customers/import", data={}).status_code == 403


@pytest.mark.req("SYS-10", "SYS-06")
def test_an_export_holds_what_the_user_sees_and_comes_back_unchanged(shop: Shop, desk: Desk) -> None:
    shop.customer(name="=1+1", code="A1", phone="0912345678", contacts=[{"name": "Đỗ Mạnh Cường"}])
    shop.customer(by=shop.colleague, name="Của Ánh")
    exporter = shop.world.user(shop.tenant, "customer.read", "customer.view_unassigned", "customer.export")
    assert export(shop, exporter)[1:] == []

    rows = export(shop, shop.manager)
    assert len(rows) == 3
    first = next(dict(zip(rows[0], row, strict=True)) for row in rows[1:] if "A1" in row)
    assert first["Phone"] == "0912345678" or first["Phone"] == "0912 345 678"
    assert "1+1" in str(first["Customer name"])
    assert first["Contact's name"] == "Đỗ Mạnh Cường"
    assert first["Groups"] == "Khách lẻ"


def export(shop: Shop, user: Any) -> list[tuple[Any, ...]]:
    """The rows of the workbook that ``user`` gets."""
    answer = shop.world.client(user).post("/customer/customers/export", data={"export": "1", "columns": keys()})
    assert answer.status_code == 200, answer.text
    return read_back(answer.data)


def keys() -> list[str]:
    from addons.customer.exchange import FIELDS

    return [field.key for field in FIELDS]


@pytest.mark.engine("sqlite")
def test_a_workbook_as_kept_by_hand_is_taken_in(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    from core.demo.dirty import write_dirty_workbook

    file = tmp_path / "khach.xlsx"
    dirt = write_dirty_workbook(file, rows=1_000)
    counts = desk.take_in(file, create_missing="1")
    assert counts["created"] > 900
    assert counts["created"] + counts.get("failed", 0) == dirt.rows
    assert io.BytesIO(file.read_bytes()).read(2) == b"PK"


@pytest.mark.req("CUS-014", "SYS-10")
def test_an_address_in_one_line_comes_apart_where_it_says_its_province(shop: Shop, desk: Desk) -> None:
    head = ("Họ và tên", "Địa chỉ", "Tỉnh/TP")
    line, plain = "12 Lê Lợi, P. Bến Nghé, Q.1, TP.HCM", "Chợ Bến Thành, cửa Đông"
    rows = (("Một Dòng", line, None), ("Đã Chia", line, "Huế"), ("Không Rõ", plain, None))
    assert desk.take_in(workbook([head, *rows])) == {"created": 3}
    parts = {name: (c.address, c.ward, c.district, c.province) for name in shop.names() if (c := shop.stored(name))}
    assert parts == {
        "Một Dòng": ("12 Lê Lợi", "P. Bến Nghé", "Q.1", "TP. Hồ Chí Minh"),
        "Đã Chia": (line, None, None, "Huế"),
        "Không Rõ": (plain, None, None, None),
    }


@pytest.mark.engine("sqlite")
@pytest.mark.req("OWN-14", "SYS-10")
def test_rows_that_change_the_owner_are_a_change_that_can_be_undone(shop: Shop, desk: Desk) -> None:
    from addons.customer.models import CustomerHandover

    for code in ("A1", "A2", "A3"):
        shop.customer(name=f"Khách {code}", code=code)
    owners = {"A1": shop.colleague, "A2": shop.manager, "A3": shop.seller}
    rows = [(code, f"Khách {code}", owner.username) for code, owner in owners.items()]
    taken = desk.take_in(workbook([("Mã KH", "Họ và tên", "Phụ trách"), *rows]), update_existing="1")
    assert taken == {"updated": 3}
    assert [shop.stored(f"Khách {code}").owner_id for code in owners] == [owner.id for owner in owners.values()]
    with shop.world.session(shop.tenant) as session:
        handover = session.scalars(select(CustomerHandover)).one()
        assert (handover.customers, handover.receivers, handover.giver_id) == (2, 2, shop.manager.id)
        id = handover.id
    assert desk.client.post(f"/customer/handovers/{id}/undo").status_code == 303
    assert {shop.stored(f"Khách {code}").owner_id for code in owners} == {shop.seller.id}
