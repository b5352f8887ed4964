"""So many requests a minute, for a token and for an address; counted in the database, or in Redis while it is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from redis.client import Pipeline
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy import select

from core.api import limits
from core.api.models import ApiCount
from core.clock import now
from core.db.actor import Actor
from core.db.session import open_session
from core.testing.world import Program, World
from tests.core.api.conftest import ROOT

MINUTE = 60


@pytest.fixture
def limited(app_factory):
    """``limited(redis_url=…)``: a world whose tokens may ask three times a minute, and two programs in it."""

    def make(**config):
        world = World(app_factory(["shelf"], [ROOT], api_per_minute=3, **config))
        user = world.user(world.tenant(), "shelf.read", "core.use_api")
        return world, world.program(user), world.program(user)

    with time_machine.travel(now().replace(second=10, microsecond=0), tick=False):
        yield make


def statuses(program, times, **options):
    return [program.get("/shelf/books", **options).status_code for _each in range(times)]


def test_a_token_that_asks_too_much_waits_and_others_do_not(limited):
    world, program, other = limited()

    first = program.get("/shelf/books")
    assert statuses(program, 3) == [200, 200, 429]
    refused = program.get("/shelf/books")
    assert statuses(other, 2) == [200, 429]  # the address has made its six
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.7"}}
    assert statuses(other, 3, **elsewhere) == [200, 200, 429]
    with time_machine.travel(now() + timedelta(seconds=50), tick=False):
        assert program.get("/shelf/books").status_code == 200

    assert first.headers["RateLimit-Policy"] == '"token";q=3;w=60'
    assert first.headers["RateLimit"] == '"token";r=2;t=50'
    assert refused.headers["RateLimit"] == '"token";r=0;t=50'
    assert (refused.headers["Retry-After"], refused.json["code"]) == ("50", "rate_limited")
    with world.app.app_context(), open_session(Actor.platform()) as session:
        rows = session.scalars(select(ApiCount.key)).all()
    assert not [key for key in rows if "203.0.113" in key or program.token in key]


def test_guessing_tokens_is_limited_by_address(limited):
    world, program, _other = limited()
    guesses = [Program(world.app, f"{program.token[:-4]}{number:04}").get("/me").status_code for number in range(8)]

    assert guesses == [401] * 6 + [429] * 2
    assert program.get("/me").status_code == 429


def test_redis_counts_and_the_database_when_it_is_away(limited, redis_url, monkeypatch):
    world, program, _other = limited(redis_url=redis_url, runner="none")

    assert statuses(program, 2) == [200, 200]
    with world.app.app_context(), open_session(Actor.platform()) as session:
        assert session.scalars(select(ApiCount.key)).all() == []

    def fail(*_arguments: object) -> int:
        raise RedisAway("away")

    monkeypatch.setattr(Pipeline, "execute", fail)
    assert statuses(program, 4) == [200, 200, 200, 429]
    with world.app.app_context():
        assert limits._redis() is None  # left alone for a while


def test_old_counts_are_forgotten(limited):
    world, program, _other = limited()
    program.get("/shelf/books")

    with time_machine.travel(now() + timedelta(minutes=limits.KEPT + 1), tick=False):
        program.get("/shelf/books")
        with world.app.app_context(), open_session(Actor.platform()) as session:
            minutes = set(session.scalars(select(ApiCount.minute)))
    assert len(minutes) == 1
