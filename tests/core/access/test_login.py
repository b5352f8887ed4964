"""Logging in and out through the form."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.access import log_in as log_in_module
from core.access import passwords
from core.access.models import User, UserSession
from core.access.services import lock_user
from core.access.signing_in import IDLE, LONGEST, SESSION_COOKIE
from core.audit import AuditEntry
from core.clock import now
from core.db.actor import Actor
from core.db.session import open_session
from core.tenancy.models import Tenant
from core.testing.queries import recorded_statements


def test_the_right_password_opens_the_start_page(world, employee, log_in):
    employee("hoa")
    client = world.client()

    answer = log_in(client)

    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").status_code == 200


def test_the_only_tenant_need_not_be_named_but_may(world, tenant, employee, log_in):
    employee("hoa")

    assert 'name="tenant"' not in world.client().get("/login").text
    assert log_in(world.client(), tenant=tenant.slug).status_code == 303


def test_with_several_tenants_the_form_asks_which(world, tenant, employee, log_in):
    world.tenant()
    employee("hoa")

    assert 'name="tenant"' in world.client().get("/login").text
    assert log_in(world.client()).status_code == 422
    assert log_in(world.client(), tenant=f" {tenant.slug.upper()} ").status_code == 303


def test_the_host_name_decides_the_tenant(world, tenant, employee, log_in):
    world.tenant()
    employee("hoa")
    with world.app.app_context(), open_session(Actor.platform()) as session:
        session.scalars(select(Tenant).where(Tenant.id == tenant.id)).one().host = "haidang.example"
    client = world.client()

    page = client.get("/login", base_url="http://haidang.example:8000")
    answer = client.post(
        "/login",
        data={"username": "hoa", "password": "bờ biển rất dài"},
        base_url="http://haidang.example:8000",
        csrf=False,
        headers={"X-CSRFToken": _token(page.text)},
    )

    assert 'name="tenant"' not in page.text
    assert answer.status_code == 303


def test_every_refusal_reads_the_same_and_costs_one_hash(world, tenant, employee, log_in, monkeypatch):
    world.tenant()
    employee("hoa")
    employee("khoa")
    with world.session(tenant) as session:
        lock_user(session, session.scalars(select(User).where(User.username == "khoa")).one())
    checks = _count_checks(monkeypatch)

    answers = [
        log_in(world.client(), username, password, tenant=slug)
        for username, password, slug in [
            ("hoa", "wrong password", tenant.slug),
            ("nobody", "wrong password", tenant.slug),
            ("khoa", "bờ biển rất dài", tenant.slug),
            ("hoa", "bờ biển rất dài", "no-such-business"),
        ]
    ]

    texts = {_without_entries(answer.text) for answer in answers}
    assert [answer.status_code for answer in answers] == [422] * 4
    assert len(texts) == 1
    assert checks == [1, 1, 1, 1]


def test_a_password_typed_with_other_unicode_is_the_same(world, employee, log_in):
    employee("hoa")

    assert log_in(world.client(), "HOA ", unicodedata.normalize("NFD", "bờ biển rất dài")).status_code == 303


def test_logging_in_takes_a_new_session_and_a_new_csrf_token(world, employee, log_in):
    employee("hoa")
    client = world.client()
    before = _token(client.get("/login").text)
    log_in(client)
    first = client.get_cookie(SESSION_COOKIE).value

    stale = client.post("/preferences", data={"theme": "dark"}, csrf=False, headers={"X-CSRFToken": before})
    log_in(client)

    assert stale.status_code == 403
    assert client.get_cookie(SESSION_COOKIE).value != first
    other = world.client()
    other.set_cookie(SESSION_COOKIE, first)
    assert other.get("/").location.startswith("/login")


def test_a_session_planted_before_the_log_in_is_worth_nothing(world, tenant, employee, log_in):
    employee("hoa")
    planted = f"{tenant.id.hex}.planted-by-somebody"
    client = world.client()
    client.set_cookie(SESSION_COOKIE, planted)
    log_in(client)

    attacker = world.client()
    attacker.set_cookie(SESSION_COOKIE, planted)

    assert client.get_cookie(SESSION_COOKIE).value != planted
    assert attacker.get("/").location.startswith("/login")


def test_only_the_hash_of_the_token_is_kept(world, tenant, employee, log_in):
    employee("hoa")
    client = world.client()
    log_in(client)
    token = client.get_cookie(SESSION_COOKIE).value.partition(".")[2]

    with world.session(tenant) as session:
        kept = session.scalars(select(UserSession.token_hash)).one()

    assert len(token) >= 43
    assert token.encode() not in kept


def test_logging_out_ends_the_session_on_the_server(world, employee, log_in):
    employee("hoa")
    client = world.client()
    log_in(client)
    value = client.get_cookie(SESSION_COOKIE).value

    answer = client.post("/logout")
    client.set_cookie(SESSION_COOKIE, value)

    assert (answer.status_code, answer.location) == (303, "/login")
    assert client.get("/").location.startswith("/login")


def test_logging_out_needs_the_token_and_our_own_page(world, employee, log_in):
    employee("hoa")
    client = world.client()
    log_in(client)

    assert client.post("/logout", csrf=False).status_code == 403
    assert client.post("/logout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/logout", headers={"Sec-Fetch-Site": "same-site"}).status_code == 403
    assert client.post("/logout", headers={"Origin": "null"}).status_code == 403
    assert client.get("/logout").status_code == 405
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("after", [IDLE + timedelta(seconds=1), LONGEST + timedelta(seconds=1)])
def test_a_session_ends_by_itself(world, employee, log_in, after):
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        employee("hoa")
        client = world.client()
        log_in(client)
        clock.shift(after)
        assert client.get("/").location.startswith("/login")


def test_a_session_in_use_lives_on_until_its_longest_day(world, employee, log_in):
    with time_machine.travel(now(), tick=False) as clock:
        employee("hoa")
        client = world.client()
        log_in(client)
        for _visit in range(LONGEST // IDLE):
            clock.shift(IDLE - timedelta(seconds=1))
            assert client.get("/").status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client.get("/").location.startswith("/login")


@pytest.mark.parametrize(
    "next",
    [
        "//evil.example/",
        "///evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:x",
    ],
)
def test_the_way_on_never_leaves_the_host(world, employee, log_in, next):
    employee("hoa")

    assert log_in(world.client(), next=next).location == "/"


def test_the_way_on_leads_back_to_the_page_that_was_wanted(world, employee, log_in):
    employee("hoa")
    client = world.client()
    wanted = client.get("/account?tab=2").location

    assert wanted == "/login?next=/account?tab%3D2"
    assert log_in(client, next="/account?tab=2").location == "/account?tab=2"


def test_the_security_log_names_who_came_in_and_who_did_not(world, tenant, employee, log_in):
    hoa = employee("hoa")
    client = world.client()
    log_in(client, "hoa", "wrong password")
    log_in(client, "somebody's password", "wrong password")
    log_in(client)
    client.post("/logout")

    with world.session(tenant) as session:
        query = select(AuditEntry).where(AuditEntry.action.startswith("sign_")).order_by(AuditEntry.id)
        entries = [(each.action, each.entity_id) for each in session.scalars(query)]
        texts = str([each.changes for each in session.scalars(query)])

    assert entries == [
        ("sign_in_refused", hoa.id),
        ("sign_in_refused", None),
        ("sign_in", hoa.id),
        ("sign_out", hoa.id),
    ]
    assert "somebody" not in texts


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(world, employee, log_in):
    employee("hoa")

    header = next(each for each in log_in(world.client()).headers.getlist("Set-Cookie") if SESSION_COOKIE in each)

    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Domain" not in header


def test_identifying_a_user_takes_two_queries(world, employee, log_in):
    employee("hoa")
    client = world.client()
    log_in(client)

    with recorded_statements() as statements:
        client.get("/no-such-page", htmx=True)

    assert len(statements) == 2


def _token(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def _without_entries(page: str) -> str:
    """The page without what differs by nature: tokens, and what the visitor typed."""
    page = re.sub(r'(name="csrf_token" value=|name="csrf-token" content=)"[^"]*"', "", page)
    return re.sub(r'(id="(username|tenant)"[^>]*?value=)"[^"]*"', "", page)


def _count_checks(monkeypatch) -> list[int]:
    """One list entry a log-in request: how many passwords it compared."""
    counts: list[int] = []
    real_verify, real_log_in = passwords._hasher.__class__.verify, log_in_module.log_in

    def verify(self, *arguments):
        counts[-1] += 1
        return real_verify(self, *arguments)

    def counted(*arguments, **options):
        counts.append(0)
        return real_log_in(*arguments, **options)

    monkeypatch.setattr(passwords._hasher.__class__, "verify", verify)
    monkeypatch.setattr("core.access.views.login.log_in", counted)
    return counts
