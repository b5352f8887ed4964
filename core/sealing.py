"""Secrets that have to be read again (the key of a second factor, the password of a mail server), encrypted at rest.

AES-256-GCM under a key derived from BANYAN_SECRET_KEY for one purpose. The owner is bound in: what is sealed for one row
cannot be opened in another, and a copy of the database opens nothing.
"""

from __future__ import annotations

import os

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


def _cipher(purpose: str) -> AESGCM:
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"banyan {purpose}".encode())
    return AESGCM(derived.derive(current_kernel().config.secret_key.encode()))
