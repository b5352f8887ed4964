"""Links for a password by e-mail: the administrator need not carry them, and does not see them."""

from __future__ import annotations

from core.access.models import User
from core.access.services import make_password_link
from core.clock import to_local
from core.db.ids import uuid7
from core.db.session import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.messages.channels import Channel
from core.messages.queries import find_sender
from core.messages.services import SECRET, has_mail_address, queue_template, tenant_name

_ = translator(__name__)


def can_mail_link(session: ActorSession, user: User) -> bool:
    """Whether a link can reach ``user`` by e-mail."""
    return user.is_active and has_mail_address(user.email) and find_sender(session, Channel.EMAIL) is not None


def mail_password_link(session: ActorSession, user: User) -> None:
    """Make a link as ``make_password_link`` does, with its refusals, and send it; it is kept sealed until it has left.

    DomainError too where the account has no address, or nothing could send the e-mail.
    """
    if not can_mail_link(session, user):
        raise DomainError.of("cannot_mail", _("This account has no e-mail address, or no mail server is set up."))
    made = make_password_link(session, user)
    values = {
        "name": user.name,
        "username": user.username,
        "sender": session.actor.name,
        "until": f"{to_local(made.expires_at):%H:%M %d/%m/%Y}",
        "company": tenant_name(session),
        "secret": SECRET,
    }
    queue_template(
        session,
        "core.password_link",
        values,
        language=user.language,
        recipient=user.email or "",
        recipient_name=user.name,
        once=f"password_link:{uuid7()}",
        secret=made.address,
    )
