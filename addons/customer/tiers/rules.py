"""Who belongs into which tier: arithmetic without a database (TIE-07 to TIE-14, TIE-20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from addons.customer.contributions import TierFigures
from core.i18n import translator
from core.money import format_money

_ = translator(__name__)


class Basis(StrEnum):
    """The tier type (Loại phân cấp), TIE-06."""

    REVENUE = "revenue"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Level:
    """A tier as the rules see it. Its milestone is ``min_amount`` in đồng or ``min_contracts``, one of the two."""

    id: UUID
    name: str
    position: int
    min_amount: int | None = None
    min_contracts: int | None = None

    def is_reached(self, figures: TierFigures, basis: Basis) -> bool:
        """The boundary value reaches it (TIE-20). By payments a number of contracts reaches nothing (TIE-13)."""
        if self.min_amount is not None:
            return (figures.revenue if basis is Basis.REVENUE else figures.paid) >= self.min_amount
        return basis is Basis.REVENUE and self.min_contracts is not None and figures.contracts >= self.min_contracts


@dataclass(frozen=True, slots=True)
class Rules:
    """What the business has set: its tiers, what reaches them, and whether the update may also lower one (TIE-10)."""

    levels: Sequence[Level]
    basis: Basis
    may_fall: bool = False

    def reached(self, figures: TierFigures) -> Level | None:
        """The highest tier whose milestone is reached; tiers of different criteria are asked alike (TIE-12)."""
        fitting = (level for level in self.levels if level.is_reached(figures, self.basis))
        return max(fitting, key=lambda level: level.position, default=None)

    def placed(self, present: Level | None, figures: TierFigures) -> Level | None:
        """The tier of a customer after the update, who has ``present`` now."""
        reached = self.reached(figures)
        if present is None or self.may_fall:
            return reached
        return reached if reached is not None and reached.position > present.position else present

    def reason(self, new: Level | None, figures: TierFigures) -> str:
        """Why the update puts him into ``new``, with the figures that decided."""
        if new is None:
            return str(_("No milestone is reached any more: %(figures)s", figures=self.told(figures)))
        if new.min_contracts is not None and new.min_amount is None:
            milestone = _.n("1 contract", "%(n)s contracts", new.min_contracts)
        else:
            milestone = format_money(new.min_amount or 0)
        return str(_("%(figures)s; milestone %(milestone)s", figures=self.told(figures), milestone=milestone))

    def told(self, figures: TierFigures) -> str:
        """The figures that count, in words."""
        if self.basis is Basis.PAYMENT:
            return str(_("paid %(amount)s", amount=format_money(figures.paid)))
        contracts = _.n("1 contract", "%(n)s contracts", figures.contracts)
        return str(_("revenue %(amount)s, %(contracts)s", amount=format_money(figures.revenue), contracts=contracts))

    def without(self, tier_id: UUID) -> Rules:
        """The rules when this tier is gone."""
        return Rules([level for level in self.levels if level.id != tier_id], self.basis, self.may_fall)


def misordered(levels: Iterable[Level]) -> Iterator[tuple[str, Level, Level]]:
    """Neighbours of one criterion whose milestones do not rise with their order: (criterion, lower, higher) (TIE-20).

    Each tier reaches from its milestone up to that of the next one and no further, so rising milestones leave neither gaps
    nor overlaps.
    """
    ordered = sorted(levels, key=lambda level: level.position)
    for criterion in ("min_amount", "min_contracts"):
        alike = [level for level in ordered if getattr(level, criterion) is not None]
        for lower, higher in pairwise(alike):
            if getattr(lower, criterion) >= getattr(higher, criterion):
                yield criterion, lower, higher
