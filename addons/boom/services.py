"""Use cases of bad reports and of the terms of sharing (BOO-24 to BOO-28)."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import select

from addons.boom import network
from addons.boom.counting import recount_all
from addons.boom.models import BoomReport, BoomTerms, Reason, ReportState
from addons.boom.queries import list_returned
from addons.customer.models import Customer
from core.access.queries import list_people_with
from core.clock import now
from core.db import ActorSession
from core.errors import Conflict, DomainError, Forbidden, Problem
from core.i18n import translator
from core.notifications import notify
from core.text import clean

_ = translator(__name__)

MAX_CONTENT = 500
"""Characters of a report, of what is said against it, and of the answer."""

PERSONAL = re.compile(r"(?:\d[\s.\-]*){8,}|[\w.+-]+@[\w-]+\.\w+", re.UNICODE)
"""A number to call or an e-mail address: what other shops read names nobody."""

DISPUTE = "boom.dispute"


def accept_terms(session: ActorSession) -> BoomTerms:
    """The shop accepts the present terms of sharing, by the acting user; its reports join the network. Conflict when it has."""
    _need(session, "boom.manage_terms")
    if network.find_terms(session) is not None:
        raise Conflict.of("accepted", _("The terms are accepted already."))
    terms = BoomTerms(terms_version=network.TERMS_VERSION, accepted_at=now(), accepted_by_id=session.actor.user_id)
    session.add(terms)
    session.flush()
    network.leave(session)
    network.join(session, terms)
    recount_all(session)
    return terms


def withdraw_terms(session: ActorSession) -> None:
    """The shop shares no more: what it contributed leaves the network at once. Conflict where it does not share."""
    _need(session, "boom.manage_terms")
    terms = network.find_terms(session)
    if terms is None:
        raise Conflict.of("not_accepted", _("The terms are not accepted."))
    terms.withdrawn_at, terms.withdrawn_by_id = now(), session.actor.user_id
    network.leave(session)
    session.flush()


def report_customer(
    session: ActorSession, customer: Customer, *, reason: str, content: str, order_id: UUID | None = None
) -> BoomReport:
    """Report a customer (BOO-24). With a returned order of his the other shops see it; without one it stays here (BOO-28).

    DomainError with every problem: no reason, no content or too much, personal data in it, a customer without phone, an order
    that is none of his returned ones. Conflict where the same order is reported already.
    """
    _need(session, "boom.report")
    content = clean(content, multiline=True)
    problems = [] if reason in set(Reason) else [Problem("required", _("Choose why."), "reason")]
    problems += _text_problems(content, "content")
    if customer.phone is None:
        problems.append(Problem("no_phone", _("The customer has no phone, by which others would know him.")))
    order = next((each for each in list_returned(session, customer.id) if each.id == order_id), None)
    if order_id is not None and order is None:
        problems.append(Problem("not_returned", _("This is no returned order of this customer."), "order_id"))
    if problems or customer.phone is None:
        raise DomainError(*problems)
    code = order.code if order else ""
    standing = select(BoomReport.id).where(
        BoomReport.customer_id == customer.id, BoomReport.order_code == code, BoomReport.state != ReportState.WITHDRAWN
    )
    if session.scalar(standing) is not None:
        message = (
            _("He is reported for this order already.") if code else _("He is reported already. Name another order.")
        )
        raise Conflict.of("reported", message, "order_id")
    report = BoomReport(
        customer_id=customer.id,
        phone=customer.phone,
        reason=reason,
        content=content,
        order_id=order.id if order else None,
        order_code=code,
        returned_on=order.returned_on if order else None,
    )
    session.add(report)
    session.flush()
    network.publish(session, report)
    return report


def withdraw_report(session: ActorSession, report: BoomReport) -> None:
    """The shop takes its report back: it counts nowhere and is shown nowhere. Conflict when it has."""
    _need(session, "boom.report")
    if report.state == ReportState.WITHDRAWN:
        raise Conflict.of("withdrawn", _("The report is withdrawn already."))
    report.state, report.withdrawn_at = ReportState.WITHDRAWN, now()
    session.flush()
    network.publish(session, report)


def uphold_report(session: ActorSession, report: BoomReport, *, answer: str) -> None:
    """The shop decides that a disputed report stands, and tells the customer why. Conflict for one that is not disputed."""
    _need(session, "boom.decide")
    if report.state != ReportState.DISPUTED:
        raise Conflict.of("not_disputed", _("Nobody disputes this report."))
    answer = clean(answer, multiline=True)
    if problems := _text_problems(answer, "answer"):
        raise DomainError(*problems)
    report.state, report.answer, report.decided_at = ReportState.OPEN, answer, now()
    session.flush()
    network.publish(session, report)


def dispute_report(session: ActorSession, report: BoomReport, *, words: str) -> None:
    """The person says that a report is wrong: it is hidden until its shop has decided, and those who decide are told.

    ``session`` works for the system of the report's shop. DomainError: nothing or too much said. Conflict: decided before.
    """
    words = clean(words, multiline=True)
    if problems := _text_problems(words, "words", may_name=True):
        raise DomainError(*problems)
    if report.state != ReportState.OPEN or report.decided_at is not None:
        raise Conflict.of("decided", _("This report cannot be disputed again."))
    report.state, report.dispute, report.disputed_at = ReportState.DISPUTED, words, now()
    session.flush()
    network.publish(session, report)
    deciders = list_people_with(session, "boom.decide")
    url = f"/boom/reports/{report.id}"
    notify(session, deciders, kind=DISPUTE, title=_("A customer disputes a bad report"), body=words[:200], url=url)


def drop_undecided(session: ActorSession, report: BoomReport) -> None:
    """The time to decide is over: the report is withdrawn, because nobody stood up for it."""
    report.state, report.withdrawn_at = ReportState.WITHDRAWN, now()
    session.flush()
    network.publish(session, report)


def _text_problems(text: str, field: str, *, may_name: bool = False) -> list[Problem]:
    if not text:
        return [Problem("required", _("Say what happened."), field)]
    if len(text) > MAX_CONTENT:
        return [Problem("too_long", _("At most %(n)s characters.", n=MAX_CONTENT), field)]
    if not may_name and PERSONAL.search(text):
        return [Problem("personal", _("Leave out telephone numbers and addresses: other shops read this."), field)]
    return []


def _need(session: ActorSession, permission: str) -> None:
    if not session.actor.can(permission):
        raise Forbidden.of("forbidden", _("You may not do this."))
