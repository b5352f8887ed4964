"""Handing messages over, one job each, and keeping the queue small.

A message is claimed in one commit and settled in another; between the two the sender has it, and no transaction is open. A
kill in that moment leaves it ``sending``, and nobody knows whether it went: it is not sent again by itself (at most once),
unless its sender recognises repeats. An administrator sees it among the failed ones and decides.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from core.clock import now
from core.db.ids import first_id_of
from core.i18n import translator
from core.jobs import JobRun, Step, job
from core.messages.contributions import (
    Outgoing,
    PermanentFailure,
    Sender,
    SendingFailure,
    TemporaryFailure,
    UncertainFailure,
)
from core.messages.models import ENDED, Message, MessageState
from core.messages.queries import find_sender
from core.messages.receipts import receipt_of
from core.messages.services import PURPOSE, SECRET, send_at, tenant_name
from core.notifications import notify
from core.sealing import Unsealable, unseal

_ = translator(__name__)
log = logging.getLogger(__name__)

BACK_OFF_MINUTES = (1, 5, 15, 60, 180, 360, 720)
"""Waits between the tries of a message; after the last one, a good 22 hours later, it has failed."""

KEPT = timedelta(days=365)
BATCH = 500


@job("core.send_message", title=_("Send a message"), as_system=True)
def send_message(run: JobRun, *, id: str) -> Iterator[Step]:
    """Hand one message to its sender and write down what came of it."""
    message = run.session.scalar(select(Message).where(Message.id == UUID(id)).with_for_update())
    expected = MessageState.QUEUED if run.cursor is None else MessageState.SENDING
    if message is None or message.state != expected:
        return  # cancelled, or a job beside this one has it
    sender = find_sender(run.session, message.channel)
    if sender is None:
        _settle(run, message, PermanentFailure(str(_("Nothing is set up any more that could send this."))))
        return
    was_with_sender = (
        run.cursor is not None and run.attempt > 1
    )  # a runner that stops after the claim gives its start back
    if was_with_sender and not sender.is_repeatable:
        _settle(run, message, UncertainFailure(str(_("It was interrupted while it was being sent."))))
        return
    outgoing = _outgoing(run, message)
    message.state = MessageState.SENDING
    message.attempts += 1
    yield Step(message.attempts, cursor=message.attempts)
    failure = _hand_over(sender, outgoing)
    message = run.session.need(Message, UUID(id), lock=True)
    _settle(run, message, failure)


def _outgoing(run: JobRun, message: Message) -> Outgoing:
    body = message.body
    if message.secret is not None:
        try:
            secret = unseal(message.secret, purpose=PURPOSE, owner=str(message.id))
        except Unsealable:  # the secret key was changed meanwhile
            secret = ""
        body = body.replace(SECRET, secret)
    return Outgoing(
        id=str(message.id),
        channel=message.channel,
        recipient=message.recipient,
        recipient_name=message.recipient_name,
        subject=message.subject,
        body=body,
        reply_to=message.reply_to,
        sender_name=tenant_name(run.session),
        url=message.url,
        receipt=receipt_of(run.session, message),
    )


def _hand_over(sender: Sender, outgoing: Outgoing) -> SendingFailure | None:
    try:
        sender.send(outgoing)
    except SendingFailure as failure:
        return failure
    except Exception:
        log.exception("the sender %s failed", sender.name)
        return UncertainFailure(str(_("The sender failed; the server's log says why.")))
    return None


def _settle(run: JobRun, message: Message, failure: SendingFailure | None) -> None:
    """Write down what came of a try; a temporary failure is tried again later, as long as tries are left."""
    message.error = str(failure)[:500] if failure else ""
    if failure is None:
        message.state = MessageState.SENT
        message.sent_at = now()
    elif isinstance(failure, TemporaryFailure) and message.attempts <= len(BACK_OFF_MINUTES):
        message.state = MessageState.QUEUED
        send_at(run.session, message.id, now() + timedelta(minutes=BACK_OFF_MINUTES[message.attempts - 1]))
        return
    else:
        message.state = MessageState.FAILED
        if isinstance(failure, UncertainFailure):
            message.error = str(_("It may have arrived. %(reason)s", reason=message.error))[:500]
        _tell_author(run, message)
    message.secret = None


def _tell_author(run: JobRun, message: Message) -> None:
    """Who wrote to a customer learns that it did not arrive; of mail that the system wrote nobody is told."""
    if message.created_by_id is not None and message.entity:
        title = _("Not delivered to %(recipient)s: %(subject)s", recipient=message.recipient, subject=message.title)
        notify(run.session, [message.created_by_id], kind="message", title=title, body=message.error, url=message.url)


@job("core.purge_messages", title=_("Clear old messages"), as_system=True)
def purge_messages(run: JobRun) -> Iterator[Step]:
    """Delete the messages older than :data:`KEPT` that have ended."""
    old = Message.id < first_id_of(now() - KEPT), Message.state.in_(ENDED)
    done = 0
    while messages := run.session.scalars(select(Message).where(*old).limit(BATCH)).all():
        for message in messages:
            run.session.delete(message)
        done += len(messages)
        yield Step(done)
