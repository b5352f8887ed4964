"""A business, somebody who asks for jobs, and a job that does what the test says."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.db import ids
from core.jobs import Job, enqueue
from core.jobs.execution import run_due_jobs
from core.testing.databases import AddonSet

PROBE_ROOT = Path(__file__).parent / "probe_root"


@pytest.fixture
def addons():
    return AddonSet(("jobprobe",), (PROBE_ROOT,))


@pytest.fixture(autouse=True)
def ids_of_this_test(monkeypatch):
    """Ids never go back in time, but these tests do: what one makes in the future must not date the next one's."""
    monkeypatch.setattr(ids, "_last", 0)


@pytest.fixture
def elsewhere() -> Callable[[Callable[[], Any]], Any]:
    """``elsewhere(function)`` calls it as another process would: a job's test may not share its context with a request."""

    def call(function: Callable[[], Any]) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(function).result()

    return call


@pytest.fixture
def user(world, tenant):
    return world.user(tenant, "jobprobe.look", name="Lê Thị Hoa")


@pytest.fixture
def ask(world, tenant, user) -> Callable[..., Any]:
    """``ask("jobprobe.count_up", to=30)`` enqueues as ``user`` and commits; the job's id."""

    def enqueue_one(name: str, by: Any = None, /, **arguments: Any) -> Any:
        with world.session(tenant, by or user) as session:
            return enqueue(session, name, **arguments).id

    return enqueue_one


@pytest.fixture
def scripted(app, ask) -> Callable[..., Any]:
    """``scripted(function)`` enqueues a job that calls ``function(run)``."""
    from addons.jobprobe.jobs import SCRIPTS

    def ask_for(script: Callable[..., Any], *, name: str = "jobprobe.scripted") -> Any:
        SCRIPTS["script"] = script
        return ask(name, script="script")

    return ask_for


@pytest.fixture
def run(app) -> Callable[[], int]:
    """Run everything that is due in this thread; how many starts that were."""

    def run_all() -> int:
        with app.app_context():
            return run_due_jobs()

    return run_all


@pytest.fixture
def job_of(world, tenant) -> Callable[[Any], Job]:
    """The job's row as it stands."""

    def read(id: Any) -> Job:
        with world.session(tenant) as session:
            return session.need(Job, id)

    return read


@pytest.fixture
def marks(world, tenant) -> Callable[[], list[int]]:
    """The numbers that jobs have written, in order, each as often as it was written."""
    from addons.jobprobe.models import Mark

    def read() -> list[int]:
        with world.session(tenant) as session:
            return list(session.scalars(select(Mark.number).order_by(Mark.number)))

    return read
