"""What staff see of bad reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from addons.boom.forms import REASONS
from addons.boom.models import BoomCustomer, BoomReport, ReportState
from addons.boom.network import oldest_that_counts
from addons.boom.queries import list_returned
from addons.boom.rates import Advice, Cause, Counts, Level, advice_for, band_tenths, rate_tenths, told
from addons.boom.switching import activate, deactivate
from addons.customer.models import Customer
from core.audit import Recorded
from core.db import Actor, ActorSession
from core.exchange.fields import ExchangeField
from core.i18n import translator
from core.kernel import current_session
from core.resources import (
    Action,
    Api,
    BooleanFilter,
    BulkAction,
    ChoiceFilter,
    Column,
    DetailTab,
    Fact,
    NumberFilter,
    PeriodFilter,
    Permissions,
    Resource,
    Tab,
    TextFilter,
    UserFilter,
)
from core.resources.listing import search_criterion

_ = translator(__name__)

STATES = {
    ReportState.OPEN: _("Stands"),
    ReportState.DISPUTED: _("Disputed"),
    ReportState.WITHDRAWN: _("Withdrawn"),
}
STATE_TONES = {ReportState.OPEN: "red", ReportState.DISPUTED: "amber", ReportState.WITHDRAWN: "grey"}


def _in_state(state: ReportState) -> Any:
    def where(actor: Actor) -> ColumnElement[bool]:
        return BoomReport.state == state

    return where


def _is_standing(report: BoomReport) -> bool:
    return report.state != ReportState.WITHDRAWN and current_session().actor.can("boom.report")


LEVELS = {
    Level.LOW: _("Low risk"),
    Level.MEDIUM: _("Medium risk"),
    Level.HIGH: _("High risk"),
    Level.NONE: _("Not listed"),
}
LEVEL_TONES = {Level.LOW: "amber", Level.MEDIUM: "orange", Level.HIGH: "red", Level.NONE: "grey"}
CAUSES = {
    Cause.REFUSED: _("Customer refused it"),
    Cause.ABSENT: _("Customer was not reached"),
    Cause.UNKNOWN: _("Not known"),
    Cause.CARRIER: _("The carrier's fault"),
    Cause.SHOP: _("The shop's fault"),
}
ADVICE = {
    Advice.NOTHING: _("Nothing speaks against the order."),
    Advice.CALL: _("Call first and confirm the order."),
    Advice.DEPOSIT: _("Ask for a deposit by VietQR before you send it."),
    Advice.NO_COD: _("No cash on delivery: have the order paid in advance by VietQR."),
}


def _reports_of_row() -> Any:
    """The shop's own reports that stand, of the customer of the row."""
    mine = BoomReport.customer_id == BoomCustomer.customer_id, BoomReport.state == ReportState.OPEN
    return (*mine, BoomReport.tenant_id == BoomCustomer.tenant_id)


def _count_reports(session: ActorSession) -> ColumnElement[Any]:
    fresh = BoomReport.created_at > oldest_that_counts(session)
    return select(func.count(BoomReport.id)).where(*_reports_of_row(), fresh).correlate(BoomCustomer).scalar_subquery()


def _last_report(session: ActorSession) -> ColumnElement[Any]:
    fresh = BoomReport.created_at > oldest_that_counts(session)
    latest = select(func.max(BoomReport.created_at)).where(*_reports_of_row(), fresh)
    return latest.correlate(BoomCustomer).scalar_subquery()


@dataclass(frozen=True, eq=False)
class CustomerFilter(TextFilter):
    """Customers by what finds them elsewhere: name without marks, code, a phone in any spelling."""

    def compare(self, value: Any, session: ActorSession) -> ColumnElement[bool]:
        found = search_criterion(session, Customer, value)
        return self.column.in_(select(Customer.id).where(found)) if found is not None else true()


def _at_level(level: Level) -> Any:
    def where(actor: Actor) -> ColumnElement[bool]:
        return BoomCustomer.level == level

    return where


