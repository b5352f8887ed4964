"""Settings → Permissions → Permission groups (SYS-02): the groups left, the rights of one and its members right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.access import services
from core.access.forms import GroupForm
from core.access.models import Group
from core.access.queries import find_person, list_group_members, list_groups, list_rights
from core.access.services.granting import MANAGE_GROUPS
from core.access.services.groups import shipped_group
from core.access.views.people import picked_ids
from core.errors import DomainError, NotFound
from core.i18n import in_domain, translator
from core.kernel import current_kernel, current_session
from core.web import AddonViews, redirect_to, render, toast

_ = translator(__name__)
views = AddonViews(__name__)


Change = Callable[..., ResponseReturnValue]


def on_the_page(change: Change) -> Change:
    """Show what a change of a group is refused for on the group's own page, above what it is about."""

    @wraps(change)
    def answer(id: UUID, **parameters: Any) -> ResponseReturnValue:
        try:
            return change(id, **parameters)
        except NotFound:
            raise
        except DomainError as error:
            current_session().rollback()
            page = _page(current_session().need(Group, id), problems=[str(problem) for problem in error.problems])
            return page, error.status

    return answer


@views.get("/core/groups/", permission=MANAGE_GROUPS)
def groups_list() -> ResponseReturnValue:
    groups = list_groups(current_session())
    if groups:
        return redirect_to(url_for("core.groups_detail", id=groups[0].id))
    return render("core/groups.html", groups=[], group=None)


@views.get("/core/groups/<uuid:id>", permission=MANAGE_GROUPS)
def groups_detail(id: UUID) -> ResponseReturnValue:
    return _page(current_session().need(Group, id))


@views.route("/core/groups/new", methods=("GET", "POST"), permission=MANAGE_GROUPS)
def groups_new() -> ResponseReturnValue:
    return _name_form(
        _("New permission group"),
        lambda name: services.create_group(current_session(), name=name),
        url_for("core.groups_list"),
    )


@views.route("/core/groups/<uuid:id>/edit", methods=("GET", "POST"), permission=MANAGE_GROUPS)
def groups_edit(id: UUID) -> ResponseReturnValue:
    group = current_session().need(Group, id)

    def rename(name: str) -> Group:
        services.rename_group(current_session(), group, name=name)
        return group

    return _name_form(_("Rename group"), rename, url_for("core.groups_detail", id=id), start=group.name)


@views.route("/core/groups/<uuid:id>/copy", methods=("GET", "POST"), permission=MANAGE_GROUPS)
def groups_copy(id: UUID) -> ResponseReturnValue:
    group = current_session().need(Group, id)
    start = str(_("%(name)s (copy)", name=group.name))
    return _name_form(
        _("Copy group"),
        lambda name: services.copy_group(current_session(), group, name=name),
        url_for("core.groups_detail", id=id),
        start=start,
    )


@views.post("/core/groups/<uuid:id>/rights", permission=MANAGE_GROUPS)
@on_the_page
def groups_rights(id: UUID) -> ResponseReturnValue:
    session = current_session()
    group = session.need(Group, id)
    session.expect_version(group, request.form.get("version", type=int))
    services.require_second_factor(session, group, "second_factor" in request.form)
    services.tick_permissions(session, group, request.form.getlist("rights"))
    toast(_("The rights of %(name)s are saved. They count from the next click of each member.", name=group.name))
    return redirect_to(url_for("core.groups_detail", id=id))


@views.post("/core/groups/<uuid:id>/members", permission=MANAGE_GROUPS)
@on_the_page
def groups_add_members(id: UUID) -> ResponseReturnValue:
    session = current_session()
    group = session.need(Group, id)
    chosen = picked_ids(request.form.getlist("members"))
    if typed := request.form.get("members_text", "").strip():
        person = find_person(session, typed)
        if person is None:
            raise DomainError.of("unknown_user", _("Choose “%(text)s” from the list.", text=typed), "members")
        chosen.append(person)
    services.add_group_members(session, group, chosen)
    return redirect_to(url_for("core.groups_detail", id=id, _anchor="members"))


@views.post("/core/groups/<uuid:id>/members/<uuid:user_id>/remove", permission=MANAGE_GROUPS)
@on_the_page
def groups_remove_member(id: UUID, user_id: UUID) -> ResponseReturnValue:
    session = current_session()
    services.remove_group_member(session, session.need(Group, id), user_id)
    return redirect_to(url_for("core.groups_detail", id=id, _anchor="members"))


@views.post("/core/groups/<uuid:id>/reset", permission=MANAGE_GROUPS)
@on_the_page
def groups_reset(id: UUID) -> ResponseReturnValue:
    group = current_session().need(Group, id)
    services.reset_group(current_session(), group)
    toast(_("%(name)s has the rights it was shipped with.", name=group.name))
    return redirect_to(url_for("core.groups_detail", id=id))


@views.post("/core/groups/<uuid:id>/delete", permission=MANAGE_GROUPS)
@on_the_page
def groups_delete(id: UUID) -> ResponseReturnValue:
    group = current_session().need(Group, id)
    services.delete_group(current_session(), group)
    toast(_("Deleted: %(name)s", name=group.name))
    return redirect_to(url_for("core.groups_list"))


def _page(group: Group, problems: Sequence[str] = ()) -> str:
    session = current_session()
    shipped = shipped_group(group)
    addon = current_kernel().registry.addon(shipped.addon).manifest if shipped else None
    return render(
        "core/groups.html",
        groups=list_groups(session),
        group=group,
        sections=list_rights(session, group),
        members=list_group_members(session, group),
        problems=problems,
        shipped_by=str(in_domain(addon.title, addon.name)) if addon else "",
    )


def _name_form(title: object, save: Any, back: str, start: str = "") -> ResponseReturnValue:
    """A page that asks for a group's name; ``save(name)`` answers the group to go on to."""
    form = GroupForm(data={"name": start})
    status = 200
    if request.method == "POST":
        try:
            if form.validate():
                return redirect_to(url_for("core.groups_detail", id=save(form.name.data).id))
        except DomainError as error:
            current_session().rollback()
            form.refuse(error)
        status = 422
    return render("core/group_form.html", title=title, form=form, back=back), status
