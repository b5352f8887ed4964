"""Where pages lead: the URLs that a user may call, and the buttons and menus made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from flask import current_app, url_for

from core.db.session import ActorSession
from core.i18n import translator
from core.resources.filters import Args
from core.tenancy.addons import enabled_addons
from core.web.access import SIGNED_IN
from core.web.requests import access_of

if TYPE_CHECKING:
    from core.resources.base import Action, Resource

_ = translator(__name__)

AUDIT = "core.audit_list"
"""The record of changes (``core.audit``)."""


def may_call(session: ActorSession, endpoint: str) -> bool:
    """Whether the user would get an answer from ``endpoint``: it exists, its addon is on, a permission is held."""
    access = access_of(endpoint)
    if access is None or endpoint.partition(".")[0] not in enabled_addons(session):
        return False
    return access.public is not None or any(each == SIGNED_IN or session.actor.can(each) for each in access.permissions)


def url_if_allowed(resource: Resource[Any], session: ActorSession, verb: str, **values: Any) -> str:
    """The URL of a verb; empty where the user may not call it."""
    endpoint = resource.endpoint(verb)
    return url_for(endpoint, **values) if may_call(session, endpoint) else ""


def with_args(url: str, args: Args) -> str:
    """``url`` with a query string."""
    return f"{url}?{urlencode(args)}" if args else url


def history_url(session: ActorSession, entity: str, id: UUID) -> str:
    """Where all changes of a record stand; empty where the user may not see them."""
    return with_args(url_for(AUDIT), [("f.record", f"{entity}:{id}")]) if may_call(session, AUDIT) else ""


def action_items(session: ActorSession, actions: Any, id: UUID, record: Any = None) -> list[dict[str, Any]]:
    """Actions as menu items or buttons; only those whose route the user may call and whose record is in the right state."""
    return [
        _action_item(action, id)
        for action in actions
        if may_call(session, action.endpoint) and (record is None or action.when is None or action.when(record))
    ]


def _action_item(action: Action, id: UUID) -> dict[str, Any]:
    url = url_for(action.endpoint, id=id, **action.parameters)
    item: dict[str, Any] = {"label": str(action.label), "icon": action.icon, "primary": action.primary}
    if action.post:
        return {**item, "post": url, "confirm": str(action.confirm)}
    return {**item, "url": url, "attrs": {"hx-get": url, "hx-target": "#dialog"} if action.dialog else {}}


def quick_actions(resource: Resource[Any], session: ActorSession, record: Any) -> list[dict[str, Any]]:
    """What is done to a record most often, as buttons: the resource's own, then what enabled addons bring."""
    own = action_items(session, [each for each in resource.actions if each.place == "button"], record.id, record)
    return own + [
        {"label": item.label, "icon": item.icon, "primary": False, "url": item.url, "attrs": {}}
        for item in slot_of(resource.action_slot, record.id)
    ]


def slot_of(name: str, id: UUID) -> list[Any]:
    """What enabled addons put into the slot ``name`` of a record, as far as the user may (``core.web.pages``)."""
    slot: Any = current_app.jinja_env.globals["slot"]
    items: list[Any] = slot(name, id=id)
    return items


def verb_items(
    resource: Resource[Any], session: ActorSession, id: UUID, *, can_edit: bool = True, can_delete: bool = True
) -> list[dict[str, Any]]:
    """Edit, copy link, delete: what every record's menu ends with."""
    items: list[dict[str, Any]] = []
    if can_edit and (url := url_if_allowed(resource, session, "edit", id=id)):
        items.append({"label": str(_("Edit")), "icon": "pencil", "url": url})
    link = url_for(resource.endpoint("detail"), id=id)
    items.append({"label": str(_("Copy link")), "icon": "link", "attrs": {"data-copy": link}})
    if can_delete and (url := url_if_allowed(resource, session, "delete", id=id)):
        dialog = {"hx-get": url, "hx-target": "#dialog"}
        label = str(_("Delete"))
        items.append({"divider": True, "label": label, "icon": "trash", "bad": True, "url": url, "attrs": dialog})
    return items
