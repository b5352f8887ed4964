"""What can be done with visits."""

from __future__ import annotations

from datetime import date, timedelta

from addons.visits.events import VisitLogged
from addons.visits.models import Visit

from core.clock import local_today
from core.db import ActorSession
from core.errors import DomainError, Problem
from core.events import emit
from core.i18n import translator
from core.settings import setting
from core.text import clean

_ = translator(__name__)


def log_visit(session: ActorSession, *, place: str, visited_on: date, note: str = "") -> Visit:
    """Log a visit of the acting user. DomainError: no place; a day to come, or before the setting ``visits.days_back``."""
    place = clean(place)
    days_back: int = setting("visits.days_back", session=session)
    problems = []
    if not place:
        problems.append(Problem("required", _("Say where."), "place"))
    if not local_today() - timedelta(days=days_back) <= visited_on <= local_today():
        message = _("A visit is logged within %(n)s days.", n=days_back)
        problems.append(Problem("bad_day", message, "visited_on"))
    if problems:
        raise DomainError(*problems)
    visit = Visit(place=place, visited_on=visited_on, note=note, traveller_id=session.actor.user_id)
    session.add(visit)
    session.flush()
    emit(session, VisitLogged(visit.id))
    return visit
