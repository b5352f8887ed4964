"""Kinds of notices: what users choose by, and the icon in the bell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.contributions import Point, contributes
from core.i18n import translator

_ = translator(__name__)


class Way(StrEnum):
    """How a user is told of a kind of notice. E-mail and digest come on top of the bell."""

    BELL = "bell"
    EMAIL = "email"
    DIGEST = "digest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice; ``key`` is what ``notify(kind=…)`` is given. ``default`` counts for who has chosen nothing, and
    ``can_be_off`` is False for what nobody should miss.
    """

    key: str
    title: object
    icon: str = "bell"
    default: Way = Way.BELL
    can_be_off: bool = True


notice_kinds = Point("core.notice_kinds", NoticeKind)


@contributes(notice_kinds)
def kernel_kinds() -> list[NoticeKind]:
    """What the kernel itself tells people."""
    return [
        NoticeKind("mention", _("Somebody mentions me"), "message", Way.EMAIL),
        NoticeKind("job", _("A background job of mine has ended"), "clock"),
        NoticeKind("message", _("A message that I sent did not arrive"), "mail"),
        NoticeKind(
            "security", _("Something about the security of my account"), "shield-lock", Way.EMAIL, can_be_off=False
        ),
    ]
