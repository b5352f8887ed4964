"""What the kernel's events mean to customers."""

from __future__ import annotations

from addons.customer.contact import BY_COMMENT, BY_HAND, is_contact_setting, note_contact
from addons.customer.contributions import ContactKind, KpiRow, contact_kinds, kpi_rows
from addons.customer.kpi import NEW_CUSTOMERS
from addons.customer.messaging import BY_MESSAGE, BY_READING, templates
from addons.customer.models import Customer
from addons.customer.starting import put_first_entries
from addons.customer.tiers.placing import is_automatic
from addons.customer.tiers.updating import TIER_SETTINGS, UPDATE
from core.contributions import contributes
from core.db import ActorSession
from core.discussion.events import CommentPosted
from core.events import on
from core.i18n import translator
from core.jobs import enqueue
from core.kernel import current_kernel
from core.messages import MessageTemplate, message_templates
from core.messages.events import MessageRead
from core.notifications.contributions import NoticeKind, Way, notice_kinds
from core.settings.contributions import SettingsPage, settings_pages
from core.settings.events import SettingChanged
from core.tenancy.events import AddonDisabled, AddonEnabled

_ = translator(__name__)

MANAGE = "customer.manage_catalogues"


@contributes(settings_pages)
def catalogue_pages() -> list[SettingsPage]:
    """The catalogues under the gear (SYS-14, CLS-02)."""
    return [
        SettingsPage(_("Customer sources"), "customer.sources_list", MANAGE, "target-arrow", 10),
        SettingsPage(_("Relationships"), "customer.relationships_list", MANAGE, "heart-handshake", 20),
        SettingsPage(_("Customer groups"), "customer.groups_list", MANAGE, "tags", 30),
        SettingsPage(_("Customer types"), "customer.types_list", MANAGE, "layout-kanban", 40),
        SettingsPage(_("Customer tiers"), "customer.tiers_list", "customer.manage_tiers", "award", 50),
    ]


@contributes(notice_kinds)
def feedback_notice() -> NoticeKind:
    """What the person in charge is told when a customer has answered (CUS-052)."""
    return NoticeKind("customer.feedback", _("A customer of mine gives feedback"), "star")


@on(AddonEnabled)
def fill_catalogues(session: ActorSession, event: AddonEnabled) -> None:
    """A business that switches customers on for the first time can enter one at once."""
    if event.addon == "customer":
        put_first_entries(session)


@contributes(contact_kinds)
def own_kinds() -> list[ContactKind]:
    return [
        ContactKind(BY_HAND, "customer.contact_by_hand"),
        ContactKind(BY_COMMENT, "customer.contact_by_comment"),
        ContactKind(BY_MESSAGE, "customer.contact_by_message"),
        ContactKind(BY_READING, "customer.contact_by_reading"),
    ]


@contributes(message_templates)
def letters() -> list[MessageTemplate]:
    """What is written to customers."""
    return templates()


@contributes(notice_kinds)
def own_notices() -> list[NoticeKind]:
    """What people are told of customers."""
    return [
        NoticeKind("customer.assigned", _("I was put in charge of customers"), "user-check", Way.DIGEST),
        NoticeKind("customer.handed_over", _("A customer of mine was given to somebody else"), "transfer", Way.DIGEST),
        NoticeKind("customer.merged", _("A customer of mine was merged with another one"), "arrows-join", Way.DIGEST),
        NoticeKind("customer.shared", _("A customer was shared with me"), "share", Way.DIGEST),
    ]


@on(CommentPosted)
def note_comment(session: ActorSession, event: CommentPosted) -> None:
    if event.entity == Customer.__tablename__:
        note_contact(session, event.entity_id, BY_COMMENT)


@on(MessageRead)
def note_reading(session: ActorSession, event: MessageRead) -> None:
    """A customer has opened an e-mail (CUS-057)."""
    if event.entity == Customer.__tablename__ and event.entity_id is not None:
        note_contact(session, event.entity_id, BY_READING)


@on(SettingChanged)
def reckon_by_setting(session: ActorSession, event: SettingChanged) -> None:
    if is_contact_setting(session, event.key):
        enqueue(session, "customer.reckon_contacts")


@on(AddonEnabled)
@on(AddonDisabled)
def reckon_by_addon(session: ActorSession, event: AddonEnabled | AddonDisabled) -> None:
    """What an addon that is off has noted does not count, and does again when it is back."""
    marked = current_kernel().registry.marked("contribution")
    if event.addon != "customer" and any(each.value == contact_kinds and each.addon == event.addon for each in marked):
        enqueue(session, "customer.reckon_contacts")


@contributes(kpi_rows)
def own_rows() -> list[KpiRow]:
    exchanges = KpiRow(
        "customer.exchanges",
        "interactions",
        _("Exchanges"),
        _(
            "Comments that were written on customers in the period, for whoever wrote them. The log of changes does not count."
        ),
        "customer.exchanges",
        when="at",
        who="author",
    )
    emails = KpiRow(
        "customer.emails",
        "interactions",
        _("E-mail"),
        _("E-mails to customers that were opened in the period, for whoever wrote them. Each counts once."),
        "customer.letters",
        when="read",
        who="who",
        args=(("f.channel", "email"),),
    )
    sms = KpiRow(
        "customer.sms",
        "interactions",
        _("SMS"),
        _(
            "SMS to customers that were sent in the period, for whoever wrote them. What was not delivered does not count."
        ),
        "customer.letters",
        when="sent",
        who="who",
        args=(("f.channel", "sms"), ("f.state", "sent")),
    )
    return [NEW_CUSTOMERS, emails, sms, exchanges]


@on(SettingChanged)
def update_tiers_by_setting(session: ActorSession, event: SettingChanged) -> None:
    """Whoever switches it on, or changes what reaches a tier while it is on, has everybody placed anew (TIE-10)."""
    if event.key in TIER_SETTINGS and is_automatic(session):
        enqueue(session, UPDATE, by_hand=False)
