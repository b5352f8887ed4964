"""Reporting a customer, the history of reports, the terms of sharing, and the page of the person himself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask import session as page_cookie
from flask.typing import ResponseReturnValue

from addons.boom import network, person, services
from addons.boom.counting import recount_soon
from addons.boom.forms import REASONS, AnswerForm, CodeForm, DisputeForm, PhoneForm, ReportForm
from addons.boom.models import BoomCustomer, BoomReport
from addons.boom.phone_key import PhoneKey
from addons.boom.queries import (
    find_of_customer,
    list_lookups,
    list_of_customer,
    list_own,
    list_returned,
    list_terms,
    phones_of,
)
from addons.boom.resources import ADVICE, CAUSES, LEVEL_TONES, LEVELS, STATE_TONES, STATES, told_of
from addons.boom.warnings import read_warning
from addons.customer.api import set_active
from addons.customer.models import Customer
from core.access import throttle
from core.clock import now
from core.dates import format_date
from core.db import Actor, ActorSession, open_session
from core.db.session import reading_session
from core.errors import DomainError
from core.i18n import current_locale, translator
from core.kernel import current_session
from core.phone import format_phone, parse_phone
from core.web import AddonViews, redirect_to, render, toast

_ = translator(__name__)

views = AddonViews(__name__)

OPEN_TO = "a person who proves by a code that a phone is his sees what shops say of him"
PROVED = "boom_person"
"""In the page's cookie: the digest of the proved phone and when."""


@views.get("/customers/<uuid:id>/history", permission="boom.read")
def history(id: UUID) -> ResponseReturnValue:
    """The pop-up of every icon that marks a boom customer: shop, date, content (BOO-06, BOO-07)."""
    customer = current_session().need(Customer, id)
    return render("boom/history.html", customer=customer, REASONS=REASONS, **_reports_of(customer))


@views.route("/customers/<uuid:id>/report", methods=("GET", "POST"), permission="boom.report")
def report(id: UUID) -> ResponseReturnValue:
    """The pop-up with two tabs: report him, and who has reported him (BOO-23 to BOO-26)."""
    session = current_session()
    customer = session.need(Customer, id)
    form = ReportForm()
    returned = list_returned(session, id)
    form.order_id.offer([(each.id, f"{each.code} · {format_date(each.returned_on)}") for each in returned])
    if form.validate_on_submit():
        try:
            made = services.report_customer(
                session, customer, reason=form.reason.data, content=form.content.data, order_id=form.order_id.data
            )
            toast(_("Reported. You can withdraw it at any time."))
            return redirect_to(url_for("boom.reports_detail", id=made.id))
        except DomainError as refused:
            session.rollback()
            customer = session.need(Customer, id)
            form.refuse(refused)
    reports = {} if request.method == "POST" else _reports_of(customer)
    page = render("boom/report.html", customer=customer, form=form, REASONS=REASONS, **reports)
    return page, 422 if form.errors or form.form_errors else 200


@views.get("/of-customer/<uuid:id>", permission="boom.read")
def customer_tab(id: UUID) -> ResponseReturnValue:
    """The shop's own reports on a customer's page; the network is asked only when somebody opens the history."""
    session = current_session()
    customer = session.need(Customer, id)
    reports = list_of_customer(session, id)
    words = {"REASONS": REASONS, "STATES": STATES, "STATE_TONES": STATE_TONES}
    return render("boom/of_customer.html", customer=customer, reports=reports, **words)


@views.get("/customers/<uuid:id>/report-him", permission="boom.report")
def report_him(id: UUID) -> ResponseReturnValue:
    """The quick action on the customer's page (BOO-28)."""
    return redirect_to(url_for("boom.report", id=current_session().need(Customer, id).id))


@views.post("/reports/<uuid:id>/withdraw", permission="boom.report")
def report_withdraw(id: UUID) -> ResponseReturnValue:
    """The shop takes its report back."""
    session = current_session()
    services.withdraw_report(session, session.need(BoomReport, id, lock=True))
    toast(_("The report is withdrawn."))
    return redirect_to(url_for("boom.reports_detail", id=id))


@views.route("/reports/<uuid:id>/uphold", methods=("GET", "POST"), permission="boom.decide")
def report_uphold(id: UUID) -> ResponseReturnValue:
    """A disputed report stands, with the answer that the customer reads."""
    session = current_session()
    form, reported = AnswerForm(), session.need(BoomReport, id, lock=request.method == "POST")
    if form.validate_on_submit():
        try:
            services.uphold_report(session, reported, answer=form.answer.data)
            toast(_("The report stands and is shown again."))
            return redirect_to(url_for("boom.reports_detail", id=id))
        except DomainError as refused:
            session.rollback()
            reported = session.need(BoomReport, id)
            form.refuse(refused)
    page = render("boom/uphold.html", reported=reported, form=form)
    return page, 422 if form.errors or form.form_errors else 200


