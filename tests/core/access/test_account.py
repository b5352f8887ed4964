"""One's own account: password, browsers, preferences."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from sqlalchemy import select

from core.access import services
from core.access.models import User, UserSession
from core.access.sessions import SEEN_EVERY
from core.access.signing_in import SESSION_COOKIE
from core.access.throttle import PER_ACCOUNT
from core.clock import now
from core.testing.queries import recorded_statements

OLD = "bờ biển rất dài"
NEW = "núi cao và sông rộng"


@pytest.fixture
def hoa(employee):
    return employee("hoa")


@pytest.fixture
def client(world, hoa, log_in):
    client = world.client()
    log_in(client)
    return client


def change(client, old=OLD, new=NEW, again=None):
    return client.post("/account/password", data={"old": old, "new": new, "again": new if again is None else again})


def test_the_new_password_counts_and_all_other_browsers_are_out(world, client, log_in):
    other = world.client()
    log_in(other)
    before = client.get_cookie(SESSION_COOKIE).value

    answer = change(client)

    assert (answer.status_code, answer.location) == (303, "/account")
    assert client.get("/account").status_code == 200
    assert other.get("/account").location.startswith("/login")
    assert log_in(world.client()).status_code == 422
    assert log_in(world.client(), password=NEW).status_code == 303
    assert client.get_cookie(SESSION_COOKIE).value != before


def test_the_cookie_from_before_the_change_is_worth_nothing(world, client):
    stolen = world.client()
    stolen.set_cookie(SESSION_COOKIE, client.get_cookie(SESSION_COOKIE).value)

    change(client)

    assert stolen.get("/account").location.startswith("/login")


@pytest.mark.parametrize(
    ("entered", "message"),
    [
        ({"old": "guessed it is"}, "This is not your present password."),
        ({"new": "short"}, "Use at least 8 characters"),
        ({"new": "Nguyễn Thị Hoa"}, "must be more than the user name"),
        ({"new": OLD}, "The new password is the old one."),
        ({"again": "something else"}, "This is not the same as the new password."),
        ({"new": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_stands_on_the_form_and_nothing_changes(world, client, log_in, entered, message):
    answer = change(client, **entered)

    assert answer.status_code == 422
    assert message in answer.text
    assert log_in(world.client()).status_code == 303


def test_a_borrowed_browser_cannot_guess_the_password(client):
    answers = [change(client, old=f"guess number {n}").status_code for n in range(PER_ACCOUNT + 2)]

    assert answers == [422] * PER_ACCOUNT + [429] * 2


def test_a_right_password_gives_its_place_back(client):
    """A refused new password, or a change that came through, is no guess at the present one."""
    answers = [change(client, new="short").status_code for _try in range(PER_ACCOUNT + 2)]
    passwords = [OLD, *(f"{NEW} {n}" for n in range(PER_ACCOUNT + 2))]
    changes = [change(client, old=old, new=new).status_code for old, new in pairwise(passwords)]

    assert set(answers) == {422}
    assert set(changes) == {303}


def test_own_browsers_are_listed_and_signed_out_one_by_one(world, tenant, client, log_in):
    phone = world.client()
    phone.post(
        "/login",
        data={"username": "hoa", "password": OLD},
        headers={"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit Version/19.0 Mobile Safari/604.1"},
    )
    page = client.get("/account").text
    with world.session(tenant) as session:
        other = session.scalars(select(UserSession.id).where(UserSession.user_agent.contains("iPhone"))).one()

    client.post(f"/account/sessions/{other}/end")

    assert "Safari, iPhone" in page
    assert "This browser" in page
    assert phone.get("/account").location.startswith("/login")
    assert client.get("/account").status_code == 200


def test_nobody_ends_the_session_of_another(world, tenant, client, employee, log_in):
    employee("khoa")
    khoa = world.client()
    log_in(khoa, "khoa")
    with world.session(tenant) as session:
        query = select(UserSession.id).join(User, User.id == UserSession.user_id).where(User.username == "khoa")
        foreign = session.scalars(query).one()

    assert client.post(f"/account/sessions/{foreign}/end").status_code == 404
    assert khoa.get("/account").status_code == 200


def test_signing_out_everywhere_includes_this_browser(world, client, log_in):
    other = world.client()
    log_in(other)

    answer = client.post("/account/sessions/end-all")

    assert answer.location == "/login"
    assert client.get("/account").location.startswith("/login")
    assert other.get("/account").location.startswith("/login")


def test_language_theme_and_density_are_kept_with_the_user(world, client, log_in):
    client.post("/preferences", data={"language": "vi", "next": "/account"})
    client.post("/preferences", data={"theme": "dark"})
    client.post("/preferences", data={"density": "compact"})
    again = world.client()
    log_in(again)

    page = again.get("/account").text

    assert '<html lang="vi"' in page
    assert 'data-theme-choice="dark"' in page
    assert 'data-density="compact"' in page
    assert "Đổi mật khẩu" in page


@pytest.mark.parametrize("chosen", [{"language": "fr"}, {"theme": "<script>"}, {"density": "0"}])
def test_preferences_take_only_what_is_offered(client, chosen):
    assert client.post("/preferences", data=chosen).status_code == 422


def test_preferences_lead_back_to_our_own_pages_only(client):
    assert client.post("/preferences", data={"theme": "dark", "next": "/account"}).location == "/account"
    assert client.post("/preferences", data={"theme": "dark", "next": "//evil.example"}).location == "/"


def test_a_visitor_chooses_the_language_before_signing_in(world, hoa):
    visitor = world.client()

    first = visitor.get("/login").text
    chosen = visitor.get("/login?language=en").text
    later = visitor.get("/login").text

    assert '<html lang="vi"' in first
    assert '<html lang="en"' in chosen
    assert '<html lang="en"' in later
    assert '<html lang="en"' in visitor.get("/login?language=xx").text


def test_a_use_is_noted_every_ten_minutes_and_never_in_between(world, tenant, hoa, log_in):
    with time_machine.travel(now(), tick=False) as clock:
        client = world.client()
        log_in(client)
        clock.shift(SEEN_EVERY - timedelta(seconds=1))
        with recorded_statements() as early:
            client.get("/account")
        clock.shift(timedelta(seconds=1))
        client.get("/account")

        with world.session(tenant) as session:
            seen = session.scalars(select(UserSession.last_seen_at)).one()
        assert not [statement for statement in early if statement.startswith("UPDATE")]
        assert abs(seen - now()) < timedelta(seconds=1)


def test_extensions_find_the_user_where_flask_login_has_him(world, client, hoa):
    from flask_login import current_user

    with client:
        client.get("/account")
        assert current_user.is_authenticated
        assert current_user.get_id() == str(hoa.id)
        client.post("/logout")
    stranger = world.client()
    with stranger:
        stranger.get("/login")
        assert not current_user.is_authenticated


def test_a_changed_password_is_recorded_without_it(world, tenant, client, hoa):
    from core.audit import AuditEntry

    change(client)

    with world.session(tenant) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.entity_id == hoa.id)).all()
    assert "change_password" in {entry.action for entry in entries}
    assert "argon2" not in str([entry.changes for entry in entries])
    assert NEW not in str([entry.changes for entry in entries])


def test_locking_signs_out_at_once(world, tenant, client, hoa):
    with world.session(tenant) as session:
        services.lock_user(session, session.need(User, hoa.id))
        assert session.scalars(select(UserSession)).all() == []

    assert client.get("/account").location.startswith("/login")
