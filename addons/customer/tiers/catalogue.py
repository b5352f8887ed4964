"""Use cases of the catalogue of tiers: add, change, delete, and what becomes of the goods (TIE-11 to TIE-20)."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from addons.customer.contributions import tier_goods
from addons.customer.models import Customer, CustomerTier
from addons.customer.names import name_key
from addons.customer.tiers.placing import is_automatic, leave_tier, list_levels
from addons.customer.tiers.rules import Basis, Level, misordered
from addons.customer.tiers.updating import UPDATE
from core.contributions import contributed
from core.db import ActorSession, system
from core.db.session import with_deleted
from core.errors import DomainError, Problem
from core.i18n import translator
from core.jobs import enqueue
from core.jobs.models import Job
from core.settings import setting
from core.text import clean

_ = translator(__name__)

STEP, LAST = 10, 1_000_000
"""Between two tiers, so that one can be put between them; and the highest number of an order."""

MAX_CONTRACTS = 1_000_000


class Goods(StrEnum):
    """The answer to the question that follows another discount (TIE-15 to TIE-17)."""

    ALL = "all"
    NONE = "none"


class GoodsQuestion(DomainError):
    """Another discount: shall the ``count`` goods that exist take it? Nothing has been written."""

    def __init__(self, count: int) -> None:
        self.count = count
        message = _.n(
            "Shall the 1 product take the new discount?", "Shall the %(n)s products take the new discount?", count
        )
        super().__init__(Problem("goods_unanswered", message, "goods"))


def create_tier(session: ActorSession, *, goods: Goods | None = None, **values: Any) -> CustomerTier:
    """Add a tier (TIE-11 to TIE-13): ``name``, ``position`` (empty: above all others), ``min_amount`` (đồng) or
    ``min_contracts``, ``discount`` in percent.

    DomainError with every problem; GoodsQuestion where goods exist and ``goods`` does not say what becomes of them.
    """
    checked = _checked(session, None, values)
    _ask(session, goods, is_other=True)
    tier = CustomerTier(**checked)
    session.add(tier)
    session.flush()
    _put_discount(session, tier, goods)
    _reconsider(session)
    return tier


def update_tier(
    session: ActorSession, tier: CustomerTier, *, goods: Goods | None = None, version: int | None = None, **values: Any
) -> None:
    """Change a tier (TIE-18). The question of the goods is asked when the discount is another; everybody is placed anew
    when a milestone or the order is, if that is automatic. Else as :func:`create_tier`."""
    session.expect_version(tier, version)
    checked = _checked(session, tier, values)
    changed = {name: value for name, value in checked.items() if getattr(tier, name) != value}
    _ask(session, goods, is_other="discount" in changed)
    for name, value in changed.items():
        setattr(tier, name, value)
    session.flush()
    if "discount" in changed:
        _put_discount(session, tier, goods)
    if changed.keys() & {"min_amount", "min_contracts", "position"}:
        _reconsider(session)


AT_ONCE = 500
"""Customers that a request takes out of a tier; more is a job's work."""

DELETE = "customer.delete_tier"


def delete_tier(session: ActorSession, tier: CustomerTier) -> Job | None:
    """Delete a tier (TIE-19). Its customers go to the next tier that fits, if that is automatic, else to none.

    Where they are many, the job that is returned does it, and the tier stands until it ends.
    """
    if count_members(session, tier.id) > AT_ONCE:
        return enqueue(session, DELETE, id=str(tier.id))
    while empty_tier(session, tier):
        pass
    session.delete(tier)
    session.flush()
    return None


def empty_tier(session: ActorSession, tier: CustomerTier) -> int:
    """Take the next customers out of a tier that is being deleted; how many."""
    level = Level(tier.id, tier.name, tier.position, tier.min_amount, tier.min_contracts)
    with system(session) as all_seeing, with_deleted(all_seeing) as everything:
        return leave_tier(everything, level, str(_("The tier was deleted")))


def count_members(session: ActorSession, tier_id: UUID) -> int:
    """How many customers of the business have the tier, those that the actor may not see included."""
    with system(session) as all_seeing:
        return all_seeing.scalar(select(func.count(Customer.id)).where(Customer.tier_id == tier_id)) or 0


def count_goods(session: ActorSession) -> int:
    """How many goods hold discounts by tier."""
    with system(session) as all_seeing:
        return sum(each.count(all_seeing) for each in contributed(tier_goods, session=session))


def tier_discounts(session: ActorSession) -> dict[UUID, Decimal]:
    """The discount of each tier in percent, with which new goods begin (TIE-16)."""
    rows = session.execute(select(CustomerTier.id, CustomerTier.discount))
    return {row.id: row.discount for row in rows}


