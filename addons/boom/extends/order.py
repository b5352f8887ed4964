"""The warning beside the telephone number of an order (BOO-18): it informs, and forbids nothing."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from addons.boom.rates import Level, rate_tenths, told
from addons.boom.resources import ADVICE, LEVEL_TONES, LEVELS
from addons.boom.warnings import read_warning
from addons.order.contributions import EntryNote, EntryWarning, entry_warnings
from core.contributions import contributes
from core.db import ActorSession
from core.i18n import translator

_ = translator(__name__)


@contributes(entry_warnings)
def boom_warning() -> EntryWarning:
    return EntryWarning(find)


def find(session: ActorSession, phone: str, customer_id: UUID | None) -> EntryNote | None:
    """The level, the rate and the number of bad reports of whoever has the number, here or in another shop."""
    if not session.actor.can("boom.read"):
        return None
    found = read_warning(session, phone)
    if not found.is_worth_telling:
        return None
    parts = [str(LEVELS[found.level])] if found.level is not Level.NONE else []
    for name, counts in ((_("own shop"), found.own), (_("all shops"), found.network.counts)):
        if counts.deliveries:
            rate, numbers = told(rate_tenths(counts)), f"{counts.returns}/{counts.deliveries}"
            parts.append(str(_("%(name)s: %(rate)s came back (%(numbers)s)", name=name, rate=rate, numbers=numbers)))
    if found.reports:
        parts.append(str(_.n("1 bad report", "%(n)s bad reports", found.reports)))
    tone = LEVEL_TONES[found.level] if found.level is not Level.NONE else "amber"
    text = f"{' · '.join(parts)}. {ADVICE[found.advice]}"
    return EntryNote(text, tone=tone, icon="alert-triangle", url=url_for("boom.phone", phone=phone))
