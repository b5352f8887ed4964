"""The lock-out: how many passwords are tried before an account rests, over all workers (reliability T11)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from core.access import passwords, throttle
from core.access.models import LoginAttempt
from core.access.services import create_user
from core.access.throttle import PER_ACCOUNT, PER_ADDRESS, WINDOW
from core.audit import AuditEntry
from core.clock import now
from core.db.actor import Actor
from core.db.session import open_session
from core.testing.world import World

PASSWORD = "bờ biển rất dài"
WRONG = "wrong password"


@pytest.fixture
def checks(monkeypatch):
    """One entry for each password that was compared, whatever application compared it."""
    done = []
    real = passwords._hasher.__class__.verify

    def verify(self, *arguments):
        done.append(1)
        return real(self, *arguments)

    monkeypatch.setattr(passwords._hasher.__class__, "verify", verify)
    return done


@pytest.fixture
def clock():
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


def test_ten_wrong_passwords_lock_the_account_before_anything_is_hashed(world, employee, log_in, checks, clock):
    employee("hoa")

    answers = [log_in(world.client(), "hoa", WRONG) for _attempt in range(PER_ACCOUNT + 5)]

    assert [answer.status_code for answer in answers] == [422] * PER_ACCOUNT + [429] * 5
    assert len(checks) == PER_ACCOUNT
    assert answers[-1].headers["Retry-After"] == "600"
    assert "Hãy thử lại sau 10 phút." in answers[-1].text


def test_the_right_password_does_not_help_while_the_account_rests(world, employee, log_in, checks, clock):
    employee("hoa")
    for _attempt in range(PER_ACCOUNT):
        log_in(world.client(), "hoa", WRONG)

    refused = log_in(world.client())
    clock.shift(WINDOW)
    clock.shift(timedelta(seconds=1))

    assert refused.status_code == 429
    assert log_in(world.client()).status_code == 303


def test_the_count_is_one_for_all_workers(app_factory, database, log_in, checks):
    workers = [World(app_factory(database=database)) for _worker in range(2)]
    with workers[0].session(workers[0].tenant()) as session:
        create_user(session, username="hoa", name="Nguyễn Thị Hoa", password=PASSWORD)

    answers = [log_in(worker.client(), "hoa", WRONG).status_code for worker in workers * PER_ACCOUNT]

    assert answers.count(422) == PER_ACCOUNT
    assert answers[PER_ACCOUNT:] == [429] * PER_ACCOUNT
    assert len(checks) == PER_ACCOUNT


def test_attempts_at_the_same_moment_do_not_slip_through(world, employee, log_in, checks):
    employee("hoa")
    world.client()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _attempt: log_in(world.client(), "hoa", WRONG).status_code, range(24)))

    assert answers.count(422) == PER_ACCOUNT
    assert answers.count(429) == 24 - PER_ACCOUNT
    assert len(checks) == PER_ACCOUNT


def test_the_window_slides(world, employee, log_in, clock):
    employee("hoa")
    for _attempt in range(PER_ACCOUNT):
        log_in(world.client(), "hoa", WRONG)
        clock.shift(WINDOW / PER_ACCOUNT / 2)

    early = log_in(world.client(), "hoa", WRONG)
    clock.shift(timedelta(seconds=int(early.headers["Retry-After"])))
    answers = [log_in(world.client(), "hoa", WRONG).status_code for _attempt in range(2)]

    assert early.status_code == 429
    assert answers == [422, 429]


def test_right_passwords_do_not_count(world, employee, log_in):
    employee("hoa")

    assert {log_in(world.client()).status_code for _visit in range(PER_ACCOUNT + 3)} == {303}


def test_a_right_password_does_not_forgive_the_wrong_ones_of_others(world, employee, log_in):
    employee("hoa")
    for _attempt in range(PER_ACCOUNT - 1):
        log_in(world.client(), "hoa", WRONG)

    log_in(world.client())
    answers = [log_in(world.client(), "hoa", WRONG).status_code for _attempt in range(2)]

    assert answers == [422, 429]


def test_a_known_browser_gets_in_while_others_guess(world, employee, log_in, clock):
    employee("hoa")
    known = world.client()
    log_in(known)
    known.post("/logout")
    for _attempt in range(PER_ADDRESS + 5):
        log_in(world.client(), "hoa", WRONG)

    assert log_in(world.client()).status_code == 429
    assert log_in(known).status_code == 303


def test_a_known_browser_has_a_limit_too(world, employee, log_in, checks, clock):
    employee("hoa")
    known = world.client()
    log_in(known)
    known.post("/logout")
    checks.clear()

    answers = [log_in(known, "hoa", WRONG).status_code for _attempt in range(PER_ACCOUNT + 2)]

    assert answers == [422] * PER_ACCOUNT + [429] * 2


def test_a_browser_known_for_one_account_is_a_stranger_to_another(world, employee, log_in, clock):
    employee("hoa")
    employee("khoa")
    known = world.client()
    log_in(known)
    known.post("/logout")
    for _attempt in range(PER_ACCOUNT):
        log_in(world.client(), "khoa", WRONG)

    assert log_in(known, "khoa").status_code == 429


def test_a_forged_device_is_a_stranger(world, employee, log_in, clock):
    employee("hoa")
    for _attempt in range(PER_ACCOUNT):
        log_in(world.client(), "hoa", WRONG)
    client = world.client()
    client.set_cookie("banyan_device", "forged.by.hand")

    assert log_in(client).status_code == 429


def test_an_account_that_does_not_exist_rests_just_the_same(world, tenant, log_in, checks, clock):
    answers = [log_in(world.client(), "nobody", WRONG).status_code for _attempt in range(PER_ACCOUNT + 1)]

    assert answers == [422] * PER_ACCOUNT + [429]
    assert len(checks) == PER_ACCOUNT


def test_spelling_the_name_otherwise_gives_no_second_chance(world, tenant, employee, log_in, clock):
    employee("hoa")
    names = ["hoa", "HOA", " hoa ", "Hoa"] * 3
    slugs = ["", tenant.slug, tenant.slug.upper(), f" {tenant.slug}"] * 3

    answers = [
        log_in(world.client(), name, WRONG, tenant=slug).status_code for name, slug in zip(names, slugs, strict=True)
    ]

    assert answers == [422] * PER_ACCOUNT + [429] * 2


def test_one_address_cannot_try_many_accounts(world, tenant, log_in, checks, clock, monkeypatch):
    monkeypatch.setattr(throttle, "PER_ADDRESS", 6)

    answers = [log_in(world.client(), f"user{n}", WRONG).status_code for n in range(8)]

    assert answers == [422] * 6 + [429] * 2
    assert len(checks) == 6


def test_a_forged_address_is_not_believed(world, tenant, log_in, clock, monkeypatch):
    monkeypatch.setattr(throttle, "PER_ADDRESS", 3)

    answers = [
        world.client()
        .post(
            "/login",
            data={"username": f"user{n}", "password": WRONG},
            headers={"X-Forwarded-For": f"10.0.0.{n}", "X-Real-IP": f"10.0.0.{n}"},
        )
        .status_code
        for n in range(5)
    ]

    assert answers == [422] * 3 + [429] * 2


def test_one_machine_cannot_use_all_of_its_ipv6_network(app):
    with app.app_context():
        one, near, far, mapped, plain = (
            throttle.address_counter(address)
            for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "::ffff:10.0.0.1", "10.0.0.1")
        )

    assert one == near
    assert one != far
    assert mapped == plain


def test_the_count_knows_neither_names_nor_addresses_and_is_forgotten(world, employee, log_in, clock):
    employee("hoa")
    log_in(world.client(), "hoa", WRONG)
    with world.app.app_context(), open_session(Actor.platform()) as session:
        keys = session.scalars(select(LoginAttempt.key)).all()
    clock.shift(timedelta(days=2))
    log_in(world.client())

    with world.app.app_context(), open_session(Actor.platform()) as session:
        left = session.scalar(select(func.count(LoginAttempt.key)))
    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)
    assert left == 2


def test_the_lock_out_is_recorded_once(world, tenant, employee, log_in, clock):
    employee("hoa")
    for _attempt in range(PER_ACCOUNT + 5):
        log_in(world.client(), "hoa", WRONG)

    with world.session(tenant) as session:
        actions = list(session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("sign_in"))))

    assert actions.count("sign_in_refused") == PER_ACCOUNT - 1
    assert actions.count("sign_in_locked") == 1


def test_empty_fields_are_told_and_do_not_count(world, employee, log_in, checks):
    employee("hoa")

    answers = [log_in(world.client(), "", "").status_code for _attempt in range(PER_ACCOUNT + 2)]

    assert set(answers) == {422}
    assert checks == []
