"""An application with businesses and employees in it, as tests speak of them.

What stands here goes through the kernel's services; the one shortcut is the log-in, which skips the password's cost.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from core.access.models import DepartmentMember, Group, GroupMember, GroupPermission, User, UserSession
from core.access.signing_in import SESSION_COOKIE, actor_of, hash_token
from core.access.tokens import create_token
from core.api.routes import BASE
from core.app import load_registry
from core.clock import ZONE, now, use_zone
from core.config import Config
from core.db import migrations
from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.tenancy.models import Tenant
from core.tenancy.services import create_tenant
from core.testing.databases import AddonSet, Database

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SECRET_KEY = "a key that signs nothing outside of tests"  # noqa: S105
NO_PASSWORD = "!"  # noqa: S105  (no hash: nobody logs in with it)
SESSION_LIFE = timedelta(hours=1)


def make_environ(database: Database, data: Path) -> dict[str, str]:
    """The environment of a process on ``database``: no runner, its files in ``data``."""
    environ = {
        "DATABASE_URL": database.url,
        "BANYAN_DATA": str(data),
        "BANYAN_SECRET_KEY": SECRET_KEY,
        "BANYAN_RUNNER": "none",
    }
    if database.owner_url != database.url:
        environ["DATABASE_OWNER_URL"] = database.owner_url
    return environ


def make_config(database: Database, addons: AddonSet, data: Path, **changes: Any) -> Config:
    """The configuration of an application on ``database``, with ``changes``."""
    # An empty BANYAN_ADDONS would mean the profile's, so the kernel alone can only be said here.
    wanted = {"addons": addons.names, "addons_path": addons.roots, **changes}
    return replace(Config.from_environment(make_environ(database, data)), **wanted)


def build_schema(database: Database, addons: AddonSet, data: Path) -> None:
    """Bring an empty database to the newest schema."""
    config = make_config(database, addons, data)
    migrations.upgrade(config, load_registry(config))


class Client(FlaskClient):
    """A browser without JavaScript: it sends the CSRF token with every unsafe request, as our pages do.

    ``csrf=False`` leaves the token out; ``htmx="rows"`` asks for the fragment of that id, ``htmx=True`` for any.
    """

    def open(self, *args: Any, htmx: str | bool = False, csrf: bool = True, **options: Any) -> TestResponse:
        headers = Headers(options.pop("headers", None) or {})
        if htmx:
            headers.setdefault("HX-Request", "true")
        if isinstance(htmx, str):
            headers.setdefault("HX-Target", htmx)
        if csrf and str(options.get("method", "GET")).upper() not in SAFE_METHODS:
            headers.setdefault("X-CSRFToken", self.csrf_token())
        return super().open(*args, headers=headers, **options)

    def csrf_token(self) -> str:
        """A token that belongs to this client's page cookie."""
        with self.session_transaction() as page:
            raw = page.setdefault("csrf_token", secrets.token_hex(20))
        return str(URLSafeTimedSerializer(str(self.application.secret_key), salt="wtf-csrf-token").dumps(raw))


class Program:
    """A program that comes with a token (None: without) and no cookie. Paths are those below ``/api/v1``."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.token = token
        self._client = FlaskClient(app, app.response_class, use_cookies=False)

    def __call__(
        self, method: str, path: str, json: Any = None, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> TestResponse:
        sent = {"Accept-Language": "en", **(headers or {})}
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if json is not None:
            options["json"] = json
        path = path if path.startswith(BASE) else f"{BASE}{path}"
        return self._client.open(path, method=method, headers=sent, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self("POST", path, json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self("PATCH", path, json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self("DELETE", path, **options)


class World:
    """One application and whoever works with it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        app.test_client_class = Client
        self._numbers = count(1)

    def tenant(
        self,
        slug: str | None = None,
        *,
        name: str | None = None,
        addons: list[str] | None = None,
        time_zone: str = ZONE.key,
    ) -> Tenant:
        """A new business with ``addons`` enabled (default: all that are loaded)."""
        slug = slug or f"business-{next(self._numbers)}"
        with self.app.app_context():
            return create_tenant(slug, name or slug.replace("-", " ").title(), addons=addons, time_zone=time_zone)

    def user(
        self,
        tenant: Tenant,
        *permissions: str,
        name: str | None = None,
        groups: Sequence[str] = (),
        department_ids: Sequence[Any] = (),
    ) -> User:
        """A new employee with these permissions and those of the ready-made ``groups`` (``customer.salesperson``)."""
        number = next(self._numbers)
        with self.session(tenant) as session:
            user = User(
                username=f"user{number}", name=name or f"Nguyễn Văn {number}", password_hash=NO_PASSWORD, language="en"
            )
            session.add(user)
            joined = list(session.scalars(select(Group).where(Group.shipped_key.in_(groups))))
            if len(joined) != len(set(groups)):
                raise LookupError(f"not all of these groups were shipped: {', '.join(groups)}")
            if permissions:
                joined.append(Group(name=f"Rights of {user.username}"))
                session.add(joined[-1])
                session.flush()
                session.add_all(GroupPermission(group_id=joined[-1].id, permission=each) for each in permissions)
            session.flush()
            session.add_all(GroupMember(group_id=group.id, user_id=user.id) for group in joined)
            session.add_all(DepartmentMember(department_id=id, user_id=user.id) for id in department_ids)
        return user

    def cookie(self, user: User) -> tuple[str, str]:
        """Name and value of the cookie of a new session of ``user``."""
        token = secrets.token_urlsafe(32)
        with self.app.app_context(), open_session(Actor.system(user.tenant_id)) as session:
            moment = now()
            session.add(
                UserSession(
                    user_id=user.id,
                    token_hash=hash_token(token),
                    created_at=moment,
                    last_seen_at=moment,
                    confirmed_at=moment,
                    expires_at=moment + SESSION_LIFE,
                )
            )
        return SESSION_COOKIE, f"{user.tenant_id.hex}.{token}"

    def client(self, user: User | None = None) -> Client:
        """A client signed in as ``user``, or anonymous."""
        client = self.app.test_client()
        assert isinstance(client, Client)
        if user is not None:
            client.set_cookie(*self.cookie(user))
        return client

    def token(self, user: User, *permissions: str) -> str:
        """A token of ``user`` for these permissions (default: all that he holds)."""
        with self.app.app_context(), open_session(self.actor(user)) as session:
            chosen = permissions or session.actor.permissions
            return create_token(session, name="A program", permissions=chosen, days=30)

    def program(self, user: User | None = None, *permissions: str) -> Program:
        """A program with a new token of ``user`` for these permissions, or one without a token."""
        return Program(self.app, self.token(user, *permissions) if user else None)

    @contextmanager
    def session(self, tenant: Tenant, user: User | None = None) -> Iterator[ActorSession]:
        """A session of ``user``, or of the tenant's system, that commits at its end; what services are called with."""
        with self.app.app_context(), use_zone(tenant.time_zone):
            actor = self.actor(user) if user else Actor.system(tenant.id)
            with open_session(actor) as session:
                yield session

    def actor(self, user: User) -> Actor:
        """The actor that a request of ``user`` would work for."""
        with self.app.app_context(), open_session(Actor.system(user.tenant_id)) as session:
            actor = actor_of(session, user.id)
        assert actor is not None, f"{user.username} is locked"
        return actor
