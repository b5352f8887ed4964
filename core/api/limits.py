"""How much may be asked: so many requests a minute for a token, and for an address, counted for all processes.

Counted in Redis where there is one, else in the database, which also takes over while Redis is away: never not at all. It is
asked before anything is looked up, so that guessing tokens costs as little as it can.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from flask import current_app
from sqlalchemy import Table, case, delete
from sqlalchemy.dialects import postgresql, sqlite

from core.access.throttle import digest, network_of
from core.api.models import ApiCount
from core.clock import now
from core.db.actor import Actor
from core.db.session import open_session
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_kernel

if TYPE_CHECKING:
    from core.api.redis_counts import RedisCounts

_ = translator(__name__)

WINDOW = 60
"""Seconds in which requests are counted."""

ADDRESS_SHARE = 2
"""Tokens' worth of requests from one address: an office may run several programs."""

KEPT = 60
"""Minutes after which a count that nobody added to is forgotten."""

EXTENSION = "banyan_api_redis"


class TooManyRequests(DomainError):
    """The minute's requests are used up; come back in ``wait`` seconds (429)."""

    status = 429

    def __init__(self, wait: int) -> None:
        self.wait = wait
        message = _.n("Too many requests. Wait 1 second.", "Too many requests. Wait %(n)s seconds.", wait)
        super().__init__(*DomainError.of("rate_limited", message).problems)


@dataclass(frozen=True, slots=True)
class Rate:
    """What is left of the minute, for the headers of the answer (draft-ietf-httpapi-ratelimit-headers-10)."""

    name: str
    quota: int
    used: int
    wait: int

    @property
    def is_over(self) -> bool:
        return self.used > self.quota

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.quota};w={WINDOW}',
            "RateLimit": f'"{self.name}";r={max(0, self.quota - self.used)};t={self.wait}',
        }


def count_request(address: str, token: str) -> list[Rate]:
    """Count one request of this address and this token (whatever it may be worth); the address comes first.

    The list ends with the first limit that is over: what an address may not ask is not counted for its tokens.
    Opens a transaction of its own, so the request must not hold one.
    """
    quota = current_kernel().config.api_per_minute
    wanted = [("address", network_of(address), quota * ADDRESS_SHARE), *([("token", token, quota)] if token else [])]
    seconds = int(now().timestamp())
    minute, wait = seconds // WINDOW, WINDOW - seconds % WINDOW
    rates: list[Rate] = []
    for name, who, most in wanted:
        rates.append(Rate(name, most, _add_one(digest(f"api {name}", who), minute), wait))
        if rates[-1].is_over:
            break
    return rates


def _add_one(key: str, minute: int) -> int:
    redis = _redis()
    counted = redis.add_one(key, minute) if redis is not None else None
    return _add_one_in_database(key, minute) if counted is None else counted


def _add_one_in_database(key: str, minute: int) -> int:
    with open_session(Actor.platform()) as session:
        dialect = session.connection().dialect.name
        insert: Any = (postgresql if dialect == "postgresql" else sqlite).insert(ApiCount)
        table = cast(Table, ApiCount.__table__)
        statement = (
            insert.values(key=key, minute=minute, requests=1)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={"minute": minute, "requests": case((table.c.minute == minute, table.c.requests + 1), else_=1)},
            )
            .returning(table.c.requests)
        )
        count: int = session.connection().execute(statement).scalar_one()
        if count == 1:
            session.execute(delete(ApiCount).where(ApiCount.minute < minute - KEPT))
    return count


def _redis() -> RedisCounts | None:
    url = current_kernel().config.redis_url
    if not url:
        return None
    if EXTENSION not in current_app.extensions:
        from core.api.redis_counts import RedisCounts  # the library is loaded only where there is a Redis

        current_app.extensions[EXTENSION] = RedisCounts(url, window=WINDOW)
    counts: RedisCounts = current_app.extensions[EXTENSION]
    return None if counts.is_paused else counts
