"""Routes beside those of the resources: the referrer picker, and the two quick changes of a customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from addons.customer import services
from addons.customer.bulk import give_away, place_in_tier, put_in_charge, share
from addons.customer.contact import BY_HAND, note_contact
from addons.customer.feedback import (
    Asked,
    answers_counter,
    ask_for_feedback,
    find_asked,
    give_feedback,
    ids_of_link,
    withdraw_link,
)
from addons.customer.forms import FeedbackForm, HandoverForm, OwnerForm, RelationshipForm, ShareForm
from addons.customer.kpi import read_choice, read_kpi, read_lines
from addons.customer.kpi_export import write_kpi
from addons.customer.merging.pages import merging_views as merging_views
from addons.customer.messaging import messaging_views as messaging_views
from addons.customer.models import Customer, CustomerFeedback, CustomerHandover, CustomerType
from addons.customer.ownership import undo_handover
from addons.customer.referrers import find_customer_referrers, find_user_referrers
from addons.customer.store import read_months, read_store, read_waiting
from addons.customer.tiers.forms import PlaceForm
from addons.customer.type_deletion import RIGHT, delete_type_with_customers
from core.access import throttle
from core.clock import local_today
from core.db import Actor, ActorSession, open_session
from core.db.session import reading_session
from core.errors import DomainError, Forbidden
from core.exchange.downloads import send_workbook
from core.i18n import translator
from core.kernel import current_session
from core.periods import preset_period
from core.resources import BulkResult, find_resource
from core.resources.bulk import BulkRun, summary_text
from core.resources.filters import ME
from core.web import AddonViews, redirect_to, render, toast

_ = translator(__name__)

views = AddonViews(__name__)

OPEN_TO = "a customer who holds the signed link says how satisfied he is"


@views.post("/customers/<uuid:id>/active", permission="customer.edit")
def switch_of(id: UUID) -> ResponseReturnValue:
    """Switch the customer on or off (BOO-13)."""
    session = current_session()
    customer = session.need(Customer, id)
    return _done(session, customer, services.set_active(session, [id], not customer.is_active))


@views.post("/customers/<uuid:id>/contacted", permission="customer.edit")
def contacted_of(id: UUID) -> ResponseReturnValue:
    """The customer has just been in contact, by a way that nothing notes by itself (CUS-057)."""
    session = current_session()
    customer = session.need(Customer, id)
    note_contact(session, id, BY_HAND)
    toast(_("Noted: %(name)s was in contact now.", name=customer.full_name))
    return redirect_to(url_for("customer.customers_detail", id=id))


@views.get("/referrers", permission=("customer.create", "customer.edit"))
def referrers() -> ResponseReturnValue:
    """Options of the referrer picker, from the source that the form has chosen (CUS-004)."""
    session, query = current_session(), request.args.get("q", "")[:100]
    if request.args.get("referrer_source") == "user":
        found = find_user_referrers(session, query)
    else:
        found = find_customer_referrers(session, query, without=request.args.get("without", type=UUID))
    return render("customer/referrers.html", items=found, query=query)


@views.route("/customers/<uuid:id>/relationship", methods=("GET", "POST"), permission="customer.change_relationship")
def relationship_of(id: UUID) -> ResponseReturnValue:
    """Change relationship (Đổi mối quan hệ)."""
    session = current_session()
    customer = session.need(Customer, id)
    form = RelationshipForm(obj=customer)
    if form.validate_on_submit():
        return _done(session, customer, services.change_relationship(session, [id], form.relationship_id.data))
    return _ask(customer, form, str(_("Change relationship")), "customer.relationship_of")


@views.route(
    "/customers/<uuid:id>/owner", methods=("GET", "POST"), permission=("customer.change_owner", "customer.edit")
)
def owner_of(id: UUID) -> ResponseReturnValue:
    """Change the person in charge, short form (CUS-030)."""
    return _do_to_one(id, OwnerForm, str(_("Change person in charge")), "customer.owner_of", put_in_charge)


@views.route("/customers/<uuid:id>/share", methods=("GET", "POST"), permission="customer.read")
def share_of(id: UUID) -> ResponseReturnValue:
    """Share customer (Chia sẻ khách hàng), one of them (SHR-12)."""
    return _do_to_one(id, ShareForm, str(_("Share customer")), "customer.share_of", share)


@views.route("/customers/<uuid:id>/handover", methods=("GET", "POST"), permission="customer.read")
def handover_of(id: UUID) -> ResponseReturnValue:
    """Change the owner (Chuyển chủ sở hữu), of one customer (OWN-13)."""
    return _do_to_one(id, HandoverForm, str(_("Change the owner")), "customer.handover_of", give_away)


@views.post("/customers/<uuid:id>/feedback", permission="customer.edit")
def feedback_ask(id: UUID) -> ResponseReturnValue:
    """Make a link by which the customer can give feedback (CUS-052)."""
    session = current_session()
    ask_for_feedback(session, session.need(Customer, id), about=request.form.get("about", ""))
    toast(_("The link is ready. Copy it and send it to the customer."))
    return redirect_to(url_for("customer.customers_detail", id=id, tab="feedback"))


@views.post("/feedback-links/<uuid:id>/withdraw", permission="customer.edit")
def feedback_withdraw(id: UUID) -> ResponseReturnValue:
    """End a link that has not been answered."""
    session = current_session()
    feedback = session.need(CustomerFeedback, id, lock=True)
    customer_id = feedback.customer_id
    withdraw_link(session, feedback)
    toast(_("The link is withdrawn."))
    return redirect_to(url_for("customer.customers_detail", id=customer_id, tab="feedback"))


@views.route("/customers/<uuid:id>/tier", methods=("GET", "POST"), permission="customer.change_tier")
def tier_of(id: UUID) -> ResponseReturnValue:
    """Change the tier by hand (TIE-02)."""
    return _do_to_one(id, PlaceForm, str(_("Change tier")), "customer.tier_of", place_in_tier)


@views.post("/handovers/<uuid:id>/undo", permission="customer.change_owner")
def undo_of(id: UUID) -> ResponseReturnValue:
    """Give the customers of a change back (OWN-14)."""
    session = current_session()
    result = undo_handover(session, session.need(CustomerHandover, id, lock=True))
    toast(_("Undone: %(summary)s", summary=summary_text(result.changed, len(result.skipped))))
    return redirect_to(url_for("customer.handovers_detail", id=id))


def _do_to_one(id: UUID, make_form: type[Any], title: str, endpoint: str, run: BulkRun) -> ResponseReturnValue:
    session = current_session()
    customer = session.need(Customer, id)
    form = make_form(obj=customer)
    if form.validate_on_submit():
        try:
            return _done(session, customer, run(session, [id], **form.data))
        except DomainError as refused:
            session.rollback()
            customer = session.need(Customer, id)
            form.refuse(refused)
    return _ask(customer, form, title, endpoint)


def _ask(customer: Customer, form: Any, title: str, endpoint: str) -> ResponseReturnValue:
    page = render(
        "customer/quick_change.html",
        customer=customer,
        form=form,
        title=title,
        action=url_for(endpoint, id=customer.id),
    )
    return page, 422 if form.errors else 200


def _done(session: ActorSession, customer: Customer, result: BulkResult) -> ResponseReturnValue:
    """Back to the customer; to the list when he is out of sight now."""
    for skipped in result.skipped:
        toast(skipped.reason, "info")
    if result.changed:
        toast(_("Saved: %(name)s", name=customer.full_name))
    if session.find(Customer, customer.id) is None:
        return redirect_to(url_for("customer.customers_list"))
    return redirect_to(url_for("customer.customers_detail", id=customer.id))


@views.get("/", permission="customer.read")
def store() -> ResponseReturnValue:
    """The customer data store (Kho dữ liệu khách hàng): what there is, and what waits (CUS-054 to CUS-063)."""
    return render("customer/store.html", store=read_store(current_session()))


@views.get("/kpi", permission="customer.kpi")
def kpi() -> ResponseReturnValue:
    """The customer KPI of a period, of everybody, an employee or a department (CUS-064 to CUS-085, SYS-04)."""
    session = current_session()
    chosen = read_choice(request.args, session)
    return render("customer/kpi.html", kpi=read_kpi(session, chosen.period, chosen.who), chosen=chosen)


@views.post("/kpi/export", permission="customer.kpi")
def kpi_export() -> ResponseReturnValue:
    """The same as a workbook, for whoever may take customers out."""
    session = current_session()
    if not session.actor.can("customer.export"):
        raise Forbidden.of("forbidden", _("You may not export customers."))
    chosen = read_choice(request.args, session)
    return send_workbook(*write_kpi(session, read_kpi(session, chosen.period, chosen.who), chosen))


@views.get("/exchanges/<uuid:id>/customer", permission="customer.read")
def customer_of_exchange(id: UUID) -> ResponseReturnValue:
    """From a comment to the customer that it was written on."""
    session = current_session()
    comment = find_resource("customer.exchanges").find(session, id)
    return redirect_to(url_for("customer.customers_detail", id=comment.entity_id, _anchor=f"post-{id}"))


@views.get("/letters/<uuid:id>/customer", permission="customer.read")
def customer_of_letter(id: UUID) -> ResponseReturnValue:
    """From a message to the customer that it was sent to."""
    message = find_resource("customer.letters").find(current_session(), id)
    return redirect_to(url_for("customer.customers_detail", id=message.entity_id, tab="messages"))


@views.get("/start/to-do", permission="customer.read")
def home_to_do() -> ResponseReturnValue:
    """On the start page: the customers that one should not forget today."""
    return render("customer/home_to_do.html", waiting=read_waiting(current_session()))


@views.get("/start/customers", permission="customer.read")
def home_customers() -> ResponseReturnValue:
    """On the start page: one's own customers by relationship."""
    session = current_session()
    return render("customer/home_customers.html", store=read_store(session, mine=True), months=read_months(session))


