"""The customer KPI: whose right it is, what each row counts, and that every number opens exactly its records."""

from __future__ import annotations

import html
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.clock import ZONE, local_today, now
from core.testing.databases import AddonSet
from core.testing.queries import recorded_statements
from tests.addons.customer.conftest import Shop

KPI = "/customer/kpi"
MONEY = re.compile(r"(-?[\d.]+) ₫")


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("customer", "deals"), (Path(__file__).parent / "root",))


@dataclass
class Trade:
    """A business that sells: who reads the KPI, its sources, and ways to make records at a moment."""

    shop: Shop
    reader: Any
    sources: dict[str, UUID]

    def customer(self, name: str, source: str | None, at: datetime, by: Any = None) -> UUID:
        from addons.customer.models import Customer

        id = self.shop.customer(name=name, by=by)
        with self.shop.world.session(self.shop.tenant) as session:
            customer = session.need(Customer, id)
            customer.created_at, customer.source_id = at, self.sources[source] if source else None
        return id

    def deal(self, customer: UUID, amount: int, at: datetime, seller: Any = None, **more: Any) -> None:
        from addons.deals.models import Deal

        with self.shop.world.session(self.shop.tenant) as session:
            seller = (seller or self.shop.seller).id
            session.add(Deal(name="Bán", customer_id=customer, seller_id=seller, sold_at=at, amount=amount, **more))

    def exchange(self, customer: UUID, author: Any, at: datetime, **more: Any) -> None:
        from core.db import uuid7
        from core.discussion.models import Comment

        with self.shop.world.session(self.shop.tenant) as session:
            said = {"entity": "customer", "entity_id": customer, "author_id": author.id, "post_key": uuid7()}
            session.add(Comment(**said, body="Đã trao đổi.", created_at=at, **more))

    def page(self, user: Any = None, **args: str) -> str:
        answer = self.shop.world.client(user or self.reader).get(KPI, query_string=args)
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def trade(shop: Shop) -> Trade:
    from addons.customer.models import CustomerSource

    reader = shop.world.user(
        shop.tenant, "customer.read", "customer.view_all", "customer.kpi", "deals.read", name="Vũ Thu Hương"
    )
    with shop.world.session(shop.tenant) as session:
        sources = {name: id for id, name in session.execute(select(CustomerSource.id, CustomerSource.name))}
    return Trade(shop, reader, sources)


def begins(days_ago: int) -> datetime:
    return datetime.combine(local_today() - timedelta(days=days_ago), time.min, ZONE).astimezone(UTC)


def month_begins() -> datetime:
    return datetime.combine(local_today().replace(day=1), time.min, ZONE).astimezone(UTC)


def number_of(page: str, label: str) -> str:
    """The number of the row with this label."""
    found = re.search(rf'class="strong">{label}</p>.*?tile-value">(?:<a [^>]*>)?([^<]*)<', page, re.DOTALL)
    assert found, label
    return found[1]


def parts_of(page: str, label: str) -> dict[str, str]:
    """What stands under the row with this label."""
    after = page.split(f'class="strong">{label}</p>')[1]
    table = after.split("<table")[1].split("</table>")[0]
    found = re.findall(r'class="name">([^<]+)</td>.*?num amount">(?:<a [^>]*>)?([^<]+)<', table, re.DOTALL)
    return {html.unescape(name): number for name, number in found}


def links_of(page: str) -> list[tuple[str, str]]:
    """(address, number) of every cell that opens something."""
    found = re.findall(r'<a href="([^"]+)" aria-label="[^"]*: ([^"]+)">', page)
    return [(html.unescape(url), shown) for url, shown in found]


@pytest.mark.req("SYS-04", "CUS-064")
def test_only_with_the_right(trade: Trade) -> None:
    shop = trade.shop
    client = shop.world.client(shop.manager)
    assert client.get(KPI).status_code == 403
    assert client.get("/customer/start/numbers").status_code == 403
    for page in (client.get("/").text, client.get("/customer/").text):
        assert KPI not in page
        assert "/customer/start/numbers" not in page
    home = shop.world.client(trade.reader).get("/").text
    assert KPI in home
    assert "/customer/start/numbers" in home