def _is_active(wanted: bool) -> ColumnElement[bool]:
    return BoomCustomer.customer_id.in_(select(Customer.id).where(Customer.is_active.is_(wanted)))


class BoomCustomers(Resource[BoomCustomer]):
    """Customers whose parcels often come back (Khách boom hàng), BOO-04, BOO-05."""

    model = BoomCustomer
    name = "customers"
    title = _("Boom customers")
    one = _("boom customer")
    icon = "alert-triangle"
    permissions = Permissions("boom", create=None, edit=None, delete=None, import_=None)
    columns = (
        Column("customer.name", _("Customer"), kind="title", subtitle=("customer.phone",)),
        Column("level", _("Level"), kind="tag", tone=LEVEL_TONES, labels=LEVELS),
        Column("rate", _("Return rate (%)"), sort=True, card=True),
        Column("returns", _("Returned"), kind="number"),
        Column("deliveries", _("Delivered"), kind="number"),
        Column("customer.is_active", _("Active"), kind="boolean", card=True),
        Column("reports", _("Bad reports"), kind="number", expression=_count_reports, wide="xl"),
        Column("last_report", _("Last report"), kind="datetime", expression=_last_report, wide="2xl"),
        Column("counted_at", _("Counted"), wide="3xl"),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("high", _("High risk"), where=_at_level(Level.HIGH)),
        Tab("medium", _("Medium risk"), where=_at_level(Level.MEDIUM)),
        Tab("low", _("Low risk"), where=_at_level(Level.LOW)),
    )
    filters = (
        CustomerFilter("text", _("Customer, phone"), BoomCustomer.customer_id),
        ChoiceFilter(
            "level",
            _("Level"),
            BoomCustomer.level,
            options=[(level.value, name) for level, name in LEVELS.items() if level],
            several=True,
        ),
        BooleanFilter("active", _("Customer state"), where=_is_active, yes=_("Active"), no=_("Inactive")),
        NumberFilter("returns", _("Returned"), BoomCustomer.returns),
    )
    bulk_actions = (
        BulkAction("activate", _("Activate"), activate, "customer.edit", icon="player-play"),
        BulkAction("deactivate", _("Deactivate"), deactivate, "customer.edit", icon="player-pause"),
    )
    template_list = "boom/customers_list.html"
    default_sort = "-rate"
    empty_text = _("Nobody has three returns that are a quarter of his orders.")
    tags = (Fact("level", kind="tag", tone=LEVEL_TONES, labels=LEVELS),)
    contacts = (Fact("customer.phone", icon="phone"),)
    facts = (
        Fact("customer.is_active", _("Active")),
        Fact("rate", _("Return rate (%)")),
        Fact("returns", _("Returned"), kind="number"),
        Fact("deliveries", _("Delivered"), kind="number"),
        *(Fact(cause.value, name, kind="number") for cause, name in CAUSES.items()),
        Fact("counted_at", _("Counted")),
    )
    actions = (
        Action(_("Boom customer warning"), "boom.row_history", icon="history", dialog=True, in_rows=True),
        Action(_("Refresh order count"), "boom.row_refresh", icon="refresh", post=True, in_rows=True),
        Action(_("Report bad customer"), "boom.row_report", icon="flag", in_rows=True),
        Action(_("To the customer"), "boom.row_customer", icon="user", place="menu"),
    )
    detail_tabs = (
        DetailTab(
            "returns",
            _("Return history"),
            "boom/returns.html",
            context=lambda session, row: {
                "returned": list_returned(session, row.customer_id),
                "numbers": row,
                "customer_id": row.customer_id,
                "CAUSES": CAUSES,
            },
            order=5,
        ),
        DetailTab(
            "band",
            _("How sure"),
            "boom/band.html",
            context=lambda session, row: {"advice": ADVICE[advice_for(row.counts)], **told_of(row.counts)},
            order=6,
        ),
    )
    exchange = (
        ExchangeField("name", _("Customer"), path="customer.name"),
        ExchangeField("phone", _("Phone"), kind="phone", path="customer.phone"),
        ExchangeField("level", _("Level"), choices=LEVELS),
        ExchangeField("rate", _("Return rate (%)"), kind="percent"),
        ExchangeField("returns", _("Returned"), kind="integer"),
        ExchangeField("deliveries", _("Delivered"), kind="integer"),
        *(ExchangeField(cause.value, name, kind="integer") for cause, name in CAUSES.items()),
        ExchangeField("counted_at", _("Counted"), kind="datetime"),
    )
    api = Api(read_only=True)

    def restrict(self, session: ActorSession) -> Sequence[ColumnElement[bool]]:
        """Who is listed, and not deleted."""
        return (BoomCustomer.level > 0, BoomCustomer.customer_id.in_(select(Customer.id)))


