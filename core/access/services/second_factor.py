"""The second factor of an account: turned on, off, reset; and who must have one (a permission group may require it)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from core.access import codes
from core.access.models import Group, GroupMember, SecondFactor, User
from core.access.services.granting import check_may_change
from core.access.sessions import end_sessions
from core.audit import record
from core.clock import now
from core.db.session import ActorSession
from core.errors import DomainError
from core.i18n import translator, use_locale
from core.notifications import notify

_ = translator(__name__)


@dataclass(frozen=True, slots=True)
class FactorState:
    """How an account stands: since when it has a second factor, how many recovery codes are left, whether it needs one."""

    since: datetime | None
    recovery_codes: int
    is_required: bool


def factor_state(session: ActorSession, user_id: UUID) -> FactorState:
    """The state of a user's second factor."""
    since = session.scalar(select(SecondFactor.created_at).where(SecondFactor.user_id == user_id))
    required = select(Group.id).join(GroupMember, GroupMember.group_id == Group.id)
    required = required.where(GroupMember.user_id == user_id, Group.requires_second_factor).limit(1)
    left = len(codes.list_marks(session, user_id)) if since else 0
    return FactorState(since, left, session.scalar(required) is not None)


def turn_on_second_factor(session: ActorSession, user: User, *, secret: str, code: str, session_id: UUID) -> list[str]:
    """Bind the app that has ``secret`` to one's own account; the recovery codes, which are kept nowhere.

    ``code`` proves that the app works. All other sessions end: they began without it. DomainError where the code is wrong or
    the account has a second factor already.
    """
    if factor_state(session, user.id).since is not None:
        raise DomainError.of("has_factor", _("Your account has a second factor already."))
    step = codes.matching_step(secret, codes.plain_code(code), now())
    if step is None:
        message = _("This code is not right. Type the one that the app shows now; the phone's clock must be right.")
        raise DomainError.of("wrong_code", message, "code")
    sealed = codes.seal_secret(secret, tenant_id=session.tenant_id, user_id=user.id)
    session.add(SecondFactor(user_id=user.id, secret=sealed, last_step=step, created_at=now()))
    made = codes.replace_recovery_codes(session, user.id)
    end_sessions(session, user.id, but=session_id)
    record(session, "second_factor_on", entity="core_user", entity_id=user.id)
    return made


def turn_off_second_factor(session: ActorSession, user: User, *, session_id: UUID) -> None:
    """Go without; all other sessions end. DomainError where one of the user's groups requires it."""
    if factor_state(session, user.id).is_required:
        raise DomainError.of("factor_required", _("One of your permission groups requires a second factor."))
    _forget(session, user.id)
    end_sessions(session, user.id, but=session_id)
    record(session, "second_factor_off", entity="core_user", entity_id=user.id)


def renew_recovery_codes(session: ActorSession, user: User) -> list[str]:
    """Other recovery codes for one's own account. DomainError where it has no second factor."""
    if factor_state(session, user.id).since is None:
        raise DomainError.of("no_factor", _("Your account has no second factor."))
    record(session, "new_recovery_codes", entity="core_user", entity_id=user.id)
    return codes.replace_recovery_codes(session, user.id)


def reset_second_factor(session: ActorSession, user: User) -> None:
    """Take the second factor from an employee who has lost it; he is signed out and told.

    Forbidden for an account with more rights; DomainError for one's own and where there is none.
    """
    check_may_change(session, user)
    if user.id == session.actor.user_id:
        raise DomainError.of("own_account", _("Turn your own second factor off under My account."))
    if factor_state(session, user.id).since is None:
        raise DomainError.of("no_factor", _("%(name)s has no second factor.", name=user.name))
    _forget(session, user.id)
    end_sessions(session, user.id)
    record(session, "second_factor_reset", entity="core_user", entity_id=user.id)
    with use_locale(user.language):
        text = _("%(name)s reset the second factor of your account.", name=session.actor.name)
        notify(session, [user.id], kind="security", title=text, url="/account")


def _forget(session: ActorSession, user_id: UUID) -> None:
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    codes.forget_recovery_codes(session, user_id)
