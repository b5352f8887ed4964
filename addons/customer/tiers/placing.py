"""Putting customers into tiers: by their figures, by hand, and when a tier goes (TIE-02, TIE-09, TIE-10, TIE-19).

A tier follows from the figures of other addons, so writing it leaves the customer's version alone, and a form that is open
stays good; each change is put on record with its reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from addons.customer.contributions import TierFigures, tier_sources
from addons.customer.models import Customer, CustomerTier
from addons.customer.tiers.rules import Basis, Level, Rules
from core.audit import record_bulk
from core.contributions import contributed
from core.db import ActorSession, system
from core.db.bulk import BATCH, set_derived
from core.errors import DomainError, Forbidden
from core.i18n import translator
from core.resources import BulkResult, Skipped
from core.resources.bulk import unseen
from core.settings import setting
from core.text import clean

_ = translator(__name__)

PLACED = "place_in_tier"
"""What the record of changes calls it."""

MAX_REASON = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Placement:
    """A customer whose tier changes, and why."""

    customer_id: UUID
    old: Level | None
    new: Level | None
    reason: str


def list_levels(session: ActorSession) -> list[Level]:
    """The tiers from the lowest to the highest."""
    columns = (CustomerTier.id, CustomerTier.name, CustomerTier.position, CustomerTier.min_amount)
    query = select(*columns, CustomerTier.min_contracts).order_by(CustomerTier.position)
    return [Level(*row) for row in session.execute(query)]


def present_rules(session: ActorSession) -> Rules:
    """The rules as they are set now."""
    basis = Basis(setting("customer.tier_basis", session=session))
    return Rules(list_levels(session), basis, setting("customer.tier_may_fall", session=session))


def is_automatic(session: ActorSession) -> bool:
    """Whether customers get their tiers by themselves."""
    return bool(setting("customer.tier_automatic", session=session))


def has_sources(session: ActorSession) -> bool:
    """Whether an application that is on knows contracts or payments; without one nobody's figures are known to be zero."""
    return bool(contributed(tier_sources, session=session))


def read_figures(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, TierFigures]:
    """The figures of these customers, from all sources; zero where none knows of any."""
    figures = defaultdict(TierFigures, {id: TierFigures() for id in ids})
    for source in contributed(tier_sources, session=session):
        for id, found in source.read(session, ids).items():
            figures[id] += found
    return figures


def find_placements(session: ActorSession, ids: Sequence[UUID], rules: Rules) -> list[Placement]:
    """Which of these customers would change, whose tier is not locked. ``session`` is the system's."""
    levels = {level.id: level for level in rules.levels}
    query = select(Customer.id, Customer.tier_id).where(Customer.id.in_(ids), Customer.tier_locked.is_(False))
    present = {
        row.id: levels.get(row.tier_id) for row in session.execute(query.order_by(Customer.id).with_for_update())
    }
    figures = read_figures(session, list(present))
    wanted = {id: rules.placed(old, figures[id]) for id, old in present.items()}
    return [
        Placement(id, old, wanted[id], rules.reason(wanted[id], figures[id]))
        for id, old in present.items()
        if wanted[id] != old
    ]


def apply_placements(session: ActorSession, placements: Iterable[Placement], *, locked: bool | None = None) -> None:
    """Write the tiers with their reasons; ``locked`` turns the lock too, which was the other way."""
    by_new: defaultdict[UUID | None, list[Placement]] = defaultdict(list)
    for each in placements:
        by_new[each.new.id if each.new else None].append(each)
    lock = {} if locked is None else {"tier_locked": locked}
    for new, group in by_new.items():
        for batch in _batches(group):
            set_derived(
                session, Customer, {"tier_id": new, **lock}, Customer.id.in_([each.customer_id for each in batch])
            )
            record_bulk(session, Customer, {each.customer_id: _diff(each, locked) for each in batch}, action=PLACED)
    if by_new:
        session.expire_all()


