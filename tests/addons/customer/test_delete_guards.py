"""What stands against deleting a customer, said by another addon (CUS-053): forbidden, told, or silent while it is off."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.testing.databases import AddonSet
from tests.addons.customer.conftest import Shop

LIST = "/customer/customers/"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("customer", "ledger"), (Path(__file__).parent / "root",))


@pytest.fixture
def books(shop: Shop) -> SimpleNamespace:
    """A manager, and a customer who owes, one who has paid, and one of whom the ledger knows nothing."""
    ids = {note: shop.customer(name=f"Khách {note}", note=note) for note in ("owes", "paid", "nothing")}
    return SimpleNamespace(shop=shop, client=shop.world.client(shop.manager), **ids)


def names(books: Any) -> set[str]:
    return {name.removeprefix("Khách ") for name in books.shop.names()}


@pytest.mark.req("CUS-053")
def test_a_guard_forbids_and_another_reason_is_told_before(books: Any) -> None:
    assert "1 open debt" in books.client.get(f"{LIST}{books.owes}/delete").text
    refused = books.client.post(f"{LIST}{books.owes}/delete")
    assert refused.status_code == 409
    assert "1 open debt" in refused.text
    assert "1 closed account" in books.client.get(f"{LIST}{books.paid}/delete").text
    assert "account" not in books.client.get(f"{LIST}{books.nothing}/delete").text.partition("<main")[2]
    assert books.client.post(f"{LIST}{books.paid}/delete").status_code == 303
    assert names(books) == {"owes", "nothing"}


@pytest.mark.req("CUS-053", "SYS-12")
def test_many_at_once_leave_out_those_with_a_reason_and_say_it(books: Any) -> None:
    ids = [str(books.owes), str(books.paid), str(books.nothing)]
    report = books.client.post(f"{LIST}bulk", data={"action": "delete", "confirmed": "1", "ids": ids})
    assert report.status_code == 200
    assert "1 open debt" in report.text
    assert "1 closed account" in report.text
    assert names(books) == {"owes", "paid"}


def test_an_addon_that_is_switched_off_says_nothing(books: Any) -> None:
    from core.tenancy.services import disable_addon

    with books.shop.world.app.test_request_context(), books.shop.world.session(books.shop.tenant) as session:
        disable_addon(session, "ledger")
    assert books.client.post(f"{LIST}{books.owes}/delete").status_code == 303
    assert names(books) == {"paid", "nothing"}