@pytest.mark.req("CUS-065", "CUS-066", "CUS-072", "SYS-09")
def test_rows_count_whole_days_of_the_period_by_source_and_employee(trade: Trade) -> None:
    from core.access.models import Department, DepartmentMember

    shop, second = trade.shop, timedelta(seconds=1)
    start, end = month_begins(), begins(-1)
    first = trade.customer("Đầu", "Facebook", start)
    trade.customer("Cuối", "Zalo", end - second, by=shop.colleague)
    trade.customer("Trước", "Zalo", start - second)
    gone = trade.customer("Đã Xóa", "Zalo", start)
    trade.customer("Không Nguồn", None, start)
    for author, at in ((shop.seller, start), (shop.seller, start - second), (shop.colleague, end - second)):
        trade.exchange(first, author, at)
    trade.exchange(first, shop.seller, start, removed_at=now())
    trade.exchange(gone, shop.seller, start)
    with shop.world.session(shop.tenant) as session:
        from addons.customer.models import Customer

        session.delete(session.need(Customer, gone))
        department = Department(name="Kinh doanh Hà Nội")
        session.add(department)
        session.flush()
        session.add(DepartmentMember(department_id=department.id, user_id=shop.colleague.id))
        department_id = department.id

    page = trade.page()
    assert number_of(page, "New customers") == "3", "opens on the month of now"
    parts = {name: count for name, count in parts_of(page, "New customers").items() if count != "0"}
    assert parts == {"Facebook": "1", "Zalo": "1", "Without source": "1"}
    assert number_of(page, "Exchanges") == "2"
    assert number_of(trade.page(**{"f.who": str(shop.colleague.id)}), "New customers") == "1"
    theirs = trade.page(**{"f.who": f"department:{department_id}"})
    assert (number_of(theirs, "New customers"), number_of(theirs, "Exchanges")) == ("1", "1")
    mine = trade.page(**{"f.who": "me"})
    assert (number_of(mine, "New customers"), number_of(mine, "Exchanges")) == ("0", "0")
    day = f"{local_today():%d/%m/%Y}"
    assert number_of(trade.page(**{"from": day, "to": day}), "Exchanges") == "1"
    assert number_of(trade.page(period="last_month"), "New customers") == "1"
    for wrong in ({"from": "31/12/2026", "to": "01/01/2026"}, {"period": "some_day"}, {"f.who": "nobody at all"}):
        told = trade.page(**wrong)
        assert 'class="note' in told
        assert number_of(told, "New customers") == "3"


@pytest.mark.req("CUS-065", "CUS-067", "CUS-084", "SYS-06")
def test_every_number_opens_exactly_its_records(trade: Trade) -> None:
    shop, chance = trade.shop, random.Random(57)
    people, sources = (shop.seller, shop.colleague, shop.manager), [*list(trade.sources)[:3], None]
    customers = [
        trade.customer(
            f"Khách {number}", chance.choice(sources), begins(chance.randrange(40)), by=chance.choice(people)
        )
        for number in range(14)
    ]
    for _number in range(25):
        customer, who, at = chance.choice(customers), chance.choice(people), begins(chance.randrange(40))
        trade.deal(customer, chance.randrange(1, 9) * 1_000_000, at, who, is_cancelled=chance.random() < 0.2,
                   kind=chance.choice(("new", "renewal")))  # fmt: skip
        trade.exchange(chance.choice(customers), who, at)
    choices = [
        {"period": "this_month"}, {"from": f"{local_today() - timedelta(days=20):%d/%m/%Y}"},
        {"period": "last_month", "f.who": str(shop.seller.id)}, {"f.who": str(shop.colleague.id)},
    ]  # fmt: skip
    limited = shop.world.user(shop.tenant, "customer.read", "customer.kpi", "deals.read")
    seen = 0
    for user in (trade.reader, limited):
        client = shop.world.client(user)
        for choice in choices:
            for url, shown in set(links_of(trade.page(user, **choice))):
                listed = client.get(url).text
                assert 'id="ignored"' not in listed, url
                if money := MONEY.fullmatch(shown):
                    amounts = re.findall(r"<span>([\d.]+)</span></td>", listed.split("<tbody>")[1])
                    assert sum(int(each.replace(".", "")) for each in amounts) == int(money[1].replace(".", "")), url
                else:
                    total = re.search(r'id="total">.*?class="count">([^<]+)<', listed, re.DOTALL)
                    assert total and total[1] == shown, url
                seen += 1
    assert seen > 60


@pytest.mark.req("SYS-01", "CUS-065")
def test_rows_of_an_application_that_is_off_do_not_exist(trade: Trade) -> None:
    from core.tenancy.services import disable_addon

    shop = trade.shop
    lan = trade.customer("Lan", "Zalo", now())
    trade.deal(lan, 5_000_000, now())
    page = trade.page()
    assert number_of(page, "Deals") == "1"
    assert number_of(page, "Deals per buyer") == "1"
    assert "Conversion by source" in page
    assert "Revenue of deals" not in trade.page(shop.world.user(shop.tenant, "customer.read", "customer.kpi"))
    with shop.world.session(shop.tenant) as session:
        disable_addon(session, "deals")
    page = trade.page()
    for word in ("Deals", "Revenue", "Conversion by source", "Orders"):
        assert word not in page
    assert number_of(page, "New customers") == "1"
    assert number_of(page, "Exchanges") == "0"


