"""Logging in: limit, hash, session, in this order. The answer never tells whether a user exists.

Each step has a short transaction of its own, because the count and the security log must survive the refusal, and because
no transaction may be open while a password is computed. The request must hold none when it calls :func:`log_in`.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from core.access import throttle
from core.access.models import User
from core.access.passwords import hash_password, needs_rehash, verify_password
from core.access.sessions import start_session
from core.audit import record
from core.db.actor import Actor
from core.db.session import open_session
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_kernel
from core.tenancy.models import Tenant

_ = translator(__name__)
log = logging.getLogger(__name__)

DEVICE_DAYS = 180
"""How long a browser that has signed in stays known."""

DEVICE_ACCOUNTS = 5
"""Accounts that one browser remembers: a shared counter, not a directory."""


class SignInRefused(DomainError):
    """The same for an unknown business, an unknown user, a wrong password and a locked account."""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser as its signed cookie knows it: a random name, and the accounts that have signed in there."""

    name: str
    accounts: tuple[str, ...] = ()

    @classmethod
    def read(cls, cookie: str) -> Device:
        """The device of a cookie; a new one where the cookie is absent, old or not ours."""
        try:
            name, *accounts = _signer().loads(cookie, max_age=DEVICE_DAYS * 86_400)
        except (BadSignature, ValueError):
            return cls(secrets.token_urlsafe(16))
        return cls(name, tuple(accounts))

    def knows(self, account: throttle.Counter) -> bool:
        return account.key[:32] in self.accounts

    def with_account(self, account: throttle.Counter) -> Device:
        others = tuple(each for each in self.accounts if each != account.key[:32])
        return Device(self.name, (account.key[:32], *others)[:DEVICE_ACCOUNTS])

    def cookie(self) -> str:
        return str(_signer().dumps([self.name, *self.accounts]))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who knocks, as far as the request tells."""

    address: str
    user_agent: str = ""
    device: Device = field(default_factory=lambda: Device(secrets.token_urlsafe(16)))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the browser gets: the value of the session cookie, and itself as a device that is known from now on."""

    user_id: UUID
    cookie: str
    device: Device


def log_in(tenant: Tenant | None, *, slug: str, username: str, password: str, visitor: Visitor) -> SignedIn:
    """Sign ``username`` of ``tenant`` in. ``slug`` is what was typed, for counting where there is no such tenant.

    Raises TooManyAttempts before anything is hashed, else SignInRefused; PasswordsBusy decides nothing.
    """
    username = username.strip().lower()
    account = throttle.account_counter(tenant.slug if tenant else slug, username)
    attempt = throttle.take(_counters(tenant, slug, username, account, visitor))
    user = _find_user(tenant, username) if tenant else None
    try:
        is_right = verify_password(user.password_hash if user and user.is_active else None, password)
    except DomainError:
        throttle.give_back(attempt)
        raise
    if tenant is None or user is None or not is_right:
        _record_refusal(tenant, user, visitor, is_lock_out=attempt.is_last)
        raise SignInRefused.of(
            "sign_in_refused", _("The user name or the password is not right, or the account is locked.")
        )
    throttle.give_back(attempt)
    return SignedIn(user.id, _open(tenant, user, password, visitor), visitor.device.with_account(account))


def _counters(
    tenant: Tenant | None, slug: str, username: str, account: throttle.Counter, visitor: Visitor
) -> list[throttle.Counter]:
    if visitor.device.knows(account):
        return [throttle.account_counter(tenant.slug if tenant else slug, username, visitor.device.name)]
    return [account, throttle.address_counter(visitor.address)]


def _find_user(tenant: Tenant, username: str) -> User | None:
    with open_session(Actor.system(tenant.id)) as session:
        return session.scalar(select(User).where(User.username == username))


def _open(tenant: Tenant, user: User, password: str, visitor: Visitor) -> str:
    """The session's row and the log's entry; the value of the cookie."""
    stronger = hash_password(password) if needs_rehash(user.password_hash) else None
    with open_session(Actor(tenant.id, user.id, user.name)) as session:
        current = session.need(User, user.id)
        if not current.is_active or current.password_hash != user.password_hash:
            raise SignInRefused.of("sign_in_refused", _("The account was changed at this moment. Sign in again."))
        if stronger:
            current.password_hash = stronger
        cookie = start_session(session, current, address=visitor.address, user_agent=visitor.user_agent)
        record(session, "sign_in", entity="core_user", entity_id=user.id, changes=_seen(visitor))
    return cookie


def _record_refusal(tenant: Tenant | None, user: User | None, visitor: Visitor, *, is_lock_out: bool) -> None:
    """The security log (ASVS 5.0 §16.3). The name typed is left out where nobody has it: it is often a password."""
    action = "sign_in_locked" if is_lock_out else "sign_in_refused"
    log.warning("%s for %s from %s", action, user.id if user else "an unknown user", visitor.address)
    if tenant is not None:
        with open_session(Actor.system(tenant.id)) as session:
            record(session, action, entity="core_user", entity_id=user.id if user else None, changes=_seen(visitor))


def _seen(visitor: Visitor) -> dict[str, Any]:
    return {"address": [None, visitor.address], "browser": [None, visitor.user_agent[:200]]}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_kernel().config.secret_key, salt="banyan-device")
