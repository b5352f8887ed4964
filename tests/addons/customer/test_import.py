"""Ten thousand customers from a list kept by hand: every one that can be imported is, and every other row says why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.demo.dirty import Dirt, write_dirty_workbook
from core.exchange.models import ImportRow, Phase
from core.exchange.spooling import ERROR_HEADER
from tests.addons.customer.conftest import Shop
from tests.core.exchange.desk import Desk, read_back

ROWS = {"sqlite": 10_000, "postgresql": 2_000}


@pytest.fixture
def desk(shop: Shop) -> Desk:
    chief = shop.world.user(shop.tenant, groups=["customer.customer_admin"])
    return Desk(shop.world, shop.world.client(chief), shop.tenant, "/customer/customers")


def failed_rows(shop: Shop, phase: Phase) -> dict[int, str]:
    """Row number → what is wrong with it."""
    with shop.world.session(shop.tenant) as session:
        query = select(ImportRow).where(ImportRow.phase == phase, ImportRow.outcome == "failed")
        return {row.number: " ".join(text for _column, text in row.problems) for row in session.scalars(query)}


def check_reasons(dirt: Dirt, reasons: dict[int, str]) -> None:
    assert set(reasons) == dirt.refused | set(dirt.duplicates)
    for row in dirt.phones_with_letters:
        assert "letters" in reasons[row]
    for row in dirt.wrong_dates:
        assert "date" in reasons[row]
    for row, first in dirt.duplicates.items():
        assert f"row {first} " in reasons[row]


@pytest.mark.req("SYS-10", "CUS-017")
def test_thousands_of_rows_kept_by_hand(shop: Shop, desk: Desk, tmp_path: Path, engine_name: str) -> None:
    from addons.customer.models import Customer

    rows = ROWS[engine_name]
    dirt = write_dirty_workbook(tmp_path / "khach.xlsx", rows)
    url = desk.read(tmp_path / "khach.xlsx")
    desk.check(url, create_missing="1")
    check_reasons(dirt, failed_rows(shop, Phase.CHECK))
    desk.apply(url)

    assert desk.counts(url) == {"created": dirt.customers, "failed": rows - dirt.customers}
    assert failed_rows(shop, Phase.APPLY) == failed_rows(shop, Phase.CHECK)
    with shop.world.session(shop.tenant) as session:
        assert session.scalar(select(func.count(Customer.id))) == dirt.customers
        assert session.scalar(select(func.count(func.distinct(Customer.phone)))) == dirt.customers
        assert session.scalar(select(Customer.id).where(~Customer.phone.like("+84_________%")).limit(1)) is None
    report = read_back(desk.client.get(f"{url}/failed").data)
    assert report[0][-1] == ERROR_HEADER
    assert len(report) == 1 + rows - dirt.customers
    assert all(row[-1] for row in report[1:])
