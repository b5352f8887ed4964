"""``python -m bench.bulk``: the list's bulk actions over all customers of a business, each as the job that it is in production.

Prints CPU seconds of the process and seconds on the clock (which include PostgreSQL's own work). To reach: 60 s for 50,000.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from addons.customer.models import Customer, CustomerGroup, CustomerGroupMember, CustomerRelationship, CustomerSource
from addons.customer.services import create_customer
from bench.servers import BenchPostgres
from core.app import create_app
from core.db import uuid7
from core.jobs import enqueue
from core.jobs.execution import run_due_jobs
from core.jobs.models import Job
from core.testing.databases import AddonSet, Database, PostgresEngine, SqliteEngine
from core.testing.world import World, build_schema, make_config

ADDONS = AddonSet(("customer",))
BATCH = 500


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.bulk", description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--postgres", help="a superuser's address of a server to use instead of an own one")
    parser.add_argument("--only", nargs="*", help="keys of the actions")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="banyan-bulk-") as folder, _database(given, Path(folder)) as database:
        build_schema(database, ADDONS, Path(folder))
        app = create_app(make_config(database, ADDONS, Path(folder)))
        world = World(app)
        tenant, manager, heirs = _settle(world, given.rows)
        print(f"{given.engine}, {given.rows:,} customers\n| action | CPU, s | clock, s | result |\n|---|---:|---:|---|")
        for key, values in _actions(world, tenant, heirs):
            if not given.only or key in given.only:
                _run(world, tenant, manager, key, values)


@contextmanager
def _database(given: argparse.Namespace, folder: Path) -> Iterator[Database]:
    if given.engine == "sqlite":
        yield SqliteEngine(folder).create("bulk")
        return
    server = None if given.postgres else BenchPostgres()
    if server is not None:
        server.start()
    engine = PostgresEngine(given.postgres or server.url, prefix="bench_")  # type: ignore[union-attr]
    engine.ensure_roles()
    engine.drop(engine.describe("bulk"))
    database = engine.create("bulk")
    try:
        yield database
    finally:
        engine.drop(database)
        if server is not None:
            server.stop()


def _settle(world: World, rows: int) -> tuple[Any, Any, list[Any]]:
    """A business with ``rows`` customers, copies of one that the service made."""
    tenant = world.tenant("bulk")
    manager = world.user(tenant, groups=("customer.customer_admin",), name="Trần Thị Thu Hà")
    heirs = [world.user(tenant, groups=("customer.salesperson",), name=f"Nhân viên {number}") for number in range(3)]
    with world.session(tenant, manager) as session:
        first = create_customer(
            session,
            name="Nguyễn Văn Đầu",
            phone="0901234567",
            source_id=session.scalars(select(CustomerSource.id)).first(),
            relationship_id=session.scalars(select(CustomerRelationship.id)).first(),
            group_ids=[session.scalars(select(CustomerGroup.id)).first()],
        )
        ids = [uuid7() for _number in range(rows - 1)]
        _copy(session, Customer, Customer.id == first.id, [{"id": id, "code": f"X{at}"} for at, id in enumerate(ids)])
        member = CustomerGroupMember.customer_id == first.id
        _copy(session, CustomerGroupMember, member, [{"id": uuid7(), "customer_id": id} for id in ids])
    return tenant, manager, heirs


def _copy(session: Any, model: Any, of: Any, changes: list[dict[str, Any]]) -> None:
    row = dict(session.execute(select(*model.__table__.columns).where(of)).mappings().one())
    for start in range(0, len(changes), BATCH):
        batch = [{**row, **each} for each in changes[start : start + BATCH]]
        session.connection().execute(insert(model.__table__), batch)


def _actions(world: World, tenant: Any, heirs: list[Any]) -> list[tuple[str, dict[str, list[str]]]]:
    with world.session(tenant) as session:
        relationships = list(session.scalars(select(CustomerRelationship.id).order_by(CustomerRelationship.position)))
        groups = list(session.scalars(select(CustomerGroup.id).order_by(CustomerGroup.position)))
    people = [f"user:{each.id}" for each in heirs]
    return [
        ("relationship", {"relationship_id": [str(relationships[-1])]}),
        ("groups", {"option": ["add"], "group_ids": [str(groups[-1])]}),
        ("share", {"option": ["add"], "people": people}),
        ("owner", {"people": people, "split": ["y"]}),
        ("delete", {}),
    ]


def _run(world: World, tenant: Any, manager: Any, key: str, values: dict[str, list[str]]) -> None:
    with world.session(tenant, manager) as session:
        sent = {"resource": "customer.customers", "action": key, "query": "", "values": values}
        id: UUID = enqueue(session, "core.run_bulk_action", until=str(uuid7()), ids=None, **sent).id
    cpu, clock = time.process_time(), time.perf_counter()
    with world.app.app_context():
        run_due_jobs()
    cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
    with world.session(tenant) as session:
        job = session.need(Job, id)
        result = (job.result or {}).get("message") or f"{job.state} {job.error}"
    print(f"| {key} | {cpu:.1f} | {clock:.1f} | {result} |", flush=True)


if __name__ == "__main__":
    main()
