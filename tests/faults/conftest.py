"""A business, jobs that leave countable effects, and processes that run them until they are killed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.db.actor import Actor
from core.db.session import read_only
from core.jobs import Job, enqueue
from core.kernel import current_session
from core.testing.databases import AddonSet

HERE = Path(__file__).parent


@pytest.fixture
def addons():
    return AddonSet(("endure",), (HERE / "root",))


@pytest.fixture
def script() -> Callable[[str], str]:
    """The path of a script of this folder."""
    return lambda name: str(HERE / name)


@pytest.fixture
def ask(world, tenant) -> Callable[..., UUID]:
    """``ask(to=30)`` enqueues a count and commits; the job's id."""

    def enqueue_one(**arguments: Any) -> UUID:
        with world.session(tenant) as session:
            return enqueue(session, "endure.count_up", **arguments).id

    return enqueue_one


@pytest.fixture
def read(app, tenant) -> Callable[..., Any]:
    """``read(query)``: all of it as the tenant's system, without SQLite's write lock, which a runner holds mostly."""

    def fetch(query: Any) -> Any:
        token = read_only.set(True)
        try:
            with app.app_context():
                current_session().become(Actor.system(tenant.id))
                return current_session().execute(query).all()
        finally:
            read_only.reset(token)

    return fetch


@pytest.fixture
def look(read) -> Callable[[UUID], Job]:
    """The job's row as it stands."""
    return lambda id: read(select(Job).where(Job.id == id))[0][0]


@pytest.fixture
def effects(read) -> Callable[[UUID], list[int]]:
    """The numbers that a job has written, in order, each as often as it was written."""
    from addons.endure.models import Effect

    return lambda id: [n for (n,) in read(select(Effect.number).where(Effect.job_id == id).order_by(Effect.number))]
