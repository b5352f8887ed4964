"""Ids signed for one purpose: addresses for people without an account, which nobody can make up.

What a signature allows, and until when, is the business of the row that it names.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

from itsdangerous import BadSignature, Signer

from core.kernel import current_kernel

UUID_BYTES = 16


def sign_ids(purpose: str, *ids: UUID) -> str:
    """``ids`` as a text for an address, good for ``purpose`` alone; the same one each time."""
    packed = urlsafe_b64encode(b"".join(id.bytes for id in ids)).rstrip(b"=")
    return _signer(purpose).sign(packed).decode()


def read_ids(purpose: str, text: str) -> tuple[UUID, ...]:
    """What :func:`sign_ids` was given; nothing where the text was not signed here for this purpose."""
    try:
        packed = _signer(purpose).unsign(text.encode("utf-8", "replace"))
        plain = urlsafe_b64decode(packed + b"=" * (-len(packed) % 4))
    except (BadSignature, ValueError):
        return ()
    return tuple(UUID(bytes=plain[at : at + UUID_BYTES]) for at in range(0, len(plain), UUID_BYTES))


def _signer(purpose: str) -> Signer:
    return Signer(
        current_kernel().config.secret_key,
        salt=f"banyan {purpose}",
        sep=".",
        key_derivation="hmac",
        digest_method=sha256,
    )
