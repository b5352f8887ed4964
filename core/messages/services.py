"""Asking for a message, what administrators do with the queue, and the wording of templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.access.models import User
from core.audit import record
from core.clock import now
from core.db.base import TenantModel
from core.db.session import ActorSession, system
from core.errors import Conflict, DomainError, Problem
from core.events import on
from core.i18n import translator, use_locale
from core.jobs import enqueue_at
from core.kernel import current_kernel
from core.messages.channels import CHANNELS, HAS_SUBJECT, MAX_BODY, Channel, clean_recipient
from core.messages.contributions import MessageTemplate
from core.messages.merging import PLACE, merge, merge_line, merge_problems
from core.messages.models import Message, MessageState, MessageText
from core.messages.queries import find_sender, find_text, get_template, wording_of
from core.notifications.events import NoticesWritten
from core.sealing import seal
from core.tenancy.models import Tenant
from core.text import clean

_ = translator(__name__)

MAX_SUBJECT = 300
MAX_TITLE = 120

STUCK_AFTER = timedelta(minutes=15)
"""A message that is being sent for longer has lost its job."""

PREFERENCES_PATH = "/account/notifications"
SECRET = "{{ secret }}"  # noqa: S105
"""What stands in a body in place of its secret until it is sent, and afterwards."""

PURPOSE = "message"
"""What the secrets of messages are sealed for."""


def queue_message(
    session: ActorSession,
    *,
    channel: str,
    recipient: str,
    body: str,
    key: str,
    subject: str = "",
    recipient_name: str = "",
    template: str = "",
    reply_to: str = "",
    about: TenantModel | None = None,
    url: str = "",
    secret: str = "",
) -> Message:
    """Ask for a message, in this transaction; it is sent if that commits, and after it.

    The same ``key`` again returns the message that stands and adds nothing. ``about`` is the record that it concerns, ``url``
    its page; ``secret`` takes the place of ``{{ secret }}`` in the body at the moment of sending and is kept sealed until then.
    DomainError: nobody sends for the channel, a wrong address, an empty or too long text.
    """
    standing = session.scalar(select(Message).where(Message.key == key))
    if standing is not None:
        return standing
    recipient, subject, body = _checked(session, channel, recipient, subject, body)
    message = Message(
        channel=channel,
        recipient=recipient,
        recipient_name=clean(recipient_name)[:200],
        subject=subject,
        body=body,
        template=template,
        reply_to=reply_to,
        entity=str(about.__tablename__) if about is not None else "",
        entity_id=about.id if about is not None else None,
        url=url,
        key=key,
    )
    session.add(message)
    if secret:
        message.secret = seal(secret, purpose=PURPOSE, owner=str(message.id))
    session.flush()
    send_at(session, message.id, now())
    return message


def queue_template(
    session: ActorSession,
    key: str,
    values: Mapping[str, str],
    *,
    language: str,
    recipient: str,
    once: str,
    **options: Any,
) -> Message:
    """Ask for a message in the words of the template ``key``; ``once`` is its idempotency key, ``options`` those of
    :func:`queue_message`.
    """
    template = get_template(session, key)
    wording = wording_of(session, template, language)
    return queue_message(
        session,
        channel=template.channel,
        recipient=recipient,
        subject=merge_line(wording.subject, values),
        body=merge(wording.body, values),
        key=once,
        template=key,
        **options,
    )


def send_at(session: ActorSession, id: UUID, moment: datetime) -> None:
    """Let the queue look at the message then, for the system: nobody is told of each job that has sent one."""
    with system(session) as all_seeing:
        enqueue_at(all_seeing, "core.send_message", moment, id=str(id))


def _checked(session: ActorSession, channel: str, recipient: str, subject: str, body: str) -> tuple[str, str, str]:
    """Recipient, subject and body as they are stored. DomainError with everything that is wrong."""
    problems: list[Problem] = []
    if find_sender(session, channel) is None:
        message = _("Nothing is set up that could send this: %(channel)s.", channel=CHANNELS.get(channel, channel))
        raise DomainError.of("no_sender", message)
    try:
        recipient = clean_recipient(channel, recipient)
    except DomainError as error:
        problems += error.problems
    subject, body = clean(subject), clean(body, multiline=True)
    if channel in HAS_SUBJECT and not subject:
        problems.append(Problem("required", _("Give the message a subject."), "subject"))
    if not body:
        problems.append(Problem("required", _("Write the message."), "body"))
    problems += _length_problems(channel, {"subject": subject}, {"body": body})
    if problems:
        raise DomainError(*problems)
    return recipient, subject if channel in HAS_SUBJECT else "", body


def _length_problems(channel: str, subjects: Mapping[str, str], bodies: Mapping[str, str]) -> list[Problem]:
    limits = {**dict.fromkeys(subjects, MAX_SUBJECT), **dict.fromkeys(bodies, MAX_BODY[channel])}
    return [
        Problem("too_long", _("At most %(n)s characters.", n=limits[field]), field)
        for field, text in {**subjects, **bodies}.items()
        if len(text) > limits[field]
    ]


def cancel_message(session: ActorSession, message: Message) -> None:
    """Take a message out of the queue. Conflict: it is being sent, or has ended."""
    if _locked_state(session, message) != MessageState.QUEUED:
        raise Conflict.of("message_gone", _("Only a message that still waits can be cancelled."))
    message.state = MessageState.CANCELLED
    message.secret = None
    record(session, "cancel", entity="core_message", entity_id=message.id)


def retry_message(session: ActorSession, message: Message) -> None:
    """Send a message that failed or was cancelled, from the first try on. Conflict: it is under way or was sent, or its
    secret is gone.
    """
    state = _locked_state(session, message)
    is_stuck = state == MessageState.SENDING and message.updated_at < now() - STUCK_AFTER
    if state not in (MessageState.FAILED, MessageState.CANCELLED) and not is_stuck:
        raise Conflict.of("message_under_way", _("Only a message that failed or was cancelled can be sent again."))
    if SECRET in message.body and message.secret is None:
        raise Conflict.of("secret_gone", _("The link in this message is gone. Make a new one."))
    message.state = MessageState.QUEUED
    message.attempts = 0
    message.error = ""
    record(session, "retry", entity="core_message", entity_id=message.id)
    session.flush()
    send_at(session, message.id, now())


def _locked_state(session: ActorSession, message: Message) -> str:
    session.refresh(message, with_for_update=True)
    return message.state


# wording


def save_wording(session: ActorSession, template: MessageTemplate, texts: Mapping[str, str]) -> None:
    """Keep the tenant's wording of a declared template: ``subject_vi``, ``body_vi``, ``subject_en``, ``body_en``.

    DomainError: an unknown variable, an empty or too long text.
    """
    checked = _checked_texts(template, texts, required=("vi", "en"))
    text = find_text(session, template.key)
    if text is None:
        text = MessageText(key=template.key)
        session.add(text)
    _set_texts(text, checked)
    session.flush()


def restore_wording(session: ActorSession, template: MessageTemplate) -> None:
    """The declared wording counts again."""
    if (text := find_text(session, template.key)) is not None:
        session.delete(text)


def save_own_text(
    session: ActorSession, template: MessageTemplate, text: MessageText | None, title: str, texts: Mapping[str, str]
) -> MessageText:
    """Make or change a further text of a template that allows them. English may be left out.

    DomainError: the title is empty or taken, and what is wrong with a wording.
    """
    title = clean(title)
    problems = []
    if not title:
        problems.append(Problem("required", _("Give the text a name."), "title"))
    elif len(title) > MAX_TITLE:
        problems.append(Problem("too_long", _("At most %(n)s characters.", n=MAX_TITLE), "title"))
    taken = select(MessageText.id).where(MessageText.key == template.key, MessageText.title == title)
    if title and session.scalar(taken) not in (None, text.id if text else None):
        problems.append(Problem("taken", _("There is a text of this name already."), "title"))
    try:
        checked = _checked_texts(template, texts, required=("vi",))
    except DomainError as error:
        problems += error.problems
    if problems or not template.allows_own:
        raise DomainError(*problems or (Problem("no_own", _("Nothing can be added to this template.")),))
    if text is None:
        text = MessageText(key=template.key)
        session.add(text)
    text.title = title
    _set_texts(text, checked)
    session.flush()
    return text


def _checked_texts(template: MessageTemplate, texts: Mapping[str, str], required: tuple[str, ...]) -> dict[str, str]:
    has_subject = template.channel in HAS_SUBJECT
    problems, allowed = [], [each.name for each in template.variables]
    checked: dict[str, str] = {}
    for language in ("vi", "en"):
        subject, body = f"subject_{language}", f"body_{language}"
        checked[subject] = clean(texts.get(subject, "")) if has_subject else ""
        checked[body] = clean(texts.get(body, ""), multiline=True)
        wanted = language in required or checked[subject] or checked[body]
        for field in (subject, body) if has_subject else (body,):
            if wanted and not checked[field]:
                problems.append(Problem("required", _("Write the text."), field))
            problems += merge_problems(checked[field], allowed, field)
        problems += _lacking(template, checked[body], body)
        problems += _length_problems(template.channel, {subject: checked[subject]}, {body: checked[body]})
    if problems:
        raise DomainError(*problems)
    return checked


def _lacking(template: MessageTemplate, text: str, field: str) -> list[Problem]:
    """The variables without which the message would be of no use."""
    found = set(PLACE.findall(text))
    return [
        Problem("lacks_variable", _("%(name)s has to stand in the text.", name=f"{{{{ {name} }}}}"), field)
        for name in template.needs
        if text and name not in found
    ]


def _set_texts(text: MessageText, checked: Mapping[str, str]) -> None:
    for field, value in checked.items():
        setattr(text, field, value)


# notices


@on(NoticesWritten)
def mail_notices(session: ActorSession, event: NoticesWritten) -> None:
    """E-mails to those who want notices of this kind at once, in their language."""
    if not event.by_mail or find_sender(session, Channel.EMAIL) is None:
        return
    wanted = {notice.user_id: notice for notice in event.by_mail}
    people = session.execute(
        select(User.id, User.name, User.email, User.language).where(User.id.in_(wanted), User.is_active)
    )
    company = tenant_name(session)
    base = current_kernel().config.public_url
    for id, name, email, language in people:
        notice = wanted[id]
        if email is None or not has_mail_address(email):
            continue
        values = {
            "name": name,
            "title": notice.title,
            "text": notice.body,
            "link": f"{base}{notice.url or '/notifications'}",
            "company": company,
            "preferences": f"{base}{PREFERENCES_PATH}",
        }
        queue_template(
            session,
            "core.notice",
            values,
            language=language,
            recipient=email,
            recipient_name=name,
            once=f"notice:{notice.id}",
        )


def has_mail_address(email: str | None) -> bool:
    """Whether an account's address is one that mail can go to."""
    try:
        return bool(clean_recipient(Channel.EMAIL, email or ""))
    except DomainError:
        return False


def tenant_name(session: ActorSession) -> str:
    """What the business calls itself."""
    return session.scalar(select(Tenant.name).where(Tenant.id == session.tenant_id)) or ""


def sample_values(template: MessageTemplate, language: str) -> dict[str, str]:
    """Values for a preview."""
    with use_locale(language):
        return {each.name: str(each.sample) for each in template.variables}
