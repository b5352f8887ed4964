"""Many customers quickly: one is made by the service, PostgreSQL multiplies it, and only then builds the indexes.

Columns that are not named here are copied from the first customer, so a new field costs nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import select

from addons.customer.models import (
    Customer,
    CustomerGroup,
    CustomerGroupMember,
    CustomerRelationship,
    CustomerShare,
    CustomerSource,
)
from addons.customer.services import create_customer
from core.demo.names import FAMILY_NAMES, FEMALE_GIVEN_NAMES, FEMALE_MIDDLE_NAMES, MALE_GIVEN_NAMES, MALE_MIDDLE_NAMES
from core.testing.world import World
from core.text import fold, sort_key

NAMES = 5_000
EMPLOYEES = 40
OWN, SHARED = 20, 10
"""Of all customers, those that the salesperson may see."""

PROVINCES = ("Hà Nội", "Hải Phòng", "Đà Nẵng", "Cần Thơ", "Đồng Nai", "Lâm Đồng", "Thành phố Hồ Chí Minh")


@dataclass(frozen=True)
class Town:
    """A business: its tenant, who sees all and who sees few, cookies of both, and customers that both may see."""

    tenant: Any
    manager: Any
    seller: Any
    cookies: dict[str, str]
    few: list[UUID]
    rows: int


def settle(world: World, admin_url: str, rows: int) -> Town:
    """Make a business with ``rows`` customers. ``admin_url`` is a superuser's address of the same database."""
    tenant = world.tenant("bench")
    manager = world.user(tenant, groups=("customer.customer_admin",), name="Trần Thị Thu Hà")
    seller = world.user(tenant, groups=("customer.salesperson",), name="Lê Minh Quân")
    others = [world.user(tenant, name=f"Nhân viên {number}") for number in range(EMPLOYEES)]
    with world.session(tenant, manager) as session:
        first = create_customer(
            session,
            name="Nguyễn Văn Đầu",
            phone="0901234567",
            source_id=session.scalars(select(CustomerSource.id)).first(),
            relationship_id=session.scalars(select(CustomerRelationship.id)).first(),
            group_ids=[session.scalars(select(CustomerGroup.id)).first()],
        )
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # no foreign key is checked a million times
        _fill_names(connection)
        with _without_indexes(connection, "customer"), _without_indexes(connection, "customer_group_member"):
            _multiply(connection, first.id, rows, [each.id for each in others])
        few = _hand_over(connection, tenant.id, seller.id)
        connection.execute("UPDATE core_counter SET value = %s WHERE key LIKE 'customer%%'", [rows + 1])
        connection.execute("VACUUM ANALYZE")
    cookies = {name: "=".join(world.cookie(user)) for name, user in (("manager", manager), ("seller", seller))}
    return Town(tenant, manager, seller, cookies, few, rows)


def _fill_names(connection: psycopg.Connection) -> None:
    chance = random.Random(7)
    connection.execute("CREATE TEMP TABLE spelled (at integer PRIMARY KEY, name text, folded text, sorted text)")
    with connection.cursor().copy("COPY spelled FROM STDIN") as copy:
        for at in range(NAMES):
            is_male = at % 2
            middle, given = (
                (MALE_MIDDLE_NAMES, MALE_GIVEN_NAMES) if is_male else (FEMALE_MIDDLE_NAMES, FEMALE_GIVEN_NAMES)
            )
            name = " ".join(
                chance.choices(list(part), list(part.values()))[0] for part in (FAMILY_NAMES, middle, given)
            )
            copy.write_row((at, name, fold(name), sort_key(name, by="given")))


def _multiply(connection: psycopg.Connection, first: UUID, rows: int, owners: list[UUID]) -> None:
    number = "lpad((n + 1)::text, greatest(6, length((n + 1)::text)), '0')"
    phone = "(980000000 + n)::text"
    values = {
        "id": "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid",
        "code": f"'KH' || {number}",
        "name": "s.name",
        "name_key": "s.folded",
        "sort_name": "s.sorted",
        "search_text": f"s.folded || ' kh' || {number} || ' 0' || {phone} || ' 84' || {phone}",
        "phone": f"'+84' || {phone}",
        "phone_raw": f"'0' || {phone}",
        "owner_id": "(%(owners)s::uuid[])[1 + n %% cardinality(%(owners)s::uuid[])]",
        "province": "(%(provinces)s::text[])[1 + n %% cardinality(%(provinces)s::text[])]",
        "created_at": "f.created_at - make_interval(secs => %(rows)s - n)",
        "updated_at": "f.updated_at - make_interval(secs => %(rows)s - n)",
        "last_contact_at": "CASE WHEN n %% 3 > 0 THEN f.created_at - make_interval(mins => n %% 500000) END",
    }
    given = {"first": first, "rows": rows, "owners": owners, "provinces": list(PROVINCES)}
    connection.execute(
        _insert(Customer.__table__, values)
        + sql.SQL(
            " FROM customer f, generate_series(1, %(rows)s) n"
            " JOIN spelled s ON s.at = (n::bigint * 7919) %% {} WHERE f.id = %(first)s"
        ).format(sql.Literal(NAMES)),
        given,
    )
    member = {
        "id": "('01900001-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid",
        "customer_id": "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid",
    }
    source = " FROM customer_group_member f, generate_series(1, %(rows)s) n WHERE f.customer_id = %(first)s"
    connection.execute(_insert(CustomerGroupMember.__table__, member) + sql.SQL(source), given)


def _insert(table: Any, values: dict[str, str]) -> sql.Composed:
    """INSERT … SELECT of all columns: those in ``values`` from their expressions, the others from the first row ``f``."""
    columns = [column.name for column in table.columns]
    picked = [
        sql.SQL(values[name]) if name in values else sql.SQL("f.{}").format(sql.Identifier(name)) for name in columns
    ]
    return sql.SQL("INSERT INTO {} ({}) SELECT {}").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join(picked)
    )


@contextmanager
def _without_indexes(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """Build the table's indexes once, at the end; those of constraints stay."""
    query = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)"
    )
    found = connection.execute(query, [table, table]).fetchall()
    for name, _ in found:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for _, definition in found:
        connection.execute(definition)


def _hand_over(connection: psycopg.Connection, tenant_id: UUID, seller_id: UUID) -> list[UUID]:
    """Give the salesperson his customers, spread over all of them; their ids."""
    query = "SELECT id FROM customer TABLESAMPLE SYSTEM (100) ORDER BY md5(id::text) LIMIT %s"
    ids = [id for (id,) in connection.execute(query, [OWN + SHARED])]
    connection.execute("UPDATE customer SET owner_id = %s WHERE id = ANY(%s)", [seller_id, ids[:OWN]])
    values = {name: sql.SQL("now()") for name in ("created_at", "updated_at")}
    given = {"tenant_id": tenant_id, "user_id": seller_id, "boxes": "[]"}
    names = [column.name for column in CustomerShare.__table__.columns]
    for customer_id in ids[OWN:]:
        row = {**given, "customer_id": customer_id}
        picked = [
            values.get(name)
            or (sql.SQL("gen_random_uuid()") if name == "id" else sql.Literal(row[name]) if name in row else sql.NULL)
            for name in names
        ]
        statement = sql.SQL("INSERT INTO customer_share ({}) VALUES ({})")
        connection.execute(statement.format(sql.SQL(", ").join(map(sql.Identifier, names)), sql.SQL(", ").join(picked)))
    return ids
