"""Bulk actions: one service over many records, with a count of what changed and the reasons for what did not (SYS-12)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from core.db.base import TenantModel
from core.db.session import ActorSession
from core.errors import DomainError
from core.i18n import translator

_ = translator(__name__)

BATCH = 100
"""Records that are loaded at once."""

SYNC_LIMIT = 500
"""Records that a request changes by itself; more is a job's work."""

MAX_TICKED = 10_000
"""Ticks that one request names; whoever means more chooses all that match."""

MAX_REASONS = 50
"""Skipped records that a report lists; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that was left as it was. ``name`` is empty for one that the user cannot see."""

    name: str
    reason: str


def unseen(count: int = 1) -> tuple[Skipped, ...]:
    """Records that the actor cannot see: deleted, another's or never there, which is told alike."""
    return (Skipped("", str(_("It does not exist any more, or you may not see it."))),) * count


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What a bulk action did."""

    changed: int = 0
    skipped: tuple[Skipped, ...] = ()

    def __add__(self, other: BulkResult) -> BulkResult:
        return BulkResult(self.changed + other.changed, self.skipped + other.skipped)


def summary_text(changed: int, skipped: int) -> str:
    """ "12 changed, 3 skipped" (SYS-12)."""
    told = _.n("1 changed", "%(n)s changed", changed)
    return f"{told}, {_.n('1 skipped', '%(n)s skipped', skipped)}" if skipped else str(told)


class BulkRun(Protocol):
    """A service over many records; ``values`` are the data of the action's form. It must not read the request."""

    def __call__(self, session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult: ...


@dataclass(frozen=True, eq=False)
class BulkAction:
    """A button of the bulk bar.

    ``run`` does it; ``form`` (``core.web.forms.Form``) asks for what it needs to know; ``verb`` begins the question
    ("Delete 12 customers?") and is the label by default. ``preview`` gets what ``run`` would get and says, as pairs of
    texts, what would come of it. ``whole`` keeps many records together: ``run`` gets all of them at once, in one
    transaction, in a job too. ``counted`` wants the number of records typed before it begins. With ``page``, an endpoint,
    nothing is done here: the page is opened with the ``ids`` that were ticked.
    """

    key: str
    label: object
    run: BulkRun
    permission: str
    icon: str = ""
    danger: bool = False
    verb: object = ""
    form: type[Any] | None = None
    preview: Callable[..., Sequence[tuple[str, str]]] | None = None
    whole: bool = False
    counted: bool = False
    page: str = ""

    @classmethod
    def opening(cls, key: str, label: object, page: str, permission: str, *, icon: str = "") -> BulkAction:
        """An action that opens the endpoint ``page`` with the ticked ``ids``, which shows them and asks for the rest."""
        return cls(key, label, _only_opened, permission, icon, page=page)


MAX_OPENED = 50
"""Ids that the address of an opened page names."""


def _only_opened(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    raise DomainError.of("opens_a_page", _("This is done on a page of its own."))


def for_each(
    session: ActorSession,
    model: type[TenantModel],
    ids: Sequence[UUID],
    change: Callable[[Any], object],
    *,
    title: str = "name",
) -> BulkResult:
    """Call ``change(record)`` for each of ``ids`` that the actor may see.

    A DomainError undoes that one record's change and becomes the reason why it was skipped; ids that the actor cannot
    see are skipped like ids that do not exist.
    """
    result = BulkResult()
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        found = {row.id: row for row in session.scalars(select(model).where(model.id.in_(batch)))}
        for id in batch:
            result += _change_one(session, found.get(id), change, title)
    return result


def _change_one(session: ActorSession, record: Any, change: Callable[[Any], object], title: str) -> BulkResult:
    if record is None:
        return BulkResult(skipped=unseen())
    name = str(getattr(record, title, "") or "")
    try:
        with session.begin_nested():
            change(record)
            session.flush()
    except DomainError as refused:
        return BulkResult(skipped=(Skipped(name, " ".join(str(each) for each in refused.problems)),))
    return BulkResult(changed=1)