@views.get("/customers/<uuid:id>/warning", permission="boom.read")
def row_history(id: UUID) -> ResponseReturnValue:
    """The icon "Boom customer warning" of a row (BOO-06)."""
    row = current_session().need(BoomCustomer, id)
    return history(row.customer_id)


@views.get("/customers/<uuid:id>/report-bad", permission="boom.report")
def row_report(id: UUID) -> ResponseReturnValue:
    """Report bad customer, of a row (BOO-23)."""
    return redirect_to(url_for("boom.report", id=current_session().need(BoomCustomer, id).customer_id))


@views.get("/customers/<uuid:id>/customer", permission="boom.read")
def row_customer(id: UUID) -> ResponseReturnValue:
    """To the customer of a row."""
    row = current_session().need(BoomCustomer, id)
    return redirect_to(url_for("customer.customers_detail", id=row.customer_id))


@views.post("/customers/<uuid:id>/switch", permission="customer.edit")
def row_switch(id: UUID) -> ResponseReturnValue:
    """The switch of a row: the customer's own state (BOO-13, BOO-15)."""
    session = current_session()
    row = session.need(BoomCustomer, id)
    customer = session.need(Customer, row.customer_id)
    set_active(session, [customer.id], not customer.is_active)
    toast(_("Saved: %(name)s", name=customer.full_name))
    return redirect_to(url_for("boom.customers_list"))


@views.post("/customers/<uuid:id>/refresh", permission="boom.read")
def row_refresh(id: UUID) -> ResponseReturnValue:
    """Refresh the order count of a row (BOO-22)."""
    return refresh(current_session().need(BoomCustomer, id).customer_id)


@views.post("/of-customer/<uuid:id>/refresh", permission="boom.read")
def refresh(id: UUID) -> ResponseReturnValue:
    """Count a customer's orders anew, as the night does, and tell what came of it (BOO-22)."""
    session = current_session()
    customer = session.need(Customer, id)
    recount_soon(session, [id])
    row = find_of_customer(session, id)
    if row is None:
        toast(_("%(name)s: no order has gone out.", name=customer.full_name))
    else:
        toast(
            _("%(name)s: %(returns)s of %(deliveries)s came back, counted just now.", name=customer.full_name,
              returns=row.returns, deliveries=row.deliveries)
        )  # fmt: skip
    is_listed = row is not None and row.level
    return redirect_to(url_for("boom.customers_list") if is_listed else url_for("customer.customers_detail", id=id))


@views.get("/of-customer/<uuid:id>/returns", permission="boom.read")
def returns_tab(id: UUID) -> ResponseReturnValue:
    """The tab Return history of a customer's page (BOO-20)."""
    session = current_session()
    customer = session.need(Customer, id)
    words = {"returned": list_returned(session, id), "numbers": find_of_customer(session, id), "CAUSES": CAUSES}
    return render("boom/returns.html", customer_id=customer.id, **words)


@views.get("/phone", permission="boom.read")
def phone() -> ResponseReturnValue:
    """What a warning says in full: reports, rates side by side, what to do (BOO-19)."""
    number = parse_phone(request.args.get("phone", "")[:40]).e164
    found = read_warning(current_session(), number)
    return render(
        "boom/warning.html",
        found=found,
        sides=[(_("Own shop"), told_of(found.own)), (_("All shops"), told_of(found.network.counts))],
        number=format_phone(number),
        level=LEVELS[found.level],
        tone=LEVEL_TONES[found.level],
        advice=ADVICE[found.advice],
        reports=[*found.network.reports, *found.own_reports],
        REASONS=REASONS,
    )


@views.get("/network", permission="boom.manage_terms")
def terms() -> ResponseReturnValue:
    """The terms of sharing: what they say, who accepted them when, and who asked the network last."""
    session = current_session()
    return render(
        "boom/terms.html",
        present=network.find_terms(session),
        version=network.TERMS_VERSION,
        history=list_terms(session),
        lookups=list_lookups(session),
        address=person.address_for(session.tenant_id),
        can_send=person.can_send(session),
    )


@views.post("/network/accept", permission="boom.manage_terms")
def terms_accept() -> ResponseReturnValue:
    """Accept them."""
    services.accept_terms(current_session())
    toast(_("Accepted. Your shop sees and contributes reports from now on."))
    return redirect_to(url_for("boom.terms"))


@views.post("/network/withdraw", permission="boom.manage_terms")
def terms_withdraw() -> ResponseReturnValue:
    """Withdraw the acceptance."""
    services.withdraw_terms(current_session())
    toast(_("Withdrawn. What your shop contributed has left the network."))
    return redirect_to(url_for("boom.terms"))


def _reports_of(customer: Customer) -> dict[str, Any]:
    """The own reports and those of the network, which is asked in a transaction of its own: the look-up is logged."""
    session = current_session()
    own, phones = list_own(session, customer.id), phones_of(customer)
    seen, limit = network.NOBODY, None
    try:
        with open_session(session.actor) as asking:
            shares = network.find_terms(asking) is not None
            seen = network.look_up(asking, phones)
    except network.TooManyLookups as refused:
        limit = str(refused)
    reports = sorted([*own, *seen.reports], key=lambda each: each.reported_at, reverse=True)
    return {"reports": reports, "limit": limit, "shares": limit is not None or shares}


