"""Activities about customers: the tab on the customer's page, sharing and handing over with the customer, last contact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, Text, cast, select

from addons.activity import passing_on
from addons.activity.contributions import ActivitySubject, subjects
from addons.activity.events import ActivityCompleted
from addons.activity.forms import RESULTS
from addons.activity.models import State
from addons.activity.queries import count_open_about, list_about, select_open_about
from addons.activity.resources import STATE_TONES, STATES
from addons.activity.timeline import happenings_about
from addons.customer.api import note_contact
from addons.customer.contributions import (
    ContactKind,
    DeleteGuard,
    DeleteReason,
    Handover,
    HandoverBox,
    KpiRow,
    ShareBox,
    contact_kinds,
    delete_guards,
    handover_boxes,
    kpi_rows,
    share_boxes,
)
from addons.customer.models import Customer, CustomerShare
from core.contributions import contributes
from core.db import Actor, ActorSession
from core.discussion.contributions import Timeline, timelines
from core.events import on
from core.i18n import translator
from core.kernel import current_session
from core.resources.contributions import TabCount, tab_counts
from core.web import AddonViews, redirect_to, render

_ = translator(__name__)

views = AddonViews(__name__)

CUSTOMER = Customer.__tablename__
BOX = "activities"
CONTACT = "activity.done"


def _shared(actor: Actor) -> Select[tuple[UUID]] | None:
    """The customers that were shared with the actor together with their activities (SHR-06)."""
    if not actor.can("customer.read"):
        return None
    share = CustomerShare.__table__.alias("shared_activities")
    return select(share.c.customer_id).where(
        share.c.tenant_id == actor.tenant_id,
        share.c.user_id == actor.user_id,
        cast(share.c.boxes, Text).contains(f'"{BOX}"'),
    )


@contributes(subjects)
def customers() -> ActivitySubject:
    return ActivitySubject(Customer, "customer.customers", seen_by=_shared)


@contributes(contact_kinds)
def activity_as_contact() -> ContactKind:
    return ContactKind(CONTACT, "activity.counts_as_contact")


@on(ActivityCompleted)
def note_last_contact(session: ActorSession, event: ActivityCompleted) -> None:
    """An appointment that was done was contact with the customer, unless nobody was met (CUS-057)."""
    if event.entity == CUSTOMER and event.record_id is not None and event.met:
        note_contact(session, event.record_id, CONTACT, event.done_at)


@contributes(share_boxes)
def activities_box() -> ShareBox:
    return ShareBox(BOX, _("Appointments and transactions"))


@contributes(handover_boxes)
def passed_on() -> list[HandoverBox]:
    """What the new person in charge gets of the former one's activities (OWN-07, OWN-08)."""
    return [
        HandoverBox("activity.open", _("Transactions and appointments not started or in progress"), _pass_open_on),
        HandoverBox("activity.past", _("All old transactions and appointments, to read"), _show_past),
    ]


def _pass_open_on(session: ActorSession, handovers: Sequence[Handover]) -> None:
    passing_on.pass_open_on(
        session, CUSTOMER, [(each.customer_id, each.from_user_id, each.to_user_id) for each in handovers]
    )


def _show_past(session: ActorSession, handovers: Sequence[Handover]) -> None:
    passing_on.show_past(session, CUSTOMER, [(each.customer_id, each.to_user_id) for each in handovers])


@contributes(delete_guards)
def open_activities() -> DeleteGuard:
    return DeleteGuard(_reasons)


def _reasons(session: ActorSession, ids: Iterable[UUID]) -> dict[UUID, list[DeleteReason]]:
    counts = count_open_about(session, CUSTOMER, ids)
    return {id: [DeleteReason(_.n("1 open activity", "%(n)s open activities", count))] for id, count in counts.items()}


@contributes(tab_counts)
def open_on_the_tab() -> TabCount:
    return TabCount("activity.customer_tab", lambda id: select_open_about(CUSTOMER, id))


@contributes(kpi_rows)
def rows_of_the_kpi() -> list[KpiRow]:
    """Tasks with customers (CUS-071), and what was done, by project and by type (CUS-073)."""
    not_cancelled = tuple(("f.state", state.value) for state in STATES if state != State.CANCELLED)
    done = (("tab", "done"),)
    return [
        KpiRow(
            "activity.tasks",
            "interactions",
            _("Tasks"),
            _("Tasks about customers that are due in the period, for whoever does them. Cancelled ones do not count."),
            "activity.tasks",
            when="day",
            who="who",
            args=(("tab", "all"), ("f.about", CUSTOMER), *not_cancelled),
        ),
        KpiRow(
            "activity.done_by_project",
            "activities",
            _("Tasks done, by project"),
            _("Tasks that were done in the period, for whoever does them."),
            "activity.tasks",
            when="done",
            who="who",
            args=done,
            split="project",
        ),
        KpiRow(
            "activity.done_by_type",
            "activities",
            _("Tasks done, by type"),
            _("Tasks that were done in the period, for whoever does them."),
            "activity.tasks",
            when="done",
            who="who",
            args=done,
            split="type",
        ),
    ]


@contributes(timelines)
def what_was_done() -> Timeline:
    return Timeline(CUSTOMER, happenings_about)


@views.get("/of-customer/<uuid:id>/new", permission="activity.create")
def appointment_with_customer(id: UUID) -> ResponseReturnValue:
    """The quick action "Tạo lịch hẹn" (CUS-031)."""
    customer = current_session().need(Customer, id)
    return redirect_to(url_for("activity.appointments_new", subject=f"{CUSTOMER}:{customer.id}"))


@views.get("/of-customer/<uuid:id>", permission="activity.read")
def customer_tab(id: UUID) -> ResponseReturnValue:
    """The tab "Lịch hẹn" of a customer: what is to come, and what was (CUS-042)."""
    session = current_session()
    customer = session.need(Customer, id)
    ahead, past = list_about(session, CUSTOMER, id)
    words = {"STATES": STATES, "STATE_TONES": STATE_TONES, "RESULTS": RESULTS}
    return render("activity/of_record.html", ahead=ahead, past=past, subject=f"{CUSTOMER}:{customer.id}", **words)
