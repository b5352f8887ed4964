"""Counts of the API's requests in Redis, one key a window; they expire by themselves."""

from __future__ import annotations

import logging
import time
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

REDIS_SECONDS = 0.2
"""How long a request waits for Redis before the database counts."""

PAUSE_SECONDS = 5.0
"""How long Redis is left alone after it has failed."""


class RedisCounts:
    """Adds to the counts of one Redis, and leaves it alone for a while after it has failed."""

    def __init__(self, url: str, *, window: int) -> None:
        self._redis: Any = Redis.from_url(
            url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._window = window
        self._paused_until = 0.0

    @property
    def is_paused(self) -> bool:
        return time.monotonic() < self._paused_until

    def add_one(self, key: str, minute: int) -> int | None:
        """The count of ``key`` in this minute; None where Redis does not count."""
        name = f"banyan:api:{key}:{minute}"
        try:
            pipeline = self._redis.pipeline()
            pipeline.incr(name)
            pipeline.expire(name, self._window * 2)
            return int(pipeline.execute()[0])
        except RedisError as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log.warning("Redis does not count requests, the database does: %s", error)
            return None
