"""Links by which somebody chooses a password without knowing the present one: an invitation, or an administrator's help.

The rules (ASVS 5.0 §6.4): nobody learns another's password; a link is made by whoever may change the account, so for nobody
who has more rights (``granting``), and never for oneself; it works once, for :data:`LINK_LIFE`, and a new one ends those
before it. Using it ends every session and every token for programs. The second factor stays.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from core.access.models import PasswordLink, User
from core.access.passwords import hash_password
from core.access.services.granting import check_may_change
from core.access.services.users import new_password_problems
from core.access.sessions import end_sessions
from core.access.tokens import end_tokens
from core.audit import record
from core.clock import now
from core.db.actor import Actor
from core.db.session import ActorSession
from core.errors import DomainError, NotFound
from core.i18n import translator, use_locale
from core.kernel import current_kernel
from core.notifications import notify
from core.tenancy.models import Tenant

_ = translator(__name__)

LINK_LIFE = timedelta(minutes=60)
"""Long enough to be handed over by telephone, too short to be found in an old message."""

TOKEN_BYTES = 32
PATH = "/password/"


@dataclass(frozen=True, slots=True)
class MadeLink:
    """``address`` begins with BANYAN_BASE_URL; where that is not set it is a path of this host."""

    address: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whom a link that works belongs to."""

    tenant_id: UUID
    user_id: UUID
    name: str
    username: str

    @property
    def actor(self) -> Actor:
        return Actor(self.tenant_id, self.user_id, self.name)


def make_password_link(session: ActorSession, user: User) -> MadeLink:
    """A link that lets ``user`` choose a password. It is in the answer and nowhere else; only its hash is kept.

    Forbidden for an account with more rights; DomainError for one's own and for a locked one.
    """
    check_may_change(session, user)
    if user.id == session.actor.user_id:
        raise DomainError.of("own_account", _("Change your own password under My account."))
    if not user.is_active:
        raise DomainError.of("locked", _("This account is locked. Unlock it first."))
    _end_links(session, user.id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    made = PasswordLink(user_id=user.id, token_hash=_hash(token), expires_at=now() + LINK_LIFE)
    session.add(made)
    record(session, "make_password_link", entity="core_user", entity_id=user.id)
    with use_locale(user.language):
        text = _("%(name)s made a link for a new password of your account.", name=session.actor.name)
        notify(session, [user.id], kind="security", title=text, url="/account")
    session.flush()
    base = current_kernel().config.public_url
    return MadeLink(f"{base}{PATH}{session.tenant_id.hex}.{token}", made.expires_at)


def tenant_of_link(value: str) -> UUID | None:
    """The tenant that the last part of a link's address names; None where it is none."""
    try:
        return UUID(hex=value.partition(".")[0])
    except ValueError:
        return None


def find_link_owner(session: ActorSession, value: str) -> LinkOwner | None:
    """Whose password the link may set at this moment. ``session`` works for the system of the link's tenant."""
    query = (
        select(User.tenant_id, User.id, User.name, User.username)
        .join(PasswordLink, (PasswordLink.user_id == User.id) & (PasswordLink.tenant_id == User.tenant_id))
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(PasswordLink.token_hash == _hash(_token(value)), PasswordLink.expires_at > now())
        .where(User.is_active, Tenant.is_active)
    )
    row = session.execute(query).first()
    return LinkOwner(*row) if row else None


def use_password_link(session: ActorSession, user_id: UUID, value: str, new: str) -> None:
    """Set the password ``new``, once; the link's owner acts. NotFound where the link has ended meanwhile."""
    user = session.need(User, user_id, lock=True)  # of two uses at once the second finds no link
    query = select(PasswordLink.id).where(PasswordLink.user_id == user_id, PasswordLink.expires_at > now())
    if session.scalar(query.where(PasswordLink.token_hash == _hash(_token(value)))) is None or not user.is_active:
        raise NotFound.of("link_ended", _("This link does not work any more."))
    if problems := new_password_problems(session, user, new):
        raise DomainError(*problems)
    user.password_hash = hash_password(new)
    _end_links(session, user_id)
    end_sessions(session, user_id)
    end_tokens(session, user_id)
    record(session, "use_password_link", entity="core_user", entity_id=user_id)


def _end_links(session: ActorSession, user_id: UUID) -> None:
    session.execute(delete(PasswordLink).where(PasswordLink.user_id == user_id))


def _token(value: str) -> str:
    return value.partition(".")[2]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
