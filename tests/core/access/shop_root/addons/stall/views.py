from addons.stall.models import Good
from sqlalchemy import select

from core.kernel import current_session
from core.web import AddonViews, render

views = AddonViews(__name__)


@views.get("/", permission="stall.read")
def goods():
    return render("stall/goods.html", goods=current_session().scalars(select(Good)).all())


@views.post("/<uuid:id>/edit", permission="stall.edit")
def edit(id):
    current_session().need(Good, id).name = "Edited"
    return "edited"


@views.post("/<uuid:id>/delete", permission="stall.delete")
def delete(id):
    current_session().delete(current_session().need(Good, id))
    return "deleted"


@views.get("/kinds", permission="stall.edit")
def kinds():
    return "kinds of goods"
