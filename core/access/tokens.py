"""Tokens with which programs work for an employee: made, recognised, listed and revoked.

A token carries the tenant's id, as the session's cookie does, and a secret of which only the hash is kept. It can do what
its owner may do at that moment, of what it was made for, and nothing once he is locked.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update

from core.access.models import ApiToken, User
from core.access.sessions import TOKEN_BYTES
from core.access.signing_in import hash_token, read_rights
from core.audit import record
from core.clock import now
from core.db.actor import Actor
from core.db.session import ActorSession
from core.errors import DomainError, Forbidden, NotFound, Problem, Unauthorized
from core.i18n import translator
from core.tenancy.models import Tenant
from core.text import clean

_ = translator(__name__)

USE_API = "core.use_api"
"""What the owner must hold, beside what the token does: reading page after page is an export that nobody ticked."""

PREFIX = "banyan"
"""Begins every token, so that scanners of source code recognise one that was committed by mistake."""

LIFETIMES = (30, 90, 180, 365)
"""Days that a token may live."""

MOST = 50
"""Tokens of one employee."""

MAX_NAME = 120
USE_NOTED_EVERY = timedelta(minutes=1)
"""How exact ``last_used_at`` is."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The program of a request, and whom it works for."""

    token_id: UUID
    token_name: str
    user_id: UUID
    user_name: str
    tenant_name: str
    time_zone: str
    expires_at: datetime
    last_used_at: datetime | None

    @property
    def is_use_noted(self) -> bool:
        """Whether the last use on record is recent enough."""
        return self.last_used_at is not None and now() - self.last_used_at < USE_NOTED_EVERY


def create_token(session: ActorSession, *, name: str, permissions: Collection[str], days: int) -> str:
    """Make a token of the acting user for ``permissions``, good for ``days``; it is returned and kept nowhere.

    DomainError with all problems: no name, nothing chosen, a right that he does not hold, another lifetime, too many tokens.
    """
    name, chosen = clean(name), sorted(set(permissions))
    problems = []
    if not name or len(name) > MAX_NAME:
        problems.append(Problem("bad_name", _("Give it a name of at most %(n)s characters.", n=MAX_NAME), "name"))
    if not chosen:
        problems.append(Problem("required", _("Tick at least one right."), "permissions"))
    if not session.actor.permissions.issuperset(chosen):
        problems.append(Problem("not_held", _("A token can only do what you may do yourself."), "permissions"))
    if days not in LIFETIMES:
        problems.append(Problem("bad_lifetime", _("Choose how long it shall be good."), "days"))
    if (session.scalar(select(func.count(ApiToken.id))) or 0) >= MOST:
        problems.append(Problem("too_many", _("You have %(n)s tokens. Revoke one first.", n=MOST)))
    if problems:
        raise DomainError(*problems)
    return _store(session, name, chosen, days)


def _store(session: ActorSession, name: str, permissions: list[str], days: int) -> str:
    secret, moment = secrets.token_urlsafe(TOKEN_BYTES), now()
    token = ApiToken(
        user_id=session.actor.user_id,
        name=name,
        token_hash=hash_token(secret),
        permissions=permissions,
        created_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    _record(session, "create_token", token, made=True)
    return f"{PREFIX}_{session.tenant_id.hex}_{secret}"


def list_tokens(session: ActorSession) -> Sequence[ApiToken]:
    """The acting user's tokens, expired ones too, the newest first."""
    return session.scalars(select(ApiToken).order_by(ApiToken.id.desc())).all()


def revoke_token(session: ActorSession, id: UUID) -> str:
    """Make one of the acting user's tokens worthless at once; its name. NotFound for anybody else's."""
    token = session.scalar(select(ApiToken).where(ApiToken.id == id))
    if token is None:
        raise NotFound.of("not_found", _("This token is revoked already."))
    session.delete(token)
    _record(session, "revoke_token", token, made=False)
    return token.name


def end_tokens(session: ActorSession, user_id: UUID) -> None:
    """Make every token of ``user_id`` worthless: who set them up may not have been he."""
    session.execute(delete(ApiToken).where(ApiToken.user_id == user_id))


def _record(session: ActorSession, action: str, token: ApiToken, *, made: bool) -> None:
    told = {"token": token.name, "permissions": token.permissions, "expires_at": token.expires_at.isoformat()}
    changes = {name: [None, value] if made else [value, None] for name, value in told.items()}
    record(session, action, entity="core_user", entity_id=token.user_id, changes=changes)


def identify_caller(session: ActorSession, token: str) -> tuple[Caller, Actor]:
    """Bind ``session`` to whom the token works for. Unauthorized for a token that is worth nothing; Forbidden where its
    owner may not use the API.

    Two queries, as for a browser: whose it is, and what he may.
    """
    tenant_id, secret = _parse(token)
    if tenant_id is None:
        session.become(Actor.platform())
        raise _worthless()
    session.become(Actor.system(tenant_id))
    try:
        caller, permissions = _find(session, secret)
        actor = _rights_of(session, caller).limited_to(permissions)
    except DomainError:
        session.rollback()
        session.become(Actor.platform())
        raise
    session.become(actor)
    return caller, actor


def _rights_of(session: ActorSession, caller: Caller) -> Actor:
    actor, _unread = read_rights(session, caller.user_id, caller.user_name)
    if not actor.can(USE_API):
        raise Forbidden.of("api_not_allowed", _("The owner of this token may not use the API."))
    return actor


def _parse(token: str) -> tuple[UUID | None, str]:
    prefix, _line, rest = token.partition("_")
    tenant, _line, secret = rest.partition("_")
    try:
        return (UUID(hex=tenant), secret) if prefix == PREFIX and len(tenant) == 32 else (None, "")
    except ValueError:
        return None, ""


def _find(session: ActorSession, secret: str) -> tuple[Caller, frozenset[str]]:
    query = (
        select(
            ApiToken.id,
            ApiToken.name,
            User.id,
            User.name,
            Tenant.name,
            Tenant.time_zone,
            ApiToken.expires_at,
            ApiToken.last_used_at,
            ApiToken.permissions,
        )
        .join(User, (User.id == ApiToken.user_id) & (User.tenant_id == ApiToken.tenant_id))
        .join(Tenant, Tenant.id == ApiToken.tenant_id)
        .where(
            ApiToken.token_hash == hash_token(secret),
            ApiToken.expires_at > now(),
            User.is_active,
            Tenant.is_active,
        )
    )
    row = session.execute(query).first()
    if row is None:
        raise _worthless()
    return Caller(*row[:-1]), frozenset(row[-1])


def _worthless() -> Unauthorized:
    return Unauthorized.of("bad_token", _("This token is unknown, expired or revoked."))


def note_use(session: ActorSession, token_id: UUID, address: str) -> None:
    """Note that the token is in use, and from where."""
    used = update(ApiToken).where(ApiToken.id == token_id)
    session.execute(used.values(last_used_at=now(), last_address=address[:64]))
