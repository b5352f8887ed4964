"""Permission groups: ticking, members, ready-made groups, and the rules that keep a business governable."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.access import services
from core.access.models import Group, GroupPermission, User
from core.audit import AuditEntry
from core.errors import DomainError, Forbidden
from core.tenancy.services import disable_addon, enable_addon


@pytest.fixture
def addons(stall_addons):
    return stall_addons


@pytest.fixture
def administrator(world, tenant):
    return world.user(tenant, groups=["core.administrator"], name="Trần Quản Trị")


@pytest.fixture
def group(world, tenant):
    with world.session(tenant) as session:
        return services.create_group(session, name="Bán hàng ca sáng")


def ticks(world, tenant, group):
    with world.session(tenant) as session:
        return set(session.scalars(select(GroupPermission.permission).where(GroupPermission.group_id == group.id)))


def tick(client, group, *rights, version=None):
    page = client.get(f"/core/groups/{group.id}").text
    version = version or re.search(r'name="version" value="(\d+)"', page)[1]
    return client.post(f"/core/groups/{group.id}/rights", data={"rights": list(rights), "version": version})


@pytest.mark.req("SYS-02")
def test_rights_are_ticked_by_section_and_count_from_the_next_request(world, tenant, administrator, group):
    seller = world.user(tenant)
    with world.session(tenant) as session:
        services.set_group_members(session, session.need(Group, group.id), [seller.id])
    chef, staff = world.client(administrator), world.client(seller)
    page = chef.get(f"/core/groups/{group.id}").text
    assert page.index("Market stall") < page.index("View goods") < page.index("Delete goods")
    assert staff.get("/stall/").status_code == 403

    answer = tick(chef, group, "stall.read", "stall.edit")

    assert (answer.status_code, answer.location) == (303, f"/core/groups/{group.id}")
    assert ticks(world, tenant, group) == {"stall.read", "stall.edit"}
    assert staff.get("/stall/").status_code == 200


@pytest.mark.req("SYS-02")
def test_a_user_in_two_groups_has_the_rights_of_both(world, tenant):
    with world.session(tenant) as session:
        first, second = (services.create_group(session, name=name) for name in ("Xem", "Sửa"))
        services.tick_permissions(session, first, ["stall.read"])
        services.tick_permissions(session, second, ["stall.edit"])
        user = services.create_user(
            session, username="hoa", name="Hoa", password="bờ biển rất dài", group_ids=[first.id, second.id]
        )

    client = world.client(user)

    assert client.get("/stall/").status_code == 200
    assert client.get("/stall/kinds").status_code == 200


@pytest.mark.req("SYS-02", "SYS-05")
def test_a_right_removed_while_a_page_is_open_refuses_the_next_click(world, tenant, administrator, group):
    seller = world.user(tenant)
    with world.session(tenant) as session:
        found = session.need(Group, group.id)
        services.tick_permissions(session, found, ["stall.read", "stall.edit"])
        services.set_group_members(session, found, [seller.id])
        good = _good(session)
    staff = world.client(seller)
    assert staff.get("/stall/").status_code == 200

    tick(world.client(administrator), group, "stall.read")

    assert staff.post(f"/stall/{good.id}/edit").status_code == 403
    assert staff.post(f"/stall/{good.id}/edit", htmx=True).status_code == 403
    with world.session(tenant) as session:
        assert session.need(type(good), good.id).name == "Tea"


@pytest.mark.req("SYS-05")
@pytest.mark.parametrize("verb", ["edit", "delete"])
def test_editing_and_deleting_need_their_own_rights(world, tenant, verb):
    with world.session(tenant) as session:
        good = _good(session)
    readers = [world.user(tenant, "stall.read"), world.user(tenant, "stall.read", f"stall.{verb}")]

    answers = [world.client(user).post(f"/stall/{good.id}/{verb}").status_code for user in readers]

    assert answers == [403, 200]


def test_ticks_of_an_addon_that_is_off_are_hidden_kept_and_count_again(world, tenant, administrator, group):
    member = world.user(tenant)
    with world.session(tenant) as session:
        found = session.need(Group, group.id)
        services.tick_permissions(session, found, ["stall.read", "till.read"])
        services.set_group_members(session, found, [member.id])
        disable_addon(session, "till")
    chef = world.client(administrator)

    page = chef.get(f"/core/groups/{group.id}").text
    tick(chef, group, "stall.read")

    assert "View the till" not in page
    assert ticks(world, tenant, group) == {"stall.read", "till.read"}
    assert world.client(member).get("/till/takings").status_code == 404
    with world.session(tenant) as session:
        enable_addon(session, "till")
    assert world.client(member).get("/till/takings").status_code == 200


def test_a_right_of_an_addon_that_is_off_cannot_be_ticked(world, tenant, administrator, group):
    with world.session(tenant) as session:
        disable_addon(session, "till")

    answer = tick(world.client(administrator), group, "till.read", "no.such")

    assert answer.status_code == 422
    assert ticks(world, tenant, group) == set()


def test_two_administrators_do_not_undo_each_other_unseen(world, tenant, administrator, group):
    chef = world.client(administrator)
    version = re.search(r'name="version" value="(\d+)"', chef.get(f"/core/groups/{group.id}").text)[1]
    tick(chef, group, "stall.read")

    answer = tick(chef, group, "stall.delete", version=version)

    assert answer.status_code == 409
    assert ticks(world, tenant, group) == {"stall.read"}


def test_every_change_of_rights_and_members_is_recorded(world, tenant, administrator, group):
    member = world.user(tenant, name="Nguyễn Thị Hoa")
    chef = world.client(administrator)
    tick(chef, group, "stall.read")
    chef.post(f"/core/groups/{group.id}/members", data={"members": [str(member.id)]})

    with world.session(tenant) as session:
        query = select(AuditEntry).where(AuditEntry.entity_id == group.id).order_by(AuditEntry.id)
        entries = [(each.action, each.changes) for each in session.scalars(query) if each.user_id == administrator.id]

    assert ("tick", {"stall.read": [False, True]}) in entries
    assert ("update", {"members": [[], [str(member.id)]]}) in entries


def test_members_are_added_and_taken_out(world, tenant, administrator, group):
    hoa, khoa = world.user(tenant, name="Nguyễn Thị Hoa"), world.user(tenant, name="Lê Khoa")
    chef = world.client(administrator)

    chef.post(
        f"/core/groups/{group.id}/members", data={"members": [str(hoa.id), "no id"], "members_text": khoa.username}
    )
    page = chef.get(f"/core/groups/{group.id}").text
    chef.post(f"/core/groups/{group.id}/members/{hoa.id}/remove")

    assert "Nguyễn Thị Hoa" in page
    assert "Lê Khoa" in page
    assert "Nguyễn Thị Hoa" not in chef.get(f"/core/groups/{group.id}").text


def test_the_picker_finds_colleagues_without_marks_and_not_the_locked_ones(world, tenant):
    hoa = world.user(tenant, name="Nguyễn Thị Hoà")
    locked = world.user(tenant, name="Trần Hoà")
    stranger = world.user(world.tenant(), name="Phạm Hoà")
    with world.session(tenant) as session:
        services.lock_user(session, session.need(User, locked.id))

    page = world.client(hoa).get("/core/people/pick?q=hoa").text

    assert "Nguyễn Thị Hoà" in page
    assert "Trần Hoà" not in page
    assert stranger.name not in page
    assert world.client().get("/core/people/pick?q=hoa").status_code == 303


@pytest.mark.parametrize("page", ["/core/groups/", "/core/groups/new", "/apps", "/settings/core"])
def test_administration_needs_its_right(world, tenant, page):
    assert world.client(world.user(tenant, "stall.read")).get(page).status_code == 403


def test_a_group_of_another_business_is_not_there(world, tenant, administrator):
    other = world.tenant()
    with world.session(other) as session:
        foreign = services.create_group(session, name="Foreign")
    stranger = world.user(other)
    chef = world.client(administrator)
    own = _administrators(world, tenant)

    assert chef.get(f"/core/groups/{foreign.id}").status_code == 404
    for verb in ("rights", "members", "reset", "delete", "edit", "copy"):
        assert chef.post(f"/core/groups/{foreign.id}/{verb}", data={"name": "x"}).status_code == 404
    assert chef.post(f"/core/groups/{own.id}/members", data={"members": [str(stranger.id)]}).status_code == 422


# Ready-made groups


def test_ready_made_groups_come_with_their_addon_once_and_keep_what_was_ticked(world, tenant):
    with world.session(tenant) as session:
        seller = session.scalars(select(Group).where(Group.shipped_key == "stall.seller")).one()
        services.tick_permissions(session, seller, ["stall.read"])
        services.rename_group(session, seller, name="Bán hàng")
    with world.session(tenant) as session:
        disable_addon(session, "till")
        disable_addon(session, "stall")
        enable_addon(session, "stall")

    with world.session(tenant) as session:
        groups = session.scalars(select(Group).where(Group.shipped_key.startswith("stall."))).all()
    assert [group.name for group in groups] == ["Bán hàng"]
    assert ticks(world, tenant, groups[0]) == {"stall.read"}


def test_a_ready_made_group_whose_name_is_taken_gets_another(world):
    tenant = world.tenant(addons=[])
    with world.session(tenant) as session:
        services.create_group(session, name="SELLER")
        enable_addon(session, "stall")
        names = set(session.scalars(select(Group.name).where(Group.shipped_key == "stall.seller")))

    assert names == {"Seller (Market stall)"}


def test_the_administrators_group_holds_every_right_of_the_kernel(world, tenant):
    own = _administrators(world, tenant)
    core = {name for name in world.app.extensions["banyan"].registry.permissions if name.startswith("core.")}

    assert ticks(world, tenant, own) == core


def test_a_ready_made_group_goes_back_to_what_was_shipped(world, tenant, administrator):
    with world.session(tenant) as session:
        seller = session.scalars(select(Group).where(Group.shipped_key == "stall.seller")).one()
    chef = world.client(administrator)
    tick(chef, seller, "stall.delete")

    chef.post(f"/core/groups/{seller.id}/reset")

    assert ticks(world, tenant, seller) == {"stall.read", "stall.edit"}


def test_ones_own_group_has_nothing_to_go_back_to(world, administrator, group):
    assert world.client(administrator).post(f"/core/groups/{group.id}/reset").status_code == 422


def test_a_copy_has_the_ticks_and_no_members(world, tenant, administrator):
    own = _administrators(world, tenant)
    chef = world.client(administrator)

    answer = chef.post(f"/core/groups/{own.id}/copy", data={"name": "Phó quản trị"})

    with world.session(tenant) as session:
        copied = session.scalars(select(Group).where(Group.name == "Phó quản trị")).one()
    assert answer.location == f"/core/groups/{copied.id}"
    assert ticks(world, tenant, copied) == ticks(world, tenant, own)
    assert administrator.name not in chef.get(answer.location).text.partition('id="members"')[2]


def test_two_groups_cannot_read_alike(world, tenant, administrator, group):
    answer = world.client(administrator).post("/core/groups/new", data={"name": "ban hang CA SANG"})

    assert answer.status_code == 422
    assert "There is one with this name already." in answer.text


# Somebody can always manage rights


def test_the_last_administrator_stays(world, tenant, administrator):
    own = _administrators(world, tenant)
    chef = world.client(administrator)

    answers = [
        chef.post(f"/core/groups/{own.id}/members/{administrator.id}/remove"),
        tick(chef, own, "core.manage_users"),
        chef.post(f"/core/groups/{own.id}/delete"),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert all("Nobody would be left who can manage rights." in answer.text for answer in answers)
    assert chef.get("/core/groups/").status_code == 303
    with world.session(tenant) as session, pytest.raises(DomainError) as refused:
        services.lock_user(session, session.need(User, administrator.id))
    assert [problem.code for problem in refused.value.problems] == ["last_administrator"]


def test_a_locked_administrator_does_not_count(world, tenant, administrator):
    second = world.user(tenant, groups=["core.administrator"])
    own = _administrators(world, tenant)
    with world.session(tenant) as session:
        services.lock_user(session, session.need(User, second.id))

    answer = world.client(administrator).post(f"/core/groups/{own.id}/members/{administrator.id}/remove")

    assert answer.status_code == 422


def test_an_administrator_may_go_while_another_stays(world, tenant, administrator):
    second = world.user(tenant, groups=["core.administrator"])
    own = _administrators(world, tenant)

    answer = world.client(second).post(f"/core/groups/{own.id}/members/{administrator.id}/remove")

    assert answer.status_code == 303
    assert world.client(administrator).get("/core/groups/").status_code == 403


def test_a_group_that_is_deleted_takes_its_rights_with_it(world, tenant, administrator):
    with world.session(tenant) as session:
        made = services.create_group(session, name="Tạm thời")
        services.tick_permissions(session, made, ["stall.read"])
        member = services.create_user(
            session, username="hoa", name="Hoa", password="bờ biển rất dài", group_ids=[made.id]
        )
    staff = world.client(member)
    assert staff.get("/stall/").status_code == 200

    world.client(administrator).post(f"/core/groups/{made.id}/delete")

    assert staff.get("/stall/").status_code == 403


# Nobody gives what he does not have


def test_a_manager_of_users_gives_only_groups_whose_rights_he_holds(world, tenant):
    manager = world.user(tenant, "core.manage_users", "stall.read")
    with world.session(tenant) as session:
        small, large = (services.create_group(session, name=name) for name in ("Nhỏ", "Lớn"))
        services.tick_permissions(session, small, ["stall.read"])
        services.tick_permissions(session, large, ["stall.read", "stall.delete"])
    details = {"username": "hoa", "name": "Hoa", "password": "bờ biển rất dài"}

    with world.session(tenant, manager) as session:
        with pytest.raises(Forbidden):
            services.create_user(session, **details, group_ids=[large.id])
        with pytest.raises(Forbidden):
            services.create_user(session, **details, administrator=True)
        assert services.create_user(session, **details, group_ids=[small.id])


def test_ticks_of_addons_that_are_off_count_when_rights_are_compared(world, tenant):
    manager = world.user(tenant, "core.manage_users", "stall.read")
    with world.session(tenant) as session:
        sleeping = services.create_group(session, name="Ngủ")
        services.tick_permissions(session, sleeping, ["till.read"])
        disable_addon(session, "till")

    with world.session(tenant, manager) as session, pytest.raises(Forbidden):
        services.create_user(session, username="hoa", name="Hoa", password="bờ biển rất dài", group_ids=[sleeping.id])


def test_a_manager_of_users_cannot_take_over_an_account_with_more_rights(world, tenant, administrator):
    manager = world.user(tenant, "core.manage_users")

    with world.session(tenant, manager) as session:
        victim = session.need(User, administrator.id)
        for attempt in (services.make_password_link, services.lock_user):
            with pytest.raises(Forbidden):
                attempt(session, victim)
        with pytest.raises(Forbidden):
            services.update_user(session, victim, name="Another")


def test_without_the_right_over_groups_one_ticks_only_what_one_holds(world, tenant, group):
    clerk = world.user(tenant, "stall.read")

    with world.session(tenant, clerk) as session:
        found = session.need(Group, group.id)
        with pytest.raises(Forbidden):
            services.tick_permissions(session, found, ["stall.delete"])
        services.tick_permissions(session, found, ["stall.read"])

    assert ticks(world, tenant, group) == {"stall.read"}


def _good(session):
    from addons.stall.models import Good

    good = Good(name="Tea")
    session.add(good)
    session.flush()
    return good


def _administrators(world, tenant):
    with world.session(tenant) as session:
        return session.scalars(select(Group).where(Group.shipped_key == "core.administrator")).one()
