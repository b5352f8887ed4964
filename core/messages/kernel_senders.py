"""The kernel's own senders: the mail server that the deployment names, the log in development, the bell."""

from __future__ import annotations

import logging
from uuid import UUID

from core.config import CONSOLE
from core.kernel import current_kernel, current_session
from core.messages.channels import Channel
from core.messages.contributions import Outgoing, Sender
from core.messages.smtp import MailServer
from core.notifications import notify

LOGGED = (Channel.EMAIL, Channel.SMS, Channel.ZALO)

log = logging.getLogger(__name__)


def kernel_senders() -> list[Sender]:
    """Those that this deployment has."""
    bell = Sender("bell", Channel.IN_APP, ring, is_repeatable=True)
    config = current_kernel().config
    if config.smtp_url is None:
        return [bell]
    if config.smtp_url == CONSOLE:
        return [bell, *(Sender("console", channel, write_to_log) for channel in LOGGED)]
    return [bell, Sender("smtp", Channel.EMAIL, MailServer.of(config.smtp_url, config.mail_from).send)]


def write_to_log(outgoing: Outgoing) -> None:
    """What would be sent, in the log: for development."""
    log.info("%s to %s: %s\n%s", outgoing.channel, outgoing.recipient, outgoing.subject, outgoing.body)


def ring(outgoing: Outgoing) -> None:
    """Put the message under the bell, in the transaction that says that it was sent; so it is there once."""
    notify(
        current_session(),
        [UUID(outgoing.recipient)],
        kind="message",
        title=outgoing.subject,
        body=outgoing.body,
        url=outgoing.url,
    )
