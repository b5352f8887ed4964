"""Users and departments: their administration through the pages, and the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from core.access import services
from core.access.models import Department, DepartmentMember, User
from core.cli.accounts import user as user_commands
from core.errors import DomainError

PASSWORD = "bờ biển rất dài"


@pytest.fixture
def chef(world, tenant):
    return world.client(world.user(tenant, groups=["core.administrator"], name="Trần Quản Trị"))


@pytest.fixture
def sales(world, tenant):
    with world.session(tenant) as session:
        return services.create_department(session, name="Phòng Kinh doanh")


def new_user(client, **entered):
    details = {"name": "Nguyễn Thị Hoa", "username": "hoa", "language": "vi", **entered}
    return client.post("/core/users/new", data=details)


def find_user(world, tenant, username="hoa"):
    with world.session(tenant) as session:
        return session.scalars(select(User).where(User.username == username)).one()


def test_a_new_employee_is_made_without_a_password(world, tenant, chef, sales, log_in):
    with world.session(tenant) as session:
        group = services.create_group(session, name="Bán hàng")

    answer = new_user(
        chef, departments=str(sales.id), groups=str(group.id), phone="0912 345 678", email="hoa@x.example"
    )

    hoa = find_user(world, tenant)
    assert (answer.status_code, answer.location) == (303, f"/core/users/{hoa.id}")
    assert (hoa.phone, hoa.email) == ("+84912345678", "hoa@x.example")
    page = chef.get(f"/core/users/{hoa.id}?tab=rights").text
    assert "Bán hàng" in page
    assert "Phòng Kinh doanh" in page
    assert not hoa.has_password
    assert "Invitation link" in chef.get(f"/core/users/{hoa.id}").text
    assert {log_in(world.client(), password=guess).status_code for guess in ("!", "", PASSWORD)} == {422}


def test_everything_wrong_is_told_at_once(world, tenant, chef):
    page = new_user(chef, username="Hoa Nguyễn", name=" ", email="no address", phone="12")

    assert page.status_code == 422
    with world.session(tenant) as session, pytest.raises(DomainError) as refused:
        services.create_user(
            session, username="hoa nguyễn", name="", password="short", email="no address", phone="12", language="fr"
        )
    fields = {problem.field for problem in refused.value.problems}
    assert fields == {"username", "name", "password", "email", "phone", "language"}


def test_a_user_name_is_taken_once_within_the_business(world, tenant, chef):
    assert new_user(chef).status_code == 303
    taken = new_user(chef, username=" HOA ")
    other = world.tenant()

    assert taken.status_code == 422
    assert "Somebody else has this user name." in taken.text
    with world.session(other) as session:
        assert services.create_user(session, username="hoa", name="Hoa", password=PASSWORD)


def test_profile_and_memberships_change_and_the_user_name_stays(world, tenant, chef, sales):
    new_user(chef)
    hoa = find_user(world, tenant)
    form = chef.get(f"/core/users/{hoa.id}/edit").text

    answer = chef.post(
        f"/core/users/{hoa.id}/edit",
        data={"name": "Nguyễn Thu Hoa", "username": "stolen", "departments": str(sales.id), "version": hoa.version},
    )

    assert 'name="username"' not in form
    assert 'name="password"' not in form
    assert answer.status_code == 303
    with world.session(tenant) as session:
        changed = session.need(User, hoa.id)
        members = session.scalars(select(DepartmentMember.user_id)).all()
    assert (changed.name, changed.username) == ("Nguyễn Thu Hoa", "hoa")
    assert members == [hoa.id]


def test_the_list_searches_without_marks_and_filters_by_state_department_and_group(world, tenant, chef, sales):
    with world.session(tenant) as session:
        group = services.create_group(session, name="Bán hàng")
        hoa = services.create_user(
            session, username="hoa", name="Nguyễn Thị Hoà", password=PASSWORD,
            department_ids=[sales.id], group_ids=[group.id],
        )  # fmt: skip
        khoa = services.create_user(session, username="khoa", name="Lê Đăng Khoa", password=PASSWORD)
        services.lock_user(session, khoa)

    def names(query):
        page = chef.get(f"/core/users/?{query}", htmx="list").text
        return {name for name in ("Nguyễn Thị Hoà", "Lê Đăng Khoa") if name in page}

    assert names("q=thi+hoa") == {"Nguyễn Thị Hoà"}
    assert names("q=dang+khoa") == {"Lê Đăng Khoa"}
    assert names("tab=locked") == {"Lê Đăng Khoa"}
    assert names("f.active=1") == {"Nguyễn Thị Hoà"}
    assert names(f"f.department={sales.id}") == {"Nguyễn Thị Hoà"}
    assert names(f"f.group={group.id}") == {"Nguyễn Thị Hoà"}
    assert hoa.name == "Nguyễn Thị Hoà"


def test_locking_and_unlocking_from_the_page(world, tenant, chef, employee, log_in):
    hoa = employee("hoa")
    staff = world.client()
    log_in(staff)

    chef.post(f"/core/users/{hoa.id}/lock")
    while_locked = staff.get("/account").location
    refused = log_in(world.client()).status_code
    chef.post(f"/core/users/{hoa.id}/unlock")

    assert while_locked.startswith("/login")
    assert refused == 422
    assert log_in(world.client()).status_code == 303


def test_nobody_locks_himself(world, tenant):
    boss, second = (world.user(tenant, groups=["core.administrator"]) for _each in range(2))

    assert world.client(boss).post(f"/core/users/{boss.id}/lock").status_code == 422
    assert world.client(boss).post(f"/core/users/{second.id}/lock").status_code == 303


def test_many_are_locked_at_once_except_oneself(world, tenant):
    boss = world.user(tenant, groups=["core.administrator"])
    others = [world.user(tenant) for _each in range(3)]

    answer = world.client(boss).post(
        "/core/users/bulk",
        data={"action": "lock", "ids": [str(user.id) for user in (boss, *others)], "confirmed": "1"},
    )

    with world.session(tenant) as session:
        locked = set(session.scalars(select(User.id).where(User.is_active.is_(False))))
    assert answer.status_code < 400
    assert locked == {user.id for user in others}


def test_accounts_of_others_are_not_there(world, tenant, chef):
    stranger = world.user(world.tenant())

    for verb in ("lock", "unlock", "password-link"):
        assert chef.post(f"/core/users/{stranger.id}/{verb}").status_code == 404
    assert chef.get(f"/core/users/{stranger.id}").status_code == 404
    assert chef.post(f"/core/users/{stranger.id}/edit", data={"name": "x"}).status_code == 404


def test_a_manager_of_users_does_not_see_buttons_that_would_be_refused(world, tenant):
    boss = world.user(tenant, groups=["core.administrator"])
    manager = world.client(world.user(tenant, "core.manage_users"))

    assert manager.get(f"/core/users/{boss.id}/edit").status_code == 403
    assert manager.post(f"/core/users/{boss.id}/password-link").status_code == 403
    assert "Quản trị viên" not in manager.get("/core/users/new").text


@pytest.mark.req("SYS-07")
def test_a_department_has_members_and_keeps_them_when_it_is_switched_off(world, tenant, chef):
    hoa, khoa = world.user(tenant, name="Nguyễn Thị Hoa"), world.user(tenant, name="Lê Khoa")
    made = chef.post(
        "/core/departments/new", data={"name": "Kho", "is_active": "1", "members": [str(hoa.id), str(khoa.id)]}
    )
    page = chef.get(f"{made.location}?tab=members").text
    with world.session(tenant) as session:
        kho = session.scalars(select(Department).where(Department.name == "Kho")).one()
    assert world.actor(hoa).department_ids == {kho.id}

    chef.post(
        f"/core/departments/{kho.id}/edit",
        data={"name": "Kho", "members": [str(hoa.id), str(khoa.id)], "version": kho.version},
    )

    assert "Nguyễn Thị Hoa" in page
    assert "Lê Khoa" in page
    assert world.actor(hoa).department_ids == {kho.id}
    assert "Kho" not in world.client(hoa).get("/core/people/departments?q=kho").text.replace("Khoa", "")


@pytest.mark.req("SYS-07")
def test_an_employee_is_in_several_departments(world, tenant, chef, sales):
    hoa = world.user(tenant)
    with world.session(tenant) as session:
        kho = services.create_department(session, name="Kho", user_ids=[hoa.id])
        services.set_department_members(session, session.need(Department, sales.id), [hoa.id])

    assert world.actor(hoa).department_ids == {kho.id, sales.id}
    assert "data-value" in chef.get("/core/people/departments?q=kinh").text


def test_members_of_another_business_cannot_be_put_into_a_department(world, tenant, chef, sales):
    stranger = world.user(world.tenant())

    answer = chef.post(
        f"/core/departments/{sales.id}/edit",
        data={"name": sales.name, "is_active": "1", "members": str(stranger.id), "version": sales.version},
    )

    assert answer.status_code == 422


def test_the_command_line_makes_users(world, tenant, monkeypatch, log_in):
    monkeypatch.setattr("core.cli.accounts.create_app", lambda: world.app)

    done = CliRunner().invoke(
        user_commands,
        ["create", tenant.slug, "hoa", "--name", "Nguyễn Thị Hoa", "--administrator", "--password-stdin"],
        input=f"{PASSWORD}\n",
    )
    asked = CliRunner().invoke(
        user_commands,
        ["create", tenant.slug, "khoa", "--name", "Lê Khoa", "--group", "core.administrator"],
        input=f"{PASSWORD}\n{PASSWORD}\n",
    )
    refused = CliRunner().invoke(
        user_commands,
        ["create", tenant.slug, "an", "--name", "An", "--group", "No such group", "--password-stdin"],
        input="short\n",
    )

    assert (done.exit_code, done.output) == (0, "hoa\n")
    assert asked.exit_code == 0
    assert PASSWORD not in asked.output
    assert isinstance(refused.exception, DomainError)
    client = world.client()
    log_in(client)
    assert client.get("/core/groups/").status_code == 303
