"""Tokens: made with the password, shown once, and never worth more than their owner at that moment."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.access import services
from core.access.models import ApiToken, Group, GroupMember, User
from core.access.passwords import hash_password
from core.access.throttle import PER_ACCOUNT
from core.audit import AuditEntry
from core.clock import now
from core.testing.world import Program

PASSWORD = "bờ biển rất dài"


@pytest.fixture
def owner(world, tenant, librarian):
    """The librarian, with a password."""
    with world.session(tenant) as session:
        session.need(User, librarian.id).password_hash = hash_password(PASSWORD)
    return librarian


@pytest.fixture
def client(world, owner):
    return world.client(owner)


def ask(client, *permissions, password=PASSWORD, name="Kế toán", days=30):
    sent = {"name": name, "days": days, "permissions": list(permissions), "old": password}
    return client.post("/account/tokens", data=sent)


def token_in(page) -> str:
    return re.search(r'id="token">([^<]+)<', page.text)[1]


def test_a_token_is_made_shown_once_used_and_revoked(world, tenant, owner, client):
    made = ask(client, "shelf.read")
    token = token_in(made)
    program = Program(world.app, token)
    used = program.get("/me")
    page = client.get("/account/tokens")
    id = re.search(r"/account/tokens/([0-9a-f-]+)/revoke", page.text)[1]
    revoked = client.post(f"/account/tokens/{id}/revoke")
    after = program.get("/me")

    assert (made.status_code, used.status_code, revoked.status_code) == (200, 200, 303)
    assert used.json["permissions"] == ["shelf.read"]
    assert (used.json["user"]["name"], used.json["token"]["name"]) == ("Lê Thị Thủ Thư", "Kế toán")
    assert "last used" in page.text
    assert "127.0.0.1" in page.text
    assert token not in page.text
    assert (after.status_code, after.json["code"]) == (401, "bad_token")
    assert client.post(f"/account/tokens/{id}/revoke").status_code == 404
    with world.session(tenant) as session:
        told = session.execute(select(AuditEntry.action, AuditEntry.changes).order_by(AuditEntry.id.desc()).limit(2))
        revoking, making = told.all()
    assert (making.action, revoking.action) == ("create_token", "revoke_token")
    assert making.changes["permissions"] == [None, ["shelf.read"]]


def test_only_the_hash_of_a_token_is_kept(world, tenant, librarian):
    token = world.token(librarian, "shelf.read")

    with world.session(tenant) as session:
        row = session.scalars(select(ApiToken)).one()
        everything = " ".join(str(getattr(row, column.key)) for column in ApiToken.__table__.columns)
    assert token.startswith(f"banyan_{tenant.id.hex}_")
    assert token.removeprefix(f"banyan_{tenant.id.hex}_") not in everything
    assert len(row.token_hash) == 32


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"password": "guessed it is"}, "This is not your present password."),
        ({"permissions": ()}, "Tick at least one right."),
        ({"permissions": ("core.manage_users",)}, "is not a valid choice"),
        ({"name": ""}, "This field is required."),
        ({"days": 10_000}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_stands_on_the_form_and_no_token_is_made(world, tenant, client, changed, message):
    permissions = changed.pop("permissions", ("shelf.read",))

    answer = ask(client, *permissions, **changed)

    assert answer.status_code == 422
    assert message in answer.text
    with world.session(tenant) as session:
        assert session.scalar(select(ApiToken.id)) is None


@pytest.mark.engine("sqlite")
def test_the_password_cannot_be_guessed_here(client):
    for _each in range(PER_ACCOUNT):
        ask(client, "shelf.read", password="guessed it is")

    assert ask(client, "shelf.read").status_code == 429


def test_a_token_is_worth_what_its_owner_holds_at_that_moment(world, tenant, librarian):
    """Token ∩ rights of the owner ∩ enabled addons; what he gets later the token has not."""
    program = world.program(librarian, "shelf.read", "shelf.create")

    def rights() -> list[str]:
        answer = program.get("/me")
        return answer.json["permissions"] if answer.status_code == 200 else [answer.json["code"]]

    def tick(*permissions: str) -> None:
        with world.session(tenant) as session:
            group = session.scalars(select(Group).join(GroupMember).where(GroupMember.user_id == librarian.id)).one()
            services.tick_permissions(session, group, permissions)

    before = rights()
    tick("shelf.read", "shelf.edit", "core.use_api")
    fewer = rights()
    tick("shelf.read")
    none = rights()

    assert before == ["shelf.create", "shelf.read"]
    assert fewer == ["shelf.read"]
    assert none == ["api_not_allowed"]


def test_a_token_dies_with_its_owner_and_rests_until_he_has_a_password(world, tenant, librarian):
    program, boss = world.program(librarian), world.user(tenant, "core.manage_users", "core.manage_groups")

    def change(what) -> tuple[int, str]:
        with world.session(tenant, boss) as session:
            what(session, session.need(User, librarian.id))
        answer = program.get("/shelf/books")
        return answer.status_code, answer.json.get("code", "")

    assert change(services.lock_user) == (401, "bad_token")
    assert change(services.unlock_user) == (200, "")
    with time_machine.travel(now() + timedelta(days=30, seconds=1), tick=False):
        assert program.get("/shelf/books").json["code"] == "bad_token"


def test_a_token_is_seen_and_revoked_by_its_owner_alone(world, tenant, librarian):
    world.token(librarian)
    with world.session(tenant) as session:
        id = session.scalars(select(ApiToken.id)).one()
    for other in (world.user(tenant, "core.use_api", "core.manage_users"), world.user(world.tenant(), "core.use_api")):
        client = world.client(other)
        assert "You have no token." in client.get("/account/tokens").text
        assert client.post(f"/account/tokens/{id}/revoke").status_code == 404
    with world.session(tenant) as session:
        assert session.scalar(select(ApiToken.id)) == id


def test_a_token_cannot_give_rights_that_it_was_not_made_for(world, tenant):
    """Its owner may give every group; a token that may manage users alone must not make an administrator."""
    boss = world.user(tenant, "core.use_api", groups=("core.administrator",))
    with world.session(tenant) as session:
        administrators = session.scalars(select(Group.id).where(Group.shipped_key == "core.administrator")).one()
    program = world.program(boss, "core.manage_users")
    sent = {"name": "Kẻ Xâm Nhập", "username": "xam.nhap"}

    grabbed = program.post("/core/users", {**sent, "groups": [str(administrators)]})
    plain = program.post("/core/users", {**sent, "groups": []})
    own = program.patch(f"/core/users/{boss.id}", {"groups": [], "version": 1})

    assert grabbed.status_code == 422, grabbed.text
    assert plain.status_code == 201, plain.text
    assert not {"password", "password_hash"} & plain.json.keys()
    assert own.status_code in {403, 422}, own.text


def test_a_signed_in_browser_is_nobody_here(world, librarian):
    """No cookie opens the API, none is given, and no other site may read it."""
    client = world.client(librarian)

    got = client.get("/api/v1/shelf/books", headers={"Origin": "https://evil.example"})
    posted = client.post("/api/v1/shelf/books", json={"name": "x", "code": "B1"})
    preflight = client.options("/api/v1/shelf/books", headers={"Origin": "https://evil.example"})
    token = world.token(librarian)
    allowed = client.get("/api/v1/shelf/books", headers={"Authorization": f"Bearer {token}"})
    in_query = client.get(f"/api/v1/shelf/books?access_token={token}")

    assert [each.status_code for each in (got, posted, preflight, allowed, in_query)] == [401, 401, 401, 200, 401]
    for answer in (got, posted, preflight, allowed):
        assert "Set-Cookie" not in answer.headers
        assert not [name for name, _value in answer.headers if name.startswith("Access-Control")]


def test_without_the_right_to_use_the_api_there_are_no_tokens(world, tenant):
    client = world.client(world.user(tenant, "shelf.read"))

    assert client.get("/account/tokens").status_code == 403
    assert client.get("/account/api").status_code == 403
    assert "Access for programs" not in client.get("/account").text
