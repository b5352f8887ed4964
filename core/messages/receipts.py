"""Learning that an e-mail about a record was opened: an invisible picture under a signed address."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from core.clock import now
from core.db.actor import Actor
from core.db.scope import KERNEL_BULK
from core.db.session import ActorSession, open_session, reading_session
from core.events import emit
from core.kernel import current_kernel
from core.messages.channels import Channel
from core.messages.events import MessageRead
from core.messages.models import Message
from core.settings import setting
from core.signing import read_ids, sign_ids

PURPOSE = "core.receipt"
PATH = "/messages/seen/"
PICTURE = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)  # a transparent GIF of one pixel


def receipt_of(session: ActorSession, message: Message) -> str:
    """The address of the message's picture; empty where the tenant does not want it, and for what is about no record."""
    if message.channel != Channel.EMAIL or not message.entity or not setting("core.mail_receipts", session=session):
        return ""
    return f"{current_kernel().config.public_url}{PATH}{sign_ids(PURPOSE, message.tenant_id, message.id)}"


def note_opened(value: str) -> None:
    """The picture was loaded: the first time counts. Unknown addresses are no matter. It takes a transaction of its own."""
    ids: tuple[UUID, ...] = read_ids(PURPOSE, value)
    if len(ids) != 2:
        return
    with reading_session(Actor.system(ids[0])) as session:
        message = session.find(Message, ids[1])
        if message is None or message.read_at is not None:
            return
    with open_session(Actor.system(ids[0])) as session:
        first = update(Message).where(Message.id == ids[1], Message.read_at.is_(None)).values(read_at=now())
        options = {"banyan_bulk": KERNEL_BULK, "synchronize_session": False}
        if session.execute(first, execution_options=options).rowcount:  # type: ignore[attr-defined]
            message = session.need(Message, ids[1])
            emit(session, MessageRead(message.id, message.entity, message.entity_id))
