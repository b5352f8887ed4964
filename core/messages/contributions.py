"""What addons bring to outgoing messages: senders for a channel, and templates of the texts they send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.contributions import Point
from core.db.session import ActorSession


class SendingFailure(Exception):
    """A message was not taken; the text says why, for administrators."""


class TemporaryFailure(SendingFailure):
    """Not now: the server is busy or out of reach. It is tried again later."""


class PermanentFailure(SendingFailure):
    """Never: there is no such address, the text is refused. It is not tried again by itself."""


class UncertainFailure(SendingFailure):
    """Nobody knows whether it was taken: the line broke while the answer was awaited. It is not tried again by itself."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a sender gets it. ``id`` is the same at every try: services that know repeated requests get it.

    ``recipient`` is an e-mail address, a number in E.164 or the id of a user; ``sender_name`` is the business. ``receipt`` is
    the address of an invisible picture by whose loading we learn that an e-mail was opened; empty where nobody wants to know.
    """

    id: str
    channel: str
    recipient: str
    recipient_name: str
    subject: str
    body: str
    reply_to: str
    sender_name: str
    url: str
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Takes the messages of one channel away.

    ``send(outgoing)`` returns once they are taken and raises a SendingFailure otherwise. It is called outside any
    transaction, so it must end within 30 seconds and not touch the database (only ``in_app`` does). ``is_ready(session)``
    says whether this tenant can use it, such as whether he has entered his account with the service: until then the
    channel is not there for him. ``is_repeatable`` promises that the same ``Outgoing.id`` twice is one message; else a
    message that was interrupted while being sent is not sent again by itself. Of several that are ready the last counts,
    so an addon's goes before the kernel's.
    """

    name: str
    channel: str
    send: Callable[[Outgoing], None]
    is_ready: Callable[[ActorSession], bool] = lambda session: True
    is_repeatable: bool = False


senders = Point("core.senders", Sender)


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that a template's text may hold as ``{{ name }}``; ``label`` and ``sample`` are for the page that edits it."""

    name: str
    label: object
    sample: object


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A text that an addon sends. ``key`` is ``addon.what``; ``subject`` and ``body`` are lazy texts, so that the catalogue
    holds the other languages. Tenants change them under Settings → Message templates.

    ``allows_own`` lets tenants add further texts with the same variables: letters to choose from. ``needs`` are variables
    that no wording may leave out.
    """

    key: str
    channel: str
    title: object
    body: object
    variables: tuple[Variable, ...]
    subject: object = ""
    allows_own: bool = False
    needs: tuple[str, ...] = ()

    def variable_names(self) -> frozenset[str]:
        return frozenset(each.name for each in self.variables)


message_templates = Point("core.message_templates", MessageTemplate)
