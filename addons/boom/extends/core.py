"""What the kernel's events and points mean to boom."""

from __future__ import annotations

from addons.boom import network
from addons.boom.counting import recount_all, recount_soon
from addons.boom.person import TEMPLATE
from addons.boom.services import DISPUTE
from core.audit.events import ChangesRecorded
from core.contributions import contributes
from core.db import ActorSession, system
from core.events import on
from core.i18n import translator
from core.messages import MessageTemplate, message_templates
from core.messages.channels import Channel
from core.messages.contributions import Variable
from core.notifications.contributions import NoticeKind, notice_kinds
from core.settings.contributions import SettingsPage, settings_pages
from core.settings.events import SettingChanged
from core.tenancy.events import AddonDisabled, AddonEnabled

_ = translator(__name__)


@contributes(settings_pages)
def terms_page() -> SettingsPage:
    """Where the shop accepts the terms of sharing."""
    return SettingsPage(_("Sharing with other shops"), "boom.terms", "boom.manage_terms", "affiliate", 10)


@contributes(notice_kinds)
def disputes() -> NoticeKind:
    """What those who decide are told."""
    return NoticeKind(DISPUTE, _("A customer disputes a bad report"), "flag")


@contributes(message_templates)
def code() -> MessageTemplate:
    """The SMS with the code for the person's own page."""
    return MessageTemplate(
        TEMPLATE,
        Channel.SMS,
        _("Code for seeing one's reports"),
        body=_("{{ shop }}: {{ secret }} is your code to see what shops report of you. It lasts 10 minutes."),
        variables=(Variable("shop", _("Our business"), "Hải Đăng"), Variable("secret", _("Code"), "123456")),
        needs=("secret",),
    )


@on(SettingChanged)
def age_anew(session: ActorSession, event: SettingChanged) -> None:
    """Another age is that of the reports that stand, too."""
    if event.key == "boom.report_months":
        with system(session) as all_seeing:
            network.publish_all(all_seeing)
    if event.key in {"boom.basis", "boom.only_finished"}:
        recount_all(session)


@on(ChangesRecorded)
def count_again(session: ActorSession, event: ChangesRecorded) -> None:
    """A customer whose numbers are others, or who was deleted or restored, is somebody else in the network."""
    ids = {
        change.entity_id
        for change in event.changes
        if change.entity == "customer"
        and change.entity_id is not None
        and change.action != "create"
        and (not change.fields or change.fields & {"phone", "phone2"} or change.action in {"delete", "restore"})
    }
    if ids:
        recount_soon(session, ids)


@on(AddonDisabled)
def leave(session: ActorSession, event: AddonDisabled) -> None:
    """A shop that switches the application off takes its part of the network along."""
    if event.addon == "boom":
        network.leave(session)


@on(AddonEnabled)
def come_back(session: ActorSession, event: AddonEnabled) -> None:
    """Switched on again, it shares again if it had accepted the terms."""
    terms = network.find_terms(session) if event.addon == "boom" else None
    if terms is not None and not network.is_sharing(session):
        with system(session) as all_seeing:
            network.join(all_seeing, terms)
        recount_all(session)
