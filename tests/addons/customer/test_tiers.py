"""Tiers of customers: the catalogue, the goods, the update with its preview, and placing by hand (TIE)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.testing.databases import AddonSet
from tests.addons.customer.conftest import Shop
from tests.addons.customer.test_bulk import send
from tests.core.resources.pages import Page

TIERS = "/customer/tiers"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("customer", "trade"), (Path(__file__).parent / "root",))


@pytest.fixture
def trade(shop: Shop) -> Iterator[Any]:
    """What the test says that customers have brought in; asked for first, so that the addon is there."""
    from addons.trade.extends import customer

    yield customer
    for each in (customer.CONTRACTS, customer.PAYMENTS, customer.GOODS):
        each.clear()


@pytest.fixture
def admin(shop: Shop) -> Any:
    """Who manages tiers, and sees his own customers only."""
    return shop.world.user(
        shop.tenant, "customer.read", "customer.manage_tiers", "customer.change_tier", name="Phạm Thu Hà"
    )


def add(shop: Shop, admin: Any, name: str, **sent: Any) -> Any:
    """What the form sends: every field, empty or not."""
    empty = {"position": "", "min_amount": "", "min_contracts": ""}
    return shop.world.client(admin).post(f"{TIERS}/new", data={"name": name, "discount": "5", **empty, **sent})


def opened(shop: Shop, admin: Any, tier_id: UUID) -> dict[str, str]:
    """What the form of a tier sends when nothing is changed in it."""
    fields = Page(shop.world.client(admin).get(f"{TIERS}/{tier_id}/edit").text).fields()
    return {name: value for name, value in fields.items() if name != "csrf_token"}


def edit(shop: Shop, admin: Any, tier_id: UUID, **sent: Any) -> Any:
    data = {**opened(shop, admin, tier_id), **sent}
    return shop.world.client(admin).post(f"{TIERS}/{tier_id}/edit", data=data)


def ladder(shop: Shop, admin: Any) -> dict[str, UUID]:
    """Bạc from 100, Vàng from 500, Thân thiết from 3 contracts."""
    for name, sent in (
        ("Bạc", {"min_amount": "100"}), ("Vàng", {"min_amount": "500"}), ("Thân thiết", {"min_contracts": "3"})
    ):  # fmt: skip
        answer = add(shop, admin, name, goods="none", **sent)
        assert answer.status_code == 303, answer.text
    return tier_ids(shop)


def tier_ids(shop: Shop) -> dict[str, UUID]:
    from addons.customer.models import CustomerTier

    with shop.world.session(shop.tenant) as session:
        return {row.name: row.id for row in session.execute(select(CustomerTier.name, CustomerTier.id))}


def tier_names(shop: Shop) -> dict[str, str | None]:
    """Customer → tier."""
    from addons.customer.models import Customer, CustomerTier

    query = select(Customer.name, CustomerTier.name).outerjoin(CustomerTier, Customer.tier_id == CustomerTier.id)
    with shop.world.session(shop.tenant) as session:
        return {row[0]: row[1] for row in session.execute(query)}


def work(shop: Shop) -> None:
    from core.jobs.execution import run_due_jobs

    with shop.world.app.app_context():
        run_due_jobs()


def settings(shop: Shop, **changed: Any) -> None:
    from core.settings.services import change_settings

    with shop.world.session(shop.tenant) as session:
        change_settings(session, "customer", {f"tier_{name}": value for name, value in changed.items()})
    work(shop)


def tell(shop: Shop, trade: Any, customer: UUID, **figures: int) -> None:
    """A contract was approved or cancelled, or money came: the addon keeps it and says so."""
    from addons.customer.api import update_tiers_of
    from addons.customer.contributions import TierFigures

    trade.CONTRACTS[customer] = TierFigures(**figures)
    with shop.world.session(shop.tenant, shop.colleague) as session:
        update_tiers_of(session, [customer])


def log(shop: Shop, user: Any, customer: UUID) -> str:
    """The tab of the customer's page, without marks."""
    page = shop.world.client(user).get(f"/customer/customers/{customer}?tab=tier").text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.req("TIE-11", "TIE-12", "TIE-20")
