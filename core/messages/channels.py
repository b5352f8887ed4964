"""The ways a message can go, and what an address looks like in each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from core.errors import DomainError
from core.i18n import translator
from core.phone import parse_phone
from core.text import clean

_ = translator(__name__)

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""What mail servers take without extensions (RFC 5321, without quoted local parts)."""

MAX_ADDRESS = 254


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"
    ZALO = "zalo"
    IN_APP = "in_app"


CHANNELS: Mapping[str, object] = {
    Channel.EMAIL: _("E-mail"),
    Channel.SMS: _("SMS"),
    Channel.ZALO: _("Zalo"),
    Channel.IN_APP: _("In the application"),
}

HAS_SUBJECT = frozenset({Channel.EMAIL, Channel.IN_APP})

MAX_BODY: Mapping[str, int] = {Channel.EMAIL: 50_000, Channel.SMS: 918, Channel.ZALO: 2_000, Channel.IN_APP: 500}
"""Characters of a text. An SMS of more than six parts (153 characters each) is refused by Vietnamese networks."""


def clean_recipient(channel: str, recipient: str) -> str:
    """``recipient`` as the channel writes it: an e-mail address, a number in E.164, the id of a user.

    DomainError, field ``recipient``, for what is none.
    """
    text = clean(recipient)
    if channel == Channel.EMAIL:
        if len(text) > MAX_ADDRESS or not ADDRESS.fullmatch(text):
            raise DomainError.of("bad_address", _("“%(text)s” is no e-mail address.", text=text), "recipient")
        return text
    if channel == Channel.IN_APP:
        try:
            return str(UUID(text))
        except ValueError:
            raise DomainError.of("bad_address", _("There is no such user."), "recipient") from None
    try:
        return parse_phone(text).e164
    except DomainError as error:
        raise DomainError.of("bad_address", str(error), "recipient") from error
