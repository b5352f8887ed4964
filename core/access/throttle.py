"""The lock-out: how many passwords and codes may be tried, asked before any is hashed, counted in the database for all workers.

An attempt takes its place first and gives it back when the password was right, so that the limit holds however many
attempts run at once. A browser that has signed in to the account before has a count of its own: whoever locks the
account by guessing does not lock out its owner.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from core.access.models import LoginAttempt
from core.clock import now
from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_kernel

_ = translator(__name__)

WINDOW = timedelta(minutes=10)
"""How long a wrong password counts."""

PER_ACCOUNT = 10
"""Wrong passwords for one account, or for one account on one known device, within the window."""

PER_ADDRESS = 50
"""Wrong passwords from one address within the window: an office shares one, and one machine tries many accounts."""

PER_CODE = 5
"""Wrong codes of a second factor within the window, and"""

PER_CODE_DAY = 20
"""within a day. Three of a million codes are right at any moment: who has the password guesses thirty years for even odds."""

DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

KEPT = DAY
"""When a count that nobody added to is forgotten."""


class TooManyAttempts(DomainError):
    """Nothing may be tried for ``wait`` more seconds (429)."""

    status = 429

    def __init__(self, wait: int) -> None:
        minutes = -(-wait // 60)
        message = _.n(
            "Too many attempts. Try again in a minute.", "Too many attempts. Try again in %(n)s minutes.", minutes
        )
        self.wait = wait
        super().__init__(*DomainError.of("too_many_attempts", message).problems)


@dataclass(frozen=True, slots=True)
class Counter:
    """One thing that is counted, under a digest of its name; what is older than ``window`` counts no more."""

    key: str
    limit: int
    window: timedelta = WINDOW


@dataclass(frozen=True, slots=True)
class Attempt:
    """A place taken. ``is_last`` tells that the next attempt of the account will be refused."""

    counters: tuple[Counter, ...]
    at: int
    is_last: bool


def account_counter(tenant: str, username: str, device: str = "") -> Counter:
    """What is counted for an account; with ``device``, for it on that known browser alone."""
    return Counter(digest("account", tenant.casefold(), username.casefold(), device), PER_ACCOUNT)


def own_password_counter(user_id: UUID) -> Counter:
    """What is counted where somebody who is signed in has to give his password again."""
    return Counter(digest("own", user_id.hex), PER_ACCOUNT)


def code_counters(user_id: UUID, place: str) -> list[Counter]:
    """What is counted where the second factor is asked; ``place`` tells a known browser's tries from everybody else's."""
    return [
        Counter(digest("code", user_id.hex, place), PER_CODE),
        Counter(digest("codes of a day", user_id.hex, place), PER_CODE_DAY, DAY),
    ]


def address_counter(address: str) -> Counter:
    """What is counted for an address."""
    return Counter(digest("address", network_of(address)), PER_ADDRESS)


def network_of(address: str) -> str:
    """The address as it is counted; of IPv6 the /64 network, because one machine has all of it."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        parsed = parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64)
    return str(parsed)


def take(counters: Sequence[Counter]) -> Attempt:
    """Take a place for one attempt in every counter, or none at all: TooManyAttempts.

    Opens a transaction of its own, so the request must not hold one.
    """
    moment = _milliseconds(now() - EPOCH)
    with open_session(Actor.platform()) as session:
        rows = [_locked_row(session, counter.key) for counter in counters]
        waits = [_wait(row, counter, moment) for row, counter in zip(rows, counters, strict=True)]
        if max(waits) > 0:
            raise TooManyAttempts(max(waits))
        for row, counter in zip(rows, counters, strict=True):
            row.recent = [*_valid(row, counter, moment), moment]
            row.last_at = now()
    return Attempt(tuple(counters), moment, len(rows[0].recent) >= counters[0].limit)


def give_back(attempt: Attempt) -> None:
    """The password was right: the attempt's place is free again. Forgets counts of the past on the way."""
    with open_session(Actor.platform()) as session:
        for counter in attempt.counters:
            row = _locked_row(session, counter.key)
            recent = list(row.recent)
            if attempt.at in recent:
                recent.remove(attempt.at)
            row.recent = recent
        session.execute(delete(LoginAttempt).where(LoginAttempt.last_at < now() - KEPT))


def _locked_row(session: ActorSession, key: str) -> LoginAttempt:
    """The counter's row, kept from every other attempt until the commit."""
    query = select(LoginAttempt).where(LoginAttempt.key == key).with_for_update()
    row = session.scalar(query)
    if row is None:
        dialect = session.connection().dialect.name
        insert: Any = (postgresql if dialect == "postgresql" else sqlite).insert(LoginAttempt)
        session.execute(insert.values(key=key, recent=[], last_at=now()).on_conflict_do_nothing())
        row = session.scalars(query).one()
    return row


def _wait(row: LoginAttempt, counter: Counter, moment: int) -> int:
    """Seconds until the counter has a place."""
    valid = _valid(row, counter, moment)
    if len(valid) < counter.limit:
        return 0
    free_at = sorted(valid)[-counter.limit] + _milliseconds(counter.window)
    return max(1, -(-(free_at - moment) // 1000))


def _valid(row: LoginAttempt, counter: Counter, moment: int) -> list[int]:
    """What still counts. A moment in the future, after a clock was put back, counts as now would."""
    return [min(at, moment) for at in row.recent if at > moment - _milliseconds(counter.window)]


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)


def digest(*parts: str) -> str:
    """The key of a counter: it tells nobody's name, address or token."""
    secret = current_kernel().config.secret_key.encode()
    return hmac.new(secret, "\0".join(parts).encode("utf-8", "replace"), hashlib.sha256).hexdigest()