def test_a_tier_has_exactly_one_milestone_and_milestones_rise_with_the_order(
    shop: Shop, trade: Any, admin: Any
) -> None:
    ladder(shop, admin)
    refused = {
        "both": {"min_amount": "900", "min_contracts": "9"},
        "none": {},
        "the same milestone": {"min_amount": "500"},
        "below a lower tier": {"min_amount": "400"},
        "between, too high": {"min_amount": "500", "position": "15"},
        "fewer contracts": {"min_contracts": "3"},
        "no contract": {"min_contracts": "0"},
        "negative": {"min_amount": "-1"},
        "a fraction of a đồng": {"min_amount": "900,5"},
        "taken order": {"min_amount": "900", "position": "20"},
        "too much": {"min_amount": "900", "discount": "100,001"},
        "too fine": {"min_amount": "900", "discount": "1,2345"},
        "less than none": {"min_amount": "900", "discount": "-1"},
        "beyond any amount": {"min_amount": "9" * 30},
        "beyond any order": {"min_amount": "900", "position": "9" * 30},
    }
    for why, sent in refused.items():
        answer = add(shop, admin, "Bạch kim", **sent)
        assert answer.status_code == 422, why
        assert 'value="Bạch kim"' in answer.text, why
    assert add(shop, admin, " bạc ", min_amount="900").status_code == 422, "a name is there once"
    assert add(shop, admin, "", min_amount="900").status_code == 422
    assert add(shop, admin, "Đồng", min_amount="0", position="5", discount="2,5").status_code == 303
    assert add(shop, admin, "Kim cương", min_amount="900").status_code == 303, "without an order it comes on top"
    page = shop.world.client(admin).get(f"{TIERS}/").text
    assert [page.index(name) for name in ("Đồng", "Bạc", "Vàng", "Thân thiết", "Kim cương")] == sorted(
        page.index(name) for name in ("Đồng", "Bạc", "Vàng", "Thân thiết", "Kim cương")
    )
    assert "2,5" in page or "2.5" in page
    assert shop.world.client(shop.manager).get(f"{TIERS}/").status_code == 403


@pytest.mark.req("TIE-13")
def test_by_payment_an_amount_is_asked_and_contracts_reach_nothing(shop: Shop, trade: Any, admin: Any) -> None:
    from addons.customer.contributions import TierFigures

    ids = ladder(shop, admin)
    shop.customer(name="Nhiều Hợp Đồng")
    payer = shop.customer(name="Trả Nhiều")
    tell(shop, trade, payer, revenue=10_000, contracts=9)
    trade.PAYMENTS[payer] = TierFigures(paid=499)
    settings(shop, basis="payment", automatic=True)
    assert tier_names(shop) == {"Nhiều Hợp Đồng": None, "Trả Nhiều": "Bạc"}

    client = shop.world.client(admin)
    assert "min_contracts" not in client.get(f"{TIERS}/new").text
    assert add(shop, admin, "Kim cương", min_contracts="5").status_code == 422
    assert edit(shop, admin, ids["Thân thiết"], name="Rất thân").status_code == 303, "it keeps what it had"
    work(shop)
    assert tier_names(shop)["Trả Nhiều"] == "Bạc"
    assert edit(shop, admin, ids["Thân thiết"], min_amount="600").status_code == 303
    trade.PAYMENTS[payer] = TierFigures(paid=600)
    tell(shop, trade, payer, revenue=0)
    assert tier_names(shop)["Trả Nhiều"] == "Rất thân"


