"""What staff see of visits."""

from __future__ import annotations

from typing import Any

from addons.visits import services
from addons.visits.forms import VisitForm
from addons.visits.models import Visit

from core.db import ActorSession
from core.discussion import Discussed
from core.i18n import translator
from core.resources import Column, Fact, PeriodFilter, Permissions, Resource, Tab, UserFilter

_ = translator(__name__)


class Visits(Resource[Visit]):
    """List, detail, form and deletion."""

    model = Visit
    name = "visits"
    title = _("Visits")
    one = _("visit")
    icon = "map-pin"
    permissions = Permissions("visits", export=None, import_=None)
    columns = (
        Column("place", _("Place"), kind="title"),
        Column("visited_on", _("Day"), sort=True),
        Column("traveller.name", _("Who"), kind="person", wide="xl"),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("mine", _("Mine"), where=lambda actor: Visit.traveller_id == actor.user_id),
    )
    filters = (
        PeriodFilter("day", _("Day"), Visit.visited_on),
        UserFilter("who", _("Who"), Visit.traveller_id),
    )
    default_sort = "-visited_on"
    facts = (Fact("visited_on", _("Day")), Fact("traveller.name", _("Who"), kind="person"), Fact("note", _("Note")))
    discussion = True
    form = VisitForm

    def create(self, session: ActorSession, form: Any) -> Visit:
        return services.log_visit(
            session, place=form.place.data, visited_on=form.visited_on.data, note=form.note.data or ""
        )


discussed = Discussed(
    Visit,
    read="visits.read",
    comment="visits.comment",
    endpoint="visits.visits_detail",
    title=lambda visit: visit.place,
    labels={"place": _("Place"), "visited_on": _("Day"), "note": _("Note"), "traveller_id": _("Who")},
)
