"""What customers take from other applications, by an addon that has papers of every kind (``root/addons/bazaar``)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.clock import local_today, now
from core.testing.databases import AddonSet
from tests.addons.customer.conftest import Shop
from tests.addons.customer.test_extension import tabs_of
from tests.addons.customer.test_kpi import begins, month_begins, number_of

KPI = "/customer/kpi"

Add = Callable[..., UUID]


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("customer", "bazaar"), (Path(__file__).parent / "root",))


@pytest.fixture
def add(shop: Shop) -> Add:
    """A paper of a kind about a customer."""
    from addons.bazaar.models import Paper

    def added(kind: str, customer: UUID, *, at: datetime | None = None, seller: Any = None, **more: Any) -> UUID:
        with shop.world.session(shop.tenant) as session:
            seller_id = (seller or shop.seller).id
            paper = Paper(kind=kind, customer_id=customer, seller_id=seller_id, made_at=at or now(), **more)
            session.add(paper)
            session.flush()
            return paper.id

    return added


TABS = {
    "Bazaar orders": "order", "Bazaar routes": "route", "Bazaar opportunities": "opportunity", "Bazaar calls": "call",
    "Bazaar quotations": "quotation",
}  # fmt: skip


@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-032", "CUS-044", "CUS-045", "CUS-046", "CUS-047", "CUS-051")
def test_papers_have_tabs_and_a_quick_action_while_their_application_is_on(shop: Shop, add: Add) -> None:
    from core.tenancy.services import disable_addon, enable_addon

    lan, other = shop.customer(name="Lan"), shop.customer(name="Mai")
    reader = shop.world.user(
        shop.tenant, "customer.read", "customer.comment", "customer.view_all", "bazaar.read", name="Đỗ Thu Hà"
    )
    share = {"option": "add", "people": f"user:{reader.id}"}  # who is related may comment
    shop.world.client(shop.seller).post(f"/customer/customers/{lan}/share", data=share)
    for kind in TABS.values():
        add(kind, lan, name=f"{kind} của Lan")
        add(kind, other, name=f"{kind} của Mai")
    client, path = shop.world.client(reader), f"/customer/customers/{lan}"
    panel, new = f"/discussion/customer/{lan}", f'href="/bazaar/for/{lan}"'

    page = client.get(path).text
    listed = tabs_of(page)
    assert [name for name in listed if name in TABS] == list(TABS)
    assert listed["Bazaar quotations"] == "1"
    assert new in page
    assert new in client.get(panel).text  # beside the composer
    for kind in TABS.values():
        assert f'hx-get="/bazaar/{kind}/of/{lan}"' in client.get(f"{path}?tab=bazaar.tab_{kind}").text
        tab = client.get(f"/bazaar/{kind}/of/{lan}").text
        assert f"{kind} của Lan" in tab
        assert "của Mai" not in tab

    without = shop.world.client(shop.manager).get(path).text  # lacks the right
    with shop.world.session(shop.tenant) as session:
        disable_addon(session, "bazaar")
    off = client.get(path).text + client.get(panel).text
    for text in (without, off):
        assert not TABS.keys() & tabs_of(text).keys()
        assert new not in text
    assert client.get(f"/bazaar/order/of/{lan}").status_code == 404
    with shop.world.session(shop.tenant) as session:
        enable_addon(session, "bazaar")
    assert TABS.keys() <= tabs_of(client.get(path).text).keys()


@pytest.mark.engine("sqlite")
@pytest.mark.req("OWN-09", "OWN-10", "OWN-11", "OWN-12", "SHR-06")
def test_old_papers_are_shown_to_whoever_gets_the_customer_as_ticked(shop: Shop, add: Add) -> None:
    kinds = ("contract", "quotation", "opportunity", "order")
    heir = shop.world.user(shop.tenant, "customer.read", "bazaar.read", name="Võ Thành Đạt")
    reader = shop.world.user(shop.tenant, "customer.read", "bazaar.read", name="Hồ Văn Cường")

    def seen(user: Any, customer: UUID) -> set[str]:
        """The kinds of which the user sees a paper of the customer."""
        from addons.bazaar.models import Paper

        with shop.world.session(shop.tenant, user) as session:
            return set(session.scalars(select(Paper.kind).where(Paper.customer_id == customer)))

    seller, manager = shop.world.client(shop.seller), shop.world.client(shop.manager)
    customers = {}
    for ticked in (*kinds, None):
        customers[ticked] = customer = shop.customer(name=f"Khách {ticked}")
        for kind in kinds:
            add(kind, customer)
        path = f"/customer/customers/{customer}/handover"
        assert f"Old {kinds[0]}" in seller.get(path).text
        sent = {"people": f"user:{heir.id}", "boxes": [f"bazaar.{ticked}"] if ticked else []}
        assert seller.post(path, data=sent).status_code == 303
        assert seen(heir, customer) == ({ticked} if ticked else set())
        assert seen(shop.seller, customer) == set(kinds), "they stay with whom they were made by"
        add("order", customer, seller=heir)
        assert "order" in seen(heir, customer), "new ones are his"

    last = customers["contract"]
    assert seen(heir, last) == {"contract", "order"}
    again = {"people": f"user:{shop.colleague.id}"}
    assert manager.post(f"/customer/customers/{last}/handover", data=again).status_code == 303
    assert seen(heir, last) == {"order"}, "who is not in charge any more keeps his own"
    shared = {"option": "add", "people": f"user:{reader.id}", "boxes": "quotation"}
    shop.world.client(shop.colleague).post(f"/customer/customers/{last}/share", data=shared)
    assert seen(reader, last) == {"quotation"}

    from addons.customer.models import CustomerHandover, CustomerHandoverItem

    with shop.world.session(shop.tenant) as session:
        items = select(CustomerHandoverItem.handover_id).where(
            CustomerHandoverItem.customer_id == customers["quotation"]
        )
        id = session.scalars(select(CustomerHandover.id).where(CustomerHandover.id.in_(items))).one()
    assert manager.post(f"/customer/handovers/{id}/undo").status_code == 303
    assert seen(heir, customers["quotation"]) == {"order"}, "a handing over that was undone shows nothing"


@pytest.mark.engine("sqlite")
@pytest.mark.req(
    "CUS-070", "CUS-074", "CUS-075", "CUS-076", "CUS-077", "CUS-078", "CUS-079", "CUS-080", "CUS-081", "CUS-082",
    "CUS-083",
)  # fmt: skip
def test_the_kpi_counts_papers_of_the_period(shop: Shop, add: Add) -> None:
    reader = shop.world.user(
        shop.tenant, "customer.read", "customer.view_all", "customer.kpi", "bazaar.read", name="Vũ Thu Hương"
    )
    client, second = shop.world.client(reader), timedelta(seconds=1)

    def page(**args: str) -> str:
        answer = client.get(KPI, query_string=args)
        assert answer.status_code == 200
        return str(answer.text)

    def opened(text: str, label: str) -> str:
        """The number of the list behind the row, which shall be the row's own."""
        found = re.search(rf'class="strong">{label}</p>.*?tile-value"><a href="([^"]+)"', text, re.DOTALL)
        assert found, label
        listed = client.get(found[1].replace("&amp;", "&")).text
        assert 'id="ignored"' not in listed
        total = re.search(r'id="total">.*?class="count">([^<]+)<', listed, re.DOTALL)
        return total[1] if total else ""

    assert number_of(page(), "Orders per buying customer") == "—", "nobody bought"
    once, often, gone = (shop.customer(name=name) for name in ("Một Lần", "Nhiều Lần", "Hủy"))
    start, end = month_begins(), begins(-1) - second
    for at in (start, end, start - second):
        add("order", often, at=at)
    add("order", once, at=start, seller=shop.colleague)
    add("order", gone, is_cancelled=True)
    for number, more in enumerate(
        ({"seconds": 30}, {"seconds": 0}, {"seconds": 30, "is_incoming": True}, {"seconds": 5, "at": start - second})
    ):
        add("call", once, name=f"Gọi {number}", **more)
    for kind in ("stock_out", "stock_out", "stock_in"):
        add(kind, once)
    month_end = (local_today().replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    ends: list[date | None] = [month_end, local_today().replace(day=1), month_end + timedelta(days=1), None]
    for number, day in enumerate(ends):
        add("contract", often if number else once, ends_on=day, is_renewal=bool(number))
    add("contract", gone, ends_on=month_end, is_cancelled=True, is_renewal=True)

    text = page()
    expected = {
        "Bazaar calls": "1", "Bazaar orders": "3", "Bazaar contracts": "4", "Bazaar stock out": "2", "Bazaar stock in": "1",
        "Bazaar renewals": "3", "Bazaar renewing": "1", "Bazaar expired": "2", "Bought once": "1",
        "Bought several times": "1",
    }  # fmt: skip
    assert {label: number_of(text, label) for label in expected} == expected
    assert {label: opened(text, label) for label in expected} == expected
    assert number_of(text, "Orders per buying customer") == "1.5"
    assert re.search(r"\d\. By contract", text)
    theirs = page(**{"f.who": str(shop.colleague.id)})
    assert (number_of(theirs, "Bazaar orders"), number_of(theirs, "Orders per buying customer")) == ("1", "1")
    assert (number_of(theirs, "Bought once"), number_of(theirs, "Bought several times")) == ("1", "0")
    assert opened(theirs, "Bought once") == "1"
    last = page(period="last_month")
    assert (number_of(last, "Bazaar orders"), number_of(last, "Bazaar calls")) == ("1", "1")
    assert (
        client.get("/customer/customers/?f.bazaar_bought.period=this_month&f.bazaar_bought.times=never").status_code
        == 200
    )


@pytest.mark.engine("sqlite")
@pytest.mark.req("TIE-01", "TIE-07", "TIE-08", "TIE-14")
def test_tiers_follow_from_all_contracts_or_payments_of_all_time(shop: Shop, add: Add) -> None:
    from addons.customer.api import update_tiers_of
    from tests.addons.customer.test_tiers import ladder, settings, tier_names

    admin = shop.world.user(
        shop.tenant, "customer.read", "customer.manage_tiers", "customer.change_tier", name="Phạm Thu Hà"
    )
    ladder(shop, admin)  # Bạc from 100, Vàng from 500, Thân thiết from 3 contracts
    names = {name: shop.customer(name=name) for name in ("Nợ", "Hủy", "Chưa Duyệt", "Không Nợ", "Trả", "Hoàn")}
    settings(shop, automatic=True)
    long_ago = now() - timedelta(days=4_000)
    add("contract", names["Nợ"], amount=60, at=long_ago)
    add("contract", names["Nợ"], amount=440)  # together 500, unpaid; the boundary is the higher tier's
    add("contract", names["Hủy"], amount=900, is_cancelled=True)
    add("contract", names["Chưa Duyệt"], amount=900, is_approved=False)
    add("contract", names["Không Nợ"], amount=900, counts_debt=False)
    for amount, at in ((70, long_ago), (30, now())):
        add("payment", names["Trả"], amount=amount, at=at)
    for amount in (150, -60):
        add("payment", names["Hoàn"], amount=amount)

    def placed() -> dict[str, str | None]:
        with shop.world.session(shop.tenant, shop.colleague) as session:
            update_tiers_of(session, list(names.values()))
        return {name: tier for name, tier in tier_names(shop).items() if tier}

    assert placed() == {"Nợ": "Vàng"}
    settings(shop, basis="payment", may_fall=True)
    assert placed() == {"Trả": "Bạc"}
