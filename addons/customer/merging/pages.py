"""The pages of a merge: choosing the other customer, the preview side by side, and the undo."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from addons.customer.duplicates import find_duplicates
from addons.customer.merging.preview import read_preview
from addons.customer.merging.services import find_both, merge_customers
from addons.customer.merging.undoing import undo_merge
from addons.customer.models import Customer, CustomerMerge
from core.db import ActorSession
from core.errors import DomainError, Forbidden, NotFound
from core.i18n import translator
from core.kernel import current_session
from core.web import AddonViews, redirect_to, render, toast
from core.web.forms import Form, RecordField, Required

_ = translator(__name__)

merging_views = AddonViews(__name__)

MAY = "customer.delete"
"""Beside it the right to edit, which the service asks."""

TAKE = "take-"
"""Begins the name of a choice: ``take-email=merged``."""


class OtherForm(Form):
    """Which customer is to be merged into this one."""

    other_id = RecordField(_("The other customer"), [Required()], model=Customer, endpoint="customer.customers_pick")


@merging_views.route("/customers/<uuid:id>/merge", methods=("GET", "POST"), permission=MAY, endpoint="merge_of")
def merge_of(id: UUID) -> ResponseReturnValue:
    """Choose the customer that is the same as this one; likely ones are offered."""
    session = current_session()
    customer, form = session.need(Customer, id), OtherForm()
    if form.validate_on_submit():
        if form.other_id.data != id:
            return redirect_to(url_for("customer.merge", ids=[id, form.other_id.data]))
        form.other_id.errors = [str(_("Choose two different customers."))]
    likely = find_duplicates(
        session,
        phones=(customer.phone, customer.phone2),
        email=customer.email,
        tax_code=customer.tax_code,
        exclude=id,
    )
    page = render(
        "customer/merge_with.html",
        customer=customer,
        form=form,
        likely=[each for each in likely if each.id is not None],
        title=str(_("Merge with another customer")),
        action=url_for("customer.merge_of", id=id),
    )
    return page, 422 if form.errors else 200


@merging_views.get("/customers/merge", permission=MAY, endpoint="merge")
def merge() -> ResponseReturnValue:
    """Both side by side, field by field, before anything happens. ``ids`` are two; the first one is kept."""
    return _shown(current_session(), *_two(request.args))


@merging_views.post("/customers/merge", permission=MAY, endpoint="merge_now")
def merge_now() -> ResponseReturnValue:
    """Do it as it was chosen."""
    session = current_session()
    ids = _two(request.form)
    sides = {name.removeprefix(TAKE): value for name, value in request.form.items() if name.startswith(TAKE)}
    seen = [request.form.get(f"version{at}", -1, type=int) for at in (0, 1)]
    try:
        done = merge_customers(session, *ids, sides=sides, versions=(seen[0], seen[1]))
    except (NotFound, Forbidden):
        raise
    except DomainError as refused:
        session.rollback()
        return _shown(session, *ids, problems=[str(each) for each in refused.problems], wanted=sides), refused.status
    told, undo = _("Merged into %(name)s", name=done.survivor_name), url_for("customer.merge_undo", id=done.id)
    toast(told, undo=undo)
    return _to_customer(session, ids[0])


@merging_views.post("/merges/<uuid:id>/undo", permission=MAY, endpoint="merge_undo")
def merge_undo(id: UUID) -> ResponseReturnValue:
    """Make two customers of the one again."""
    session = current_session()
    merge = session.need(CustomerMerge, id, lock=True)
    kept_id = merge.into_id
    stays = undo_merge(session, merge)
    toast(_("The merge is undone: there are two customers again."))
    if stays:
        toast(_("Changed since, so it stays as it is: %(fields)s", fields=", ".join(stays)), "info")
    return _to_customer(session, kept_id)


def _to_customer(session: ActorSession, id: UUID) -> ResponseReturnValue:
    """His page; the list where he is out of sight now."""
    session.flush()
    if session.find(Customer, id) is None:
        return redirect_to(url_for("customer.customers_list"))
    return redirect_to(url_for("customer.customers_detail", id=id))


def _two(args: MultiDict[str, str]) -> tuple[UUID, UUID]:
    """The two customers that the address names. DomainError for one, or for three."""
    try:
        ids = list(dict.fromkeys(UUID(each) for each in args.getlist("ids")))
    except ValueError:
        raise NotFound.of("not_found", _("This record does not exist, or you may not see it.")) from None
    if len(ids) != 2:
        raise DomainError.of("two_customers", _("Tick exactly two customers to merge them."))
    return ids[0], ids[1]


def _shown(
    session: ActorSession, kept_id: UUID, merged_id: UUID, *, problems: list[str] | None = None, wanted: object = None
) -> str:
    preview = read_preview(session, *find_both(session, kept_id, merged_id))
    return render("customer/merge.html", preview=preview, problems=problems or [], wanted=wanted or {}, take=TAKE)
