"""Settings (the gear, SYS-14): one generated page for each addon, and the way to catalogues and permissions."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from core.errors import DomainError
from core.i18n import in_domain, translator
from core.kernel import current_kernel, current_session
from core.settings.forms import settings_form
from core.settings.models import setting
from core.settings.queries import MANAGE_SETTINGS, changed_names, list_nav
from core.settings.services import change_settings, declared_settings, reset_setting
from core.tenancy.addons import enabled_addons
from core.web import SIGNED_IN, AddonViews, redirect_to, render, toast

_ = translator(__name__)
views = AddonViews(__name__)


@views.get("/settings", permission=SIGNED_IN)
def settings_home() -> ResponseReturnValue:
    """The first page that the user may see; each page asks for its own permission."""
    nav = _nav()
    if not nav:
        abort(403)
    return redirect_to(nav[0].links[0].url)


@views.get("/settings/<addon>", permission=MANAGE_SETTINGS)
def settings_addon(addon: str) -> ResponseReturnValue:
    return _page(addon, _form(addon))


@views.post("/settings/<addon>", permission=MANAGE_SETTINGS)
def settings_save(addon: str) -> ResponseReturnValue:
    form = _form(addon)
    if not form.validate():
        return _page(addon, form), 422
    try:
        changed = change_settings(current_session(), addon, form.data)
    except DomainError as error:
        current_session().rollback()
        form.refuse(error)
        return _page(addon, form), error.status
    toast(_("The settings are saved.") if changed else _("Nothing was changed."), "success" if changed else "info")
    return redirect_to(url_for("core.settings_addon", addon=addon))


@views.post("/settings/<addon>/<name>/reset", permission=MANAGE_SETTINGS)
def settings_reset(addon: str, name: str) -> ResponseReturnValue:
    _form(addon)
    reset_setting(current_session(), f"{addon}.{name}")
    toast(_("The default counts again."))
    return redirect_to(url_for("core.settings_addon", addon=addon))


def _form(addon: str) -> Any:
    """The form of an enabled addon that has settings; 404 else."""
    declared = declared_settings(addon)
    if not declared or addon not in enabled_addons(current_session()):
        abort(404)
    return settings_form(declared)(data={each.name: setting(each.key) for each in declared})


def _page(addon: str, form: Any) -> str:
    manifest = current_kernel().registry.addon(addon).manifest
    return render(
        "core/settings.html",
        nav=_nav(),
        addon=addon,
        title=_("General") if addon == "core" else in_domain(manifest.title, addon),
        form=form,
        units={each.name: each.type for each in declared_settings(addon)},
        changed=changed_names(current_session(), addon),
        is_post=request.method == "POST",
    )


def _nav() -> list[Any]:
    return list_nav(current_session(), url_for, current_app.view_functions.__contains__)
