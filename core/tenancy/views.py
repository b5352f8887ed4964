"""The Apps page: which addons the business has switched on (SYS-01). Switching off hides and keeps everything."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.i18n import translator
from core.kernel import current_session
from core.tenancy.apps import count_apps_on, get_app, list_apps
from core.tenancy.services import disable_addon, enable_addon
from core.web import AddonViews, redirect_to, render, toast

_ = translator(__name__)
views = AddonViews(__name__)

MANAGE_APPS = "core.manage_apps"


@views.get("/apps", permission=MANAGE_APPS)
def apps_list() -> ResponseReturnValue:
    query = request.args.get("q", "")
    return render(
        "core/apps.html",
        sections=list_apps(current_session(), query),
        total=count_apps_on(current_session()),
        query=query,
    )


@views.get("/apps/<name>/switch", permission=MANAGE_APPS)
def apps_switch(name: str) -> ResponseReturnValue:
    """What switching means for other addons: the question, or why it cannot be."""
    return render("core/app_switch.html", app=get_app(current_session(), name))


@views.post("/apps/<name>/enable", permission=MANAGE_APPS)
def apps_enable(name: str) -> ResponseReturnValue:
    app = get_app(current_session(), name)
    enable_addon(current_session(), name)
    undo = url_for("core.apps_disable", name=name) if app.is_simple else None
    toast(_("%(name)s is on. Its rights are under Permission groups.", name=app.title), undo=undo)
    return redirect_to(url_for("core.apps_list"))


@views.post("/apps/<name>/disable", permission=MANAGE_APPS)
def apps_disable(name: str) -> ResponseReturnValue:
    app = get_app(current_session(), name)
    disable_addon(current_session(), name)
    toast(_("%(name)s is off. Its data stay as they are.", name=app.title), undo=url_for("core.apps_enable", name=name))
    return redirect_to(url_for("core.apps_list"))