@views.get("/start/numbers", permission="customer.kpi")
def home_numbers() -> ResponseReturnValue:
    """On the start page: one's own numbers of this month."""
    period = preset_period("this_month", local_today())
    return render("customer/home_numbers.html", lines=read_lines(current_session(), period, ME), period=period)


@views.post("/types/<uuid:id>/delete-customers", permission=RIGHT)
def types_delete_customers(id: UUID) -> ResponseReturnValue:
    """Delete a type with all customers in it, after their number was typed (CLS-10)."""
    session = current_session()
    type_, resource = session.need(CustomerType, id, lock=True), find_resource("customer.types")
    name, typed = type_.name, request.form.get("typed", "")
    try:
        n = delete_type_with_customers(session, type_, typed=_number(typed))
    except DomainError as refused:
        session.rollback()
        type_ = session.need(CustomerType, id)
        question = {"resource": resource, "record": type_, "title": type_.name, "error": str(refused), "typed": typed}
        back = url_for("customer.types_detail", id=id)
        return render("customer/types_delete.html", **question, back=back), refused.status
    deleted = _.n("1 customer", "%(n)s customers", n)
    toast(_("Deleted: %(name)s with %(customers)s. They are in the recycle bin.", name=name, customers=deleted))
    return redirect_to(url_for("customer.types_list"))


