"""Whether this process can serve: what a load balancer asks every few seconds. Tells what is wrong, never where or how."""

from __future__ import annotations

import logging
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from core.db.engines import PowerfulRoleError
from core.db.session import db
from core.kernel import Kernel

log = logging.getLogger(__name__)

REDIS_SECONDS = 1.0
PROBE_BYTES = 4096
"""One block: a full disk has none left."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """``problems`` keep the process from serving, ``warnings`` do not; both by what was looked at."""

    problems: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return not self.problems


def check_readiness(kernel: Kernel) -> Readiness:
    """Look at everything that a request needs, all of it even where something is wrong. Needs an app context."""
    found = Readiness()
    found.problems.update(_database(kernel))
    if not can_write(kernel.config.data):
        found.problems["disk"] = "The data folder cannot be written."
    if kernel.config.redis_url and not redis_answers(kernel.config.redis_url):
        found.warnings["redis"] = "Redis does not answer; jobs start later."
    return found


def _database(kernel: Kernel) -> dict[str, str]:
    from core.db import migrations  # with Alembic: 10 MB that nothing else in a process that serves needs

    try:
        with db.engine.connect() as connection:
            behind = migrations.find_behind(connection, kernel.registry)
    except PowerfulRoleError:
        log.exception("not ready")
        return {"database": "The role that serves is not bound by row security."}
    except SQLAlchemyError as error:
        log.warning("not ready: %s", error)
        return {"database": "The database does not answer."}
    if behind:
        return {"migrations": f"Not at the newest migration: {', '.join(behind)}. Run: banyan db upgrade"}
    return {}


def can_write(folder: Path) -> bool:
    """Whether a file can be written there now: right, room and file system."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
    except OSError as error:
        log.warning("cannot write into %s: %s", folder, error)
        return False
    return True


def redis_answers(redis_url: str) -> bool:
    """Whether Redis answers within a second."""
    from redis.exceptions import RedisError

    from core.jobs.rq_worker import make_queue

    try:
        return bool(make_queue(redis_url, timeout=REDIS_SECONDS).connection.ping())
    except RedisError as error:
        log.warning("Redis does not answer: %s", error)
        return False
