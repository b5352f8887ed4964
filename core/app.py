"""The boot, phase by phase. A problem in any phase lists every finding and leaves nothing half-loaded.

1. environment → Config           2. manifests → known addons        3. wanted → order, all problems at once
4. import the addons' modules     5. database                        6. routes, each with its access
7. language, pages, errors        8. the request's sequence          9. the runner of jobs
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import configure_mappers
from werkzeug.middleware.proxy_fix import ProxyFix

from core import logs
from core.access.current_user import install as install_current_user
from core.api.routes import routes as api_routes
from core.audit import announcing as announcing  # its listener tells what was recorded
from core.config import Config
from core.db import flush as flush  # its listeners keep what the mixins promise
from core.db.engines import engine_options, prepare_engine, refuse_powerful_role
from core.db.session import db
from core.db.shared import check_shared_tables
from core.discovery import discover, installed_entry_points
from core.i18n import read_library
from core.i18n.web import init_i18n
from core.jobs import setup as jobs
from core.kernel import EXTENSION, Kernel
from core.manifest import KERNEL, BootError, BootProblem, MenuEntry, SlotEntry
from core.operations import request_log
from core.problem_codes import Code
from core.registry import Registry
from core.resolution import choose, wanted_addons
from core.resources.base import Resource, instance_of
from core.resources.recycle_bin.views import routes as bin_routes
from core.web import compression, errors, requests
from core.web.access import SIGNED_IN, Access
from core.web.answers import htmx
from core.web.pages import install as install_pages
from core.web.requests import BanyanFlask
from core.web.routes import AddonViews, Route, webhook_route

ROOT = Path(__file__).resolve().parent.parent
COOKIE_DAYS = 30


def create_app(config: Config | None = None, registry: Registry | None = None) -> Flask:
    """The application for ``config`` (default: the environment) with the addons that it names, or those of ``registry``.

    Raises ConfigError or BootError with all problems.
    """
    config = config or Config.from_environment(os.environ)
    logs.configure(config)
    registry = registry or load_registry(config)
    check_shared_tables(registry)
    app = _make_flask(config)
    _connect_database(app, config)
    app.extensions[EXTENSION] = Kernel(config, registry, app)
    _register_routes(app, registry)
    init_i18n(app, read_library(registry.addons))
    install_pages(app, registry)
    request_log.install(app)
    compression.install(app)
    errors.install(app)
    requests.install(app)
    install_current_user(app)
    jobs.install(app, config, registry)
    return app


def load_registry(config: Config) -> Registry:
    """Phases 2 to 4: the registry of the addons that ``config`` names."""
    discovery = discover([ROOT, *config.addons_path], installed_entry_points())
    return Registry.load(choose(discovery, wanted_addons(discovery, config.addons, config.profile)))


def _make_flask(config: Config) -> Flask:
    app = BanyanFlask("core", static_folder=None, template_folder=None)
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config),
        MAX_CONTENT_LENGTH=config.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=5_000,
        SESSION_COOKIE_NAME="banyan_page",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.cookie_secure,
        PERMANENT_SESSION_LIFETIME=timedelta(days=COOKIE_DAYS),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,  # core.web.requests checks, once it knows who asks
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.debug = config.debug  # makes the template environment, so after its options
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    CSRFProtect(app)
    htmx.init_app(app)
    return app


def _connect_database(app: Flask, config: Config) -> None:
    if config.database_url.startswith("sqlite"):
        config.data.mkdir(parents=True, exist_ok=True)
    configure_mappers()
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        refuse_powerful_role(db.engine)


def _register_routes(app: Flask, registry: Registry) -> None:
    """One blueprint an addon, with the routes of its views and resources; a doubled endpoint is a boot problem."""
    declared: dict[str, Access] = {}
    problems: list[BootProblem] = []
    for addon in registry.addons:
        blueprint = Blueprint(addon.name, addon.package)
        for route in _routes_of(registry, addon.name, problems):
            endpoint = f"{addon.name}.{route.endpoint}"
            if endpoint in declared:
                fix = "Rename one of the two views."
                message = "This endpoint is declared twice."
                problems.append(BootProblem(addon.package, endpoint, message, fix, Code.DOUBLED_ENDPOINT))
            declared[endpoint] = route.access
            blueprint.add_url_rule(route.rule, route.endpoint, route.view, methods=list(route.methods))
        app.register_blueprint(blueprint)
    app.extensions["banyan_access"] = declared
    if not any(each.code is Code.RESOURCE for each in problems):  # the routes of such a resource would be missed
        problems += _unknown_targets(registry, declared)
    if problems:
        raise BootError(problems)


def _routes_of(registry: Registry, addon: str, problems: list[BootProblem]) -> list[Route]:
    """An addon's routes with their whole paths. The kernel's own pages stand at the top, its resources below /core.

    A resource that is declared wrongly has no routes; what is wrong with it goes to ``problems``.
    """
    pages = [route for found in registry.instances(AddonViews) if found.addon == addon for route in found.obj.routes]
    prefix = "" if addon == KERNEL else f"/{addon}"
    routes = [replace(route, rule=f"{prefix}{route.rule}") for route in pages]
    routes += _webhooks_of(registry, addon, problems)
    for resource in registry.subclasses(Resource):
        if resource.addon == addon:
            try:
                routes += [replace(route, rule=f"/{addon}{route.rule}") for route in resource.obj.routes(addon)]
            except BootError as error:
                problems += error.problems
            else:
                routes += [
                    replace(route, rule=f"/{addon}{route.rule}")
                    for route in bin_routes(instance_of(resource.obj, addon))
                ]
                routes += api_routes(instance_of(resource.obj, addon))
    return routes


def _webhooks_of(registry: Registry, addon: str, problems: list[BootProblem]) -> list[Route]:
    """The routes of the addon's webhooks; one that is declared and not answered, or the other way round, is a problem."""
    found = [each.obj for each in registry.instances(AddonViews) if each.addon == addon]
    receivers = {f"{addon}.{name}": receiver for views in found for name, receiver in views.receivers.items()}
    declared = {each.endpoint: each for each in registry.webhooks if each.addon == addon}
    for endpoint in sorted(receivers.keys() ^ declared.keys()):
        message = "A webhook needs a manifest entry [[webhooks]] and a function with @views.webhook, both of this name."
        problems.append(BootProblem(f"{addon}.toml", endpoint, message, "Add the other one.", Code.UNKNOWN_ENDPOINT))
    return [
        webhook_route(endpoint, declared[endpoint].path, declared[endpoint].methods, receiver)
        for endpoint, receiver in receivers.items()
        if endpoint in declared
    ]


def _unknown_targets(registry: Registry, declared: dict[str, Access]) -> list[BootProblem]:
    """Menu entries, slots and routes must point at routes and permissions that exist."""
    problems = []
    slots = [slot for entries in registry.slots.values() for slot in entries]
    targets: list[MenuEntry | SlotEntry] = [*registry.menu, *slots]
    for entry in targets:
        if entry.endpoint not in declared:
            fix = "Name the endpoint of a view or resource of this addon."
            place, message = f"{entry.addon}.toml", "There is no such endpoint."
            problems.append(BootProblem(place, entry.endpoint, message, fix, Code.UNKNOWN_ENDPOINT))
    for endpoint, access in declared.items():
        for permission in access.permissions:
            if permission != SIGNED_IN and permission not in registry.permissions:
                fix = "Declare it under [permissions] in the manifest, or correct the route."
                message = "This permission is not declared."
                problems.append(BootProblem(endpoint, permission, message, fix, Code.UNDECLARED_PERMISSION))
    return problems
