"""Use cases of contracts: made by themselves or of a quotation or an order, approved, renewed, closed."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import Any, Unpack
from uuid import UUID

from sqlalchemy import select

from addons.customer.api import update_tiers_of
from addons.order.documents import DocumentFields, copied, need_draft, put_document
from addons.order.events import ContractMoved
from addons.order.models import Contract, ContractState, ContractType, Order, OrderState, Quotation, QuotationState
from addons.order.quotations import accept
from addons.order.workflows import CONTRACT, IN_FORCE
from core.clock import local_today
from core.db import ActorSession
from core.errors import Conflict, Problem
from core.events import emit
from core.i18n import translator
from core.text import clean

_ = translator(__name__)

MAX_TERM = 600
"""Months of a term: fifty years."""

USUAL_TERM = 12
"""Months of a contract that another document becomes, until somebody says otherwise."""


class ContractFields(DocumentFields, total=False):
    """A contract's fields, beside those of every document. ``ends_on`` beats ``term_months``; one of the two is needed."""

    made_at: datetime | None
    title: str | None
    kind: str
    renews_id: UUID | None
    effective_on: date | None
    term_months: int | None
    ends_on: date | None
    counts_debt: bool


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last of that month where it has no such day: 31/01 + 1 is the last of February."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def create_contract(
    session: ActorSession,
    *,
    quotation_id: UUID | None = None,
    order_id: UUID | None = None,
    is_agreed: bool = False,
    **fields: Unpack[ContractFields],
) -> Contract:
    """Make a contract, as a draft with its number. ``is_agreed`` takes over prices that another document has agreed."""
    contract = Contract(state=ContractState.DRAFT, quotation_id=quotation_id, order_id=order_id)
    own = _Own(session, contract, fields)
    put_document(session, contract, fields, own.checked, is_agreed=is_agreed)
    return contract


def update_contract(session: ActorSession, contract: Contract, **fields: Unpack[ContractFields]) -> None:
    """Change a draft."""
    need_draft(contract)
    put_document(session, contract, fields, _Own(session, contract, fields).checked)


def move_contract(session: ActorSession, contract: Contract, step: str, *, reason: str = "") -> None:
    """Take a step of the workflow ``CONTRACT``; what is approved or cancelled moves the customer's tier (TIE-07)."""
    before = CONTRACT.take(session, contract, step, reason)
    session.flush()
    emit(session, ContractMoved(contract.id, before, contract.state))
    if (before in IN_FORCE) is not (contract.state in IN_FORCE):
        update_tiers_of(session, [contract.customer_id])


def contract_of_quotation(session: ActorSession, id: UUID) -> Contract:
    """The contract that a quotation becomes, at its prices. Conflict where it has become one already."""
    quotation = session.need(Quotation, id, lock=True)
    if quotation.state == QuotationState.REJECTED:
        raise Conflict.of("wrong_state", _("%(number)s was rejected.", number=quotation.number))
    _need_none(session, Contract.quotation_id == id, quotation.number)
    contract = create_contract(session, quotation_id=id, **_begun(copied(session, quotation)))
    accept(session, quotation)
    return contract


def contract_of_order(session: ActorSession, id: UUID) -> Contract:
    """The contract that an order becomes, at its prices. Conflict where it has become one already, or was cancelled."""
    order = session.need(Order, id, lock=True)
    if order.state == OrderState.CANCELLED:
        raise Conflict.of("wrong_state", _("%(number)s was cancelled.", number=order.number))
    _need_none(session, Contract.order_id == id, order.number)
    return create_contract(session, order_id=id, **_begun(copied(session, order)))


def renew_contract(session: ActorSession, id: UUID) -> Contract:
    """The contract that goes on where this one ends, for as long, at its prices (CUS-082). Conflict where there is one."""
    contract = session.need(Contract, id, lock=True)
    if contract.state not in IN_FORCE:
        raise Conflict.of("wrong_state", _("%(number)s is not in force.", number=contract.number))
    _need_none(session, Contract.renews_id == id, contract.number)
    begins = contract.ends_on + timedelta(days=1)
    term = {"term_months": contract.term_months, "ends_on": None}
    if contract.term_months is None:
        term = {"term_months": None, "ends_on": begins + (contract.ends_on - contract.effective_on)}
    fields = {**copied(session, contract), "title": contract.title, "counts_debt": contract.counts_debt, **term}
    return create_contract(
        session, is_agreed=True, kind=ContractType.RENEWAL, renews_id=id, effective_on=begins, **fields
    )


def _begun(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "is_agreed": True, "effective_on": local_today(), "term_months": USUAL_TERM}


def _need_none(session: ActorSession, criterion: Any, number: str) -> None:
    query = select(Contract.number).where(criterion, Contract.state != ContractState.CANCELLED)
    if contract := session.scalar(query.limit(1)):
        raise Conflict.of(
            "converted", _("%(number)s has become the contract %(contract)s.", number=number, contract=contract)
        )


class _Own:
    """What a contract has beside other documents."""

    def __init__(self, session: ActorSession, contract: Contract, fields: ContractFields) -> None:
        self.session, self.contract, self.fields = session, contract, fields

    def checked(self, problems: list[Problem]) -> dict[str, Any]:
        """The values; what is wrong goes into ``problems``."""
        fields, contract = self.fields, self.contract
        values: dict[str, Any] = {}
        if "title" in fields:
            values["title"] = clean(fields["title"] or "")[:200] or None
        if "counts_debt" in fields:
            values["counts_debt"] = fields["counts_debt"]
        kind = fields.get("kind") or contract.kind or ContractType.NEW
        if kind not in set(ContractType):
            problems.append(Problem("bad_kind", _("This type of contract does not exist."), "kind"))
        values["kind"] = kind
        if "renews_id" in fields:
            values["renews_id"] = self._renewed(fields["renews_id"], problems)
        if contract.number is None or fields.keys() & {"effective_on", "term_months", "ends_on"}:
            values |= self._dates(problems)
        return values

    def _renewed(self, id: UUID | None, problems: list[Problem]) -> UUID | None:
        if id is not None and id != self.contract.renews_id and self.session.find(Contract, id) is None:
            problems.append(
                Problem("unknown_contract", _("This contract does not exist, or you may not see it."), "renews_id")
            )
        return id

    def _dates(self, problems: list[Problem]) -> dict[str, Any]:
        given = {name: self.fields.get(name) for name in ("effective_on", "term_months", "ends_on")}
        begins, term, ends = given["effective_on"], given["term_months"], given["ends_on"]
        if begins is None:
            problems.append(Problem("required", _("Say from when the contract is in force."), "effective_on"))
        if term is None and ends is None:
            problems.append(Problem("required", _("Enter the term in months, or the last day."), "term_months"))
        if term is not None and not 1 <= term <= MAX_TERM:
            problems.append(Problem("bad_term", _("Enter a number from 1 to %(n)s.", n=MAX_TERM), "term_months"))
            term = None
        if begins is not None and ends is not None and ends < begins:
            problems.append(Problem("end_before_start", _("The contract ends before it begins."), "ends_on"))
        if begins is not None and ends is None and term is not None:
            given["ends_on"] = add_months(begins, term)
        return given
