"""The update of everybody, and what it would do: preview, settings, and when it is asked for (TIE-09, TIE-10, TIE-18)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from addons.customer.models import CUSTOMERS_PATH, Customer
from addons.customer.tiers.placing import (
    Placement,
    apply_placements,
    find_placements,
    has_sources,
    is_automatic,
    list_levels,
    present_rules,
)
from addons.customer.tiers.rules import Basis, Rules
from core.access.models import User
from core.db import ActorSession
from core.errors import Conflict, NotFound
from core.i18n import translator
from core.jobs import JobRun, Step, enqueue
from core.jobs.models import Job, JobState
from core.settings import setting
from core.settings.services import change_settings

_ = translator(__name__)

UPDATE, PREVIEW = "customer.update_tiers", "customer.preview_tiers"
PREVIEW_PATH = CUSTOMERS_PATH.replace("customers", "tiers") + "/preview"

BATCH = 500
"""Customers at a time: well under the length of a lease, and short on SQLite."""

MAX_SHOWN = 200
"""Customers that a preview names; the rest are counted."""

SETTINGS = ("tier_basis", "tier_may_fall", "tier_automatic")
"""In this order, so that switching on is told last: by then the others are what they shall be."""

TIER_SETTINGS = frozenset(f"customer.{name}" for name in SETTINGS)

NO_SOURCE = _("No application that knows contracts or payments is on, so nobody's tier changes.")


def update_everybody(run: JobRun, *, by_hand: bool) -> Iterator[Step]:
    """Put every customer whose tier is not locked where the rules want him; unless ``by_hand``, only if that is automatic."""
    if not (by_hand or is_automatic(run.session)):
        return
    if not has_sources(run.session):
        run.result = {"message": str(NO_SOURCE)}
        return
    changed: int = (run.result or {}).get("changed", 0)
    by = run.session.scalar(select(User.name).where(User.id == run.user_id)) if run.user_id else None
    for ids, step in _walk(run):
        placements = find_placements(run.session, ids, present_rules(run.session))
        apply_placements(run.session, [_asked_by(by, each) for each in placements] if by else placements)
        changed += len(placements)
        message = _.n("1 customer has another tier now.", "%(n)s customers have another tier now.", changed)
        run.result = {"changed": changed, "message": str(message)}
        yield step


def preview_everybody(run: JobRun, *, rules: Rules) -> Iterator[Step]:
    """Who would change from what to what, and why; nothing is written but the job's result."""
    if not has_sources(run.session):
        run.result = {"message": str(NO_SOURCE)}
        return
    known: dict[str, Any] = run.result or {"moves": [], "shown": [], "changed": 0}
    moves = Counter({(old, new): n for old, new, n in known["moves"]})
    shown = [*known["shown"]]
    for ids, step in _walk(run):
        for each in find_placements(run.session, ids, rules):
            old, new = (level.name if level else None for level in (each.old, each.new))
            moves[old, new] += 1
            if len(shown) < MAX_SHOWN:
                shown.append([str(each.customer_id), old, new, each.reason])
        changed = moves.total()
        message = _.n("1 customer would get another tier.", "%(n)s customers would get another tier.", changed)
        run.result = {
            "message": str(message),
            "links": [{"label": str(_("See who, and decide")), "url": f"{PREVIEW_PATH}/{run.job_id}"}],
            "moves": [[*move, n] for move, n in moves.items()],
            "shown": shown,
            "changed": changed,
        }
        yield step


def save_settings(session: ActorSession, *, basis: Basis, may_fall: bool, automatic: bool) -> Job | None:
    """Store how tiers are reached (TIE-06, TIE-09, TIE-10). Where that would move customers at once, nothing is stored yet:
    the job that is returned previews it, and :func:`confirm_preview` stores it."""
    wanted = {"tier_basis": str(basis), "tier_may_fall": may_fall, "tier_automatic": automatic}
    if automatic and _differs(session, wanted):
        return ask_for_preview(session, wanted)
    change_settings(session, "customer", wanted)
    return None


def ask_for_preview(session: ActorSession, wanted: dict[str, Any] | None = None) -> Job:
    """A preview by the settings as they are, or as they are ``wanted``."""
    return enqueue(session, PREVIEW, switch=wanted is not None, settings=wanted or _stored(session))


def find_preview(session: ActorSession, job_id: UUID) -> Job:
    """The preview of this id that has ended. NotFound for another job, DomainError while it is under way."""
    job = session.need(Job, job_id)
    if job.name != PREVIEW:
        raise NotFound.of("not_found", _("This record does not exist, or you may not see it."))
    if "moves" not in (job.result or {}) or job.state != JobState.DONE:
        raise Conflict.of("no_preview", _("This preview is not ready. Make another one."))
    return job


def confirm_preview(session: ActorSession, job_id: UUID) -> Job | None:
    """Do what was previewed, by the figures of now; a preview of other settings stores them (TIE-10).

    Conflict where the settings have been changed since by somebody else.
    """
    job = find_preview(session, job_id)
    wanted: dict[str, Any] = job.arguments["settings"]
    if job.arguments["switch"]:
        if change_settings(session, "customer", wanted):
            return None  # SettingChanged has asked for the update
    elif _differs(session, wanted):
        raise Conflict.of("stale_preview", _("The tier settings have been changed since. Make another preview."))
    return enqueue(session, UPDATE, by_hand=True)


def rules_of(session: ActorSession, settings: dict[str, Any]) -> Rules:
    """The present tiers by these settings."""
    return Rules(list_levels(session), Basis(settings["tier_basis"]), bool(settings["tier_may_fall"]))


def _stored(session: ActorSession) -> dict[str, Any]:
    return {name: setting(f"customer.{name}", session=session) for name in SETTINGS}


def _differs(session: ActorSession, wanted: dict[str, Any]) -> bool:
    return _stored(session) != wanted


def _walk(run: JobRun) -> Iterator[tuple[list[UUID], Step]]:
    """All customers by id, a batch with its step at a time, from where the run had come."""
    done, after = run.cursor or (0, str(UUID(int=0)))
    total = done + (run.session.scalar(select(func.count(Customer.id)).where(Customer.id > UUID(after))) or 0)
    while True:
        following = select(Customer.id).where(Customer.id > UUID(after)).order_by(Customer.id).limit(BATCH)
        ids = list(run.session.scalars(following))
        if not ids:
            return
        done, after = done + len(ids), str(ids[-1])
        yield ids, Step(done, total, cursor=(done, after))


def _asked_by(name: str, placement: Placement) -> Placement:
    """The reason with the name of who asked for the update, which runs for the system."""
    return replace(placement, reason=str(_("Update by %(name)s: %(reason)s", name=name, reason=placement.reason)))
