"""What stands for a telephone number where shops tell each other of its owner: a keyed HMAC, never the number.

All Vietnamese mobile numbers are hashed in minutes (vietnam.md §10), so the key decides; it is derived from
BANYAN_SECRET_KEY and not in the database. What such a key names is personal data all the same.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator

from core.phone import parse_phone
from core.sealing import keyed_digest

PURPOSE = "boom phone"
LENGTH = 64
FORM = re.compile(r"[0-9a-f]{64}")


class PhoneKey(str):
    """The digest of one number. Made by :func:`phone_key`, or read from a column of digests."""

    __slots__ = ()


def phone_key(phone: str) -> PhoneKey:
    """The key of a number in any spelling: +84912345678, 0912 345 678, 0169… are first brought to the one of today.

    DomainError (PhoneError) for what is no number.
    """
    return PhoneKey(keyed_digest(parse_phone(phone).e164, purpose=PURPOSE))


class PhoneKeyColumn(TypeDecorator[PhoneKey]):
    """A column that takes digests alone: a number that strays here is a programming error."""

    impl = String(LENGTH)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is not None and not (isinstance(value, PhoneKey) and FORM.fullmatch(value)):
            raise TypeError("only a digest of a phone may stand here")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> PhoneKey | None:
        return None if value is None else PhoneKey(value)
