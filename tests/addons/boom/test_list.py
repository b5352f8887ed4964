"""The boom list: numbers that events keep, levels, the switch, the warning beside an order's number."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import create_engine, event, make_url, select

from core.jobs.execution import run_due_jobs
from tests.addons.boom.conftest import Shop

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
CASES = {  # phone → (returns, deliveries)
    "0901000001": (3, 12), "0901000002": (3, 13), "0901000003": (3, 6), "0901000004": (3, 4), "0901000005": (3, 3),
    "0901000006": (2, 2),
}  # fmt: skip


def send(shop: Shop, customer_id: UUID, *states: str, by: Any = None) -> UUID:
    """An order of the customer, whose parcel went through these states; its id."""
    from addons.order.models import Order
    from addons.order.services import create_order, move_order
    from addons.shipping.services import create_shipment, enter_event

    with shop.world.session(shop.tenant) as session:
        line = {"name": "Hàng", "quantity": Decimal(1), "price": 100_000}
        order = create_order(session, customer_id=customer_id, seller_id=shop.seller.id, lines=[line])  # type: ignore[list-item]
        move_order(session, order, "confirm")
        parcel = create_shipment(session, order, carrier="own")
        for number, state in enumerate(states):
            enter_event(
                session, parcel, state=state, at=BEGIN + timedelta(minutes=number), cause="refused", reason="Không nhận"
            )
        return session.scalars(select(Order.id).where(Order.id == order.id)).one()


def seed(shop: Shop) -> dict[str, UUID]:
    """Customers with the numbers of CASES."""
    made = {}
    for phone, (returns, deliveries) in CASES.items():
        id = made[phone] = shop.customer(phone, f"Khách {returns} trên {deliveries}")
        for number in range(deliveries):
            send(shop, id, "returned" if number < returns else "delivered")
    return made


def numbers(shop: Shop) -> dict[UUID, tuple[int, ...]]:
    """What is stored."""
    from addons.boom.models import BoomCustomer

    with shop.world.session(shop.tenant) as session:
        return {
            each.customer_id: (each.deliveries, each.returns, each.refused, each.level)
            for each in session.scalars(select(BoomCustomer))
        }


def rows_of(page: str) -> list[str]:
    return re.findall(r"Khách \d+ trên \d+(?=</a>)", page)


@pytest.mark.req("BOO-01", "BOO-02", "BOO-03", "BOO-04", "BOO-05", "BOO-08", "BOO-09", "BOO-10", "BOO-11")
@pytest.mark.engine("sqlite")
def test_the_list_shows_who_reaches_both_conditions_by_rate(open_shop: Any) -> None:
    shop = open_shop("Hải Đăng")
    made = seed(shop)
    nobody = shop.customer("0909999999", "Khách 0 trên 0")
    client = shop.world.client(shop.seller)
    page = client.get("/boom/customers/").text
    assert rows_of(page) == ["Khách 3 trên 3", "Khách 3 trên 4", "Khách 3 trên 6", "Khách 3 trên 12"]
    for level, names in (("high", 2), ("medium", 1), ("low", 1)):
        assert len(rows_of(client.get(f"/boom/customers/?tab={level}").text)) == names
    assert rows_of(client.get("/boom/customers/?sort=rate").text)[0] == "Khách 3 trên 12"
    assert rows_of(client.get("/boom/customers/?f.text=0901000003").text) == ["Khách 3 trên 6"]
    assert rows_of(client.get("/boom/customers/?f.text=khach 3 tren 4").text) == ["Khách 3 trên 4"]
    for words in (
        "High risk",
        "Medium risk",
        "Low risk",
        "Boom customer warning",
        "Refresh order count",
        "Report bad customer",
    ):
        assert words in page
    menu = client.get("/").text
    assert "Partner management" in menu
    assert numbers(shop)[made["0901000002"]] == (13, 3, 3, 0)
    assert nobody not in numbers(shop)

    row = re.search(r'/boom/customers/([0-9a-f-]{36})"', page)
    assert row
    returns = client.get(f"/boom/customers/{row[1]}?tab=returns").text
    assert returns.count("Không nhận") == 3
    assert "DH" in returns
    assert "100.000" in returns
    assert "Customer refused it" in returns
    sure = client.get(f"/boom/customers/{row[1]}?tab=band").text
    assert "Wilson" in sure
    assert "43,8 %" in sure  # 3 of 3 is surely more than that

    # one more delivery that arrives: 3 of 13 leaves the list (BOO-29)
    send(shop, made["0901000001"], "delivered")
    assert "Khách 3 trên 12" not in rows_of(client.get("/boom/customers/").text)
    reader = shop.world.user(shop.tenant, "customer.read")
    assert shop.world.client(reader).get("/boom/customers/").status_code == 403


@pytest.mark.req("BOO-12", "BOO-13", "BOO-14", "BOO-15", "BOO-16", "BOO-17")
@pytest.mark.engine("sqlite")
def test_the_state_is_the_customers_own_and_hides_him_from_the_entry_of_orders(open_shop: Any) -> None:
    shop = open_shop("Hải Đăng")
    made = {phone: shop.customer(phone, f"Khách {phone}") for phone in ("0901000004", "0901000005")}
    for id in made.values():
        for _order in range(3):
            send(shop, id, "returned")
    from addons.boom.models import BoomCustomer
    from addons.customer.models import Customer

    with shop.world.session(shop.tenant) as session:
        ids = {each.customer_id: each.id for each in session.scalars(select(BoomCustomer))}

    def states() -> list[bool]:
        with shop.world.session(shop.tenant) as session:
            return [session.need(Customer, id).is_active for id in made.values()]

    entry = shop.world.user(
        shop.tenant, "order.read", "order.create", "customer.read", "customer.view_all", "boom.read"
    )
    typing = shop.world.client(entry)
    assert "Khách 0901000004" in typing.get("/order/entry/buyer?phone=090100").text
    client = shop.world.client(shop.seller)
    assert client.post(f"/boom/customers/{ids[made['0901000004']]}/switch").status_code == 303
    assert states() == [False, True]
    switches = re.findall(r'role="switch"[^>]*', client.get("/boom/customers/").text)
    assert sorted(" checked" in each for each in switches) == [False, True]
    assert "Khách 0901000004" in client.get("/customer/customers/?f.active=no").text
    assert "Khách 0901000004" not in typing.get("/order/entry/buyer?phone=090100").text
    warned = typing.get("/order/entry/buyer?phone=0901000004").text  # hidden, and warned of all the same
    assert "High risk" in warned
    assert client.post(f"/customer/customers/{made['0901000004']}/active").status_code == 303
    assert states() == [True, True]

    one = client.post(
        "/boom/customers/bulk", data={"action": "deactivate", "ids": str(ids[made["0901000005"]]), "confirmed": "1"}
    )
    assert one.status_code in {200, 303}, one.text
    assert states() == [True, False]
    everybody = client.post(
        "/boom/customers/bulk?tab=high", data={"action": "deactivate", "all": "1", "confirmed": "1"}
    )
    assert everybody.status_code in {200, 303}, everybody.text
    assert states() == [False, False]
    reader = shop.world.client(shop.world.user(shop.tenant, "boom.read", "customer.read", "customer.view_all"))
    assert reader.post(f"/boom/customers/{ids[made['0901000004']]}/switch").status_code == 403


@pytest.mark.req("BOO-18", "BOO-19", "BOO-28", "BOO-30")
def test_a_typed_number_warns_by_own_and_network_rates_side_by_side(open_shop: Any) -> None:
    one, two = open_shop("Hải Đăng"), open_shop("Sao Mai")
    one.accept()
    two.accept()
    here = one.customer("0169 123 4567", "Trần Văn Bom")
    for state in ("returned", "returned", "returned", "delivered"):
        order = send(one, here, state)
    first = send(one, here, "returned")
    assert numbers(one)[here] == (5, 4, 4, 3)
    one.report_id(here, first, content="Boom ba lần")
    with one.world.app.app_context():
        run_due_jobs()
    seller = two.world.client(two.world.user(two.tenant, "order.read", "order.create", "customer.read", "boom.read"))

    assert "risk" not in seller.get("/order/entry/buyer?phone=039123456").text  # nine digits are no number
    for typed in ("0391234567", "+84 39 123 4567", "0169.123.4567"):  # nobody here has it, the network knows it
        warned = seller.get("/order/entry/buyer", query_string={"phone": typed}).text
        assert "all shops: 80 % came back (4/5)" in warned, typed
        assert "1 bad report" in warned
        assert "own shop" not in warned
    popup = seller.get("/boom/phone?phone=0391234567").text
    assert "Hải Đăng" in popup
    assert "Boom ba lần" in popup
    assert "80 %" in popup
    assert "4 / 5" in popup
    mine = one.world.client(one.world.user(one.tenant, "order.read", "order.create", "customer.read", "boom.read"))
    both = mine.get("/order/entry/buyer?phone=0391234567").text  # a colleague's customer, whom he may not see
    assert "High risk" in both
    assert "own shop: 80 %" in both
    assert "all shops: 80 %" in both
    assert seller.get("/boom/phone?phone=123").status_code == 422
    without = two.world.client(two.world.user(two.tenant, "order.read", "order.create", "customer.read"))
    assert "came back" not in without.get("/order/entry/buyer?phone=0391234567").text
    assert order

    # the basis is the own shop's numbers until the settings say otherwise
    there = two.customer("0391234567", "Khách mới")
    send(two, there, "delivered")
    assert numbers(two)[there] == (1, 0, 0, 0)
    chosen = two.world.client(two.owner).post("/settings/boom", data={"report_months": "12", "basis": "network"})
    assert chosen.status_code == 303, chosen.text
    with two.world.app.app_context():
        run_due_jobs()
    assert numbers(two)[there] == (1, 0, 0, 2)  # 4 of 6 in the network
    assert two.world.client(two.owner).post("/boom/network/withdraw").status_code == 303
    refreshed = two.world.client(two.seller).post(f"/boom/of-customer/{there}/refresh")
    assert refreshed.status_code == 303
    assert numbers(two)[there] == (1, 0, 0, 0)


@pytest.mark.req("BOO-27")
@pytest.mark.engine("sqlite")
def test_the_list_is_exported_without_the_reports_of_others_and_that_is_logged(open_shop: Any) -> None:
    from core.audit.models import AuditEntry

    shop = open_shop("Hải Đăng")
    id = shop.customer("0901000005", "Khách 3 trên 3")
    for _order in range(3):
        send(shop, id, "returned")
    shop.report_id(id, content="Không cho ra ngoài")
    allowed = shop.world.user(shop.tenant, "boom.read", "boom.export", "customer.read", "customer.view_all")
    client = shop.world.client(allowed)
    sent = {"export": "1", "columns": ["name", "phone", "level", "rate", "returns", "deliveries"]}
    answer = client.post("/boom/customers/export", data=sent)
    assert answer.status_code == 200, answer.text[:300]
    rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.data)).active.iter_rows()]
    assert "Khách 3 trên 3" in str(rows)
    assert "Không cho ra ngoài" not in str(rows)
    with shop.world.session(shop.tenant) as session:
        assert session.scalars(select(AuditEntry.entity).where(AuditEntry.action == "export")).all()
    assert shop.world.client(shop.seller).post("/boom/customers/export", data=sent).status_code == 403


@pytest.mark.req("BOO-20", "BOO-21", "BOO-22")
@pytest.mark.engine("sqlite")
def test_refreshing_counts_from_orders_and_says_when(open_shop: Any) -> None:
    from addons.boom.models import BoomCustomer

    shop = open_shop("Hải Đăng")
    id = shop.customer("0901000005", "Khách 3 trên 3")
    for _order in range(3):
        send(shop, id, "returned")
    with shop.world.session(shop.tenant) as session:
        row = session.scalars(select(BoomCustomer)).one()
        row.returns, row.deliveries, row.level, row_id = 9, 9, 3, row.id
    client = shop.world.client(shop.seller)
    assert client.post(f"/boom/customers/{row_id}/refresh").status_code == 303
    assert "3 of 3 came back, counted just now" in client.get("/boom/customers/").text
    assert numbers(shop)[id] == (3, 3, 3, 3)
    assert "Counted:" in client.get(f"/boom/of-customer/{id}/returns").text
    from core.jobs import enqueue

    with shop.world.session(shop.tenant) as session:
        session.scalars(select(BoomCustomer)).one().returns = 9
        enqueue(session, "boom.recount")
    with shop.world.app.app_context():
        run_due_jobs()
    assert numbers(shop)[id] == (3, 3, 3, 3)  # the night says the same


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "order",
                "event",
                "event",
                "event",
                "parcel",
                "cause",
                "cancel",
                "delete",
                "restore",
                "phone",
                "merge",
                "undo",
                "gone",
                "back",
            ]
        ),
        st.integers(0, 5),
        st.integers(0, 9),
    ),
    max_size=14,
)


@pytest.mark.req("BOO-29", "BOO-03")
@pytest.mark.engine("sqlite")
@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_any_sequence_of_events_leaves_what_counting_from_scratch_finds(
    open_shop: Any, steps: list[tuple[str, int, int]]
) -> None:
    shop = _shop_of_examples(open_shop)
    customers = [shop.customer(f"09120000{n:02d}", f"Khách {n}") for n in (1, 2)]
    states = (
        "picked_up",
        "delivering",
        "failed",
        "returning",
        "returned",
        "delivered",
        "partly",
        "lost",
        "cancelled",
        "created",
    )
    orders: list[UUID] = []
    for what, which, how in steps:
        _take(shop, what, customers, orders, which, states[how])
        expected = _from_scratch(shop, customers)
        assert {id: each[:3] for id, each in numbers(shop).items() if id in customers} == expected, what
    stored = numbers(shop)
    with shop.world.session(shop.tenant) as session:
        from addons.boom.models import NetworkTally
        from addons.boom.phone_key import phone_key
        from addons.customer.models import Customer

        told = {}
        for customer in session.scalars(select(Customer).where(Customer.id.in_(customers))):
            counted = stored.get(customer.id, (0, 0))
            for phone in {customer.phone, customer.phone2} - {None}:
                before = told.get(phone, (0, 0))
                told[phone] = (before[0] + counted[0], before[1] + counted[1])
        tallies = {each.phone_key: (each.deliveries, each.returns) for each in session.scalars(select(NetworkTally))}
        assert tallies == {phone_key(phone): sums for phone, sums in told.items() if sums[0]}
        for each in session.scalars(select(NetworkTally)):
            session.delete(each)


_shops: dict[int, Shop] = {}


def _shop_of_examples(open_shop: Any) -> Shop:
    """One business for all examples: each has customers of its own."""
    if id(open_shop) not in _shops:
        _shops.clear()
        _shops[id(open_shop)] = open_shop("Hải Đăng")
        _shops[id(open_shop)].accept()
    shop = _shops[id(open_shop)]
    with shop.world.session(shop.tenant) as session:
        from addons.customer.models import Customer

        for customer in session.scalars(select(Customer)):
            customer.phone = customer.phone2 = None  # the numbers of the example before
    return shop


def _take(shop: Shop, what: str, customers: list[UUID], orders: list[UUID], which: int, state: str) -> None:
    """A step, if it is possible now."""
    from addons.customer.merging.services import merge_customers
    from addons.customer.merging.undoing import undo_merge
    from addons.customer.models import Customer, CustomerMerge
    from addons.order.models import Order
    from addons.order.services import move_order
    from addons.shipping.models import Shipment
    from addons.shipping.services import create_shipment, enter_event, judge_cause
    from core.db.session import with_deleted
    from core.errors import DomainError

    try:
        if what == "order":
            orders.append(send(shop, customers[which % 2], state))
            return
        with shop.world.session(shop.tenant) as session, with_deleted(session) as reader:
            order = reader.find(Order, orders[which % len(orders)]) if orders else None
            parcels = reader.scalars(select(Shipment).where(Shipment.order_id == (order.id if order else None))).all()
            customer = reader.find(Customer, customers[which % 2])
            match what:
                case "event" if parcels:
                    enter_event(reader, parcels[-1], state=state, at=BEGIN + timedelta(minutes=which))
                case "parcel" if order:
                    create_shipment(reader, order, carrier="own")
                case "cause" if parcels:
                    judge_cause(reader, parcels[0], cause="shop")
                case "cancel" if order:
                    move_order(reader, order, "cancel", reason="Thử")
                case "delete" if order and order.deleted_at is None:
                    reader.delete(order)
                case "restore" if order and order.deleted_at is not None:
                    reader.restore(order)
                case "phone" if customer:
                    customer.phone = f"+8493300000{which}"
                case "gone" if customer and customer.deleted_at is None:
                    reader.delete(customer)
                case "back" if customer and customer.deleted_at is not None:
                    reader.restore(customer)
                case "merge":
                    merge_customers(session, *customers[:: 1 if which % 2 else -1])
                case "undo" if merges := session.scalars(select(CustomerMerge).order_by(CustomerMerge.id.desc())).all():
                    undo_merge(session, merges[0])
    except DomainError:
        pass


def _from_scratch(shop: Shop, customers: list[UUID]) -> dict[UUID, tuple[int, int, int]]:
    """(deliveries, returns, refused) of each customer, counted here by other means: plain rows and the words of BOO-03."""
    from addons.customer.models import Customer
    from addons.order.models import Order
    from addons.shipping.models import Shipment

    found: dict[UUID, list[int]] = {}
    with shop.world.session(shop.tenant) as session:
        alive = set(session.scalars(select(Customer.id)))
        for order in session.scalars(select(Order)):
            last = None
            for parcel in session.scalars(
                select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.created_at, Shipment.id)
            ):
                if parcel.was_handed_over and parcel.state != "lost":
                    last = parcel
            if last is not None and order.customer_id in alive and order.customer_id in customers:
                sums = found.setdefault(order.customer_id, [0, 0, 0])
                came_back = last.state == "returned"
                sums[0] += 1
                sums[1] += came_back
                sums[2] += came_back and (last.cause_by_hand or last.cause) == "refused"
    return {id: (sums[0], sums[1], sums[2]) for id, sums in found.items()}


@pytest.mark.req("BOO-18")
@pytest.mark.engine("postgresql")
def test_a_warning_looks_a_number_up_in_indexes(open_shop: Any, database: Any) -> None:
    """The plan that 20,000 customers get: two numbers' indexes and the key of the boom customer, whatever else there is."""
    from addons.boom.counting import count_of_phone
    from addons.boom.models import BoomCustomer
    from addons.customer.models import Customer

    shop = open_shop("Hải Đăng")
    id = shop.customer("0912345678")
    send(shop, id, "returned")
    owner = create_engine(make_url(database.owner_url).set(drivername="postgresql+psycopg"))
    other = {
        "id": "md5(n::text)::uuid",
        "code": "'X' || n",
        "phone": "'+849' || lpad(n::text, 8, '0')",
        "customer_id": "md5(n::text)::uuid",
    }
    with owner.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL banyan.tenant = '{shop.tenant.id}'")
        for table in (Customer.__table__, BoomCustomer.__table__):
            names = [column.name for column in table.columns]
            values = ", ".join(other.get(name, f'"{name}"') for name in names)
            listed = ", ".join(f'"{name}"' for name in names)
            one = f"(SELECT * FROM {table.name} LIMIT 1) AS one, generate_series(1, 20000) AS n"
            connection.exec_driver_sql(
                f"INSERT INTO {table.name} ({listed}) SELECT {values} FROM {one}".replace("%", "%%")
            )
            connection.exec_driver_sql(f"ANALYZE {table.name}")
    owner.dispose()
    asked: list[tuple[str, Any]] = []
    with shop.world.session(shop.tenant) as session:
        connection = session.connection()

        def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        assert count_of_phone(session, "+84912345678").returns == 1
        event.remove(connection, "before_cursor_execute", note)
        ((statement, parameters),) = asked
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))
    assert "ix_customer_tenant_id_phone_id" in plan, plan
    assert "ix_customer_tenant_id_phone2_id" in plan, plan
    assert "uq_boom_customer" in plan, plan
    assert "Seq Scan" not in plan, plan
