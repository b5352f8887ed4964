"""Secrets that have to be read again (the key of a second factor, the password of a mail server), encrypted at rest.

AES-256-GCM under a key derived from BANYAN_SECRET_KEY for one purpose. The owner is bound in: what is sealed for one row
cannot be opened in another, and a copy of the database opens nothing.
"""

from __future__ import annotations

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.kernel import current_kernel

NONCE_BYTES = 12
KEY_BYTES = 32


class Unsealable(Exception):
    """The text was sealed for another purpose, another owner or under another secret key, or was changed."""


def seal(plain: str, *, purpose: str, owner: str) -> bytes:
    """``plain`` so that only the same purpose and owner open it again; another text each time."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(purpose).encrypt(nonce, plain.encode(), owner.encode())


def unseal(sealed: bytes, *, purpose: str, owner: str) -> str:
    """What :func:`seal` was given. Raises Unsealable."""
    try:
        return _cipher(purpose).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Unsealable(purpose) from error


def keyed_digest(text: str, *, purpose: str) -> str:
    """What stands for ``text`` where the text itself must not: the same each time, and not to be guessed without the key.

    HMAC-SHA256 in 64 hexadecimal digits. Of texts as few as telephone numbers a plain hash hides nothing: all of them are
    hashed in minutes. Another BANYAN_SECRET_KEY makes other digests.
    """
    return hmac.new(_key(f"{purpose} digest"), text.encode(), sha256).hexdigest()


def _cipher(purpose: str) -> AESGCM:
    return AESGCM(_key(purpose))


def _key(purpose: str) -> bytes:
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"banyan {purpose}".encode())
    return derived.derive(current_kernel().config.secret_key.encode())