# the page of the person himself


@views.get("/person/<value>", public=OPEN_TO)
def person_page(value: str) -> ResponseReturnValue:
    """Ask for the number; show what is told of it to whoever has proved it."""
    current_session().rollback()
    shop_id = person.shop_of(value)
    if shop_id is None:
        return _person(None)
    with reading_session(Actor.system(shop_id)) as session:
        return _shown(session, value)


@views.post("/person/<value>/code", public=OPEN_TO)
def person_code(value: str) -> ResponseReturnValue:
    """Send a code, whether or not anything is told of the number."""
    current_session().rollback()
    shop_id, form = person.shop_of(value), PhoneForm()
    if shop_id is None:
        return _person(None)
    try:
        if not form.validate_on_submit():
            raise DomainError()
        throttle.take(person.code_counters(form.phone.data, request.remote_addr or ""))
        with open_session(Actor.system(shop_id)) as session:
            shop = person.find_shop(session)
            if shop is None:
                return _person(None)
            person.send_code(session, form.phone.data, str(current_locale()))
    except DomainError as refused:
        form.refuse(refused)
        with reading_session(Actor.system(shop_id)) as session:
            return _person(person.find_shop(session), form=form, status=refused.status, value=value)
    return _person(shop, code=CodeForm(formdata=None, data={"phone": form.phone.data}), value=value)


@views.post("/person/<value>/open", public=OPEN_TO)
def person_open(value: str) -> ResponseReturnValue:
    """Try the code."""
    current_session().rollback()
    shop_id, form = person.shop_of(value), CodeForm()
    if shop_id is None:
        return _person(None)
    key = None
    try:
        with open_session(Actor.system(shop_id)) as session:
            shop = person.find_shop(session)
            key = person.try_code(session, form.phone.data or "", form.code.data or "") if shop else None
    except DomainError:
        shop = None
    if key is None:
        form.code.errors = [str(_("This code is wrong or too old. Ask for another one."))]
        return _person(shop, code=form, status=422, value=value)
    page_cookie[PROVED] = [key, now().timestamp()]
    return redirect_to(url_for("boom.person_page", value=value))


@views.post("/person/<value>/dispute/<uuid:id>", public=OPEN_TO)
def person_dispute(value: str, id: UUID) -> ResponseReturnValue:
    """Dispute a report; it is hidden until its shop has decided."""
    current_session().rollback()
    shop_id, key, form = person.shop_of(value), _proved(), DisputeForm()
    if shop_id is None or key is None:
        return person_page(value)
    with reading_session(Actor.system(shop_id)) as session:
        reporting = person.find_shop_of(session, key, id)
    if reporting is None:
        return _person(None)
    try:
        with open_session(Actor.system(reporting)) as session:
            services.dispute_report(session, session.need(BoomReport, id, lock=True), words=form.words.data or "")
    except DomainError as refused:
        with reading_session(Actor.system(shop_id)) as session:
            return _shown(session, value, problem=str(refused), at=id, words=form.words.data, status=refused.status)
    toast(_("The report is hidden until the shop has decided. It has 15 days."))
    return redirect_to(url_for("boom.person_page", value=value))


@views.post("/person/<value>/forbid", public=OPEN_TO)
def person_forbid(value: str) -> ResponseReturnValue:
    """Withdraw the consent: nothing of him stays in the network."""
    current_session().rollback()
    shop_id, key = person.shop_of(value), _proved()
    if shop_id is None or key is None:
        return person_page(value)
    with open_session(Actor.system(shop_id)) as session:
        network.forget(session, key)
    toast(_("Done. Shops tell each other nothing of you any more."))
    return redirect_to(url_for("boom.person_page", value=value))


def _proved() -> PhoneKey | None:
    """The person whose phone this browser has proved lately."""
    key, at = page_cookie.get(PROVED) or ("", 0)
    is_fresh = 0 <= now().timestamp() - at <= person.PROVED_FOR.total_seconds()
    return PhoneKey(key) if key and is_fresh else None


def _shown(session: ActorSession, value: str, *, status: int = 200, **more: Any) -> ResponseReturnValue:
    shop, key = person.find_shop(session), _proved()
    if shop is None or key is None:
        return _person(
            shop, form=PhoneForm(formdata=None), value=value, sends=shop is not None and person.can_send(session)
        )
    told, numbers = person.list_told(session, key), person.list_numbers(session, key)
    objected = person.has_objected(session, key)
    return _person(shop, value=value, proved=True, told=told, numbers=numbers, objected=objected, status=status, **more)


def _person(shop: str | None, *, status: int = 200, **context: Any) -> ResponseReturnValue:
    page = render(
        "boom/person.html", **{"shop": shop, "form": None, "code": None, "sends": True, "REASONS": REASONS, **context}
    )
    return page, status if shop else 404, {"X-Robots-Tag": "noindex, nofollow"}