@pytest.mark.req("TIE-15", "TIE-16", "TIE-17", "TIE-18")
def test_another_discount_asks_what_becomes_of_the_goods(shop: Shop, trade: Any, admin: Any) -> None:
    from addons.customer.api import tier_discounts

    assert add(shop, admin, "Đồng", min_amount="10").status_code == 303, "no goods, no question"
    trade.GOODS.update({"Bình nóng lạnh": {}, "Máy lọc nước": {}})
    asked = add(shop, admin, "Bạc", min_amount="100")
    assert asked.status_code == 422
    assert "Update for all goods" in asked.text
    assert "Do not update goods" in asked.text
    assert 'value="100"' in asked.text, "what was typed stays"
    assert "Bạc" not in tier_ids(shop)
    add(shop, admin, "Bạc", min_amount="100", goods="all")
    add(shop, admin, "Vàng", min_amount="500", goods="none")
    silver, gold = (tier_ids(shop)[name] for name in ("Bạc", "Vàng"))
    assert {"Bình nóng lạnh": {silver: Decimal(5)}, "Máy lọc nước": {silver: Decimal(5)}} == trade.GOODS

    assert edit(shop, admin, silver, name="Hạng Bạc").status_code == 303, "the same discount asks nothing"
    assert edit(shop, admin, silver, discount="7,5").status_code == 422
    assert edit(shop, admin, silver, discount="7,5", goods="none").status_code == 303
    assert trade.GOODS["Máy lọc nước"] == {silver: Decimal(5)}
    with shop.world.session(shop.tenant, shop.seller) as session:
        assert tier_discounts(session)[silver] == Decimal("7.5"), "goods that are entered later begin with it"
    before = opened(shop, admin, silver)
    assert edit(shop, admin, silver, discount="8", goods="all").status_code == 303
    assert trade.GOODS["Máy lọc nước"] == {silver: Decimal(8)}
    assert edit(shop, admin, silver, **{**before, "discount": "9", "goods": "all"}).status_code == 409, "two at once"
    assert trade.GOODS["Máy lọc nước"] == {silver: Decimal(8)}
    assert gold not in trade.GOODS["Máy lọc nước"]


@pytest.mark.req("TIE-09", "TIE-10", "TIE-18")
def test_who_reaches_a_milestone_gets_the_tier_while_it_is_automatic(shop: Shop, trade: Any, admin: Any) -> None:
    ids = ladder(shop, admin)
    lan, mai = shop.customer(name="Lan"), shop.customer(name="Mai", by=shop.colleague)
    version = shop.stored("Lan").version
    tell(shop, trade, lan, revenue=499)
    assert tier_names(shop)["Lan"] is None, "off, nobody moves"
    settings(shop, automatic=True)
    assert tier_names(shop) == {"Lan": "Bạc", "Mai": None}, "switching it on places everybody"
    tell(shop, trade, lan, revenue=500)
    tell(shop, trade, mai, contracts=3)
    assert tier_names(shop) == {"Lan": "Vàng", "Mai": "Thân thiết"}
    tell(shop, trade, lan, revenue=100)
    assert tier_names(shop)["Lan"] == "Vàng", "a cancelled contract takes nothing away by default"
    assert shop.stored("Lan").version == version, "an open form stays good"
    settings(shop, may_fall=True)
    assert tier_names(shop) == {"Lan": "Bạc", "Mai": "Thân thiết"}
    assert edit(shop, admin, ids["Bạc"], min_amount="101").status_code == 303
    work(shop)
    assert tier_names(shop)["Lan"] is None, "another milestone places everybody anew"
    settings(shop, automatic=False)
    tell(shop, trade, lan, revenue=10**12)
    tell(shop, trade, mai, contracts=0)
    assert tier_names(shop) == {"Lan": None, "Mai": "Thân thiết"}, "off keeps the present tiers"
    told = log(shop, shop.seller, lan)
    assert (
        told.index("Bạc Without tier")
        < told.index("Vàng Bạc")
        < told.index("Bạc Vàng")
        < told.index("Without tier Bạc")
    )
    assert "doanh thu 500 ₫, 0 hợp đồng; mốc 500 ₫" in told, (
        "told in the language of whoever did it, here of no request"
    )
    assert "The system" in told


@pytest.mark.req("TIE-10")
def test_a_business_without_contracts_lowers_nobody(shop: Shop, trade: Any, admin: Any) -> None:
    from core.tenancy.services import disable_addon

    ladder(shop, admin)
    lan = shop.customer(name="Lan")
    tell(shop, trade, lan, revenue=500)
    settings(shop, automatic=True, may_fall=True)
    with shop.world.session(shop.tenant) as session:
        disable_addon(session, "trade")
    settings(shop, may_fall=False)
    settings(shop, may_fall=True)
    assert tier_names(shop)["Lan"] == "Vàng", "that nobody knows contracts does not mean that there are none"


