"""What the courier brings to the kernel."""

from __future__ import annotations

from addons.courier.services import READY, take

from core.contributions import contributes
from core.i18n import translator
from core.messages import Channel, MessageTemplate, Sender, Variable, message_templates, senders
from core.notifications.contributions import NoticeKind, Way, notice_kinds

_ = translator(__name__)


@contributes(senders)
def sms_sender() -> Sender:
    return Sender("courier", Channel.SMS, take, is_ready=lambda session: READY[0])


@contributes(message_templates)
def greeting() -> MessageTemplate:
    return MessageTemplate(
        "courier.greeting",
        Channel.SMS,
        _("Greeting"),
        body=_("Hello {{ name }} of {{ place }}"),
        variables=(Variable("name", _("Name"), "Hoa"), Variable("place", _("Place"), "Huế")),
        allows_own=True,
    )


@contributes(notice_kinds)
def delivery() -> NoticeKind:
    return NoticeKind("courier.delivery", _("A delivery"), "send", Way.DIGEST)
