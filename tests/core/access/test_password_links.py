"""Links by which somebody chooses a password: an invitation, an administrator's help, the command line."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select

from core.access.models import PasswordLink, User, UserSession
from core.access.services.password_links import LINK_LIFE
from core.audit import AuditEntry
from core.cli.accounts import user as user_commands
from core.clock import now
from core.errors import DomainError
from core.jobs.execution import run_due_jobs
from core.kernel import EXTENSION
from core.messages.models import Message
from core.messages.smtp import MailServer
from core.notifications import Notification

OLD = "bờ biển rất dài"
NEW = "núi cao và sông rộng"


@pytest.fixture
def hoa(employee):
    return employee("hoa")


@pytest.fixture
def chef(world, tenant):
    return world.client(world.user(tenant, groups=["core.administrator"], name="Trần Quản Trị"))


def make_link(client, user):
    """The path that the page shows."""
    page = client.post(f"/core/users/{user.id}/password-link")
    assert page.status_code == 200, page.text
    return page.text.partition('id="password-link">')[2].partition("<")[0]


def choose(client, path, new=NEW, again=None):
    return client.post(path, data={"new": new, "again": new if again is None else again})


def test_a_link_sets_the_password_once_and_ends_every_session(world, tenant, chef, hoa, log_in):
    staff = world.client()
    log_in(staff)
    path = make_link(chef, hoa)
    looked = [world.client().get(path).status_code for _visit in range(3)]
    before = staff.get("/account").status_code

    wrong = choose(world.client(), path, "short").text
    unlike = choose(world.client(), path, again="something else").text
    done = choose(world.client(), path)

    assert looked == [200] * 3, "looking does not use it up: messengers look first"
    assert before == 200
    assert "Dùng ít nhất 8 ký tự" in wrong
    assert "Chưa giống mật khẩu mới." in unlike
    assert (done.status_code, done.location) == (303, "/login")
    assert staff.get("/account").location.startswith("/login")
    assert log_in(world.client()).status_code == 422
    assert log_in(world.client(), password=NEW).status_code == 303
    assert choose(world.client(), path, "another password of hers").status_code == 404
    assert world.client().get(path).status_code == 404
    assert log_in(world.client(), password=NEW).status_code == 303


def test_only_its_hash_is_kept_and_everything_is_on_record(world, tenant, chef, hoa):
    path = make_link(chef, hoa)
    choose(world.client(), path)
    second = make_link(chef, hoa)

    with world.session(tenant) as session:
        kept = session.scalars(select(PasswordLink)).one()
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.entity_id == hoa.id).order_by(AuditEntry.id)
        ).all()
        notices = session.scalars(select(Notification.title).where(Notification.user_id == hoa.id)).all()
    told = [(each.action, each.user_name) for each in entries if "password_link" in each.action]
    token = second.rpartition(".")[2]
    assert len(token) >= 43
    assert token.encode() not in kept.token_hash
    assert token not in str([each.changes for each in entries])
    assert told == [
        ("make_password_link", "Trần Quản Trị"),
        ("use_password_link", hoa.name),
        ("make_password_link", "Trần Quản Trị"),
    ]
    assert notices == ["Trần Quản Trị made a link for a new password of your account."] * 2


def test_a_link_dies_of_age_of_a_newer_one_and_with_the_account(world, tenant, hoa):
    boss = world.user(tenant, groups=["core.administrator"])
    chef = world.client(boss)
    with time_machine.travel(now(), tick=False) as clock:
        first = make_link(chef, hoa)
        second = make_link(chef, hoa)
        outdated = world.client().get(first).status_code
        clock.shift(LINK_LIFE - timedelta(seconds=1))
        in_time = world.client().get(second).status_code
        clock.shift(timedelta(seconds=1))
        late = world.client().get(second).status_code, choose(world.client(), second).status_code
        chef = world.client(boss)
        third = make_link(chef, hoa)
        chef.post(f"/core/users/{hoa.id}/lock")
        locked = choose(world.client(), third).status_code, chef.post(f"/core/users/{hoa.id}/password-link").status_code

    assert (outdated, in_time, late, locked) == (404, 200, (404, 404), (404, 422))


def test_of_two_uses_at_once_one_counts(world, tenant, chef, hoa, log_in):
    path = make_link(chef, hoa)
    clients = [world.client() for _each in range(4)]
    ready = threading.Barrier(len(clients))

    def use(number):
        ready.wait()
        return choose(clients[number], path, f"password number {number} of hers").status_code

    with ThreadPoolExecutor(len(clients)) as threads:
        answers = list(threads.map(use, range(len(clients))))

    winner = answers.index(303)
    assert sorted(answers) == [303, 404, 404, 404]
    assert log_in(world.client(), password=f"password number {winner} of hers").status_code == 303


@pytest.mark.parametrize("value", ["x", "x.y", "0" * 32, "0" * 32 + ".", "0" * 32 + ".x", "%00", "é" * 40, "%ff.%ff"])
def test_what_is_no_link_looks_like_one_that_has_ended(world, tenant, chef, hoa, value):
    used = make_link(chef, hoa)
    choose(world.client(), used)

    pages = [world.client().get(path) for path in (f"/password/{value}", used)]

    assert [page.status_code for page in pages] == [404, 404]
    assert all("Liên kết này không còn hiệu lực" in page.text for page in pages)
    assert choose(world.client(), f"/password/{value}").status_code == 404


def test_a_token_of_one_business_is_worth_nothing_in_another(world, tenant, chef, hoa):
    other = world.tenant()
    token = make_link(chef, hoa).rpartition(".")[2]

    assert world.client().get(f"/password/{other.id.hex}.{token}").status_code == 404


def test_nobody_gets_more_rights_by_making_a_link(world, tenant):
    """Who administers users makes links for those alone whose every tick he holds himself, and never for himself."""
    boss = world.user(tenant, groups=["core.administrator"])
    manager, peer = (world.user(tenant, "core.manage_users", "core.view_jobs") for _each in range(2))
    more = world.user(tenant, "core.manage_users", "core.view_audit")
    staff = world.user(tenant)
    client = world.client(manager)

    answers = {
        name: client.post(f"/core/users/{user.id}/password-link").status_code
        for name, user in {"boss": boss, "more": more, "peer": peer, "staff": staff, "himself": manager}.items()
    }

    assert answers == {"boss": 403, "more": 403, "peer": 200, "staff": 200, "himself": 422}
    assert world.client(staff).post(f"/core/users/{manager.id}/password-link").status_code == 403
    with world.session(tenant) as session:
        assert set(session.scalars(select(PasswordLink.user_id))) == {peer.id, staff.id}


@pytest.mark.engine("sqlite")
def test_the_address_comes_from_the_configuration_and_never_from_the_request(app_factory, database):
    from core.testing.world import World

    public = World(app_factory(database=database, base_url="https://crm.example.vn"))
    tenant = public.tenant("elsewhere")
    boss, staff = public.user(tenant, groups=["core.administrator"]), public.user(tenant)

    client, evil = public.client(), "https://evil.example"
    client.set_cookie(*public.cookie(boss), domain="evil.example")
    token = client.get("/account", base_url=evil).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    headers = {"X-CSRFToken": token, "Referer": f"{evil}/account", "X-Forwarded-Host": "evil.example"}
    page = client.post(f"/core/users/{staff.id}/password-link", base_url=evil, headers=headers, csrf=False)

    assert 'id="password-link">https://crm.example.vn/password/' in page.text
    assert "evil" not in page.text


def test_the_command_line_makes_links_and_invites(world, tenant, hoa, monkeypatch, log_in):
    monkeypatch.setattr("core.cli.accounts.create_app", lambda: world.app)
    run = CliRunner().invoke

    link = run(user_commands, ["reset-link", tenant.slug, "HOA"])
    invited = run(user_commands, ["create", tenant.slug, "khoa", "--name", "Lê Khoa", "--invite"])
    unknown = run(user_commands, ["reset-link", tenant.slug, "nobody"])

    assert choose(world.client(), link.output.strip()).status_code == 303
    assert choose(world.client(), invited.output.split()[1], "ba con mèo đen").status_code == 303
    assert log_in(world.client(), password=NEW).status_code == 303
    assert log_in(world.client(), "khoa", "ba con mèo đen").status_code == 303
    assert isinstance(unknown.exception, DomainError)


def test_somebody_signed_in_may_open_the_link_of_another(world, tenant, chef, hoa):
    path = make_link(chef, hoa)

    assert chef.get(path).status_code == 200
    assert choose(chef, path).status_code == 303
    assert chef.get("/account").status_code == 200
    with world.session(tenant) as session:
        assert session.scalars(select(UserSession).where(UserSession.user_id == hoa.id)).all() == []
        assert session.need(User, hoa.id).has_password


def test_a_link_goes_by_mail_and_nobody_reads_it_in_the_queue(app, world, tenant, chef, hoa, monkeypatch):
    taken = []
    monkeypatch.setattr(MailServer, "send", lambda server, outgoing: taken.append(outgoing))
    at = f"/core/users/{hoa.id}"
    assert "mail-password-link" not in chef.get(at).text
    assert chef.post(f"{at}/mail-password-link").status_code == 422
    kernel = app.extensions[EXTENSION]
    server = {"smtp_url": "smtp://127.0.0.1:25", "mail_from": "crm@haidang.example"}
    app.extensions[EXTENSION] = replace(kernel, config=replace(kernel.config, **server))
    with world.session(tenant) as session:
        session.need(User, hoa.id).email = "hoa@example.vn"

    assert "mail-password-link" in chef.get(at).text
    assert chef.post(f"{at}/mail-password-link").status_code == 303
    with world.session(tenant) as session:
        (waiting,) = session.scalars(select(Message).where(Message.template == "core.password_link"))
        assert "{{ secret }}" in waiting.body
        assert b"/password/" not in waiting.secret
        page = f"/core/messages/{waiting.id}"
    assert "{{ secret }}" in chef.get(page).text
    with app.app_context():
        run_due_jobs()
    (mail,) = [each for each in taken if "/password/" in each.body]
    assert mail.recipient == "hoa@example.vn"
    path = re.search(r"(/password/\S+)", mail.body)[1]
    assert choose(world.client(), path).status_code == 303
    with world.session(tenant) as session:
        (sent,) = session.scalars(select(Message).where(Message.template == "core.password_link"))
        assert (sent.state, sent.secret) == ("sent", None)
    assert "/password/" not in chef.get(page).text

    wording = {"subject_vi": "x", "body_vi": "không có", "subject_en": "x", "body_en": "{{ secret }}"}
    assert chef.post("/core/templates/core.password_link", data=wording).status_code == 422
