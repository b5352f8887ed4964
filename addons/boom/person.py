"""The page on which a person sees, disputes or forbids what shops tell each other of him, with a one-time code to his phone.

It is reached by a link of a shop, whose SMS sender carries the code. It says nothing to whoever does not hold the phone.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from addons.boom.models import NetworkCode, NetworkReport, NetworkShop, NetworkTally
from addons.boom.network import is_objected
from addons.boom.phone_key import PhoneKey, phone_key
from core.access.throttle import Counter, digest, network_of
from core.clock import now
from core.db import ActorSession, uuid7
from core.kernel import current_kernel
from core.messages.channels import Channel
from core.messages.queries import find_sender
from core.messages.services import SECRET, queue_template, tenant_name
from core.phone import parse_phone
from core.sealing import keyed_digest
from core.signing import read_ids, sign_ids
from core.tenancy.addons import enabled_addons
from core.tenancy.models import Tenant

PURPOSE = "boom.person"
TEMPLATE = "boom.code"
PATH = "/boom/person/"

CODE_LIFE = timedelta(minutes=10)
TRIES = 5
"""Codes that may be tried before another one has to be sent: one in 200,000 guesses is right."""

PROVED_FOR = timedelta(minutes=30)
"""How long the page stays open after a right code."""

CODES_PER_PHONE, CODES_PER_ADDRESS = 3, 20
"""Codes that are sent to one number, and asked for from one network, within ten minutes: each is an SMS that somebody pays."""


@dataclass(frozen=True, slots=True)
class Told:
    """A report as the person it is about sees it."""

    id: UUID
    shop: str
    reported_at: datetime
    reason: str
    content: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class ShopNumbers:
    """What a shop tells of his orders."""

    shop: str
    deliveries: int
    returns: int


def address_for(tenant_id: UUID) -> str:
    """The page's address, as the shop gives it to its customers."""
    return f"{current_kernel().config.public_url}{PATH}{sign_ids(PURPOSE, tenant_id)}"


def shop_of(value: str) -> UUID | None:
    """The shop whose link this is; None for what was not signed here."""
    ids = read_ids(PURPOSE, value)
    return ids[0] if len(ids) == 1 else None


def find_shop(session: ActorSession) -> str | None:
    """The name of the link's shop; None where it is closed or has the application off. ``session`` is its system's."""
    name = session.scalar(select(Tenant.name).where(Tenant.id == session.tenant_id, Tenant.is_active))
    return name if name is not None and "boom" in enabled_addons(session) else None


def can_send(session: ActorSession) -> bool:
    """Whether the shop can send the code at all."""
    return find_sender(session, Channel.SMS) is not None


def code_counters(phone: str, address: str) -> list[Counter]:
    """What is counted before a code is sent. DomainError for what is no number."""
    return [
        Counter(digest("boom code", phone_key(phone)), CODES_PER_PHONE),
        Counter(digest("boom codes", network_of(address)), CODES_PER_ADDRESS),
    ]


def send_code(session: ActorSession, phone: str, language: str) -> None:
    """Send a new code; an older one is worth nothing any more. DomainError: no number, nothing to send with."""
    key = phone_key(phone)
    code = f"{secrets.randbelow(10**6):06d}"
    session.execute(delete(NetworkCode).where(NetworkCode.phone_key == key))
    session.add(NetworkCode(phone_key=key, code=_digest(key, code), expires_at=now() + CODE_LIFE))
    session.flush()
    values = {"shop": tenant_name(session), "secret": SECRET}
    recipient = parse_phone(phone).e164
    queue_template(
        session, TEMPLATE, values, language=language, recipient=recipient, once=f"boom_code:{uuid7()}", secret=code
    )


def try_code(session: ActorSession, phone: str, code: str) -> PhoneKey | None:
    """The person's key if the code is right, once; None else. Each try counts, so commit also what was wrong."""
    key = phone_key(phone)
    kept = session.scalar(select(NetworkCode).where(NetworkCode.phone_key == key).with_for_update())
    if kept is None or kept.expires_at <= now() or kept.tries >= TRIES:
        return None
    kept.tries += 1
    if not hmac.compare_digest(kept.code, _digest(key, code.strip())):
        return None
    session.delete(kept)
    return key


def _digest(key: PhoneKey, code: str) -> str:
    return keyed_digest(f"{key} {code}", purpose=TEMPLATE)


def list_told(session: ActorSession, key: PhoneKey) -> Sequence[Told]:
    """Every report of him in the network, those hidden included, the newest first."""
    query = (
        select(NetworkReport, Tenant.name)
        .join(Tenant, Tenant.id == NetworkReport.shop_id)
        .where(NetworkReport.phone_key == key, NetworkReport.expires_at > now())
        .order_by(NetworkReport.reported_at.desc())
    )
    return [
        Told(each.id, name, each.reported_at, each.reason, each.content, each.is_hidden)
        for each, name in session.execute(query)
    ]


def list_numbers(session: ActorSession, key: PhoneKey) -> Sequence[ShopNumbers]:
    """What each sharing shop tells of his orders."""
    query = (
        select(Tenant.name, NetworkTally.deliveries, NetworkTally.returns)
        .join(NetworkShop, NetworkShop.shop_id == NetworkTally.shop_id)
        .join(Tenant, Tenant.id == NetworkTally.shop_id)
        .where(NetworkTally.phone_key == key)
        .order_by(Tenant.name)
    )
    return [ShopNumbers(*row) for row in session.execute(query)]


def find_shop_of(session: ActorSession, key: PhoneKey, report_id: UUID) -> UUID | None:
    """Which shop made this report of him; None where it is about somebody else, or not in the network."""
    mine = NetworkReport.id == report_id, NetworkReport.phone_key == key
    return session.scalar(select(NetworkReport.shop_id).where(*mine))


def has_objected(session: ActorSession, key: PhoneKey) -> bool:
    """Whether he has withdrawn his consent."""
    return is_objected(session, key)


def remove_old_codes(session: ActorSession) -> None:
    """Codes that nobody can use any more."""
    session.execute(delete(NetworkCode).where(NetworkCode.expires_at <= now()))