@views.get("/feedback/<value>", public=OPEN_TO)
def feedback_page(value: str) -> ResponseReturnValue:
    """What a customer sees who opens a feedback link. Looking does not use it up: messengers fetch an address too."""
    current_session().rollback()
    ids = ids_of_link(value)
    if ids is None:
        return _feedback(None, FeedbackForm(formdata=None))
    with reading_session(Actor.system(ids[0])) as session:
        return _feedback(find_asked(session, ids[1]), FeedbackForm(formdata=None))


@views.post("/feedback/<value>", public=OPEN_TO)
def feedback_send(value: str) -> ResponseReturnValue:
    """The customer's answer, from whatever browser; it is kept by the system of the link's business."""
    current_session().rollback()
    ids, form = ids_of_link(value), FeedbackForm()
    if ids is None:
        return _feedback(None, form)
    try:
        throttle.take([answers_counter(request.remote_addr or "")])
        with open_session(Actor.system(ids[0])) as session:
            asked = find_asked(session, ids[1])
            if asked is not None:
                give_feedback(session, asked.id, stars=form.stars.data, body=form.body.data or "")
    except DomainError as refused:
        with reading_session(Actor.system(ids[0])) as session:
            asked = find_asked(session, ids[1])
        form.refuse(refused)
        return _feedback(asked, form, status=refused.status)
    return _feedback(asked, form, done=True)


def _number(text: str) -> int | None:
    """A count as people type it, "2.000" too."""
    digits = "".join(text.split()).replace(".", "").replace(",", "")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None


def _feedback(asked: Asked | None, form: FeedbackForm, *, status: int = 200, done: bool = False) -> ResponseReturnValue:
    form.prepare()
    page = render("customer/feedback_page.html", asked=asked, form=form, done=done)
    return page, status if asked else 404, {"X-Robots-Tag": "noindex, nofollow"}
