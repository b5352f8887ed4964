"""What every page has: templates of all addons, static files, the shell around the content, slots."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, Response, g, request, send_from_directory, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import BaseLoader, FileSystemLoader

from core.access.signing_in import Me
from core.db.session import ActorSession
from core.i18n import current_locale, in_domain
from core.kernel import current_kernel, current_session
from core.registry import Registry
from core.settings import setting
from core.settings.services import is_web_address
from core.tenancy.addons import enabled_addons
from core.ui.assets import STATIC
from core.ui.macros import TEMPLATES, install_macros
from core.ui.shell import MenuSection, Shell, ShellUrls, ToastNote, build_bottom, build_menu
from core.web.answers import take_toasts
from core.web.requests import current_actor

STATIC_SECONDS = 31_536_000
"""A year: static URLs carry a hash of their content, those of fonts the version of their package."""


@dataclass(frozen=True, slots=True)
class SlotItem:
    """What an extender shows in a place: the page fetches ``url`` when it is near."""

    addon: str
    label: str
    endpoint: str
    url: str
    order: int = 0
    icon: str = ""


UNHASHED_SECONDS = 3_600
"""An hour, for what is asked for without either."""


def install(app: Flask, registry: Registry) -> None:
    """Templates, static files and the globals of every template."""
    app.jinja_loader = _loader(registry)
    app.jinja_env.globals.update(slot=slot_items, csrf_token=generate_csrf)
    install_macros(app)
    app.context_processor(_page_context)
    app.add_url_rule("/static/<path:filename>", "static", _static)


def _page_context() -> dict[str, Any]:
    return {"shell": LateShell(), "actor": current_actor()}


class LateShell:
    """The request's shell, built when something of it is asked for: a fragment that shows nothing of it never builds it."""

    def __getattr__(self, name: str) -> Any:
        if "shell" not in g:
            g.shell = make_shell()
        self.__dict__.update({each: getattr(g.shell, each) for each in Shell.__slots__})
        return getattr(g.shell, name)


def _loader(registry: Registry) -> BaseLoader:
    """``customer/list.html`` comes from the addon's ``templates/customer/``; everything else is the kernel's."""
    folders = [addon.folder / "templates" for addon in registry.addons]
    return FileSystemLoader([TEMPLATES, *(folder for folder in folders if folder.is_dir())])


def _static(filename: str) -> Response:
    is_versioned = "v" in request.args
    response = send_from_directory(STATIC, filename, max_age=STATIC_SECONDS if is_versioned else UNHASHED_SECONDS)
    if is_versioned:
        response.cache_control.immutable = True
    return response


def slot_items(name: str, **parameters: Any) -> list[SlotItem]:
    """What the enabled addons put into the slot ``name``, as far as the user may; ``parameters`` go into their URLs."""
    actor = current_actor()
    if actor is None:
        return []
    enabled = enabled_addons(current_session())
    return [
        SlotItem(
            entry.addon,
            str(in_domain(entry.label, entry.addon)),
            entry.endpoint,
            url_for(entry.endpoint, **parameters),
            entry.order,
            entry.icon,
        )
        for entry in current_kernel().registry.slots.get(name, ())
        if entry.addon in enabled and actor.can(entry.permission)
    ]


def menu_of(session: ActorSession) -> tuple[MenuSection, ...]:
    """The sidebar of the session's user."""
    enabled = enabled_addons(session)
    entries = [
        replace(
            entry,
            title=str(in_domain(entry.title, entry.addon)),
            section=str(in_domain(entry.section, entry.addon)) if entry.section else "",
        )
        for entry in current_kernel().registry.menu
        if entry.addon in enabled
    ]
    return build_menu(entries, request.endpoint, url_for, session.actor.can)


def make_shell() -> Shell:
    """What stands around the page: built once, when the first template asks."""
    me: Me | None = g.get("me")
    actor = current_actor()
    toasts = tuple(ToastNote(**each) for each in take_toasts())
    if me is None or actor is None:
        return Shell(language=current_locale(), csrf=generate_csrf(), toasts=toasts)
    menu = menu_of(current_session())
    help_url = setting("core.help_url")
    return Shell(
        tenant_name=me.tenant_name,
        user_name=me.name,
        user_key=me.user_id.hex,
        menu=menu,
        bottom=build_bottom(menu),
        language=current_locale(),
        theme=me.theme,
        density=me.density,
        unread=me.unread,
        help_url=help_url if is_web_address(help_url) else "",
        hotline=setting("core.hotline"),
        csrf=generate_csrf(),
        query=request.args.get("q", "") if request.endpoint == "core.search" else "",
        toasts=toasts,
        urls=ShellUrls(),
    )