def update_tiers_of(session: ActorSession, ids: Sequence[UUID]) -> None:
    """Contracts or payments of these customers have changed: those who reach another tier get it now, if that is automatic
    (TIE-09, TIE-10). In the caller's transaction, whatever he may see."""
    if is_automatic(session):
        with system(session) as all_seeing:
            update_now(all_seeing, ids, present_rules(all_seeing))


def update_now(session: ActorSession, ids: Sequence[UUID], rules: Rules) -> int:
    """Put these customers where the rules want them; how many changed. ``session`` is the system's."""
    if not has_sources(session):
        return 0
    changed = 0
    for batch in _batches(list(dict.fromkeys(ids))):
        placements = find_placements(session, batch, rules)
        apply_placements(session, placements)
        changed += len(placements)
    return changed


def place_by_hand(
    session: ActorSession, ids: Sequence[UUID], *, tier_id: UUID | None, keep: bool, reason: str = ""
) -> BulkResult:
    """Put customers into a tier, or with None into none (TIE-02). Needs ``customer.change_tier``.

    ``keep`` locks it against the automatic update, False releases it (TIE-10). DomainError for a tier that is gone.
    """
    if not session.actor.can("customer.change_tier"):
        raise Forbidden.of("forbidden", _("You may not change tiers."))
    levels: dict[UUID | None, Level | None] = {level.id: level for level in list_levels(session)}
    levels[None] = None
    if tier_id not in levels:
        raise DomainError.of("unknown_tier", _("This tier does not exist any more."), "tier_id")
    if len(reason := clean(reason)) > MAX_REASON:
        message = _("This is too long: at most %(n)s characters.", n=MAX_REASON)
        raise DomainError.of("too_long", message, "reason")
    told = str(_("By hand: %(reason)s", reason=reason) if reason else _("By hand"))
    result = BulkResult()
    for batch in _batches(list(dict.fromkeys(ids))):
        query = select(Customer.id, Customer.name, Customer.tier_id, Customer.tier_locked).where(Customer.id.in_(batch))
        rows = session.execute(query.order_by(Customer.id).with_for_update()).all()
        moved = [row for row in rows if (row.tier_id, row.tier_locked) != (tier_id, keep)]
        stays = [Skipped(row.name, str(_("It is so already."))) for row in rows if row not in moved]
        for was in (True, False):  # the record of changes tells the lock where it has changed
            group = [row for row in moved if row.tier_locked is was]
            placements = [Placement(row.id, levels[row.tier_id], levels[tier_id], told) for row in group]
            apply_placements(session, placements, locked=None if was is keep else keep)
        result += BulkResult(len(moved), (*unseen(len(batch) - len(rows)), *stays))
    return result


def leave_tier(session: ActorSession, tier: Level, reason: str) -> int:
    """Take the next customers out of a tier that goes, how many: to the next that fits if that is automatic, else to none
    (TIE-19).

    A lock that kept it goes too. ``session`` is the system's and sees the recycle bin, for nobody may point at the tier.
    """
    rules = present_rules(session).without(tier.id)
    falls = is_automatic(session) and has_sources(session)
    members = select(Customer.id, Customer.tier_locked).where(Customer.tier_id == tier.id).order_by(Customer.id)
    rows = session.execute(members.limit(BATCH).with_for_update()).all()
    figures = read_figures(session, [row.id for row in rows]) if falls else {}
    for was in (True, False):
        group = [row.id for row in rows if row.tier_locked is was]
        new = {id: rules.reached(figures[id]) if falls else None for id in group}
        placements = [Placement(id, tier, new[id], reason) for id in group]
        apply_placements(session, placements, locked=False if was else None)
    return len(rows)


def _diff(placement: Placement, locked: bool | None) -> dict[str, tuple[Any, Any]]:
    """The tier by its name, which stays readable when the tier is gone."""
    old, new = (level.name if level else None for level in (placement.old, placement.new))
    diff: dict[str, tuple[Any, Any]] = {} if old == new else {"tier": (old, new)}
    if locked is not None:
        diff["tier_kept"] = (not locked, locked)
    return {**diff, "tier_reason": (None, placement.reason)}


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
