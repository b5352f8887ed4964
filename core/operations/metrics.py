"""Figures for Prometheus. Those of requests are each process's own and summed up; those of jobs and sessions are asked of
the database when they are read.

With several processes they meet in the folder that ``PROMETHEUS_MULTIPROC_DIR`` names (:mod:`core.serving` makes it).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.access.sessions import count_sessions
from core.db.actor import Actor
from core.db.session import reading_session
from core.jobs.queries import count_unfinished, seconds_waited
from core.tenancy.models import Tenant

log = logging.getLogger(__name__)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable that prometheus_client reads when it is imported."""

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

COUNTED_EVERY = 60.0
"""Seconds for which the number of sessions is kept: it costs a statement for every business."""

_own = CollectorRegistry()
_requests = Histogram(
    "banyan_request_seconds",
    "Time until the answer was ready.",
    ("endpoint", "method", "status"),
    buckets=SECONDS,
    registry=_own,
)
_statements = Counter("banyan_sql_statements", "SQL statements of requests.", ("endpoint",), registry=_own)


def note_request(endpoint: str | None, method: str, status: int, seconds: float, statements: int) -> None:
    """Count an answer. No label is a visitor's to make up (a path, a method), so there are only so many of them."""
    known = endpoint or "none"
    _requests.labels(known, method if method in METHODS else "other", str(status)).observe(seconds)
    _statements.labels(known).inc(statements)


def exposition() -> bytes:
    """All figures in the text format of Prometheus. Needs an app context."""
    requests = _own
    if FOLDER in os.environ:
        requests = CollectorRegistry()
        MultiProcessCollector(requests)  # type: ignore[no-untyped-call]
    asked = CollectorRegistry()
    asked.register(_database)
    return generate_latest(requests) + generate_latest(asked)


class _Database(Collector):
    """What the database knows of all businesses, read at the moment of asking; without one, that alone is told."""

    def __init__(self) -> None:
        self._sessions = 0
        self._counted_at = -COUNTED_EVERY

    def collect(self) -> Iterator[Metric]:
        try:
            found = [*self._jobs(), *self._open_sessions()]
        except SQLAlchemyError as error:
            log.warning("no figures from the database: %s", error)
            found = []
        yield _gauge("banyan_database_up", "Whether the database answers.", 1 if found else 0)
        yield from found

    def _jobs(self) -> Iterator[Metric]:
        with reading_session(Actor.platform()) as session:
            by_state = GaugeMetricFamily("banyan_jobs", "Background jobs by state.", labels=["state"])
            for state, number in count_unfinished(session).items():
                by_state.add_metric([state], number)
            yield by_state
            help = "For how long the job has been due that has been due longest."
            yield _gauge("banyan_jobs_oldest_waiting_seconds", help, seconds_waited(session))

    def _open_sessions(self) -> Iterator[Metric]:
        if time.monotonic() - self._counted_at >= COUNTED_EVERY:
            self._counted_at = time.monotonic()
            self._sessions = sum(_sessions_of_each_tenant())
        yield _gauge("banyan_sessions", "Browsers that are signed in.", self._sessions)


_database = _Database()


def _sessions_of_each_tenant() -> Iterator[int]:
    with reading_session(Actor.platform()) as platform:
        tenants = platform.scalars(select(Tenant.id).where(Tenant.is_active)).all()
    for id in tenants:
        with reading_session(Actor.system(id)) as session:
            yield count_sessions(session)


def _gauge(name: str, help: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help, value=value)
