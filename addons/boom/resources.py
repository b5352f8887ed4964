"""What staff see of bad reports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from addons.boom.forms import REASONS
from addons.boom.models import BoomReport, ReportState
from core.audit import Recorded
from core.db import Actor
from core.i18n import translator
from core.kernel import current_session
from core.resources import Action, Api, ChoiceFilter, Column, Fact, PeriodFilter, Permissions, Resource, Tab, UserFilter

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