def told_of(counts: Counts) -> dict[str, Any]:
    """Rate and band as people read them."""
    band = band_tenths(counts.returns, counts.deliveries)
    return {
        "counts": counts,
        "rate": told(rate_tenths(counts)),
        "band": (told(band[0]), told(band[1])) if band else None,
        "causes": [(CAUSES[cause], counts.causes[cause]) for cause in Cause if counts.causes.get(cause)],
    }


class Reports(Resource[BoomReport]):
    """The shop's own reports, whatever became of them."""

    model = BoomReport
    name = "reports"
    title = _("Bad reports")
    one = _("bad report")
    icon = "flag"
    permissions = Permissions("boom", create=None, edit=None, delete=None, export=None, import_=None)
    columns = (
        Column("customer.name", _("Customer"), kind="title", subtitle=("phone",)),
        Column("state", _("State"), kind="tag", tone=STATE_TONES, labels=STATES),
        Column("reason", _("Why"), labels=REASONS, card=True),
        Column("order_code", _("Returned order"), kind="code", wide="xl"),
        Column("created_at", _("Reported"), sort=True),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("open", _("Stands"), where=_in_state(ReportState.OPEN)),
        Tab("disputed", _("Disputed"), where=_in_state(ReportState.DISPUTED), is_new=True),
        Tab("withdrawn", _("Withdrawn"), where=_in_state(ReportState.WITHDRAWN)),
    )
    filters = (
        ChoiceFilter("reason", _("Why"), BoomReport.reason, options=list(REASONS.items()), several=True),
        UserFilter("who", _("Reported by"), BoomReport.created_by_id),
        PeriodFilter("reported", _("Reported"), BoomReport.created_at),
    )
    default_sort = "-created_at"
    empty_text = _("Report a customer from his page, or from the order that came back.")
    tags = (Fact("state", kind="tag", tone=STATE_TONES, labels=STATES),)
    contacts = (Fact("phone", icon="phone"),)
    facts = (
        Fact("reason", _("Why"), labels=REASONS),
        Fact("content", _("Content")),
        Fact("order_code", _("Returned order"), kind="code"),
        Fact("returned_on", _("Came back")),
        Fact("created_at", _("Reported")),
        Fact("withdrawn_at", _("Withdrawn at")),
        Fact("disputed_at", _("Disputed at")),
        Fact("dispute", _("What the customer says")),
        Fact("decided_at", _("Decided at")),
        Fact("answer", _("Why the report stands")),
    )
    actions = (
        Action(
            _("Uphold the report"),
            "boom.report_uphold",
            icon="check",
            dialog=True,
            when=lambda report: report.state == ReportState.DISPUTED,
        ),
        Action(
            _("Withdraw the report"),
            "boom.report_withdraw",
            icon="arrow-back-up",
            post=True,
            confirm=_("Withdraw the report? It vanishes everywhere."),
            when=_is_standing,
        ),
    )
    api = Api(read_only=True)


recorded = Recorded(
    "boom_report",
    one=_("bad report"),
    labels={
        "customer_id": _("Customer"),
        "phone": _("Phone"),
        "order_id": _("Returned order"),
        "state": _("State"),
    },
    links={"customer_id": "customer"},
)
