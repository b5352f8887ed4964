"""The pages beside the catalogue of tiers: tier type, preview, and a customer's tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from addons.customer.models import Customer, CustomerTier
from addons.customer.tiers.forms import BASIS_NAMES, TierTypeForm
from addons.customer.tiers.placing import PLACED, has_sources, is_automatic, list_levels, present_rules, read_figures
from addons.customer.tiers.rules import Basis
from addons.customer.tiers.updating import ask_for_preview, confirm_preview, find_preview, save_settings
from core.audit.models import AuditEntry
from core.audit.telling import who_of
from core.db import ActorSession, system
from core.i18n import translator
from core.jobs.announcing import job_url
from core.kernel import current_session
from core.settings import setting
from core.web import redirect_to, render, toast
from core.web.access import Access
from core.web.routes import Route

_ = translator(__name__)

MANAGE = "customer.manage_tiers"

MAX_LOG = 50
"""Changes that a customer's tab lists; the record of changes has all."""


def routes() -> list[Route]:
    """Beside those of the resource."""
    may = Access.of(MANAGE, None)
    return [
        Route("/tiers/type", "tiers_type", tier_type, ("GET", "POST"), may),
        Route("/tiers/preview", "tiers_preview_all", preview_all, ("POST",), may),
        Route("/tiers/preview/<uuid:id>", "tiers_preview", preview, ("GET",), may),
        Route("/tiers/preview/<uuid:id>/confirm", "tiers_confirm", confirm, ("POST",), may),
    ]


def tier_type() -> ResponseReturnValue:
    """Tier type (Loại phân cấp) and the automatic update (TIE-06, TIE-09, TIE-10)."""
    session = current_session()
    form = TierTypeForm(data={name: setting(f"customer.tier_{name}") for name in ("basis", "automatic", "may_fall")})
    if not form.validate_on_submit():
        return render("customer/tier_type.html", form=form), 422 if form.errors else 200
    job = save_settings(session, basis=form.basis.data, may_fall=form.may_fall.data, automatic=form.automatic.data)
    if job is not None:
        toast(_("First see who would change; it takes effect when you confirm."), "info")
        return redirect_to(job_url(job.id))
    toast(_("Saved: %(name)s", name=_("Tier type")))
    return redirect_to(url_for("customer.tiers_list"))


def preview_all() -> ResponseReturnValue:
    """Begin a preview by the settings as they are."""
    return redirect_to(job_url(ask_for_preview(current_session()).id))


def preview(id: UUID) -> ResponseReturnValue:
    """Who would change from what to what and why, counted, and the button that does it."""
    session = current_session()
    job = find_preview(session, id)
    shown = {UUID(row[0]): row[1:] for row in job.result["shown"]}
    found = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(shown)))
    names = {row.id: row.name for row in found}
    order = {level.name: level.position for level in list_levels(session)}
    moves = sorted(job.result["moves"], key=lambda move: [order.get(name, -1) for name in move[:2]], reverse=True)
    return render(
        "customer/tier_preview.html",
        job=job,
        moves=moves,
        rows=[(id, names.get(id), *row) for id, row in shown.items()],
        settings=job.arguments["settings"],
        basis_name=dict(BASIS_NAMES)[Basis(job.arguments["settings"]["tier_basis"])],
    )


def confirm(id: UUID) -> ResponseReturnValue:
    """Do what was previewed."""
    job = confirm_preview(current_session(), id)
    if job is not None:
        return redirect_to(job_url(job.id))
    toast(_("Saved. The tiers are updated in the background."))
    return redirect_to(url_for("customer.tiers_list"))


@dataclass(frozen=True, slots=True)
class Change:
    """A line of a customer's log; empty texts where there was, or is, no tier."""

    at: datetime
    who: str
    old: str
    new: str
    reason: str
    kept: bool | None


def tab_of(session: ActorSession, customer: Customer) -> Mapping[str, Any]:
    """What a customer's tab shows: his tier, how far it is to the next, and every change with its reason (TIE-20)."""
    rules = present_rules(session)
    with system(session) as all_seeing:
        figures = read_figures(all_seeing, [customer.id])[customer.id] if has_sources(session) else None
    present = next((level for level in rules.levels if level.id == customer.tier_id), None)
    above = [level for level in rules.levels if present is None or level.position > present.position]
    return {
        "tier": session.find(CustomerTier, customer.tier_id) if customer.tier_id else None,
        "figures": rules.told(figures) if figures else "",
        "next": next((level for level in above if figures and not level.is_reached(figures, rules.basis)), None),
        "automatic": is_automatic(session),
        "changes": list_changes(session, customer.id),
    }


def list_changes(session: ActorSession, customer_id: UUID) -> Sequence[Change]:
    """Who changed the customer's tier when, from what to what and why; the newest first."""
    query = select(AuditEntry).where(
        AuditEntry.entity == Customer.__tablename__, AuditEntry.entity_id == customer_id, AuditEntry.action == PLACED
    )
    entries = session.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(MAX_LOG))
    return [_change(entry) for entry in entries]


def _change(entry: AuditEntry) -> Change:
    old, new = entry.changes.get("tier", (None, None))
    kept, reason = (entry.changes.get(name, (None, None))[1] for name in ("tier_kept", "tier_reason"))
    return Change(entry.at, who_of(entry), old or "", new or "", reason or "", kept)
