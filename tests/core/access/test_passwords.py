"""What a password must be, and how it is kept."""

from __future__ import annotations

import threading
import time

import pytest

from core.access import passwords
from core.access.passwords import (
    PasswordsBusy,
    hash_password,
    needs_rehash,
    password_problems,
    verify_password,
)

COMPANY = ("Công ty TNHH Hải Đăng", "haidang")


def codes(password, username="hoa.nguyen", name="Nguyễn Thị Hoà", company=COMPANY):
    problems = password_problems(password, username=username, name=name, company=company)
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    "password",
    [
        "bờ biển rất dài",
        "x7#kQ!mm2p",
        "ba con mèo",
        "correct horse battery staple",
        "mt8 kv2z",
        "1111111111111111 núi cao",
    ],
)
def test_eight_characters_of_ones_own_are_enough_without_rules_of_composition(password):
    assert codes(password) == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("bảy chữ", "too_short"),
        ("x" * 257, "too_long"),
        ("1234567890", "common"),
        ("Password123", "common"),
        ("P@ssw0rd!", "common"),
        ("1qaz2wsx", "common"),
        ("19051990", "common"),
        ("Mật khẩu 123", "common"),
        ("Anh Yêu Em 123", "common"),
        ("haiphong2026", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("passwordpassword" * 2, "common"),
        ("hoa.nguyen", "personal"),
        ("haidang26", "personal"),
        ("Công ty TNHH Hải Đăng", "personal"),
        ("HOA.NGUYEN12", "personal"),
        ("nguyễn thị hòa", "personal"),
        ("Nguyenthihoa1!", "personal"),
    ],
)
def test_each_refusal_says_which(password, code):
    assert codes(password) == [code]


def test_a_short_name_inside_a_long_password_is_no_matter():
    assert codes("an toàn là trên hết", username="an", name="An") == []


def test_judging_a_hostile_password_takes_no_time():
    """Signs that may stand for letters make the estimate's work explode; a text of 256 of them took minutes."""
    start = time.perf_counter()
    codes("4@8({[<69&#!1|0$5+7%2" * 12)

    assert time.perf_counter() - start < 2


def test_the_user_name_of_an_address_counts_too():
    assert codes("quan.le.1990x", username="quan.le.1990@haidang.example") == ["personal"]


@pytest.mark.real_password_cost
def test_the_hash_is_argon2id_with_the_measured_parameters():
    kept = hash_password("bờ biển rất dài")

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not needs_rehash(kept)
    assert verify_password(kept, "bờ biển rất dài")
    assert not verify_password(kept, "bờ biển rất dài ")


@pytest.mark.parametrize("kept", [None, "", "!", "plain text", "$argon2id$broken"])
def test_what_is_no_hash_lets_nobody_in(kept):
    assert not verify_password(kept, "bờ biển rất dài")


def test_the_hash_of_nobody_costs_as_much_as_one_of_today():
    assert not needs_rehash(passwords._NOBODY)


def test_weaker_hashes_are_made_anew_at_the_next_log_in(world, tenant, employee, log_in):
    from argon2 import PasswordHasher

    from core.access.models import User

    user = employee("hoa")
    weak = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash("bờ biển rất dài")
    with world.session(tenant) as session:
        session.need(User, user.id).password_hash = weak

    first, second = (log_in(world.client()).status_code for _visit in range(2))

    with world.session(tenant) as session:
        assert not needs_rehash(session.need(User, user.id).password_hash)
    assert (first, second) == (303, 303)


def test_a_flood_is_told_to_come_back_and_costs_no_attempt(world, employee, log_in, monkeypatch):
    employee("hoa")
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0.01)
    held = [passwords._turns.acquire() for _turn in range(passwords.AT_ONCE)]
    try:
        answers = {log_in(world.client()).status_code for _attempt in range(12)}
    finally:
        for _turn in held:
            passwords._turns.release()

    assert answers == {503}
    assert log_in(world.client()).status_code == 303


@pytest.mark.real_password_cost
def test_only_two_are_computed_at_a_time(monkeypatch):
    running, most = 0, 0
    lock = threading.Lock()
    real = passwords._hasher.__class__.verify

    def verify(self, *arguments):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        try:
            return real(self, *arguments)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(passwords._hasher.__class__, "verify", verify)
    threads = [threading.Thread(target=verify_password, args=(None, "x")) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == passwords.AT_ONCE


def test_waiting_too_long_is_an_answer_of_its_own(monkeypatch):
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0.01)
    held = [passwords._turns.acquire() for _turn in range(passwords.AT_ONCE)]
    try:
        with pytest.raises(PasswordsBusy):
            hash_password("bờ biển rất dài")
    finally:
        for _turn in held:
            passwords._turns.release()
