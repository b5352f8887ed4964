"""What happened to an account, told to its user and to administrators; and what a browser left open is not enough for."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from pyotp import TOTP
from sqlalchemy import select

from core.access.models import UserSession
from core.access.signing_in import SESSION_COOKIE
from core.access.throttle import PER_ACCOUNT, PER_CODE
from core.audit import AuditEntry
from core.clock import now
from core.web.recent_login import RECENT

PASSWORD = "bờ biển rất dài"
SECOND = timedelta(seconds=1)
SENSITIVE = (
    ("GET", "/account/second-factor/new"),
    ("POST", "/account/second-factor/new"),
    ("POST", "/account/second-factor/codes"),
    ("POST", "/account/second-factor/off"),
    ("POST", "/account/sessions/end-all"),
    ("POST", "/account/sessions/{session}/end"),
    ("POST", "/core/users/{user}/password-link"),
    ("POST", "/core/users/{user}/reset-second-factor"),
)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def hoa(employee):
    return employee("hoa", administrator=True)


@pytest.fixture
def client(world, hoa, log_in):
    client = world.client()
    log_in(client)
    return client


def confirm(client, password=PASSWORD, **fields):
    return client.post("/account/confirm", data={"password": password, **fields})


def turn_on(client):
    page = client.get("/account/second-factor/new").text
    app = TOTP(page.partition('<code class="code">')[2].partition("<")[0].replace(" ", ""))
    sealed = page.partition('name="sealed"')[2].partition('value="')[2].partition('"')[0]
    assert client.post("/account/second-factor/new", data={"sealed": sealed, "code": app.now()}).status_code == 200
    return app


def test_after_ten_minutes_the_password_is_asked_before_what_is_sensitive(world, tenant, client, employee, clock):
    khoa = employee("khoa")
    with world.session(tenant) as session:
        row = session.scalars(select(UserSession)).one()
    paths = [(method, path.format(session=row.id, user=khoa.id)) for method, path in SENSITIVE]
    clock.shift(RECENT)
    in_time = client.get("/account/second-factor/new").status_code
    clock.shift(SECOND)

    asked = {client.open(path, method=method).location.partition("?")[0] for method, path in paths}
    with world.session(tenant) as session:
        left = session.scalars(select(UserSession)).all()
        done = session.scalars(select(AuditEntry.action).where(AuditEntry.entity_id == khoa.id)).all()

    assert in_time == 200
    assert asked == {"/account/confirm"}
    assert len(left) == 1
    assert done == ["create"]
    assert client.get("/account").status_code == 200, "everything else stays open"


def test_the_password_leads_back_and_counts_for_ten_minutes_more(world, client, clock):
    clock.shift(RECENT + SECOND)
    asked = client.get("/account/second-factor/new")
    posted = client.post("/account/second-factor/off", headers={"Referer": "http://localhost/account?tab=2"})
    before = client.get_cookie(SESSION_COOKIE).value

    wrong = confirm(client, "not my password", next="/account/second-factor/new")
    still = client.get("/account/second-factor/new").status_code
    right = confirm(client, next="/account/second-factor/new")
    stolen = world.client()
    stolen.set_cookie(SESSION_COOKIE, before)

    assert asked.location == "/account/confirm?next=/account/second-factor/new"
    assert posted.location == "/account/confirm?next=/account?tab%3D2"
    assert (wrong.status_code, still) == (422, 303)
    assert "This is not your password." in wrong.text
    assert 'value="/account/second-factor/new"' in wrong.text
    assert (right.status_code, right.location) == (303, "/account/second-factor/new")
    assert client.get("/account/second-factor/new").status_code == 200
    assert stolen.get("/account").location.startswith("/login"), "the session has another token"
    assert confirm(client, next="//evil.example").location == "/account"


def test_where_there_is_a_second_factor_its_code_is_asked_too(client, clock):
    app = turn_on(client)
    clock.shift(RECENT + SECOND)
    page = client.get("/account/confirm").text

    answers = [
        confirm(client),
        confirm(client, code="000000"),
        confirm(client, "not my password", code=app.now()),
        confirm(client, code=app.now()),
    ]
    again = confirm(client, code=app.now())

    assert 'name="code"' in page
    assert [answer.status_code for answer in answers] == [422, 422, 422, 303]
    assert "The password or the code is not right." in answers[1].text
    assert answers[1].text.count("not right") == answers[2].text.count("not right"), "it does not tell which"
    assert again.status_code == 422, "a code works once"


def test_a_browser_left_open_cannot_guess(client, world, log_in, clock):
    clock.shift(RECENT + SECOND)
    guesses = [confirm(client, f"guess {n}").status_code for n in range(PER_ACCOUNT + 1)]
    resting = confirm(client).status_code

    assert guesses == [422] * PER_ACCOUNT + [429]
    assert resting == 429
    assert log_in(world.client()).status_code == 303, "the log-in does not rest with it"


def test_codes_guessed_in_a_browser_left_open_rest_too(client, clock):
    turn_on(client)
    clock.shift(RECENT + SECOND)

    assert [confirm(client, code="000000").status_code for _try in range(PER_CODE + 1)] == [422] * PER_CODE + [429]


def test_the_log_survives_refusals_and_is_shown_to_the_user_and_the_administrator(
    world, tenant, client, employee, log_in, clock
):
    khoa, browser = employee("khoa", email="khoa@haidang.example"), world.client()
    strange = {"User-Agent": "<script>alert(1)</script>"}
    world.client().post("/login", data={"username": "khoa", "password": "a wrong password"}, headers=strange)
    log_in(browser, "khoa")
    browser.post("/account/password", data={"old": "a wrong password", "new": "núi cao", "again": "núi cao"})
    clock.shift(RECENT + SECOND)
    confirm(browser, "another wrong password")
    confirm(browser)
    turn_on(browser)
    client = world.client()
    log_in(client)
    client.post(f"/core/users/{khoa.id}/password-link")
    own, seen = browser.get("/account").text, client.get(f"/core/users/{khoa.id}?tab=security").text
    with world.session(tenant) as session:
        query = select(AuditEntry).where(AuditEntry.entity_id == khoa.id, AuditEntry.action != "create")
        entries = session.scalars(query.order_by(AuditEntry.id)).all()

    assert [entry.action for entry in entries] == [
        "sign_in_refused", "sign_in", "proof_refused", "proof_refused", "second_factor_on", "make_password_link",
    ]  # fmt: skip
    assert "wrong password" not in str([entry.changes for entry in entries])
    for page in (own, seen):
        activity = page.partition("Recent activity")[2]
        assert "Log-in refused: wrong password" in activity
        assert "Second factor turned on" in activity
        assert "by Nguyễn Thị Hoa" in activity
        assert "<script>alert" not in page
    assert "Log-in refused" not in client.get("/account").text, "it is khoa's log alone"
    assert "On since" in seen


def test_an_administrator_signs_an_employee_out(world, tenant, client, employee, log_in):
    khoa, phone = employee("khoa"), world.client()
    log_in(phone, "khoa")
    boss, manager = world.user(tenant, groups=["core.administrator"]), world.user(tenant, "core.manage_users")
    chief = world.client(boss)

    page = client.get(f"/core/users/{khoa.id}?tab=security").text
    beyond = world.client(manager).post(f"/core/users/{boss.id}/sign-out").status_code
    done = world.client(manager).post(f"/core/users/{khoa.id}/sign-out")

    assert "Sign out everywhere" in page
    assert (beyond, done.status_code) == (403, 303)
    assert phone.get("/account").location.startswith("/login")
    assert chief.get("/account").status_code == 200
    assert "Sign out everywhere" not in world.client(manager).get(f"/core/users/{boss.id}?tab=security").text
    with world.session(tenant) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "sign_out_everywhere")).one()
    assert (entry.user_id, entry.entity_id) == (manager.id, khoa.id)
