"""The security log: what happened to accounts, for their users and for administrators (ASVS 5.0 §16.3).

Its entries stand in the audit trail, which nobody can change. What must survive a refusal is written by :func:`note` in a
transaction of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.access.browsers import name_browser
from core.audit import AuditEntry, record
from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.i18n import translator

_ = translator(__name__)

USER = "core_user"

EVENTS: Mapping[str, object] = {
    "sign_in": _("Signed in"),
    "sign_out": _("Signed out"),
    "sign_out_everywhere": _("Signed out everywhere"),
    "sign_in_refused": _("Log-in refused: wrong password"),
    "sign_in_locked": _("Log-in locked: too many wrong passwords"),
    "code_refused": _("Log-in refused: right password, wrong code"),
    "code_locked": _("Log-in locked: right password, too many wrong codes"),
    "proof_refused": _("Wrong password or code while signed in"),
    "recovery_code": _("Recovery code used"),
    "change_password": _("Password changed"),
    "make_password_link": _("Link for a new password made"),
    "use_password_link": _("Password set by a link"),
    "second_factor_on": _("Second factor turned on"),
    "second_factor_off": _("Second factor turned off"),
    "second_factor_reset": _("Second factor reset"),
    "new_recovery_codes": _("New recovery codes made"),
    "create_token": _("Token for a program made"),
    "revoke_token": _("Token for a program revoked"),
}
"""Action of the audit trail → what people read."""

SHOWN = 15


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """A line of the log. ``by`` is empty where it was the user himself, or whoever claimed to be."""

    at: datetime
    label: object
    by: str
    address: str
    browser: str


def note(actor: Actor, action: str, user_id: UUID | None, *, seen: Mapping[str, Any] | None = None) -> None:
    """Write an entry at once, whatever becomes of the request. On SQLite the request must hold no transaction."""
    with open_session(actor) as session:
        record(session, action, entity=USER, entity_id=user_id, changes=seen)


def list_events(session: ActorSession, user_id: UUID) -> list[SecurityEvent]:
    """What happened to an account lately, the newest first."""
    query = select(AuditEntry).where(AuditEntry.entity == USER, AuditEntry.entity_id == user_id)
    rows = session.scalars(query.where(AuditEntry.action.in_(EVENTS)).order_by(AuditEntry.id.desc()).limit(SHOWN))
    return [
        SecurityEvent(
            row.at,
            EVENTS[row.action],
            row.user_name if row.user_id not in (None, user_id) else "",
            _new(row, "address"),
            name_browser(_new(row, "browser")) if "browser" in row.changes else "",
        )
        for row in rows
    ]


def _new(row: AuditEntry, field: str) -> str:
    return str(row.changes.get(field, [None, None])[1] or "")
