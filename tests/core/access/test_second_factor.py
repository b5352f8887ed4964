"""The second factor: set up, asked at the log-in, counted, required by a group, lost and reset (ASVS 5.0 §6.5, §6.6)."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from click.testing import CliRunner
from pyotp import TOTP
from sqlalchemy import select

from core.access import codes, services
from core.access.models import Group, RecoveryCode, SecondFactor, User
from core.access.sessions import CODE_WAIT
from core.access.throttle import DAY, PER_ACCOUNT, PER_CODE, PER_CODE_DAY, WINDOW
from core.audit import AuditEntry
from core.cli.accounts import user as user_commands
from core.clock import now
from core.notifications import Notification
from core.testing.world import World

PASSWORD = "bờ biển rất dài"
STEP = timedelta(seconds=codes.STEP)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def hoa(employee):
    return employee("hoa")


@pytest.fixture
def client(world, hoa, log_in):
    client = world.client()
    log_in(client)
    return client


def value_of(page, name):
    return unescape(page.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0])


def turn_on(client):
    """Set the second factor up; the app and the recovery codes."""
    page = client.get("/account/second-factor/new").text
    app = TOTP(page.partition('<code class="code">')[2].partition("<")[0].replace(" ", ""))
    done = client.post("/account/second-factor/new", data={"sealed": value_of(page, "sealed"), "code": app.now()})
    assert done.status_code == 200, done.text
    return app, listed_codes(done.text)


def listed_codes(page):
    return [
        part.partition("<")[0] for part in page.partition("recovery-codes")[2].partition("</ul>")[0].split("<li>")[1:]
    ]


def give(client, code, **fields):
    return client.post("/login/code", data={"code": code, **fields})


def wrong_for(app):
    """Six digits that are not right now, nor a step from now."""
    near = {app.at(now(), counter_offset=step) for step in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


@pytest.fixture
def half_in(world, log_in):
    """``half_in()``: a client whose password was right and whose code is awaited."""

    def begin(client=None):
        client = client or world.client()
        assert log_in(client).location == "/login/code"
        return client

    return begin


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_rfc_6238(moment, code):
    secret = base64.b32encode(b"12345678901234567890").decode()
    at = datetime.fromtimestamp(moment, UTC)

    assert codes.matching_step(secret, code, at) == moment // 30
    assert codes.matching_step(secret, code, at + STEP) == moment // 30
    assert codes.matching_step(secret, code, at + 2 * STEP) is None
    assert codes.matching_step(secret, "1" + code[1:], at) is None


def test_the_code_is_asked_after_the_password_and_opens_once(world, client, half_in, log_in, clock):
    app, _recovery = turn_on(client)
    clock.shift(STEP)
    browser = half_in()

    page = browser.get("/login/code")
    closed = {browser.get(path).location for path in ("/account", "/", "/core/users/", "/account/second-factor/new")}
    refused = give(browser, wrong_for(app))
    before = browser.get_cookie("banyan_session").value
    done = give(browser, f" {app.now()[:3]} {app.now()[3:]} ", next="/account")
    again = give(half_in(), app.now())

    assert page.status_code == 200
    assert all(each.startswith("/login") for each in closed)
    assert refused.status_code == 422
    assert "Mã không đúng hoặc đã được dùng." in refused.text
    assert (done.status_code, done.location) == (303, "/account")
    assert browser.get("/account").status_code == 200
    assert browser.get_cookie("banyan_session").value != before
    assert again.status_code == 422, "a code works once"


@pytest.mark.parametrize(("drift", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_the_clock_of_a_phone_may_be_a_step_wrong(client, half_in, clock, drift, status):
    app, _recovery = turn_on(client)
    clock.shift(10 * STEP)

    assert give(half_in(), app.at(now(), counter_offset=drift)).status_code == status


def test_of_two_browsers_with_the_same_code_one_gets_in(client, half_in, clock):
    app, _recovery = turn_on(client)
    clock.shift(STEP)
    browsers, code = [half_in() for _each in range(4)], app.now()

    with ThreadPoolExecutor(len(browsers)) as threads:
        answers = list(threads.map(lambda browser: give(browser, code).status_code, browsers))

    assert sorted(answers) == [303, 422, 422, 422]


def test_a_recovery_code_opens_once_however_it_is_spelt(world, tenant, client, half_in):
    _app, recovery = turn_on(client)
    first, second = recovery[0], recovery[5].upper().replace("-", " ")
    page = half_in().get("/login/code?by=recovery").text

    done = give(half_in(), first), give(half_in(), second)
    again = give(half_in(), first)

    assert len(recovery) == len(set(recovery)) == codes.RECOVERY_CODES
    assert "Mã khôi phục" in page
    assert [answer.status_code for answer in done] == [303, 303]
    assert again.status_code == 422
    with world.session(tenant) as session:
        kept = session.scalars(select(RecoveryCode.code_hash)).all()
    assert len(kept) == codes.RECOVERY_CODES - 2
    assert all(each.startswith("$argon2id$") for each in kept)


def test_new_recovery_codes_replace_the_old(client, half_in):
    _app, old = turn_on(client)

    new = listed_codes(client.post("/account/second-factor/codes").text)

    assert not set(old) & set(new)
    assert give(half_in(), old[0]).status_code == 422
    assert give(half_in(), new[0]).status_code == 303


def test_the_key_is_sealed_for_its_owner_and_the_page_alone_shows_it(
    world, tenant, hoa, client, employee, log_in, half_in, clock
):
    app, _recovery = turn_on(client)
    employee("khoa")
    khoa = world.client()
    log_in(khoa, "khoa")
    turn_on(khoa)
    with world.session(tenant) as session:
        rows = {row.user_id: row for row in session.scalars(select(SecondFactor))}
        mine = rows.pop(hoa.id)
        kept, own, audit = (
            mine.secret,
            next(iter(rows.values())).secret,
            str([entry.changes for entry in session.scalars(select(AuditEntry))]),
        )
        mine.secret = own
    clock.shift(STEP)

    moved = give(half_in(), app.now())

    assert app.secret.encode() not in kept
    assert app.byte_secret() not in kept
    assert app.secret not in audit
    assert moved.status_code == 422, "another's key does not open the account either"
    assert app.secret not in client.get("/account/second-factor/new", follow_redirects=True).text


def test_a_key_of_another_session_or_none_cannot_be_turned_on(world, client, employee, log_in):
    employee("khoa")
    khoa = world.client()
    log_in(khoa, "khoa")
    page = khoa.get("/account/second-factor/new").text
    app = TOTP(page.partition('<code class="code">')[2].partition("<")[0].replace(" ", ""))
    sealed = value_of(page, "sealed")

    answers = [
        client.post("/account/second-factor/new", data={"sealed": each, "code": app.now()}).location
        for each in (sealed, "", "rubbish", sealed[:-4] + "AAA=", "é")
    ]
    wrong = khoa.post("/account/second-factor/new", data={"sealed": sealed, "code": wrong_for(app)})

    assert set(answers) == {"/account/second-factor/new"}
    assert wrong.status_code == 422
    assert app.secret[:4] in wrong.text, "the same key is shown again"
    assert khoa.post("/account/second-factor/new", data={"sealed": sealed, "code": app.now()}).status_code == 200
    assert khoa.post("/account/second-factor/new", data={"sealed": sealed, "code": app.now()}).status_code == 422


def test_turning_it_on_or_off_ends_the_other_sessions(world, client, log_in, half_in, clock):
    other = world.client()
    log_in(other)

    turn_on(client)
    after_on = other.get("/account").location
    client.post("/account/second-factor/off")

    assert after_on.startswith("/login")
    assert client.get("/account").status_code == 200
    assert log_in(world.client()).location == "/", "the password alone opens the account again"


def test_what_is_half_in_ends_by_itself_and_with_the_account(world, tenant, hoa, client, half_in, log_in, clock):
    app, _recovery = turn_on(client)
    late, changed, listed = half_in(), half_in(), client.get("/account").text.count("This browser")
    browsers = client.get("/account").text.partition('id="browsers"')[2].partition("</ul>")[0].count("<li")
    client.post("/account/password", data={"old": PASSWORD, "new": "núi cao sông rộng", "again": "núi cao sông rộng"})
    clock.shift(STEP)
    after_change = give(changed, app.now())
    late = world.client()
    log_in(late, password="núi cao sông rộng")
    clock.shift(CODE_WAIT)
    too_late = give(late, app.now())
    locked = world.client()
    log_in(locked, password="núi cao sông rộng")
    with world.session(tenant) as session:
        services.lock_user(session, session.need(User, hoa.id))

    assert (listed, browsers) == (1, 1), "who is half in is no signed-in browser"
    assert after_change.location == "/login"
    assert too_late.location == "/login"
    assert give(locked, app.now()).location == "/login"
    assert give(world.client(), app.now()).location == "/login"
    assert give(client, app.now()).location == "/login", "a whole session is not half in"


def test_five_wrong_codes_rest_the_second_step_over_all_workers(app_factory, database, log_in, clock):
    workers = [World(app_factory(database=database)) for _worker in range(2)]
    tenant = workers[0].tenant()
    with workers[0].session(tenant) as session:
        hoa = services.create_user(session, username="hoa", name="Nguyễn Thị Hoa", password=PASSWORD, language="en")
    known = workers[0].client()
    log_in(known)
    app, recovery = turn_on(known)
    known.post("/logout")
    clock.shift(STEP)
    browsers = [worker.client() for worker in workers * 6]
    for browser in browsers:
        log_in(browser)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda browser: give(browser, wrong_for(app)).status_code, browsers))
    while_resting = give(browsers[0], app.now()).status_code, give(browsers[1], recovery[0]).status_code
    log_in(known)
    owner = give(known, app.now()).status_code
    clock.shift(WINDOW + STEP)
    stranger = workers[1].client()
    log_in(stranger)
    later = give(stranger, app.now()).status_code

    assert answers.count(422) == PER_CODE
    assert answers.count(429) == len(browsers) - PER_CODE
    assert while_resting == (429, 429)
    assert owner == 303, "a browser that has signed in before has a count of its own"
    assert later == 303
    with workers[0].session(tenant) as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.entity_id == hoa.id)).all()
        warned = session.scalars(select(Notification.title).where(Notification.user_id == hoa.id)).all()
    assert (actions.count("code_refused"), actions.count("code_locked")) == (PER_CODE - 1, 1)
    assert [title[:35] for title in warned] == ["Somebody who knows your password tr"]


def test_patience_does_not_help_a_guesser(client, half_in, clock):
    app, _recovery = turn_on(client)
    statuses = []
    for _round in range(PER_CODE_DAY // PER_CODE + 2):
        browser = half_in()
        statuses += [give(browser, wrong_for(app)).status_code for _try in range(PER_CODE)]
        clock.shift(WINDOW + STEP)
    over = give(half_in(), app.now()).status_code
    clock.shift(DAY)

    assert statuses.count(422) == PER_CODE_DAY
    assert over == 429
    assert give(half_in(), app.now()).status_code == 303


def test_a_second_factor_opens_no_way_around_the_lock_out(world, client, log_in, clock):
    """While the account rests, the right password and a wrong one answer alike; right ones do not count."""
    turn_on(client)
    right = {log_in(world.client()).location for _visit in range(PER_ACCOUNT + 2)}
    for _attempt in range(PER_ACCOUNT):
        log_in(world.client(), password="wrong password")

    resting = [log_in(world.client(), password=each) for each in (PASSWORD, "wrong password")]

    assert right == {"/login/code"}
    assert [answer.status_code for answer in resting] == [429, 429]
    assert not any(
        answer.headers.getlist("Set-Cookie") and "banyan_session" in str(answer.headers) for answer in resting
    )


def require(world, tenant, *users):
    with world.session(tenant) as session:
        group = services.create_group(session, name="Kế toán trưởng")
        services.set_group_members(session, group, [user.id for user in users])
        services.require_second_factor(session, group, True)
    return group


def test_a_member_of_a_group_that_requires_it_sets_it_up_before_anything_else(
    world, tenant, hoa, client, half_in, clock
):
    require(world, tenant, hoa)

    sent = {client.get(path).location for path in ("/", "/account", "/core/users/", "/notifications")}
    fragment = client.get("/notifications/recent", htmx=True).headers["HX-Redirect"]
    posted = client.post("/account/password", data={"old": PASSWORD, "new": "x", "again": "x"}).location
    page = client.get("/account/second-factor/new").text
    turn_on(client)

    assert sent == {"/account/second-factor/new"}
    assert (fragment, posted) == ("/account/second-factor/new", "/account/second-factor/new")
    assert "Your permission group requires a second factor." in page
    assert client.get("/").status_code == 200
    assert client.post("/account/second-factor/off").status_code == 422
    assert "One of your permission groups requires" in client.get("/account").text


def test_an_administrator_ticks_the_requirement_and_is_not_spared(world, tenant):
    boss = world.user(tenant, groups=["core.administrator"])
    client = world.client(boss)
    with world.session(tenant) as session:
        group = session.scalars(select(Group).where(Group.shipped_key == "core.administrator")).one()
    ticks = ["core.manage_users", "core.manage_groups"]

    client.post(
        f"/core/groups/{group.id}/rights", data={"rights": ticks, "second_factor": "1", "version": group.version}
    )

    assert client.get("/").location == "/account/second-factor/new"
    assert client.get("/logout").status_code == 405
    turn_on(client)
    assert "checked" in client.get(f"/core/groups/{group.id}").text.partition('name="second_factor"')[2][:40]
    with world.session(tenant) as session:
        changes = session.scalars(select(AuditEntry.changes).where(AuditEntry.entity_id == group.id)).all()
    assert {"requires_second_factor": [False, True]} in changes


def test_an_administrator_resets_it_for_nobody_with_more_rights(world, tenant, hoa, client, log_in, half_in):
    turn_on(client)
    boss, manager = world.user(tenant, groups=["core.administrator"]), world.user(tenant, "core.manage_users")
    boss_client = world.client(boss)
    turn_on(boss_client)
    waiting = half_in()

    beyond = world.client(manager).post(f"/core/users/{boss.id}/reset-second-factor").status_code
    himself = boss_client.post(f"/core/users/{boss.id}/reset-second-factor").status_code
    foreign = boss_client.post(f"/core/users/{world.user(world.tenant()).id}/reset-second-factor").status_code
    done = world.client(manager).post(f"/core/users/{hoa.id}/reset-second-factor")
    twice = world.client(manager).post(f"/core/users/{hoa.id}/reset-second-factor").status_code

    assert (beyond, himself, foreign, done.status_code, twice) == (403, 422, 404, 303, 422)
    assert client.get("/account").location.startswith("/login")
    assert give(waiting, "123456").location == "/login"
    assert log_in(world.client(), tenant=tenant.slug).location == "/"
    with world.session(tenant) as session:
        assert session.scalars(select(RecoveryCode).where(RecoveryCode.user_id == hoa.id)).all() == []
        told = session.scalars(select(Notification.title).where(Notification.user_id == hoa.id)).all()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "second_factor_reset")).one()
    assert told == [f"{manager.name} reset the second factor of your account."]
    assert (entry.user_id, entry.entity_id) == (manager.id, hoa.id)


def test_a_password_link_does_not_get_past_the_second_factor(
    world, tenant, client, hoa, half_in, log_in, clock, monkeypatch
):
    """ASVS 5.0 §6.4.3; only the command line, for the last administrator, takes it away too."""
    app, _recovery = turn_on(client)
    with world.session(tenant) as session:
        path = services.make_password_link(session, session.need(User, hoa.id)).address
    new = {"new": "núi cao sông rộng", "again": "núi cao sông rộng"}
    assert world.client().post(path, data=new).status_code == 303
    clock.shift(STEP)

    browser = world.client()
    asked = log_in(browser, password=new["new"]).location
    opened = give(browser, app.now()).status_code
    monkeypatch.setattr("core.cli.accounts.create_app", lambda: world.app)
    CliRunner().invoke(user_commands, ["reset-link", tenant.slug, "hoa", "--second-factor"])

    assert (asked, opened) == ("/login/code", 303)
    assert log_in(world.client(), password=new["new"]).location == "/"


def test_nothing_of_it_is_remembered_in_the_browser(client, half_in):
    app, recovery = turn_on(client)
    browser = half_in()
    known = browser.get_cookie("banyan_device")

    sent = str(give(browser, recovery[0]).headers.getlist("Set-Cookie"))

    assert known is None, "who is half in is no known device"
    assert app.secret not in sent
    assert recovery[0] not in sent