@pytest.mark.req("TIE-06", "TIE-10")
def test_switching_the_update_on_shows_first_who_would_change(shop: Shop, trade: Any, admin: Any) -> None:
    from addons.customer.contributions import TierFigures
    from core.settings import setting

    ladder(shop, admin)
    lan, mai, hoa = shop.customer(name="Lan", by=admin), shop.customer(name="Mai"), shop.customer(name="Hoa")
    for customer, revenue in ((lan, 100), (mai, 120), (hoa, 500)):
        trade.CONTRACTS[customer] = TierFigures(revenue)
    send(shop, admin, "tier", [lan], tier_id="", keep="y")
    client = shop.world.client(admin)
    lan = shop.customer(name="Cúc", by=admin)
    trade.CONTRACTS[lan] = TierFigures(100)

    asked = client.post(f"{TIERS}/type", data={"basis": "revenue", "automatic": "y"})
    work(shop)
    job = asked.location.rpartition("/")[2]
    assert "3 customers would get another tier." in client.get(asked.location).text
    page = client.get(f"{TIERS}/preview/{job}").text
    flat = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Without tier Bạc 2" in flat
    assert "Without tier Vàng 1" in flat
    assert "Cúc Without tier Bạc revenue 100 ₫, 0 contracts; milestone 100 ₫" in flat
    assert "Mai" not in flat, "a colleague's customer is counted, not named"
    assert set(tier_names(shop).values()) == {None}, "nothing has happened yet"
    with shop.world.session(shop.tenant) as session:
        assert setting("customer.tier_automatic", session=session) is False

    assert client.post(f"{TIERS}/preview/{job}/confirm").status_code == 303
    work(shop)
    assert tier_names(shop) == {"Lan": None, "Mai": "Bạc", "Hoa": "Vàng", "Cúc": "Bạc"}, "all but who is kept by hand"
    assert "Update by Phạm Thu Hà: revenue 100 ₫" in log(shop, admin, lan)
    assert client.get(f"{TIERS}/preview/{UUID(int=7)}").status_code == 404

    again = client.post(f"{TIERS}/preview").location.rpartition("/")[2]
    assert client.get(f"{TIERS}/preview/{again}").status_code == 409, "not ready"
    work(shop)
    assert "Nobody" in client.get(f"{TIERS}/preview/{again}").text
    assert client.post(f"{TIERS}/type", data={"basis": "payment"}).location.endswith(f"{TIERS}/"), (
        "off needs no preview"
    )
    assert client.post(f"{TIERS}/preview/{again}/confirm").status_code == 409, "it showed other settings"
    assert client.post(f"{TIERS}/type", data={"basis": "weather"}).status_code == 422


@pytest.mark.req("TIE-02", "TIE-10")
def test_a_tier_by_hand_is_kept_until_it_is_released(shop: Shop, trade: Any, admin: Any) -> None:
    ids = ladder(shop, admin)
    lan, hidden = shop.customer(name="Lan", by=admin), shop.customer(name="Của Ánh", by=shop.colleague)
    settings(shop, automatic=True)
    client = shop.world.client(admin)
    assert "checked" in client.get(f"/customer/customers/{lan}/tier").text, "while it is automatic, one keeps"
    path, gold = f"/customer/customers/{lan}/tier", str(ids["Vàng"])
    assert client.post(path, data={"tier_id": gold, "keep": "y", "reason": "Khách lâu năm"}).status_code == 303
    tell(shop, trade, lan, contracts=5)
    assert tier_names(shop)["Lan"] == "Vàng"
    assert client.post(path, data={"tier_id": gold}).status_code == 303, "the lock alone"
    tell(shop, trade, lan, contracts=5)
    assert tier_names(shop)["Lan"] == "Thân thiết"
    told = log(shop, admin, lan)
    assert "Phạm Thu Hà Without tier Vàng By hand: Khách lâu năm (kept from now on)" in told
    assert "The same tier By hand (no longer kept)" in told

    assert client.post(path, data={"tier_id": str(UUID(int=9))}).status_code == 422
    assert client.post(path, data={"tier_id": gold, "reason": "x" * 201}).status_code == 422
    assert client.post(f"/customer/customers/{hidden}/tier", data={"tier_id": gold}).status_code == 404
    assert "1 changed, 2 skipped" in send(shop, admin, "tier", [lan, hidden, UUID(int=5)], tier_id=gold).text
    assert tier_names(shop) == {"Lan": "Vàng", "Của Ánh": None}
    assert shop.world.client(shop.seller).get(path).status_code == 403
    assert "Tier changed (Tier kept by hand: Yes → No" in client.get(f"/discussion/customer/{lan}?show=logs").text