@pytest.mark.req("CUS-084", "CUS-085")
def test_the_conversion_table_marks_the_best_sources(trade: Trade) -> None:
    today, before = now(), month_begins() - timedelta(days=3)
    old = trade.customer("Khách Cũ", "Giới thiệu", before)
    new = [trade.customer(f"Mới {number}", "Facebook", today) for number in range(3)]
    zalo = trade.customer("Zalo", "Zalo", today)
    trade.customer("Chưa Mua", "Website", today)
    for customer, amount in ((old, 9_000_000), (old, 1_000_001), (new[0], 2_000_000), (new[0], 3_000_000), (zalo, 1)):
        trade.deal(customer, amount, today)
    trade.deal(new[1], 50_000_000, today, is_cancelled=True)
    trade.deal(new[2], 50_000_000, before)

    page = trade.page()
    table = page.split("Conversion by source</caption>")[1].split("</table>")[0]
    rows = {}
    for row in re.findall(r"<tr><td.*?</tr>", table, re.DOTALL):
        cells = [
            re.sub(r"<progress.*?</progress>|<[^>]+>", " ", cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
        ]
        name, *numbers = [" ".join(html.unescape(cell).split()) for cell in cells]
        rows[name] = numbers

    assert rows == {
        "Giới thiệu Highest revenue": ["0", "0", "—", "2", "10.000.001 ₫", "10.000.001 ₫"],
        "Facebook": ["3", "1", "33.3 %", "2", "5.000.000 ₫", "5.000.000 ₫"],
        "Zalo Most effective": ["1", "1", "100 %", "1", "1 ₫", "1 ₫"],
        "Website": ["1", "0", "0 %", "0", "0 ₫", "—"],
    }
    assert next(iter(rows)).startswith("Giới thiệu"), "the most revenue first"
    assert number_of(trade.page(period="last_year"), "Deals per buyer") == "—"


@pytest.mark.req("CUS-065", "CUS-067")
def test_the_page_costs_the_same_whatever_it_shows(trade: Trade) -> None:
    shop = trade.shop
    client = shop.world.client(trade.reader)

    def cost() -> int:
        client.get(KPI)
        with recorded_statements() as statements:
            assert client.get(KPI).status_code == 200
        return len([each for each in statements if "SELECT" in str(each)])

    lan = trade.customer("Lan", "Zalo", now())
    trade.deal(lan, 1, now())
    trade.exchange(lan, shop.seller, now())
    few = cost()
    for number, source in enumerate(trade.sources):
        by = shop.world.user(shop.tenant, "customer.read", "customer.create")
        customer = trade.customer(f"Khách {number}", source, now(), by=by)
        trade.deal(customer, 1_000, now(), by)
        trade.exchange(customer, by, now())
    assert cost() == few
    assert few <= 30, few
    page = trade.page()
    assert "By employee" in page
    assert "The sum of the rows below." in page


@pytest.mark.req("CUS-064")
def test_ones_own_numbers_stand_on_the_start_page(trade: Trade) -> None:
    lan = trade.customer("Lan", "Zalo", now())
    trade.exchange(lan, trade.reader, now())
    trade.exchange(lan, trade.shop.seller, now())
    card = trade.shop.world.client(trade.reader).get("/customer/start/numbers").text
    values = re.findall(r'tile-label">([^<]+)</span><span class="tile-value">([^<]+)<', card)
    assert dict(values)["Exchanges"] == "1"
    assert dict(values)["New customers"] == "0"


@pytest.mark.req("SYS-10")
def test_the_numbers_leave_as_a_workbook_for_whoever_may_export(trade: Trade) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    from core.audit import AuditEntry

    shop = trade.shop
    lan = trade.customer("Lan", "Zalo", now())
    trade.deal(lan, 5_000_000, now())
    url = f"{KPI}/export?period=this_year&f.who={shop.seller.id}"
    assert "kpi/export" not in trade.page()
    assert shop.world.client(trade.reader).post(url).status_code == 403
    taker = shop.world.user(
        shop.tenant, "customer.read", "customer.view_all", "customer.kpi", "customer.export", "deals.read"
    )
    assert "kpi/export?period=this_year" in trade.page(taker, period="this_year")
    answer = shop.world.client(taker).post(url)
    assert "customer-kpi" in answer.headers["Content-Disposition"]
    rows = {row[:4]: row[4] for row in load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True)}
    assert rows["Customers", "New customers", None, None] == 1
    assert rows["Customers", "New customers", "Zalo", None] == 1
    assert rows["Revenue", "Revenue of deals", None, None] == 5_000_000
    assert rows["By employee", "Deals", None, shop.seller.name] == 1
    assert rows["Conversion by source", "Conversion rate, %", "Zalo", None] == 100
    with shop.world.session(shop.tenant) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
        assert entry.changes["filter"][1]["who"] == str(shop.seller.id)
