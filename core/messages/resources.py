"""The queue as administrators see it, what the kernel itself sends, and the way to the templates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from core.audit.recorded import Recorded
from core.contributions import contributes
from core.db.session import ActorSession
from core.i18n import translator
from core.messages.channels import CHANNELS, Channel
from core.messages.contributions import MessageTemplate, Sender, Variable, message_templates, senders
from core.messages.kernel_senders import kernel_senders
from core.messages.models import Message, MessageState
from core.messages.services import cancel_message, retry_message
from core.resources import (
    Action,
    Api,
    BulkAction,
    BulkResult,
    ChoiceFilter,
    Column,
    Fact,
    PeriodFilter,
    Permissions,
    Resource,
    Tab,
    for_each,
)
from core.settings.contributions import SettingsPage, settings_pages

_ = translator(__name__)

VIEW = "core.view_messages"
MANAGE = "core.manage_messages"
MANAGE_TEMPLATES = "core.manage_templates"

STATES = {
    MessageState.QUEUED: _("Waiting"),
    MessageState.SENDING: _("Being sent"),
    MessageState.SENT: _("Sent"),
    MessageState.FAILED: _("Not delivered"),
    MessageState.CANCELLED: _("Cancelled"),
}
TONES = {
    MessageState.QUEUED: "blue",
    MessageState.SENDING: "blue",
    MessageState.SENT: "green",
    MessageState.FAILED: "red",
    MessageState.CANCELLED: "grey",
}


@contributes(settings_pages)
def templates_page() -> SettingsPage:
    """Settings → Message templates."""
    return SettingsPage(_("Message templates"), "core.templates_list", MANAGE_TEMPLATES, "mail", 15)


@contributes(senders)
def own_senders() -> list[Sender]:
    """The mail server of this deployment, and the bell."""
    return kernel_senders()


def _retry_all(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return for_each(session, Message, ids, lambda message: retry_message(session, message), title="title")


def _cancel_all(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return for_each(session, Message, ids, lambda message: cancel_message(session, message), title="title")


class Messages(Resource[Message]):
    """Outgoing messages (SYS-11): what waits, what was sent, what did not arrive and why."""

    model = Message
    name = "messages"
    title = _("Outgoing messages")
    one = _("message")
    icon = "send"
    permissions = Permissions("core", read=VIEW, create=None, edit=None, delete=None, export=None, import_=None)
    columns = (
        Column("recipient", _("To"), kind="title", subtitle=("recipient_name",), avatar=False),
        Column("subject", _("Subject"), card=True),
        Column("channel", _("Channel"), kind="flat", labels=CHANNELS, card=True),
        Column("state", _("State"), kind="tag", labels=STATES, tone=TONES),
        Column("attempts", _("Tries"), kind="number", wide="2xl"),
        Column("created_at", _("Asked for"), sort=True, kind="datetime", wide="xl"),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("failed", _("Not delivered"), where=lambda actor: Message.state == MessageState.FAILED),
        Tab("queued", _("Waiting"), where=lambda actor: Message.state == MessageState.QUEUED),
    )
    filters = (
        ChoiceFilter("channel", _("Channel"), Message.channel, options=list(CHANNELS.items()), several=True),
        ChoiceFilter("state", _("State"), Message.state, options=list(STATES.items()), several=True),
        PeriodFilter("asked", _("Asked for"), Message.created_at),
    )
    default_sort = "-created_at"
    empty_text = _("E-mails and SMS appear here as soon as somebody asks for one.")
    tags = (Fact("state", kind="tag", labels=STATES, tone=TONES),)
    facts = (
        Fact("channel", _("Channel"), labels=CHANNELS),
        Fact("recipient_name", _("Recipient's name")),
        Fact("subject", _("Subject")),
        Fact("error", _("Why it was not delivered")),
        Fact("attempts", _("Tries")),
        Fact("created_at", _("Asked for")),
        Fact("sent_at", _("Sent")),
        Fact("reply_to", _("Answers go to")),
        Fact("template", _("Template"), kind="code"),
    )
    actions = (
        Action(
            _("Send again"),
            "core.messages_retry",
            icon="refresh",
            primary=True,
            post=True,
            confirm=_("Send this message again? If it did arrive, it arrives twice."),
            when=lambda message: message.state not in (MessageState.QUEUED, MessageState.SENT),
        ),
        Action(
            _("Cancel"),
            "core.messages_cancel",
            icon="x",
            post=True,
            when=lambda message: message.state == MessageState.QUEUED,
        ),
    )
    bulk_actions = (
        BulkAction("retry", _("Send again"), _retry_all, MANAGE, icon="refresh"),
        BulkAction("cancel", _("Cancel"), _cancel_all, MANAGE, icon="x", danger=True),
    )
    api = Api(read_only=True, fields=("body",))
    template_detail = "messages/detail.html"


recorded_texts = Recorded(
    "core_message_text",
    one=_("message template"),
    labels={
        "key": _("Template"),
        "title": _("Name of the text"),
        "subject_vi": _("Subject in Vietnamese"),
        "body_vi": _("Text in Vietnamese"),
        "subject_en": _("Subject in English"),
        "body_en": _("Text in English"),
    },
)

COMPANY = Variable("company", _("Our business"), "Công ty TNHH Hải Đăng")
PERSON = Variable("name", _("Name of the employee"), "Nguyễn Đức Thắng")
PREFERENCES = Variable(
    "preferences", _("Page on which one chooses what one is told"), "https://crm.example.vn/account/notifications"
)


@contributes(message_templates)
def kernel_templates() -> list[MessageTemplate]:
    """What the kernel itself sends."""
    return [
        MessageTemplate(
            "core.notice",
            Channel.EMAIL,
            _("A notice by e-mail"),
            subject="{{ title }}",
            body=_(
                "Hello {{ name }},\n\n{{ title }}\n{{ text }}\n\nOpen it: {{ link }}\n\n--\n{{ company }}\n"
                "Choose what you are told by e-mail: {{ preferences }}"
            ),
            variables=(
                PERSON,
                Variable("title", _("What the notice says"), _("Trần Ngọc Ánh mentioned you at Chị Huyền Trang")),
                Variable("text", _("Its text"), _("@thang.nguyen can you call her today?")),
                Variable("link", _("Page that the notice leads to"), "https://crm.example.vn/customer/customers/"),
                COMPANY,
                PREFERENCES,
            ),
        ),
        MessageTemplate(
            "core.digest",
            Channel.EMAIL,
            _("The daily digest"),
            subject=_("{{ count }} new notifications"),
            body=_(
                "Hello {{ name }},\n\nSince the last digest:\n\n{{ list }}\n\nAll notifications: {{ link }}\n\n--\n"
                "{{ company }}\nChoose what you are told by e-mail: {{ preferences }}"
            ),
            variables=(
                PERSON,
                Variable("count", _("How many notices"), "3"),
                Variable(
                    "list", _("The notices, one in a line"), _("- Trần Ngọc Ánh mentioned you at Chị Huyền Trang")
                ),
                Variable("link", _("Page of all notifications"), "https://crm.example.vn/notifications"),
                COMPANY,
                PREFERENCES,
            ),
        ),
        MessageTemplate(
            "core.password_link",
            Channel.EMAIL,
            _("Invitation and new password"),
            subject=_("Choose your password at {{ company }}"),
            body=_(
                "Hello {{ name }},\n\n{{ sender }} invites you to choose a password for your account {{ username }}:\n\n"
                "{{ secret }}\n\nThe link works once, until {{ until }}. Give it to nobody.\n\n--\n{{ company }}"
            ),
            variables=(
                PERSON,
                Variable("username", _("User name"), "thang.nguyen"),
                Variable("sender", _("Who sends it"), "Trần Ngọc Ánh"),
                Variable("until", _("Until when the link works"), "09:30 25/11/2025"),
                Variable(
                    "secret", _("The link itself, filled in only while it is sent"), "https://crm.example.vn/password/…"
                ),
                COMPANY,
            ),
            needs=("secret",),
        ),
    ]
