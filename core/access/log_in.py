"""Logging in: limit, hash, session, in this order; where the account has a second factor, limit and code, before the
session counts. The answer never tells whether a user exists.

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

from core.access import security_log, throttle
from core.access.codes import Kind, use_code
from core.access.models import SecondFactor, User, UserSession
from core.access.passwords import hash_password, needs_rehash, verify_password
from core.access.sessions import complete_session, start_session
from core.access.signing_in import hash_token, read_cookie
from core.audit import record
from core.clock import now
from core.db.actor import Actor
from core.db.session import open_session
from core.errors import DomainError
from core.i18n import translator, use_locale
from core.kernel import current_kernel
from core.notifications import notify
from core.tenancy.models import Tenant

_ = translator(__name__)
log = logging.getLogger(__name__)

DEVICE_DAYS = 180
"""How long a browser that has signed in stays known."""

DEVICE_ACCOUNTS = 5
"""Accounts that one browser remembers: a shared counter, not a directory."""


class SignInRefused(DomainError):
    """The same for an unknown business, an unknown user, a wrong password and a locked account."""


class CodeRefused(DomainError):
    """The code is wrong or was used; the password was right, so this one tells what it is about."""


class CodeTooLate(DomainError):
    """The password was given too long ago, or the account has changed since: everything begins anew."""


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
    """What the browser gets: the value of the session cookie, and itself as a device that is known from now on.

    While it ``awaits_code`` the cookie opens nothing but the second step, and the device is known no better than before.
    """

    user_id: UUID
    cookie: str
    device: Device
    awaits_code: bool = False
    by: Kind | None = None


@dataclass(frozen=True, slots=True)
class _HalfIn:
    """Somebody whose password was right, and whose code is awaited."""

    tenant_id: UUID
    session_id: UUID
    user_id: UUID
    name: str
    username: str
    language: str
    slug: str

    @property
    def actor(self) -> Actor:
        return Actor(self.tenant_id, self.user_id, self.name)


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
        action = "sign_in_locked" if attempt.is_last else "sign_in_refused"
        _record_refusal(action, tenant.id if tenant else None, user.id if user else None, visitor)
        raise SignInRefused.of(
            "sign_in_refused", _("The user name or the password is not right, or the account is locked.")
        )
    throttle.give_back(attempt)
    return _open(tenant, user, password, visitor, account)


def give_code(cookie: str, code: str, *, visitor: Visitor) -> SignedIn:
    """The second step: sign in whom ``cookie`` knows as half in.

    Raises TooManyAttempts before the code is looked at, CodeRefused, or CodeTooLate.
    """
    half = _find_half_in(cookie)
    if half is None:
        raise CodeTooLate.of("code_too_late", _("This took too long. Sign in again."))
    account = throttle.account_counter(half.slug, half.username)
    place = visitor.device.name if visitor.device.knows(account) else ""
    attempt = throttle.take(throttle.code_counters(half.user_id, place))
    try:
        kind = use_code(half.actor, half.user_id, code)
    except DomainError:
        throttle.give_back(attempt)
        raise
    if kind is None:
        _record_refusal("code_locked" if attempt.is_last else "code_refused", half.tenant_id, half.user_id, visitor)
        if attempt.is_last:
            _warn(half)
        raise CodeRefused.of("code_refused", _("This code is not right, or was used already."), "code")
    throttle.give_back(attempt)
    with open_session(half.actor) as session:
        whole = complete_session(session, half.session_id)
        if whole is None:
            raise CodeTooLate.of("code_too_late", _("This took too long. Sign in again."))
        if kind == "recovery":
            record(session, "recovery_code", entity=security_log.USER, entity_id=half.user_id, changes=_seen(visitor))
        record(session, "sign_in", entity=security_log.USER, entity_id=half.user_id, changes=_seen(visitor))
    return SignedIn(half.user_id, whole, visitor.device.with_account(account), by=kind)


def _counters(
    tenant: Tenant | None, slug: str, username: str, account: throttle.Counter, visitor: Visitor
) -> list[throttle.Counter]:
    if visitor.device.knows(account):
        return [throttle.account_counter(tenant.slug if tenant else slug, username, visitor.device.name)]
    return [account, throttle.address_counter(visitor.address)]


def _find_user(tenant: Tenant, username: str) -> User | None:
    with open_session(Actor.system(tenant.id)) as session:
        return session.scalar(select(User).where(User.username == username))


def _find_half_in(cookie: str) -> _HalfIn | None:
    tenant_id, token = read_cookie(cookie)
    if tenant_id is None:
        return None
    query = (
        select(Tenant.id, UserSession.id, User.id, User.name, User.username, User.language, Tenant.slug)
        .join(User, (User.id == UserSession.user_id) & (User.tenant_id == UserSession.tenant_id))
        .join(Tenant, Tenant.id == UserSession.tenant_id)
        .where(UserSession.token_hash == hash_token(token), UserSession.awaits_code, UserSession.expires_at > now())
        .where(User.is_active, Tenant.is_active)
    )
    with open_session(Actor.system(tenant_id)) as session:
        row = session.execute(query).first()
    return _HalfIn(*row) if row else None


def _open(tenant: Tenant, user: User, password: str, visitor: Visitor, account: throttle.Counter) -> SignedIn:
    """The session's row, and the log's entry where nothing more is asked."""
    stronger = hash_password(password) if needs_rehash(user.password_hash) else None
    with open_session(Actor(tenant.id, user.id, user.name)) as session:
        current = session.need(User, user.id)
        if not current.is_active or current.password_hash != user.password_hash:
            raise SignInRefused.of("sign_in_refused", _("The account was changed at this moment. Sign in again."))
        if stronger:
            current.password_hash = stronger
        awaits_code = session.scalar(select(SecondFactor.id).where(SecondFactor.user_id == user.id)) is not None
        cookie = start_session(
            session, current, address=visitor.address, user_agent=visitor.user_agent, awaits_code=awaits_code
        )
        if awaits_code:
            return SignedIn(user.id, cookie, visitor.device, awaits_code=True)
        record(session, "sign_in", entity=security_log.USER, entity_id=user.id, changes=_seen(visitor))
    return SignedIn(user.id, cookie, visitor.device.with_account(account))


def _record_refusal(action: str, tenant_id: UUID | None, user_id: UUID | None, visitor: Visitor) -> None:
    """Into both logs. The name typed is left out where nobody has it: it is often a password."""
    log.warning("%s for %s from %s", action, user_id or "an unknown user", visitor.address)
    if tenant_id is not None:
        security_log.note(Actor.system(tenant_id), action, user_id, seen=_seen(visitor))


def _warn(half: _HalfIn) -> None:
    """Tell the user, because whoever tries codes knows his password."""
    with open_session(Actor.system(half.tenant_id)) as session, use_locale(half.language):
        title = _("Somebody who knows your password tried several codes. If it was not you, change the password.")
        notify(session, [half.user_id], kind="security", title=title, url="/account")


def _seen(visitor: Visitor) -> dict[str, Any]:
    return {"address": [None, visitor.address], "browser": [None, visitor.user_agent[:200]]}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_kernel().config.secret_key, salt="banyan-device")
