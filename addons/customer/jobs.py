"""Background jobs of customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from addons.customer.contact import reckon_contacts
from addons.customer.models import Customer, CustomerTier
from addons.customer.tiers import updating
from addons.customer.tiers.catalogue import DELETE, count_members, empty_tier
from core.errors import Forbidden
from core.i18n import translator
from core.jobs import JobRun, Step, job

_ = translator(__name__)

BATCH = 500
"""Customers at a time: well under the length of a lease, and short on SQLite."""


@job("customer.reckon_contacts", title=_("Reckon the last contacts anew"), as_system=True)
def reckon_all(run: JobRun) -> Iterator[Step]:
    """After another setting of what counts as contact, or an addon that is switched: every customer's last contact."""
    done, after = run.cursor or (0, str(UUID(int=0)))
    total = done + (run.session.scalar(select(func.count(Customer.id)).where(Customer.id > UUID(after))) or 0)
    while True:
        following = select(Customer.id).where(Customer.id > UUID(after)).order_by(Customer.id).limit(BATCH)
        ids = list(run.session.scalars(following))
        if not ids:
            return
        reckon_contacts(run.session, ids)
        done, after = done + len(ids), str(ids[-1])
        yield Step(done, total, cursor=(done, after))


@job(updating.UPDATE, title=_("Update customer tiers"), as_system=True)
def update_tiers(run: JobRun, *, by_hand: bool = False) -> Iterator[Step]:
    """Every night, and when the rules have changed: each customer gets the tier that he has reached (TIE-09)."""
    return updating.update_everybody(run, by_hand=by_hand)


@job(updating.PREVIEW, title=_("Preview of the tiers"), as_system=True)
def preview_tiers(run: JobRun, *, settings: dict[str, Any], switch: bool) -> Iterator[Step]:
    """What an update by these settings would do; ``switch`` says that confirming stores them."""
    return updating.preview_everybody(run, rules=updating.rules_of(run.session, settings))


@job(DELETE, title=_("Delete a tier"))
def delete_tier_of_many(run: JobRun, *, id: str) -> Iterator[Step]:
    """Take everybody out of a tier, then delete it: for the user who asked, and only while he may."""
    done = run.cursor or 0
    if not run.session.actor.can("customer.manage_tiers"):
        raise Forbidden.of("forbidden", _("You may not change tiers."))
    while (tier := run.session.find(CustomerTier, UUID(id))) is not None:
        total = done + count_members(run.session, tier.id)
        moved = empty_tier(run.session, tier)
        if not moved:
            run.session.delete(tier)
            run.session.flush()
            run.result = {"message": str(_("The tier is deleted: %(name)s", name=tier.name))}
            return
        done += moved
        yield Step(done, total, cursor=done)
