"""The second factor's codes: those of an app (TOTP, RFC 6238) and recovery codes for when the app is lost.

What is asked of them: each is taken once, at any two moments and by any two workers (ASVS 5.0 §6.5.1). How often one may
be tried is asked before, in ``core.access.throttle``.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

import segno
from pyotp import TOTP, random_base32
from sqlalchemy import CursorResult, delete, select, update

from core.access.models import RecoveryCode, SecondFactor
from core.access.passwords import hash_password, verify_password
from core.clock import now
from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.sealing import Unsealable, seal, unseal

log = logging.getLogger(__name__)

STEP = 30  # seconds that an app shows a code
DRIFT = 1
"""Steps that a telephone's clock may be before or behind ours."""

APP_CODE = re.compile(r"[0-9]{6}")

RECOVERY_CODES = 10
RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that can be taken for another
RECOVERY_LENGTH = 10
MARK_LENGTH = 2
"""Letters by which a recovery code is found; the eight others, 40 bits, are its secret."""

Kind = Literal["app", "recovery"]

QR_SCALE, QR_BORDER = 5, 4  # the border is the standard's; on a dark page the code is not read without it


def new_secret() -> str:
    """A key for an app: 160 bits in base32."""
    return random_base32()


def app_uri(secret: str, *, username: str, tenant: str) -> str:
    """What the QR code says."""
    return TOTP(secret).provisioning_uri(name=username, issuer_name=f"Banyan {tenant}")


def qr_image(text: str) -> str:
    """A QR code as the address of an image that is part of the page."""
    return segno.make(text, micro=False).svg_data_uri(scale=QR_SCALE, border=QR_BORDER, light="#fff")


def matching_step(secret: str, code: str, moment: datetime) -> int | None:
    """The 30-second step since 1970 that shows ``code`` within the drift of ``moment``; None where none does."""
    totp, present = TOTP(secret), int(moment.timestamp()) // STEP
    steps = [step for step in range(present - DRIFT, present + DRIFT + 1) if _same(totp.generate_otp(step), code)]
    return max(steps, default=None)


def use_code(actor: Actor, user_id: UUID, text: str) -> Kind | None:
    """Take a code of the app or a recovery code of ``user_id``, as he typed it; None where it is wrong or was used.

    In transactions of its own: a code that was taken is taken, whatever becomes of the request.
    """
    code = plain_code(text)
    if APP_CODE.fullmatch(code):
        return "app" if _use_app_code(actor, user_id, code) else None
    return "recovery" if _use_recovery_code(actor, user_id, code) else None


def plain_code(text: str) -> str:
    """A code without the spaces, hyphens and capitals that people give it."""
    return "".join(text.split()).replace("-", "").lower()


def seal_secret(secret: str, *, tenant_id: UUID, user_id: UUID) -> bytes:
    """A key as the table keeps it."""
    return seal(secret, purpose="second factor", owner=f"{tenant_id} {user_id}")


def replace_recovery_codes(session: ActorSession, user_id: UUID) -> list[str]:
    """New recovery codes, as people read them; those from before are worth nothing. Only their hashes are kept."""
    marks: set[str] = set()
    while len(marks) < RECOVERY_CODES:
        marks.add(_letters(MARK_LENGTH))
    codes = [mark + _letters(RECOVERY_LENGTH - MARK_LENGTH) for mark in sorted(marks)]
    hashes = [hash_password(code) for code in codes]
    forget_recovery_codes(session, user_id)
    session.add_all(
        RecoveryCode(user_id=user_id, mark=code[:MARK_LENGTH], code_hash=hashed)
        for code, hashed in zip(codes, hashes, strict=True)
    )
    session.flush()
    return [f"{code[: RECOVERY_LENGTH // 2]}-{code[RECOVERY_LENGTH // 2 :]}" for code in codes]


def forget_recovery_codes(session: ActorSession, user_id: UUID) -> None:
    """Make all recovery codes of a user worthless."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def list_marks(session: ActorSession, user_id: UUID) -> Sequence[str]:
    """The beginnings of the recovery codes that are left."""
    return session.scalars(select(RecoveryCode.mark).where(RecoveryCode.user_id == user_id)).all()


def _use_app_code(actor: Actor, user_id: UUID, code: str) -> bool:
    with open_session(actor) as session:
        factor = session.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id))
        if factor is None:
            return False
        try:
            secret = unseal(factor.secret, purpose="second factor", owner=f"{factor.tenant_id} {user_id}")
        except Unsealable:
            log.error("the second factor of %s was sealed under another BANYAN_SECRET_KEY", user_id)
            return False
        step = matching_step(secret, code, now())
        if step is None:
            return False
        # Of two workers with the same code the second finds the step taken.
        taken = update(SecondFactor).where(SecondFactor.id == factor.id, SecondFactor.last_step < step)
        done = session.execute(taken.values(last_step=step), execution_options={"synchronize_session": False})
        return cast(CursorResult[Any], done).rowcount == 1


def _use_recovery_code(actor: Actor, user_id: UUID, code: str) -> bool:
    with open_session(actor) as session:
        mine = select(RecoveryCode.id, RecoveryCode.code_hash).where(RecoveryCode.user_id == user_id)
        found = session.execute(mine.where(RecoveryCode.mark == code[:MARK_LENGTH])).first()
    if not verify_password(found.code_hash if found else None, code) or found is None:
        return False
    with open_session(actor) as session:
        done = session.execute(
            delete(RecoveryCode).where(RecoveryCode.id == found.id), execution_options={"synchronize_session": False}
        )
        return cast(CursorResult[Any], done).rowcount == 1


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _letters(count: int) -> str:
    return "".join(secrets.choice(RECOVERY_LETTERS) for _each in range(count))