@pytest.mark.req("TIE-03", "TIE-04", "TIE-05")
def test_the_list_shows_tiers_and_keeps_one_of_them(shop: Shop, trade: Any, admin: Any) -> None:
    ids = ladder(shop, admin)
    for name, tier in (("Lan", "Bạc"), ("Mai", "Vàng"), ("Hoa", None)):
        customer = shop.customer(name=name, by=admin)
        if tier:
            send(shop, admin, "tier", [customer], tier_id=str(ids[tier]))
    client = shop.world.client(admin)

    def listed(query: str) -> set[str]:
        page = client.get(f"/customer/customers/?{query}").text
        return {name for name in ("Lan", "Mai", "Hoa") if f'title="{name}"' in page}

    assert listed("") == {"Lan", "Mai", "Hoa"}, "every level, and those without"
    assert listed(f"f.tier={ids['Bạc']}") == {"Lan"}
    assert listed(f"f.tier={ids['Bạc']}&f.tier={ids['Vàng']}") == {"Lan", "Mai"}
    assert listed("f.tier=none") == {"Hoa"}
    assert "Vàng" in client.get(f"/customer/customers/?f.tier={ids['Vàng']}").text


@pytest.mark.req("TIE-19")
def test_who_had_a_deleted_tier_falls_to_the_next_or_to_none(shop: Shop, trade: Any, admin: Any) -> None:
    from addons.customer.services import delete_customer

    ids = ladder(shop, admin)
    settings(shop, automatic=True)
    lan, mai, gone = shop.customer(name="Lan"), shop.customer(name="Mai", by=admin), shop.customer(name="Đã Xóa")
    tell(shop, trade, lan, revenue=500)
    tell(shop, trade, gone, revenue=500)
    send(shop, admin, "tier", [mai], tier_id=str(ids["Vàng"]), keep="y")
    with shop.world.session(shop.tenant) as session:
        from addons.customer.models import Customer

        delete_customer(session, session.need(Customer, gone))
    client = shop.world.client(admin)
    assert f"{TIERS}/{ids['Vàng']}/delete" in client.get(f"{TIERS}/{ids['Vàng']}/edit").text
    assert "2 customers have this tier." in client.get(f"{TIERS}/{ids['Vàng']}/delete").text
    assert client.post(f"{TIERS}/{ids['Vàng']}/delete").status_code == 303
    assert tier_names(shop) == {"Lan": "Bạc", "Mai": None}
    assert shop.stored("Mai").tier_locked is False
    settings(shop, automatic=False)
    client.post(f"{TIERS}/{ids['Bạc']}/delete")
    assert tier_names(shop)["Lan"] is None
    assert "The system Bạc Without tier The tier was deleted" in log(shop, shop.seller, lan)
    assert set(tier_ids(shop)) == {"Thân thiết"}


@pytest.mark.engine("sqlite")
@pytest.mark.req("TIE-19")
def test_a_tier_of_many_goes_in_the_background(
    shop: Shop, trade: Any, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from addons.customer.tiers import catalogue

    monkeypatch.setattr(catalogue, "AT_ONCE", 1)
    ids = ladder(shop, admin)
    customers = [shop.customer(name=f"Khách {number}", by=admin) for number in range(3)]
    send(shop, admin, "tier", customers, tier_id=str(ids["Vàng"]))
    client = shop.world.client(admin)
    page = client.post(f"{TIERS}/{ids['Vàng']}/delete", follow_redirects=True).text
    assert "moved in the background" in page
    assert set(tier_names(shop).values()) == {"Vàng"}
    work(shop)
    assert set(tier_names(shop).values()) == {None}
    assert set(tier_ids(shop)) == {"Bạc", "Thân thiết"}