def _ask(session: ActorSession, goods: Goods | None, *, is_other: bool) -> None:
    if is_other and goods is None and (count := count_goods(session)):
        raise GoodsQuestion(count)


def _put_discount(session: ActorSession, tier: CustomerTier, goods: Goods | None) -> None:
    if goods is Goods.ALL:
        with system(session) as all_seeing:
            for each in contributed(tier_goods, session=session):
                each.set_discount(all_seeing, tier.id, tier.discount)


def _reconsider(session: ActorSession) -> None:
    if is_automatic(session):
        enqueue(session, UPDATE, by_hand=False)


def _checked(session: ActorSession, tier: CustomerTier | None, given: dict[str, Any]) -> dict[str, Any]:
    """The values as they are stored. DomainError with all that is wrong with them."""
    problems: list[Problem] = []
    others = [level for level in list_levels(session) if tier is None or level.id != tier.id]
    values = {
        "name": _name(others, given.get("name") or "", problems),
        "position": _position(others, tier, given.get("position"), problems),
        **_milestone(session, tier, given, problems),
        "discount": _discount(given.get("discount"), problems),
    }
    if not problems:
        problems += _disorder(tier, values, others)
    if problems:
        raise DomainError(*problems)
    return values


def _name(others: list[Level], name: str, problems: list[Problem]) -> str:
    name = " ".join(clean(name).split())
    if not name:
        problems.append(Problem("required", _("Enter a name."), "name"))
    elif len(name) > 120:
        problems.append(Problem("too_long", _("This is too long: at most %(n)s characters.", n=120), "name"))
    elif name_key(name) in {name_key(each.name) for each in others}:
        problems.append(Problem("duplicate_name", _("There is already a tier with this name."), "name"))
    return name


def _position(others: list[Level], tier: CustomerTier | None, position: int | None, problems: list[Problem]) -> int:
    taken = {each.position: each.name for each in others}
    if position is None:
        return tier.position if tier is not None else max(taken, default=0) + STEP
    if not 0 <= position <= LAST:
        problems.append(Problem("bad_position", _("The order is a number from 0 to %(n)s.", n=LAST), "position"))
    elif position in taken:
        message = _("%(name)s has this order already.", name=taken[position])
        problems.append(Problem("duplicate_position", message, "position"))
    return position


def _milestone(
    session: ActorSession, tier: CustomerTier | None, given: dict[str, Any], problems: list[Problem]
) -> dict[str, int | None]:
    """Exactly one of the two by revenue (TIE-12); by payments an amount, which takes the place of a number of contracts
    (TIE-13). A tier that has such a number from before keeps it, and is not reached."""
    amount, contracts = given.get("min_amount"), given.get("min_contracts")
    if setting("customer.tier_basis", session=session) == Basis.PAYMENT:
        contracts = tier.min_contracts if tier is not None and amount is None else None
        if amount is None and contracts is None:
            problems.append(Problem("required", _("Enter the amount from which the tier is reached."), "min_amount"))
    elif (amount is None) is (contracts is None):
        message = _("Enter a money milestone or a number of contracts, one of the two.")
        problems.append(Problem("one_milestone", message, "min_amount"))
    if amount is not None and amount < 0:
        problems.append(Problem("negative", _("Enter %(n)s or more.", n=0), "min_amount"))
    if contracts is not None and not 1 <= contracts <= MAX_CONTRACTS:
        message = _("Enter a number from 1 to %(n)s.", n=MAX_CONTRACTS)
        problems.append(Problem("bad_contracts", message, "min_contracts"))
    return {"min_amount": amount, "min_contracts": contracts}


def _discount(discount: Decimal | None, problems: list[Problem]) -> Decimal:
    discount = Decimal(0) if discount is None else discount
    if not 0 <= discount <= 100:
        problems.append(Problem("bad_discount", _("The discount is a percentage from 0 to 100."), "discount"))
    return discount


def _disorder(tier: CustomerTier | None, values: dict[str, Any], others: list[Level]) -> list[Problem]:
    """A higher tier takes more, a lower one less (TIE-20)."""
    own = UUID(int=0) if tier is None else tier.id
    level = Level(own, values["name"], values["position"], values["min_amount"], values["min_contracts"])
    problems = []
    for criterion, lower, higher in misordered([*others, level]):
        if level is lower:
            message = _("%(name)s stands above it, so this milestone must be lower than that one's.", name=higher.name)
        elif level is higher:
            message = _("%(name)s stands below it, so this milestone must be higher than that one's.", name=lower.name)
        else:
            continue  # between two others: was so before, or the same is told at the own place
        problems.append(Problem("milestones_must_rise", message, criterion))
    return problems
